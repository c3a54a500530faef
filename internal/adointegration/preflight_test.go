package adointegration_test

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

const (
	failure = tfjson.DiagnosticSeverityError
	caution = tfjson.DiagnosticSeverityWarning
)

// tfvcOnly is the warning that every accepted token of contoso brings: its project Legacy has no Git repository.
var tfvcOnly = acctest.Said{
	Severity: caution, Summary: "Projects without a Git repository", Attribute: "base_url",
	Detail: []string{"In 1 of the 5 projects of organization contoso, the token's owner sees no Git repository: \"Legacy\"", "Ignore this if it is expected"},
}

// rejected is what is said of a token that Azure DevOps does not know.
func rejected(organization, how string) acctest.Said {
	return acctest.Said{
		Severity: failure, Summary: "Azure DevOps rejects the token", Attribute: "personal_access_token_wo",
		Detail: []string{
			`Flow would answer "Authorization denied"`, how,
			"mistyped, revoked, expired, or issued for another organization", "1 December 2026",
			"User settings > Personal access tokens", "create one for organization " + organization,
		},
	}
}

// inState is what is said of the token's other argument, where Terraform has write-only ones: on the whole resource, since
// Terraform prints the line that a warning points at.
var inState = acctest.Said{Severity: caution, Summary: "The token is stored in the state", Detail: []string{"personal_access_token_wo"}}

func missingScope(names string) acctest.Said {
	return acctest.Said{
		Severity: failure, Summary: "Token lacks scopes that Flow requires", Attribute: "personal_access_token_wo",
		Detail: []string{"Azure DevOps accepts the token, and it lacks " + names + ".", "User settings > Personal access tokens", "add " + names + "."},
	}
}

