// Package oauthserver is the part of Azure DevOps that lets people consent to what an app may do: OAuth 2.0's authorization
// code with PKCE (RFC 6749, RFC 7636), refresh tokens, and revocation (RFC 7009).
//
// It is plain code: a library such as github.com/zitadel/oidc brings OpenID Connect, keys and sessions, and wants a storage of
// two dozen methods, which is more than these three endpoints. It keeps to the standards rather than to Azure DevOps' older
// own form with assertions, for which Microsoft registers no new apps
// (https://learn.microsoft.com/azure/devops/integrate/get-started/authentication/azure-devops-oauth).
//
// The person chooses one organization, and a token is for that one only. The answer to a code names it in the field
// "organization", as services do whose consent includes such a choice.
package oauthserver

import (
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/store"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/webpage"
)

// Prefix begins the path of everything here.
const Prefix = "/oauth2/"

// The paths of the endpoints.
const (
	AuthorizePath = Prefix + "authorize"
	TokenPath     = Prefix + "token"
	RevokePath    = Prefix + "revoke"
	stylePath     = Prefix + "style.css"
)

const (
	// accessLifetime is how long an access token is accepted.
	accessLifetime = time.Hour
	// codeLifetime is how long an authorization code is accepted.
	codeLifetime = 5 * time.Minute
)

// Options configures a Server.
type Options struct {
	Store    *store.Store     // holds what people have consented to; the caller closes it
	Accounts func() []Account // everybody who can sign in; it must not call this server
	Apps     []App            // that can ask for consent
	Now      func() time.Time // returns the current time; nil: time.Now
}

// An Account is a person's or a service's account in one organization.
type Account struct {
	ID, Email, Name, Organization string
}

// An App is a registered client.
type App struct {
	ID, Secret, Name string
	RedirectURL      string // the only one that it may use
}

// Server is an http.Handler for the paths under Prefix. It is safe for concurrent use.
type Server struct {
	options Options
	mux     *http.ServeMux
	grants  *store.Table[grant]

	mu    sync.Mutex // held while a code or a grant is changed
	codes map[digest]*code
}

// New opens the table of consents in the store.
func New(o Options) (*Server, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	grants, err := store.OpenTable[grant](o.Store, "ado_grants")
	if err != nil {
		return nil, err
	}
	s := &Server{options: o, mux: http.NewServeMux(), grants: grants, codes: map[digest]*code{}}
	s.mux.HandleFunc("GET "+stylePath, webpage.Style)
	s.mux.HandleFunc("GET "+AuthorizePath, s.authorize)
	// A form of another site cannot consent; a client without a browser sends no such headers.
	s.mux.Handle("POST "+AuthorizePath, http.NewCrossOriginProtection().Handler(http.HandlerFunc(s.decide)))
	s.mux.HandleFunc("POST "+TokenPath, s.token)
	s.mux.HandleFunc("POST "+RevokePath, s.revoke)
	return s, nil
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if webpage.Admit(w, r) {
		s.mux.ServeHTTP(w, r)
	}
}

// app returns the app with that id.
func (s *Server) app(id string) (App, bool) {
	i := slices.IndexFunc(s.options.Apps, func(a App) bool { return a.ID == id })
	if i < 0 {
		return App{}, false
	}
	return s.options.Apps[i], true
}
