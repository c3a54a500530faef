package adoserver

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

const connectionData = "/dev.azure.com/contoso/_apis/connectionData?api-version=7.1-preview"

func TestConnectionDataOfEveryToken(t *testing.T) {
	f := start(t)
	tests := map[string]struct {
		status  int
		account string
		body    string // contained in the answer
	}{
		"full":               {status: 200, account: "Svc-Flow@contoso.com"},
		"full-2":             {status: 200, account: "Svc-Flow@contoso.com"},
		"no-code":            {status: 200, account: "Svc-Flow@contoso.com"},
		"no-build":           {status: 200, account: "Svc-Flow@contoso.com"},
		"no-graph":           {status: 200, account: "Svc-Flow@contoso.com"},
		"no-identity":        {status: 200, account: "Svc-Flow@contoso.com"},
		"no-project":         {status: 200, account: "Svc-Flow@contoso.com"},
		"no-work":            {status: 200, account: "Svc-Flow@contoso.com"},
		"reader":             {status: 200, account: "reader@contoso.com"},
		"outsider":           {status: 200, account: "outsider@contoso.com"},
		"expired":            {status: 401, body: "The Personal Access Token used has expired."},
		"revoked":            {status: 401},
		"fabrikam":           {status: 401},
		"conditional-access": {status: 403, body: "VS403463"},
	}
	for _, org := range scenario.Default().Organizations {
		for _, token := range org.Tokens {
			if _, tested := tests[token.Name]; !tested {
				t.Errorf("the token %q of the default scenario is not tested", token.Name)
			}
		}
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := f.send(request{path: connectionData, token: name})
			if r.status != test.status || !strings.Contains(r.body, test.body) {
				t.Fatalf("got %d %s", r.status, r.body)
			}
			if r.status == 401 && test.body == "" && r.body != "" {
				t.Errorf("the refusal is not empty: %q", r.body)
			}
			if r.status != 200 {
				return
			}
			var data struct {
				AuthenticatedUser struct {
					Descriptor string
					Properties struct {
						Account struct {
							Value string `json:"$value"`
						}
					}
				}
			}
			f.get(name, connectionData, &data)
			if got := data.AuthenticatedUser.Properties.Account.Value; got != test.account {
				t.Errorf("account %q, want %q", got, test.account)
			}
			if !strings.HasSuffix(data.AuthenticatedUser.Descriptor, `\`+test.account) {
				t.Errorf("descriptor %q", data.AuthenticatedUser.Descriptor)
			}
		})
	}
}

// probes returns the cheapest requests that need only that scope.
func probes(f *fixture) map[string][]string {
	me := f.world.organization("contoso").accounts[0].Descriptor
	const dev, vssps = "/dev.azure.com/contoso/", "/vssps.dev.azure.com/contoso/"
	return map[string][]string{
		"vso.code":     {dev + "_apis/git/pullrequests?$top=1", dev + "_apis/git/repositories"},
		"vso.build":    {dev + "_apis/build/resourceusage?api-version=7.1-preview.2", dev + "_apis/build/controllers?api-version=7.1"},
		"vso.graph":    {vssps + "_apis/graph/users/" + me},
		"vso.identity": {vssps + "_apis/identities?subjectDescriptors=" + me + "&queryMembership=None"},
		"vso.project":  {dev + "_apis/teams?$top=1&api-version=7.1-preview.3"},
		"vso.work":     {dev + "_apis/work/processes", dev + "_apis/wit/workitemrelationtypes?api-version=7.1"},
	}
}

func TestScopeProbesOfEveryToken(t *testing.T) {
	f := start(t)
	for _, org := range scenario.Default().Organizations {
		for _, token := range org.Tokens {
			for scope, paths := range probes(f) {
				for _, path := range paths {
					f.probe(org.Name, token, scope, path)
				}
			}
		}
	}
}

func (f *fixture) probe(org string, token scenario.Token, scope, path string) {
	f.t.Helper()
	want := http.StatusOK
	switch {
	case token.ConditionalAccess:
		want = http.StatusForbidden
	case org != "contoso" || token.State != scenario.TokenActive || token.Name == "no-"+strings.TrimPrefix(scope, "vso."):
		want = http.StatusUnauthorized
	}
	r := f.send(request{path: path, token: token.Name})
	if r.status != want {
		f.t.Errorf("%s of %s: %d, want %d: %s", path, token.Name, r.status, want, r.body)
	}
	if want == http.StatusUnauthorized && token.State == scenario.TokenActive && r.body != "" {
		f.t.Errorf("%s of %s: the answer to a missing scope has a body: %q", path, token.Name, r.body)
	}
}

func TestChecksComeInTheOrderOfTheService(t *testing.T) {
	f := start(t)
	tests := []struct {
		name    string
		request request
		status  int
		typeKey string
	}{
		{"organization before credential", request{path: "/dev.azure.com/nobody/_apis/connectionData"}, 404, ""},
		{"organization in any case", request{path: "/dev.azure.com/CONTOSO/_apis/connectiondata", token: "full"}, 200, ""},
		{"host before organization", request{path: "/example.com/contoso/_apis/projects", token: "full"}, 404, ""},
		{"credential before version", request{path: "/dev.azure.com/contoso/_apis/projects?api-version=99.0"}, 401, ""},
		{"credential before path", request{path: "/dev.azure.com/contoso/_apis/nothing"}, 401, ""},
		{"conditional access before version", request{path: "/dev.azure.com/contoso/_apis/projects?api-version=99.0", token: "conditional-access"}, 403, "VssServiceException"},
		{"version before scope", request{path: "/dev.azure.com/contoso/_apis/git/repositories?api-version=99.0", token: "no-code"}, 400, "VssVersionOutOfRangeException"},
		{"scope before project", request{path: "/dev.azure.com/contoso/Nothing/_apis/git/repositories", token: "no-code"}, 401, ""},
		{"project by name", request{path: "/dev.azure.com/contoso/Nothing/_apis/git/repositories", token: "full"}, 404, "ProjectDoesNotExistWithNameException"},
		{"project by id", request{path: "/dev.azure.com/contoso/_apis/projects/6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c", token: "full"}, 404, "ProjectDoesNotExistException"},
		{"a project that may not be read does not exist", request{path: "/dev.azure.com/contoso/_apis/projects/Payments", token: "outsider"}, 404, "ProjectDoesNotExistWithNameException"},
		{"repository", request{path: "/dev.azure.com/contoso/Payments/_apis/git/repositories/nope", token: "full"}, 404, "GitRepositoryNotFoundException"},
		{"a project within the base URL", request{path: "/dev.azure.com/contoso/Payments/_apis/connectionData", token: "full"}, 404, ""},
		{"a write without its scope", request{method: "PATCH", path: "/dev.azure.com/contoso/_apis/projects?api-version=7.1", token: "full"}, 401, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := f.send(test.request)
			if r.status != test.status || r.typeKey() != test.typeKey {
				t.Errorf("got %d %q %s", r.status, r.typeKey(), r.body)
			}
		})
	}
}

func TestRejectedCredentialWithoutTheSuppressHeader(t *testing.T) {
	tests := map[string]struct {
		page   bool
		status int
		title  string
	}{"redirect": {false, 302, "Object moved"}, "page": {true, 203, "Azure DevOps Services | Sign In"}}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := start(t, func(o *Options) { o.SignInPage = test.page })
			r := f.send(request{path: connectionData, header: http.Header{"X-Tfs-Fedauthredirect": nil}})
			if r.status != test.status || !strings.Contains(r.body, test.title) || !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
				t.Errorf("got %d %v %s", r.status, r.header, r.body)
			}
			if test.status != 302 {
				return
			}
			location := r.header.Get("Location")
			if !strings.HasPrefix(location, f.url+"/") {
				t.Fatalf("the redirect leaves the sandbox: %s", location)
			}
			if page := f.send(request{path: strings.TrimPrefix(location, f.url)}); page.status != 200 || !strings.Contains(page.body, "Sign In") {
				t.Errorf("the sign-in page: %d %s", page.status, page.body)
			}
		})
	}
}

func TestExpiredTokenCanAnswerEmpty(t *testing.T) {
	classic := start(t).send(request{path: connectionData, token: "expired"})
	if got := classic.header.Get("X-TFS-ServiceError"); got != "Access%20Denied%3A%20The%20Personal%20Access%20Token%20used%20has%20expired." {
		t.Errorf("X-TFS-ServiceError: %q", got)
	}
	empty := start(t, func(o *Options) { o.EmptyExpired = true }).send(request{path: connectionData, token: "expired"})
	if empty.status != 401 || empty.body != "" || empty.header.Get("X-TFS-ServiceError") != "" {
		t.Errorf("got %d %q %v", empty.status, empty.body, empty.header)
	}
}

func TestOtherFormsOfAnswers(t *testing.T) {
	f := start(t, func(o *Options) { o.NotFoundPage, o.ByteOrderMark, o.Throttled = true, true, true })
	missing := f.send(request{path: "/dev.azure.com/nobody/_apis/connectionData", token: "full"})
	if missing.status != 404 || !strings.HasPrefix(missing.header.Get("Content-Type"), "text/html") {
		t.Errorf("unknown organization: %d %v", missing.status, missing.header)
	}
	found := f.send(request{path: connectionData, token: "full"})
	if found.status != 200 || !strings.HasPrefix(found.body, byteOrderMark+"{") {
		t.Errorf("byte order mark: %d %q", found.status, found.body)
	}
	if found.header.Get("Retry-After") != "1" || found.header.Get("X-RateLimit-Resource") != "Core" {
		t.Errorf("throttled: %v", found.header)
	}
}

func TestPublicProjectLetsUnknownTokensInAsAnonymous(t *testing.T) {
	f := start(t)
	fabrikam := "/dev.azure.com/fabrikam/_apis/"
	for _, token := range []string{"", "full", "revoked"} {
		var data struct {
			AuthenticatedUser struct{ ID, Descriptor, ProviderDisplayName string }
		}
		header := f.get(token, fabrikam+"connectionData", &data)
		user := data.AuthenticatedUser
		if user.ID != anonymousID || user.ProviderDisplayName != "Anonymous" || !strings.HasPrefix(user.Descriptor, "System:PublicAccess;") {
			t.Errorf("token %q is %+v", token, user)
		}
		if header.Get("X-VSS-UserData") != "" {
			t.Errorf("an identity was established: %v", header)
		}
	}
	if diff := cmp.Diff([]string{"Open Source"}, f.names("", fabrikam+"projects")); diff != "" {
		t.Error(diff)
	}
	if r := f.send(request{path: fabrikam + "teams?api-version=7.1-preview.3"}); r.status != 401 || r.typeKey() != "UnauthorizedRequestException" {
		t.Errorf("teams: %d %s", r.status, r.body)
	}
	if err := f.SetProjectPublic("fabrikam", "Open Source", false); err != nil {
		t.Fatal(err)
	}
	if r := f.send(request{path: fabrikam + "connectionData"}); r.status != 401 {
		t.Errorf("without a public project: %d", r.status)
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	f := start(t)
	for _, r := range []reply{
		f.send(request{path: connectionData, token: "full"}),
		f.send(request{path: connectionData}),
		f.send(request{path: "/dev.azure.com/contoso/_apis/projects/nope", token: "full"}),
	} {
		for _, name := range []string{"ActivityId", "X-VSS-E2EID", "X-TFS-ProcessId", "X-TFS-Session", "X-VSS-ResourceTenant"} {
			if r.header.Get(name) == "" {
				t.Errorf("%d: %s is missing", r.status, name)
			}
		}
		if known := r.status != 401; known != strings.HasSuffix(r.header.Get("X-VSS-UserData"), ":Svc-Flow@contoso.com") {
			t.Errorf("%d: X-VSS-UserData %q", r.status, r.header.Get("X-VSS-UserData"))
		}
		if challenged := strings.Contains(strings.Join(r.header.Values("WWW-Authenticate"), ","), "Basic realm="); challenged != (r.status == 401) {
			t.Errorf("%d: WWW-Authenticate %q", r.status, r.header.Values("WWW-Authenticate"))
		}
	}
}

func TestTrafficNamesTokensAndHoldsNone(t *testing.T) {
	f := start(t)
	f.send(request{path: connectionData, token: "full"})
	f.send(request{path: connectionData, header: http.Header{"Authorization": {"Basic Om5vcGU="}}})
	var got []string
	for _, r := range f.Traffic().Requests() {
		got = append(got, r.Credential)
	}
	if diff := cmp.Diff([]string{"<token full>", "<redacted>"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestGranted(t *testing.T) {
	tests := []struct {
		has    []string
		wanted string
		want   bool
	}{
		{nil, scopeBase, true},
		{nil, scopeProfile, false},
		{[]string{"vso.code"}, scopeHooksWrite, true},
		{[]string{"vso.build"}, scopeHooksWrite, true},
		{[]string{"vso.work"}, scopeHooksWrite, true},
		{[]string{"vso.work"}, scopeProfile, true},
		{[]string{"vso.work"}, scopeCode, false},
		{[]string{"vso.project"}, scopeProfile, false},
		{[]string{"vso.graph"}, scopeIdentity, false},
		{[]string{"vso.hooks"}, scopeHooksWrite, false},
		{[]string{"vso.code_full"}, scopeCode, true},
		{[]string{"app_token"}, scopeIdentity, true},
		{[]string{"vso.unheard_of"}, scopeCode, false},
	}
	for _, test := range tests {
		if got := granted(test.has, []string{test.wanted}); got != test.want {
			t.Errorf("granted(%v, %s) = %v", test.has, test.wanted, got)
		}
	}
}
