package repoimport_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

// withIntegration is a configuration that makes the integration as well.
func withIntegration(s *acctest.Sandbox, changes attributes) string {
	return repoImport(s, attributes{"integration_id": "flow_ado_integration.main.id"}.with(changes)) + `
		resource "flow_ado_integration" "main" {
			name                     = "Contoso"
			base_url                 = "https://dev.azure.com/contoso"
			email                    = "Svc-Flow@contoso.com"
			personal_access_token_wo = "` + s.Token("full") + `"
			deletion_protection      = false
		}`
}

// TestCreationWaitsUntilFlowHasDiscoveredTheOrganization: with the integration in the same apply.
func TestCreationWaitsUntilFlowHasDiscoveredTheOrganization(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.WriteOnly)
	s := acctest.Start(t, sandbox.Options{DiscoveryDelay: 1500 * time.Millisecond})
	w := acctest.NewWorkspace(t)
	w.Configure(withIntegration(s, attributes{"include": `["Payments/*"]`}))
	w.MustApply()
	expectImported(t, s, "Payments/api", "Payments/ledger", "Payments/web")
	if plan := w.MustPlan(); plan.ExitCode != 0 {
		t.Errorf("the plan is not empty:\n%s", plan.Output)
	}
}

// TestSelectorsAreCheckedWhenTheOrganizationIsDiscovered: then, and not before, a selector that matches nothing is an error.
func TestSelectorsAreCheckedWhenTheOrganizationIsDiscovered(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{DiscoveryDelay: time.Hour})
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["Paymnts/*"]`}))
	acctest.Expect(t, w.MustPlan("-out=tfplan"))
	looking := time.AfterFunc(time.Second, func() { _ = s.Flow().Sync(context.Background()) })
	defer looking.Stop()
	acctest.Expect(t, w.FailedApply("tfplan"), acctest.Said{
		Severity: failure, Summary: `Selector "Paymnts/*" matches nothing`, Attribute: "include", Detail: []string{`Did you mean "Payments/*"?`},
	})
	if kept := w.Attributes(address); kept != nil {
		t.Errorf("nothing was imported, and the state has %v", kept)
	}
}

// TestDiscoveryMayEndWhileAPlanChecks: what was listed before it ended is not all that there is.
func TestDiscoveryMayEndWhileAPlanChecks(t *testing.T) {
	t.Parallel()
	const list = "/v3/customer/core/available_repos/"
	s := start(t, sandbox.Options{DiscoveryDelay: time.Hour})
	s.Flow().Traffic().Inject(traffic.Fault{Path: "/v3/customer/core/integrations/1/", Latency: 2 * time.Second})
	listings := func() (n int) {
		for _, request := range s.Flow().Traffic().Requests() {
			if request.Path == list {
				n++
			}
		}
		return n
	}
	go func() {
		acctest.Eventually(t, "the first listing", func() bool { return listings() == 1 })
		_ = s.Flow().Sync(t.Context())
	}()
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["Payments/*"]`, "exclude": `["Payments/ledger"]`}))
	acctest.Expect(t, w.MustPlan())
	if listings() != 2 {
		t.Errorf("discovery did not end in between: %v", s.Flow().Traffic().Requests())
	}
}

// TestExcludesAreCheckedWhenTheOrganizationIsDiscovered: where the plan knows neither integration nor repositories.
func TestExcludesAreCheckedWhenTheOrganizationIsDiscovered(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.WriteOnly)
	for name, delay := range map[string]time.Duration{"at once": 0, "later": 2 * time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{DiscoveryDelay: delay})
			w := acctest.NewWorkspace(t)
			w.Configure(withIntegration(s, attributes{"include": `["Payments/*"]`, "exclude": `["Payments/wbe", "Payments/ledger"]`}))
			tfvc := acctest.Said{Severity: warning, Summary: "Projects without a Git repository", Attribute: "base_url"}
			acctest.Expect(t, w.MustPlan(), tfvc)
			acctest.Expect(t, w.MustApply(), tfvc, acctest.Said{
				Severity: warning, Summary: `Selector "Payments/wbe" matches nothing`, Attribute: "exclude", Detail: []string{`Did you mean "Payments/web"?`, "remove it in Flow under"},
			})
			expectImported(t, s, "Payments/api", "Payments/web")
		})
	}
}

// TestAServiceIsTurnedOnAndUsedInOneApply: the plan leaves the selectors to the apply, which waits for the new look-up.
func TestAServiceIsTurnedOnAndUsedInOneApply(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.WriteOnly)
	s := acctest.Start(t, sandbox.Options{DiscoveryDelay: 1500 * time.Millisecond})
	w := acctest.NewWorkspace(t)
	integration := func(services string) string {
		_, block, _ := strings.Cut(withIntegration(s, nil), "resource \"flow_ado_integration\"")
		return s.ProviderConfig() + "resource \"flow_ado_integration\"" + strings.Replace(block, "name  ", "services = { "+services+" }\n name  ", 1)
	}
	payments := resourceBlock("all", attributes{"integration_id": "flow_ado_integration.main.id", "include": `["Payments/*"]`})
	w.Configure(integration("repos = false, pull_requests = false"))
	w.MustApply()
	acctest.Eventually(t, "the first look-up", func() bool { return !s.Integration(t).LatestLookup.IsZero() })
	w.Configure(integration("repos = false, pull_requests = false"), payments)
	acctest.Expect(t, w.MustPlan(), acctest.Said{Severity: failure, Summary: `Selector "Payments/*" matches nothing`, Attribute: "include", Detail: []string{"repos of integration 1 is off", "Set services = { repos = true } in its flow_ado_integration"}})
	w.Configure(integration("repos = false, pull_requests = true"), payments) // which needs the repositories too
	if plan := w.MustPlan(); plan.ExitCode != 2 {
		t.Fatalf("the plan fails:\n%s", plan.Output)
	}
	w.MustApply()
	expectImported(t, s, "Payments/api", "Payments/ledger", "Payments/web")
	w.ExpectEmptyPlan()
}

