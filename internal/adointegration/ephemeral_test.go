package adointegration_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

// credentialCheck is a check of a token in the contoso organization, changed by what a test is about.
func credentialCheck(s *acctest.Sandbox, changes attributes) string {
	check := block("main", attributes{
		"base_url":              `"https://dev.azure.com/contoso"`,
		"email":                 `"Svc-Flow@contoso.com"`,
		"personal_access_token": quoted(s.Token("full")),
	}, changes)
	return strings.Replace(check, `resource "flow_ado_integration"`, `ephemeral "flow_ado_credential_check"`, 1)
}

// echoed is the provider's configuration with, besides, one that keeps an ephemeral value in the state.
func echoed(s *acctest.Sandbox, value string) string {
	source := strings.Replace(acctest.Source, "required_providers {", "required_providers {\n    echo = {\n      source = \"flow-community/echo\"\n    }", 1)
	return source + strings.TrimPrefix(s.ProviderConfig(), acctest.Source) +
		"provider \"echo\" {\n  data = " + value + "\n}\nresource \"echo\" \"main\" {}\n"
}

// echoes checks a value that was kept so.
func echoes[T any](want T) statecheck.StateCheck { return echoCheck[T]{want} }

type echoCheck[T any] struct{ want T }

// CheckState implements statecheck.StateCheck.
func (c echoCheck[T]) CheckState(_ context.Context, request statecheck.CheckStateRequest, response *statecheck.CheckStateResponse) {
	for _, kept := range request.State.Values.RootModule.Resources {
		if kept.Type != "echo" {
			continue
		}
		var got T
		encoded, err := json.Marshal(kept.AttributeValues["data"])
		if err == nil {
			err = json.Unmarshal(encoded, &got)
		}
		if err == nil && !cmp.Equal(c.want, got) {
			err = errors.New("the check gave something else (-want +got):\n" + cmp.Diff(c.want, got))
		}
		response.Error = err
		return
	}
	response.Error = errors.New("nothing was kept in the state")
}

// outcome is what a check of a credential gives, in short.
type outcome struct {
	Organization string
	OK, Complete bool
	// Accepted is null when Azure DevOps did not say.
	Accepted *bool
	Owner    string
	Emails   []string
	// Lacking and Unknown are names of scopes.
	Lacking, Unknown []string
	Rights           string
	// Findings are "<severity> <field> <check>".
	Findings []string
}

// inShort writes a check as an outcome, in HCL.
const inShort = `{
    Organization = check.organization
    OK           = check.ok
    Complete     = check.complete
    Accepted     = check.accepted
    Owner        = check.identity.id == null ? "" : check.identity.display_name
    Emails       = check.identity.email_addresses
    Lacking      = [for name, has in check.scopes : name if has == false]
    Unknown      = [for name, has in check.scopes : name if has == null]
    Rights       = join(" ", [for name in ["view_instance_level_information", "edit_instance_level_information", "edit_subscriptions", "webhooks"] : name if check.rights[name] == true])
    Findings     = [for finding in check.findings : "${finding.severity} ${finding.field} ${finding.check}"]
  }`

const (
	allRights = "view_instance_level_information edit_instance_level_information edit_subscriptions webhooks"
	tfvc      = "warning base_url git_repositories"
	scopes    = "error personal_access_token token_scopes"
)

var allScopes = []string{"Build (Read)", "Code (Read)", "Graph (Read)", "Identity (Read)", "Project and Team (Read)", "Work Items (Read)"}

