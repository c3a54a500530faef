package traffic

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ResetPhase is when a connection is reset.
type ResetPhase int

const (
	// ResetNone does not reset it.
	ResetNone ResetPhase = iota
	// ResetBefore resets it before the server handles the request: a write has no effect.
	ResetBefore
	// ResetAfter resets it afterwards: a write takes effect, and its answer is lost.
	ResetAfter
)

// Fault changes the answers to matching requests. Latency can be combined with the others; of those, Reset comes before
// Truncate, and Truncate before Status.
type Fault struct {
	Method string // "" for any
	// Path is a pattern of path.Match for the URL path, in any case. A last segment "**" matches any rest. "" for any path.
	Path string
	// Client is how the User-Agent begins, in any case. "" for any client, the sandbox's Flow among them.
	Client string
	// Times is the number of requests to match; 0 for all until it is removed.
	Times int

	Latency time.Duration

	// Status and the three fields after it replace the server's answer.
	Status      int
	RetryAfter  string // seconds or an HTTP date
	ContentType string
	Body        string

	// Truncate sends half of the server's answer, with the length of the whole.
	Truncate bool
	Reset    ResetPhase
}

// Validate reports an invalid fault.
func (f Fault) Validate() error {
	if _, err := path.Match(f.Path, ""); err != nil {
		return fmt.Errorf("path pattern %q: %w", f.Path, err)
	}
	if f.Status != 0 && (f.Status < 200 || f.Status > 599) {
		return fmt.Errorf("status %d: must be 200 to 599", f.Status)
	}
	if f.Times < 0 || f.Latency < 0 {
		return fmt.Errorf("times and latency must not be negative")
	}
	return nil
}

// Inject adds a fault after the others. The first one that matches a request counts. It panics if the fault is invalid.
func (r *Recorder) Inject(f Fault) (remove func()) {
	if err := f.Validate(); err != nil {
		panic("traffic: " + err.Error())
	}
	added := &injected{Fault: f, left: f.Times}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = append(r.faults, added)
	return func() { r.remove(added) }
}

// Faults returns the faults that are set, in order.
func (r *Recorder) Faults() []Fault {
	r.mu.Lock()
	defer r.mu.Unlock()
	faults := make([]Fault, len(r.faults))
	for i, injected := range r.faults {
		faults[i] = injected.Fault
	}
	return faults
}

// ClearFaults removes all faults.
func (r *Recorder) ClearFaults() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = nil
}

func (r *Recorder) remove(f *injected) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = slices.DeleteFunc(r.faults, func(other *injected) bool { return other == f })
}

// take returns the fault for a request, if there is one, and counts it.
func (r *Recorder) take(req *http.Request) *injected {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, f := range r.faults {
		if !f.matches(req) {
			continue
		}
		if f.Times > 0 {
			f.left--
			if f.left == 0 {
				r.faults = slices.Delete(r.faults, i, i+1)
			}
		}
		return f
	}
	return nil
}

type injected struct {
	Fault
	left int // of Times; guarded by Recorder.mu
}

func (f *injected) matches(req *http.Request) bool {
	if f.Method != "" && !strings.EqualFold(f.Method, req.Method) {
		return false
	}
	if !strings.HasPrefix(strings.ToLower(req.UserAgent()), strings.ToLower(f.Client)) {
		return false
	}
	return f.Path == "" || matchPath(strings.ToLower(f.Path), strings.ToLower(req.URL.Path))
}

func matchPath(pattern, name string) bool {
	wanted, given := strings.Split(pattern, "/"), strings.Split(name, "/")
	for i, segment := range wanted {
		if segment == "**" && i == len(wanted)-1 {
			return true
		}
		if i >= len(given) {
			return false
		}
		if ok, err := path.Match(segment, given[i]); err != nil || !ok {
			return false
		}
	}
	return len(given) == len(wanted)
}

func (f *injected) serve(w *statusWriter, req *http.Request, next http.Handler) {
	if !wait(req.Context(), f.Latency) {
		return
	}
	switch {
	case f.Reset == ResetBefore:
		breakConnection(w)
	case f.Reset == ResetAfter:
		next.ServeHTTP(newBuffer(), req)
		breakConnection(w)
	case f.Truncate:
		f.truncate(w, req, next)
	case f.Status != 0:
		f.answer(w)
	default:
		next.ServeHTTP(w, req)
	}
}

// wait reports whether the client is still waiting afterwards.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (f *injected) answer(w http.ResponseWriter) {
	header := w.Header()
	if f.RetryAfter != "" {
		header.Set("Retry-After", f.RetryAfter)
	}
	if f.ContentType != "" {
		header.Set("Content-Type", f.ContentType)
	}
	header.Set("Content-Length", strconv.Itoa(len(f.Body)))
	w.WriteHeader(f.Status)
	_, _ = io.WriteString(w, f.Body) // a client that is gone needs no answer
}

func (f *injected) truncate(w http.ResponseWriter, req *http.Request, next http.Handler) {
	whole := newBuffer()
	next.ServeHTTP(whole, req)
	maps.Copy(w.Header(), whole.header)
	body := whole.body.Bytes()
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(whole.status)
	_, _ = w.Write(body[:len(body)/2]) // the connection is closed next in any case
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// breakConnection resets the connection if it can be hijacked, and closes it otherwise.
func breakConnection(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // if it fails, the connection is closed without a reset
	}
	_ = conn.Close()
}

// buffer holds an answer that is not sent as it is.
type buffer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newBuffer() *buffer {
	return &buffer{header: http.Header{}, status: http.StatusOK}
}

func (b *buffer) Header() http.Header         { return b.header }
func (b *buffer) WriteHeader(status int)      { b.status = status }
func (b *buffer) Write(p []byte) (int, error) { return b.body.Write(p) }
