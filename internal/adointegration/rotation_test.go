package adointegration_test

import (
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// rotated is the default scenario with a second token of the service account.
func rotated() *scenario.Scenario {
	world := scenario.Default()
	tokens := &world.Organizations[0].Tokens
	second := (*tokens)[0] // "full"
	second.Name = "rotated"
	*tokens = append(*tokens, second)
	return world
}

func TestTokenRotation(t *testing.T) {
	t.Parallel()
	const (
		writeOnly = "personal_access_token_wo"
		version   = "personal_access_token_wo_version"
		plain     = "personal_access_token"
	)
	type step struct {
		changes  attributes
		sent     bool
		revision int64
	}
	for name, steps := range map[string]func(full, other string) []step{
		"without a version the digest decides": func(full, other string) []step {
			return []step{
				{attributes{writeOnly: full}, false, 1},
				{attributes{writeOnly: other}, true, 2},
				{attributes{writeOnly: other}, false, 2},
			}
		},
		"a version alone decides": func(full, other string) []step {
			return []step{
				{attributes{writeOnly: full, version: "1"}, false, 1},
				{attributes{writeOnly: other, version: "1"}, false, 1},
				{attributes{writeOnly: other, version: "2"}, true, 2},
				{attributes{writeOnly: other, version: "2"}, false, 2},
				{attributes{writeOnly: other}, false, 2},
			}
		},
		"a token leaves the state without being sent again": func(full, other string) []step {
			return []step{
				{attributes{writeOnly: "", plain: full}, false, 1},
				{attributes{writeOnly: "", plain: other}, true, 2},
				{attributes{writeOnly: other}, false, 2},
			}
		},
		"another change sends no token": func(full, _ string) []step {
			return []step{
				{attributes{writeOnly: full}, false, 1},
				{attributes{writeOnly: full, "services": "{ tickets = false }"}, false, 1},
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{Scenario: rotated()})
			var run []resource.TestStep
			for n, step := range steps(quoted(s.Token("full")), quoted(s.Token("rotated"))) {
				config := integration(s, unprotected(step.changes))
				run = append(run, resource.TestStep{
					PreConfig: s.Flow().Traffic().Reset,
					Config:    config,
					ConfigPlanChecks: resource.ConfigPlanChecks{
						PreApply:             []plancheck.PlanCheck{noReplacement{}},
						PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
					},
					ConfigStateChecks: []statecheck.StateCheck{
						statecheck.ExpectKnownValue(address, tfjsonpath.New("credential_revision"), knownvalue.Int64Exact(step.revision)),
					},
					Check: func(*terraformState) error {
						if n > 0 {
							checkTokenSent(t, s, step.sent)
						}
						return nil
					},
				})
			}
			acctest.Run(t, resource.TestCase{CheckDestroy: gone(s), Steps: run})
		})
	}
}

// checkTokenSent looks at what Flow was sent since the log was emptied: with a rotation one PATCH with the new token and
// nothing else, without one no token at all.
func checkTokenSent(t *testing.T, s *acctest.Sandbox, want bool) {
	t.Helper()
	writes := s.Writes()
	if want {
		if len(writes) != 1 || writes[0].Method != "PATCH" || writes[0].Body != `{"authData":{"token":"<token rotated>"}}` {
			t.Errorf("Flow was sent %+v, want one PATCH of the new token", writes)
		}
		return
	}
	for _, write := range writes {
		if strings.Contains(write.Body, "token") {
			t.Errorf("Flow was sent a token without need: %s %s", write.Method, write.Body)
		}
	}
}

// TestAfterAnImportTheVersionSendsTheToken: an import knows no digest, so a token is sent when its version is given.
func TestAfterAnImportTheVersionSendsTheToken(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{Scenario: rotated()})
	acctest.Run(t, resource.TestCase{Steps: []resource.TestStep{
		{Config: integration(s, unprotected(nil))},
		{
			Config: integration(s, unprotected(nil)), ResourceName: address, ImportState: true, ImportStateId: "name=Contoso",
			ImportStateVerify: true, ImportStateVerifyIgnore: []string{"deletion_protection", "credential_revision"},
		},
	}})

	w := acctest.NewWorkspace(t)
	s = acctest.Start(t, sandbox.Options{Scenario: rotated()})
	w.Configure(integration(s, nil))
	w.MustApply()
	if _, err := w.Run(t.Context(), "state", "rm", address); err != nil {
		t.Fatal(err)
	}
	w.Configure(integration(s, nil), "import {\n  to = flow_ado_integration.main\n  id = \"1\"\n}\n")
	w.MustApply()
	s.Flow().Traffic().Reset()
	w.Configure(integration(s, attributes{"personal_access_token_wo": quoted(s.Token("rotated")), "personal_access_token_wo_version": "1"}))
	w.MustApply()
	checkTokenSent(t, s, true)
	if plan := w.MustPlan(); plan.ExitCode != 0 {
		t.Errorf("the plan afterwards is not empty:\n%s", plan.Output)
	}
}

