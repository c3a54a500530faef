package repoimport_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

// all is a data source that lists the integrations, for those whom a message sends there.
const all = "data \"flow_ado_integrations\" \"all\" {}\n"

// Whoever makes a mistake in a resource that is applied, and does what the message says, has a clean plan again.
func TestAMistakeIsUndoneByWhatItsMessageSays(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	applied := attributes{"include": `["*/*"]`, "exclude": `["Payments/api"]`}
	w.Configure(repoImport(s, applied))
	w.MustApply()
	to := func(argument, value string) func([]string) attributes {
		return func([]string) attributes { return attributes{argument: value} }
	}
	for name, test := range map[string]struct {
		broken attributes
		says   string
		follow func(told []string) attributes
	}{
		"nothing is selected": {attributes{"include": `[]`}, "Write … = … to select everything.", func(told []string) attributes { return attributes{told[0]: told[1]} }},
		"an address": {attributes{"exclude": `["https://dev.azure.com/contoso/Payments/_git/api"]`}, "This is an address. Write … instead.", func(told []string) attributes {
			return attributes{"exclude": "[" + told[0] + "]"}
		}},
		"a null":                 {attributes{"exclude": `["Payments/api", null]`}, "Remove the element, or give it a value.", to("exclude", `["Payments/api"]`)},
		"a selector misspelled":  {attributes{"include": `["*/*", "Paymnts/*"]`}, "Correct or remove the selector. The data source …", to("include", `["*/*"]`)},
		"an exclude misspelled":  {attributes{"exclude": `["Payments/ap"]`}, "Did you mean …? Correct or remove the selector", func(told []string) attributes { return attributes{"exclude": "[" + told[0] + "]"} }},
		"everything is excluded": {attributes{"exclude": `["*/*"]`}, "Correct one of them, or remove the resource.", to("exclude", `["Payments/api"]`)},
		"another id": {attributes{"integration_id": `"7"`}, "Check the id: the data source … lists those that this API key's user may see.", func(told []string) attributes {
			return attributes{"integration_id": "data." + told[0] + ".all.integrations[0].id"}
		}},
		"no time": {attributes{"timeouts": `{ read = "0s" }`}, `Write a number greater than zero with its unit, such as "90s", "30m" or "2h".`, to("timeouts", "")},
	} {
		// One after the other: they share the state.
		w.Configure(repoImport(s, applied.with(test.broken)), all)
		told := acctest.Told(t, w.MustPlan(), strings.Replace(test.says, "? Correct", "?\n\nCorrect", 1))
		w.Configure(repoImport(s, applied.with(test.follow(told))), all)
		if plan := w.MustPlan(); plan.ExitCode != 0 || len(plan.Diagnostics) > 0 {
			t.Errorf("%s: the plan is not empty:\n%s", name, plan.Output)
		}
	}
	w.Configure(repoImport(s, applied))
	w.ExpectEmptyPlan()
}

// What cannot be imported into the state as the message says is written as a resource, or imported by another id.
func TestAnImportThatFailsIsMadeAsItsMessageSays(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	importing := func(id string) string { return "import {\n  to = flow_repo_import.all\n  id = " + id + "\n}\n" }
	w.Configure(repoImport(s, nil), importing(`"1"`))
	acctest.Told(t, w.MustPlan(), "Remove the import, write the resource with the selectors that you want, and apply: that imports what they match.")
	w.Configure(repoImport(s, nil))
	w.MustApply()
	w.ExpectEmptyPlan()
	expectImported(t, s, everything...)

	mustRun(t, w, "state", "rm", address)
	w.Configure(repoImport(s, nil), importing(`"Contoso"`))
	acctest.Told(t, w.MustPlan(), "Look up the id with the data source flow_ado_integrations.")
	w.Configure(s.ProviderConfig(), all)
	w.MustApply()
	listed := w.Attributes("data.flow_ado_integrations.all")["integrations"].([]any)[0].(map[string]any)
	w.Configure(repoImport(s, attributes{"include": `["Archive/*", "Data Science/*", "Payments/*", "Platform/*"]`}), importing(fmt.Sprintf("%q", listed["id"])))
	w.MustApply()
	w.ExpectEmptyPlan()
}

