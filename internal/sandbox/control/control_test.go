package control_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/control"
)

func send(api *control.API, method, path, body string) (status int, answer string) {
	recorder := httptest.NewRecorder()
	api.ServeHTTP(recorder, httptest.NewRequest(method, path, strings.NewReader(body)))
	return recorder.Code, recorder.Body.String()
}

// lamps is an API with a call that changes something.
func lamps() *control.API {
	api := control.New()
	api.Handle("PATCH /_sandbox/lamps/{name}", `switches a lamp: {"on": true}`, func(w http.ResponseWriter, r *http.Request) {
		var wanted struct {
			On bool `json:"on"`
		}
		err := control.Decode(r, &wanted, "a JSON object")
		if err == nil && r.PathValue("name") != "desk" {
			err = errors.New("there is no such lamp")
		}
		control.Respond(w, err)
	})
	return api
}

func TestTheIndexListsEveryCall(t *testing.T) {
	const want = `Control calls of this server. Request bodies are JSON.

GET    /_sandbox/              lists these calls
PATCH  /_sandbox/lamps/{name}  switches a lamp: {"on": true}
`
	status, answer := send(lamps(), "GET", "/_sandbox/", "")
	if diff := cmp.Diff(want, answer); status != http.StatusOK || diff != "" {
		t.Errorf("status %d (-want +got):\n%s", status, diff)
	}
}

func TestACallAnswersWithNothingOrTheReason(t *testing.T) {
	for name, test := range map[string]struct {
		method, path, body string
		status             int
		answer             string
	}{
		"done":          {"PATCH", "/_sandbox/lamps/desk", `{"on": true}`, http.StatusNoContent, ""},
		"refused":       {"PATCH", "/_sandbox/lamps/ceiling", `{}`, http.StatusBadRequest, "there is no such lamp"},
		"unknown field": {"PATCH", "/_sandbox/lamps/desk", `{"color": "red"}`, http.StatusBadRequest, `the body must be a JSON object: json: unknown field "color"`},
		"wrong type":    {"PATCH", "/_sandbox/lamps/desk", `{"on": "yes"}`, http.StatusBadRequest, `the body must be a JSON object: "on" cannot be a JSON string`},
		"list":          {"PATCH", "/_sandbox/lamps/desk", `[]`, http.StatusBadRequest, "the body must be a JSON object, not a JSON array"},
		"no body":       {"PATCH", "/_sandbox/lamps/desk", "", http.StatusBadRequest, "the body must be a JSON object: EOF"},
		"other method":  {"GET", "/_sandbox/lamps/desk", "", http.StatusNotFound, "There is no GET /_sandbox/lamps/desk. GET /_sandbox/ lists the calls."},
		"other path":    {"GET", "/_sandbox/chairs", "", http.StatusNotFound, "There is no GET /_sandbox/chairs. GET /_sandbox/ lists the calls."},
	} {
		status, answer := send(lamps(), test.method, test.path, test.body)
		if status != test.status || strings.TrimSpace(answer) != test.answer {
			t.Errorf("%s: %d %q, want %d %q", name, status, answer, test.status, test.answer)
		}
	}
}
