// Package sandbox starts a Flow workspace and its Azure DevOps organizations on loopback, for tests and for trying the provider
// without an account.
package sandbox

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/adoserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/control"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/oauthserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/pages"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/store"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

const (
	anyPort = "127.0.0.1:0"
	// shutdownTimeout is how long Close waits for requests.
	shutdownTimeout = time.Second
	// headerTimeout is how long a client may take to send a request's header.
	headerTimeout = 10 * time.Second
)

// Options configures a sandbox. The zero value is the default world on free ports, without delays, in a file that Close
// removes.
type Options struct {
	Scenario *scenario.Scenario // nil: the default one
	Scale    scenario.Scale     // adds generated projects and repositories
	DataFile string             // keeps the data over restarts; "": a temporary file

	FlowAddress, AzureDevOpsAddress string // host:port on loopback; "": 127.0.0.1 and a free port

	DiscoveryDelay time.Duration // from an integration's creation to the first look-up of its projects and repositories
	ProcessingTime time.Duration // from an import to the end of its processing
	SyncInterval   time.Duration // between later look-ups; zero: none but those that Flow().Sync makes
	ReaddDelay     time.Duration // how long a removed organization cannot be added again
	Latency        time.Duration // of each answer of both servers

	HideURL  bool     // Flow returns integrations with an empty url
	Dialects []string // that Flow speaks from the start, by name; Flow().Speak changes them
}

// Sandbox is a running pair of servers.
type Sandbox struct {
	options     Options
	world       *scenario.Scenario
	store       *store.Store
	flow        site[workspace]
	azureDevOps site[*adoserver.Server]
	flowURL     string
	adoURL      string

	close func() error // all cleanups so far, last first
	once  sync.Once
	err   error
}

// Start starts both servers. ctx bounds the start alone.
func Start(ctx context.Context, o Options) (*Sandbox, error) {
	s := &Sandbox{options: o, world: o.Scenario, close: func() error { return nil }}
	if s.world == nil {
		s.world = scenario.Default()
	}
	s.world = s.world.Scaled(o.Scale)
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Sandbox) start(ctx context.Context) error {
	flowListener, err := listen(ctx, "Flow", s.options.FlowAddress)
	if err != nil {
		return err
	}
	s.onClose(func() error { return closed(flowListener.Close()) })
	adoListener, err := listen(ctx, "Azure DevOps", s.options.AzureDevOpsAddress)
	if err != nil {
		return err
	}
	s.onClose(func() error { return closed(adoListener.Close()) })
	s.flowURL = "http://" + flowListener.Addr().String() + flowserver.BasePath
	s.adoURL = "http://" + adoListener.Addr().String()

	if err := s.openStore(s.options.DataFile); err != nil {
		return err
	}
	if err := s.open(); err != nil {
		return err
	}
	// Close works in reverse: Flow's requests end, then its own work, then Azure DevOps, which that work needs.
	s.serve(adoListener, &s.azureDevOps)
	s.onClose(func() error { s.Flow().Close(); return nil })
	s.serve(flowListener, &s.flow)
	return nil
}

// open makes both servers on the store. The request log of each knows the secrets of both by name.
func (s *Sandbox) open() error {
	var flow *flowserver.Server
	app := oauthserver.App{ID: flowserver.AppID, Secret: rand.Text(), Name: "Flow", RedirectURL: s.flowAddress() + flowserver.CallbackPath}
	azureDevOps, err := adoserver.New(adoserver.Options{
		Apps:     []oauthserver.App{app},
		Scenario: s.world, Store: s.store,
		Names: func(secret string) (string, bool) { return flow.KeyName(secret) },
	})
	if err != nil {
		return err
	}
	flow, err = flowserver.New(flowserver.Options{
		Scenario: s.world, Store: s.store, Names: azureDevOps.TokenName,
		Address: s.flowAddress(), AzureDevOpsEndpoint: s.adoURL, ClientSecret: app.Secret,
		DiscoveryDelay: s.options.DiscoveryDelay, ProcessingTime: s.options.ProcessingTime,
		SyncInterval: s.options.SyncInterval, ReaddDelay: s.options.ReaddDelay,
		HideURL: s.options.HideURL, Dialects: s.options.Dialects,
	})
	if err != nil {
		return err
	}
	for _, recorder := range []*traffic.Recorder{flow.Traffic(), azureDevOps.Traffic()} {
		recorder.Control().Handle("POST "+resetPath, "starts over: both servers as after their first start", s.resetByCall)
		if s.options.Latency > 0 {
			recorder.Inject(traffic.Fault{Latency: s.options.Latency})
		}
	}
	s.flow.server = workspace{flow, pages.New(pages.Options{Flow: flow, AzureDevOps: azureDevOps, Reset: s.Reset})}
	s.azureDevOps.server = azureDevOps
	return nil
}

