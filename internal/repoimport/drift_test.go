package repoimport_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
)

func expectImported(t *testing.T, s *acctest.Sandbox, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, imported(s)); diff != "" {
		t.Errorf("imported (-want +got):\n%s", diff)
	}
}

// TestAPlanNamesWhatIsPendingAndChangesNothingElse: for what is new in Azure DevOps, and for what was removed in Flow.
func TestAPlanNamesWhatIsPendingAndChangesNothingElse(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["Payments/*"]`}), resourceBlock("other", attributes{"include": `["Platform/*"]`}))
	w.MustApply()
	w.ExpectEmptyPlan()
	for _, event := range []struct {
		name    string
		happens func()
	}{
		{"Payments/refunds", func() {
			_, err := s.AzureDevOps().CreateRepository("contoso", "Payments", "refunds")
			byHand(t, err)
			sync(t, s)
		}},
		{"Payments/web", func() { byHand(t, s.Flow().Remove(flowserver.Repositories, 1, "Payments/web")) }},
	} {
		event.happens()
		change := w.OnlyChange()
		if diff := cmp.Diff(map[string]any{"count": 1.0, "sample": []any{event.name}}, acctest.Attribute(change.Before, "pending")); diff != "" {
			t.Errorf("pending before the plan (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(map[string]any{"count": 0.0, "sample": []any{}}, acctest.Attribute(change.After, "pending")); diff != "" {
			t.Errorf("pending after the plan (-want +got):\n%s", diff)
		}
		s.Flow().Traffic().Reset()
		w.MustApply()
		if writes := s.Writes(); len(writes) != 1 {
			t.Errorf("the apply sent %v", writes)
		}
		w.ExpectEmptyPlan()
	}
}

func TestWhatNoSelectorMatchesIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	byHand(t, s.Flow().Import(flowserver.Repositories, 1, "Platform/docs"))
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["Payments/*"]`, "exclude": `["*/ledger"]`, "on_destroy": `"remove"`}))
	w.MustApply()
	byHand(t, s.Flow().Import(flowserver.Repositories, 1, "Payments/ledger"))
	w.ExpectEmptyPlan()
	w.MustApply("-destroy")
	expectImported(t, s, "Payments/ledger", "Platform/docs")
}

func TestWiderSelectorsImportAndNarrowerOnesRemoveNothing(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	for _, step := range []struct {
		changes attributes
		writes  int
		count   float64
	}{
		{attributes{"include": `["Payments/api"]`}, 1, 1},
		{attributes{"include": `["Payments/*", "Payments/api"]`}, 2, 3},
		{attributes{"include": `["Payments/api", "Payments/*"]`}, 0, 3},
		{attributes{"include": `["Payments/api", "Payments/*"]`, "on_destroy": `"remove"`, "wait_for": `"processed"`}, 0, 3},
		{attributes{"include": `["Payments/api", "Payments/*"]`, "exclude": `["*/web"]`}, 0, 2},
		{attributes{"include": `["Payments/api"]`}, 0, 1},
	} {
		w.Configure(repoImport(s, step.changes))
		s.Flow().Traffic().Reset()
		w.MustApply()
		if writes := s.Writes(); len(writes) != step.writes {
			t.Errorf("%v sent %d writes, want %d", step.changes, len(writes), step.writes)
		}
		if got := w.Attributes(address)["repository_count"]; got != step.count {
			t.Errorf("%v counts %v repositories, want %v", step.changes, got, step.count)
		}
		w.ExpectEmptyPlan()
	}
	expectImported(t, s, "Payments/api", "Payments/ledger", "Payments/web")
}

