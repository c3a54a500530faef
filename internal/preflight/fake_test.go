package preflight

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// The last parts of the paths of all calls, the first two of which are the first round trip.
var paths = []string{
	"connectionData", "permissionevaluationbatch",
	"me", "aad.X", "identities", "teams", "processes", "repositories", "resourceusage", "projects",
}

// organization is a server that answers as Azure DevOps answers an administrator with a token of all six scopes, except
// where a test overrides an answer.
type organization struct {
	server *httptest.Server

	mutex sync.Mutex
	asked map[string]int
	// overrides are by the last part of the path.
	overrides map[string]http.HandlerFunc
	// before, where set, runs ahead of each answer.
	before func(path string)
}

func newOrganization(t testing.TB) *organization {
	t.Helper()
	o := &organization{asked: map[string]int{}, overrides: map[string]http.HandlerFunc{}}
	o.server = httptest.NewServer(o)
	t.Cleanup(o.server.Close)
	return o
}

func (o *organization) client() *azuredevops.Client { return o.clientWith(httpclient.Options{}) }

func (o *organization) clientWith(options httpclient.Options) *azuredevops.Client {
	return azuredevops.New(azuredevops.Options{Organization: "contoso", Token: legacyToken, Endpoint: o.server.URL, HTTP: options})
}

func (o *organization) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	o.mutex.Lock()
	o.asked[path]++
	override, before := o.overrides[path], o.before
	o.mutex.Unlock()
	if before != nil {
		before(path)
	}
	w.Header().Set("ActivityId", "5a1e")
	if override != nil {
		override(w, r)
		return
	}
	answer(answers[path])(w, r)
}

// count is how often the path was asked for; "" stands for all.
func (o *organization) count(path string) int {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if path != "" {
		return o.asked[path]
	}
	total := 0
	for _, n := range o.asked {
		total += n
	}
	return total
}

const connectionData = `{"authenticatedUser":{"id":"d6245f20","descriptor":"Microsoft.IdentityModel.Claims.ClaimsIdentity;45aa\\Svc-Flow@contoso.com",
	"subjectDescriptor":"aad.X","providerDisplayName":"Flow Service","properties":{"Account":{"$type":"System.String","$value":"Svc-Flow@contoso.com"}}}}`

var answers = map[string]string{
	"connectionData": connectionData,
	"permissionevaluationbatch": `{"alwaysAllowAdministrators":false,"evaluations":[
		{"securityNamespaceId":"3e65f728-f8bc-4ecd-8764-7e378b19bfa7","token":"NAMESPACE:","permissions":1,"value":true},
		{"securityNamespaceId":"3e65f728-f8bc-4ecd-8764-7e378b19bfa7","token":"NAMESPACE:","permissions":2,"value":true},
		{"securityNamespaceId":"cb594ebe-87dd-4fc9-ac2c-6a10a4c92046","token":"PublisherSecurity","permissions":3,"value":true}]}`,
	"me":    `{"emailAddress":"Svc-Flow@contoso.com"}`,
	"aad.X": `{"principalName":"Svc-Flow@contoso.com","mailAddress":"Svc-Flow@contoso.com"}`,
	"identities": `{"count":1,"value":[{"id":"81fa","properties":{"Mail":{"$type":"System.String","$value":"Svc-Flow@contoso.com"},
		"Account":{"$type":"System.String","$value":"Svc-Flow@contoso.com"}}}]}`,
	"teams":         `{"count":1,"value":[{"id":"t"}]}`,
	"processes":     `{"count":0,"value":[]}`,
	"repositories":  `{"count":1,"value":[{"name":"api","project":{"id":"p1"}}]}`,
	"resourceusage": `{"distributedTaskAgents":1}`,
	"definitions":   `{"count":0,"value":[]}`,
	"pullrequests":  `{"count":0,"value":[]}`,
	"projects":      `{"count":1,"value":[{"id":"p1","name":"Payments"}]}`,
}

// answer sends JSON as Azure DevOps does.
func answer(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8; api-version=7.1")
		_, _ = io.WriteString(w, body)
	}
}

// status sends a status, with header lines given as name and value in turn, and a body.
func status(code int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = nil
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// foreign sends an answer that something between the client and Azure DevOps makes.
func foreign(code int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Del("ActivityId")
		status(code, body, header...)(w, r)
	}
}

// first answers the first request with one handler and later ones with another.
func first(one, later http.HandlerFunc) http.HandlerFunc {
	var mutex sync.Mutex
	next := one
	return func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		handler := next
		next = later
		mutex.Unlock()
		handler(w, r)
	}
}

// truncated promises the whole body and breaks off in the middle.
func truncated(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"value":[{"id":`)
}

// hanging answers when the client has gone, which net/http notices only once the request's body was read.
func hanging(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// barrier lets no request of a round trip be answered before all of them have arrived, so that a caller which waits for
// one before it sends another never comes through.
type barrier struct {
	t    testing.TB
	open []chan struct{}
	// missing is how many requests each trip still lacks.
	mutex   sync.Mutex
	missing []int
}

func newBarrier(t testing.TB, trips ...int) *barrier {
	t.Helper()
	b := &barrier{t: t, missing: trips}
	for range trips {
		b.open = append(b.open, make(chan struct{}))
	}
	return b
}

func (b *barrier) arrive(trip int) {
	b.mutex.Lock()
	b.missing[trip]--
	if b.missing[trip] == 0 {
		close(b.open[trip])
	}
	b.mutex.Unlock()
	select {
	case <-b.open[trip]:
	case <-time.After(5 * time.Second):
		b.t.Errorf("not all requests of round trip %d were sent at once", trip+1)
	}
}
