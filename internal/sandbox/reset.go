package sandbox

import (
	"net/http"
	"strings"
	"sync"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/control"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/pages"
)

const resetPath = control.Prefix + "reset"

// workspace is the Flow server with its pages for people, which have the paths that the API leaves.
type workspace struct {
	*flowserver.Server
	pages http.Handler
}

// ServeHTTP implements http.Handler.
func (w workspace) ServeHTTP(response http.ResponseWriter, r *http.Request) {
	for _, prefix := range []string{flowserver.BasePath, flowserver.CallbackPath, control.Prefix} {
		if strings.HasPrefix(r.URL.Path, prefix) {
			w.Server.ServeHTTP(response, r)
			return
		}
	}
	w.pages.ServeHTTP(response, r)
}

// site is one of the two servers at its address. Reset replaces the server; the address remains.
type site[S http.Handler] struct {
	mu     sync.RWMutex // held for reading while a request is answered
	server S
}

// ServeHTTP lets the server answer. The call that resets it cannot wait for itself, so it holds no lock.
func (s *site[S]) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == resetPath || r.URL.Path == pages.ResetPath {
		s.current().ServeHTTP(w, r)
		return
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	s.server.ServeHTTP(w, r)
}

func (s *site[S]) current() S {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.server
}

// Reset starts over: it empties the store, fills it from the scenario, and clears request logs and faults. It waits for
// requests and for work in progress. Servers returned by Flow and AzureDevOps before must not be used afterwards.
func (s *Sandbox) Reset() error {
	// Flow ends first, because it calls Azure DevOps while it works.
	s.flow.mu.Lock()
	defer s.flow.mu.Unlock()
	s.flow.server.Close()
	s.azureDevOps.mu.Lock()
	defer s.azureDevOps.mu.Unlock()
	if err := s.store.Clear(); err != nil {
		return err
	}
	return s.open()
}

func (s *Sandbox) resetByCall(w http.ResponseWriter, _ *http.Request) { control.Respond(w, s.Reset()) }
