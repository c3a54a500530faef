package provider_test

import (
	"fmt"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const failure = tfjson.DiagnosticSeverityError

// TestInvalidConfigurationIsRefusedOffline: each value is refused on its line, with the rule and how to write it.
func TestInvalidConfigurationIsRefusedOffline(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		argument, value string
		summary         string
		says            []string
	}{
		"workspace":            {"workspace", `"acme corp"`, "Invalid value: expected the name of a Flow workspace", []string{`this is not the name of a workspace`, `such as "acme" for https://acme.appfireflow.com`}},
		"workspace elsewhere":  {"workspace", `"https://flow.example.com"`, "Invalid value: expected the name of a Flow workspace", []string{"For any other address use base_url"}},
		"base URL, plain http": {"base_url", `"http://flow.example.com"`, "Invalid value: expected an https URL", []string{"plain http", "use https"}},
		"base URL, password":   {"base_url", `"https://me:secret@flow.example.com"`, "Invalid value: expected an https URL", []string{"must not hold a user name or password"}},
		"API key, space":       {"api_key", `"key "`, "Invalid value: expected an API key", []string{"begins or ends with white space"}},
		"preflight":            {"preflight", `"sometimes"`, "Invalid value: expected a preflight mode", []string{`"sometimes"`, `"always", "changes" or "off"`}},
		"time":                 {"request_timeout", `"30"`, "Invalid value: expected a time", []string{`"30"`, `"30s" or "2m"`}},
		"concurrency":          {"max_concurrent_requests", "0", "Invalid Attribute Value", []string{"between 1 and 64, got: 0"}},
		"endpoint":             {"azure_devops_endpoint", `"127.0.0.1:8081"`, "Invalid value: expected an https URL", []string{`"http://127.0.0.1:8081"`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t)
			w.Configure(acctest.Source, fmt.Sprintf("provider \"flow\" {\n  %s = %s\n}\ndata \"flow_ado_integrations\" \"all\" {}\n", test.argument, test.value))
			acctest.Expect(t, w.MustValidate(), acctest.Said{Severity: failure, Summary: test.summary, Attribute: test.argument, Detail: test.says})
		})
	}
}

const integration = `
resource "flow_ado_integration" "main" {
  name                     = "Contoso"
  base_url                 = "https://dev.azure.com/contoso"
  email                    = "Svc-Flow@contoso.com"
  personal_access_token_wo = %q
}
`

// TestWhatIsMissingIsSaidWhenFlowIsAsked: configuring needs nothing, and the first object that asks Flow says it all.
func TestWhatIsMissingIsSaidWhenFlowIsAsked(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(acctest.Source, fmt.Sprintf(`provider "flow" { azure_devops_endpoint = %q }`, s.AzureDevOpsEndpoint()),
		`resource "terraform_data" "other" {}`)
	acctest.Expect(t, w.MustPlan())
	w.Configure(acctest.Source, fmt.Sprintf("provider \"flow\" {\n  azure_devops_endpoint = %q\n  preflight = \"off\"\n}\n", s.AzureDevOpsEndpoint()),
		fmt.Sprintf(integration, s.Token("full")))
	acctest.Expect(t, w.MustPlan(),
		acctest.Said{Severity: failure, Summary: "Missing Flow workspace", Detail: []string{"FLOW_WORKSPACE", "FLOW_BASE_URL"}},
		acctest.Said{Severity: failure, Summary: "Missing Flow API key", Detail: []string{"api_key", "FLOW_API_KEY"}})
}

// TestAnUnknownKeyStopsOnlyWhatNeedsItNow: a creation is planned without Flow, a refresh is not.
func TestAnUnknownKeyStopsOnlyWhatNeedsItNow(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	config := func(input string) string {
		return acctest.Source + fmt.Sprintf(`
			resource "terraform_data" "key" {
			  input            = %q
			  triggers_replace = %q
			}
			provider "flow" {
			  base_url              = %q
			  api_key               = terraform_data.key.output
			  azure_devops_endpoint = %q
			}
			`, s.APIKey(), input, s.FlowBaseURL(), s.AzureDevOpsEndpoint())
	}
	w.Configure(config("first"), fmt.Sprintf(integration, s.Token("full")))
	w.MustApply()
	s.Integration(t)
	w.Configure(config("second"), fmt.Sprintf(integration, s.Token("full")))
	unknown := w.MustPlan()
	acctest.Expect(t, unknown, acctest.Said{
		Severity: failure, Summary: "Flow's address or API key is not known yet", Detail: []string{"-target", "FLOW_API_KEY"},
	})
	acctest.Told(t, unknown, "Set them to values that are known at plan time, use the environment variables FLOW_WORKSPACE and FLOW_API_KEY, or apply what they depend on first with -target.")
	w.MustApply("-target=terraform_data.key")
	w.ExpectEmptyPlan()
}

// TestAnUnknownEndpointKeepsTheTokenHere: while it is not known where Azure DevOps is reached, the token goes nowhere.
func TestAnUnknownEndpointKeepsTheTokenHere(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(acctest.Source, fmt.Sprintf(`
		resource "terraform_data" "endpoint" {
		  input = %q
		}
		provider "flow" {
		  base_url              = %q
		  api_key               = %q
		  azure_devops_endpoint = terraform_data.endpoint.output
		}
		`, s.AzureDevOpsEndpoint(), s.FlowBaseURL(), s.APIKey()), fmt.Sprintf(integration, s.Token("revoked")))
	acctest.Expect(t, w.MustPlan())
	if requests := s.AzureDevOps().Traffic().Requests(); len(requests) > 0 {
		t.Errorf("Azure DevOps was asked: %v", requests)
	}
	acctest.Expect(t, w.FailedApply(), acctest.Said{
		Severity: failure, Summary: "Azure DevOps rejects the token", Attribute: "personal_access_token_wo",
	})
}
