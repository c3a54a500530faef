package adointegration_test

import (
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
)

// TestInvalidValuesAreRefusedOffline validates without any server: each value is refused on its line, with the value
// where it is no secret, the rule, and how to write it.
func TestInvalidValuesAreRefusedOffline(t *testing.T) {
	t.Parallel()
	const provider = acctest.Source + "provider \"flow\" {\n  workspace = \"acme\"\n  api_key = \"k3y\"\n}\n"
	const secret = "sEcReTsEcReTsEcReTsEcReTsEcReTsEcReTsEcReTsEcReTsEcR" // 52 characters, the length of an older token
	valid := attributes{
		"name": `"Contoso"`, "base_url": `"https://dev.azure.com/contoso"`, "email": `"Svc-Flow@contoso.com"`, "personal_access_token_wo": quoted(secret),
	}
	wrongURL := func(parts ...string) acctest.Said {
		return acctest.Said{Severity: failure, Summary: "Base URL is not of the form https://dev.azure.com/<organization>", Attribute: "base_url", Detail: parts}
	}
	wrongToken := func(parts ...string) acctest.Said {
		return acctest.Said{Severity: failure, Summary: "Not a personal access token", Attribute: "personal_access_token_wo", Detail: parts}
	}
	wrongEmail := func(parts ...string) acctest.Said {
		return acctest.Said{Severity: failure, Summary: "E-mail is not an e-mail address", Attribute: "email", Detail: parts}
	}
	for name, test := range map[string]struct {
		attribute, value string
		want             acctest.Said
	}{
		"name, empty":            {"name", `""`, acctest.Said{Severity: failure, Summary: "Invalid name", Attribute: "name", Detail: []string{`""`, `For example "Contoso Azure DevOps"`}}},
		"name, space around":     {"name", `" Contoso"`, acctest.Said{Severity: failure, Summary: "Invalid name", Attribute: "name", Detail: []string{`" Contoso"`, "white space"}}},
		"URL, plain http":        {"base_url", `"http://dev.azure.com/contoso"`, wrongURL(`"http://dev.azure.com/contoso"`, "the scheme has to be https", "Write it as https://dev.azure.com/contoso")},
		"URL, visualstudio.com":  {"base_url", `"https://contoso.visualstudio.com"`, wrongURL("Flow accepts an organization's address at dev.azure.com only", "Write it as https://dev.azure.com/contoso")},
		"URL, DefaultCollection": {"base_url", `"https://contoso.visualstudio.com/DefaultCollection"`, wrongURL("Write it as https://dev.azure.com/contoso")},
		"URL, project":           {"base_url", `"https://dev.azure.com/contoso/Payments"`, wrongURL("goes on behind the organization", "Write it as https://dev.azure.com/contoso")},
		"URL, clone":             {"base_url", `"https://contoso@dev.azure.com/contoso/Payments/_git/api"`, wrongURL("user name in the URL", "Write it as https://dev.azure.com/contoso")},
		"URL, SSH clone":         {"base_url", `"git@ssh.dev.azure.com:v3/contoso/Payments/api"`, wrongURL("SSH address", "Write it as https://dev.azure.com/contoso")},
		"URL, port":              {"base_url", `"https://dev.azure.com:443/contoso"`, wrongURL("without a port", "Write it as https://dev.azure.com/contoso")},
		"URL, query":             {"base_url", `"https://dev.azure.com/contoso?a=b"`, wrongURL("query or a fragment", "Write it as https://dev.azure.com/contoso")},
		"URL, no organization":   {"base_url", `"https://dev.azure.com/"`, wrongURL("names no organization", "for example https://dev.azure.com/contoso")},
		"URL, bare name":         {"base_url", `"contoso"`, wrongURL("has to begin with https://", "Write it as https://dev.azure.com/contoso")},
		"URL, another host":      {"base_url", `"https://devops.example.com/tfs/contoso"`, wrongURL("this integration is for Azure DevOps Services", "Azure DevOps Server is another integration of Flow", "https://dev.azure.com/contoso")},
		"URL, empty":             {"base_url", `""`, wrongURL("the base URL is empty", "for example https://dev.azure.com/contoso")},
		"e-mail, no domain":      {"email", `"Svc-Flow"`, wrongEmail(`"Svc-Flow"`, "a name, one @ and a domain", "for example Svc-Flow@contoso.com")},
		"e-mail, display name":   {"email", `"Flow <Svc-Flow@contoso.com>"`, wrongEmail("display name", "Write it as Svc-Flow@contoso.com")},
		"token, empty":           {"personal_access_token_wo", `""`, wrongToken("the token is empty", "User settings > Personal access tokens")},
		"token, line break":      {"personal_access_token_wo", quoted(secret + "\n"), wrongToken("a line break behind the token", "Remove the line break")},
		"token, user name":       {"personal_access_token_wo", quoted("flow:" + secret), wrongToken("a colon in the token", "Give the token alone")},
		"token, placeholder": {"personal_access_token_wo", `"<token>"`, acctest.Said{
			Severity: caution, Summary: "Token looks like a placeholder", Attribute: "personal_access_token_wo",
			Detail: []string{"The token looks like a placeholder in angle brackets (<...>).", "Use a token of Azure DevOps for real plans."},
		}},
		"method":              {"auth_method", `"password"`, acctest.Said{Severity: failure, Summary: "Invalid Attribute Value Match", Attribute: "auth_method", Detail: []string{`["access_token" "oauth"], got: "password"`}}},
		"token with OAuth":    {"auth_method", `"oauth"`, acctest.Said{Severity: failure, Summary: "A connection by OAuth has no token", Attribute: "personal_access_token_wo", Detail: []string{`Remove the token, or set auth_method = "access_token"`}}},
		"no e-mail":           {"email", "", acctest.Said{Severity: failure, Summary: "Missing e-mail address", Attribute: acctest.Anywhere, Detail: []string{"Set email to the address in the owner's Azure profile", `auth_method = "oauth", needs none`}}},
		"two tokens":          {"personal_access_token", quoted(secret), acctest.Said{Severity: failure, Summary: "Two tokens are given", Attribute: "personal_access_token_wo", Detail: []string{"Remove personal_access_token, which is stored in the state."}}},
		"timeout":             {"timeouts", `{ create = "ten minutes" }`, acctest.Said{Severity: failure, Summary: "Invalid timeout for create", Attribute: "timeouts", Detail: []string{`"ten minutes" is not a duration.`}}},
		"URL, GitHub":         {"base_url", `"https://github.com/contoso"`, wrongURL("this is another git host", "create its integration in Flow under Settings > Integrations > Add Integration")},
		"URL, GitLab":         {"base_url", `"https://gitlab.com/contoso"`, wrongURL("this is another git host")},
		"URL, Defender proxy": {"base_url", `"https://dev.azure.com.mcas.ms/contoso"`, wrongURL("Microsoft Defender for Cloud Apps", "Write it as https://dev.azure.com/contoso")},
		"all services off": {"services", `{ repos = false, pull_requests = false, tickets = false, webhooks = false }`, acctest.Said{
			Severity: caution, Summary: "All services are off", Attribute: "services", Detail: []string{"Flow reads nothing from this integration"},
		}},
		"expiry, not a day": {"personal_access_token_expires_on", `"31.3.2027"`, acctest.Said{
			Severity: failure, Summary: "Invalid day", Attribute: "personal_access_token_expires_on", Detail: []string{`"31.3.2027" is not a day.`, `such as "2027-03-31"`},
		}},
		"webhooks alone": {"services", `{ repos = false, pull_requests = false, tickets = false }`, acctest.Said{
			Severity: caution, Summary: "Webhooks without any other service", Attribute: "services", Detail: []string{"there is nothing to notify Flow of", "turn webhooks off"},
		}},
		"token of unusual length": {"personal_access_token_wo", quoted(secret + "a"), acctest.Said{
			Severity: caution, Summary: "Token of unusual form", Attribute: "personal_access_token_wo", Detail: []string{"The token has 53 characters", "Check that the token was copied whole"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t)
			w.Configure(provider, block("main", valid, attributes{test.attribute: test.value}))
			result := w.MustValidate()
			if test.attribute == "personal_access_token" { // beside the warning that it is in the state
				result.Diagnostics = result.Errors()
			}
			acctest.Expect(t, result, test.want)
			for _, said := range result.Diagnostics {
				if strings.Contains(said.Detail, secret) || strings.Contains(said.Summary, secret) {
					t.Errorf("the message holds the token: %s", said.Detail)
				}
			}
		})
	}
	t.Run("a valid configuration", func(t *testing.T) {
		t.Parallel()
		w := acctest.NewWorkspace(t)
		w.Configure(provider, block("main", valid, nil))
		acctest.Expect(t, w.MustValidate())
	})
	t.Run("an expiry date without a token", func(t *testing.T) {
		t.Parallel()
		w := acctest.NewWorkspace(t)
		w.Configure(provider, block("main", valid, attributes{"personal_access_token_wo": "", "personal_access_token_expires_on": `"2027-03-31"`}))
		acctest.Expect(t, w.MustValidate(), acctest.Said{
			Severity: failure, Summary: "Expiry date without a token", Attribute: "personal_access_token_expires_on", Detail: []string{"Set personal_access_token_wo as well, or remove personal_access_token_expires_on."},
		})
	})
	t.Run("a version without a token", func(t *testing.T) {
		t.Parallel()
		w := acctest.NewWorkspace(t)
		w.Configure(provider, block("main", valid, attributes{"personal_access_token_wo": "", "personal_access_token_wo_version": "1"}))
		acctest.Expect(t, w.MustValidate(), acctest.Said{
			Severity: failure, Summary: "Invalid Attribute Combination", Attribute: "personal_access_token_wo_version",
			Detail: []string{`"personal_access_token_wo" must be specified when "personal_access_token_wo_version" is specified`},
		})
	})
}