// TestAccCredentialCheckOfEveryToken checks every token and account of the default scenario.
func TestAccCredentialCheckOfEveryToken(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.EphemeralResources)
	s := acctest.Start(t, sandbox.Options{})
	owned := func(change func(*outcome)) outcome {
		o := outcome{
			Organization: "contoso", OK: true, Complete: true, Accepted: new(true), Owner: "Flow Service", Emails: []string{"Svc-Flow@contoso.com"},
			Lacking: []string{}, Unknown: []string{}, Rights: allRights, Findings: []string{tfvc},
		}
		change(&o)
		return o
	}
	lacking := func(scope string) outcome {
		return owned(func(o *outcome) { o.OK, o.Lacking, o.Findings = false, []string{scope}, []string{scopes, tfvc} })
	}
	rejected := func(organization, finding string) outcome {
		return outcome{
			Organization: organization, Complete: true, Accepted: new(false), Emails: []string{}, Lacking: []string{}, Unknown: allScopes,
			Findings: []string{finding},
		}
	}
	const unaccepted = "error personal_access_token token_accepted"
	tests := map[string]struct {
		token string
		// The arguments are contoso's and Svc-Flow's unless they are given.
		baseURL, email, services string
		want                     outcome
	}{
		"full":                 {token: "full", want: owned(func(*outcome) {})},
		"full, another e-mail": {token: "full", email: `"svc-flow@contoso.com"`, want: owned(func(o *outcome) { o.OK, o.Findings = false, []string{"error email email_is_owners", tfvc} })},
		"full, no e-mail":      {token: "full", email: "null", want: owned(func(*outcome) {})},
		"full, elsewhere":      {token: "full", baseURL: "https://dev.azure.com/fabrikam", want: rejected("fabrikam", unaccepted)},
		"full, nowhere":        {token: "full", baseURL: "https://dev.azure.com/contosso", want: outcome{Organization: "contosso", Complete: true, Emails: []string{}, Lacking: []string{}, Unknown: allScopes, Findings: []string{"error base_url organization_exists"}}},
		"full, webhooks only":  {token: "full", services: "{ repos = false, pull_requests = false, tickets = false }", want: owned(func(o *outcome) { o.Findings = []string{"warning services.webhooks service_choice"} })},
		"full-2":               {token: "full-2", want: owned(func(*outcome) {})},
		"no-code":              {token: "no-code", want: owned(func(o *outcome) { o.OK, o.Lacking, o.Findings = false, []string{"Code (Read)"}, []string{scopes} })},
		"no-build":             {token: "no-build", want: lacking("Build (Read)")},
		"no-graph":             {token: "no-graph", want: lacking("Graph (Read)")},
		"no-identity":          {token: "no-identity", want: lacking("Identity (Read)")},
		"no-project":           {token: "no-project", want: lacking("Project and Team (Read)")},
		"no-work":              {token: "no-work", want: lacking("Work Items (Read)")},
		"no-work, tickets off": {token: "no-work", services: "{ tickets = false }", want: owned(func(o *outcome) {
			o.Lacking, o.Findings = []string{"Work Items (Read)"}, []string{"warning personal_access_token token_scopes", tfvc}
		})},
		"reader": {token: "reader", email: `"reader@contoso.com"`, want: owned(func(o *outcome) {
			o.OK, o.Owner, o.Emails, o.Rights, o.Findings = false, "Flow Reader", []string{"reader@contoso.com"}, "view_instance_level_information", []string{"error services.webhooks webhook_rights", tfvc}
		})},
		"reader, webhooks off": {token: "reader", email: `"reader@contoso.com"`, services: "{ webhooks = false }", want: owned(func(o *outcome) {
			o.Owner, o.Emails, o.Rights = "Flow Reader", []string{"reader@contoso.com"}, "view_instance_level_information"
		})},
		"outsider": {token: "outsider", email: `"outsider@contoso.com"`, services: "{ webhooks = false }", want: owned(func(o *outcome) {
			o.OK, o.Owner, o.Emails, o.Rights, o.Findings = false, "Outsider", []string{"outsider@contoso.com"}, "", []string{"error personal_access_token instance_view_right", "error personal_access_token visible_projects"}
		})},
		"expired":  {token: "expired", want: rejected("contoso", unaccepted)},
		"revoked":  {token: "revoked", want: rejected("contoso", unaccepted)},
		"fabrikam": {token: "fabrikam", want: rejected("contoso", unaccepted)},
		"fabrikam, at home": {token: "fabrikam", baseURL: "https://dev.azure.com/fabrikam", email: `"Svc-Flow@fabrikam.com"`, want: owned(func(o *outcome) {
			o.Organization, o.Emails, o.Findings = "fabrikam", []string{"Svc-Flow@fabrikam.com"}, []string{}
		})},
		"conditional-access": {token: "conditional-access", want: rejected("contoso", "error personal_access_token no_refusal")},
	}
	var credentials strings.Builder
	want, tested := map[string]outcome{}, map[string]bool{}
	for name, test := range tests {
		want[name], tested[test.token] = test.want, true
		or := func(given, otherwise string) string {
			if given == "" {
				return otherwise
			}
			return given
		}
		fmt.Fprintf(&credentials, "    %q = { token = %q, base_url = %q, email = %s, services = %s }\n", name, s.Token(test.token),
			or(test.baseURL, "https://dev.azure.com/contoso"), or(test.email, `"Svc-Flow@contoso.com"`), or(test.services, "null"))
	}
	for _, organization := range scenario.Default().Organizations {
		for _, token := range organization.Tokens {
			if !tested[token.Name] {
				t.Errorf("token %q of the default scenario is not tested", token.Name)
			}
		}
	}
	acctest.Run(t, resource.TestCase{Steps: []resource.TestStep{{
		Config: echoed(s, "{ for name, check in ephemeral.flow_ado_credential_check.all : name => "+inShort+" }") +
			"locals {\n  credentials = {\n" + credentials.String() + "  }\n}\n" + `
ephemeral "flow_ado_credential_check" "all" {
  for_each              = local.credentials
  base_url              = each.value.base_url
  email                 = each.value.email
  personal_access_token = each.value.token
  services              = each.value.services
}
`,
		ConfigStateChecks: []statecheck.StateCheck{echoes(want)},
	}}})
}

