package flowserver

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

// byOAuth creates an integration by OAuth with contoso, and returns where to consent.
func (w *world) byOAuth() (address string) {
	w.t.Helper()
	created := w.must(http.StatusCreated, "POST", createPath, newIntegration(with("auth_type", "oauth"), without("username"), without("token")))
	return fmt.Sprint(created["authorization_url"])
}

// status returns status and detail of the integration 1.
func (w *world) status() string {
	w.t.Helper()
	got := w.must(http.StatusOK, "GET", "integrations/1/connection_status/", nil)
	return fmt.Sprintf("%s: %s", got["status"], got["detail"])
}

// control makes a call of the control API, and fails the test if its status is another one.
func (w *world) control(want int, method, path, body string) answer {
	w.t.Helper()
	var content any
	if body != "" {
		content = body
	}
	got := w.call(method, "/_sandbox/"+path, "", content)
	if got.status != want {
		w.t.Fatalf("%s %s: got %d %s", method, path, got.status, got.text)
	}
	return got
}

func TestOAuthWaitsForConsent(t *testing.T) {
	w := start(t, nil)
	address := w.byOAuth()
	if !strings.HasPrefix(address, "http://127.0.0.1:") {
		t.Errorf("authorization_url is %q", address)
	}
	if got := w.status(); got != "pending_authorization: "+messageWaiting {
		t.Errorf("got %v", got)
	}
	if got := w.must(http.StatusOK, "GET", "integrations/1/", nil); got["authorization_url"] != address {
		t.Errorf("a read has the address %v, want %s", got["authorization_url"], address)
	}
	w.control(http.StatusNoContent, "POST", "integrations/1/consent", "")
	if got := w.status(); got != "healthy: " {
		t.Errorf("after the consent: %v", got)
	}
	read := w.must(http.StatusOK, "GET", "integrations/1/", nil)
	if _, left := read["authorization_url"]; left || read["username"] != flowEmail || read["url"] != contosoURL {
		t.Errorf("after the consent: %v", read)
	}
	if rows := w.rows("available_repos/?ordering=id"); len(rows) == 0 {
		t.Error("Flow has looked up nothing")
	}
}

func TestOAuthRefused(t *testing.T) {
	w := start(t, nil)
	address := w.byOAuth()
	w.control(http.StatusNoContent, "POST", "integrations/1/refuse", "")
	if got := w.status(); got != "pending_authorization: The consent was refused (access_denied)." {
		t.Errorf("got %v", got)
	}
	if got := w.must(http.StatusOK, "GET", "integrations/1/", nil); got["authorization_url"] != address {
		t.Errorf("a read has the address %v, want %s", got["authorization_url"], address)
	}
	w.control(http.StatusNoContent, "POST", "integrations/1/consent", `{"account": "svc-flow@contoso.com", "organization": "Contoso"}`)
	if got := w.status(); got != "healthy: " {
		t.Errorf("after the consent: %v", got)
	}
}

func TestConsentToAnotherOrganization(t *testing.T) {
	w := start(t, nil)
	w.byOAuth()
	w.control(http.StatusNoContent, "POST", "integrations/1/consent", `{"organization": "fabrikam"}`)
	if got := w.status(); got != "failed_integration: The consent is for https://dev.azure.com/fabrikam, but the integration is for https://dev.azure.com/contoso." {
		t.Errorf("got %v", got)
	}
	if got := w.must(http.StatusOK, "GET", "integrations/1/", nil); got["url"] != "https://dev.azure.com/fabrikam" {
		t.Errorf("url is %v", got["url"])
	}
	w.control(http.StatusNoContent, "POST", "integrations/1/consent", "")
	if got := w.status(); got != "healthy: " {
		t.Errorf("after the consent: %v", got)
	}
	if got := w.must(http.StatusOK, "GET", "integrations/1/", nil); got["url"] != contosoURL {
		t.Errorf("url is %v", got["url"])
	}
}

func TestARevokedConsentIsShown(t *testing.T) {
	w := start(t, nil)
	w.byOAuth()
	w.control(http.StatusNoContent, "POST", "integrations/1/consent", "")
	w.control(http.StatusNoContent, "DELETE", "integrations/1/consent", "")
	if got := w.status(); got != "failed_integration: "+messageRevoked {
		t.Errorf("got %v", got)
	}
	w.control(http.StatusNoContent, "POST", "integrations/1/consent", "")
	if got := w.status(); got != "healthy: " {
		t.Errorf("after the second consent: %v", got)
	}
}

// browse follows an address as a browser does that is signed in, and returns what the callback answers.
func (w *world) browse(address, decision string) *http.Response {
	w.t.Helper()
	client := &http.Client{CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.Path, "/integrations/") {
			return http.ErrUseLastResponse // a page, which this server does not have
		}
		return nil
	}}
	form := url.Values{"account": {flowEmail}, "organization": {"contoso"}, "decision": {decision}}
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := client.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { response.Body.Close() })
	return response
}

