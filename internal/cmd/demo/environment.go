package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/flow-community/terraform-provider-flow/internal/sandboxprocess"
	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// environment is what the steps work with: a temporary folder, the sandbox's process, and a folder to run Terraform in.
type environment struct {
	dir            string
	cli            terraformcli.CLI
	terraform      *terraformcli.Workspace
	sandbox        *sandboxprocess.Process
	sandboxProgram string
	flow           flowAPI

	secrets     []string    // the sandbox's API keys and tokens
	before      integration // as Flow had it before the sandbox was killed
	importBlock string      // from the error of a plan

	cliConfig []string // Terraform's environment variables that are the same for every run
	runs      int
	keepErr   error // from keeping the files of runs
}

// The folders of the environment.
const (
	executables = "bin"
	sandboxData = "sandbox"
	workspace   = "terraform" // the configuration and the state
	runs        = "runs"      // plan, state and output of each run of Terraform
	logs        = "logs"      // of Terraform at TRACE, which has the provider's, and of the sandbox
)

// searched are the folders that must hold no secret.
var searched = []string{workspace, runs, logs}

func newEnvironment() (*environment, error) {
	dir, err := os.MkdirTemp("", "flow-demo-")
	if err != nil {
		return nil, err
	}
	for _, folder := range []string{executables, sandboxData, workspace, runs, logs} {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o700); err != nil {
			return nil, errors.Join(err, os.RemoveAll(dir))
		}
	}
	return &environment{dir: dir}, nil
}

// close ends the sandbox, and removes the folder unless it is to be kept.
func (e *environment) close(keep bool) error {
	var err error
	if e.sandbox != nil {
		err = e.sandbox.End()
	}
	if !keep {
		err = errors.Join(err, os.RemoveAll(e.dir))
	}
	return err
}

func (e *environment) path(elements ...string) string {
	return filepath.Join(append([]string{e.dir}, elements...)...)
}

// build builds the provider and the sandbox.
func (e *environment) build(ctx context.Context) (err error) {
	if err := terraformcli.Build(ctx, e.path(executables)); err != nil {
		return err
	}
	e.sandboxProgram, err = sandboxprocess.Build(ctx, e.path(executables))
	return err
}

// findTerraform finds the CLI and prepares the folder to run it in.
func (e *environment) findTerraform(ctx context.Context) (err error) {
	if e.cli, err = terraformcli.Find(ctx, os.Stderr); err != nil {
		return err
	}
	if err := terraformcli.Isolate(); err != nil {
		return err
	}
	if e.terraform, err = terraformcli.NewWorkspace(e.cli, e.path(workspace), e.path(executables)); err != nil {
		return err
	}
	e.terraform.Ran = e.keep
	e.cliConfig = e.terraform.Env
	return nil
}

// startSandbox starts the sandbox with the data of an earlier start, if there was one.
func (e *environment) startSandbox(ctx context.Context) error {
	logFile := e.path(logs, "sandbox.log")
	stderr, err := os.OpenFile(logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer stderr.Close()
	started, err := sandboxprocess.Start(ctx, e.sandboxProgram, stderr, "--data", e.path(sandboxData, "sandbox.db"))
	if err != nil {
		log, _ := os.ReadFile(logFile)
		return fmt.Errorf("%w\n%s", err, log)
	}
	e.sandbox, e.secrets = started, started.Secrets()
	e.flow = flowAPI{started.Client()}
	return nil
}

// configure writes main.tf and sets the environment variables for it. Secrets are in these alone.
func (e *environment) configure(c configuration) error {
	e.terraform.Env = append(append([]string(nil), e.cliConfig...),
		"FLOW_BASE_URL="+e.sandbox.FlowBaseURL,
		"FLOW_API_KEY="+e.sandbox.APIKey(),
		"FLOW_AZURE_DEVOPS_ENDPOINT="+e.sandbox.AzureDevOpsEndpoint,
		"TF_LOG=TRACE",
		"TF_LOG_PATH="+e.path(logs, "terraform.log"),
	)
	if c.Token != "" {
		secret, err := e.sandbox.Token(c.Token)
		if err != nil {
			return err
		}
		e.terraform.Env = append(e.terraform.Env, "TF_VAR_ado_pat="+secret)
	}
	return e.terraform.Write("main.tf", c.hcl())
}

// keep copies output, plan and state of a run of Terraform.
func (e *environment) keep(arguments []string, result terraformcli.Result) {
	e.runs++
	dir := e.path(runs, fmt.Sprintf("%02d-%s", e.runs, arguments[0]))
	err := os.Mkdir(dir, 0o700)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, outputFile), []byte(result.Output), 0o600)
	}
	for _, name := range []string{terraformcli.PlanFile, stateFile, backupFile} {
		content, readErr := os.ReadFile(e.path(workspace, name))
		switch {
		case errors.Is(readErr, os.ErrNotExist):
		case readErr != nil:
			err = errors.Join(err, readErr)
		default:
			err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), content, 0o600))
		}
	}
	e.keepErr = errors.Join(e.keepErr, err)
}
