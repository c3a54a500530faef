package acctest

import (
	"context"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// Workspace is a folder in which a test runs Terraform as a user does, with a provider built from this repository.
// Tests of diagnostics use it, because terraform-plugin-testing hides warnings and rewraps errors.
type Workspace struct {
	*terraformcli.Workspace
	t testing.TB
}

// providerDir holds the provider's executable, once build has made it for all tests of a package.
var providerDir string

var build = sync.OnceValue(func() (err error) {
	if providerDir, err = os.MkdirTemp("", "terraform-provider-flow-*"); err != nil {
		return err
	}
	return terraformcli.Build(context.Background(), providerDir)
})

// Main is for a TestMain. It runs the package's tests and removes the provider that NewWorkspace has built.
func Main(m *testing.M) {
	status := m.Run()
	if providerDir != "" {
		_ = os.RemoveAll(providerDir)
	}
	os.Exit(status)
}

// NewWorkspace returns an empty workspace.
func NewWorkspace(t testing.TB) *Workspace {
	t.Helper()
	if err := build(); err != nil {
		t.Fatal(err)
	}
	return NewWorkspaceOf(t, providerDir)
}

// NewWorkspaceOf returns an empty workspace for the provider whose executable is in a folder.
func NewWorkspaceOf(t testing.TB, providerDir string) *Workspace {
	t.Helper()
	workspace, err := terraformcli.NewWorkspace(command(t), t.TempDir(), providerDir)
	if err != nil {
		t.Fatal(err)
	}
	return &Workspace{Workspace: workspace, t: t}
}

// Configure writes the configuration, which must begin with Source.
func (w *Workspace) Configure(config ...string) {
	w.t.Helper()
	if err := w.Write("main.tf", strings.Join(config, "\n")); err != nil {
		w.t.Fatal(err)
	}
}

// MustPlan plans. The test fails if Terraform cannot be run, not if the plan fails.
func (w *Workspace) MustPlan(arguments ...string) terraformcli.Result {
	w.t.Helper()
	result, err := w.Plan(w.t.Context(), arguments...)
	return w.ran(result, err)
}

// MustValidate validates. The test fails if Terraform cannot be run, not if the configuration is invalid.
func (w *Workspace) MustValidate() terraformcli.Result {
	w.t.Helper()
	result, err := w.Validate(w.t.Context())
	return w.ran(result, err)
}

// MustApply applies, and fails the test if that fails.
func (w *Workspace) MustApply(arguments ...string) terraformcli.Result {
	w.t.Helper()
	result, err := w.Apply(w.t.Context(), arguments...)
	result = w.ran(result, err)
	if result.ExitCode != 0 {
		w.t.Fatalf("apply failed:\n%s", result.Output)
	}
	return result
}

// FailedApply applies, and fails the test if that succeeds.
func (w *Workspace) FailedApply(arguments ...string) terraformcli.Result {
	w.t.Helper()
	result, err := w.Apply(w.t.Context(), arguments...)
	result = w.ran(result, err)
	if result.ExitCode == 0 {
		w.t.Fatalf("apply succeeded:\n%s", result.Output)
	}
	return result
}

// ran leaves out the warning of tokens that are written in the configuration: the sandbox's are, in all tests. Run or
// Validate show it.
func (w *Workspace) ran(result terraformcli.Result, err error) terraformcli.Result {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	result.Diagnostics = slices.DeleteFunc(result.Diagnostics, func(said tfjson.Diagnostic) bool {
		return said.Summary == "The token is written in the configuration"
	})
	return result
}

// Said is what tests expect of a diagnostic.
type Said struct {
	Severity tfjson.DiagnosticSeverity
	Summary  string
	// Attribute is the argument that the diagnostic points at: "" for none, Anywhere where versions of Terraform differ.
	Attribute string
	// Detail are parts of the diagnostic's detail.
	Detail []string
}

// Anywhere matches every attribute, and none: not every version of Terraform locates every diagnostic.
const Anywhere = "*"

// Expect fails the test unless the diagnostics are exactly those, in any order because Terraform works concurrently.
// Repetitions count once: in some versions of Terraform, a plan repeats the diagnostics of validation.
func Expect(t testing.TB, result terraformcli.Result, want ...Said) {
	t.Helper()
	got, want := slices.Clone(result.Diagnostics), slices.Clone(want)
	slices.SortStableFunc(got, func(a, b tfjson.Diagnostic) int { return strings.Compare(a.Summary, b.Summary) })
	slices.SortStableFunc(want, func(a, b Said) int { return strings.Compare(a.Summary, b.Summary) })
	for i := len(got) - 1; i > 0; i-- {
		if slices.ContainsFunc(got[:i], func(said tfjson.Diagnostic) bool { return reflect.DeepEqual(said, got[i]) }) {
			got = slices.Delete(got, i, i+1)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("got %d diagnostics, want %d:\n%s", len(got), len(want), describe(got))
	}
	for i, said := range got {
		elsewhere := terraformcli.Argument(said) != want[i].Attribute && want[i].Attribute != Anywhere
		if said.Severity != want[i].Severity || said.Summary != want[i].Summary || elsewhere {
			t.Errorf("got %s %q on %q, want %s %q on %q",
				said.Severity, said.Summary, terraformcli.Argument(said), want[i].Severity, want[i].Summary, want[i].Attribute)
		}
		for _, part := range want[i].Detail {
			if !strings.Contains(said.Detail, part) {
				t.Errorf("%s %q does not say %q:\n%s", said.Severity, said.Summary, part, said.Detail)
			}
		}
	}
}

func describe(diagnostics []tfjson.Diagnostic) string {
	var text strings.Builder
	for _, said := range diagnostics {
		text.WriteString(string(said.Severity) + " " + said.Summary + " on " + terraformcli.Argument(said) + "\n" + said.Detail + "\n\n")
	}
	return text.String()
}
