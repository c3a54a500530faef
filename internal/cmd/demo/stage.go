package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/sandboxprocess"
	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// stage is where the story plays: a temporary folder, the sandbox's process, and a folder in which Terraform runs.
type stage struct {
	dir       string
	cli       terraformcli.CLI
	terraform *terraformcli.Workspace
	sandbox   *sandboxprocess.Process
	flow      flowAPI

	secrets   []string    // the sandbox's API keys and tokens
	before    integration // as Flow had it before the sandbox was killed
	importing string      // the import block that Terraform has proposed

	cliConfig []string // Terraform's environment without what differs from run to run
	runs      int
	keepErr   error // the first failure to keep what a run left
}

// The folders of the stage. Those that may hold no secret are searched at the end.
const (
	executables = "bin"
	sandboxData = "sandbox"
	workspace   = "terraform" // the configuration, the state
	leftovers   = "runs"      // what each run of Terraform left
	logs        = "logs"      // Terraform's at TRACE, the provider's in it, and the sandbox's
)

var searched = []string{workspace, leftovers, logs}

func newStage() (*stage, error) {
	dir, err := os.MkdirTemp("", "flow-demo-")
	if err != nil {
		return nil, err
	}
	for _, folder := range []string{executables, sandboxData, workspace, leftovers, logs} {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
	}
	return &stage{dir: dir}, nil
}

// close ends the sandbox, and removes the folder unless it is to be kept.
func (s *stage) close(keep bool) error {
	var err error
	if s.sandbox != nil {
		err = s.sandbox.End()
	}
	if !keep {
		err = errors.Join(err, os.RemoveAll(s.dir))
	}
	return err
}

func (s *stage) path(elements ...string) string {
	return filepath.Join(append([]string{s.dir}, elements...)...)
}

// executable is the path of a program that build has built.
func (s *stage) executable(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return s.path(executables, name)
}

const (
	providerProgram = "terraform-provider-flow"
	sandboxProgram  = "flow-sandbox"
	sandboxPackage  = "github.com/flow-community/terraform-provider-flow/internal/cmd/flow-sandbox"
)

// build builds the provider and the sandbox.
func (s *stage) build(ctx context.Context) error {
	if err := terraformcli.Build(ctx, s.path(executables)); err != nil {
		return err
	}
	command := exec.CommandContext(ctx, "go", "build", "-o", s.executable(sandboxProgram), sandboxPackage)
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("building the sandbox: %w\n%s", err, output)
	}
	for _, program := range []string{providerProgram, sandboxProgram} {
		if _, err := os.Stat(s.executable(program)); err != nil {
			return err
		}
	}
	return nil
}

// findTerraform finds the CLI and prepares the folder that it runs in.
func (s *stage) findTerraform(ctx context.Context) (err error) {
	if s.cli, err = terraformcli.Find(ctx, os.Stderr); err != nil {
		return err
	}
	// What the shell has set for other work, TF_WORKSPACE or FLOW_PREFLIGHT say, would tell another story.
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "TF_") || strings.HasPrefix(name, "FLOW_") {
			if err := os.Unsetenv(name); err != nil {
				return err
			}
		}
	}
	if s.terraform, err = terraformcli.NewWorkspace(s.cli, s.path(workspace), s.path(executables)); err != nil {
		return err
	}
	s.terraform.Ran = s.keep
	s.cliConfig = s.terraform.Env
	return nil
}

// startSandbox starts the sandbox, on the data that it left if it was started before.
func (s *stage) startSandbox(ctx context.Context) error {
	logFile := s.path(logs, "sandbox.log")
	stderr, err := os.OpenFile(logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer stderr.Close()
	started, err := sandboxprocess.Start(ctx, s.executable(sandboxProgram), stderr, "--data", s.path(sandboxData, "sandbox.db"))
	if err != nil {
		said, _ := os.ReadFile(logFile)
		return fmt.Errorf("%w\n%s", err, said)
	}
	s.sandbox, s.secrets = started, started.Secrets()
	s.flow = flowAPI{address: started.FlowBaseURL, key: started.APIKey()}
	return nil
}

// configure writes main.tf and sets the environment that goes with it. Secrets are given by the environment alone.
func (s *stage) configure(c configuration) error {
	s.terraform.Env = append(append([]string(nil), s.cliConfig...),
		"FLOW_BASE_URL="+s.sandbox.FlowBaseURL,
		"FLOW_API_KEY="+s.sandbox.APIKey(),
		"FLOW_AZURE_DEVOPS_ENDPOINT="+s.sandbox.AzureDevOpsEndpoint,
		"TF_LOG=TRACE",
		"TF_LOG_PATH="+s.path(logs, "terraform.log"),
	)
	if c.Token != "" {
		secret, err := s.sandbox.Token(c.Token)
		if err != nil {
			return err
		}
		s.terraform.Env = append(s.terraform.Env, "TF_VAR_ado_pat="+secret)
	}
	return s.terraform.Write("main.tf", c.hcl())
}

// keep copies what a run of Terraform left: its output, its plan and its state.
func (s *stage) keep(arguments []string, result terraformcli.Result) {
	s.runs++
	dir := s.path(leftovers, fmt.Sprintf("%02d-%s", s.runs, arguments[0]))
	err := os.Mkdir(dir, 0o700)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, outputFile), []byte(result.Output), 0o600)
	}
	for _, name := range []string{terraformcli.PlanFile, stateFile, backupFile} {
		content, readErr := os.ReadFile(s.path(workspace, name))
		switch {
		case errors.Is(readErr, os.ErrNotExist):
		case readErr != nil:
			err = errors.Join(err, readErr)
		default:
			err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), content, 0o600))
		}
	}
	s.keepErr = errors.Join(s.keepErr, err)
}
