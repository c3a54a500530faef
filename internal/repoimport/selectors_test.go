package repoimport_test

import (
	"slices"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

func TestMalformedSelectorsAreErrorsThatSayWhere(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	for name, test := range map[string]struct {
		changes attributes
		want    acctest.Said
	}{
		"no slash": {attributes{"include": `["Payments"]`}, acctest.Said{
			Severity: failure, Summary: `Invalid selector "Payments"`, Attribute: "include",
			Detail: []string{`Selector "Payments", character 9: the "/" is missing`, "\n  Payments\n          ^"},
		}},
		"two slashes": {attributes{"exclude": `["*/sandbox", "a/b/c"]`}, acctest.Said{
			Severity: failure, Summary: `Invalid selector "a/b/c"`, Attribute: "exclude",
			Detail: []string{`character 4: a second "/"`, "\n  a/b/c\n     ^"},
		}},
		"address of a repository": {attributes{"include": `["https://dev.azure.com/contoso/Payments/_git/api"]`}, acctest.Said{
			Severity: failure, Summary: `Invalid selector "https://dev.azure.com/contoso/Payments/_git/api"`, Attribute: "include",
			Detail: []string{`This is an address. Write "Payments/api" instead.`},
		}},
		"address of a project": {attributes{"include": `["dev.azure.com/contoso/Data%20Science"]`}, acctest.Said{
			Severity: failure, Summary: `Invalid selector "dev.azure.com/contoso/Data%20Science"`, Attribute: "include",
			Detail: []string{`This is an address. Write "Data Science/*" instead.`},
		}},
		"empty list": {attributes{"include": `[]`}, acctest.Said{
			Severity: failure, Summary: "No selector in include", Attribute: "include",
			Detail: []string{"An empty list selects nothing.\n\nWrite include = [\"*/*\"] to select everything."},
		}},
		"everything": {attributes{"include": `["*"]`}, acctest.Said{
			Severity: failure, Summary: `Invalid selector "*"`, Attribute: "include",
			Detail: []string{`Selector "*", character 2: the "/" is missing: "*/*" is all repositories.`},
		}},
		"space in include": {attributes{"include": `[" Payments/api"]`}, acctest.Said{
			Severity: failure, Summary: `Invalid selector " Payments/api"`, Attribute: "include", Detail: []string{"character 1: no name begins or ends with white space."},
		}},
		"space in exclude": {attributes{"exclude": `["Payments/api "]`}, acctest.Said{
			Severity: failure, Summary: `Invalid selector "Payments/api "`, Attribute: "exclude",
			Detail: []string{"Selector \"Payments/api \", character 13: no name begins or ends with white space.\n\n  Payments/api \n              ^"},
		}},
		"no time": {attributes{"timeouts": `{ create = "0s" }`}, acctest.Said{
			Severity: failure, Summary: "Invalid timeout for create", Attribute: "timeouts",
			Detail: []string{"\"0s\" leaves no time.\n\nWrite a number greater than zero with its unit, such as \"90s\", \"30m\" or \"2h\"."},
		}},
		"less than no time": {attributes{"timeouts": `{ read = "-5m" }`}, acctest.Said{
			Severity: failure, Summary: "Invalid timeout for read", Attribute: "timeouts", Detail: []string{`"-5m" leaves no time.`},
		}},
		"time in words": {attributes{"timeouts": `{ delete = "an hour" }`}, acctest.Said{
			Severity: failure, Summary: "Invalid timeout for delete", Attribute: "timeouts", Detail: []string{`"an hour" is not a duration.`},
		}},
		"null": {attributes{"include": `[null]`}, acctest.Said{
			Severity: failure, Summary: "Selector is null", Attribute: "include", Detail: []string{"Remove the element"},
		}},
		"on_destroy": {attributes{"on_destroy": `"delete"`}, acctest.Said{
			Severity: failure, Summary: "Invalid Attribute Value Match", Attribute: "on_destroy", Detail: []string{`"keep" "remove"`},
		}},
		"integration_id": {attributes{"integration_id": `"Contoso"`}, acctest.Said{
			Severity: failure, Summary: "Invalid Attribute Value Match", Attribute: "integration_id", Detail: []string{`such as "12"`},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t)
			w.Configure(repoImport(s, test.changes))
			acctest.Expect(t, w.MustValidate(), test.want)
		})
	}
}