// A token in the configuration is warned of without a line of it, and one in a variable is not.
func TestATokenInTheConfigurationWarns(t *testing.T) {
	t.Parallel()
	const token = "sEcReTsEcReTsEcReTsEcReTsEcReTsEcReTsEcReTsEcReTsEcR"
	arguments := attributes{"name": `"Contoso"`, "base_url": `"https://dev.azure.com/contoso"`, "email": `"Svc-Flow@contoso.com"`}
	for value, want := range map[string][]acctest.Said{
		quoted(token): {{Severity: caution, Summary: "The token is written in the configuration", Detail: []string{
			"Terraform prints the line of an argument with every error on it", "pass a new one in a variable:\n\nvariable \"ado_pat\" {\n", "Then write personal_access_token_wo = var.ado_pat.",
		}}},
		"var.ado_pat": nil,
	} {
		w := acctest.NewWorkspace(t)
		w.Configure(acctest.Source, "variable \"ado_pat\" {\n  type      = string\n  sensitive = true\n  ephemeral = true\n}\n",
			block("main", arguments, attributes{"personal_access_token_wo": value}))
		result, err := w.Validate(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		acctest.Expect(t, result, want...)
		if strings.Contains(result.Output, token) {
			t.Errorf("the output holds the token:\n%s", result.Output)
		}
	}
}

// A real plan with a placeholder is refused by Azure DevOps, and one with the API key in the token's place before anything is sent.
func TestAPlaceholderIsRefusedByAPlan(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(integration(s, attributes{"personal_access_token_wo": `"$(ADO_PAT)"`}))
	acctest.Expect(t, w.MustPlan(), rejected("contoso", "it answers HTTP 401"), acctest.Said{
		Severity: caution, Summary: "Token looks like a placeholder", Attribute: "personal_access_token_wo", Detail: []string{"Azure Pipelines"},
	})
	before := len(s.AzureDevOps().Traffic().Requests())
	w.Configure(integration(s, attributes{"personal_access_token_wo": quoted(s.APIKey())}))
	acctest.Expect(t, w.MustPlan(), acctest.Said{
		Severity: failure, Summary: "The token is Flow's API key", Attribute: "personal_access_token_wo", Detail: []string{"Set personal_access_token_wo to the service account's personal access token"},
	}, acctest.Said{Severity: caution, Summary: "Token of unusual form", Attribute: "personal_access_token_wo"})
	if sent := s.AzureDevOps().Traffic().Requests()[before:]; len(sent) > 0 {
		t.Errorf("Azure DevOps was sent %v", sent)
	}
}

func TestInvalidLookUpsAreRefusedOffline(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arguments string
		want      acctest.Said
	}{
		"no id":   {`id = "Contoso"`, acctest.Said{Severity: failure, Summary: "Invalid Attribute Value Match", Attribute: "id", Detail: []string{`a whole number such as "12", got: Contoso`}}},
		"no name": {`name = ""`, acctest.Said{Severity: failure, Summary: "Invalid name", Attribute: "name", Detail: []string{`For example "Contoso Azure DevOps"`}}},
		"both":    {"id = \"12\"\n  name = \"Contoso\"", acctest.Said{Severity: failure, Summary: "Invalid Attribute Combination", Attribute: "id", Detail: []string{"2 attributes specified when one (and only one) of [id,name] is required"}}},
		"nothing": {"", acctest.Said{Severity: failure, Summary: "Invalid Attribute Combination", Detail: []string{"No attribute specified when one (and only one) of [id,name] is required"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t)
			w.Configure(acctest.Source, "data \"flow_ado_integration\" \"main\" {\n  "+test.arguments+"\n}\n")
			acctest.Expect(t, w.MustValidate(), test.want)
		})
	}
}
