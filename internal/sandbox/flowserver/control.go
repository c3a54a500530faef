package flowserver

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/control"
)

// control adds this server's part to the control API: what a test outside this process does in place of a person in the
// user interface.
//
//	GET    /_sandbox/dialects           the names of the dialects that Flow speaks
//	PUT    /_sandbox/dialects           makes Flow speak these dialects and no others: 204
//	DELETE /_sandbox/dialects           makes Flow speak none: 204
//	GET    /_sandbox/ingestion          what was taken in: Ingestion
//	POST   /_sandbox/sync               takes the next step of all background work now: 204
//	PATCH  /_sandbox/integrations/{id}  changes an integration as if in the user interface: 204
func (s *Server) control(api *control.API) {
	api.Handle("GET /_sandbox/dialects", "shows the dialects that Flow speaks", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, s.Spoken())
	})
	api.Handle("PUT /_sandbox/dialects", `sets all dialects: ["page-cap", "vendor:vsts"]`, func(w http.ResponseWriter, r *http.Request) {
		var names []string
		err := control.Decode(r, &names, "a JSON list of dialects")
		if err == nil {
			err = s.Speak(names...)
		}
		control.Respond(w, err)
	})
	api.Handle("DELETE /_sandbox/dialects", "removes them", func(w http.ResponseWriter, _ *http.Request) { control.Respond(w, s.Speak()) })
	api.Handle("GET /_sandbox/ingestion", "shows what Flow took in from each repository and ticket project", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusOK, s.Ingestion())
	})
	api.Handle("POST /_sandbox/sync", "makes Flow look up and process now what it would later", func(w http.ResponseWriter, r *http.Request) {
		if err := s.Sync(r.Context()); err == nil {
			w.WriteHeader(http.StatusNoContent)
		}
	})
	api.Handle("PATCH /_sandbox/integrations/{id}", `changes an integration as in Flow's user interface: any of {"name": "x", "username": "y", "services": {"ticket": false}, "webhooks": false}`, s.changeByControl)
}

// changeByControl takes an object with any of name, username, services (by their words) and webhooks.
func (s *Server) changeByControl(w http.ResponseWriter, r *http.Request) {
	var wanted struct {
		Name     *string         `json:"name"`
		Username *string         `json:"username"`
		Services map[string]bool `json:"services"`
		Webhooks *bool           `json:"webhooks"`
	}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&wanted); err != nil {
		http.Error(w, "the change must be a JSON object: "+err.Error(), http.StatusBadRequest)
		return
	}
	for word := range wanted.Services {
		if !slices.ContainsFunc(switches, func(known service) bool { return known.word == word }) {
			http.Error(w, fmt.Sprintf("there is no service %q: they are repo, pull_request and ticket; webhooks stand beside them", word), http.StatusBadRequest)
			return
		}
	}
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64) // 0 is nobody's id
	err := s.ChangeIntegration(id, func(i *Integration) {
		replace(&i.Name, wanted.Name)
		replace(&i.Username, wanted.Username)
		replace(&i.Webhooks, wanted.Webhooks)
		for _, service := range switches {
			if on, ok := wanted.Services[service.word]; ok {
				*service.of(&i.Services) = on
			}
		}
	})
	if err != nil {
		writeError(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func replace[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}
