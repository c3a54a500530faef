package adointegration_test

import (
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// only returns the only error of a run, and fails the test if there is another number.
func only(t *testing.T, result terraformcli.Result) tfjson.Diagnostic {
	t.Helper()
	errors := result.Errors()
	if len(errors) != 1 {
		t.Fatalf("got the errors %v, want one", errors)
	}
	return errors[0]
}

func state(t *testing.T, w *acctest.Workspace, arguments ...string) {
	t.Helper()
	if result, err := w.Run(t.Context(), append([]string{"state"}, arguments...)...); err != nil || result.ExitCode != 0 {
		t.Fatalf("terraform state %v: %v\n%s", arguments, err, result.Output)
	}
}

// expectKept fails the test unless integration 1 is alive and the plan is empty.
func expectKept(t *testing.T, s *acctest.Sandbox, w *acctest.Workspace) {
	t.Helper()
	if id := s.Integration(t).ID; id != 1 {
		t.Errorf("Flow has integration %d, want 1", id)
	}
	w.ExpectEmptyPlan()
}

// Whoever renames a block and follows a remedy of the message keeps the integration.
func TestARenamedBlockKeepsTheIntegration(t *testing.T) {
	t.Parallel()
	for name, follow := range map[string]func(t *testing.T, s *acctest.Sandbox, w *acctest.Workspace, renamed, moved string){
		"moved block": func(_ *testing.T, s *acctest.Sandbox, w *acctest.Workspace, renamed, moved string) {
			w.Configure(s.ProviderConfig(), renamed, moved)
			w.MustApply()
		},
		"state mv": func(t *testing.T, _ *acctest.Sandbox, w *acctest.Workspace, _, _ string) {
			t.Helper()
			state(t, w, "mv", address, "flow_ado_integration.prod")
		},
		"state rm and import": func(t *testing.T, s *acctest.Sandbox, w *acctest.Workspace, renamed, _ string) {
			t.Helper()
			state(t, w, "rm", address)
			w.Configure(s.ProviderConfig(), renamed, "import {\n  to = flow_ado_integration.prod\n  id = \"1\"\n}\n")
			w.MustApply()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{})
			w := acctest.NewWorkspace(t)
			w.Configure(integration(s, unprotected(nil)))
			w.MustApply()
			renamed := resourceBlock(s, "prod", unprotected(nil))
			w.Configure(s.ProviderConfig(), renamed)
			plan := w.MustPlan()
			said := only(t, plan)
			if said.Summary != "This state already manages integration 1" || strings.Contains(said.Detail, "import {") {
				t.Errorf("it says %s\n%s", said.Summary, said.Detail)
			}
			told := acctest.Told(t, plan, "Find its address with `terraform state list -id=…`. Then:")
			if found, err := w.Run(t.Context(), "state", "list", "-id="+told[0]); err != nil || strings.TrimSpace(found.Output) != address {
				t.Errorf("for %s it lists %q: %v", told[0], found.Output, err)
			}
			acctest.Told(t, plan, "- If you renamed the block or its module, or the key of for_each, add a moved block with both addresses:")
			moved := strings.NewReplacer("OLD_NAME", "main", "NEW_NAME", "prod").Replace(acctest.ToldBlock(t, plan, "moved"))
			follow(t, s, w, renamed, moved)
			expectKept(t, s, w)
		})
	}
}

// An import of what this state destroys at another address would delete it.
func TestAnImportOfWhatTheSamePlanDestroysIsRefused(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(integration(s, unprotected(nil)))
	w.MustApply()
	renamed := resourceBlock(s, "prod", unprotected(nil))
	block := "import {\n  to = flow_ado_integration.prod\n  id = \"1\"\n}\n"
	for _, arguments := range [][]string{nil, {"-refresh=false"}} {
		w.Configure(s.ProviderConfig(), renamed, block)
		failed := w.FailedApply(arguments...)
		acctest.Told(t, failed, "Otherwise, run `terraform state rm` with the address that is destroyed, which leaves the integration in Flow.")
		if said := only(t, failed); said.Summary != "Integration 1 is kept and destroyed in one plan" || !strings.Contains(said.Detail, "moved {") {
			t.Errorf("%v: it says %s\n%s", arguments, said.Summary, said.Detail)
		}
		s.Integration(t)
	}
	state(t, w, "rm", address)
	w.MustApply()
	expectKept(t, s, w)
}

