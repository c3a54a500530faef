package traffic

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// controlPrefix is where the control API lives, on the same address as the server itself.
const controlPrefix = "/_sandbox/"

// faultJSON is a Fault as the control API writes it: durations as in "250ms",
// the reset phase as "before" or "after".
type faultJSON struct {
	Method      string `json:"method,omitempty"`
	Path        string `json:"path,omitempty"`
	Times       int    `json:"times,omitempty"`
	Latency     string `json:"latency,omitempty"`
	Status      int    `json:"status,omitempty"`
	RetryAfter  string `json:"retry_after,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Body        string `json:"body,omitempty"`
	Truncate    bool   `json:"truncate,omitempty"`
	Reset       string `json:"reset,omitempty"`
}

var resetPhases = map[string]ResetPhase{"": ResetNone, "before": ResetBefore, "after": ResetAfter}

func (f faultJSON) fault() (Fault, error) {
	fault := Fault{
		Method: f.Method, Path: f.Path, Times: f.Times,
		Status: f.Status, RetryAfter: f.RetryAfter, ContentType: f.ContentType, Body: f.Body,
		Truncate: f.Truncate,
	}
	if f.Latency != "" {
		latency, err := time.ParseDuration(f.Latency)
		if err != nil {
			return Fault{}, fmt.Errorf("latency: %w", err)
		}
		fault.Latency = latency
	}
	phase, ok := resetPhases[f.Reset]
	if !ok {
		return Fault{}, fmt.Errorf(`reset %q: must be "before" or "after"`, f.Reset)
	}
	fault.Reset = phase
	return fault, fault.Validate()
}

func (f Fault) json() faultJSON {
	out := faultJSON{
		Method: f.Method, Path: f.Path, Times: f.Times,
		Status: f.Status, RetryAfter: f.RetryAfter, ContentType: f.ContentType, Body: f.Body,
		Truncate: f.Truncate,
	}
	if f.Latency > 0 {
		out.Latency = f.Latency.String()
	}
	for name, phase := range resetPhases {
		if phase == f.Reset {
			out.Reset = name
		}
	}
	return out
}

// control serves GET and DELETE /_sandbox/requests, and GET, PUT (replaces
// all) and DELETE /_sandbox/faults.
func (r *Recorder) control() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+controlPrefix+"requests", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, r.Requests())
	})
	mux.HandleFunc("DELETE "+controlPrefix+"requests", func(w http.ResponseWriter, _ *http.Request) {
		r.Reset()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET "+controlPrefix+"faults", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, r.listFaults())
	})
	mux.HandleFunc("PUT "+controlPrefix+"faults", r.replaceFaults)
	mux.HandleFunc("DELETE "+controlPrefix+"faults", func(w http.ResponseWriter, _ *http.Request) {
		r.ClearFaults()
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

func (r *Recorder) listFaults() []faultJSON {
	r.mu.Lock()
	defer r.mu.Unlock()
	faults := make([]faultJSON, len(r.faults))
	for i, f := range r.faults {
		faults[i] = f.json()
		faults[i].Times = f.left
	}
	return faults
}

func (r *Recorder) replaceFaults(w http.ResponseWriter, req *http.Request) {
	var wanted []faultJSON
	decoder := json.NewDecoder(http.MaxBytesReader(w, req.Body, maxBody))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&wanted); err != nil {
		http.Error(w, "faults must be a JSON list: "+err.Error(), http.StatusBadRequest)
		return
	}
	faults := make([]*injected, len(wanted))
	for i, f := range wanted {
		fault, err := f.fault()
		if err != nil {
			http.Error(w, fmt.Sprintf("fault %d: %v", i, err), http.StatusBadRequest)
			return
		}
		faults[i] = &injected{Fault: fault, left: fault.Times}
	}
	r.mu.Lock()
	r.faults = faults
	r.mu.Unlock()
	w.WriteHeader(http.StatusNoContent)
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // a client that is gone needs no answer
}
