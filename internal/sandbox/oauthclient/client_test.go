package oauthclient_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/oauthclient"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/oauthserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/store"
)

const (
	person   = "Svc-Flow@contoso.com"
	redirect = "http://127.0.0.1:9/back/"
)

// world is a client with the server that it asks, and a clock for both.
type world struct {
	*oauthclient.Client
	t      *testing.T
	server *oauthserver.Server
	url    string
	file   *store.Store

	now    time.Time
	down   atomic.Bool  // the server answers 503
	asked  atomic.Int32 // calls of the token endpoint
	closed func()
}

func start(t *testing.T) *world {
	t.Helper()
	return startOn(t, filepath.Join(t.TempDir(), "data"))
}

func startOn(t *testing.T, path string) *world {
	t.Helper()
	file, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, file: file, now: time.Now()}
	clock := func() time.Time { return w.now }
	w.server, err = oauthserver.New(oauthserver.Options{
		Store: file, Now: clock,
		Apps: []oauthserver.App{{ID: "flow", Secret: "app secret", Name: "Flow", RedirectURL: redirect}},
		Accounts: func() []oauthserver.Account {
			return []oauthserver.Account{{ID: "1", Email: person, Organization: "contoso"}}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(http.HandlerFunc(func(response http.ResponseWriter, r *http.Request) {
		if r.URL.Path == oauthserver.TokenPath {
			w.asked.Add(1)
		}
		if w.down.Load() {
			http.Error(response, `{"access_token": "in the body"}`, http.StatusServiceUnavailable)
			return
		}
		w.server.ServeHTTP(response, r)
	}))
	w.url = web.URL
	w.Client, err = oauthclient.New(oauthclient.Options{
		Store: file, HTTP: web.Client(), Endpoint: web.URL, ID: "flow", Secret: "app secret", RedirectURL: redirect,
		Scopes: []string{"vso.code", "vso.work"}, Now: clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	w.closed = sync.OnceFunc(func() { web.Close(); file.Close() })
	t.Cleanup(w.closed)
	return w
}

// answer decides at the connection's address, and returns what a browser would bring back.
func (w *world) answer(id int64, decision string) url.Values {
	w.t.Helper()
	form := url.Values{"account": {person}, "organization": {"contoso"}, "decision": {decision}}
	r := httptest.NewRequestWithContext(w.t.Context(), http.MethodPost, w.AuthorizationURL(id), strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response := httptest.NewRecorder()
	w.server.ServeHTTP(response, r)
	to, err := response.Result().Location()
	if err != nil {
		w.t.Fatalf("Azure DevOps answers %d %s", response.Code, response.Body)
	}
	return to.Query()
}

// connect makes a connection and consents to it.
func (w *world) connect(id int64) {
	w.t.Helper()
	if err := w.Begin(id); err != nil {
		w.t.Fatal(err)
	}
	if got, err := w.Complete(w.t.Context(), w.answer(id, "accept")); err != nil || got != id {
		w.t.Fatalf("got %d, %v", got, err)
	}
}

// token returns an access token that the server accepts.
func (w *world) token(id int64) string {
	w.t.Helper()
	token, err := w.Token(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, ok := w.server.Access(token); !ok {
		w.t.Error("Azure DevOps does not accept the access token")
	}
	return token
}

func TestAConsent(t *testing.T) {
	w := start(t)
	if err := w.Begin(7); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Token(t.Context(), 7); !errors.Is(err, oauthclient.ErrNoConsent) {
		t.Errorf("got %v", err)
	}
	address, err := url.Parse(w.AuthorizationURL(7))
	if err != nil {
		t.Fatal(err)
	}
	query := address.Query()
	if query.Get("code_challenge_method") != "S256" || query.Get("state") == "" || query.Get("scope") != "vso.code vso.work" || query.Get("redirect_uri") != redirect {
		t.Errorf("the address asks for %v", query)
	}
	if got := w.Status(7); got != (oauthclient.Status{}) {
		t.Errorf("got %+v", got)
	}
	w.connect(7)
	if got := w.Status(7); got != (oauthclient.Status{Phase: oauthclient.Granted, Organization: "contoso"}) {
		t.Errorf("got %+v", got)
	}
	w.token(7)
}

func TestARefusalCanBeTakenBack(t *testing.T) {
	w := start(t)
	w.connect(1)
	if err := w.Begin(2); err != nil {
		t.Fatal(err)
	}
	for _, id := range []int64{1, 2} {
		if _, err := w.Complete(t.Context(), w.answer(id, "deny")); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.Status(2); got != (oauthclient.Status{Phase: oauthclient.Refused, Refusal: "access_denied"}) {
		t.Errorf("got %+v", got)
	}
	w.token(1) // which has an earlier consent
	if _, err := w.Complete(t.Context(), w.answer(2, "accept")); err != nil {
		t.Fatal(err)
	}
	w.token(2)
}

func TestAnAnswerThatIsNotForThisClient(t *testing.T) {
	w := start(t)
	w.connect(1)
	if err := w.Begin(2); err != nil {
		t.Fatal(err)
	}
	right := w.answer(2, "accept")
	for _, state := range []string{"", "another", w.answer(1, "accept").Get("state")} {
		wrong := url.Values{"code": right["code"], "state": {state}}
		if _, err := w.Complete(t.Context(), wrong); err == nil {
			t.Errorf("the code of another request is accepted with the state %q", state)
		}
	}
	if _, err := w.Complete(t.Context(), url.Values{"code": right["code"], "state": {"another"}}); !errors.Is(err, oauthclient.ErrUnknownState) {
		t.Errorf("got %v", err)
	}
	if got := w.Status(2).Phase; got != oauthclient.Waiting {
		t.Errorf("the phase is %d", got)
	}
}

func TestACodeThatComesTwice(t *testing.T) {
	w := start(t)
	if err := w.Begin(1); err != nil {
		t.Fatal(err)
	}
	answer := w.answer(1, "accept")
	if _, err := w.Complete(t.Context(), answer); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Complete(t.Context(), answer); err == nil || !strings.Contains(err.Error(), "invalid_grant") {
		t.Errorf("got %v", err)
	}
}

func TestAnAccessTokenIsRefreshedInTime(t *testing.T) {
	w := start(t)
	w.connect(1)
	first := w.token(1)
	asked := w.asked.Load()
	w.now = w.now.Add(59 * time.Minute)
	if w.token(1) != first || w.asked.Load() != asked {
		t.Error("it is refreshed too early")
	}
	w.now = w.now.Add(55 * time.Second)
	second := w.token(1)
	if second == first || w.asked.Load() != asked+1 {
		t.Errorf("it is not refreshed: %d calls", w.asked.Load()-asked)
	}
	w.now = w.now.Add(24 * time.Hour)
	w.token(1) // the refresh token remains, even if the answer has none
	if err := w.Renew(t.Context(), 1); err != nil || w.asked.Load() != asked+3 {
		t.Errorf("got %v after %d calls", err, w.asked.Load()-asked)
	}
}

func TestManyCallersRefreshOnce(t *testing.T) {
	w := start(t)
	w.connect(1)
	w.now = w.now.Add(2 * time.Hour)
	asked := w.asked.Load()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { w.token(1) })
	}
	all.Wait()
	if n := w.asked.Load() - asked; n != 1 {
		t.Errorf("the server is asked %d times", n)
	}
}

func TestARevokedConsent(t *testing.T) {
	w := start(t)
	w.connect(1)
	if err := w.Revoke(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if got := w.Status(1).Phase; got != oauthclient.Granted {
		t.Errorf("Flow knows already: %d", got)
	}
	if err := w.Renew(t.Context(), 1); !errors.Is(err, oauthclient.ErrRevoked) {
		t.Errorf("got %v", err)
	}
	if got := w.Status(1); got != (oauthclient.Status{Phase: oauthclient.Revoked, Organization: "contoso"}) {
		t.Errorf("got %+v", got)
	}
	asked := w.asked.Load()
	if _, err := w.Token(t.Context(), 1); !errors.Is(err, oauthclient.ErrRevoked) || w.asked.Load() != asked {
		t.Errorf("got %v after %d more calls", err, w.asked.Load()-asked)
	}
	if _, err := w.Complete(t.Context(), w.answer(1, "accept")); err != nil {
		t.Fatal(err)
	}
	w.token(1)
}

// A failure says nothing about the consent, and no error quotes what the server sent.
func TestAServerThatFails(t *testing.T) {
	w := start(t)
	w.connect(1)
	w.down.Store(true)
	err := w.Renew(t.Context(), 1)
	if err == nil || errors.Is(err, oauthclient.ErrRevoked) || !strings.Contains(err.Error(), "503") || strings.Contains(err.Error(), "in the body") {
		t.Errorf("got %v", err)
	}
	if err := w.Revoke(t.Context(), 1); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("revoking: got %v", err)
	}
	w.down.Store(false)
	if got := w.Status(1).Phase; got != oauthclient.Granted {
		t.Errorf("the phase is %d", got)
	}
	w.token(1)
}

func TestForgetting(t *testing.T) {
	w := start(t)
	w.connect(1)
	token := w.token(1)
	if err := w.Forget(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if _, ok := w.server.Access(token); ok {
		t.Error("Azure DevOps still accepts the token")
	}
	if got := w.AuthorizationURL(1); got != "" {
		t.Errorf("there is still an address: %s", got)
	}
}

func TestConnectionsSurviveARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data")
	w := startOn(t, path)
	w.connect(1)
	if err := w.Begin(2); err != nil {
		t.Fatal(err)
	}
	state := w.answer(2, "deny").Get("state")
	w.closed()
	w = startOn(t, path)
	w.now = w.now.Add(2 * time.Hour)
	w.token(1)
	if got := w.answer(2, "accept"); got.Get("state") != state {
		t.Error("the address of a connection changed")
	}
}

func TestTransport(t *testing.T) {
	w := start(t)
	var got string
	api := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header.Get("Authorization") }))
	t.Cleanup(api.Close)
	client := http.Client{Transport: w.Transport(1, http.DefaultTransport)}
	send := func() error {
		body := closing{Reader: strings.NewReader("x")}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, api.URL, &body)
		if err != nil {
			t.Fatal(err)
		}
		response, err := client.Do(r)
		if err == nil {
			err = response.Body.Close()
		}
		if !body.closed {
			t.Error("the request's body is not closed")
		}
		return err
	}
	if err := send(); !errors.Is(err, oauthclient.ErrNoConsent) || got != "" {
		t.Errorf("got %v, %q", err, got)
	}
	w.connect(1)
	if err := send(); err != nil || got != "Bearer "+w.token(1) {
		t.Errorf("got %v, %q", err, got)
	}
}

// closing is a body that knows whether it was closed.
type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }
