package adointegration_test

import (
	"fmt"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// emptyPlan is what a step checks that changes nothing.
var emptyPlan = resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}

// action expects that the resource is planned for one kind of change.
func action(kind plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, kind)}}
}

// gone checks with Flow, not with Terraform's state, that the test leaves nothing behind.
func gone(s *acctest.Sandbox) func(*terraform.State) error {
	return func(*terraform.State) error {
		if left := s.Flow().Integrations(); len(left) > 0 {
			return fmt.Errorf("Flow still has %d integrations", len(left))
		}
		return nil
	}
}

func TestCreateSetsAllAttributesAndThenPlansNothing(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	config := integration(s, unprotected(attributes{"services": "{ webhooks = false }"}))
	acctest.Run(t, resource.TestCase{
		CheckDestroy: gone(s),
		Steps: []resource.TestStep{
			{
				Config: config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(address, plancheck.ResourceActionCreate),
					plancheck.ExpectKnownValue(address, tfjsonpath.New("organization"), knownvalue.StringExact("contoso")),
					plancheck.ExpectKnownValue(address, tfjsonpath.New("credential_revision"), knownvalue.Int64Exact(1)),
					plancheck.ExpectUnknownValue(address, tfjsonpath.New("id")),
				}},
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact("1")),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("name"), knownvalue.StringExact("Contoso")),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("organization"), knownvalue.StringExact("contoso")),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("vendor_type"), knownvalue.StringExact("azure_devops")),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("auth_method"), knownvalue.StringExact("access_token")),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("created_at"), knownvalue.NotNull()),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("created_by"), knownvalue.NotNull()),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("authorization_url"), knownvalue.Null()),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("personal_access_token_wo"), knownvalue.Null()),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("services"), knownvalue.ObjectExact(map[string]knownvalue.Check{
						"repos": knownvalue.Bool(true), "pull_requests": knownvalue.Bool(true),
						"tickets": knownvalue.Bool(true), "webhooks": knownvalue.Bool(false),
					})),
				},
			},
			{Config: config, ConfigPlanChecks: emptyPlan},
		},
	})
	writes := s.Writes()
	if len(writes) != 2 || writes[0].Method != "POST" || writes[1].Method != "DELETE" {
		t.Fatalf("Flow was sent %v, want one POST and one DELETE", writes)
	}
	if !strings.Contains(writes[0].Body, `"token":"<token full>"`) {
		t.Errorf("the creation did not send the token: %s", writes[0].Body)
	}
}