// TestSelectorsThatMatchNothingAreErrorsAtPlanTime: word for word, since this is what people see most.
func TestSelectorsThatMatchNothingAreErrorsAtPlanTime(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	const lists = "\n\nCorrect or remove the selector. The data source flow_repos lists what there is to select; what was created or renamed " +
		"in Azure DevOps recently appears there after Flow's next look-up."
	const tfvc = ", but no Git repository in it. If its code is in TFVC, it cannot be imported: Flow does not support TFVC. " +
		"The project's tickets can be imported with flow_ticket_project_import."
	const found = "Flow has discovered no repository that this selector matches in integration 1."
	for name, test := range map[string]struct {
		include, selector, detail string
	}{
		"mistyped project": {`["Platform/*", "Paymnts/*"]`, "Paymnts/*", found + ` Did you mean "Payments/*"?` + lists},
		"mistyped name":    {`["Payments/ledgr"]`, "Payments/ledgr", found + ` Did you mean "Payments/ledger"?` + lists},
		"other project":    {`["Platform/web"]`, "Platform/web", found + ` Did you mean "Payments/web"?` + lists},
		"nothing like it":  {`["Warehouse/stock"]`, "Warehouse/stock", found + ` It has the projects "Archive", "Data Science", "Payments" and "Platform".` + lists},
		"character class":  {`["Payments/[aw]*"]`, "Payments/[aw]*", found + " Character classes such as [ab] are not supported: only * and ? are wildcards." + lists},
		"TFVC":             {`["legacy/*"]`, "legacy/*", `Flow has found the project "legacy"` + tfvc + lists},
		"TFVC, one name":   {`["Legacy/main"]`, "Legacy/main", `Flow has found the project "Legacy"` + tfvc + lists},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t)
			w.Configure(repoImport(s, attributes{"include": test.include}))
			plan := w.MustPlan()
			acctest.Expect(t, plan, acctest.Said{Severity: failure, Summary: `Selector "` + test.selector + `" matches nothing`, Attribute: "include"})
			if got := plan.Diagnostics[0].Detail; got != test.detail {
				t.Errorf("it says\n%s\nwant\n%s", got, test.detail)
			}
			if writes := s.Writes(); len(writes) > 0 {
				t.Errorf("planning sent %v", writes)
			}
		})
	}
}

// TestEverySelectorThatMatchesNothingIsReported: those for one reason together.
func TestEverySelectorThatMatchesNothingIsReported(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["A/*", "Payments/*", "B/*", "Paymnts/*"]`, "exclude": `["C/*"]`}))
	acctest.Expect(t, w.MustPlan(),
		acctest.Said{Severity: failure, Summary: `Selector "Paymnts/*" matches nothing`, Attribute: "include"},
		acctest.Said{Severity: failure, Summary: `Selectors "A/*" and "B/*" match nothing`, Attribute: "include"})
}

func TestWhatExcludeTakesAwayAltogetherIsReported(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["Payments/*"]`, "exclude": `["*/api", "pay*/*"]`}))
	nothing := acctest.Said{
		Severity: warning, Summary: "No repository is left to import", Attribute: "exclude", Detail: []string{"exclude matches everything that include matches"},
	}
	acctest.Expect(t, w.MustApply(), nothing)
	acctest.Expect(t, w.MustPlan(), nothing)
	expectImported(t, s)
}

// TestMistypedExcludesAreReported: a selector of a project that is elsewhere, as modules have for all organizations, is none.
func TestMistypedExcludesAreReported(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	mistyped := acctest.Said{
		Severity: warning, Summary: `Selector "Paymnts/*" matches nothing`, Attribute: "exclude", Detail: []string{`Did you mean "Payments/*"?`},
	}
	const found = "Flow has discovered no repository that this selector matches in integration 1."
	const remedy = "\n\nCorrect or remove the selector. If something was imported by mistake, remove it in Flow under Settings > Integrations > the integration's name > Repos."
	w.Configure(repoImport(s, attributes{"exclude": `["Paymnts/*", "Warehouse/*", "*/nothing", "Payments/wbe", "Payments/[aw]*"]`}))
	acctest.Expect(t, w.MustPlan(), mistyped,
		acctest.Said{Severity: warning, Summary: `Selector "Payments/wbe" matches nothing`, Attribute: "exclude", Detail: []string{found + ` Did you mean "Payments/web"?` + remedy}},
		acctest.Said{Severity: warning, Summary: `Selector "Payments/[aw]*" matches nothing`, Attribute: "exclude", Detail: []string{
			found + " Character classes such as [ab] are not supported: only * and ? are wildcards." + remedy,
		}})
	w.Configure(repoImport(s, attributes{"exclude": `["Payments/web"]`})) // as the message says
	w.MustApply()
	w.ExpectEmptyPlan()
	w.Configure(s.ProviderConfig() + `data "flow_repos" "all" {
		integration_id = "1"
		exclude        = ["Paymnts/*", "Warehouse/*"]
	}`)
	acctest.Expect(t, w.MustPlan(), mistyped)
}