// TestPlanTimeChecks plans a creation with every token and account of the default scenario, and checks what is said, how
// severely, about which argument, and that it says what to do.
func TestPlanTimeChecks(t *testing.T) {
	t.Parallel()
	twoMissing := scenario.Default()
	twoMissing.Organizations[0].Tokens = append(twoMissing.Organizations[0].Tokens, scenario.Token{
		Name: "no-work-no-graph", Owner: "Svc-Flow@contoso.com", Scopes: []string{"vso.code", "vso.build", "vso.identity", "vso.project"},
	})
	s := acctest.Start(t, sandbox.Options{Scenario: twoMissing})
	token := func(name string) string { return quoted(s.Token(name)) }
	const noWebhooks = "{ webhooks = false }"

	for name, test := range map[string]struct {
		changes attributes
		want    []acctest.Said
	}{
		"full": {nil, []acctest.Said{tfvcOnly}},
		"no such organization": {attributes{"base_url": `"https://dev.azure.com/contosso"`}, []acctest.Said{{
			Severity: failure, Summary: "Azure DevOps organization not found", Attribute: "base_url",
			Detail: []string{`there is no organization "contosso"`, "Write the base URL as https://dev.azure.com/<organization>"},
		}}},
		"e-mail in another case": {attributes{"email": `"svc-flow@contoso.com"`}, []acctest.Said{{
			Severity: failure, Summary: "E-mail differs in case from the token owner's", Attribute: "email",
			Detail: []string{`Azure DevOps has "Svc-Flow@contoso.com", the configuration "svc-flow@contoso.com"`, `Set the e-mail to "Svc-Flow@contoso.com".`},
		}, tfvcOnly}},
		"e-mail of somebody else": {attributes{"email": `"reader@contoso.com"`}, []acctest.Said{{
			Severity: failure, Summary: "Token belongs to another account", Attribute: "email",
			Detail: []string{`The token belongs to "Svc-Flow@contoso.com"`, `the configured e-mail is "reader@contoso.com"`, `Set the e-mail to "Svc-Flow@contoso.com", or give a token that reader@contoso.com created`},
		}, tfvcOnly}},
		"no-code":     {attributes{"personal_access_token_wo": token("no-code")}, []acctest.Said{missingScope("Code (Read)")}},
		"no-build":    {attributes{"personal_access_token_wo": token("no-build")}, []acctest.Said{missingScope("Build (Read)"), tfvcOnly}},
		"no-graph":    {attributes{"personal_access_token_wo": token("no-graph")}, []acctest.Said{missingScope("Graph (Read)"), tfvcOnly}},
		"no-identity": {attributes{"personal_access_token_wo": token("no-identity")}, []acctest.Said{missingScope("Identity (Read)"), tfvcOnly}},
		"no-project":  {attributes{"personal_access_token_wo": token("no-project")}, []acctest.Said{missingScope("Project and Team (Read)"), tfvcOnly}},
		"no-work":     {attributes{"personal_access_token_wo": token("no-work")}, []acctest.Said{missingScope("Work Items (Read)"), tfvcOnly}},
		"two scopes missing, one error": {
			attributes{"personal_access_token_wo": token("no-work-no-graph")},
			[]acctest.Said{missingScope("Graph (Read) and Work Items (Read)"), tfvcOnly},
		},
		"no-work, tickets off": {attributes{"personal_access_token_wo": token("no-work"), "services": "{ tickets = false }"}, []acctest.Said{{
			Severity: caution, Summary: "Token lacks scopes of services that are off", Attribute: "personal_access_token_wo",
			Detail: []string{"The token lacks Work Items (Read). As configured, no service needs it", "add Work Items (Read)."},
		}, tfvcOnly}},
		"reader with webhooks": {attributes{"personal_access_token_wo": token("reader"), "email": `"reader@contoso.com"`}, []acctest.Said{{
			Severity: failure, Summary: "Webhooks need Project Collection Administrator rights", // the whole resource, as webhooks are on by default
			Detail: []string{"reader@contoso.com lacks:", `"Edit instance-level information"`, "add the account to Project Collection Administrators", "Or switch webhooks off, which are on by default:\n\nservices = { webhooks = false }"},
		}, tfvcOnly}},
		"reader with webhooks switched on": {attributes{"personal_access_token_wo": token("reader"), "email": `"reader@contoso.com"`, "services": "{ webhooks = true }"}, []acctest.Said{{
			Severity: failure, Summary: "Webhooks need Project Collection Administrator rights", Attribute: "services",
		}, tfvcOnly}},
		"reader without webhooks": {
			attributes{"personal_access_token_wo": token("reader"), "email": `"reader@contoso.com"`, "services": noWebhooks},
			[]acctest.Said{tfvcOnly},
		},
		"outsider": {attributes{"personal_access_token_wo": token("outsider"), "email": `"outsider@contoso.com"`, "services": noWebhooks}, []acctest.Said{{
			Severity: failure, Summary: "Token's owner may not view instance-level information", Attribute: "personal_access_token_wo",
			Detail: []string{`outsider@contoso.com lacks the right "View instance-level information"`, "Organization settings > Permissions > Users"},
		}, {
			Severity: failure, Summary: "Token's owner sees no project", Attribute: "personal_access_token_wo",
			Detail: []string{"outsider@contoso.com sees no project in organization contoso", "add the account to the Readers group of the projects"},
		}}},
		"expired": {attributes{"personal_access_token_wo": token("expired")}, []acctest.Said{{
			Severity: failure, Summary: "Token has expired", Attribute: "personal_access_token_wo",
			Detail: []string{`Flow would answer "Authorization denied"`, "Access Denied: The Personal Access Token used has expired", "activity id", "Regenerate the token at User settings > Personal access tokens"},
		}}},
		"revoked":              {attributes{"personal_access_token_wo": token("revoked")}, []acctest.Said{rejected("contoso", "it answers HTTP 401")}},
		"another organization": {attributes{"personal_access_token_wo": token("fabrikam")}, []acctest.Said{rejected("contoso", "it answers HTTP 401")}},
		"unknown token, public organization": {
			attributes{"base_url": `"https://dev.azure.com/fabrikam"`, "email": `"Svc-Flow@fabrikam.com"`},
			[]acctest.Said{rejected("fabrikam", "it answers as to somebody anonymous")},
		},
		"fabrikam": {attributes{"base_url": `"https://dev.azure.com/fabrikam"`, "email": `"Svc-Flow@fabrikam.com"`, "personal_access_token_wo": token("fabrikam")}, nil},
		"conditional access": {attributes{"personal_access_token_wo": token("conditional-access")}, []acctest.Said{{
			Severity: failure, Summary: "Azure DevOps refuses the token's owner", Attribute: "personal_access_token_wo",
			Detail: []string{"VS403463: The conditional access policy defined by your Azure Active Directory administrator has failed", "activity id", "refuses this machine, which runs Terraform", "Flow connects from other, fixed addresses", "Organization settings > Policies", `set preflight = "off" in the provider block`},
		}}},
		"token in the state": {attributes{"personal_access_token_wo": "", "personal_access_token": token("revoked")}, []acctest.Said{
			inState,
			on("personal_access_token", rejected("contoso", "it answers HTTP 401")),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t)
			w.Configure(integration(s, test.changes))
			acctest.Expect(t, w.MustPlan(), test.want...)
		})
	}
}