// TestChangesMadeInFlow changes one thing after the other in Flow: the next plan has to correct that attribute alone, with
// one request that holds nothing else.
func TestChangesMadeInFlow(t *testing.T) {
	t.Parallel()
	services := tfjsonpath.New("services")
	for name, test := range map[string]struct {
		change func(*flowserver.Integration)
		path   tfjsonpath.Path
		after  knownvalue.Check
		sent   string
	}{
		"name": {
			func(i *flowserver.Integration) { i.Name = "Renamed" },
			tfjsonpath.New("name"), knownvalue.StringExact("Contoso"), `{"name":"Contoso"}`,
		},
		"email": {
			func(i *flowserver.Integration) { i.Username = "reader@contoso.com" },
			tfjsonpath.New("email"), knownvalue.StringExact("Svc-Flow@contoso.com"), `{"authData":{"username":"Svc-Flow@contoso.com"}}`,
		},
		"repos": {
			func(i *flowserver.Integration) { i.Services.Repos = false },
			services.AtMapKey("repos"), knownvalue.Bool(true), `{"enabled_services":["repo","pull_request","ticket"]}`,
		},
		"pull_requests": {
			func(i *flowserver.Integration) { i.Services.PullRequests = false },
			services.AtMapKey("pull_requests"), knownvalue.Bool(true), `{"enabled_services":["repo","pull_request","ticket"]}`,
		},
		"tickets": {
			func(i *flowserver.Integration) { i.Services.Tickets = false },
			services.AtMapKey("tickets"), knownvalue.Bool(true), `{"enabled_services":["repo","pull_request","ticket"]}`,
		},
		"webhooks": {
			func(i *flowserver.Integration) { i.Webhooks = false },
			services.AtMapKey("webhooks"), knownvalue.Bool(true), `{"webhooks_enabled":true}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{})
			// Without a version, the plan would leave it to the apply whether the token is sent as well.
			config := integration(s, unprotected(attributes{"personal_access_token_wo_version": "1"}))
			acctest.Run(t, resource.TestCase{
				CheckDestroy: gone(s),
				Steps: []resource.TestStep{
					{Config: config},
					{
						PreConfig: func() {
							if err := s.Flow().ChangeIntegration(s.Integration(t).ID, test.change); err != nil {
								t.Fatal(err)
							}
							s.Flow().Traffic().Reset()
						},
						Config: config,
						ConfigPlanChecks: resource.ConfigPlanChecks{
							PreApply: []plancheck.PlanCheck{
								plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
								plancheck.ExpectKnownValue(address, test.path, test.after),
								changesOnly(test.path),
							},
							PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
						},
					},
					{
						PreConfig: func() {
							if writes := s.Writes(); len(writes) != 1 || writes[0].Method != "PATCH" || writes[0].Body != test.sent {
								t.Errorf("Flow was sent %+v, want one PATCH of %s", writes, test.sent)
							}
						},
						Config: config, ConfigPlanChecks: emptyPlan,
					},
				},
			})
		})
	}
}

func TestAnIntegrationRemovedInFlowIsCreatedAnew(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	config := integration(s, unprotected(nil))
	acctest.Run(t, resource.TestCase{
		CheckDestroy: gone(s),
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig: func() {
					if err := s.Flow().RemoveIntegration(s.Integration(t).ID); err != nil {
						t.Fatal(err)
					}
				},
				Config:           config,
				ConfigPlanChecks: action(plancheck.ResourceActionCreate),
			},
			{Config: config, ConfigPlanChecks: emptyPlan},
		},
	})
}

func TestImport(t *testing.T) {
	t.Parallel()
	for name, id := range map[string]string{"by id": "1", "by name": "name=Contoso"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{})
			if _, err := s.Flow().AddIntegration(flowserver.Integration{
				Name: "Contoso", URL: "https://dev.azure.com/contoso", Username: "Svc-Flow@contoso.com", Token: s.Token("full"),
				Services: flowserver.Services{Repos: true, PullRequests: true}, Webhooks: true,
			}); err != nil {
				t.Fatal(err)
			}
			agreeing := attributes{"services": "{ tickets = false }"}
			acctest.Run(t, resource.TestCase{
				Steps: []resource.TestStep{
					{
						Config:       integration(s, agreeing),
						ResourceName: address, ImportState: true, ImportStateId: id, ImportStatePersist: true,
						ImportStateCheck: imported("1"),
					},
					{Config: integration(s, agreeing), ConfigPlanChecks: emptyPlan},
					// Without a token the same holds: an import needs none.
					{Config: integration(s, attributes{"services": "{ tickets = false }", "personal_access_token_wo": ""}), ConfigPlanChecks: emptyPlan},
					// Nothing is destroyed before this is applied.
					{
						Config:           integration(s, attributes{"services": "{ tickets = false }", "deletion_protection": "false"}),
						ConfigPlanChecks: action(plancheck.ResourceActionUpdate),
					},
				},
			})
			for _, write := range s.Writes() {
				if write.Method != "DELETE" {
					t.Errorf("an import, and what concerns Terraform alone, sent %s %s", write.Method, write.Body)
				}
			}
		})
	}
}

func TestImportBlockPlansNothingElse(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	if _, err := s.Flow().AddIntegration(flowserver.Integration{
		Name: "Contoso", URL: "https://dev.azure.com/contoso/", Username: "Svc-Flow@contoso.com", Token: s.Token("full"),
		Services: flowserver.AllServices, Webhooks: true,
	}); err != nil {
		t.Fatal(err)
	}
	w := acctest.NewWorkspace(t)
	// A second integration of the same name is refused with an import block, which then has to work as it is.
	w.Configure(integration(s, nil))
	refused := w.MustPlan()
	if len(refused.Errors()) != 1 {
		t.Fatalf("want one error, got:\n%s", refused.Output)
	}
	detail := refused.Errors()[0].Detail
	block := detail[strings.Index(detail, "import {") : strings.Index(detail, "}")+1]
	w.Configure(integration(s, nil), block)
	acctest.Expect(t, w.MustPlan())
	plan, err := w.ShowPlan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if change := plan.ResourceChanges[0].Change; !change.Actions.NoOp() || change.Importing == nil {
		t.Errorf("want an import without a change, got %v", change.Actions)
	}
	w.MustApply()
	if plan := w.MustPlan(); plan.ExitCode != 0 {
		t.Errorf("the plan after the import is not empty:\n%s", plan.Output)
	}
}

func TestImportRefusals(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	for _, name := range []string{"Twice", "Twice", "Once"} {
		if _, err := s.Flow().AddIntegration(flowserver.Integration{
			Name: name, URL: "https://dev.azure.com/contoso", Username: "Svc-Flow@contoso.com", Token: s.Token("full"), Services: flowserver.AllServices,
		}); err != nil {
			t.Fatal(err)
		}
	}
	step := func(id string, texts ...string) resource.TestStep {
		return resource.TestStep{
			Config: integration(s, nil), ResourceName: address, ImportState: true, ImportStateId: id, ExpectError: says(texts...),
		}
	}
	acctest.Run(t, resource.TestCase{Steps: []resource.TestStep{
		step("contoso", "Invalid import id", `"contoso" is neither the id of an integration, such as "12", nor a name, such as "name=Contoso Azure DevOps"`),
		step("99", `Cannot import "99"`, `Flow has no integration "99"`, `3 ("Once"`),
		step("name=once", `Flow has no integration "name=once"`, `3 ("Once"`),
		step("name=Twice", `Flow has 2 integrations "name=Twice". Choose one by its id`, `1 ("Twice"`, `2 ("Twice"`),
	}})
}

func TestDeletionProtection(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	protected := integration(s, nil)
	acctest.Run(t, resource.TestCase{
		CheckDestroy: gone(s),
		Steps: []resource.TestStep{
			{Config: protected},
			{Config: protected, Destroy: true, ExpectError: says("Integration is protected against deletion", `Destroying integration 1 ("Contoso")`,
				"24 hours or more", "set deletion_protection = false, apply, and try again")},
			{
				Config:      integration(s, attributes{"base_url": `"https://dev.azure.com/fabrikam"`, "personal_access_token_wo": quoted(s.Token("fabrikam"))}),
				ExpectError: says("Integration is protected against deletion", `Replacing integration 1 ("Contoso")`),
			},
			{Config: integration(s, unprotected(nil))},
		},
	})
}

// TestReplaceOnDemand: Terraform asks for no plan of the deletion that -replace brings, so the deletion itself is guarded.
func TestReplaceOnDemand(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(integration(s, nil))
	w.MustApply()
	refused := w.FailedApply("-replace=" + address)
	acctest.Expect(t, terraformcli.Result{Diagnostics: refused.Errors()}, acctest.Said{
		Severity: tfjson.DiagnosticSeverityError, Summary: "Integration is protected against deletion",
		Detail: []string{`Deleting integration 1 ("Contoso") deletes all of its data`},
	})
	if plan := w.MustPlan(); plan.ExitCode != 0 {
		t.Errorf("the plan after the refused replacement is not empty:\n%s", plan.Output)
	}
	w.Configure(integration(s, unprotected(nil)))
	w.MustApply()
	w.MustApply("-replace=" + address)
	if id := s.Integration(t).ID; id != 2 {
		t.Errorf("the integration has id %d, want a new one", id)
	}
}

func TestAnotherOrganizationIsAnotherIntegration(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	acctest.Run(t, resource.TestCase{
		CheckDestroy: gone(s),
		Steps: []resource.TestStep{
			{Config: integration(s, unprotected(nil))},
			// Another spelling of the same organization is no other one.
			{
				Config:           integration(s, unprotected(attributes{"base_url": `"https://dev.azure.com/Contoso/"`})),
				ConfigPlanChecks: emptyPlan,
			},
			{
				Config: integration(s, unprotected(attributes{
					"base_url": `"https://dev.azure.com/fabrikam"`, "email": `"Svc-Flow@fabrikam.com"`, "personal_access_token_wo": quoted(s.Token("fabrikam")),
				})),
				ConfigPlanChecks: action(plancheck.ResourceActionDestroyBeforeCreate),
			},
		},
	})
}

func TestOneListingServesAllIntegrations(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	const count = 12
	config := s.ProviderConfig()
	for n := range count {
		config += resourceBlock(s, fmt.Sprintf("i%d", n), attributes{"name": fmt.Sprintf(`"Contoso %d"`, n)})
	}
	w := acctest.NewWorkspace(t)
	w.Configure(config)
	w.MustApply()
	s.Flow().Traffic().Reset()
	if plan := w.MustPlan(); plan.ExitCode != 0 {
		t.Fatalf("the second plan is not empty:\n%s", plan.Output)
	}
	requests := map[string]int{}
	for _, request := range s.Flow().Traffic().Requests() {
		requests[path.Base(request.Path)]++
	}
	if diff := cmp.Diff(map[string]int{"integrations": 1, "connection_status": count}, requests); diff != "" {
		t.Errorf("requests for %d integrations (-want +got):\n%s", count, diff)
	}
}
