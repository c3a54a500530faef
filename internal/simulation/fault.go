package simulation

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"io"
	"log"
	"maps"
	"math/big"
	"net"
	"net/http"
	"slices"
	"sync"
	"syscall"
	"time"
)

// Fault is a way in which a request goes wrong.
type Fault struct {
	Name string
	// Status is that of the answer which replaces the server's; 0 if it says nothing.
	Status int
	// Passes is set if the fault is over when it is met once: a request that may be sent twice then has to succeed.
	Passes bool
	// Patient is set if the server asks for a wait.
	Patient bool
	// Harmless is set if the answer can be used all the same.
	Harmless bool
	// Costly is set if it is tried once and not lasting, which would take long and show no more.
	Costly bool
	// ListsOnly is set if it concerns pages of lists alone.
	ListsOnly bool

	// connect is what happens at the client's side before the request is sent; an error ends it.
	connect func(n *network, request *http.Request) error
	// serve answers at the server's side. deliver lets the real server answer, and send sends an answer.
	serve func(w http.ResponseWriter, r *http.Request, deliver func() answer, send func(answer))
}

// elsewhere is a host that nothing may be sent to, and impostorHost one whose certificate nobody knows.
const (
	elsewhere    = "elsewhere.example"
	impostorHost = "impostor.example"
)

// Faults are all that are tried.
func Faults() []Fault {
	date := func() string { return time.Now().Add(3 * time.Second).UTC().Format(http.TimeFormat) }
	return []Fault{
		tooMany("429, Retry-After in seconds", true, func() string { return "2" }),
		tooMany("429, Retry-After as a date", true, date),
		tooMany("429, absurd Retry-After", false, func() string { return "99999999999" }),
		tooMany("429, unreadable Retry-After", true, func() string { return "soon" }),
		tooMany("429, without Retry-After", true, nil),
		answering("500", http.StatusInternalServerError, "application/json", `{"detail":"Internal error."}`, nil).passing(),
		answering("502, HTML", http.StatusBadGateway, "text/html", "<html><title>Bad Gateway</title></html>", nil).passing(),
		answering("503, with Retry-After", http.StatusServiceUnavailable, "text/plain", "busy", func() string { return "2" }).passing().patient(),
		answering("503, without Retry-After", http.StatusServiceUnavailable, "text/plain", "down", nil).passing(),
		answering("401", http.StatusUnauthorized, "application/json", `{"detail":"Invalid token."}`, nil),
		answering("403", http.StatusForbidden, "application/json", `{"detail":"You do not have permission to perform this action."}`, nil),
		answering("page of a proxy, 200", http.StatusOK, "text/html", signIn, nil),
		answering("page of a proxy, 403", http.StatusForbidden, "text/html", signIn, nil),
		answering("page of a proxy, 511", http.StatusNetworkAuthenticationRequired, "text/html", signIn, nil),
		{Name: "refused", connect: refused},
		{Name: "TLS by an unknown authority", connect: impostor},
		{Name: "connection dropped while idle", Passes: true, connect: dropIdle},
		{Name: "reset before the effect", Passes: true, serve: func(w http.ResponseWriter, _ *http.Request, _ func() answer, _ func(answer)) { breakConnection(w) }},
		{Name: "reset after the effect", Passes: true, serve: func(w http.ResponseWriter, _ *http.Request, deliver func() answer, _ func(answer)) {
			deliver()
			breakConnection(w)
		}},
		{Name: "slower than the time limit, before the effect", Passes: true, serve: func(_ http.ResponseWriter, r *http.Request, _ func() answer, _ func(answer)) { hang(r) }},
		{Name: "slower than the time limit, after the effect", Passes: true, serve: func(_ http.ResponseWriter, r *http.Request, deliver func() answer, _ func(answer)) {
			deliver()
			hang(r)
		}},
		{Name: "truncated", Passes: true, serve: truncated},
		{Name: "wrong content type", serve: wrongType},
		{Name: "100 MB", Costly: true, serve: huge},
		{Name: "redirect to another host", Status: http.StatusFound, serve: redirect},
		{Name: "next to another host", Harmless: true, ListsOnly: true, serve: strangeNext},
		{Name: "pages without a count, and always a next", ListsOnly: true, serve: endless},
	}
}

