// Package sandbox starts a Flow workspace and the Azure DevOps organizations around it on loopback, to try and to test
// against without an account anywhere.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/adoserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/store"
)

const (
	anyPort = "127.0.0.1:0"
	// shutdownTime is how long Close waits for requests that are being answered.
	shutdownTime = time.Second
	// headerTime bounds how long a client may take to send a request's header.
	headerTime = 10 * time.Second
)

// Options says what world to start, where, and how fast Flow works in it. The zero value is the default world on ports that
// are free, with no delays, in a file that Close removes.
type Options struct {
	Scenario *scenario.Scenario // nil: the default one
	Scale    scenario.Scale     // adds generated projects and repositories
	DataFile string             // keeps the data; one that holds a world already is gone on with. "": a temporary file

	FlowAddress, AzureDevOpsAddress string // host:port on loopback; "": 127.0.0.1 and a free port

	DiscoveryDelay time.Duration // from an integration's creation to the first look-up of its projects and repositories
	ProcessingTime time.Duration // from an import to the end of its processing
	SyncInterval   time.Duration // between later look-ups; zero: none but those that Flow().Sync makes
	ReaddDelay     time.Duration // how long a removed organization cannot be added again

	HideURL bool // Flow gives integrations back with an empty url
}

// Sandbox is a running pair of servers.
type Sandbox struct {
	world       *scenario.Scenario
	flow        *flowserver.Server
	azureDevOps *adoserver.Server
	flowURL     string
	adoURL      string

	close func() error // all clean-up so far, last first
	once  sync.Once
	err   error
}

// Start starts both servers. ctx bounds the start alone. The error says what could not be had: an address that is not on
// loopback or in use, a data file that cannot be read.
func Start(ctx context.Context, o Options) (*Sandbox, error) {
	s := &Sandbox{world: o.Scenario, close: func() error { return nil }}
	if s.world == nil {
		s.world = scenario.Default()
	}
	s.world = s.world.Scaled(o.Scale)
	if err := s.start(ctx, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Sandbox) start(ctx context.Context, o Options) error {
	flowListener, err := listen(ctx, "Flow", o.FlowAddress)
	if err != nil {
		return err
	}
	s.onClose(func() error { return closed(flowListener.Close()) })
	adoListener, err := listen(ctx, "Azure DevOps", o.AzureDevOpsAddress)
	if err != nil {
		return err
	}
	s.onClose(func() error { return closed(adoListener.Close()) })
	s.flowURL = "http://" + flowListener.Addr().String() + flowserver.BasePath
	s.adoURL = "http://" + adoListener.Addr().String()

	file, err := s.openStore(o.DataFile)
	if err != nil {
		return err
	}
	if err := s.open(file, o); err != nil {
		return err
	}
	// Closing goes the other way: no more requests to Flow, then no more work of its own, then Azure DevOps can go.
	s.serve(adoListener, s.azureDevOps)
	s.onClose(func() error { s.flow.Close(); return nil })
	s.serve(flowListener, s.flow)
	return nil
}

// open makes both servers on one store. Each log of requests knows the secrets of both by name.
func (s *Sandbox) open(file *store.Store, o Options) (err error) {
	s.azureDevOps, err = adoserver.New(adoserver.Options{
		Scenario: s.world, Store: file,
		Names: func(secret string) (string, bool) { return s.flow.KeyName(secret) },
	})
	if err != nil {
		return err
	}
	s.flow, err = flowserver.New(flowserver.Options{
		Scenario: s.world, Store: file, Names: s.azureDevOps.TokenName,
		AzureDevOpsEndpoint: s.adoURL,
		DiscoveryDelay:      o.DiscoveryDelay, ProcessingTime: o.ProcessingTime,
		SyncInterval: o.SyncInterval, ReaddDelay: o.ReaddDelay,
		HideURL: o.HideURL,
	})
	return err
}

func (s *Sandbox) openStore(path string) (*store.Store, error) {
	if path == "" {
		folder, err := os.MkdirTemp("", "flow-sandbox-")
		if err != nil {
			return nil, fmt.Errorf("make a folder for the sandbox's data: %w", err)
		}
		s.onClose(func() error { return os.RemoveAll(folder) })
		path = filepath.Join(folder, "sandbox.db")
	}
	file, err := store.Open(path)
	if err != nil {
		return nil, err
	}
	s.onClose(file.Close)
	return file, nil
}

func (s *Sandbox) serve(listener net.Listener, handler http.Handler) {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: headerTime}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener) // ends by the shutdown below alone
	}()
	s.onClose(func() error {
		ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
		defer cancel()
		err := server.Shutdown(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			err = server.Close()
		}
		<-done
		return err
	})
}

// onClose puts a clean-up before those that are noted already.
func (s *Sandbox) onClose(clean func() error) {
	earlier := s.close
	s.close = func() error { return errors.Join(clean(), earlier()) }
}

// Close ends both servers. A temporary data file is removed, a named one stays. Later calls give the first one's result.
func (s *Sandbox) Close() error {
	s.once.Do(func() { s.err = s.close() })
	return s.err
}

// listen opens a port for the service, on loopback only: the sandbox's credentials are known to everybody.
func listen(ctx context.Context, service, address string) (net.Listener, error) {
	if address == "" {
		address = anyPort
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("the address for %s must be host:port, such as 127.0.0.1:8080: %w", service, err)
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fmt.Errorf("the address for %s must be on loopback, such as 127.0.0.1:8080, not %s: the sandbox's credentials are known to everybody", service, address)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", service, err)
	}
	if at, ok := listener.Addr().(*net.TCPAddr); !ok || !at.IP.IsLoopback() { // a host file may say anything about localhost
		return nil, errors.Join(fmt.Errorf("the address for %s is not on loopback: %s", service, listener.Addr()), listener.Close())
	}
	return listener, nil
}

// closed ignores that a server has closed its listener before.
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

// Token gives the secret of the scenario's token of that name. It panics on an unknown name, which is a mistake in a test.
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
func (s *Sandbox) Flow() *flowserver.Server { return s.flow }

// AzureDevOps is the server of all organizations.
func (s *Sandbox) AzureDevOps() *adoserver.Server { return s.azureDevOps }
