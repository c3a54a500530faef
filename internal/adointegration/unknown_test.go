package adointegration_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
)

// late is a value that a plan does not know while it changes.
func late(label, expression string) string {
	return fmt.Sprintf("resource \"terraform_data\" %q {\n  input = %s\n}\n", label, expression)
}

// One name for two integrations is refused before anything is created, and creates one where only the apply can tell.
func TestTwoIntegrationsOfOneName(t *testing.T) {
	t.Parallel()
	t.Run("known when planned", func(t *testing.T) {
		t.Parallel()
		s := acctest.Start(t, sandbox.Options{})
		w := acctest.NewWorkspace(t)
		w.Configure(integration(s, unprotected(attributes{"count": "2"})))
		plan := w.MustPlan()
		said := only(t, plan)
		if said.Summary != "Two new integrations have the same name" || said.Detail != `The configuration creates more than one flow_ado_integration with the name "Contoso", `+
			"and only the name tells a person which is which.\n\nGive each a name of its own. With count or for_each, put count.index or each.key into the name." {
			t.Errorf("it says %q: %q", said.Summary, said.Detail)
		}
		w.Configure(integration(s, unprotected(attributes{"count": "2", "name": `"Contoso ${count.index}"`})))
		w.MustApply()
		w.ExpectEmptyPlan()
	})
	t.Run("known when applied", func(t *testing.T) {
		t.Parallel()
		s := acctest.Start(t, sandbox.Options{})
		w := acctest.NewWorkspace(t)
		w.Configure(integration(s, unprotected(attributes{"count": "2", "name": "terraform_data.name.output"})), late("name", `"Contoso"`))
		only(t, w.FailedApply())
		s.Integration(t) // there is one
		w.Configure(integration(s, unprotected(attributes{"count": "2", "name": `"Contoso ${count.index}"`})))
		w.MustApply()
		w.ExpectEmptyPlan()
	})
}

// A value that the plan does not know is neither empty nor off: it is not checked by the plan, and is by the apply, before
// Flow is asked for anything.
func TestUnknownValuesAreCheckedAtApply(t *testing.T) {
	t.Parallel()
	webhooks := acctest.Said{Severity: failure, Summary: "Webhooks need Project Collection Administrator rights", Attribute: acctest.Anywhere}
	for name, test := range map[string]struct {
		changes      attributes
		wrong, right string
		refusal      acctest.Said
	}{
		"e-mail": {
			attributes{"email": "terraform_data.late.output"},
			`"svc-flow@contoso.com"`, `"Svc-Flow@contoso.com"`,
			acctest.Said{Severity: failure, Summary: "E-mail differs in case from the token owner's", Attribute: "email"},
		},
		"toggle": {
			attributes{"services": "{ webhooks = terraform_data.late.output }", "email": `"reader@contoso.com"`, "personal_access_token_wo": "reader"}, "true", "false", webhooks,
		},
		"service that needs a scope": {
			attributes{"services": "{ tickets = terraform_data.late.output, webhooks = false }", "personal_access_token_wo": "no-work"},
			"true", "false",
			acctest.Said{Severity: failure, Summary: "Token lacks scopes that Flow requires", Attribute: acctest.Anywhere},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{})
			w := acctest.NewWorkspace(t)
			if token := test.changes["personal_access_token_wo"]; token != "" {
				test.changes["personal_access_token_wo"] = quoted(s.Token(token))
			}
			w.Configure(integration(s, test.changes), late("late", test.wrong))
			plan := w.MustPlan()
			if errors := plan.Errors(); len(errors) > 0 {
				t.Fatalf("the plan is refused: %v", errors)
			}
			for _, said := range plan.Diagnostics {
				if strings.Contains(said.Summary, "Token lacks scopes") {
					t.Errorf("the plan judges by what it does not know: %s", said.Summary)
				}
			}
			refused := only(t, w.FailedApply())
			if refused.Summary != test.refusal.Summary {
				t.Errorf("the apply says %q: %s", refused.Summary, refused.Detail)
			}
			if writes := s.Writes(); len(writes) > 0 {
				t.Errorf("Flow was sent %v", writes)
			}
			w.Configure(integration(s, test.changes), late("late", test.right))
			w.MustApply()
			w.ExpectEmptyPlan()
		})
	}
}

