// Package traffic is the HTTP middleware of both sandbox servers. It keeps a log of requests without secrets, and injects faults.
package traffic

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/control"
)

const (
	// maxRequests limits the log of a sandbox that runs for days. The oldest requests are dropped.
	maxRequests = 20_000
	// maxBody is the limit of a request's body, in bytes.
	maxBody = 16 << 20
)

// Names returns the name of a secret, such as "token full", and whether it is known.
type Names func(secret string) (name string, ok bool)

// Request is one request in the log. Query, Body and Credential have "<name>" in place of known secrets.
type Request struct {
	Time   time.Time  `json:"time"`
	Method string     `json:"method"`
	Path   string     `json:"path"`
	Query  url.Values `json:"query,omitempty"`
	// Body is compact JSON, or a description of any other body.
	Body string `json:"body,omitempty"`
	// Status is 0 until an answer is sent.
	Status  int  `json:"status"`
	Faulted bool `json:"faulted,omitempty"`
	// Credential is that of the Authorization header: "" without one, "<redacted>" if it is unknown.
	Credential string `json:"credential,omitempty"`
}

// Recorder keeps the log and the faults of one server. It is safe for concurrent use.
type Recorder struct {
	names   Names
	control *control.API

	mu       sync.Mutex
	requests []*Request
	faults   []*injected
	watches  []*func(*http.Request, Moment) bool
}

// NewRecorder returns a Recorder with an empty log and no faults. names must be safe for concurrent use; nil knows no secret.
func NewRecorder(names Names) *Recorder {
	if names == nil {
		names = func(string) (string, bool) { return "", false }
	}
	r := &Recorder{names: names, control: control.New()}
	r.addCalls(r.control)
	return r
}

// Control is the server's control API, to which log and faults belong.
func (r *Recorder) Control() *control.API { return r.control }

// Requests returns a copy of the log, in order of arrival.
func (r *Recorder) Requests() []Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	requests := make([]Request, len(r.requests))
	for i, request := range r.requests {
		requests[i] = *request
	}
	return requests
}

// Reset clears the log and keeps the faults.
func (r *Recorder) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests = nil
}

// Handler logs requests and passes them to next, unless a fault answers. It also serves the control API, to which the
// server adds its own calls, and which is not logged.
func (r *Recorder) Handler(next http.Handler, addCalls ...func(*control.API)) http.Handler {
	for _, add := range addCalls {
		add(r.control)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if strings.HasPrefix(req.URL.Path, control.Prefix) {
			r.control.ServeHTTP(w, req)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxBody))
		if err != nil {
			http.Error(w, "the request body is too large or incomplete", http.StatusRequestEntityTooLarge)
			return
		}
		req.Body = io.NopCloser(bytes.NewReader(body))
		fault := r.take(req)
		entry := r.record(req, body, fault != nil)
		writer := &statusWriter{ResponseWriter: w, sent: func(status int) { r.answered(entry, status) }}
		if fault == nil {
			r.serveWatched(writer, req, next)
			return
		}
		fault.serve(writer, req, next)
	})
}

func (r *Recorder) record(req *http.Request, body []byte, faulted bool) *Request {
	entry := &Request{
		Time:       time.Now(),
		Method:     req.Method,
		Path:       req.URL.Path,
		Query:      r.redactQuery(req.URL.Query()),
		Body:       r.redactBody(body),
		Faulted:    faulted,
		Credential: r.redactAuthorization(req.Header.Get("Authorization")),
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.requests) >= maxRequests {
		r.requests = slices.Delete(r.requests, 0, maxRequests/10)
	}
	r.requests = append(r.requests, entry)
	return entry
}

// answered logs the status before the answer is sent, so that a client that has the answer also finds the status.
func (r *Recorder) answered(entry *Request, status int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	entry.Status = status
}

// statusWriter calls sent with the status of the answer before sending it.
type statusWriter struct {
	http.ResponseWriter
	sent func(status int)
	done bool
}

func (w *statusWriter) WriteHeader(status int) {
	if !w.done && status >= http.StatusOK {
		w.done = true
		w.sent(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	if !w.done {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
