package terraformcli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	tfjson "github.com/hashicorp/terraform-json"
)

// providerAddress is the provider's source address in configurations.
const providerAddress = "flow-community/flow"

// PlanFile is the file that Plan writes, in the workspace's folder.
const PlanFile = "tfplan"

// shutdownTimeout is how long an interrupted run has to stop its providers and end.
const shutdownTimeout = 15 * time.Second

// Workspace is a folder with a configuration, in which a CLI runs with a provider built from this repository.
type Workspace struct {
	// Dir is the folder. The caller writes the configuration into it.
	Dir string
	// Env is added to the environment of each run, as name=value.
	Env []string
	// Signal is sent to a run when its context ends; nil is os.Interrupt, as from Ctrl-C.
	Signal os.Signal
	// LeavesProviders leaves what a killed run has started to itself, as a shell does. By default it is ended.
	LeavesProviders bool
	// Ran, if not nil, is called after each run.
	Ran func(arguments []string, result Result)

	cli CLI
}

// NewWorkspace prepares dir, an existing folder, for runs of cli with the provider whose executable is in providerDir.
func NewWorkspace(cli CLI, dir, providerDir string) (*Workspace, error) {
	config := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    %q = %q\n  }\n  direct {}\n}\n",
		cli.Product.RegistryHost()+"/"+providerAddress, providerDir)
	path := filepath.Join(dir, "cli.tfrc")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		return nil, err
	}
	return &Workspace{Dir: dir, Env: []string{configFileVariable + "=" + path}, cli: cli}, nil
}

// Write writes one file of the configuration.
func (w *Workspace) Write(name, content string) error {
	return os.WriteFile(filepath.Join(w.Dir, name), []byte(content), 0o600)
}

// Result is the result of a run.
type Result struct {
	// ExitCode is that of the CLI. After Plan, 2 means that there are changes.
	ExitCode int
	// Diagnostics are the errors and warnings, without the one about development overrides.
	Diagnostics []tfjson.Diagnostic
	// Output is everything that was printed.
	Output string
}

// Errors returns the diagnostics that are errors.
func (r Result) Errors() []tfjson.Diagnostic {
	return slices.DeleteFunc(slices.Clone(r.Diagnostics), func(d tfjson.Diagnostic) bool { return d.Severity != tfjson.DiagnosticSeverityError })
}

// Plan plans, with additional arguments, and writes PlanFile.
func (w *Workspace) Plan(ctx context.Context, arguments ...string) (Result, error) {
	return w.Run(ctx, append([]string{"plan", "-json", "-input=false", "-detailed-exitcode", "-out=" + PlanFile}, arguments...)...)
}

// Apply plans and applies, with additional arguments.
func (w *Workspace) Apply(ctx context.Context, arguments ...string) (Result, error) {
	return w.Run(ctx, append([]string{"apply", "-json", "-input=false", "-auto-approve"}, arguments...)...)
}

// Destroy destroys, with additional arguments.
func (w *Workspace) Destroy(ctx context.Context, arguments ...string) (Result, error) {
	return w.Apply(ctx, append([]string{"-destroy"}, arguments...)...)
}

// Validate validates the configuration.
func (w *Workspace) Validate(ctx context.Context) (Result, error) {
	result, err := w.Run(ctx, "validate", "-json")
	if err != nil {
		return result, err
	}
	var validated tfjson.ValidateOutput
	if err := json.Unmarshal([]byte(result.Output), &validated); err != nil {
		return result, fmt.Errorf("reading the output of validate: %w", err)
	}
	result.add(validated.Diagnostics...)
	return result, nil
}

// ShowPlan returns the plan that Plan wrote.
func (w *Workspace) ShowPlan(ctx context.Context) (*tfjson.Plan, error) {
	result, err := w.Run(ctx, "show", "-json", PlanFile)
	if err != nil {
		return nil, err
	}
	plan := new(tfjson.Plan)
	if err := plan.UnmarshalJSON([]byte(result.Output)); err != nil {
		return nil, fmt.Errorf("reading the plan: %w", err)
	}
	return plan, nil
}

// Run runs the CLI, and sends it Signal when ctx ends. The error is one of starting it: a failed command is a Result.
func (w *Workspace) Run(ctx context.Context, arguments ...string) (Result, error) {
	command := exec.CommandContext(ctx, w.cli.Path, arguments...)
	command.Dir = w.Dir
	command.Env = append(Environment(os.Environ()), w.Env...)
	// A killed CLI would leave its providers running.
	command.Cancel = func() error { return command.Process.Signal(w.signal()) }
	command.WaitDelay = shutdownTimeout
	OwnGroup(command)
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	err := command.Run()
	if !w.LeavesProviders {
		EndGroup(command)
	}
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		return Result{}, fmt.Errorf("running %s %s: %w", w.cli.Product, arguments[0], err)
	}
	result := Result{ExitCode: command.ProcessState.ExitCode(), Output: output.String()}
	result.add(diagnosticsIn(output.Bytes())...)
	if w.Ran != nil {
		w.Ran(arguments, result)
	}
	return result, nil
}

func (w *Workspace) signal() os.Signal {
	if w.Signal == nil {
		return os.Interrupt
	}
	return w.Signal
}

// Argument returns the name of the argument that a diagnostic points at, or "".
func Argument(diagnostic tfjson.Diagnostic) string {
	if diagnostic.Snippet == nil {
		return ""
	}
	name, _, found := strings.Cut(diagnostic.Snippet.Code, "=")
	if !found {
		return ""
	}
	return strings.TrimSpace(name)
}

// diagnosticsIn returns the diagnostics among the lines that a command prints with -json.
func diagnosticsIn(output []byte) []tfjson.Diagnostic {
	var diagnostics []tfjson.Diagnostic
	lines := bufio.NewScanner(bytes.NewReader(output))
	lines.Buffer(nil, len(output)+1)
	for lines.Scan() {
		message, err := tfjson.UnmarshalLogMessage(lines.Bytes())
		if err != nil {
			continue // no message, but the output of show for example
		}
		if diagnostic, ok := message.(tfjson.DiagnosticLogMessage); ok {
			diagnostics = append(diagnostics, diagnostic.Diagnostic)
		}
	}
	return diagnostics
}

func (r *Result) add(diagnostics ...tfjson.Diagnostic) {
	for _, diagnostic := range diagnostics {
		// Every run here has it.
		if diagnostic.Summary != "Provider development overrides are in effect" {
			r.Diagnostics = append(r.Diagnostics, diagnostic)
		}
	}
}