const signIn = "<html><head><title>Sign in to the network</title></head><body>Who are you?</body></html>"

func (f Fault) passing() Fault { f.Passes = true; return f }
func (f Fault) patient() Fault { f.Patient = true; return f }

func tooMany(name string, passes bool, retryAfter func() string) Fault {
	f := answering(name, http.StatusTooManyRequests, "application/json", `{"detail":"Request was throttled."}`, retryAfter)
	f.Passes, f.Patient = passes, true
	return f
}

// answering is a fault in which something else answers, and the server sees nothing.
func answering(name string, status int, contentType, body string, retryAfter func() string) Fault {
	return Fault{Name: name, Status: status, serve: func(_ http.ResponseWriter, _ *http.Request, _ func() answer, send func(answer)) {
		header := http.Header{"Content-Type": {contentType}}
		if retryAfter != nil {
			header.Set("Retry-After", retryAfter())
		}
		send(answer{status, header, []byte(body)})
	}}
}

func refused(*network, *http.Request) error {
	return &net.OpError{
		Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1},
		Err: syscall.ECONNREFUSED,
	}
}

// impostor sends the request to a server that answers TLS with a certificate of its own.
func impostor(n *network, request *http.Request) error {
	request.URL.Scheme, request.URL.Host = "https", impostorHost
	response, err := n.transport.RoundTrip(request)
	if err == nil {
		_ = response.Body.Close()
	}
	return err
}

func dropIdle(n *network, _ *http.Request) error {
	n.plain.closeAll()
	return nil
}

// truncated delivers the request, and sends half of the answer.
func truncated(w http.ResponseWriter, _ *http.Request, deliver func() answer, _ func(answer)) {
	whole := deliver()
	maps.Copy(w.Header(), whole.header)
	w.Header().Set("Content-Length", "1000000")
	w.WriteHeader(whole.status)
	_, _ = w.Write(whole.body[:len(whole.body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func wrongType(_ http.ResponseWriter, _ *http.Request, deliver func() answer, send func(answer)) {
	whole := deliver()
	whole.header.Set("Content-Type", "text/html; charset=utf-8")
	send(whole)
}

// huge delivers the request, and sends 100 MB of JSON.
func huge(w http.ResponseWriter, _ *http.Request, deliver func() answer, _ func(answer)) {
	whole := deliver()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(whole.status)
	_, _ = io.WriteString(w, `{"count":1,"results":[{"name":"`)
	chunk := bytes.Repeat([]byte("a"), 1<<20)
	for range 100 {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
	_, _ = io.WriteString(w, `"}]}`)
}

func redirect(_ http.ResponseWriter, r *http.Request, _ func() answer, send func(answer)) {
	send(answer{http.StatusFound, http.Header{"Location": {"https://" + elsewhere + r.URL.Path}}, nil})
}

// strangeNext makes the page name another host for the next one.
func strangeNext(_ http.ResponseWriter, r *http.Request, deliver func() answer, send func(answer)) {
	send(edited(deliver(), func(page map[string]any) {
		if page["next"] != nil {
			page["next"] = "http://" + elsewhere + r.URL.Path + "?page=2"
		}
	}))
}

// endless makes a list look endless: without a count, and with a next page after each.
func endless(_ http.ResponseWriter, r *http.Request, deliver func() answer, send func(answer)) {
	send(edited(deliver(), func(page map[string]any) {
		delete(page, "count")
		page["next"] = "http://" + r.Host + r.URL.Path
	}))
}

// edited changes a page of a list.
func edited(whole answer, edit func(page map[string]any)) answer {
	var page map[string]any
	decoder := json.NewDecoder(bytes.NewReader(whole.body))
	decoder.UseNumber()
	if decoder.Decode(&page) != nil || page["results"] == nil {
		return whole
	}
	edit(page)
	whole.body, _ = json.Marshal(page)
	return whole
}

// unknownAuthority returns a certificate that its own key has signed.
var unknownAuthority = sync.OnceValue(func() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: impostorHost}, DNSNames: []string{impostorHost},
		NotBefore: time.Unix(0, 0), NotAfter: time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
})

// silent takes the server's complaints about handshakes that fail on purpose.
var silent = log.New(io.Discard, "", 0)

// repeatable reports whether a request may be sent again whatever became of it.
func repeatable(method string) bool {
	return slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete}, method)
}