func TestABrowserComesBackToTheIntegration(t *testing.T) {
	w := start(t, nil)
	address := w.byOAuth()
	if got := w.browse(address, "deny"); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/integrations/1" {
		t.Errorf("after a refusal: %d %s", got.StatusCode, got.Header.Get("Location"))
	}
	if got := w.browse(address, "accept"); got.StatusCode != http.StatusSeeOther || got.Header.Get("Location") != "/integrations/1" {
		t.Errorf("after a consent: %d %s", got.StatusCode, got.Header.Get("Location"))
	}
	if got := w.status(); got != "healthy: " {
		t.Errorf("got %v", got)
	}
	if got := w.call("GET", CallbackPath+"?code=x&state=y", "", nil); got.status != http.StatusBadRequest {
		t.Errorf("an answer with another state: %d", got.status)
	}
	right, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	if got := w.call("GET", CallbackPath+"?code=x&state="+right.Query().Get("state"), "", nil); got.status != http.StatusBadGateway {
		t.Errorf("an answer with another code: %d", got.status)
	}
}

// Azure DevOps rejects the access token sooner than Flow expects, and Flow asks for another one.
func TestAnExpiredAccessTokenIsRefreshed(t *testing.T) {
	w := start(t, nil)
	w.byOAuth()
	w.control(http.StatusNoContent, "POST", "integrations/1/consent", "")
	later := time.Now().Add(2 * time.Hour)
	w.stop()
	w.now = func() time.Time { return later }
	w.open(nil)
	if got := w.status(); got != "healthy: " {
		t.Errorf("got %v", got)
	}
	w.must(http.StatusCreated, "POST", "repos/import_repo/", object{"available_repo_id": w.rows("available_repos/?name=api")[0]["id"]})
	if got := w.rows("repos/?ordering=id"); got[0]["progress_status"] != progressHealthy {
		t.Errorf("got %v", got)
	}
}

func TestConnectionsByOAuthSurviveARestart(t *testing.T) {
	w := start(t, nil)
	w.byOAuth()
	w.control(http.StatusNoContent, "POST", "integrations/1/consent", "")
	w.byOAuth()
	w.stop()
	w.open(nil)
	if got := w.status(); got != "healthy: " {
		t.Errorf("got %v", got)
	}
	address := fmt.Sprint(w.must(http.StatusOK, "GET", "integrations/2/", nil)["authorization_url"])
	if got := w.browse(address, "accept"); got.Header.Get("Location") != "/integrations/2" {
		t.Errorf("the second one: %d %s", got.StatusCode, got.Header.Get("Location"))
	}
}

func TestARevokedConsentBlocksWhatIsImported(t *testing.T) {
	w := start(t, nil)
	w.byOAuth()
	w.control(http.StatusNoContent, "POST", "integrations/1/consent", "")
	w.importBoth()
	w.control(http.StatusNoContent, "DELETE", "integrations/1/consent", "")
	if err := w.flow.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.rows("repos/?ordering=id")[0]; got["progress_status"] != progressFailed || got["last_fetch_failure_reason"] != messageRevoked {
		t.Errorf("got %v", got)
	}
	if address := fmt.Sprint(w.must(http.StatusOK, "GET", "integrations/1/", nil)["authorization_url"]); !strings.HasPrefix(address, "http://127.0.0.1:") {
		t.Errorf("there is no address to consent again: %s", address)
	}
}

func TestDecisionsThatCannotBeMade(t *testing.T) {
	w := start(t, nil)
	w.connect()
	w.byOAuth()
	for _, tc := range []struct{ method, path, body, says string }{
		{"POST", "integrations/1/consent", "", "integration 1 is not connected by a consent"},
		{"POST", "integrations/1/refuse", "", "integration 1 is not connected by a consent"},
		{"DELETE", "integrations/1/consent", "", "integration 1 is not connected by a consent"},
		{"DELETE", "integrations/2/consent", "", "nobody has consented"},
		{"POST", "integrations/2/consent", `{"account": "nobody@contoso.com"}`, `is "nobody@contoso.com" an account of the organization "contoso"?`},
		{"POST", "integrations/2/consent", `{"account": "Svc-Flow@fabrikam.com"}`, `of the organization "contoso"?`},
		{"POST", "integrations/2/consent", `{"organization": "nowhere"}`, `of the organization "nowhere"?`},
		{"POST", "integrations/2/consent", `{"user": "x"}`, "user"},
	} {
		if got := w.control(http.StatusBadRequest, tc.method, tc.path, tc.body); !strings.Contains(got.text, tc.says) {
			t.Errorf("%s %s %s: %s", tc.method, tc.path, tc.body, got.text)
		}
	}
	for _, call := range []string{"POST integrations/9/consent", "POST integrations/9/refuse", "DELETE integrations/9/consent"} {
		method, path, _ := strings.Cut(call, " ")
		w.control(http.StatusNotFound, method, path, "")
	}
	if got := w.must(http.StatusOK, "GET", "integrations/2/connection_status/", nil); got["detail"] != messageWaiting {
		t.Errorf("got %v", got)
	}
}

