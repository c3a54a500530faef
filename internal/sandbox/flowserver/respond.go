package flowserver

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// nonField is Django REST Framework's key for errors that belong to no single field.
const nonField = "non_field_errors"

// fieldErrors is the body of a 400: sentences by field.
type fieldErrors map[string][]string

func (e fieldErrors) add(field, sentence string) { e[field] = append(e[field], sentence) }

// A refusal is an error that answers a request with 400: a sentence, and the field it is about.
type refusal struct{ field, sentence string }

func (r *refusal) Error() string { return r.sentence }

func refuse(sentence string) *refusal { return &refusal{nonField, sentence} }

func writeJSON(w http.ResponseWriter, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil { // all bodies consist of plain values
		panic(fmt.Sprintf("flowserver: answer cannot be encoded: %v", err))
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Vary", "Accept")
	w.WriteHeader(status)
	_, _ = w.Write(data) // if it fails, the client has disconnected
}

// writeDetail answers with Django REST Framework's error of one sentence.
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

// writePage answers with a page of Django, for errors outside the API.
func writePage(w http.ResponseWriter, status int, title, text string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<!doctype html>\n<html lang=\"en\">\n<head>\n  <title>%s</title>\n</head>\n<body>\n  <h1>%[1]s</h1><p>%s</p>\n</body>\n</html>\n", title, text)
}