// Each way on from what Flow does not do in time, or at all, ends with a clean plan.
func TestWhatFlowDidNotDoIsDoneAsTheMessageSays(t *testing.T) {
	t.Parallel()
	payments := attributes{"include": `["Payments/*"]`}
	t.Run("more time", func(t *testing.T) {
		t.Parallel()
		s := start(t, sandbox.Options{DiscoveryDelay: time.Hour})
		w := acctest.NewWorkspace(t)
		w.Configure(repoImport(s, payments.with(attributes{"timeouts": `{ create = "1s" }`})))
		told := acctest.Told(t, w.FailedApply(), "It timed out: raise timeouts.…, or …")
		sync(t, s)
		w.Configure(repoImport(s, payments.with(attributes{"timeouts": "{ " + told[0] + ` = "1m" }`})))
		w.MustApply()
		w.ExpectEmptyPlan()
	})
	t.Run("no progress", func(t *testing.T) {
		t.Parallel()
		s := start(t, sandbox.Options{})
		s.Flow().Traffic().Inject(traffic.Fault{
			Method: "GET", Path: "/v3/customer/core/repos/", Status: 200, ContentType: "application/json",
			Body: `{"count":1,"next":null,"previous":null,"results":[{"project_id":1,"name":"api","owner_name":"Payments","integration_id":1}]}`,
		})
		w := acctest.NewWorkspace(t)
		w.Configure(repoImport(s, attributes{"include": `["Payments/api"]`, "wait_for": `"processed"`}))
		told := acctest.Told(t, w.MustApply(), "Look at their status in Flow under …, or set … = ….")
		w.Configure(repoImport(s, attributes{"include": `["Payments/api"]`, told[1]: told[2]}))
		w.MustApply()
		w.ExpectEmptyPlan()
	})
	t.Run("not discovered yet", func(t *testing.T) {
		t.Parallel()
		s := start(t, sandbox.Options{DiscoveryDelay: time.Hour})
		w := acctest.NewWorkspace(t)
		data := func(depends string) string {
			return "data \"flow_repos\" \"all\" {\n  integration_id = \"1\"\n" + depends + "}\n"
		}
		w.Configure(s.ProviderConfig(), data(""))
		told := acctest.Told(t, w.MustPlan(), "Read it later, or add … with a …, which waits for it.")
		looking := time.AfterFunc(time.Second, func() { _ = s.Flow().Sync(context.Background()) })
		defer looking.Stop()
		w.Configure(repoImport(s, payments), data("  "+told[0]+" = ["+told[1]+".all]\n"))
		w.MustApply()
		w.ExpectEmptyPlan()
	})
	t.Run("no right", func(t *testing.T) {
		t.Parallel()
		s := start(t, sandbox.Options{})
		w := acctest.NewWorkspace(t)
		w.Configure(s.ProviderConfigWithKey(s.ReadonlyAPIKey()), resourceBlock("all", attributes{"include": `["Payments/api"]`}))
		acctest.Told(t, w.FailedApply(), "Give the API key's user the right, or do it by hand in Flow under …: the next plan sees it.")
		byHand(t, s.Flow().Import(flowserver.Repositories, 1, "Payments/api"))
		w.MustApply()
		w.ExpectEmptyPlan()
	})
	t.Run("no way to write", func(t *testing.T) {
		t.Parallel()
		s := start(t, sandbox.Options{Dialects: []string{"read-only"}})
		w := acctest.NewWorkspace(t)
		w.Configure(repoImport(s, attributes{"include": `["Payments/api"]`}))
		acctest.Told(t, w.MustPlan(), "Import them in Flow under …: the next plan sees it.")
		byHand(t, s.Flow().Import(flowserver.Repositories, 1, "Payments/api"))
		w.MustApply()
		w.ExpectEmptyPlan()
	})
	t.Run("a removal in part", func(t *testing.T) {
		t.Parallel()
		s := start(t, sandbox.Options{})
		w := acctest.NewWorkspace(t)
		w.Configure(repoImport(s, payments.with(attributes{"on_destroy": `"remove"`})))
		w.MustApply()
		s.Flow().Traffic().Inject(traffic.Fault{Method: "DELETE", Times: 1, Status: 400, ContentType: "application/json", Body: `{"detail":"It is being processed."}`})
		told := acctest.Told(t, w.FailedApply("-destroy"), "Run `terraform …` again to remove the rest.")
		mustRun(t, w, told[0], "-auto-approve")
		w.Configure(s.ProviderConfig())
		w.ExpectEmptyPlan()
		expectImported(t, s)
	})
	t.Run("an exclusion rule", func(t *testing.T) {
		t.Parallel()
		s := start(t, sandbox.Options{})
		byHand(t, s.Flow().Exclude(flowserver.Repositories, 1, "Payments/ledger", true))
		w := acctest.NewWorkspace(t)
		w.Configure(repoImport(s, attributes{"include": `["Payments/ledger"]`}))
		acctest.Told(t, w.MustPlan(), "Change the rules in Flow under …, or remove the selector.")
		byHand(t, s.Flow().Exclude(flowserver.Repositories, 1, "Payments/ledger", false))
		w.MustApply()
		w.ExpectEmptyPlan()
	})
	t.Run("imported by mistake", func(t *testing.T) {
		t.Parallel()
		s := start(t, sandbox.Options{})
		w := acctest.NewWorkspace(t)
		w.Configure(repoImport(s, payments.with(attributes{"exclude": `["Payments/wbe"]`})))
		acctest.Told(t, w.MustApply(), "If something was imported by mistake, remove it in Flow under ….")
		byHand(t, s.Flow().Remove(flowserver.Repositories, 1, "Payments/web"))
		w.Configure(repoImport(s, payments.with(attributes{"exclude": `["Payments/web"]`})))
		w.MustApply()
		w.ExpectEmptyPlan()
		expectImported(t, s, "Payments/api", "Payments/ledger")
	})
	t.Run("left behind", func(t *testing.T) {
		t.Parallel()
		s := start(t, sandbox.Options{})
		w := acctest.NewWorkspace(t)
		w.Configure(repoImport(s, attributes{"include": `["Payments/*"]`}))
		w.MustApply()
		w.Configure(repoImport(s, attributes{"include": `["Payments/api"]`}))
		acctest.Told(t, w.MustPlan(), "Remove in Flow, under …, what is not wanted, or select it again.")
		w.Configure(repoImport(s, payments))
		w.ExpectEmptyPlan()
	})
	t.Run("renamed", func(t *testing.T) {
		t.Parallel()
		s := start(t, sandbox.Options{})
		w := acctest.NewWorkspace(t)
		removing := payments.with(attributes{"on_destroy": `"remove"`})
		w.Configure(repoImport(s, removing))
		w.MustApply()
		w.Configure(s.ProviderConfig())
		acctest.Told(t, w.MustPlan(), "If you only renamed the resource, add a moved block.")
		w.Configure(s.ProviderConfig(), resourceBlock("renamed", removing), "moved {\n  from = flow_repo_import.all\n  to   = flow_repo_import.renamed\n}\n")
		w.MustApply()
		w.ExpectEmptyPlan()
		expectNothingRemoved(t, s)
	})
}

