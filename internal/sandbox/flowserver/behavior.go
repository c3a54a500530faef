package flowserver

import (
	"net/http"
	"net/url"
	"slices"
	"time"
)

// behavior holds everything that dialects change. The zero value is the default. It is not changed once the server uses it.
type behavior struct {
	names []string // of the dialects

	bodies  map[string][]func(*Server, request, *body) // by call; may change a request's body and add errors to it
	queries map[string][]func(url.Values)              // by call; may change a request's parameters
	views   map[string][]func(object)                  // by view; may change what is shown
	pagings []func(paging) paging

	vendor                    string // slug of Azure DevOps Services; "" is VendorAzureDevOps
	readOnly                  bool   // no call but GET exists
	importLag                 time.Duration
	status                    func(i Integration, status, detail string) any // the body of connection_status
	refusesUnknownIntegration bool
	filtersTickets            bool // by integration
}

// The calls that dialects change: method and path as in routes.
const (
	callCreate                  = "POST integrations/create_with_vendor/"
	callPatch                   = "PATCH integrations/{id}/"
	callRepos                   = "GET repos/"
	callAvailableRepos          = "GET available_repos/"
	callAvailableTicketProjects = "GET available_ticket_projects/"
	anyCall                     = ""
)

// The views that dialects change.
const (
	viewIntegration            = "integration"
	viewStoredIntegration      = "integration in any answer but its creation's"
	viewRepo                   = "repo"
	viewTicketProject          = "ticket project"
	viewAvailableRepo          = "available repo"
	viewAvailableTicketProject = "available ticket project"
	viewImport                 = "answer of an import" // applied to a repo or a ticket project
	viewCreateFields           = "fields of " + callCreate
)

func newBehavior() *behavior {
	return &behavior{
		bodies:  map[string][]func(*Server, request, *body){},
		queries: map[string][]func(url.Values){},
		views:   map[string][]func(object){},
	}
}

func (b *behavior) onBody(call string, change func(*Server, request, *body)) {
	b.bodies[call] = append(b.bodies[call], change)
}

func (b *behavior) onQuery(call string, change func(url.Values)) {
	b.queries[call] = append(b.queries[call], change)
}

func (b *behavior) onView(view string, change func(object)) {
	b.views[view] = append(b.views[view], change)
}

// show returns the object as the dialects show it.
func (b *behavior) show(view string, shown object) object {
	for _, change := range b.views[view] {
		change(shown)
	}
	return shown
}

// withQuery returns the request with the parameters that Flow pays attention to. Its RequestURI still has them all.
func (b *behavior) withQuery(call string, r *http.Request) *http.Request {
	changes := slices.Concat(b.queries[anyCall], b.queries[call])
	if len(changes) == 0 {
		return r
	}
	query := r.URL.Query()
	for _, change := range changes {
		change(query)
	}
	changed, address := *r, *r.URL
	address.RawQuery = query.Encode()
	changed.URL = &address
	return &changed
}

// offered returns the methods that exist.
func (b *behavior) offered(methods endpoints) endpoints {
	if !b.readOnly {
		return methods
	}
	reads := endpoints{}
	if get, ok := methods[http.MethodGet]; ok {
		reads[http.MethodGet] = get
	}
	return reads
}

// page returns the paging as the dialects page.
func (b *behavior) page(p paging) paging {
	for _, change := range b.pagings {
		p = change(p)
	}
	return p
}

// behavior returns the current behavior.
func (s *Server) behavior() *behavior { return s.current.Load() }

// vendor returns the slug of Azure DevOps Services.
func (s *Server) vendor() string {
	if slug := s.behavior().vendor; slug != "" {
		return slug
	}
	return VendorAzureDevOps
}

// Speak makes Flow speak these dialects from now on, and no others. An error names what is wrong and changes nothing.
func (s *Server) Speak(names ...string) error {
	b, err := behaviorOf(names)
	if err == nil {
		s.current.Store(b)
	}
	return err
}

// Spoken returns the names of the dialects that Flow speaks.
func (s *Server) Spoken() []string { return append([]string{}, s.behavior().names...) }

// dropped returns a change that removes fields from a body.
func dropped(fields ...string) func(*Server, request, *body) {
	return func(_ *Server, _ request, b *body) { deleteAll(b.values, fields) }
}

// hidden returns a change that removes fields from what is shown.
func hidden(fields ...string) func(object) {
	return func(shown object) { deleteAll(shown, fields) }
}

// ignored returns a change that removes parameters from a query.
func ignored(parameters ...string) func(url.Values) {
	return func(query url.Values) { deleteAll(query, parameters) }
}

func deleteAll[V any](from map[string]V, names []string) {
	for _, name := range names {
		delete(from, name)
	}
}