func on(attribute string, said acctest.Said) acctest.Said {
	said.Attribute = attribute
	return said
}

// TestUnreachableAzureDevOps: what cannot be asked is a warning, and the plan goes on.
func TestUnreachableAzureDevOps(t *testing.T) {
	t.Parallel()
	closed := closedPort(t)
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	for name, test := range map[string]struct {
		fault    traffic.Fault
		endpoint string
		says     string
	}{
		"nothing listens": {endpoint: "http://" + closed, says: "Is the sandbox running? Start it, or correct the address: nothing listens at " + closed + "."},
		"unknown authority": {endpoint: secure.URL, says: "certificate signed by unknown authority (GET " + secure.URL + "/dev.azure.com/contoso/_apis/connectionData)\n\n" +
			"Nothing is known to be wrong. Name in SSL_CERT_FILE a file that holds the certificate of the authority that inspects TLS here and the public authorities as well"},
		"plain HTTP": {endpoint: "https://" + plain.Listener.Addr().String(), says: "it does not speak TLS (GET https://" + plain.Listener.Addr().String()},
		"429":        {fault: traffic.Fault{Status: 429, RetryAfter: "3600"}, says: "Azure DevOps answered HTTP 429"},
		"503":        {fault: traffic.Fault{Status: 503, RetryAfter: "3600"}, says: "Azure DevOps answered HTTP 503"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{})
			endpoint := s.AzureDevOpsEndpoint()
			if test.endpoint != "" {
				endpoint = test.endpoint
			} else {
				s.AzureDevOps().Traffic().Inject(test.fault)
			}
			provider := acctest.Source + fmt.Sprintf("provider \"flow\" {\n  base_url = %q\n  api_key = %q\n  azure_devops_endpoint = %q\n}\n", s.FlowBaseURL(), s.APIKey(), endpoint)
			w := acctest.NewWorkspace(t)
			w.Configure(provider, resourceBlock(s, "main", nil))
			plan := w.MustPlan()
			acctest.Expect(t, plan, acctest.Said{
				Severity: caution, Summary: "Azure DevOps could not be asked about everything", Attribute: "base_url",
				Detail: []string{"These were not checked", test.says, "Nothing is known to be wrong"},
			})
			if plan.ExitCode != 2 {
				t.Errorf("the plan ends with %d, want 2 for something to do", plan.ExitCode)
			}
		})
	}
}

