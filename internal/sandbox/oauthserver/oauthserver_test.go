package oauthserver

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/store"
)

const (
	redirect = "http://127.0.0.1:9/back/"
	verifier = "a-verifier-of-at-least-forty-three-characters"
	person   = "Svc-Flow@contoso.com"
)

// fixture is a server with two apps and a clock that the test sets.
type fixture struct {
	*Server
	t   *testing.T
	now time.Time
}

func start(t *testing.T) *fixture {
	t.Helper()
	return startOn(t, filepath.Join(t.TempDir(), "data"))
}

func startOn(t *testing.T, path string) *fixture {
	t.Helper()
	file, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	f.Server, err = New(Options{
		Store: file,
		Apps: []App{
			{ID: "flow", Secret: "app secret", Name: "Flow", RedirectURL: redirect},
			{ID: "other", Secret: "other secret", Name: "Other", RedirectURL: redirect},
		},
		Accounts: func() []Account {
			return []Account{
				{ID: "1", Email: person, Name: "Flow Service", Organization: "contoso"},
				{ID: "2", Email: person, Name: "Flow Service", Organization: "contoso-labs"},
				{ID: "3", Email: "Svc-Flow@fabrikam.com", Organization: "fabrikam"},
			}
		},
		Now: func() time.Time { return f.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close() })
	return f
}

// request returns the parameters of a right request, with changes. "" removes one.
func request(changes map[string]string) url.Values {
	sum := sha256.Sum256([]byte(verifier))
	all := map[string]string{
		"client_id": "flow", "redirect_uri": redirect, "response_type": "code", "state": "a state", "scope": "vso.code vso.work",
		"code_challenge": base64.RawURLEncoding.EncodeToString(sum[:]), "code_challenge_method": "S256",
	}
	maps.Copy(all, changes)
	query := url.Values{}
	for name, value := range all {
		if value != "" {
			query.Set(name, value)
		}
	}
	return query
}

// send sends a form, or a GET without one.
func (f *fixture) send(address string, form url.Values, header http.Header) *httptest.ResponseRecorder {
	f.t.Helper()
	r := httptest.NewRequestWithContext(f.t.Context(), http.MethodGet, "http://127.0.0.1:8081"+address, nil)
	if form != nil {
		r = httptest.NewRequestWithContext(f.t.Context(), http.MethodPost, "http://127.0.0.1:8081"+address, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	maps.Copy(r.Header, header)
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w
}

// decide sends a decision, and returns the answer that the app would get; nil if there is none.
func (f *fixture) decide(query url.Values, decision map[string]string) url.Values {
	f.t.Helper()
	form := url.Values{}
	for name, value := range decision {
		form.Set(name, value)
	}
	return answerIn(f.send(AuthorizePath+"?"+query.Encode(), form, nil))
}

func answerIn(w *httptest.ResponseRecorder) url.Values {
	to, err := w.Result().Location()
	if err != nil || !strings.HasPrefix(to.String(), redirect) {
		return nil
	}
	return to.Query()
}

// code consents in contoso, and returns the code.
func (f *fixture) code() string {
	f.t.Helper()
	answer := f.decide(request(nil), map[string]string{"account": person, "organization": "contoso", "decision": "accept"})
	if answer.Get("code") == "" || answer.Get("state") != "a state" {
		f.t.Fatalf("the app gets %v", answer)
	}
	return answer.Get("code")
}

// reply is an answer of the token endpoint.
type reply struct {
	Error        string `json:"error"`
	Access       string `json:"access_token"`
	Refresh      string `json:"refresh_token"`
	Expires      int    `json:"expires_in"`
	Scope        string `json:"scope"`
	Organization string `json:"organization"`
}

// ask calls the token endpoint as the app flow, with changes. "" removes a parameter.
func (f *fixture) ask(parameters, changes map[string]string) reply {
	f.t.Helper()
	all := map[string]string{"client_id": "flow", "client_secret": "app secret"}
	maps.Copy(all, parameters)
	maps.Copy(all, changes)
	form := url.Values{}
	for name, value := range all {
		if value != "" {
			form.Set(name, value)
		}
	}
	var got reply
	if err := json.Unmarshal(f.send(TokenPath, form, nil).Body.Bytes(), &got); err != nil {
		f.t.Fatal(err)
	}
	return got
}

func (f *fixture) redeem(code string, changes map[string]string) reply {
	f.t.Helper()
	return f.ask(map[string]string{"grant_type": "authorization_code", "code": code, "redirect_uri": redirect, "code_verifier": verifier}, changes)
}

func (f *fixture) refresh(token string, changes map[string]string) reply {
	f.t.Helper()
	return f.ask(map[string]string{"grant_type": "refresh_token", "refresh_token": token}, changes)
}

func (f *fixture) allows(access string) bool {
	_, ok := f.Access(access)
	return ok
}

func TestACodeBecomesAnAccessToken(t *testing.T) {
	f := start(t)
	got := f.redeem(f.code(), nil)
	if got.Error != "" || got.Refresh == "" || got.Expires != 3600 || got.Scope != "vso.code vso.work" || got.Organization != "contoso" {
		t.Errorf("got %+v", got)
	}
	access, ok := f.Access(got.Access)
	if !ok || access.Account.ID != "1" || strings.Join(access.Scopes, " ") != "vso.code vso.work" {
		t.Errorf("the access token allows %+v", access)
	}
	if f.allows(got.Refresh) {
		t.Error("the refresh token is accepted as an access token")
	}
	f.now = f.now.Add(time.Hour)
	if f.allows(got.Access) {
		t.Error("the access token is accepted after an hour")
	}
}

// What is wrong with the app or its address is shown to the person, since the address may be an attacker's. The rest goes
// to the app.
func TestARequestThatIsWrong(t *testing.T) {
	f := start(t)
	for name, tc := range map[string]struct {
		change map[string]string
		want   string // the error that the app gets; "": none
	}{
		"another app":              {map[string]string{"client_id": "nobody"}, ""},
		"no app":                   {map[string]string{"client_id": ""}, ""},
		"another redirect address": {map[string]string{"redirect_uri": "http://127.0.0.1:9/elsewhere/"}, ""},
		"a longer one":             {map[string]string{"redirect_uri": redirect + "x"}, ""},
		"no redirect address":      {map[string]string{"redirect_uri": ""}, ""},
		"no state":                 {map[string]string{"state": ""}, "invalid_request"},
		"no challenge":             {map[string]string{"code_challenge": ""}, "invalid_request"},
		"a plain challenge":        {map[string]string{"code_challenge_method": "plain"}, "invalid_request"},
		"the implicit flow":        {map[string]string{"response_type": "token"}, "unsupported_response_type"},
		"an unknown scope":         {map[string]string{"scope": "vso.code vso.everything"}, "invalid_scope"},
		"no scope":                 {map[string]string{"scope": ""}, "invalid_scope"},
	} {
		t.Run(name, func(t *testing.T) {
			address := AuthorizePath + "?" + request(tc.change).Encode()
			for what, w := range map[string]*httptest.ResponseRecorder{
				"page":     f.send(address, nil, nil),
				"decision": f.send(address, url.Values{"account": {person}, "organization": {"contoso"}, "decision": {"accept"}}, nil),
			} {
				answer := answerIn(w)
				if answer.Get("error") != tc.want || answer.Has("code") {
					t.Errorf("%s: the app gets %v", what, answer)
				}
				if tc.want == "" && w.Code != http.StatusBadRequest {
					t.Errorf("%s: got %d", what, w.Code)
				}
			}
		})
	}
}

func TestACodeIsBoundToItsRequest(t *testing.T) {
	for name, change := range map[string]map[string]string{
		"another verifier":         {"code_verifier": strings.Repeat("x", 43)},
		"no verifier":              {"code_verifier": ""},
		"another redirect address": {"redirect_uri": "http://127.0.0.1:9/elsewhere/"},
		"another app":              {"client_id": "other", "client_secret": "other secret"},
		"another code":             {"code": "XYZ"},
		"no code":                  {"code": ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t)
			code := f.code()
			if got := f.redeem(code, change); got.Error != "invalid_grant" || got.Access != "" {
				t.Errorf("got %+v", got)
			}
			if got := f.redeem(code, nil); got.Access == "" {
				t.Errorf("the right request afterwards: %+v", got)
			}
		})
	}
}

func TestACodeExpires(t *testing.T) {
	f := start(t)
	code := f.code()
	f.now = f.now.Add(5*time.Minute + time.Second)
	if got := f.redeem(code, nil); got.Error != "invalid_grant" {
		t.Errorf("got %+v", got)
	}
}

// A code that comes twice was stolen, so what it was exchanged for is worth nothing either.
func TestACodeIsForOneUse(t *testing.T) {
	f := start(t)
	code := f.code()
	first := f.redeem(code, nil)
	if got := f.redeem(code, nil); got.Error != "invalid_grant" || got.Access != "" {
		t.Errorf("the second use: %+v", got)
	}
	if f.allows(first.Access) {
		t.Error("the access token of the first use is still accepted")
	}
	if got := f.refresh(first.Refresh, nil); got.Error != "invalid_grant" {
		t.Errorf("refreshing after it: %+v", got)
	}
}

func TestOneOfManyUsesOfACodeSucceeds(t *testing.T) {
	f := start(t)
	code := f.code()
	var succeeded atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if f.redeem(code, nil).Access != "" {
				succeeded.Add(1)
			}
		})
	}
	all.Wait()
	if n := succeeded.Load(); n != 1 {
		t.Errorf("%d succeed", n)
	}
}

