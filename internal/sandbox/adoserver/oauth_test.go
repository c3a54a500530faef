package adoserver

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/oauthserver"
)

// authorize lets a person consent to an app with these scopes in contoso, and returns the access token.
func (f *fixture) authorize(account, scopes string) string {
	f.t.Helper()
	const redirect = "http://127.0.0.1:9/back/"
	post := func(path string, form url.Values) *http.Response {
		f.t.Helper()
		r, err := http.NewRequestWithContext(f.t.Context(), http.MethodPost, f.url+path, strings.NewReader(form.Encode()))
		if err != nil {
			f.t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		response, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			f.t.Fatal(err)
		}
		f.t.Cleanup(func() { response.Body.Close() })
		return response
	}
	request := url.Values{
		"client_id": {"flow"}, "redirect_uri": {redirect}, "response_type": {"code"}, "state": {"a state"}, "scope": {scopes},
		// The example of RFC 7636, appendix B.
		"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"},
	}
	back, err := post(oauthserver.AuthorizePath+"?"+request.Encode(), url.Values{"account": {account}, "organization": {"contoso"}, "decision": {"accept"}}).Location()
	if err != nil {
		f.t.Fatal(err)
	}
	var issued struct {
		Access string `json:"access_token"`
	}
	answer := post(oauthserver.TokenPath, url.Values{
		"client_id": {"flow"}, "client_secret": {"app secret"}, "grant_type": {"authorization_code"}, "redirect_uri": {redirect},
		"code": {back.Query().Get("code")}, "code_verifier": {"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"},
	})
	if err := json.NewDecoder(answer.Body).Decode(&issued); err != nil || issued.Access == "" {
		f.t.Fatalf("no access token: %d %v", answer.StatusCode, err)
	}
	return issued.Access
}

func withApp(o *Options) {
	o.Apps = []oauthserver.App{{ID: "flow", Secret: "app secret", Name: "Flow", RedirectURL: "http://127.0.0.1:9/back/"}}
}

// An access token has its account's rights, within the scopes and in the organization that were consented to.
func TestAnAccessTokenIsForWhatWasConsentedTo(t *testing.T) {
	f := start(t, withApp)
	const projects = "_apis/projects?api-version=7.1"
	token := f.authorize("Svc-Flow@contoso.com", "vso.project")
	for name, tc := range map[string]struct {
		header, path string
		status       int
		says         string
	}{
		"the organization":     {"Bearer " + token, "contoso/" + projects, http.StatusOK, `"Payments"`},
		"the scheme's case":    {"bearer " + token, "contoso/" + projects, http.StatusOK, `"Payments"`},
		"another scope":        {"Bearer " + token, "contoso/Payments/_apis/git/repositories?api-version=7.1", http.StatusUnauthorized, ""},
		"another organization": {"Bearer " + token, "fabrikam/_apis/connectionData", http.StatusOK, anonymousName},
		"an unknown token":     {"Bearer x", "contoso/" + projects, http.StatusUnauthorized, ""},
		"a token as such":      {"Bearer " + secret("full"), "contoso/" + projects, http.StatusUnauthorized, ""},
		"an account's rights":  {"Bearer " + f.authorize("outsider@contoso.com", "vso.project"), "contoso/" + projects, http.StatusOK, `"count":0`},
	} {
		got := f.send(request{path: "/dev.azure.com/" + tc.path, header: http.Header{"Authorization": {tc.header}}})
		if got.status != tc.status || !strings.Contains(got.body, tc.says) {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if err := f.SetAccountEmail("contoso", "Svc-Flow@contoso.com", "flow@contoso.com"); err != nil {
		t.Fatal(err)
	}
	if got := f.send(request{path: "/dev.azure.com/contoso/" + projects, header: http.Header{"Authorization": {"Bearer " + token}}}); got.status != http.StatusOK {
		t.Errorf("after the account got another e-mail: %d %s", got.status, got.body)
	}
	for _, logged := range f.Traffic().Requests() {
		if strings.Contains(logged.Credential+logged.Body, token) {
			t.Errorf("the log has the token: %v", logged)
		}
	}
}
