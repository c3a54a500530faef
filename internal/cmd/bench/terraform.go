package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// header begins each configuration that needs the provider, which takes its settings from the environment.
const header = `terraform {
  required_providers {
    flow = {
      source = "flow-community/flow"
    }
  }
}

`

// workspace is a folder with a configuration to run Terraform in.
type workspace struct {
	*terraformcli.Workspace
	watched *terraformcli.Workspace // the same folder, with the provider's memory measured
	peaks   string                  // the file with what was measured
}

// newWorkspace makes the folder b.path(name). providers is the folder of the provider to use.
func (b *bench) newWorkspace(name, providers, configuration string, env ...string) (*workspace, error) {
	dir := b.path(name)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	w := &workspace{peaks: filepath.Join(dir, "peaks")}
	var err error
	if w.watched, err = terraformcli.NewWorkspace(b.cli, dir, b.path(watchers)); err != nil {
		return nil, err
	}
	// NewWorkspace always writes the same file, so the first one is moved away.
	settings := filepath.Join(dir, "watched.tfrc")
	if err := os.Rename(filepath.Join(dir, "cli.tfrc"), settings); err != nil {
		return nil, err
	}
	if w.Workspace, err = terraformcli.NewWorkspace(b.cli, dir, providers); err != nil {
		return nil, err
	}
	w.Env = append(w.Env, env...)
	w.watched.Env = append(w.watched.Env, env...)
	w.watched.Env = append(w.watched.Env, "TF_CLI_CONFIG_FILE="+settings,
		watchedVariable+"="+filepath.Join(providers, terraformcli.Executable(terraformcli.ProviderProgram)), peakVariable+"="+w.peaks)
	return w, w.Write("main.tf", configuration)
}

// apply applies the configuration.
func (w *workspace) apply(ctx context.Context) error {
	result, err := w.Apply(ctx)
	return succeeded(result, err, "apply")
}

// planNothing plans, and fails unless the plan is empty.
func (w *workspace) planNothing(ctx context.Context) error {
	result, err := w.Plan(ctx)
	return succeeded(result, err, "plan")
}

// planPeak returns the peak memory of the provider during planNothing, in bytes.
func (w *workspace) planPeak(ctx context.Context) (int64, error) {
	result, err := w.watched.Plan(ctx)
	if err := succeeded(result, err, "plan"); err != nil {
		return 0, err
	}
	return highestPeak(w.peaks)
}

func succeeded(result terraformcli.Result, err error, command string) error {
	switch {
	case err != nil:
		return err
	case command == "plan" && result.ExitCode == 2:
		return fmt.Errorf("the plan is not empty:\n%s", result.Output)
	case result.ExitCode != 0:
		return fmt.Errorf("terraform %s failed:\n%s", command, result.Output)
	}
	return nil
}

// stateSize returns the size of the state file, in bytes.
func (w *workspace) stateSize() (int64, error) {
	info, err := os.Stat(filepath.Join(w.Dir, "terraform.tfstate"))
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
