package pages_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// visitor is a person with a browser.
type visitor struct {
	t      testing.TB
	s      *sandbox.Sandbox
	client *http.Client
}

func visit(t testing.TB, s *sandbox.Sandbox) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return visitor{t, s, &http.Client{Jar: jar}}
}

func start(t testing.TB) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.Start(t.Context(), sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// connected starts a sandbox with an integration, whose id is 1.
func connected(t testing.TB, name string) *sandbox.Sandbox {
	t.Helper()
	s := start(t)
	_, err := s.Flow().AddIntegration(flowserver.Integration{
		Name: name, URL: "https://dev.azure.com/contoso", Username: "Svc-Flow@contoso.com", Token: s.Token("full"), Services: flowserver.AllServices,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (v visitor) read(response *http.Response, err error) (status int, page string) {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return response.StatusCode, string(content)
}

func (v visitor) get(path string) (status int, page string) {
	v.t.Helper()
	return v.read(v.client.Get(strings.TrimSuffix(v.s.PagesURL(), "/") + path))
}

var origin = regexp.MustCompile(`name="origin" value="([^"]+)"`)

// submit sends a form of a page, to this action.
func (v visitor) submit(page, action string, fields url.Values) (status int, shown string) {
	v.t.Helper()
	_, form := v.get(page)
	match := origin.FindStringSubmatch(form)
	if match == nil {
		v.t.Fatalf("%s has no form:\n%s", page, form)
	}
	fields = url.Values(http.Header(fields).Clone())
	if fields == nil {
		fields = url.Values{}
	}
	fields.Set("origin", match[1])
	return v.read(v.client.PostForm(strings.TrimSuffix(v.s.PagesURL(), "/")+action, fields))
}

func TestEachActionDoesWhatItsButtonSays(t *testing.T) {
	t.Parallel()
	integration := func(s *sandbox.Sandbox) flowserver.Integration { i, _ := s.Flow().Integration(1); return i }
	state := func(s *sandbox.Sandbox, token string) scenario.TokenState {
		for _, one := range s.AzureDevOps().Tokens() {
			if one.Name == token {
				return one.State
			}
		}
		return ""
	}
	repositories := func(s *sandbox.Sandbox) string {
		var names []string
		for _, r := range s.AzureDevOps().Repositories() {
			if r.Organization == "contoso" && r.Project == "Payments" && !r.Disabled {
				names = append(names, r.Name)
			}
		}
		return strings.Join(names, " ")
	}
	repository := url.Values{"organization": {"contoso"}, "project": {"Payments"}, "name": {"api"}}
	on := func(action string, more ...string) url.Values {
		fields := url.Values(http.Header(repository).Clone())
		fields.Set("do", action)
		if len(more) > 0 {
			fields.Set("to", more[0])
		}
		return fields
	}
	for name, test := range map[string]struct {
		page, action string
		fields       url.Values
		says         string
		done         func(*sandbox.Sandbox) bool
	}{
		"a service is switched": {"/integrations/1", "/integrations/1/services", url.Values{"service": {"tickets"}, "on": {"false"}}, "Tickets is off.", func(s *sandbox.Sandbox) bool { return !integration(s).Services.Tickets }},
		"webhooks are switched": {"/integrations/1", "/integrations/1/services", url.Values{"service": {"webhooks"}, "on": {"true"}}, "Webhooks is on.", func(s *sandbox.Sandbox) bool { return integration(s).Webhooks }},
		"renamed":               {"/integrations/1", "/integrations/1/name", url.Values{"name": {"Other"}}, "Renamed.", func(s *sandbox.Sandbox) bool { return integration(s).Name == "Other" }},
		"renamed to nothing":    {"/integrations/1", "/integrations/1/name", url.Values{"name": {" "}}, "A name is required.", func(s *sandbox.Sandbox) bool { return integration(s).Name == "Contoso" }},
		"another credential": {
			"/integrations/1", "/integrations/1/credential",
			url.Values{"email": {"reader@contoso.com"}, "token": {scenario.Secret("contoso", "reader")}},
			"Successfully connected. The credential is saved.",
			func(s *sandbox.Sandbox) bool { return integration(s).Username == "reader@contoso.com" },
		},
		"a wrong credential": {
			"/integrations/1", "/integrations/1/credential",
			url.Values{"email": {"Svc-Flow@contoso.com"}, "token": {"wrong"}},
			"Authorization denied. Verify that the access token is correct and try again.",
			func(s *sandbox.Sandbox) bool { return integration(s).Token == s.Token("full") },
		},
		"deleted":            {"/integrations/1", "/integrations/1/delete", url.Values{"sure": {"yes"}}, "Contoso is deleted.", func(s *sandbox.Sandbox) bool { return len(s.Flow().Integrations()) == 0 }},
		"deleted by mistake": {"/integrations/1", "/integrations/1/delete", nil, "Nothing was deleted: check the box first.", func(s *sandbox.Sandbox) bool { return len(s.Flow().Integrations()) == 1 }},
		"some imported": {
			"/integrations/1/repo-import", "/integrations/1/repo-import",
			url.Values{"path": {"Payments/api", "Payments/web"}},
			"2 repositories are imported.",
			func(s *sandbox.Sandbox) bool { return len(s.Flow().Imported(flowserver.Repositories)) == 2 },
		},
		"all found imported": {
			"/integrations/1/repo-import", "/integrations/1/repo-import",
			url.Values{"all": {"yes"}, "q": {"platform/"}},
			"3 repositories are imported.",
			func(s *sandbox.Sandbox) bool { return len(s.Flow().Imported(flowserver.Repositories)) == 3 },
		},
		"none selected": {"/integrations/1/repo-import", "/integrations/1/repo-import", nil, "No repository is selected.", func(s *sandbox.Sandbox) bool { return len(s.Flow().Imported(flowserver.Repositories)) == 0 }},
		"a ticket project imported": {
			"/integrations/1/ticket-projects", "/integrations/1/ticket-projects",
			url.Values{"path": {"Payments"}, "do": {"import"}},
			"Payments is imported.",
			func(s *sandbox.Sandbox) bool {
				return slices.Contains(s.Flow().Imported(flowserver.TicketProjects), "Payments")
			},
		},
		"an unsupported ticket project": {
			"/integrations/1/ticket-projects", "/integrations/1/ticket-projects",
			url.Values{"path": {"Archive"}, "do": {"import"}},
			"Vendor not supported",
			func(s *sandbox.Sandbox) bool { return len(s.Flow().Imported(flowserver.TicketProjects)) == 0 },
		},
		"a token expired": {"/backstage", "/backstage/tokens", url.Values{"name": {"full"}, "state": {"expired"}}, "Token full is expired.", func(s *sandbox.Sandbox) bool { return state(s, "full") == scenario.TokenExpired }},
		"a token issued":  {"/backstage", "/backstage/tokens/new", url.Values{"name": {"fresh"}, "account": {"contoso/reader@contoso.com"}}, "Token fresh is issued.", func(s *sandbox.Sandbox) bool { return state(s, "fresh") == scenario.TokenActive }},
		"a repository created": {
			"/backstage", "/backstage/repositories",
			url.Values{"do": {"create"}, "project": {"contoso/Payments"}, "name": {"shop"}},
			"shop is created.",
			func(s *sandbox.Sandbox) bool { return repositories(s) == "api ledger shop web" },
		},
		"a repository renamed":  {"/backstage", "/backstage/repositories", on("rename", "core"), "api is renamed to core.", func(s *sandbox.Sandbox) bool { return repositories(s) == "core ledger web" }},
		"a repository disabled": {"/backstage", "/backstage/repositories", on("disable"), "api is disabled.", func(s *sandbox.Sandbox) bool { return repositories(s) == "ledger web" }},
		"a repository deleted":  {"/backstage", "/backstage/repositories", on("delete"), "api is deleted.", func(s *sandbox.Sandbox) bool { return repositories(s) == "ledger web" }},
		"looked up":             {"/backstage", "/backstage/look-up", nil, "Flow has looked up everything.", func(*sandbox.Sandbox) bool { return true }},
		"a fault set": {
			"/backstage", "/backstage/faults",
			url.Values{"server": {"Flow"}, "kind": {"limit"}, "path": {"/v3/**"}, "times": {"2"}},
			"The fault is set.",
			func(s *sandbox.Sandbox) bool { return len(s.Flow().Traffic().Faults()) == 1 },
		},
		"a wrong fault": {
			"/backstage", "/backstage/faults",
			url.Values{"server": {"Flow"}, "kind": {"limit"}, "times": {"-1"}},
			"Choose a server, a fault and a number of requests.",
			func(s *sandbox.Sandbox) bool { return len(s.Flow().Traffic().Faults()) == 0 },
		},
		"dialects set": {"/backstage", "/backstage/dialects", url.Values{"dialect": {"page-cap", "vendor:vsts"}}, "The dialects are set.", func(s *sandbox.Sandbox) bool { return len(s.Flow().Spoken()) == 2 }},
		"reset":        {"/backstage", "/backstage/reset", nil, "The sandbox is as it was at its first start.", func(s *sandbox.Sandbox) bool { return len(s.Flow().Integrations()) == 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := connected(t, "Contoso")
			_, page := visit(t, s).submit(test.page, test.action, test.fields)
			if !strings.Contains(page, test.says) {
				t.Errorf("the page does not say %q:\n%s", test.says, page)
			}
			if !test.done(s) {
				t.Error("it was not done")
			}
		})
	}
}

func TestABlockedRepositoryAndItsReasonAreShown(t *testing.T) {
	t.Parallel()
	s := connected(t, "Contoso")
	v := visit(t, s)
	v.submit("/integrations/1/repo-import", "/integrations/1/repo-import", url.Values{"path": {"Payments/api"}})
	if _, page := v.get("/integrations/1/repos"); !strings.Contains(page, "Healthy") || !strings.Contains(page, "left out: no activity in the six months") {
		t.Errorf("the page of the repositories:\n%s", page)
	}
	if err := s.AzureDevOps().DisableRepository("contoso", "Payments", "api", true); err != nil {
		t.Fatal(err)
	}
	v.submit("/backstage", "/backstage/look-up", nil)
	if _, page := v.get("/integrations/1/repos"); !strings.Contains(page, "Blocked") || !strings.Contains(page, "Disabled in Azure DevOps.") {
		t.Errorf("the page of the repositories:\n%s", page)
	}
	if err := s.AzureDevOps().DisableRepository("contoso", "Payments", "api", false); err != nil {
		t.Fatal(err)
	}
	if _, page := v.submit("/integrations/1/repos", "/integrations/1/repos", url.Values{"path": {"Payments/api"}}); !strings.Contains(page, "Healthy") {
		t.Errorf("after the update:\n%s", page)
	}
}

func TestNamesAreEscaped(t *testing.T) {
	t.Parallel()
	s := connected(t, "<script>alert(1)</script>")
	v := visit(t, s)
	for _, path := range []string{"/integrations", "/integrations/1", "/integrations/1/repos"} {
		if _, page := v.get(path); strings.Contains(page, "<script") || !strings.Contains(page, "&lt;script&gt;") {
			t.Errorf("%s:\n%s", path, page)
		}
	}
}

// A form of another site does not know the token of these pages, and a name of another site does not lead here.
func TestOnlyTheseFormsAndOnlyOnLoopback(t *testing.T) {
	t.Parallel()
	s := connected(t, "Contoso")
	v := visit(t, s)
	address := strings.TrimSuffix(s.PagesURL(), "/")
	for _, fields := range []url.Values{{"sure": {"yes"}}, {"sure": {"yes"}, "origin": {"guessed"}}} {
		if status, _ := v.read(v.client.PostForm(address+"/integrations/1/delete", fields)); status != http.StatusForbidden || len(s.Flow().Integrations()) != 1 {
			t.Errorf("%v: status %d", fields, status)
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"/backstage", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "flow.example.com"
	if status, page := v.read(v.client.Do(r)); status != http.StatusForbidden || strings.Contains(page, "AZDO") {
		t.Errorf("another host's name: status %d\n%s", status, page)
	}
}

func TestTheRequestLogIsATable(t *testing.T) {
	t.Parallel()
	s := connected(t, "Contoso")
	v := visit(t, s)
	v.get("/integrations") // Pages are not in the log; what Flow asks Azure DevOps for them is.
	if _, page := v.get("/backstage/requests"); !strings.Contains(page, "token full") || strings.Contains(page, "GET /integrations<") {
		t.Errorf("the log:\n%s", page)
	}
	if _, page := v.submit("/backstage/requests", "/backstage/requests/clear", nil); !strings.Contains(page, "The request log is empty.") {
		t.Errorf("after clearing:\n%s", page)
	}
}

// A connection by OAuth belongs to one integration, however often its form is sent.
func TestAConnectionMakesOneIntegration(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := visit(t, s)
	const form = "/integrations/new/azure-devops"
	v.submit(form+"?method=oauth", form+"/connect", url.Values{"method": {"oauth"}})
	i := flowserver.Integration{ID: 1, AuthType: flowserver.AuthOAuth}
	accept := url.Values{"account": {"Svc-Flow@contoso.com"}, "organization": {"contoso"}, "decision": {"accept"}}
	if _, page := v.read(v.client.PostForm(s.Flow().AuthorizationURL(i), accept)); !strings.Contains(page, "A person has consented to https://dev.azure.com/contoso.") {
		t.Fatalf("after the consent:\n%s", page)
	}
	var drafts []string
	for range 2 {
		_, page := v.submit(form+"?method=oauth&connection=1", form, url.Values{"method": {"oauth"}, "connection": {"1"}, "url": {"https://dev.azure.com/contoso"}})
		match := regexp.MustCompile(`href="(/integrations/new/[^"]+)/services"`).FindStringSubmatch(page)
		if match == nil {
			t.Fatalf("there is no next step:\n%s", page)
		}
		drafts = append(drafts, match[1]+"/name")
	}
	for n, says := range []string{"First is created.", "The integration was created already."} {
		name := []string{"First", "Second"}[n]
		if _, page := v.submit(drafts[n], drafts[n], url.Values{"name": {name}}); !strings.Contains(page, says) {
			t.Errorf("%s:\n%s", name, page)
		}
	}
	if all := s.Flow().Integrations(); len(all) != 1 || all[0].Name != "First" {
		t.Errorf("Flow has %v", all)
	}
	if _, page := v.get(form + "?method=oauth&connection=1"); strings.Contains(page, "A person has consented") {
		t.Error("the form offers the connection of an integration")
	}
}

func TestAConsentIsRevokedBackstage(t *testing.T) {
	t.Parallel()
	s, _ := waiting(t)
	if err := s.Flow().Consent(t.Context(), 1, "", ""); err != nil {
		t.Fatal(err)
	}
	v := visit(t, s)
	for _, says := range []string{"The consent is revoked.", "There is no consent 1."} {
		if _, page := v.submit("/backstage", "/backstage/consents", url.Values{"id": {"1"}}); !strings.Contains(page, says) {
			t.Errorf("the page does not say %q:\n%s", says, page)
		}
	}
	if status, detail := s.Flow().Status(t.Context(), s.Flow().Integrations()[0]); status != "failed_integration" || !strings.Contains(detail, "revoked") {
		t.Errorf("got %s: %s", status, detail)
	}
}