func TestRefreshing(t *testing.T) {
	f := start(t)
	first := f.redeem(f.code(), nil)
	f.now = f.now.Add(2 * time.Hour)
	second := f.refresh(first.Refresh, nil)
	if !f.allows(second.Access) || f.allows(first.Access) || second.Access == first.Access {
		t.Errorf("got %+v", second)
	}
	if got := f.refresh(first.Refresh, map[string]string{"client_id": "other", "client_secret": "other secret"}); got.Error != "invalid_grant" {
		t.Errorf("as another app: %+v", got)
	}
	if got := f.refresh(second.Access, nil); got.Error != "invalid_grant" {
		t.Errorf("with an access token: %+v", got)
	}
}

func TestAnAppProvesWhoItIs(t *testing.T) {
	f := start(t)
	code := f.code()
	for _, secret := range []string{"", "other secret"} {
		if got := f.redeem(code, map[string]string{"client_secret": secret}); got.Error != "invalid_client" {
			t.Errorf("%q: got %+v", secret, got)
		}
	}
	if got := f.redeem(code, map[string]string{"grant_type": "password"}); got.Error != "unsupported_grant_type" {
		t.Errorf("another grant: %+v", got)
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {redirect}, "code_verifier": {verifier}}
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("flow:app+secret"))
	if w := f.send(TokenPath, form, http.Header{"Authorization": {basic}}); w.Code != http.StatusOK {
		t.Errorf("in the header: %d %s", w.Code, w.Body)
	}
}