// TestWhatNarrowerSelectorsLeaveBehindIsNamed: unless another resource selects it.
func TestWhatNarrowerSelectorsLeaveBehindIsNamed(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["Payments/*", "Platform/*"]`, "on_destroy": `"remove"`}))
	w.MustApply()
	narrower := repoImport(s, attributes{"include": `["Payments/*"]`, "exclude": `["*/web"]`, "on_destroy": `"remove"`})
	w.Configure(narrower)
	acctest.Expect(t, w.MustPlan(), acctest.Said{
		Severity: warning, Summary: "4 repositories will be unmanaged in Flow", Attribute: "include",
		Detail: []string{"The selectors do not match them any more. They stay imported, with their data:\n" +
			"  - Payments/web\n  - Platform/docs\n  - Platform/images\n  - Platform/terraform\n\n" +
			"Remove in Flow, under Settings > Integrations > the integration's name > Repos, what is not wanted, or select it again."},
	})
	w.MustApply()
	w.ExpectEmptyPlan()
	w.Configure(repoImport(s, attributes{"include": `["Payments/api"]`}), resourceBlock("other", attributes{"include": `["Payments/ledger"]`}))
	w.MustApply() // The other one may be planned later.
	w.ExpectEmptyPlan()
	w.Configure(repoImport(s, attributes{"include": `["Data*/*"]`}), resourceBlock("other", attributes{"include": `["Payments/ledger"]`}))
	w.MustApply("-target=" + address)
	expectImported(t, s, "Data Science/notebooks", "Payments/api", "Payments/ledger", "Payments/web", "Platform/docs", "Platform/images", "Platform/terraform")
}

func TestOnDestroy(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]struct {
		left     []string
		requests []string
		says     []acctest.Said
	}{
		"keep": {[]string{"Payments/api", "Platform/docs"}, nil, nil},
		"remove": {[]string{"Platform/docs"}, []string{"DELETE /v3/customer/core/repos/2/"}, []acctest.Said{{
			Severity: warning, Summary: "1 repository will be removed from Flow", Detail: []string{"with all their data", "\n  - Payments/api\n", `on_destroy = "keep"`},
		}}},
	} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			s := start(t, sandbox.Options{})
			byHand(t, s.Flow().Import(flowserver.Repositories, 1, "Platform/docs"))
			w := acctest.NewWorkspace(t)
			w.Configure(repoImport(s, attributes{"include": `["Payments/api"]`, "on_destroy": `"` + value + `"`}))
			w.MustApply()
			s.Flow().Traffic().Reset()
			acctest.Expect(t, w.MustApply("-destroy", "-refresh=false"), want.says...)
			var requests []string
			for _, request := range s.Writes() {
				requests = append(requests, request.Method+" "+request.Path)
			}
			if diff := cmp.Diff(want.requests, requests); diff != "" {
				t.Errorf("writes (-want +got):\n%s", diff)
			}
			if value == "keep" && len(s.Flow().Traffic().Requests()) > 0 {
				t.Errorf("keeping sent %v", s.Flow().Traffic().Requests())
			}
			expectImported(t, s, want.left...)
		})
	}
}

// TestReplacingTheResource removes nothing, unless another integration takes the place of this one.
func TestReplacingTheResource(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["Payments/*"]`, "on_destroy": `"remove"`}))
	w.MustApply()
	addIntegration(t, s)
	s.Flow().Traffic().Reset()
	w.MustApply("-replace=" + address)
	if writes := s.Writes(); len(writes) > 0 {
		t.Errorf("the replacement sent %v", writes)
	}
	w.Configure(repoImport(s, attributes{"include": `["Payments/api"]`, "on_destroy": `"remove"`, "integration_id": `"2"`}))
	acctest.Expect(t, w.MustPlan(), acctest.Said{
		Severity: warning, Summary: "3 repositories will be removed from Flow", Detail: []string{"\n  - Payments/web\n"},
	})
	w.MustApply()
	w.ExpectEmptyPlan()
	expectImported(t, s, "Payments/api")
}

// TestAReplacementMadeFirstKeepsWhatItImports: Terraform destroys the object that it replaces later, as if somebody had asked
// for that.
func TestAReplacementMadeFirstKeepsWhatItImports(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	s.Flow().Traffic().Inject(refusal(1))
	w := acctest.NewWorkspace(t)
	w.Configure(strings.Replace(repoImport(s, attributes{"include": `["Payments/*"]`, "on_destroy": `"remove"`}),
		`"all" {`, "\"all\" {\n  lifecycle {\n    create_before_destroy = true\n  }", 1))
	w.FailedApply()
	acctest.Expect(t, w.MustApply()) // It is tainted.
	expectImported(t, s, "Payments/api", "Payments/ledger", "Payments/web")
	acctest.Expect(t, w.MustApply("-replace="+address))
	expectImported(t, s, "Payments/api", "Payments/ledger", "Payments/web")
	for _, request := range s.Writes() {
		if request.Method == http.MethodDelete {
			t.Errorf("it sent %s %s", request.Method, request.Path)
		}
	}
	w.ExpectEmptyPlan()
	w.MustApply("-destroy")
	expectImported(t, s)
}

func TestAnIntegrationThatIsGoneTakesTheResourceWithIt(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, nil))
	w.MustApply()
	byHand(t, s.Flow().RemoveIntegration(1))
	plan := w.MustPlan()
	acctest.Told(t, plan, "If the integration was deleted in Flow, run `terraform apply -refresh-only` to remove this resource from the state.")
	acctest.Expect(t, plan, acctest.Said{
		Severity: failure, Summary: "Flow has no integration 1", Attribute: "integration_id",
		Detail: []string{"Could not read integration 1: Flow answered HTTP 404 Not Found", "flow_ado_integrations lists those"},
	})
	w.MustApply("-refresh-only")
	if left, err := w.Run(t.Context(), "state", "list"); err != nil || strings.TrimSpace(left.Output) != "" {
		t.Errorf("the state still has %s (%v)", left.Output, err)
	}
	w.Configure(s.ProviderConfig())
	w.ExpectEmptyPlan()
}