// TestWhatIsNotFromAzureDevOpsIsNoVerdict puts something between Terraform and Azure DevOps that answers in its place: the
// plan warns, names it and goes on, and so does the apply. With the checks off, as the warning says, it is silent.
func TestWhatIsNotFromAzureDevOpsIsNoVerdict(t *testing.T) {
	t.Parallel()
	page := func(status int, header ...string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			for at := 0; at < len(header); at += 2 {
				w.Header().Set(header[at], header[at+1])
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<html><head><title>Website blocked</title></head><body>Category: developer tools</body></html>")
		})
	}
	const titled = ` with a page titled "Website blocked" that is not from the Azure DevOps API (GET http://127.0.0.1:`
	for name, test := range map[string]struct {
		answer http.Handler
		says   string
		then   string
	}{
		"page, 200":           {page(200), "answered HTTP 200 OK" + titled, "Check which server listens at 127.0.0.1:"},
		"page, 403":           {page(403), "answered HTTP 403 Forbidden" + titled, "Check which server listens at 127.0.0.1:"},
		"page, 404":           {page(404), "answered HTTP 404 Not Found" + titled, "Check which server listens at 127.0.0.1:"},
		"redirect, 307":       {page(307, "Location", "https://gateway.corp-proxy.example/block"), "answered HTTP 307 Temporary Redirect with a redirect to gateway.corp-proxy.example that is not from the Azure DevOps API", "Check which server listens at 127.0.0.1:"},
		"captive portal, 511": {page(511), "answered HTTP 511 Network Authentication Required" + titled, "Sign in to this network in a browser first."},
		"throttled, 401":      {page(401, "Retry-After", "3600"), "Azure DevOps answered HTTP 429 Too Many Requests", "Run the plan again later."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{})
			between := httptest.NewServer(test.answer)
			t.Cleanup(between.Close)
			provider := func(arguments string) string {
				return acctest.Source + fmt.Sprintf("provider \"flow\" {\n  base_url = %q\n  api_key = %q\n  azure_devops_endpoint = %q\n  %s\n}\n", s.FlowBaseURL(), s.APIKey(), between.URL, arguments)
			}
			warned := acctest.Said{
				Severity: caution, Summary: "Azure DevOps could not be asked about everything", Attribute: "base_url",
				Detail: []string{"These were not checked:\n- the organization, the token", test.says, "Nothing is known to be wrong. " + test.then, `To plan without these checks, set preflight = "off" in the provider block.`},
			}
			w := acctest.NewWorkspace(t)
			w.Configure(provider(""), resourceBlock(s, "main", nil))
			acctest.Expect(t, w.MustPlan(), warned)
			w.MustApply()
			s.Integration(t)
			w.Configure(provider(`preflight = "off"`), resourceBlock(s, "main", nil))
			w.ExpectEmptyPlan()
		})
	}
}

// TestLoopbackIsNeverProxied: with a proxy in the environment, neither the key nor the token leaves the machine.
func TestLoopbackIsNeverProxied(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	var proxied atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { proxied.Add(1) }))
	t.Cleanup(proxy.Close)
	spelled := func(address string) string { return strings.Replace(address, "127.0.0.1", "LOCALHOST", 1) }
	w := acctest.NewWorkspace(t)
	w.Env = append(w.Env, "HTTP_PROXY="+proxy.URL, "HTTPS_PROXY="+proxy.URL, "NO_PROXY=", "CHECKPOINT_DISABLE=1")
	w.Configure(acctest.Source+fmt.Sprintf("provider \"flow\" {\n  base_url = %q\n  api_key = %q\n  azure_devops_endpoint = %q\n}\n",
		spelled(s.FlowBaseURL()), s.APIKey(), spelled(s.AzureDevOpsEndpoint())), resourceBlock(s, "main", nil))
	acctest.Expect(t, w.MustPlan(), tfvcOnly)
	w.MustApply()
	s.Integration(t)
	if n := proxied.Load(); n > 0 {
		t.Errorf("%d requests went to the proxy", n)
	}
}