// What an action could not do is done as its message says.
func TestAnUpdateIsDoneAsItsMessageSays(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.Actions)
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	const action = "action \"flow_update_repos\" \"payments\" {\n  config {\n    integration_id = \"1\"\n    include        = [\"Payments/*\"]\n  }\n}\n"
	const invoke = "-invoke=action.flow_update_repos.payments"
	w.Configure(s.ProviderConfig(), action)
	acctest.Told(t, w.MustApply(invoke), "Import repositories with flow_repo_import first, or correct the selectors.")
	payments := repoImport(s, attributes{"include": `["Payments/*"]`})
	w.Configure(payments, action)
	w.MustApply()
	s.Flow().Traffic().Inject(traffic.Fault{Method: "POST", Path: updatePath, Times: 1, Status: 400, ContentType: "application/json", Body: `{"detail":"It is being processed."}`})
	told := acctest.Told(t, w.FailedApply(invoke), "Run `terraform apply -invoke=action.flow_update_repos.…` for the rest.")
	w.MustApply(strings.Replace(invoke, ".payments", "."+strings.Replace(told[0], "<name>", "payments", 1), 1))
	if got := queued(s); len(got) != 3 {
		t.Errorf("queued %v, want all three", got)
	}
	w.ExpectEmptyPlan()
}