func TestAccCredentialCheckGivesWholeFindings(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.EphemeralResources)
	s := acctest.Start(t, sandbox.Options{})
	acctest.Run(t, resource.TestCase{Steps: []resource.TestStep{{
		Config: echoed(s, "ephemeral.flow_ado_credential_check.main.findings[0]") + credentialCheck(s, attributes{"personal_access_token": quoted(s.Token("no-work"))}),
		ConfigStateChecks: []statecheck.StateCheck{echoes(map[string]string{
			"check": "token_scopes", "field": "personal_access_token", "severity": "error",
			"summary": "Token lacks scopes that Flow requires",
			"detail":  "Azure DevOps accepts the token, and it lacks Work Items (Read).",
			"remedy": "Edit the token at User settings > Personal access tokens (https://dev.azure.com/contoso/_usersSettings/tokens), " +
				"or create a new one, and add Work Items (Read).",
		})},
	}}})
}

// TestAccCredentialCheckLetsConditionsDecide: what is found is a warning and an attribute, and a precondition or a check
// block makes of it what it likes.
func TestAccCredentialCheckLetsConditionsDecide(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.EphemeralResources)
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	revoked := credentialCheck(s, attributes{"personal_access_token": quoted(s.Token("revoked"))})
	warned := acctest.Said{Severity: caution, Summary: "Azure DevOps rejects the token", Attribute: "personal_access_token", Detail: []string{"Look the token up at"}}

	w.Configure(s.ProviderConfig(), revoked)
	plan := w.MustPlan()
	acctest.Expect(t, plan, warned)
	if plan.ExitCode != 0 {
		t.Errorf("the plan ends with %d, want 0: a check changes nothing", plan.ExitCode)
	}
	w.Configure(s.ProviderConfig(), revoked, `
check "credential" {
  assert {
    condition     = ephemeral.flow_ado_credential_check.main.ok
    error_message = "The credential is of no use to Flow."
  }
}
`)
	acctest.Expect(t, w.MustPlan(), warned, acctest.Said{Severity: caution, Summary: "Check block assertion failed", Attribute: "condition", Detail: []string{"of no use to Flow"}})

	guarded := `
resource "terraform_data" "guarded" {
  lifecycle {
    precondition {
      condition     = ephemeral.flow_ado_credential_check.main.accepted && alltrue(values(ephemeral.flow_ado_credential_check.main.scopes))
      error_message = "The token has to have all scopes."
    }
  }
}
`
	w.Configure(s.ProviderConfig(), revoked, guarded)
	acctest.Expect(t, w.MustPlan(), warned, acctest.Said{Severity: failure, Summary: "Resource precondition failed", Attribute: "condition", Detail: []string{"has to have all scopes"}})
	w.Configure(s.ProviderConfig(), credentialCheck(s, nil), guarded)
	acctest.Expect(t, w.MustApply())
}