// A plan that was saved with one token can be applied with another one.
func TestASavedPlanIsAppliedWithAnotherToken(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change    attributes
		arguments []string
	}{
		"renamed":                 {attributes{"name": `"Renamed"`}, nil},
		"a service off":           {attributes{"services": "{ tickets = false }"}, nil},
		"only the token":          {nil, nil},
		"protection only":         {attributes{"deletion_protection": "true"}, nil},
		"without a refresh":       {attributes{"name": `"Renamed"`}, []string{"-refresh=false"}},
		"targeted":                {attributes{"name": `"Renamed"`}, []string{"-target=" + address}},
		"replaced":                {attributes{"name": `"Renamed"`}, []string{"-replace=" + address}},
		"replaced, not refreshed": {attributes{"name": `"Renamed"`}, []string{"-replace=" + address, "-refresh=false"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{Scenario: rotated()})
			w := acctest.NewWorkspace(t)
			config := func(changes attributes) string {
				all := unprotected(changes)
				all["personal_access_token_wo"] = "var.token"
				return integration(s, all) + "variable \"token\" {\n  type      = string\n  ephemeral = true\n}\n"
			}
			w.Env = append(w.Env, "TF_VAR_token="+s.Token("full"))
			w.Configure(config(nil))
			w.MustApply()
			w.Configure(config(test.change))
			if plan, err := w.Run(t.Context(), append([]string{"plan", "-out=saved.tfplan"}, test.arguments...)...); err != nil || plan.ExitCode != 0 {
				t.Fatalf("planning: %v\n%s", err, plan.Output)
			}
			w.Env = append(w.Env, "TF_VAR_token="+s.Token("rotated"))
			if applied, err := w.Run(t.Context(), "apply", "saved.tfplan"); err != nil || applied.ExitCode != 0 {
				t.Fatalf("applying: %v\n%s", err, applied.Output)
			}
			if test.change == nil {
				w.MustApply() // The saved plan had nothing to do.
			}
			w.ExpectEmptyPlan()
			if sent := s.Writes(); !strings.Contains(sent[len(sent)-1].Body, `"token":"<token rotated>"`) {
				t.Errorf("Flow was sent %v", sent)
			}
		})
	}
}

// An import with a change in one plan may be applied with another token as well.
func TestASavedImportIsAppliedWithAnotherToken(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{Scenario: rotated()})
	byHand(t, s, "Contoso")
	w := acctest.NewWorkspace(t)
	w.Env = append(w.Env, "TF_VAR_token="+s.Token("full"))
	w.Configure(integration(s, unprotected(attributes{"personal_access_token_wo": "var.token", "name": `"Renamed"`}))+
		"variable \"token\" {\n  type      = string\n  ephemeral = true\n}\n", "import {\n  to = flow_ado_integration.main\n  id = \"1\"\n}\n")
	if plan, err := w.Run(t.Context(), "plan", "-out=saved.tfplan"); err != nil || plan.ExitCode != 0 {
		t.Fatalf("planning: %v\n%s", err, plan.Output)
	}
	w.Env = append(w.Env, "TF_VAR_token="+s.Token("rotated"))
	if applied, err := w.Run(t.Context(), "apply", "saved.tfplan"); err != nil || applied.ExitCode != 0 {
		t.Fatalf("applying: %v\n%s", err, applied.Output)
	}
	w.ExpectEmptyPlan()
	if name := s.Integration(t).Name; name != "Renamed" {
		t.Errorf("Flow has the name %q", name)
	}
}

// A new token that is not sent because its version is the same is not silent.
func TestATokenThatIsNotSentWarns(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{Scenario: rotated()})
	w := acctest.NewWorkspace(t)
	with := func(token, version string) string {
		return integration(s, attributes{"personal_access_token_wo": quoted(s.Token(token)), "personal_access_token_wo_version": version})
	}
	w.Configure(with("full", "1"))
	w.MustApply()
	w.Configure(with("rotated", "1"))
	acctest.Expect(t, w.MustPlan(), acctest.Said{
		Severity: tfjson.DiagnosticSeverityWarning, Summary: "Token changed, but its version did not", Attribute: "personal_access_token_wo_version",
		Detail: []string{"still 1", "set personal_access_token_wo_version = 2"},
	})
	w.Configure(with("rotated", "2"))
	w.MustApply()
	w.ExpectEmptyPlan()
}

// Flow reports a failed connection: the plan of an unchanged integration says so, and its remedy reconnects, however the
// token is given.
func TestAConnectionThatFlowReportsAsFailedWarns(t *testing.T) {
	t.Parallel()
	const token, version, check = "personal_access_token_wo", "personal_access_token_wo_version", "Check the token in Azure DevOps. To send a new one, "
	for name, test := range map[string]struct {
		given attributes
		says  string
		then  func(told []string, another string) attributes
	}{
		"with a version": {attributes{version: "1"}, check + "give it as …, and set … = ….", func(told []string, another string) attributes {
			return attributes{told[0]: another, told[1]: told[2]}
		}},
		"without a token": {attributes{token: ""}, check + "give it as personal_access_token_wo, and set … = 1.", func(told []string, another string) attributes {
			return attributes{token: another, told[0]: "1"}
		}},
		"without a version": {nil, check + "give it in place of the old one.", func(_ []string, another string) attributes {
			return attributes{token: another}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{Scenario: rotated()})
			w := acctest.NewWorkspace(t)
			w.Configure(integration(s, attributes{version: test.given[version]}))
			w.MustApply()
			if err := s.Flow().ChangeIntegration(1, func(i *flowserver.Integration) { i.Token = s.Token("revoked") }); err != nil {
				t.Fatal(err)
			}
			w.Configure(integration(s, test.given))
			plan := w.MustPlan()
			acctest.Expect(t, plan, acctest.Said{
				Severity: tfjson.DiagnosticSeverityWarning, Summary: "Flow reports that the connection fails", Detail: []string{"integration 1", "failed_integration"},
			})
			w.Configure(integration(s, test.then(acctest.Told(t, plan, test.says), quoted(s.Token("rotated")))))
			w.MustApply()
			w.ExpectEmptyPlan()
		})
	}
}
