// Package control is the sandbox's control API: calls under /_sandbox/ for what people do in Flow and Azure DevOps, and for tests.
package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"text/tabwriter"
)

// Prefix begins the path of every call. It is on the same address as the server's own API.
const Prefix = "/_sandbox/"

// API is the control API of one server. Its zero value is not usable; New returns one.
type API struct {
	mux   *http.ServeMux
	calls []call
}

// call is one line of the index.
type call struct{ method, path, purpose string }

// New returns an API whose only call is the index.
func New() *API {
	a := &API{mux: http.NewServeMux()}
	a.Handle("GET "+Prefix+"{$}", "lists these calls", a.index)
	a.mux.HandleFunc(Prefix, func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, fmt.Sprintf("There is no %s %s. GET %s lists the calls.", r.Method, r.URL.Path, Prefix), http.StatusNotFound)
	})
	return a
}

// Handle adds a call before the API is served. The pattern is one of http.ServeMux with a method; the purpose is what the
// index says of it.
func (a *API) Handle(pattern, purpose string, handler http.HandlerFunc) {
	a.mux.HandleFunc(pattern, handler)
	method, path, _ := strings.Cut(pattern, " ")
	a.calls = append(a.calls, call{method, strings.TrimSuffix(path, "{$}"), purpose})
}

// ServeHTTP answers the calls.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

func (a *API) index(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprint(w, "Control calls of this server. Request bodies are JSON.\n\n")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	sorted := slices.SortedStableFunc(slices.Values(a.calls), func(a, b call) int { return strings.Compare(a.path, b.path) })
	for _, c := range sorted {
		fmt.Fprintf(table, "%s\t%s\t%s\n", c.method, c.path, c.purpose)
	}
	_ = table.Flush() // a client that is gone needs no answer
}

// Decode decodes the body of a call. What it must be, such as "a JSON object", is for the error.
func Decode(r *http.Request, into any, what string) error {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &mismatch) && mismatch.Field != "":
		return fmt.Errorf("the body must be %s: %q cannot be a JSON %s", what, mismatch.Field, mismatch.Value)
	case errors.As(err, &mismatch):
		return fmt.Errorf("the body must be %s, not a JSON %s", what, mismatch.Value)
	case err != nil:
		return fmt.Errorf("the body must be %s: %w", what, err)
	}
	return nil
}

// Respond answers a call that has no result: with 204, or with 400 and the reason.
func Respond(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
