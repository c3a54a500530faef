package provider_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// TestEveryTerraformManagesAnIntegration keeps to what Terraform 1.0 has, the oldest that speaks protocol 6. It passes on
// that, and on every one since; the other tests need write-only arguments.
func TestEveryTerraformManagesAnIntegration(t *testing.T) {
	box := acctest.Start(t, sandbox.Options{})
	box.Environment(t)
	t.Setenv("TF_VAR_pat", box.Token("full"))
	configuration := func(name string) string {
		return acctest.Source + `
			variable "pat" {
			  type      = string
			  sensitive = true
			}
			resource "flow_ado_integration" "main" {
			  name                  = "` + name + `"
			  base_url              = "https://dev.azure.com/contoso"
			  email                 = "Svc-Flow@contoso.com"
			  personal_access_token = var.pat
			  deletion_protection   = false
			  services              = { webhooks = false }
			}
			data "flow_ado_integration" "main" {
			  id = flow_ado_integration.main.id
			}
			output "organization" {
			  value = data.flow_ado_integration.main.organization
			}`
	}
	w := acctest.NewWorkspace(t)
	w.Configure(configuration("Contoso"))
	w.MustApply()
	w.Configure(configuration("Renamed"))
	w.MustApply()
	if got := box.Integration(t); got.Name != "Renamed" || got.Webhooks {
		t.Errorf("Flow has %q with webhooks %t", got.Name, got.Webhooks)
	}
	for _, arguments := range [][]string{
		{"state", "rm", "flow_ado_integration.main"},
		{"import", "-input=false", "flow_ado_integration.main", "name=Renamed"},
	} {
		if result, err := w.Run(t.Context(), arguments...); err != nil || result.ExitCode != 0 {
			t.Fatalf("%s: %v\n%s", strings.Join(arguments, " "), err, result.Output)
		}
	}
	w.MustApply() // An import leaves neither the protection off nor the token in the state.
	if plan := w.MustPlan(); plan.ExitCode != 0 {
		t.Errorf("the plan afterwards is not empty:\n%s", plan.Output)
	}
	w.MustApply("-destroy")
	if left := box.Flow().Integrations(); len(left) > 0 {
		t.Errorf("Flow still has %d integrations", len(left))
	}
}

// TestOlderTerraformNamesWhatItLacks holds what the documentation says of versions that are too old for something.
func TestOlderTerraformNamesWhatItLacks(t *testing.T) {
	box := acctest.Start(t, sandbox.Options{})
	box.Environment(t)
	integration := func(arguments ...string) string {
		return acctest.Source + "resource \"flow_ado_integration\" \"main\" {\n  name = \"Contoso\"\n  base_url = \"https://dev.azure.com/contoso\"\n" +
			"  email = \"Svc-Flow@contoso.com\"\n" + strings.Join(arguments, "\n") + "}\n"
	}
	for _, test := range []struct {
		feature acctest.Feature
		config  string
		says    string
	}{
		{
			acctest.WriteOnly, integration("  personal_access_token_wo = \"" + box.Token("full") + "\"\n"),
			`Write-only attributes are only supported in Terraform 1\.11 and later`,
		},
		{
			acctest.Identity, integration() + "import {\n  to = flow_ado_integration.main\n  identity = {\n    id = \"1\"\n  }\n}\n",
			`An argument named "identity" is not expected here|Blocks of type "import" are not expected here`,
		},
		{
			acctest.Functions, acctest.Source + "output \"url\" {\n  value = provider::flow::ado_base_url(\"https://contoso.visualstudio.com\")\n}\n",
			`An argument definition must end with a newline`,
		},
		{
			acctest.Actions, acctest.Source + "action \"flow_update_repos\" \"all\" {\n  config {\n    integration_id = \"1\"\n  }\n}\n",
			`Blocks of type "action" are not expected here`,
		},
		{acctest.EphemeralResources, acctest.Source + "ephemeral \"flow_ado_credential_check\" \"main\" {\n  base_url = \"https://dev.azure.com/contoso\"\n  email = \"Svc-Flow@contoso.com\"\n  personal_access_token = \"" + box.Token("full") + "\"\n}\n", `Blocks of type "ephemeral" are not expected here`},
	} {
		w := acctest.NewWorkspace(t)
		w.Configure(test.config)
		expectIf(t, !acctest.Has(t, test.feature), test.says, w.MustValidate())
	}
	w := acctest.NewWorkspace(t)
	copyExample(t, "adopt-existing", w.Dir)
	said, err := w.Run(t.Context(), "query")
	if err != nil {
		t.Fatal(err)
	}
	expectIf(t, !acctest.Has(t, acctest.Query), `has no command named "query"`, said)
}

// expectIf expects a message, or success.
func expectIf(t *testing.T, fails bool, pattern string, said terraformcli.Result) {
	t.Helper()
	text := strings.ReplaceAll(said.Output, `\"`, `"`)
	if !fails && said.ExitCode != 0 || fails && !regexp.MustCompile(pattern).MatchString(text) {
		t.Errorf("expected to fail: %t, with %s; got:\n%s", fails, pattern, text)
	}
}
