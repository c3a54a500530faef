package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"

	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

const (
	anyPort = "127.0.0.1:0"
	// farewell is how long an interrupted program has to end by itself.
	farewell = 5 * time.Second
)

// successor is the name of a second token of the service account, which the default world does not have.
const successor = "successor"

// world is the sandbox's default world with one more token, in the form of a scenario file.
func world() []byte {
	w := scenario.Default()
	for i := range w.Organizations {
		if organization := &w.Organizations[i]; organization.Name == "contoso" {
			organization.Tokens = append(organization.Tokens, scenario.Token{Name: successor, Owner: serviceAccount})
		}
	}
	file := hclwrite.NewEmptyFile()
	gohcl.EncodeIntoBody(w, file.Body())
	return file.Bytes()
}

// sandbox is flow-sandbox as a process of its own, and what it says about itself when it starts.
type sandbox struct {
	FlowBaseURL         string `json:"flow_base_url"`
	AzureDevOpsEndpoint string `json:"azure_devops_endpoint"`
	APIKeys             []struct {
		Key string `json:"key"`
	} `json:"api_keys"`
	Tokens []struct {
		Name  string `json:"name"`
		Token string `json:"token"`
	} `json:"tokens"`

	command *exec.Cmd
	stop    context.CancelFunc
}

// startSandbox starts the program and waits, as long as ctx lasts, until it says where it is.
func startSandbox(ctx context.Context, executable, logFile string, flags ...string) (*sandbox, error) {
	stderr, err := os.OpenFile(logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer stderr.Close()
	// It outlives the step that starts it.
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	s := &sandbox{command: exec.CommandContext(running, executable, flags...), stop: stop}
	s.command.Stderr = stderr
	s.command.Cancel = func() error { return s.command.Process.Signal(os.Interrupt) }
	s.command.WaitDelay = farewell
	terraformcli.OwnGroup(s.command) // Ended before Terraform, it would be waited for.
	stdout, err := s.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.command.Start(); err != nil {
		return nil, fmt.Errorf("starting the sandbox: %w", err)
	}
	release := context.AfterFunc(ctx, stop)
	defer release()
	if err := json.NewDecoder(stdout).Decode(s); err != nil {
		_ = s.kill()
		said, _ := os.ReadFile(logFile)
		return nil, fmt.Errorf("the sandbox does not say where it is: %w\n%s", err, said)
	}
	return s, nil
}

// end interrupts the program and waits until it has ended.
func (s *sandbox) end() error {
	s.stop()
	// The kind of ending that was asked for is no error: the context's, and on some systems the signal's.
	var exited *exec.ExitError
	if err := s.command.Wait(); err != nil && !errors.Is(err, context.Canceled) && !errors.As(err, &exited) {
		return fmt.Errorf("ending the sandbox: %w", err)
	}
	return nil
}

// kill ends the program as a power cut does, and waits until it is gone.
func (s *sandbox) kill() error {
	if err := s.command.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("killing the sandbox: %w", err)
	}
	return s.end()
}

// apiKey is the key that may do everything, which comes first.
func (s *sandbox) apiKey() string { return s.APIKeys[0].Key }

func (s *sandbox) token(name string) (string, error) {
	for _, token := range s.Tokens {
		if token.Name == name {
			return token.Token, nil
		}
	}
	return "", fmt.Errorf("the sandbox has no token %q", name)
}

// secrets are all API keys and tokens.
func (s *sandbox) secrets() []string {
	var secrets []string
	for _, key := range s.APIKeys {
		secrets = append(secrets, key.Key)
	}
	for _, token := range s.Tokens {
		secrets = append(secrets, token.Token)
	}
	return slices.Compact(slices.Sorted(slices.Values(secrets)))
}
