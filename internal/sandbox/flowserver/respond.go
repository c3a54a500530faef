package flowserver

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// nonField is the key of errors that belong to no single field, as Django REST Framework names it.
const nonField = "non_field_errors"

// fieldErrors is the body of a 400: sentences by the field they are about.
type fieldErrors map[string][]string

func (e fieldErrors) add(field, sentence string) { e[field] = append(e[field], sentence) }

// A refusal is a request that is understood and not fulfilled: the sentence of a 400, and the field it is about.
type refusal struct{ field, sentence string }

func (r *refusal) Error() string { return r.sentence }

func refuse(sentence string) *refusal { return &refusal{nonField, sentence} }

func writeJSON(w http.ResponseWriter, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil { // every body is made of this package's own plain values
		panic(fmt.Sprintf("flowserver: answer cannot be encoded: %v", err))
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Vary", "Accept")
	w.WriteHeader(status)
	_, _ = w.Write(data) // a client that has gone away is nobody's error
}

// writeDetail answers with the one-sentence form of Django REST Framework's errors.
func writeDetail(w http.ResponseWriter, status int, sentence string) {
	writeJSON(w, status, object{"detail": sentence})
}

func writeFieldErrors(w http.ResponseWriter, errors fieldErrors) {
	writeJSON(w, http.StatusBadRequest, errors)
}

func writeRefusal(w http.ResponseWriter, r *refusal) {
	writeFieldErrors(w, fieldErrors{r.field: {r.sentence}})
}

func writeNotFound(w http.ResponseWriter) { writeDetail(w, http.StatusNotFound, "Not found.") }

// writePage answers outside the API, where Django shows its own pages.
func writePage(w http.ResponseWriter, status int, title, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>%s</title>\n</head>\n<body>\n  <h1>%[1]s</h1><p>%s</p>\n</body>\n</html>\n", title, text)
}