func TestExcludedRepositoriesAreNotPending(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	byHand(t, s.Flow().Exclude(flowserver.Repositories, 1, "Payments/ledger", true))
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["Payments/*"]`}))
	acctest.Expect(t, w.MustApply())
	w.ExpectEmptyPlan()
	expectImported(t, s, "Payments/api", "Payments/web")

	w.Configure(repoImport(s, attributes{"include": `["payments/LEDGER", "Payments/*"]`}))
	acctest.Expect(t, w.MustPlan(), acctest.Said{
		Severity: warning, Summary: `"Payments/ledger" is excluded in Flow`, Attribute: "include",
		Detail: []string{"keep these repositories from being imported, so neither repository_count nor pending counts them:\n  - Payments/ledger\n\n", "under Settings > Integrations > the integration's name > Repos"},
	})
	byHand(t, s.Flow().Exclude(flowserver.Repositories, 1, "Payments/ledger", false))
	w.MustApply()
	expectImported(t, s, "Payments/api", "Payments/ledger", "Payments/web")
}

// TestOneOfTwoTwinsIsEnough: whoever follows the message keeps everything.
func TestOneOfTwoTwinsIsEnough(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	payments := attributes{"include": `["Payments/*"]`}
	w.Configure(repoImport(s, payments), resourceBlock("twin", payments))
	for _, result := range []terraformcli.Result{w.MustApply(), w.MustPlan(), w.MustApply("-replace=" + address)} {
		said := result.Diagnostics // whichever Terraform plans second says it, in the plan and in the apply
		if len(said) == 0 || slices.ContainsFunc(said, func(d tfjson.Diagnostic) bool { return d.Summary != "Two flow_repo_import select the same" }) {
			t.Errorf("it says %v", said)
		}
	}
	w.Configure(repoImport(s, payments))
	acctest.Expect(t, w.MustApply())
	w.ExpectEmptyPlan()
	acctest.Expect(t, w.MustApply("-replace="+address))
	expectImported(t, s, "Payments/api", "Payments/ledger", "Payments/web")
}

func TestAnUnknownIntegrationIsAnErrorAtPlanTime(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"integration_id": `"7"`}))
	acctest.Expect(t, w.MustPlan(), acctest.Said{Severity: failure, Summary: "Flow has no integration 7", Attribute: "integration_id"})
}

// TestOddNames: names come from Azure DevOps, and selectors are written by people.
func TestOddNames(t *testing.T) {
	t.Parallel()
	names := map[string][2]string{
		"Données & Analyse/réseau": {"Données & Analyse", "réseau"},
		"a b/c d":                  {"a b", "c d"},
		"x/y.z_1":                  {"x", "y.z_1"},
		"x/api":                    {"x", "api"}, // as in Payments
		"x/[brackets] {braces}":    {"x", "[brackets] {braces}"},
		"Straße/Ünïcode $(x) %20":  {"Straße", "Ünïcode $(x) %20"},
	}
	s := acctest.Start(t, sandbox.Options{})
	for _, name := range names {
		if err := s.AzureDevOps().CreateProject("contoso", project(name[0])); err != nil && name[0] != "x" {
			t.Fatal(err)
		}
		_, err := s.AzureDevOps().CreateRepository("contoso", name[0], name[1])
		byHand(t, err)
	}
	addIntegration(t, s)
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{
		"include": `["données & analyse/RÉSEAU", "a b/c d", "x/*", "STRASSE/*", "straße/*", "payments/api"]`,
	}))
	acctest.Expect(t, w.MustPlan(), acctest.Said{
		Severity: failure, Summary: `Selector "STRASSE/*" matches nothing`, Attribute: "include", Detail: []string{`Did you mean "Straße/*"?`},
	})
	w.Configure(repoImport(s, attributes{
		"include": `["données & analyse/RÉSEAU", "a b/c d", "x/*", "STRAẞE/*", "payments/api"]`,
		"exclude": `["x/[b]*"]`,
	}))
	noClass := acctest.Said{Severity: warning, Summary: `Selector "x/[b]*" matches nothing`, Attribute: "exclude"}
	acctest.Expect(t, w.MustApply(), noClass)
	acctest.Expect(t, w.MustPlan(), noClass)
	expectImported(t, s, "Données & Analyse/réseau", "Payments/api", "Straße/Ünïcode $(x) %20", "a b/c d", "x/[brackets] {braces}", "x/api", "x/y.z_1")

	byHand(t, s.AzureDevOps().RenameRepository("contoso", "x", "y.z_1", "Y.Z_1"))
	sync(t, s)
	acctest.Expect(t, w.MustPlan(), noClass)
}

// TestWhatHappensToRepositoriesInAzureDevOps: what is imported remains imported, whatever its name is now.
func TestWhatHappensToRepositoriesInAzureDevOps(t *testing.T) {
	t.Parallel()
	ado := func(s *acctest.Sandbox) map[string]error {
		return map[string]error{
			"disabled": s.AzureDevOps().DisableRepository("contoso", "Payments", "api", true),
			"renamed":  s.AzureDevOps().RenameRepository("contoso", "Payments", "web", "shop"),
			"moved":    s.AzureDevOps().MoveRepository("contoso", "Payments", "ledger", "Platform"),
			"deleted":  s.AzureDevOps().DeleteRepository("contoso", "Platform", "docs"),
		}
	}
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["Payments/*", "Platform/*"]`}))
	w.MustApply()
	for what, err := range ado(s) {
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	sync(t, s)
	s.Flow().Traffic().Reset()
	w.ExpectEmptyPlan()
	w.MustApply()
	if writes := s.Writes(); len(writes) > 0 {
		t.Errorf("nothing is to be imported, and Flow got %v", writes)
	}
	w.Configure(repoImport(s, attributes{"include": `["Payments/web"]`}))
	acctest.Expect(t, w.MustPlan(), acctest.Said{Severity: failure, Summary: `Selector "Payments/web" matches nothing`, Attribute: "include"})
}