// Whoever wants both keeps both: the block of another name makes another integration, if the first one's is forgotten.
func TestAnotherNameMakesAnotherIntegration(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(integration(s, unprotected(nil)))
	w.MustApply()
	w.Configure(s.ProviderConfig(), resourceBlock(s, "prod", unprotected(nil)))
	acctest.Told(t, w.MustPlan(), "Otherwise, choose another name.")
	w.Configure(s.ProviderConfig(), resourceBlock(s, "prod", unprotected(attributes{"name": `"Contoso, again"`})), forgotten)
	w.MustApply()
	w.ExpectEmptyPlan()
	if all := s.Flow().Integrations(); len(all) != 2 {
		t.Errorf("Flow has %v, want both", all)
	}
}

func TestATaintedIntegrationCanBeUntainted(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(integration(s, unprotected(nil)))
	w.MustApply()
	if _, err := w.Run(t.Context(), "taint", address); err != nil {
		t.Fatal(err)
	}
	if said := only(t, w.MustPlan()); !strings.Contains(said.Detail, "terraform untaint ADDRESS") || strings.Contains(said.Detail, "import {") {
		t.Errorf("it says %s\n%s", said.Summary, said.Detail)
	}
	if _, err := w.Run(t.Context(), "untaint", address); err != nil {
		t.Fatal(err)
	}
	expectKept(t, s, w)
}

func TestBlocksThatSwappedTheirNamesCanBeSwappedBack(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	one, two := unprotected(attributes{"name": `"One"`}), unprotected(attributes{"name": `"Two"`})
	w.Configure(s.ProviderConfig(), resourceBlock(s, "a", one), resourceBlock(s, "b", two))
	w.MustApply()
	w.Configure(s.ProviderConfig(), resourceBlock(s, "a", two), resourceBlock(s, "b", one))
	errors := w.MustPlan().Errors()
	if len(errors) != 2 {
		t.Fatalf("got %v, want an error for each block", errors)
	}
	for _, said := range errors {
		if !strings.HasPrefix(said.Summary, "This state already manages integration ") || !strings.Contains(said.Detail, "terraform state mv FIRST TEMPORARY") {
			t.Errorf("it says %s\n%s", said.Summary, said.Detail)
		}
	}
	state(t, w, "mv", "flow_ado_integration.a", "flow_ado_integration.c")
	state(t, w, "mv", "flow_ado_integration.b", "flow_ado_integration.a")
	state(t, w, "mv", "flow_ado_integration.c", "flow_ado_integration.b")
	w.ExpectEmptyPlan()
	if writes := s.Writes(); len(writes) != 2 {
		t.Errorf("Flow was sent %v, want only the two creations", writes)
	}
}

// With create_before_destroy, a replacement of the same name fails and leaves a deposed object. The message's way out works.
func TestAReplacementThatCannotBeMadeFirstCanBeUndone(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	first := func(changes attributes) string {
		return strings.Replace(integration(s, unprotected(changes)), "\"main\" {", "\"main\" {\n  lifecycle {\n    create_before_destroy = true\n  }", 1)
	}
	w.Configure(first(nil))
	w.MustApply()
	another := attributes{
		"base_url": `"https://dev.azure.com/fabrikam"`, "email": `"Svc-Flow@fabrikam.com"`, "personal_access_token_wo": quoted(s.Token("fabrikam")),
	}
	w.Configure(first(another))
	warned := w.MustPlan()
	acctest.Expect(t, warned, acctest.Said{
		Severity: tfjson.DiagnosticSeverityWarning, Summary: "Replacement keeps the name", Attribute: "name", Detail: []string{"create_before_destroy"},
	})
	said := only(t, w.FailedApply())
	if !strings.Contains(said.Detail, "deposed, undo the change, run `terraform state rm ADDRESS`, and then `terraform import ADDRESS 1`") {
		t.Errorf("it says %s\n%s", said.Summary, said.Detail)
	}
	w.Configure(first(nil))
	state(t, w, "rm", address)
	if result, err := w.Run(t.Context(), "import", address, "1"); err != nil || result.ExitCode != 0 {
		t.Fatalf("the import failed: %v\n%s", err, result.Output)
	}
	w.MustApply() // deletion_protection is on after an import
	expectKept(t, s, w)
	// As the warning of the plan says, it is made first with another name.
	acctest.Told(t, warned, "Change the name as well, or remove create_before_destroy.")
	another["name"] = `"Fabrikam"`
	w.Configure(first(another))
	w.MustApply()
	w.ExpectEmptyPlan()
}

