// Package flowserver is a Flow workspace on loopback: its Customer API, and the work that Flow does in the background with
// Azure DevOps.
package flowserver

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/oauthclient"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/store"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

// Options configures a workspace.
type Options struct {
	Scenario            *scenario.Scenario
	Store               *store.Store  // holds the workspace's data; the caller closes it
	Names               traffic.Names // of secrets other than this workspace's API keys, for the log of requests
	Address             string        // where people reach this server, such as http://127.0.0.1:8080
	AzureDevOpsEndpoint string        // where dev.azure.com and vssps.dev.azure.com are reached, such as http://127.0.0.1:8081

	ClientSecret string // of AppID at Azure DevOps

	// If one of the first two is zero, the work is done before the answer to the request that causes it.
	DiscoveryDelay time.Duration // from an integration's creation to the first look-up of its projects and repositories
	ProcessingTime time.Duration // from an import to the end of its processing
	SyncInterval   time.Duration // between later look-ups; zero means only Sync makes them
	ReaddDelay     time.Duration // how long a removed organization cannot be added again

	HideURL  bool     // Flow returns integrations with an empty url
	Dialects []string // names of the dialects to start with
}

// Server is the workspace. Its methods are safe for concurrent use.
type Server struct {
	options     Options
	azureDevOps *http.Client
	oauth       *oauthclient.Client
	traffic     *traffic.Recorder
	handler     http.Handler
	current     atomic.Pointer[behavior]

	integrations *store.Table[Integration]
	removals     *store.Table[removal]
	repos        *collection
	tickets      *collection

	// busy has a lock for each integration, held while it or something of it is changed.
	busy keyedLocks

	queue   taskQueue
	working sync.Mutex // held while queued tasks run; locking it waits for them
	stop    context.CancelFunc
	stopped chan struct{}
}

// New opens the workspace's tables in the store and continues the work that is queued there. Close ends it.
func New(o Options) (*Server, error) {
	s := &Server{options: o, azureDevOps: azureDevOpsHTTP(), stopped: make(chan struct{})}
	if err := s.Speak(o.Dialects...); err != nil {
		return nil, err
	}
	if err := s.open(o.Store); err != nil {
		return nil, err
	}
	s.traffic = traffic.NewRecorder(s.nameSecret)
	s.handler = s.traffic.Handler(s.routes(), s.control)
	s.resume()
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	go s.work(ctx)
	return s, nil
}

func (s *Server) open(file *store.Store) (err error) {
	if s.integrations, err = store.OpenTable[Integration](file, "flow_integrations"); err != nil {
		return err
	}
	if s.removals, err = store.OpenTable[removal](file, "flow_removals"); err != nil {
		return err
	}
	if s.repos, err = openCollection(file, "flow_repos"); err != nil {
		return err
	}
	if s.tickets, err = openCollection(file, "flow_ticket_projects"); err != nil {
		return err
	}
	s.oauth, err = s.newOAuthClient(file)
	return err
}

// ServeHTTP answers the Customer API, and the control API under /_sandbox/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Traffic is the log of requests to this server, and its faults.
func (s *Server) Traffic() *traffic.Recorder { return s.traffic }

// KeyName returns what the log of requests calls an API key of this workspace: "api key <name>".
func (s *Server) KeyName(secret string) (string, bool) {
	for _, key := range s.options.Scenario.Workspace.APIKeys {
		if key.Key == secret {
			return "api key " + key.Name, true
		}
	}
	return "", false
}

func (s *Server) nameSecret(secret string) (string, bool) {
	if name, ok := s.KeyName(secret); ok || s.options.Names == nil {
		return name, ok
	}
	return s.options.Names(secret)
}

// Close ends the background work and waits for the current step. Data remains in the store.
func (s *Server) Close() {
	s.stop()
	<-s.stopped
	s.azureDevOps.CloseIdleConnections()
}

// keyedLocks has a mutex for each id.
type keyedLocks struct {
	mu    sync.Mutex
	locks map[int64]*sync.Mutex
}

// lock locks the id's mutex and returns its unlock.
func (k *keyedLocks) lock(id int64) func() {
	k.mu.Lock()
	if k.locks == nil {
		k.locks = map[int64]*sync.Mutex{}
	}
	mutex, ok := k.locks[id]
	if !ok {
		mutex = &sync.Mutex{}
		k.locks[id] = mutex
	}
	k.mu.Unlock()
	mutex.Lock()
	return mutex.Unlock
}
