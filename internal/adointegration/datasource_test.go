package adointegration_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// addByHand makes an integration as a person does in Flow.
func addByHand(t *testing.T, s *acctest.Sandbox, name string) flowserver.Integration {
	t.Helper()
	added, err := s.Flow().AddIntegration(flowserver.Integration{
		Name: name, URL: "https://dev.azure.com/contoso", Username: "Svc-Flow@contoso.com", Token: s.Token("full"), Services: flowserver.AllServices,
	})
	if err != nil {
		t.Fatal(err)
	}
	return added
}

func TestDataSourceFindsByIDAndName(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	addByHand(t, s, "Other")
	added := addByHand(t, s, "Contoso")
	is := func(address, attribute string, want knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), want)
	}
	var checks []statecheck.StateCheck
	for _, by := range []string{"data.flow_ado_integration.by_id", "data.flow_ado_integration.by_name"} {
		checks = append(checks,
			is(by, "id", knownvalue.StringExact("2")),
			is(by, "name", knownvalue.StringExact(added.Name)),
			is(by, "base_url", knownvalue.StringExact("https://dev.azure.com/contoso")),
			is(by, "organization", knownvalue.StringExact("contoso")),
			is(by, "email", knownvalue.StringExact("Svc-Flow@contoso.com")),
			is(by, "auth_method", knownvalue.StringExact("access_token")),
			is(by, "vendor_type", knownvalue.StringExact("azure_devops")),
			is(by, "created_at", knownvalue.NotNull()),
			is(by, "services", knownvalue.ObjectExact(map[string]knownvalue.Check{
				"repos": knownvalue.Bool(true), "pull_requests": knownvalue.Bool(true),
				"tickets": knownvalue.Bool(true), "webhooks": knownvalue.Bool(false),
			})),
			statecheck.ExpectKnownValue(by, tfjsonpath.New("connection_status").AtMapKey("status"), knownvalue.StringExact("healthy")),
		)
	}
	acctest.Run(t, resource.TestCase{Steps: []resource.TestStep{{
		Config: s.ProviderConfig() + `
			data "flow_ado_integration" "by_id" { id = "2" }
			data "flow_ado_integration" "by_name" { name = "Contoso" }`,
		ConfigStateChecks: checks,
	}}})
}

func TestDataSourceShowsAFailedConnection(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	addByHand(t, s, "Contoso")
	if err := s.AzureDevOps().SetTokenState("full", scenario.TokenRevoked); err != nil {
		t.Fatal(err)
	}
	acctest.Run(t, resource.TestCase{Steps: []resource.TestStep{{
		Config: s.ProviderConfig() + `data "flow_ado_integration" "main" { name = "Contoso" }`,
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue("data.flow_ado_integration.main", tfjsonpath.New("connection_status").AtMapKey("status"), knownvalue.StringExact("failed_integration")),
		},
	}}})
}

func TestDataSourceSaysWhatThereIsInstead(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	addByHand(t, s, "Twice")
	addByHand(t, s, "Twice")
	step := func(argument string, texts ...string) resource.TestStep {
		return resource.TestStep{
			Config:      s.ProviderConfig() + `data "flow_ado_integration" "main" { ` + argument + ` }`,
			ExpectError: says(texts...),
		}
	}
	acctest.Run(t, resource.TestCase{Steps: []resource.TestStep{
		step(`id = "7"`, "Cannot find the integration by its id", `Flow has no integration "7"`, `1 ("Twice", on https://dev.azure.com/contoso, by access token)`, `2 ("Twice"`),
		step(`name = "twice"`, "Cannot find the integration by its name", `Flow has no integration "name=twice"`),
		step(`name = "Twice"`, `Flow has 2 integrations "name=Twice". Choose one by its id`),
	}})
}

func TestListDataSource(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	const all = "data.flow_ado_integrations.all"
	config := s.ProviderConfig() + `data "flow_ado_integrations" "all" {}`
	names := func(want ...string) []statecheck.StateCheck {
		var checks []knownvalue.Check
		for _, name := range want {
			checks = append(checks, knownvalue.ObjectPartial(map[string]knownvalue.Check{"name": knownvalue.StringExact(name)}))
		}
		return []statecheck.StateCheck{statecheck.ExpectKnownValue(all, tfjsonpath.New("integrations"), knownvalue.ListExact(checks))}
	}
	acctest.Run(t, resource.TestCase{Steps: []resource.TestStep{
		{Config: config, ConfigStateChecks: names()},
		{
			PreConfig: func() {
				addByHand(t, s, "First")
				addByHand(t, s, "Second")
			},
			Config: config, ConfigStateChecks: names("First", "Second"),
		},
	}})
}
