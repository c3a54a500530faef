package adoserver

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// repositoryControl is where the control API has a repository.
const repositoryControl = "/_sandbox/repositories/{organization}/{project}/{repository}"

// control adds this server's part to the control API: what a test outside this process does in place of the organization's
// people. What it cannot do is answered with 400 and the reason.
//
//	PUT    /_sandbox/repositories/{organization}/{project}/{repository}  creates an empty repository: 204
//	PATCH  the same   changes any of its name, project and disabled: 204
//	DELETE the same   deletes it: 204
//	PATCH  /_sandbox/tokens/{name}  changes its state to active, expired or revoked: 204
func (s *Server) control(mux *http.ServeMux) {
	mux.HandleFunc("PUT "+repositoryControl, onRepository(func(_ *http.Request, organization, project, repository string) error {
		_, err := s.CreateRepository(organization, project, repository)
		return err
	}))
	mux.HandleFunc("PATCH "+repositoryControl, onRepository(s.changeByControl))
	mux.HandleFunc("DELETE "+repositoryControl, onRepository(func(_ *http.Request, organization, project, repository string) error {
		return s.DeleteRepository(organization, project, repository)
	}))
	mux.HandleFunc("PATCH /_sandbox/tokens/{name}", func(w http.ResponseWriter, r *http.Request) {
		var wanted struct {
			State scenario.TokenState `json:"state"`
		}
		err := decode(r, &wanted)
		switch {
		case err != nil:
		case !slices.Contains([]scenario.TokenState{scenario.TokenActive, scenario.TokenExpired, scenario.TokenRevoked}, wanted.State):
			err = fmt.Errorf("there is no state %q: a token is active, expired or revoked", wanted.State)
		default:
			err = s.SetTokenState(r.PathValue("name"), wanted.State)
		}
		answerControl(w, err)
	})
}

func onRepository(do func(r *http.Request, organization, project, repository string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		answerControl(w, do(r, r.PathValue("organization"), r.PathValue("project"), r.PathValue("repository")))
	}
}

// changeByControl takes an object with any of name, project and disabled.
func (s *Server) changeByControl(r *http.Request, organization, project, repository string) error {
	var wanted struct {
		Name     *string `json:"name"`
		Project  *string `json:"project"`
		Disabled *bool   `json:"disabled"`
	}
	err := decode(r, &wanted)
	if err == nil && wanted.Disabled != nil {
		err = s.DisableRepository(organization, project, repository, *wanted.Disabled)
	}
	if err == nil && wanted.Project != nil {
		err = s.MoveRepository(organization, project, repository, *wanted.Project)
		project = *wanted.Project
	}
	if err == nil && wanted.Name != nil {
		err = s.RenameRepository(organization, project, repository, *wanted.Name)
	}
	return err
}

func decode(r *http.Request, wanted any) error {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(wanted); err != nil {
		return errors.New("the change must be a JSON object: " + err.Error())
	}
	return nil
}

func answerControl(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
