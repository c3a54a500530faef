// Package sandboxprocess runs the program flow-sandbox as a separate process, as users do.
package sandboxprocess

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// shutdownTimeout is how long an interrupted program has to end by itself.
const shutdownTimeout = 5 * time.Second

// Process is the running program, and what it prints when it starts.
type Process struct {
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

// Build builds the program into dir, an existing folder, and returns its path.
func Build(ctx context.Context, dir string) (string, error) {
	return terraformcli.BuildProgram(ctx, dir, "flow-sandbox", "./internal/cmd/flow-sandbox")
}

// Start starts the program on free ports and returns once it has printed its addresses. ctx bounds the start alone: the
// program runs until End or Kill, because a Terraform that is being interrupted still needs it.
func Start(ctx context.Context, executable string, stderr io.Writer, flags ...string) (*Process, error) {
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	flags = append([]string{"--json", "--flow-address=127.0.0.1:0", "--azure-devops-address=127.0.0.1:0"}, flags...)
	p := &Process{command: exec.CommandContext(running, executable, flags...), stop: stop}
	p.command.Stderr = stderr
	p.command.Cancel = func() error { return p.command.Process.Signal(os.Interrupt) }
	p.command.WaitDelay = shutdownTimeout
	terraformcli.OwnGroup(p.command)
	stdout, err := p.command.StdoutPipe()
	if err == nil {
		err = p.command.Start()
	}
	if err != nil {
		stop()
		return nil, fmt.Errorf("start the sandbox: %w", err)
	}
	release := context.AfterFunc(ctx, stop)
	defer release()
	if err := json.NewDecoder(stdout).Decode(p); err != nil {
		return nil, errors.Join(fmt.Errorf("the sandbox printed no addresses: %w", err), p.Kill())
	}
	return p, nil
}

// End interrupts the program and waits until it has ended.
func (p *Process) End() error {
	p.stop()
	// The ending that was asked for is no error, whether the program or the system reports it.
	var exited *exec.ExitError
	if err := p.command.Wait(); err != nil && !errors.Is(err, context.Canceled) && !errors.As(err, &exited) {
		return fmt.Errorf("end the sandbox: %w", err)
	}
	return nil
}

// Kill ends the program at once and waits until it is gone.
func (p *Process) Kill() error {
	if err := p.command.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill the sandbox: %w", err)
	}
	return p.End()
}

// APIKey returns the first key, which may do everything.
func (p *Process) APIKey() string { return p.APIKeys[0].Key }

// Token returns the token of that name.
func (p *Process) Token(name string) (string, error) {
	for _, token := range p.Tokens {
		if token.Name == name {
			return token.Token, nil
		}
	}
	return "", fmt.Errorf("the sandbox has no token %q", name)
}

// Secrets returns all API keys and tokens.
func (p *Process) Secrets() []string {
	var secrets []string
	for _, key := range p.APIKeys {
		secrets = append(secrets, key.Key)
	}
	for _, token := range p.Tokens {
		secrets = append(secrets, token.Token)
	}
	return slices.Compact(slices.Sorted(slices.Values(secrets)))
}