func TestRevocation(t *testing.T) {
	for name, tc := range map[string]struct {
		token         func(reply) string
		id, secret    string
		status        int
		access, again bool // whether the access token is accepted afterwards, and whether refreshing works
	}{
		"a refresh token":   {func(r reply) string { return r.Refresh }, "flow", "app secret", http.StatusOK, false, false},
		"an access token":   {func(r reply) string { return r.Access }, "flow", "app secret", http.StatusOK, false, true},
		"an unknown token":  {func(reply) string { return "XYZ" }, "flow", "app secret", http.StatusOK, true, true},
		"another app's":     {func(r reply) string { return r.Refresh }, "other", "other secret", http.StatusOK, true, true},
		"without a secret":  {func(r reply) string { return r.Refresh }, "flow", "", http.StatusUnauthorized, true, true},
		"without any token": {func(reply) string { return "" }, "flow", "app secret", http.StatusOK, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t)
			issued := f.redeem(f.code(), nil)
			w := f.send(RevokePath, url.Values{"token": {tc.token(issued)}, "client_id": {tc.id}, "client_secret": {tc.secret}}, nil)
			if w.Code != tc.status {
				t.Errorf("got %d", w.Code)
			}
			if got := f.allows(issued.Access); got != tc.access {
				t.Errorf("the access token is accepted: %v", got)
			}
			if got := f.refresh(issued.Refresh, nil).Error == ""; got != tc.again {
				t.Errorf("refreshing works: %v", got)
			}
		})
	}
}

