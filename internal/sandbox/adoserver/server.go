// Package adoserver is the sandbox's Azure DevOps: organizations that answer as the REST API does.
//
// Its sources are Microsoft's REST specifications (https://github.com/MicrosoftDocs/vsts-rest-api-specs), documentation
// (https://learn.microsoft.com/azure/devops) and open source clients. What these leave open is an option or has a comment.
//
// The table in resources.go has the paths, their versions and the scopes that they need.
package adoserver

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/oauthserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/store"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

// Options configures the world, and the behavior where the real service is known to behave in more than one way.
type Options struct {
	// Scenario fills an empty store. nil: the default scenario.
	Scenario *scenario.Scenario
	// Store holds the world. The caller closes it.
	Store *store.Store
	// Names returns the names of secrets that are not tokens of this server, for the request log.
	Names traffic.Names
	// Apps can ask people for consent.
	Apps []oauthserver.App

	// PageSize is the number of items on a page if the request has none; 0: 100.
	PageSize int
	// EmptyExpired answers an expired token with an empty 401, as seen in 2026, instead of a sentence.
	EmptyExpired bool
	// SignInPage answers a rejected credential with 203 and the sign-in page instead of a redirect to it. A client can
	// suppress both.
	SignInPage bool
	// NotFoundPage answers an unknown organization with a page instead of a line of text.
	NotFoundPage bool
	// ByteOrderMark begins each JSON answer with one, as the service sometimes does.
	ByteOrderMark bool
	// Throttled adds the headers of a delayed request to each answer, including Retry-After.
	Throttled bool
	// AllowLocalHooks accepts service hooks to localhost, which the real service refuses.
	AllowLocalHooks bool
	// Now returns the current time; nil: time.Now.
	Now func() time.Time
}

const defaultPageSize = 100

// Server is an http.Handler for all organizations. A path begins with the host that the request is for, as in
// /dev.azure.com/contoso/_apis/projects or /vssps.dev.azure.com/contoso/_apis/graph/users.
type Server struct {
	options Options
	routes  *router
	process string // X-TFS-ProcessId
	oauth   *oauthserver.Server
	traffic *traffic.Recorder
	handler http.Handler

	mu    sync.RWMutex // guards world
	world *world
}

// New loads the world from the store, which it first fills from the scenario if it is empty.
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
	if s.oauth, err = oauthserver.New(oauthserver.Options{Store: o.Store, Accounts: s.whoSignsIn, Apps: o.Apps, Now: o.Now}); err != nil {
		return nil, fmt.Errorf("load the consents: %w", err)
	}
	s.traffic = traffic.NewRecorder(s.nameSecret)
	s.handler = s.traffic.Handler(http.HandlerFunc(s.route), s.addCalls)
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// route passes a request to the consent pages or to the REST API. The real service has them on different hosts.
func (s *Server) route(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, oauthserver.Prefix) {
		s.oauth.ServeHTTP(w, r)
		return
	}
	s.serve(w, r)
}

// Traffic is the request log, and injects faults.
func (s *Server) Traffic() *traffic.Recorder { return s.traffic }

// OAuth is where people consent to what apps may do.
func (s *Server) OAuth() *oauthserver.Server { return s.oauth }

// TokenName returns the name of a token of this server in the request log: "token <name>", or what the consent pages call
// theirs.
func (s *Server) TokenName(secret string) (string, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if token, ok := s.world.tokens[secret]; ok {
		return "token " + token.Name, true
	}
	return s.oauth.SecretName(secret)
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