// Service hooks need an administrator. Who is none can consent all the same.
func TestWebhooksFollowTheConsent(t *testing.T) {
	for account, want := range map[string]bool{flowEmail: true, "reader@contoso.com": false} {
		w := start(t, nil)
		w.must(http.StatusCreated, "POST", createPath, newIntegration(with("auth_type", "oauth"), without("username"), without("token"), with("webhooks_enabled", true)))
		if hooks := w.flow.Integrations()[0].Hooks; len(hooks) != 0 {
			t.Errorf("there are hooks before the consent: %v", hooks)
		}
		w.control(http.StatusNoContent, "POST", "integrations/1/consent", fmt.Sprintf(`{"account": %q}`, account))
		if i := w.flow.Integrations()[0]; i.Webhooks != want || (len(i.Hooks) > 0) != want || i.Username != account {
			t.Errorf("%s: got %v", account, i)
		}
		if got := w.status(); got != "healthy: " {
			t.Errorf("%s: %v", account, got)
		}
	}
}

func TestTheFirstLookUpFollowsTheConsent(t *testing.T) {
	w := start(t, func(o *Options) { o.DiscoveryDelay = time.Hour })
	w.byOAuth()
	w.control(http.StatusNoContent, "POST", "integrations/1/consent", "")
	if got := w.status(); !strings.HasPrefix(got, "processing: ") {
		t.Errorf("got %v", got)
	}
	if due := time.Until(w.flow.Integrations()[0].DiscoverAt); due < 59*time.Minute {
		t.Errorf("it is due in %s", due)
	}
}

func TestAnotherMethodNeedsAConsent(t *testing.T) {
	w := start(t, nil)
	w.connect()
	w.control(http.StatusNoContent, "PATCH", "integrations/1", `{"auth_method": "oauth", "token": ""}`)
	if got := w.status(); got != "pending_authorization: "+messageWaiting {
		t.Errorf("got %v", got)
	}
	w.control(http.StatusNoContent, "POST", "integrations/1/consent", "")
	if got := w.status(); got != "healthy: " {
		t.Errorf("got %v", got)
	}
}

func TestADeletedIntegrationLeavesNoConsent(t *testing.T) {
	w := start(t, nil)
	w.byOAuth()
	w.control(http.StatusNoContent, "POST", "integrations/1/consent", "")
	access, err := w.flow.oauth.Token(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if name, ok := w.ado.TokenName(access); !ok || name != "oauth token of "+flowEmail {
		t.Errorf("the token is %q", name)
	}
	w.must(http.StatusNoContent, "DELETE", "integrations/1/", nil)
	if name, ok := w.ado.TokenName(access); ok {
		t.Errorf("Azure DevOps still knows %q", name)
	}
}

// No token or code is in an answer of Flow or in a log of requests.
func TestTokensOfAConsentAreNowhere(t *testing.T) {
	w := start(t, nil)
	address := w.byOAuth()
	if got := w.browse(address, "accept"); got.StatusCode != http.StatusSeeOther {
		t.Fatalf("got %d", got.StatusCode)
	}
	file, err := os.ReadFile(w.file)
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string]bool{}
	for _, found := range regexp.MustCompile(`"(?:access|refresh)_token":"([^"]+)"`).FindAllSubmatch(file, -1) {
		secrets[string(found[1])] = true
	}
	if len(secrets) < 2 {
		t.Fatalf("the file has %d tokens", len(secrets))
	}
	var everything strings.Builder
	for _, path := range []string{"integrations/1/", "integrations/", "integrations/1/connection_status/"} {
		everything.WriteString(w.call("GET", path, adminKey, nil).text)
	}
	everything.WriteString(w.call("OPTIONS", createPath, adminKey, nil).text)
	fmt.Fprintf(&everything, "%+v", w.flow.Integrations())
	for _, recorder := range []*traffic.Recorder{w.flow.Traffic(), w.ado.Traffic()} {
		log, err := json.Marshal(recorder.Requests())
		if err != nil {
			t.Fatal(err)
		}
		everything.Write(log)
	}
	for secret := range secrets {
		if strings.Contains(everything.String(), secret) {
			t.Error("a token is shown")
		}
	}
	if !strings.Contains(everything.String(), "authorization code") {
		t.Error("the log has no code, so this test shows nothing")
	}
	if !strings.Contains(everything.String(), "oauth token of "+flowEmail) {
		t.Error("the log has no request with the access token, so this test shows nothing")
	}
}

func TestConsentEndsWithItsContext(t *testing.T) {
	w := start(t, nil)
	w.byOAuth()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.flow.Consent(ctx, 1, "", ""); err == nil {
		t.Error("a consent without a server succeeds")
	}
}