// TestAccCredentialCheckNeedsNoFlow: without workspace and key, and with the plan-time checks of resources switched off.
func TestAccCredentialCheckNeedsNoFlow(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.EphemeralResources)
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Env = append(w.Env, "FLOW_API_KEY=", "FLOW_WORKSPACE=", "FLOW_BASE_URL=")
	w.Configure(acctest.Source, fmt.Sprintf("provider \"flow\" {\n  preflight = \"off\"\n  azure_devops_endpoint = %q\n}\n", s.AzureDevOpsEndpoint()),
		credentialCheck(s, attributes{"personal_access_token": quoted(s.Token("expired"))}))
	acctest.Expect(t, w.MustPlan(), acctest.Said{Severity: caution, Summary: "Token has expired", Attribute: "personal_access_token"})
	if requests := s.Flow().Traffic().Requests(); len(requests) > 0 {
		t.Errorf("Flow was asked %v", requests)
	}
}

// TestAccCredentialCheckOfUnreachableAzureDevOps: that it cannot be asked is a finding, too, and nothing is claimed.
func TestAccCredentialCheckOfUnreachableAzureDevOps(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.EphemeralResources)
	s := acctest.Start(t, sandbox.Options{})
	s.AzureDevOps().Traffic().Inject(traffic.Fault{Status: 503, RetryAfter: "3600"})
	acctest.Run(t, resource.TestCase{Steps: []resource.TestStep{{
		Config: echoed(s, "[for check in [ephemeral.flow_ado_credential_check.main] : "+inShort+"]") + credentialCheck(s, nil),
		ConfigStateChecks: []statecheck.StateCheck{echoes([]outcome{{
			Organization: "contoso", OK: true, Emails: []string{}, Lacking: []string{}, Unknown: allScopes, Findings: []string{"warning base_url completeness"},
		}})},
	}}})
}

// TestAccCredentialCheckSharesTheChecksOfResources: a credential is checked once per run, whoever asks.
func TestAccCredentialCheckSharesTheChecksOfResources(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.EphemeralResources, acctest.WriteOnly)
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(integration(s, nil), credentialCheck(s, attributes{"services": "{ webhooks = false }", "email": ""}))
	acctest.Expect(t, w.MustPlan(), tfvcOnly)
	if requests := s.AzureDevOps().Traffic().Requests(); len(requests) == 0 || len(requests) > 10 {
		t.Errorf("checking one token for two objects took %d requests, want one to ten", len(requests))
	}
}

// TestAccCredentialCheckWaitsForAnUnknownToken: what is not known in the plan is checked at apply.
func TestAccCredentialCheckWaitsForAnUnknownToken(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.EphemeralResources)
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(s.ProviderConfig(), credentialCheck(s, attributes{"personal_access_token": "terraform_data.late.output"}),
		fmt.Sprintf("resource \"terraform_data\" \"late\" {\n  input = %q\n}\n", s.Token("revoked")), `
# OpenTofu opens at apply only what something uses.
resource "terraform_data" "user" {
  lifecycle {
    precondition {
      condition     = !ephemeral.flow_ado_credential_check.main.accepted
      error_message = "The token is expected to be wrong."
    }
  }
}
`)
	acctest.Expect(t, w.MustPlan())
	if requests := s.AzureDevOps().Traffic().Requests(); len(requests) > 0 {
		t.Errorf("Azure DevOps was asked %v before the token is known", requests)
	}
	acctest.Expect(t, w.MustApply(), acctest.Said{Severity: caution, Summary: "Azure DevOps rejects the token", Attribute: "personal_access_token"})
}