// Without the checks against Azure DevOps, a token that only the apply knows is still looked at before Flow is asked to test it.
func TestUnknownValuesOfAChangeAreCheckedAtApply(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	provider := s.ProviderConfig(`preflight = "off"`)
	w.Configure(provider, resourceBlock(s, "main", unprotected(nil)))
	w.MustApply()
	s.Flow().Traffic().Reset()
	changed := resourceBlock(s, "main", unprotected(attributes{"personal_access_token_wo": "terraform_data.late.output"}))
	w.Configure(provider, changed, late("late", fmt.Sprintf(`"%s\n"`, s.Token("full"))))
	if errors := w.MustPlan().Errors(); len(errors) > 0 {
		t.Fatalf("the plan is refused: %v", errors)
	}
	if refused := only(t, w.FailedApply()); refused.Summary != "Not a personal access token" {
		t.Errorf("the apply says %q: %s", refused.Summary, refused.Detail)
	}
	if writes := s.Writes(); len(writes) > 0 {
		t.Errorf("Flow was sent %v", writes)
	}
}

// Terraform plans again when it applies, which finds two creations of one name. Without that, they are found as well.
func TestTwoCreationsOfOneNameAtOnceCreateOne(t *testing.T) {
	t.Parallel()
	const resource = "flow_ado_integration"
	s := acctest.Start(t, sandbox.Options{})
	p := s.Protocol(t, nil)
	config := protocolConfig(s)
	config["name"] = acctest.Unknown
	planned, _ := p.Plan(resource, acctest.Instance{}, config)
	config["name"], planned.State["name"] = "Contoso", "Contoso"
	said := make([]string, 2)
	var creations sync.WaitGroup
	for i := range said {
		creations.Go(func() {
			_, diagnostics := p.ApplyPlanned(resource, acctest.Instance{}, planned, config)
			said[i] = acctest.Sentences(diagnostics)
		})
	}
	creations.Wait()
	s.Integration(t) // there is one
	if refused := strings.Join(said, ""); strings.Count(refused, "ERROR: This state already manages integration 1") != 1 {
		t.Errorf("they say %q", refused)
	}
}

// A plan finds no conflict with the new name of another integration, since Flow does not know that yet.
func TestARenameInTheSameApplyTakesTheName(t *testing.T) {
	t.Parallel()
	const resource = "flow_ado_integration"
	s := acctest.Start(t, sandbox.Options{})
	p := s.Protocol(t, nil)
	existing, diagnostics := p.Apply(resource, acctest.Instance{}, protocolConfig(s))
	if existing.State == nil {
		t.Fatal(acctest.Sentences(diagnostics))
	}
	renamed := protocolConfig(s)
	renamed["name"] = "Other"
	planned, diagnostics := p.Plan(resource, acctest.Instance{}, renamed)
	if said := acctest.Sentences(diagnostics); strings.Contains(said, "ERROR") {
		t.Fatal(said)
	}
	if _, diagnostics := p.Apply(resource, existing, renamed); strings.Contains(acctest.Sentences(diagnostics), "ERROR") {
		t.Fatal(acctest.Sentences(diagnostics))
	}
	if _, diagnostics := p.ApplyPlanned(resource, acctest.Instance{}, planned, renamed); !strings.Contains(acctest.Sentences(diagnostics), "ERROR: This state already manages integration 1") {
		t.Errorf("it says %q", acctest.Sentences(diagnostics))
	}
	s.Integration(t) // there is one
}
