package flowserver

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/control"
)

// control adds this server's part to the control API: what a test outside this process does in place of a person in the
// user interface.
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
	api.Handle("POST /_sandbox/integrations", `creates an integration as in Flow's user interface, without a test: {"name": "x", "url": "https://dev.azure.com/contoso", "username": "y", "token": "z"}, or with "auth_method": "oauth" in place of a token`, s.createByControl)
	api.Handle("PATCH /_sandbox/integrations/{id}", `changes an integration as in Flow's user interface: any of {"name": "x", "username": "y", "url": "https://dev.azure.com/fabrikam", "services": {"tickets": false}}`, s.changeByControl)
	api.Handle("DELETE /_sandbox/integrations/{id}", "deletes an integration as in Flow's user interface", func(w http.ResponseWriter, r *http.Request) {
		respond(w, s.RemoveIntegration(pathID(r)))
	})
	s.controlConsent(api)
}

// settings are what a person sets of an integration. Absent ones are not set.
type settings struct {
	Name       *string         `json:"name"`
	URL        *string         `json:"url"`
	Username   *string         `json:"username"`
	Token      *string         `json:"token"`
	AuthMethod *string         `json:"auth_method"`
	Services   map[string]bool `json:"services"` // by the names of Toggles
}

// read takes the settings from a request's body.
func (s *settings) read(r *http.Request) error {
	if err := control.Decode(r, s, "a JSON object"); err != nil {
		return err
	}
	for name := range s.Services {
		if !slices.ContainsFunc(Toggles(), func(known Toggle) bool { return known.Name == name }) {
			return fmt.Errorf("there is no service %q: they are repos, pull_requests, tickets and webhooks", name)
		}
	}
	return nil
}

func (s *settings) apply(i *Integration) {
	replace(&i.Name, s.Name)
	replace(&i.URL, s.URL)
	replace(&i.Username, s.Username)
	replace(&i.Token, s.Token)
	replace(&i.AuthType, s.AuthMethod)
	for _, toggle := range Toggles() {
		if on, ok := s.Services[toggle.Name]; ok {
			*toggle.Of(i) = on
		}
	}
}

// createByControl answers with the new integration's id.
func (s *Server) createByControl(w http.ResponseWriter, r *http.Request) {
	var wanted settings
	if err := wanted.read(r); err != nil {
		control.Respond(w, err)
		return
	}
	i := Integration{AuthType: AuthAccessToken, Services: AllServices}
	wanted.apply(&i)
	if i.Name == "" || i.URL == "" {
		control.Respond(w, errors.New("an integration needs a name and a url"))
		return
	}
	created, err := s.AddIntegration(i)
	if err != nil {
		control.Respond(w, err)
		return
	}
	writeJSON(w, http.StatusCreated, object{"id": created.ID})
}

func (s *Server) changeByControl(w http.ResponseWriter, r *http.Request) {
	var wanted settings
	if err := wanted.read(r); err != nil {
		control.Respond(w, err)
		return
	}
	respond(w, s.ChangeIntegration(pathID(r), wanted.apply))
}

// respond answers a call on one integration.
func respond(w http.ResponseWriter, err error) {
	if err != nil {
		writeError(w, err)
		return
	}
	control.Respond(w, nil)
}

// pathID returns the id in a call's path. 0 is nobody's.
func pathID(r *http.Request) int64 {
	id, _ := strconv.ParseInt(r.PathValue("id"), 10, 64)
	return id
}

func replace[T any](field, value *T) {
	if value != nil {
		*field = *value
	}
}