func TestDiscoveryIsWaitedForUntilTheTimeIsUp(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{DiscoveryDelay: time.Hour})
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"timeouts": `{ create = "2s" }`}))
	acctest.Expect(t, w.FailedApply(), acctest.Said{
		Severity: failure, Summary: "Flow has not discovered the repositories of integration 1 yet",
		Detail: []string{"raise timeouts.create", "takes minutes", "Nothing was imported"},
	})
}

// TestASlowListingIsNotTakenForAMissingOne: what Flow has discovered takes it long to list.
func TestASlowListingIsNotTakenForAMissingOne(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"timeouts": `{ update = "500ms" }`}))
	w.MustApply()
	w.Configure(repoImport(s, attributes{"timeouts": `{ update = "500ms" }`, "include": `["Payments/*"]`}))
	s.Flow().Traffic().Inject(traffic.Fault{Path: "/v3/customer/core/available_repos/", Latency: time.Second})
	acctest.Expect(t, w.FailedApply(),
		acctest.Said{Severity: warning, Summary: "5 repositories will be unmanaged in Flow", Attribute: "include"},
		acctest.Said{
			Severity: failure, Summary: "Could not list the repositories", Detail: []string{"gave no complete answer in time", "raise timeouts.update", "Nothing was imported"},
		})
}

func TestWaitForProcessed(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{ProcessingTime: 2 * time.Second})
	byHand(t, s.AzureDevOps().DisableRepository("contoso", "Payments", "web", true))
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["Payments/*"]`, "wait_for": `"processed"`}))
	begin := time.Now()
	acctest.Expect(t, w.MustApply(), acctest.Said{
		Severity: warning, Summary: "Flow could not process 1 repository",
		Detail: []string{"Disabled in Azure DevOps.\n  - Payments/web\n", "queue an update in Flow"},
	})
	if took := time.Since(begin); took < 2*time.Second {
		t.Errorf("it took %s, and processing takes 2 s", took)
	}
	for _, repository := range s.Flow().Ingestion().Repositories {
		if repository.Repository == "api" && repository.PullRequests == 0 {
			t.Error("the apply ended before Flow had processed Payments/api")
		}
	}
	w.ExpectEmptyPlan()
}

func TestProcessingIsWaitedForUntilTheTimeIsUp(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{ProcessingTime: time.Hour})
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["Payments/*"]`, "wait_for": `"processed"`, "timeouts": `{ create = "3s" }`}))
	acctest.Expect(t, w.FailedApply(), acctest.Said{
		Severity: failure, Summary: "Flow has not processed all repositories",
		Detail: []string{"3 of 3 repositories", "raise timeouts.create"},
	})
	w.Configure(repoImport(s, attributes{"include": `["Payments/*"]`}))
	s.Flow().Traffic().Reset()
	w.MustApply()
	if writes := s.Writes(); len(writes) > 0 {
		t.Errorf("all is imported, and the next apply sent %v", writes)
	}
	w.ExpectEmptyPlan()
}

// TestImportDerivesSelectors: a project of which all is imported as a whole, and what is left by its names.
func TestImportDerivesSelectors(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	byHand(t, s.Flow().Exclude(flowserver.Repositories, 1, "Payments/ledger", true))
	for _, path := range []string{"Payments/web", "Payments/api", "Platform/terraform", "Platform/docs", "Data Science/notebooks"} {
		byHand(t, s.Flow().Import(flowserver.Repositories, 1, path))
	}
	w := acctest.NewWorkspace(t)
	want := []any{"Data Science/*", "Payments/*", "Platform/docs", "Platform/terraform"}
	w.Configure(
		repoImport(s, attributes{"include": `["Data Science/*", "Payments/*", "Platform/docs", "Platform/terraform"]`}),
		"import {\n  to = flow_repo_import.all\n  id = \"1\"\n}\n")
	s.Flow().Traffic().Reset()
	w.MustApply()
	if writes := s.Writes(); len(writes) > 0 {
		t.Errorf("the import sent %v", writes)
	}
	imported := w.Attributes(address)
	if diff := cmp.Diff(want, imported["include"]); diff != "" {
		t.Errorf("include (-want +got):\n%s", diff)
	}
	if got := imported["repository_count"]; got != 5.0 {
		t.Errorf("it counts %v repositories", got)
	}
	w.ExpectEmptyPlan()
}

func TestImportsThatCannotBeMadeSayWhy(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	for id, want := range map[string]acctest.Said{
		"1":       {Severity: failure, Summary: "Nothing to import for integration 1", Detail: []string{"nothing to derive selectors from", "write the resource"}},
		"7":       {Severity: failure, Summary: "Flow has no integration 7", Detail: []string{"flow_ado_integrations lists those"}},
		"Contoso": {Severity: failure, Summary: "Invalid import id", Detail: []string{`"Contoso" is not the id of an integration`}},
	} {
		w.Configure(repoImport(s, nil), "import {\n  to = flow_repo_import.all\n  id = \""+id+"\"\n}\n")
		acctest.Expect(t, w.MustPlan(), want)
	}
}