// TestAProxyIsNamedWithoutItsPassword: a proxy that refuses is a warning for Azure DevOps and an error for Flow, at once.
func TestAProxyIsNamedWithoutItsPassword(t *testing.T) {
	t.Parallel()
	for status, advice := range map[int]string{
		http.StatusProxyAuthRequired: "Put the name and password for the proxy into HTTPS_PROXY (http://<name>:<password>@<host>:<port>), or list %s in NO_PROXY if it can be reached without the proxy.",
		http.StatusForbidden:         "to allow %s, or list it in NO_PROXY if it can be reached without the proxy.",
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int64
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				w.WriteHeader(status)
			}))
			t.Cleanup(proxy.Close)
			says := fmt.Sprintf("could not be reached through the proxy %s: the proxy answered HTTP %d %s (GET https://", proxy.URL, status, http.StatusText(status))
			s := acctest.Start(t, sandbox.Options{})
			w := acctest.NewWorkspace(t)
			w.Env = append(w.Env, "HTTPS_PROXY="+strings.Replace(proxy.URL, "//", "//jo:s3cr3t-pass@", 1), "NO_PROXY=", "CHECKPOINT_DISABLE=1")
			w.Configure(acctest.Source+fmt.Sprintf("provider \"flow\" {\n  base_url = %q\n  api_key = %q\n}\n", s.FlowBaseURL(), s.APIKey()), resourceBlock(s, "main", nil))
			plan := w.MustPlan()
			acctest.Expect(t, plan, acctest.Said{
				Severity: caution, Summary: "Azure DevOps could not be asked about everything", Attribute: "base_url",
				Detail: []string{"Azure DevOps " + says + "dev.azure.com/contoso/_apis/connectionData)", fmt.Sprintf(advice, "dev.azure.com")},
			})
			if strings.Contains(plan.Output, "s3cr3t-pass") {
				t.Errorf("the proxy's password is in\n%s", plan.Output)
			}
			if n := asked.Load(); n > 2 {
				t.Errorf("the proxy was asked %d times, want once for each of two calls", n)
			}
			w.Configure(acctest.Source+fmt.Sprintf("provider \"flow\" {\n  workspace = \"acme\"\n  api_key = %q\n  preflight = \"off\"\n}\n", s.APIKey()), resourceBlock(s, "main", nil))
			acctest.Expect(t, w.MustPlan(), acctest.Said{
				Severity: failure, Summary: "Could not look for existing integrations",
				Detail: []string{"Flow " + says + "acme.appfireflow.com/v3/customer/core/integrations/)", fmt.Sprintf(advice, "acme.appfireflow.com")},
			})
		})
	}
}

// TestBrokenAnswersOfAzureDevOpsAreNamed breaks the answer about the processes, which shows one of the scopes, in every
// way: the plan goes on, and says which request to which server was answered how, and what was not checked for it.
func TestBrokenAnswersOfAzureDevOpsAreNamed(t *testing.T) {
	t.Parallel()
	const probe = "/dev.azure.com/contoso/_apis/work/processes"
	for name, test := range map[string]struct {
		fault traffic.Fault
		says  string
		then  string
	}{
		"HTML":      {traffic.Fault{Status: 200, ContentType: "text/html", Body: "<html>"}, " answered HTTP 200 OK with a page that is not from the Azure DevOps API", "Check which server listens at 127.0.0.1:"},
		"empty":     {traffic.Fault{Status: 200, ContentType: "application/json"}, "Azure DevOps answered HTTP 200 OK with an empty body", "Run the plan again later"},
		"truncated": {traffic.Fault{Truncate: true}, "Azure DevOps's answer broke off before its end", "Run the plan again later"},
		"slow":      {traffic.Fault{Latency: time.Minute}, "Azure DevOps gave no complete answer in time", "Run the plan again later"},
		"error":     {traffic.Fault{Status: 500}, "Azure DevOps answered HTTP 500 Internal Server Error", "Run the plan again later"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{})
			test.fault.Path = probe
			s.AzureDevOps().Traffic().Inject(test.fault)
			w := acctest.NewWorkspace(t)
			w.Configure(s.ProviderConfig(`request_timeout = "1s"`), resourceBlock(s, "main", nil))
			acctest.Expect(t, w.MustPlan(), tfvcOnly, acctest.Said{
				Severity: caution, Summary: "Azure DevOps could not be asked about everything", Attribute: "base_url",
				Detail: []string{"Work Items (Read): ", test.says, "GET http://127.0.0.1", probe, test.then},
			})
		})
	}
}

