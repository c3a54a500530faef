package adoserver

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/control"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// repositoryPath is the path of a repository in the control API.
const repositoryPath = control.Prefix + "repositories/{organization}/{project}/{repository}"

// addCalls adds the calls for what people do in Azure DevOps.
func (s *Server) addCalls(api *control.API) {
	api.Handle("PUT "+repositoryPath, "creates an empty repository", onRepository(func(_ *http.Request, organization, project, repository string) error {
		_, err := s.CreateRepository(organization, project, repository)
		return err
	}))
	api.Handle("PATCH "+repositoryPath, `renames, moves or disables a repository: any of {"name": "x", "project": "y", "disabled": true}`, onRepository(s.changeRepositoryByCall))
	api.Handle("DELETE "+repositoryPath, "deletes a repository", onRepository(func(_ *http.Request, organization, project, repository string) error {
		return s.DeleteRepository(organization, project, repository)
	}))
	api.Handle("PATCH "+control.Prefix+"tokens/{name}", `sets a token's state: {"state": "active"}, "expired" or "revoked"`, func(w http.ResponseWriter, r *http.Request) {
		control.Respond(w, s.changeTokenByCall(r))
	})
}

func onRepository(do func(r *http.Request, organization, project, repository string) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		control.Respond(w, do(r, r.PathValue("organization"), r.PathValue("project"), r.PathValue("repository")))
	}
}

func (s *Server) changeRepositoryByCall(r *http.Request, organization, project, repository string) error {
	var wanted struct {
		Name     *string `json:"name"`
		Project  *string `json:"project"`
		Disabled *bool   `json:"disabled"`
	}
	err := control.Decode(r, &wanted, "a JSON object")
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

func (s *Server) changeTokenByCall(r *http.Request) error {
	var wanted struct {
		State scenario.TokenState `json:"state"`
	}
	if err := control.Decode(r, &wanted, "a JSON object"); err != nil {
		return err
	}
	if !slices.Contains([]scenario.TokenState{scenario.TokenActive, scenario.TokenExpired, scenario.TokenRevoked}, wanted.State) {
		return fmt.Errorf("there is no state %q: a token is active, expired or revoked", wanted.State)
	}
	return s.SetTokenState(r.PathValue("name"), wanted.State)
}
