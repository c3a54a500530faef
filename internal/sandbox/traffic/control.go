package traffic

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/control"
)

// faultJSON is a Fault in the control API: durations as in "250ms", the reset phase as "before" or "after".
type faultJSON struct {
	Method      string `json:"method,omitempty"`
	Path        string `json:"path,omitempty"`
	Client      string `json:"client,omitempty"`
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
		Method: f.Method, Path: f.Path, Client: f.Client, Times: f.Times,
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
		Method: f.Method, Path: f.Path, Client: f.Client, Times: f.Times,
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

// addCalls adds the calls for log and faults to the control API.
func (r *Recorder) addCalls(api *control.API) {
	api.Handle("GET "+control.Prefix+"requests", "shows the requests that this server got, with Accept: application/json as JSON", r.showRequests)
	api.Handle("DELETE "+control.Prefix+"requests", "clears them", func(w http.ResponseWriter, _ *http.Request) {
		r.Reset()
		control.Respond(w, nil)
	})
	api.Handle("GET "+control.Prefix+"faults", "shows the faults that are set", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, r.listFaults())
	})
	api.Handle("PUT "+control.Prefix+"faults", `sets all faults: [{"path": "/v3/**", "status": 429, "retry_after": "1", "times": 2}]`, func(w http.ResponseWriter, req *http.Request) {
		control.Respond(w, r.replaceFaults(req))
	})
	api.Handle("DELETE "+control.Prefix+"faults", "removes them", func(w http.ResponseWriter, _ *http.Request) {
		r.ClearFaults()
		control.Respond(w, nil)
	})
}

// showRequests answers people with lines of text, and programs that ask for it with JSON.
func (r *Recorder) showRequests(w http.ResponseWriter, req *http.Request) {
	if strings.Contains(req.Header.Get("Accept"), "application/json") {
		writeJSON(w, r.Requests())
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	printRequests(w, r.Requests())
}

// printRequests writes a line for each request, and its body below.
func printRequests(out io.Writer, requests []Request) {
	if len(requests) == 0 {
		fmt.Fprintln(out, "No requests.")
		return
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "TIME\tSTATUS\tCREDENTIAL\tREQUEST")
	for _, request := range requests {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", request.Time.Format("15:04:05.000"), request.Outcome(), request.Credential, request.Line())
		if request.Body != "" {
			fmt.Fprintf(table, "\t\t\t  %s\n", request.Body)
		}
	}
	_ = table.Flush() // a client that is gone needs no answer
}

// Outcome is the status of the answer, if there was one, and whether a fault took its place.
func (r Request) Outcome() string {
	outcome := "none"
	if r.Status != 0 {
		outcome = fmt.Sprint(r.Status)
	}
	if r.Faulted {
		outcome += " (fault)"
	}
	return outcome
}

// Line is the method, path and query, with the query unescaped.
func (r Request) Line() string {
	line := r.Method + " " + r.Path
	if len(r.Query) == 0 {
		return line
	}
	query, err := url.QueryUnescape(r.Query.Encode())
	if err != nil {
		query = r.Query.Encode()
	}
	return line + "?" + query
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

func (r *Recorder) replaceFaults(req *http.Request) error {
	var wanted []faultJSON
	if err := control.Decode(req, &wanted, "a JSON list of faults"); err != nil {
		return err
	}
	faults := make([]*injected, len(wanted))
	for i, f := range wanted {
		fault, err := f.fault()
		if err != nil {
			return fmt.Errorf("fault %d: %w", i+1, err)
		}
		faults[i] = &injected{Fault: fault, left: fault.Times}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = faults
	return nil
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // a client that is gone needs no answer
}