// TestUnchangedResourcesGetReminders: on a resource that nobody changes the findings are warnings, and a lasting state
// such as a TFVC project is not repeated.
func TestUnchangedResourcesGetReminders(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(integration(s, nil))
	w.MustApply()
	acctest.Expect(t, w.MustPlan())

	if err := s.AzureDevOps().SetTokenState("full", scenario.TokenExpired); err != nil {
		t.Fatal(err)
	}
	expired := acctest.Said{Summary: "Token has expired", Attribute: "personal_access_token_wo"}
	reminder, refusal := expired, expired
	reminder.Severity, refusal.Severity = caution, failure

	plan := w.MustPlan()
	acctest.Expect(t, plan, reminder)
	if plan.ExitCode != 0 {
		t.Errorf("a reminder must not make the plan do something: it ends with %d", plan.ExitCode)
	}
	for mode, want := range map[string][]acctest.Said{"always": {reminder}, "changes": nil, "off": nil} {
		w.Configure(s.ProviderConfig("preflight = "+quoted(mode)), resourceBlock(s, "main", nil))
		acctest.Expect(t, w.MustPlan(), want...)
	}
	// A change of the connection is checked for errors again, whatever the change, unless the checks are off.
	for mode, want := range map[string][]acctest.Said{"always": {refusal}, "changes": {refusal}, "off": nil} {
		w.Configure(s.ProviderConfig("preflight = "+quoted(mode)), resourceBlock(s, "main", attributes{"services": "{ tickets = false }"}))
		acctest.Expect(t, w.MustPlan(), want...)
	}
}

// TestUnknownTokenIsCheckedAtApply: nothing is created with a token that turns out to be wrong only when it is known.
func TestUnknownTokenIsCheckedAtApply(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	late := func(token string) string {
		return fmt.Sprintf("resource \"terraform_data\" \"late\" {\n  input = %q\n}\n", s.Token(token))
	}
	late2 := attributes{"personal_access_token_wo": "terraform_data.late.output"}
	w.Configure(integration(s, late2), late("no-work"))
	acctest.Expect(t, w.MustPlan())
	refused := w.FailedApply()
	acctest.Expect(t, refused, missingScope("Work Items (Read)"), tfvcOnly)
	if writes := s.Writes(); len(writes) > 0 {
		t.Errorf("Flow was sent %v although the token was refused", writes)
	}
	w.Configure(integration(s, late2), late("full"))
	w.MustApply()
	if plan := w.MustPlan(); plan.ExitCode != 0 {
		t.Errorf("the plan afterwards is not empty:\n%s", plan.Output)
	}
}

