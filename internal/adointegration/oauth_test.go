package adointegration_test

import (
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

// byOAuth is the configuration of a connection by OAuth, which has neither e-mail nor token.
func byOAuth(s *acctest.Sandbox, changes attributes) string {
	all := attributes{"auth_method": `"oauth"`, "email": "", "personal_access_token_wo": ""}
	maps.Copy(all, changes)
	return integration(s, all)
}

// waiting is what every plan says until a person has consented.
func waiting(details ...string) acctest.Said {
	return acctest.Said{Severity: caution, Summary: "The connection waits for a person's consent", Attribute: "auth_method", Detail: details}
}

// createByOAuth starts a sandbox with an integration by OAuth that Terraform created and nobody has consented to.
func createByOAuth(t *testing.T, changes attributes, dialects ...string) (*acctest.Sandbox, *acctest.Workspace) {
	t.Helper()
	s := acctest.Start(t, sandbox.Options{})
	s.Speak(t, dialects...)
	w := acctest.NewWorkspace(t)
	w.Configure(byOAuth(s, changes))
	w.MustApply()
	return s, w
}

func consents(t *testing.T, s *acctest.Sandbox, organization string) {
	t.Helper()
	if err := s.Flow().Consent(t.Context(), s.Integration(t).ID, "", organization); err != nil {
		t.Fatal(err)
	}
}

// TestALifeByOAuth: creation does not wait, each plan names the address until a person consents, nothing is created twice,
// and afterwards the integration is managed like any other.
func TestALifeByOAuth(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(byOAuth(s, unprotected(nil)))
	acctest.Expect(t, w.MustPlan())
	acctest.Expect(t, w.MustApply(), waiting("reads nothing from integration 1", "A person has to open this address", s.AzureDevOpsEndpoint(), "as in CI, open the address elsewhere"))
	if diff := cmp.Diff(`{"auth_type":"oauth","enabled_services":["repo","pull_request","ticket"],"name":"Contoso","url":"https://dev.azure.com/contoso","vendor":"azure_devops","webhooks_enabled":true}`, s.Writes()[0].Body); diff != "" {
		t.Errorf("the creation sent (-want +got):\n%s", diff)
	}
	created := w.Attributes(address)
	consentAt, _ := created["authorization_url"].(string)
	if created["id"] != "1" || !strings.HasPrefix(consentAt, s.AzureDevOpsEndpoint()) || created["email"] != nil || created["credential_revision"] != 0.0 {
		t.Errorf("the state holds %v", created)
	}
	acctest.Expect(t, w.MustPlan(), waiting(consentAt, "Waiting for a person to consent"))
	acctest.Expect(t, w.MustApply(), waiting(consentAt))
	if s.Integration(t).ID != 1 || len(s.Writes()) != 1 {
		t.Errorf("Flow was sent %v", s.Writes())
	}

	consents(t, s, "")
	expectKept(t, s, w)
	acctest.Expect(t, w.MustApply("-refresh-only"))
	if email := w.Attributes(address)["email"]; email != "Svc-Flow@contoso.com" {
		t.Errorf("after the consent, the e-mail is %v", email)
	}
	w.Configure(byOAuth(s, unprotected(attributes{"name": `"Renamed"`, "services": "{ tickets = false }"})))
	acctest.Expect(t, w.MustApply())
	if i := s.Integration(t); i.Name != "Renamed" || i.Services.Tickets {
		t.Errorf("Flow has %+v", i)
	}
	expectKept(t, s, w)

	if err := s.Flow().RevokeConsent(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	acctest.Expect(t, w.MustPlan(), acctest.Said{
		Severity: caution, Summary: "Flow reports that the connection fails",
		Detail: []string{"The consent was revoked in Azure DevOps", "Consent again. A person has to open this address", consentAt},
	})
	consents(t, s, "")
	expectKept(t, s, w)
	w.Configure(s.ProviderConfig())
	w.MustApply()
	if left := s.Flow().Integrations(); len(left) > 0 {
		t.Errorf("Flow still has %v", left)
	}
}

func TestARefusedConsentIsNamed(t *testing.T) {
	t.Parallel()
	s, w := createByOAuth(t, nil)
	if err := s.Flow().Refuse(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	acctest.Expect(t, w.MustPlan(), waiting("The consent was refused (access_denied).", s.AzureDevOpsEndpoint()))
	consents(t, s, "")
	expectKept(t, s, w)
}

// TestConsentToAnotherOrganization: every way out of the message ends with a clean plan.
func TestConsentToAnotherOrganization(t *testing.T) {
	t.Parallel()
	for name, follow := range map[string]func(*testing.T, *acctest.Sandbox, *acctest.Workspace){
		"consent again": func(t *testing.T, s *acctest.Sandbox, w *acctest.Workspace) {
			t.Helper()
			s.Flow().Traffic().Reset()
			consents(t, s, "contoso")
			expectKept(t, s, w)
			if len(s.Writes()) > 0 {
				t.Errorf("Flow was sent %v", s.Writes())
			}
		},
		"the other one is right": func(t *testing.T, s *acctest.Sandbox, w *acctest.Workspace) {
			t.Helper()
			w.Configure(byOAuth(s, unprotected(attributes{"base_url": `"https://dev.azure.com/fabrikam"`})))
			w.MustApply()
			w.MustApply("-replace=" + address)
			consents(t, s, "fabrikam")
			w.ExpectEmptyPlan()
			if i := s.Integration(t); i.ID != 2 || i.URL != "https://dev.azure.com/fabrikam" {
				t.Errorf("Flow has %+v", i)
			}
		},
		"neither is wanted": func(t *testing.T, s *acctest.Sandbox, w *acctest.Workspace) {
			t.Helper()
			if result, err := w.Run(t.Context(), "destroy", "-auto-approve", "-refresh=false"); err != nil || result.ExitCode != 0 {
				t.Fatalf("%v\n%s", err, result.Output)
			}
			w.Configure(s.ProviderConfig())
			w.ExpectEmptyPlan()
			if left := s.Flow().Integrations(); len(left) > 0 {
				t.Errorf("Flow still has %v", left)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, w := createByOAuth(t, unprotected(nil))
			consents(t, s, "fabrikam")
			said := only(t, w.MustPlan())
			for _, part := range []string{
				"was created for https://dev.azure.com/contoso, and the person who consented chose https://dev.azure.com/fabrikam",
				"consent again and choose it", s.AzureDevOpsEndpoint(), `set base_url = "https://dev.azure.com/fabrikam" and deletion_protection = false, apply`,
				"`terraform apply -replace=ADDRESS`", "To destroy it without a new one, run `terraform destroy -refresh=false`.",
			} {
				if said.Summary != "The consent is for another organization" || !strings.Contains(said.Detail, part) {
					t.Fatalf("it says %s\n%s\n\nand not %s", said.Summary, said.Detail, part)
				}
			}
			follow(t, s, w)
		})
	}
}

// TestWhatOAuthSaysWithoutAnAddress follows the messages of the dialects in which Flow does not lead to a consent.
func TestWhatOAuthSaysWithoutAnAddress(t *testing.T) {
	t.Parallel()
	importBlock := regexp.MustCompile(`(?s)import \{.*?\n\}`)
	t.Run("oauth-no-url", func(t *testing.T) {
		t.Parallel()
		s := acctest.Start(t, sandbox.Options{})
		s.Speak(t, "oauth-no-url")
		w := acctest.NewWorkspace(t)
		w.Configure(byOAuth(s, nil))
		said := only(t, w.FailedApply())
		if said.Summary != "Flow names no address to consent at" || !strings.Contains(said.Detail, "Authorize it in Flow under Settings > Integrations > Contoso.") {
			t.Fatalf("it says %s\n%s", said.Summary, said.Detail)
		}
		if again := only(t, w.MustPlan()); again.Summary != "An integration of this name exists" || len(s.Flow().Integrations()) != 1 {
			t.Errorf("the next plan says %s\n%s", again.Summary, again.Detail)
		}
		consents(t, s, "")
		w.Configure(byOAuth(s, nil), importBlock.FindString(said.Detail))
		acctest.Expect(t, w.MustApply())
		expectKept(t, s, w)
	})
	for name, speak := range map[string]func(*acctest.Sandbox){
		"known from Flow's description": func(*acctest.Sandbox) {},
		"known from the refusal": func(s *acctest.Sandbox) {
			s.Flow().Traffic().Inject(traffic.Fault{Method: "OPTIONS", Status: 403})
		},
	} {
		t.Run("oauth-refused, "+name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{})
			s.Speak(t, "oauth-refused")
			speak(s)
			w := acctest.NewWorkspace(t)
			w.Configure(byOAuth(s, nil))
			result := w.MustPlan()
			if name == "known from the refusal" {
				result = w.FailedApply()
			}
			said := only(t, result)
			if said.Summary != "Flow creates connections by OAuth only in its own pages" ||
				!strings.Contains(said.Detail, "Create it in Flow under Settings > Integrations > Add Integration > Azure DevOps, choosing OAuth") ||
				!strings.Contains(said.Detail, "Then import it, and everything else is managed here:") {
				t.Fatalf("it says %s\n%s", said.Summary, said.Detail)
			}
			addByOAuth(t, s)
			consents(t, s, "")
			w.Configure(byOAuth(s, nil), importBlock.FindString(said.Detail))
			acctest.Expect(t, w.MustApply())
			expectKept(t, s, w)
		})
	}
	t.Run("oauth-url-once", func(t *testing.T) {
		t.Parallel()
		s, w := createByOAuth(t, nil, "oauth-url-once")
		acctest.Expect(t, w.MustPlan(), waiting("A person has to open this address", s.AzureDevOpsEndpoint()))
		w.MustApply()
		acctest.Expect(t, w.MustPlan(), waiting(s.AzureDevOpsEndpoint()))
		consents(t, s, "")
		expectKept(t, s, w)
	})
}

// TestAnOrganizationIsLookedUpWithoutACredential: as "Test URL" does on the set-up page, and with no credential.
func TestAnOrganizationIsLookedUpWithoutACredential(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(byOAuth(s, attributes{"base_url": `"https://dev.azure.com/northwind"`}))
	acctest.Expect(t, w.MustPlan(), acctest.Said{
		Severity: failure, Summary: "Azure DevOps organization not found", Attribute: "base_url", Detail: []string{`Azure DevOps finds no organization "northwind".`},
	})
	for _, request := range s.AzureDevOps().Traffic().Requests() {
		if request.Credential != "" || !strings.Contains(request.Path, "/_apis/resourceAreas/") {
			t.Errorf("Azure DevOps was sent %+v", request)
		}
	}
	if len(s.Writes()) > 0 {
		t.Errorf("Flow was sent %v", s.Writes())
	}
	s.AzureDevOps().Traffic().Inject(traffic.Fault{Status: 500})
	acctest.Expect(t, w.MustPlan(), acctest.Said{
		Severity: caution, Summary: "Azure DevOps could not be asked about the organization", Attribute: "base_url",
		Detail: []string{`It is not known whether there is an organization "northwind"`, "HTTP 500", "Nothing is known to be wrong.", `set preflight = "off"`},
	})
}