func TestAccCredentialCheckRefusesWhatIsNoCredential(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.EphemeralResources)
	s := acctest.Start(t, sandbox.Options{})
	for name, test := range map[string]struct {
		changes attributes
		want    []acctest.Said
	}{
		"nothing wrong":  {nil, nil},
		"no e-mail":      {attributes{"email": ""}, nil},
		"unusual length": {attributes{"personal_access_token": quoted(strings.Repeat("ab", 30))}, nil}, // a finding, no error
		"URL": {attributes{"base_url": `"https://contoso.visualstudio.com"`}, []acctest.Said{{
			Severity: failure, Summary: "Base URL is not of the form https://dev.azure.com/<organization>", Attribute: "base_url", Detail: []string{"Write it as https://dev.azure.com/contoso"},
		}}},
		"e-mail": {attributes{"email": `"Svc-Flow"`}, []acctest.Said{{Severity: failure, Summary: "E-mail is not an e-mail address", Attribute: "email"}}},
		"token": {attributes{"personal_access_token": quoted(s.Token("full") + "\n")}, []acctest.Said{{
			Severity: failure, Summary: "Not a personal access token", Attribute: "personal_access_token", Detail: []string{"a line break behind the token"},
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t)
			w.Configure(s.ProviderConfig(), credentialCheck(s, test.changes))
			acctest.Expect(t, w.MustValidate(), test.want...)
		})
	}
}

// TestAccCredentialCheckWritesNoTokenDown plans, applies the saved plan, with tokens good and bad and every log on, and then
// looks for the tokens in every file that is left, and in what was printed.
func TestAccCredentialCheckWritesNoTokenDown(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.EphemeralResources)
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Env = append(w.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+filepath.Join(w.Dir, "trace.log"))
	w.Configure(s.ProviderConfig(), `
variable "tokens" {
  type      = map(string)
  ephemeral = true
}

resource "terraform_data" "counted" {
  input = "one"
}
`)
	variables, secrets := map[string]string{}, map[string]string{}
	var checks strings.Builder
	for _, name := range []string{"full", "no-work", "expired", "revoked", "conditional-access"} {
		secrets[name] = s.Token(name)
		variables[name] = s.Token(name)
		checks.WriteString(strings.Replace(credentialCheck(s, attributes{"personal_access_token": fmt.Sprintf("var.tokens[%q]", name)}), `"main"`, quoted(name), 1))
	}
	if err := w.Write("checks.tf", checks.String()); err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(variables)
	if err != nil {
		t.Fatal(err)
	}
	w.Env = append(w.Env, "TF_VAR_tokens="+string(encoded))
	plan := w.MustPlan()
	if plan.ExitCode != 2 {
		t.Fatalf("planning ends with %d, want 2:\n%s", plan.ExitCode, plan.Output)
	}
	apply, err := w.Run(t.Context(), "apply", "-json", "-auto-approve", "tfplan")
	if err != nil || apply.ExitCode != 0 {
		t.Fatalf("applying the saved plan: %v\n%s", err, apply.Output)
	}
	if err := os.WriteFile(filepath.Join(w.Dir, "output"), []byte(plan.Output+apply.Output), 0o600); err != nil {
		t.Fatal(err)
	}
	searched := files(t, w.Dir)
	for name, content := range searched {
		for token, secret := range secrets {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("token %s is in %s", token, name)
			}
		}
	}
	for _, name := range []string{"trace.log", "terraform.tfstate", "tfplan/tfplan", "tfplan/tfstate", "output"} {
		if _, ok := searched[name]; !ok {
			t.Errorf("%s was not searched", name)
		}
	}
}