// TestUnknownBaseURLIsCheckedAtApply: whether it replaces the integration shows only then, and is refused then.
func TestUnknownBaseURLIsCheckedAtApply(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	late := func(url string) string {
		return fmt.Sprintf("resource \"terraform_data\" \"url\" {\n  input = %q\n}\n", url)
	}
	unknown := attributes{"base_url": "terraform_data.url.output"}
	w.Configure(integration(s, unknown), late("https://contoso.visualstudio.com"))
	refused := w.FailedApply()
	acctest.Expect(t, refused, acctest.Said{Severity: failure, Summary: "Base URL is not of the form https://dev.azure.com/<organization>", Attribute: "base_url"})

	w.Configure(integration(s, unknown), late("https://dev.azure.com/contoso"))
	w.MustApply()
	w.Configure(integration(s, unknown), late("https://dev.azure.com/fabrikam"))
	refused = w.FailedApply()
	acctest.Expect(t, refused, acctest.Said{Severity: failure, Summary: "Integration is protected against deletion", Detail: []string{"Replacing integration 1"}})

	w.Configure(integration(s, unprotected(nil)))
	w.MustApply()
	w.Configure(integration(s, unprotected(unknown)), late("https://dev.azure.com/contoso/"))
	acctest.Expect(t, w.MustPlan(), acctest.Said{Severity: failure, Summary: "Base URL is not known yet", Attribute: "base_url", Detail: []string{"set deletion_protection = true"}})
}

// TestOneCredentialIsCheckedOnce: integrations that share a token share its checks, which take at most ten requests.
func TestOneCredentialIsCheckedOnce(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	config := s.ProviderConfig()
	for n := range 5 {
		config += resourceBlock(s, fmt.Sprintf("i%d", n), attributes{"name": fmt.Sprintf(`"Contoso %d"`, n), "services": fmt.Sprintf("{ tickets = %t }", n%2 == 0)})
	}
	w.Configure(config)
	w.MustPlan()
	if requests := s.AzureDevOps().Traffic().Requests(); len(requests) > 10 {
		t.Errorf("planning five integrations with one token took %d requests to Azure DevOps, want at most ten", len(requests))
	}
	for _, request := range s.AzureDevOps().Traffic().Requests() {
		if request.Credential != "<token full>" {
			t.Errorf("%s %s was sent with %q", request.Method, request.Path, request.Credential)
		}
		if request.Method != "GET" && !strings.HasSuffix(request.Path, "/permissionevaluationbatch") {
			t.Errorf("a check sent %s %s, which may write", request.Method, request.Path)
		}
	}
}

// TestASecondIntegrationOnTheOrganizationIsPointedOut is the other half of the conflict check; TestImportBlockPlansNothingElse is the first.
func TestASecondIntegrationOnTheOrganizationIsPointedOut(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	if _, err := s.Flow().AddIntegration(flowserver.Integration{
		Name: "Made by hand", URL: "https://dev.azure.com/Contoso", Username: "Svc-Flow@contoso.com", Token: s.Token("full"), Services: flowserver.AllServices,
	}); err != nil {
		t.Fatal(err)
	}
	w := acctest.NewWorkspace(t)
	w.Configure(integration(s, nil))
	acctest.Expect(t, w.MustPlan(), acctest.Said{
		Severity: caution, Summary: "Another integration connects this organization", Attribute: "base_url",
		Detail: []string{`Integration 1 ("Made by hand")`, "their pull requests twice", "import {\n  to = flow_ado_integration.main", `id = "1"`},
	}, tfvcOnly)
}

func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// Which projects have no Git repository is said when Flow begins to read them, and not with every change.
func TestProjectsWithoutGitAreNamedWhenTheyAreNews(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	off := attributes{"services": "{ repos = false, pull_requests = false, webhooks = false }"}
	w.Configure(integration(s, unprotected(off)))
	w.MustApply()
	for _, step := range []struct {
		what    string
		changes attributes
		want    []acctest.Said
	}{
		{"another name", attributes{"name": `"Renamed"`, "services": off["services"]}, nil},
		{"the token again", attributes{"personal_access_token_wo_version": "2", "services": off["services"]}, nil},
		{"repositories are read", attributes{"services": "{ webhooks = false }"}, []acctest.Said{tfvcOnly}},
		{"webhooks as well", nil, nil},
	} {
		w.Configure(integration(s, unprotected(step.changes)))
		t.Log(step.what)
		acctest.Expect(t, w.MustApply(), step.want...)
	}
}
