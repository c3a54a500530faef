// Package simulation tries each operation of the provider with each fault of the network and of the servers, on each of its
// requests in turn, and judges what became of Flow and of the state. It runs under the clock of testing/synctest, so that
// waiting takes no time.
package simulation

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
)

// Exchange is one request of the provider, and what became of it.
type Exchange struct {
	// Server is "Flow" or "Azure DevOps".
	Server, Method, Path string
	// Occurrence counts the requests of the same server, method and path, from 0.
	Occurrence int
	Body       string
	// Fault is what it met; nil if nothing.
	Fault *Fault
	// Delivered is set if the sandbox has seen it.
	Delivered bool
	// Status is that of the answer; 0 if there was none, or not all of it.
	Status     int
	RetryAfter string
	// IsList is set if the answer is a page of a list.
	IsList bool
}

// series names the requests that differ only in what they ask for, such as the pages of a list.
func (e Exchange) series() string { return e.Server + " " + e.Method + " " + e.Path }

// Injection says which requests meet a fault.
type Injection struct {
	Fault *Fault
	// Series and Occurrence are those of the first request that does.
	Series     string
	Occurrence int
	// Lasting is set if all later requests of the series meet it as well.
	Lasting bool
}

func (i *Injection) hits(e *Exchange) bool {
	return i != nil && e.series() == i.Series && (e.Occurrence == i.Occurrence || i.Lasting && e.Occurrence > i.Occurrence)
}

// network connects the provider with a sandbox in memory, and keeps a log of all requests. It implements http.RoundTripper.
type network struct {
	sandbox *acctest.Sandbox
	outside *outside
	// client sends requests to the sandbox, outside.
	client    *http.Client
	transport *http.Transport
	plain     *pipes
	encrypted *pipes

	mutex     sync.Mutex
	injection *Injection
	exchanges []*Exchange
	// strangers are the other addresses that the provider has tried to reach.
	strangers []string
}

// exchangeHeader carries an exchange's index to the server's side.
const exchangeHeader = "X-Simulation-Exchange"

// startNetwork starts a network that ends with the test.
func startNetwork(t testing.TB, sandbox *acctest.Sandbox, outside *outside, client *http.Client) *network {
	t.Helper()
	n := &network{sandbox: sandbox, outside: outside, client: client, plain: newPipes(), encrypted: newPipes()}
	n.transport = &http.Transport{DialContext: n.dial, MaxIdleConnsPerHost: 32}
	server := &http.Server{Handler: n}                                                                                                  //nolint:gosec // Its only client is the provider under test.
	impostor := &http.Server{Handler: n, TLSConfig: &tls.Config{Certificates: []tls.Certificate{unknownAuthority()}}, ErrorLog: silent} //nolint:gosec // likewise
	var servers sync.WaitGroup
	servers.Go(func() { _ = server.Serve(n.plain) })
	servers.Go(func() { _ = impostor.ServeTLS(n.encrypted, "", "") })
	t.Cleanup(func() {
		n.transport.CloseIdleConnections()
		_, _ = server.Close(), impostor.Close()
		n.plain.closeAll()
		n.encrypted.closeAll()
		servers.Wait()
	})
	return n
}

// inject makes requests meet a fault from now on, and forgets the exchanges so far.
func (n *network) inject(injection *Injection) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.injection, n.exchanges = injection, nil
}

// log returns the exchanges since the last injection, in their order.
func (n *network) log() []Exchange {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	all := make([]Exchange, len(n.exchanges))
	for i, one := range n.exchanges {
		all[i] = *one
	}
	return all
}

// maxExchanges is more than any operation needs: one that sends more has no end.
const maxExchanges = 3000

var errEndless = errors.New("the simulation ends what has no end")

// RoundTrip implements http.RoundTripper, at the provider's side.
func (n *network) RoundTrip(request *http.Request) (*http.Response, error) {
	server := n.serverAt(request.URL.Host)
	if server == "" {
		n.mutex.Lock()
		defer n.mutex.Unlock()
		n.strangers = append(n.strangers, request.URL.Host)
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("no route to host")}
	}
	index, fault := n.begin(server, request)
	if index >= maxExchanges {
		return nil, errEndless
	}
	request = request.Clone(request.Context())
	request.Header.Set(exchangeHeader, strconv.Itoa(index))
	if fault != nil && fault.connect != nil {
		if err := fault.connect(n, request); err != nil {
			return nil, err
		}
	}
	return n.transport.RoundTrip(request)
}

