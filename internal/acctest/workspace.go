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
// Tests use it where they look at what Terraform says: plugin-testing shows them no warnings and folds the lines of errors.
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

// Main runs a package's tests and removes what NewWorkspace built for them; a TestMain calls it.
func Main(m *testing.M) {
	status := m.Run()
	if providerDir != "" {
		_ = os.RemoveAll(providerDir)
	}
	os.Exit(status)
}

// NewWorkspace gives an empty workspace.
func NewWorkspace(t testing.TB) *Workspace {
	t.Helper()
	if err := build(); err != nil {
		t.Fatal(err)
	}
	workspace, err := terraformcli.NewWorkspace(command(t), t.TempDir(), providerDir)
	if err != nil {
		t.Fatal(err)
	}
	return &Workspace{Workspace: workspace, t: t}
}

// Configure writes the whole configuration, which begins with Source.
func (w *Workspace) Configure(config ...string) {
	w.t.Helper()
	if err := w.Write("main.tf", strings.Join(config, "\n")); err != nil {
		w.t.Fatal(err)
	}
}

// MustPlan plans and gives what was said; the test fails only if Terraform could not be run.
func (w *Workspace) MustPlan(arguments ...string) terraformcli.Result {
	w.t.Helper()
	result, err := w.Plan(w.t.Context(), arguments...)
	return w.ran(result, err)
}

// MustValidate is MustPlan for validate.
func (w *Workspace) MustValidate() terraformcli.Result {
	w.t.Helper()
	result, err := w.Validate(w.t.Context())
	return w.ran(result, err)
}

// MustApply applies, and fails the test if that fails.
func (w *Workspace) MustApply(arguments ...string) terraformcli.Result {
	w.t.Helper()
	result, err := w.Apply(w.t.Context(), arguments...)
	w.ran(result, err)
	if result.ExitCode != 0 {
		w.t.Fatalf("apply failed:\n%s", result.Output)
	}
	return result
}

// FailedApply applies, and fails the test if that succeeds.
func (w *Workspace) FailedApply(arguments ...string) terraformcli.Result {
	w.t.Helper()
	result, err := w.Apply(w.t.Context(), arguments...)
	w.ran(result, err)
	if result.ExitCode == 0 {
		w.t.Fatalf("apply succeeded:\n%s", result.Output)
	}
	return result
}

func (w *Workspace) ran(result terraformcli.Result, err error) terraformcli.Result {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	return result
}

// Said is a diagnostic as far as tests look at it.
type Said struct {
	Severity tfjson.DiagnosticSeverity
	Summary  string
	// Attribute is the name at the beginning of the line that the diagnostic points at; "" if it points at none, and
	// Anywhere if versions of Terraform differ in that.
	Attribute string
	// Detail is compared by parts: each of them has to be in the diagnostic's.
	Detail []string
}

// Anywhere stands for the attribute of a diagnostic that some versions of Terraform locate, and others do not.
const Anywhere = "*"

// Expect fails the test unless the diagnostics are exactly those. Their order does not count, as Terraform works on
// several things at once; and what a plan says twice counts once, as some versions of Terraform repeat what validating has
// said already.
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
