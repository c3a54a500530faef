package adointegration_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck/queryfilter"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
)

func TestTerraformQueryFindsIntegrations(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.Query)
	s := withIntegrations(t)
	identified := func(id string) map[string]knownvalue.Check {
		return map[string]knownvalue.Check{"id": knownvalue.StringExact(id), "workspace": knownvalue.StringExact(sandboxWorkspace)}
	}
	first := queryfilter.ByResourceIdentity(identified("1"))
	acctest.Run(t, resource.TestCase{Steps: []resource.TestStep{
		{Config: s.ProviderConfig()},
		{
			Query: true,
			Config: `
				list "flow_ado_integration" "all" {
				  provider         = flow
				  include_resource = true
				}
				list "flow_ado_integration" "contoso" {
				  provider = flow
				  config {
				    organization = "contoso"
				    name         = "*(old)"
				  }
				}
				list "flow_ado_integration" "first" {
				  provider = flow
				  limit    = 1
				}`,
			QueryResultChecks: []querycheck.QueryResultCheck{
				querycheck.ExpectLength("flow_ado_integration.all", 3),
				querycheck.ExpectIdentity("flow_ado_integration.all", identified("3")),
				querycheck.ExpectResourceDisplayName("flow_ado_integration.all", first, knownvalue.StringExact("Contoso: all (contoso)")),
				querycheck.ExpectResourceKnownValues("flow_ado_integration.all", first, []querycheck.KnownValueCheck{
					{Path: tfjsonpath.New("name"), KnownValue: knownvalue.StringExact("Contoso: all")},
					{Path: tfjsonpath.New("email"), KnownValue: knownvalue.StringExact("Svc-Flow@contoso.com")},
					{Path: tfjsonpath.New("services").AtMapKey("webhooks"), KnownValue: knownvalue.Bool(false)},
					{Path: tfjsonpath.New("deletion_protection"), KnownValue: knownvalue.Bool(true)},
				}),
				querycheck.ExpectLength("flow_ado_integration.contoso", 1),
				querycheck.ExpectIdentity("flow_ado_integration.contoso", identified("2")),
				querycheck.ExpectLength("flow_ado_integration.first", 1),
				querycheck.ExpectIdentity("flow_ado_integration.first", identified("1")),
			},
		},
	}})
}

func TestTerraformQuerySaysWhatFails(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.Query)
	s := withIntegrations(t)
	acctest.Run(t, resource.TestCase{Steps: []resource.TestStep{
		{Config: s.ProviderConfigWithKey("wrong")},
		{
			Query:       true,
			Config:      "list \"flow_ado_integration\" \"all\" {\n  provider = flow\n}\n",
			ExpectError: says("Could not list the integrations", "Flow does not accept it"),
		},
	}})
}

func TestImportBlockWithIdentity(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.Identity)
	s := acctest.Start(t, sandbox.Options{})
	config := integration(s, unprotected(nil))
	acctest.Run(t, resource.TestCase{
		CheckDestroy: gone(s),
		Steps: []resource.TestStep{
			{
				Config: config,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectIdentity(address, map[string]knownvalue.Check{
						"id": knownvalue.StringExact("1"), "workspace": knownvalue.StringExact(sandboxWorkspace),
					}),
					statecheck.ExpectIdentityValueMatchesState(address, tfjsonpath.New("id")),
				},
			},
			{
				// Without the protection, which an import switches on, the plan would show it as a change.
				Config:       integration(s, nil),
				ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity,
			},
			{Config: config, ConfigPlanChecks: emptyPlan},
		},
	})
}