func (s *Sandbox) openStore(path string) error {
	if path == "" {
		folder, err := os.MkdirTemp("", "flow-sandbox-")
		if err != nil {
			return fmt.Errorf("make a folder for the sandbox's data: %w", err)
		}
		s.onClose(func() error { return os.RemoveAll(folder) })
		path = filepath.Join(folder, "sandbox.db")
	}
	opened, err := store.Open(path)
	if err != nil {
		return err
	}
	s.store = opened
	s.onClose(opened.Close)
	return nil
}

func (s *Sandbox) serve(listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: headerTimeout}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // until the shutdown below
	}()
	s.onClose(func() error {
		ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
		defer cancel()
		err := server.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			err = server.Close()
		}
		<-done
		return err
	})
}

// onClose adds a cleanup, to run before the earlier ones.
func (s *Sandbox) onClose(clean func() error) {
	earlier := s.close
	s.close = func() error { return errors.Join(clean(), earlier()) }
}

// Close ends both servers and removes a temporary data file. Later calls return the result of the first one.
func (s *Sandbox) Close() error {
	s.once.Do(func() { s.err = s.close() })
	return s.err
}

// listen opens a port for the service, on loopback only because the sandbox's credentials are public.
func listen(ctx context.Context, service, address string) (net.Listener, error) {
	if address == "" {
		address = anyPort
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("the address for %s must be host:port, such as 127.0.0.1:8080: %w", service, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("the address for %s must be on loopback, such as 127.0.0.1:8080, not %s: the sandbox's credentials are public", service, address)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", service, err)
	}
	if at, ok := listener.Addr().(*net.TCPAddr); !ok || !at.IP.IsLoopback() { // the hosts file can map localhost to anything
		return nil, errors.Join(fmt.Errorf("the address for %s is not on loopback: %s", service, listener.Addr()), listener.Close())
	}
	return listener, nil
}

// closed ignores the error of a listener that its server has closed.
func closed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// FlowBaseURL is where the Customer API is reached, such as http://127.0.0.1:8080/v3/customer/core/.
func (s *Sandbox) FlowBaseURL() string { return s.flowURL }

// AzureDevOpsEndpoint is where dev.azure.com and vssps.dev.azure.com are reached, such as http://127.0.0.1:8081.
func (s *Sandbox) AzureDevOpsEndpoint() string { return s.adoURL }

// PagesURL is where people see Flow, such as http://127.0.0.1:8080/.
func (s *Sandbox) PagesURL() string { return s.flowAddress() + "/" }

func (s *Sandbox) flowAddress() string { return strings.TrimSuffix(s.flowURL, flowserver.BasePath) }

// ControlURLs returns where the control calls of Flow and of Azure DevOps are listed, such as
// http://127.0.0.1:8080/_sandbox/.
func (s *Sandbox) ControlURLs() (flow, azureDevOps string) {
	return s.flowAddress() + control.Prefix, s.adoURL + control.Prefix
}

// APIKey is the workspace's first key that may do everything; "" when the scenario has none.
func (s *Sandbox) APIKey() string { return s.key(scenario.AccessDelete) }

// ReadonlyAPIKey is the workspace's first key that may only read; "" when the scenario has none.
func (s *Sandbox) ReadonlyAPIKey() string { return s.key(scenario.AccessView) }

func (s *Sandbox) key(access scenario.Access) string {
	for _, key := range s.world.Workspace.APIKeys {
		if key.Access == access {
			return key.Key
		}
	}
	return ""
}

// Token returns the secret of the scenario's token of that name. It panics on an unknown name, a mistake in a test.
func (s *Sandbox) Token(name string) string {
	for _, organization := range s.world.Organizations {
		for _, token := range organization.Tokens {
			if token.Name == name {
				return scenario.Secret(organization.Name, name)
			}
		}
	}
	panic(fmt.Sprintf("sandbox: the scenario has no token %q", name))
}

// Scenario is the world that the sandbox was started with, the generated part included.
func (s *Sandbox) Scenario() *scenario.Scenario { return s.world }

// Flow is the workspace's server.
func (s *Sandbox) Flow() *flowserver.Server { return s.flow.current().Server }

// AzureDevOps is the server of all organizations.
func (s *Sandbox) AzureDevOps() *adoserver.Server { return s.azureDevOps.current() }
