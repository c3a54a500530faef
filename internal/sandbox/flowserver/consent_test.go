package flowserver

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
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