func TestARefusal(t *testing.T) {
	f := start(t)
	for name, decision := range map[string]map[string]string{
		"before signing in": {"decision": "deny"},
		"after it":          {"account": person, "organization": "contoso", "decision": "deny"},
		"no decision":       {"account": person, "organization": "contoso"},
	} {
		answer := f.decide(request(nil), decision)
		if answer.Get("error") != "access_denied" || answer.Get("state") != "a state" || answer.Has("code") {
			t.Errorf("%s: the app gets %v", name, answer)
		}
	}
}

// The steps in a browser: each page asks for what the address does not have yet.
func TestTheStepsOfThePages(t *testing.T) {
	f := start(t)
	for name, tc := range map[string]struct {
		choice map[string]string
		says   string
	}{
		"nobody":                   {nil, "<h1>Sign in</h1>"},
		"an unknown account":       {map[string]string{"account": "x@contoso.com"}, "There is no account x@contoso.com."},
		"an account":               {map[string]string{"account": strings.ToLower(person)}, `<option value="contoso-labs">`},
		"an organization":          {map[string]string{"account": person, "organization": "Contoso"}, "https://dev.azure.com/contoso,"},
		"the scopes":               {map[string]string{"account": person, "organization": "contoso"}, "<li>Work items (read)</li>"},
		"another's organization":   {map[string]string{"account": person, "organization": "fabrikam"}, "has no access to fabrikam."},
		"only one of each account": {nil, `value="Svc-Flow@contoso.com" required checked>`},
	} {
		w := f.send(AuthorizePath+"?"+request(tc.choice).Encode(), nil, nil)
		if !strings.Contains(w.Body.String(), tc.says) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if n := strings.Count(w.Body.String(), "Build (read)"); n != 0 {
			t.Errorf("%s: the page has a scope that is not asked for", name)
		}
		if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "form-action 'self' http://127.0.0.1:9") {
			t.Errorf("%s: the decision cannot lead back to the app: %s", name, policy)
		}
	}
	accept := url.Values{"account": {person}, "organization": {"fabrikam"}, "decision": {"accept"}}
	if w := f.send(AuthorizePath+"?"+request(nil).Encode(), accept, nil); w.Code != http.StatusBadRequest {
		t.Errorf("consent in another's organization: %d %s", w.Code, w.Body)
	}
}

func TestAnotherSiteCannotConsent(t *testing.T) {
	f := start(t)
	accept := url.Values{"account": {person}, "organization": {"contoso"}, "decision": {"accept"}}
	w := f.send(AuthorizePath+"?"+request(nil).Encode(), accept, http.Header{"Sec-Fetch-Site": {"cross-site"}})
	if w.Code != http.StatusForbidden {
		t.Errorf("got %d", w.Code)
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://rebound.example:8081"+AuthorizePath, nil)
	w = httptest.NewRecorder()
	if f.ServeHTTP(w, r); w.Code != http.StatusForbidden {
		t.Errorf("under another name: %d", w.Code)
	}
}

func TestSecretsHaveNamesForTheLog(t *testing.T) {
	f := start(t)
	code := f.code()
	issued := f.redeem(f.code(), nil)
	for secret, want := range map[string]string{
		code: "authorization code", issued.Access: "oauth token of " + person, issued.Refresh: "oauth token of " + person,
	} {
		if name, ok := f.SecretName(secret); !ok || name != want {
			t.Errorf("got %q", name)
		}
	}
	if name, ok := f.SecretName("XYZ"); ok {
		t.Errorf("an unknown secret is %q", name)
	}
}

func TestConsentsSurviveARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data")
	f := startOn(t, path)
	issued := f.redeem(f.code(), nil)
	if err := f.options.Store.Close(); err != nil {
		t.Fatal(err)
	}
	f = startOn(t, path)
	if !f.allows(issued.Access) || f.refresh(issued.Refresh, nil).Error != "" {
		t.Error("a consent is gone")
	}
}