// Terraform 1.11 asks about the destruction before it refreshes.
func TestWhatFlowHasNoLongerNeedsNoGuard(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(integration(s, nil))
	w.MustApply()
	if err := s.Flow().RemoveIntegration(1); err != nil {
		t.Fatal(err)
	}
	w.Configure(s.ProviderConfig())
	w.ExpectEmptyPlan()
}

func TestDestroyingAnUnprotectedIntegrationWarns(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(integration(s, unprotected(nil)))
	w.MustApply()
	acctest.Expect(t, w.MustApply("-destroy"), acctest.Said{
		Severity: tfjson.DiagnosticSeverityWarning, Summary: "Destroying the integration deletes its data",
		Detail: []string{"integration 1", "24 hours or more", "removed block with destroy = false"},
	})
}

// A token that the destruction does not need does not stop it for whoever follows the message.
func TestAnIntegrationWithADeadTokenCanBeDestroyed(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(integration(s, unprotected(nil)))
	w.MustApply()
	w.Configure(integration(s, unprotected(attributes{
		"personal_access_token_wo": quoted(s.Token("revoked")), "services": "{ webhooks = false }",
	})))
	if said := only(t, w.FailedApply("-destroy")); !strings.Contains(said.Detail, "terraform destroy -refresh=false") {
		t.Errorf("it says %s\n%s", said.Summary, said.Detail)
	}
	w.MustApply("-destroy", "-refresh=false")
	w.Configure(s.ProviderConfig())
	w.ExpectEmptyPlan()
	if all := s.Flow().Integrations(); len(all) > 0 {
		t.Errorf("Flow still has %v", all)
	}
}

// Terraform plans and deletes at two addresses in any order: whichever comes second is refused.
func TestWhicheverComesSecondIsRefused(t *testing.T) {
	t.Parallel()
	const resource = "flow_ado_integration"
	keep := func(p *acctest.Protocol, existing acctest.Instance, config acctest.Values) []*acctest.Diagnostic {
		_, diagnostics := p.Plan(resource, existing, config)
		return diagnostics
	}
	planDestruction := func(p *acctest.Protocol, existing acctest.Instance, _ acctest.Values) []*acctest.Diagnostic {
		_, diagnostics := p.Plan(resource, existing, nil)
		return diagnostics
	}
	// As Terraform deletes what is tainted or deposed, without a plan.
	remove := func(p *acctest.Protocol, existing acctest.Instance, _ acctest.Values) []*acctest.Diagnostic {
		_, diagnostics := p.ApplyPlanned(resource, existing, acctest.Instance{Identity: existing.Identity}, nil)
		return diagnostics
	}
	for name, operations := range map[string][]func(*acctest.Protocol, acctest.Instance, acctest.Values) []*acctest.Diagnostic{
		"destroyed after it was kept": {keep, planDestruction},
		"kept after it was destroyed": {planDestruction, keep},
		"deleted after it was kept":   {keep, remove},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{})
			config := protocolConfig(s)
			existing, diagnostics := s.Protocol(t, nil).Apply(resource, acctest.Instance{}, config)
			if existing.State == nil {
				t.Fatal(acctest.Sentences(diagnostics))
			}
			p := s.Protocol(t, nil)
			if said := acctest.Sentences(operations[0](p, existing, config)); strings.Contains(said, "ERROR") {
				t.Fatalf("the first says %q", said)
			}
			if said := acctest.Sentences(operations[1](p, existing, config)); !strings.Contains(said, "ERROR: Integration 1 is kept and destroyed in one plan") {
				t.Errorf("the second says %q", said)
			}
			s.Integration(t) // it is there
		})
	}
}
