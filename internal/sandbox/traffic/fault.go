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

// ResetPhase says when a connection breaks.
type ResetPhase int

const (
	// ResetNone leaves the connection alone.
	ResetNone ResetPhase = iota
	// ResetBefore breaks it before the server acts: a write has no effect.
	ResetBefore
	// ResetAfter breaks it after the server acted: a write took effect, its answer is lost.
	ResetAfter
)

// Fault is what happens to matching requests in place of a plain answer.
// Latency may stand alone or come before any of the others; of those, Reset
// goes before Truncate, and Truncate before Status.
type Fault struct {
	Method string // "" for any
	// Path is a pattern in the style of path.Match for the URL path, letter
	// case ignored; a last segment "**" stands for any rest. "" for any path.
	Path string
	// Times is how many requests it hits; 0: all until it is removed.
	Times int

	Latency time.Duration

	// Status, with the three fields after it, is an answer given instead of the server's.
	Status      int
	RetryAfter  string // seconds or an HTTP date
	ContentType string
	Body        string

	// Truncate sends half of the server's answer with the length of the whole, then closes.
	Truncate bool
	Reset    ResetPhase
}

// Validate reports a fault that cannot work.
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

// Inject adds a fault after those that are there; a request meets the first
// one that matches it. It panics on a fault that does not Validate.
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

// take finds the fault for a request and counts it.
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

// wait reports false when the client gave up in the meantime.
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
	_, _ = w.Write(body[:len(body)/2]) // the connection is given up next, whatever happens here
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// breakConnection sends a reset where the connection can be had, and else closes it.
func breakConnection(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // without it, closing is orderly: still no answer
	}
	_ = conn.Close()
}

// buffer takes an answer that is not sent as it is.
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
