package flow_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient/httpclienttest"
)

const (
	apiKey = "k3y-of-this-test"
	token  = "t0ken-of-this-test"
	api    = "/v3/customer/core/"
)

// workspace is a small Flow: lists with pages, single objects, writes. A test puts a fault before it.
type workspace struct {
	// fault answers instead of the workspace when it returns true. It may call act to let the request take effect.
	fault func(w http.ResponseWriter, r *http.Request, act func()) bool

	mutex        sync.Mutex
	integrations []map[string]any
	// requests are "GET integrations/?limit=1000…", bodies what came with them.
	requests []string
	bodies   []string
	hosts    []string
}

func start(t *testing.T, w *workspace) *flow.Client {
	t.Helper()
	return startWithin(t, w, nil)
}

// startWithin makes a client with a limit on the requests in flight.
func startWithin(t *testing.T, w *workspace, limiter *httpclient.Limiter) *flow.Client {
	t.Helper()
	return flow.New(flow.Options{
		BaseURL: &url.URL{Scheme: "http", Host: "flow.test", Path: api},
		APIKey:  apiKey,
		HTTP:    httpclient.Options{Transport: httpclienttest.Serve(t, w), Limiter: limiter},
	})
}

func described(id int, name string) map[string]any {
	return map[string]any{
		"id": id, "name": name, "vendor_type": "azure_devops", "auth_type": "access_token", "webhooks_enabled": true,
		"enabled_source_types": []string{"repo", "pull_request", "ticket"}, "username": "Svc-Flow@contoso.com",
		"url": "https://dev.azure.com/contoso", "created_at": "2024-10-08T17:49:34.204286", "created_by": "Jo",
	}
}

func (s *workspace) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	object, found := strings.CutPrefix(r.URL.Path, api)
	s.mutex.Lock()
	request := r.Method + " " + object
	if r.URL.RawQuery != "" {
		request += "?" + r.URL.RawQuery
	}
	s.requests, s.bodies, s.hosts = append(s.requests, request), append(s.bodies, string(body)), append(s.hosts, r.Host)
	s.mutex.Unlock()
	act := func() { s.act(discard{}, r.Method, object, r.URL.Query(), body) }
	if s.fault != nil && s.fault(w, r, act) {
		return
	}
	switch {
	case r.Header.Get("Authorization") != "Bearer "+apiKey:
		send(w, http.StatusUnauthorized, map[string]any{"detail": "Invalid token."})
	case !found || !strings.HasSuffix(object, "/"):
		w.Header().Set("Location", r.URL.Path+"/")
		w.WriteHeader(http.StatusMovedPermanently)
	default:
		s.act(w, r.Method, object, r.URL.Query(), body)
	}
}

// act does what a request asks for, and answers it.
func (s *workspace) act(w http.ResponseWriter, method, object string, query url.Values, body []byte) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	parts := strings.Split(strings.TrimSuffix(object, "/"), "/")
	var id int
	if len(parts) > 1 {
		id, _ = strconv.Atoi(parts[1])
	}
	at := slices.IndexFunc(s.integrations, func(i map[string]any) bool { return i["id"] == id })
	switch {
	case object == "integrations/create_with_vendor/" && method == http.MethodPost:
		var wanted map[string]any
		_ = json.Unmarshal(body, &wanted)
		created := described(100+len(s.integrations), wanted["name"].(string))
		created["username"] = wanted["username"]
		created["enabled_source_types"], created["webhooks_enabled"] = wanted["enabled_services"], wanted["webhooks_enabled"]
		s.integrations = append(s.integrations, created)
		send(w, http.StatusCreated, created)
	case object == "integrations/" && method == http.MethodGet:
		limit, _ := strconv.Atoi(query.Get("limit"))
		offset, _ := strconv.Atoi(query.Get("offset"))
		end := min(offset+limit, len(s.integrations))
		answer := map[string]any{"count": len(s.integrations), "next": nil, "previous": nil, "results": append([]map[string]any{}, s.integrations[min(offset, end):end]...)}
		if end < len(s.integrations) {
			answer["next"] = "http://elsewhere.test" + api + "integrations/?offset=" + strconv.Itoa(end)
		}
		send(w, http.StatusOK, answer)
	case at < 0:
		send(w, http.StatusNotFound, map[string]any{"detail": "Not found."})
	case method == http.MethodGet:
		send(w, http.StatusOK, s.integrations[at])
	case method == http.MethodPatch:
		var change map[string]any
		_ = json.Unmarshal(body, &change)
		for field, value := range change {
			switch field {
			case "enabled_services":
				s.integrations[at]["enabled_source_types"] = value
			case "authData":
				parts, _ := value.(map[string]any)
				if email, given := parts["username"]; given {
					s.integrations[at]["username"] = email
				}
			default:
				s.integrations[at][field] = value
			}
		}
		send(w, http.StatusOK, s.integrations[at])
	case method == http.MethodDelete:
		s.integrations = slices.Delete(s.integrations, at, at+1)
		w.WriteHeader(http.StatusNoContent)
	}
}

// seen are the requests that have arrived, without their queries.
func (s *workspace) seen() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var seen []string
	for _, request := range s.requests {
		bare, _, _ := strings.Cut(request, "?")
		seen = append(seen, bare)
	}
	return seen
}

func (s *workspace) count(request string) int {
	n := 0
	for _, one := range s.seen() {
		if one == request {
			n++
		}
	}
	return n
}

func send(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Request-Id", "r-7")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// raw answers with this very text.
func raw(w http.ResponseWriter, status int, contentType, body string) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// discard is where the answer of a request goes that takes effect and is not answered.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

func isCreation(r *http.Request) bool { return r.Method == http.MethodPost }

func assertNoSecret(t *testing.T, err error) {
	t.Helper()
	printed := fmt.Sprintf("%v %+v", err, err)
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		printed += fmt.Sprintf(" %v", inner)
	}
	if strings.Contains(printed, apiKey) || strings.Contains(printed, token) {
		t.Errorf("a secret is in %s", printed)
	}
}