func (n *network) serverAt(host string) string {
	for server, address := range map[string]string{"Flow": n.sandbox.FlowBaseURL(), "Azure DevOps": n.sandbox.AzureDevOpsEndpoint()} {
		if known, err := url.Parse(address); err == nil && known.Host == host {
			return server
		}
	}
	return ""
}

func (n *network) begin(server string, request *http.Request) (int, *Fault) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	e := &Exchange{Server: server, Method: request.Method, Path: request.URL.Path}
	for _, earlier := range n.exchanges {
		if earlier.series() == e.series() {
			e.Occurrence++
		}
	}
	if n.injection.hits(e) {
		e.Fault = n.injection.Fault
	}
	n.exchanges = append(n.exchanges, e)
	return len(n.exchanges) - 1, e.Fault
}

// ServeHTTP implements http.Handler, at the servers' side.
func (n *network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	index, err := strconv.Atoi(r.Header.Get(exchangeHeader))
	r.Header.Del(exchangeHeader)
	e := n.exchange(index)
	if err != nil || e == nil { // It is from before the last injection.
		breakConnection(w)
		return
	}
	body, _ := io.ReadAll(r.Body)
	n.note(e, func(e *Exchange) { e.Body = string(body) })
	deliver := func() answer { return n.deliver(e, r, body) }
	if e.Fault == nil || e.Fault.serve == nil {
		n.send(e, w, deliver())
		return
	}
	e.Fault.serve(w, r, deliver, func(a answer) { n.send(e, w, a) })
}

func (n *network) exchange(index int) *Exchange {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if index >= len(n.exchanges) {
		return nil
	}
	return n.exchanges[index]
}

func (n *network) note(e *Exchange, change func(*Exchange)) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	change(e)
}

// answer is what a server says.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// smallPage is how many rows a page has, so that the lists of a small world have several.
const smallPage = "3"

// deliver lets the sandbox answer.
func (n *network) deliver(e *Exchange, r *http.Request, body []byte) answer {
	query := r.URL.Query()
	for _, size := range []string{"page_size", "limit"} {
		if query.Get(size) == "1000" {
			query.Set(size, smallPage)
		}
	}
	target := url.URL{Scheme: "http", Host: r.Host, Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: query.Encode()}
	method, header := r.Method, r.Header.Clone()
	var got answer
	n.outside.run(func() {
		request, err := http.NewRequestWithContext(context.Background(), method, target.String(), bytes.NewReader(body))
		if err != nil {
			panic(err)
		}
		request.Header = header
		response, err := n.client.Do(request)
		if err != nil {
			panic(err)
		}
		defer func() { _ = response.Body.Close() }()
		got = answer{status: response.StatusCode, header: response.Header.Clone()}
		if got.body, err = io.ReadAll(response.Body); err != nil {
			panic(err)
		}
	})
	n.note(e, func(e *Exchange) {
		e.Delivered = true
		e.IsList = bytes.Contains(got.body, []byte(`"results"`))
	})
	return got
}

// send answers the provider.
func (n *network) send(e *Exchange, w http.ResponseWriter, a answer) {
	n.note(e, func(e *Exchange) { e.Status, e.RetryAfter = a.status, a.header.Get("Retry-After") })
	maps.Copy(w.Header(), a.header)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

func (n *network) dial(ctx context.Context, _, address string) (net.Conn, error) {
	if strings.HasPrefix(address, impostorHost) {
		return n.encrypted.dial(ctx)
	}
	return n.plain.dial(ctx)
}

// pipes is a net.Listener whose connections are in memory.
type pipes struct {
	accepted chan net.Conn
	closed   chan struct{}

	mutex sync.Mutex
	open  []net.Conn
	done  bool
}

func newPipes() *pipes { return &pipes{accepted: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) dial(ctx context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case p.accepted <- server:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-p.closed:
		return nil, net.ErrClosed
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.open = append(p.open, server)
	return client, nil
}

// closeAll ends all connections at the server's side, as a server or a firewall does with idle ones.
func (p *pipes) closeAll() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for _, one := range slices.Backward(p.open) {
		_ = one.Close()
	}
	p.open = nil
}

// Accept implements net.Listener.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case connection := <-p.accepted:
		return connection, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (p *pipes) Close() error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if !p.done {
		p.done = true
		close(p.closed)
	}
	return nil
}

// Addr implements net.Listener.
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "memory"} }

// breakConnection ends the connection of a request without an answer.
func breakConnection(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_ = connection.Close()
}

// hang answers nothing until the client gives up.
func hang(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-time.After(time.Hour):
	}
}
