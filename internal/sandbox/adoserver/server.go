// Package adoserver is the sandbox's Azure DevOps: organizations that answer
// as the REST API does, on loopback and from memory.
//
// The sources for its behavior are Microsoft's REST specifications
// (https://github.com/MicrosoftDocs/vsts-rest-api-specs), its documentation
// (https://learn.microsoft.com/azure/devops) and its open clients. What those
// leave open is a choice in Options or a comment at the place.
//
// The table in resources.go says which paths exist, in which versions, and
// which scopes they need.
package adoserver

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/store"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

// Options says what world the server shows and how it behaves where the real
// service is known to behave in more than one way.
type Options struct {
	// Scenario fills an empty store; a store that holds a world already keeps it. nil: the default scenario.
	Scenario *scenario.Scenario
	// Store holds the world; it stays the caller's to close.
	Store *store.Store
	// Names tells the names of secrets that are not tokens of this server, for the log of requests.
	Names traffic.Names

	// PageSize is how many items a page holds where the caller asks for no number; 0: 100.
	PageSize int
	// EmptyExpired answers an expired token with an empty 401, as seen in 2026,
	// instead of the sentence that says so.
	EmptyExpired bool
	// SignInPage answers a rejected credential with 203 and the sign-in page
	// instead of a redirect to it. Neither is sent to a client that suppresses them.
	SignInPage bool
	// NotFoundPage answers for an unknown organization with a page instead of a line of text.
	NotFoundPage bool
	// ByteOrderMark puts one before every JSON answer, as the service sometimes does.
	ByteOrderMark bool
	// Throttled adds to every answer the headers of a request that was delayed, Retry-After included.
	Throttled bool
	// AllowLocalHooks accepts service hooks to localhost, which the real service refuses.
	AllowLocalHooks bool
	// Now gives the time that ages count from; nil: time.Now.
	Now func() time.Time
}

const defaultPageSize = 100

// Server is an http.Handler for all organizations of the scenario. The path
// starts with the host that a request is meant for, as in
// /dev.azure.com/contoso/_apis/projects or /vssps.dev.azure.com/contoso/_apis/graph/users.
type Server struct {
	options Options
	routes  *router
	process string // X-TFS-ProcessId
	traffic *traffic.Recorder
	handler http.Handler

	mu    sync.RWMutex // guards world
	world *world
}

// New loads the world from the store, filling it from the scenario first when it is empty.
func New(o Options) (*Server, error) {
	if o.Scenario == nil {
		o.Scenario = scenario.Default()
	}
	if o.PageSize <= 0 {
		o.PageSize = defaultPageSize
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	w, err := openWorld(o.Store, o.Scenario, o.Now())
	if err != nil {
		return nil, fmt.Errorf("load the Azure DevOps side: %w", err)
	}
	s := &Server{options: o, world: w, routes: newRouter(resources()), process: uuid.NewString()}
	s.traffic = traffic.NewRecorder(s.nameSecret)
	s.handler = s.traffic.Handler(http.HandlerFunc(s.serve), s.addCalls)
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Traffic is the log of requests, and takes faults.
func (s *Server) Traffic() *traffic.Recorder { return s.traffic }

// TokenName tells what the log of requests calls a token of this server: "token <name>".
func (s *Server) TokenName(secret string) (string, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	token, ok := s.world.tokens[secret]
	if !ok {
		return "", false
	}
	return "token " + token.Name, true
}

func (s *Server) nameSecret(secret string) (string, bool) {
	if name, ok := s.TokenName(secret); ok {
		return name, true
	}
	if s.options.Names == nil {
		return "", false
	}
	return s.options.Names(secret)
}