// TestARenameStopsNobody: a selector that somebody writes has to match, but one that has stopped matching is a warning,
// which keeps neither other imports nor the destruction from going on.
func TestARenameStopsNobody(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	config := func(include string) string { return repoImport(s, attributes{"include": include}) }
	w.Configure(config(`["Payments/web", "Platform/*"]`))
	w.MustApply()
	byHand(t, s.AzureDevOps().RenameRepository("contoso", "Payments", "web", "shop"))
	_, err := s.AzureDevOps().CreateRepository("contoso", "Platform", "new")
	byHand(t, err)
	sync(t, s)

	renamed := acctest.Said{Severity: tfjson.DiagnosticSeverityWarning, Summary: `Selector "Payments/web" matches nothing`, Attribute: "include"}
	plan := w.MustPlan()
	acctest.Expect(t, plan, renamed)
	if plan.ExitCode != 2 {
		t.Errorf("the plan ends with %d, want 2: Platform/new is to be imported", plan.ExitCode)
	}
	acctest.Expect(t, w.MustApply(), renamed)
	w.Configure(config(`["Payments/web", "Platform/*", "Archive/*"]`))
	renamed.Severity = failure
	acctest.Expect(t, w.MustPlan(), renamed)
	w.Configure(config(`["Payments/web", "Platform/*"]`))
	w.MustApply("-destroy")
}

// TestAServiceThatIsOffIsNamed: without it, there is nothing to select.
func TestAServiceThatIsOffIsNamed(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	addIntegrationWith(t, s, flowserver.Services{Tickets: true})
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["Payments/*"]`}))
	const reason = "The service repos of integration 1 is off, so Flow discovers no repositories.\n\n" +
		"Set services = { repos = true } in its flow_ado_integration, and integration_id to its id: one apply then does both."
	acctest.Expect(t, w.MustPlan(), acctest.Said{Severity: failure, Summary: `Selector "Payments/*" matches nothing`, Attribute: "include", Detail: []string{reason}})
	w.Configure(s.ProviderConfig() + `data "flow_repos" "all" { integration_id = "1" }`)
	acctest.Expect(t, w.MustPlan(), acctest.Said{
		Severity: warning, Summary: "Flow has discovered no repositories of integration 1", Attribute: acctest.Anywhere, Detail: []string{reason},
	})
}

// TestTFVCIsNamedWithoutTickets: without ticket projects, Flow shows nothing of a project that has no Git repository.
func TestTFVCIsNamedWithoutTickets(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	addIntegrationWith(t, s, flowserver.Services{Repos: true, PullRequests: true})
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["Legacy/*", "Paymnts/*"]`}))
	acctest.Expect(t, w.MustPlan(),
		acctest.Said{Severity: failure, Summary: `Selector "Legacy/*" matches nothing`, Attribute: "include", Detail: []string{
			`no repository in a project "Legacy". If its code is in TFVC, it cannot be imported: Flow does not support TFVC`,
		}},
		acctest.Said{Severity: failure, Summary: `Selector "Paymnts/*" matches nothing`, Attribute: "include", Detail: []string{`Did you mean "Payments/*"?`}})
}
