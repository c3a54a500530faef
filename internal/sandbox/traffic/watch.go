package traffic

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// Moment is a point of time in the life of a request.
type Moment int

const (
	// BeforeEffect is when a request has arrived, and nothing is done yet.
	BeforeEffect Moment = iota
	// BeforeAnswer is when it has taken effect, and nothing is answered yet.
	BeforeAnswer
	// AfterAnswer is when its answer is sent.
	AfterAnswer
)

// Watch calls a function at each moment of each request that no fault answers. The request goes on when the function
// returns true; otherwise its connection breaks. Removing it ends the watch for requests that arrive later.
func (r *Recorder) Watch(watch func(req *http.Request, at Moment) (goOn bool)) (remove func()) {
	added := &watch
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watches = append(r.watches, added)
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.watches = slices.DeleteFunc(r.watches, func(other *func(*http.Request, Moment) bool) bool { return other == added })
	}
}

func (r *Recorder) watching() []*func(*http.Request, Moment) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.watches)
}

// serveWatched serves a request in steps, with the watches in between.
func (r *Recorder) serveWatched(w *statusWriter, req *http.Request, next http.Handler) {
	watches := r.watching()
	if len(watches) == 0 {
		next.ServeHTTP(w, req)
		return
	}
	reach := func(at Moment) {
		for _, watch := range watches {
			if !(*watch)(req, at) {
				breakConnection(w)
				panic(http.ErrAbortHandler)
			}
		}
	}
	reach(BeforeEffect)
	whole := newBuffer()
	next.ServeHTTP(whole, req)
	reach(BeforeAnswer)
	maps.Copy(w.Header(), whole.header)
	if whole.body.Len() > 0 {
		w.Header().Set("Content-Length", strconv.Itoa(whole.body.Len())) // Without it, the answer's end waits for this function's.
	}
	w.WriteHeader(whole.status)
	_, _ = w.Write(whole.body.Bytes()) // a client that is gone needs no answer
	_ = http.NewResponseController(w).Flush()
	reach(AfterAnswer)
}
