package pages

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
)

// maxRows is how many rows of a list a page shows. Searching finds the others.
const maxRows = 200

// objectsPage is a tab of an integration that lists repositories or ticket projects.
type objectsPage struct {
	ID     int64
	Tabs   []tab
	Query  string
	Rows   []flowserver.Object
	Hidden int // rows that match as well
}

func (p *Pages) addObjects() {
	p.mux.HandleFunc("GET /integrations/{id}/repos", p.showObjects("repos", "repos.html", "Repos", flowserver.Repositories,
		func(o flowserver.Object) bool { return o.Imported }))
	p.mux.HandleFunc("GET /integrations/{id}/repo-import", p.showObjects("repo-import", "repo-import.html", "Repo import", flowserver.Repositories, importable))
	p.mux.HandleFunc("GET /integrations/{id}/ticket-projects", p.showObjects("ticket-projects", "ticket-projects.html", "Ticket projects", flowserver.TicketProjects,
		func(flowserver.Object) bool { return true }))
	p.do("/integrations/{id}/repos", p.updateRepository)
	p.do("/integrations/{id}/repo-import", p.importRepositories)
	p.do("/integrations/{id}/ticket-projects", p.changeTicketProject)
}

func importable(o flowserver.Object) bool { return !o.Imported && !o.Excluded }

func (p *Pages) showObjects(tab, view, title string, kind flowserver.Kind, wanted func(flowserver.Object) bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		i, err := p.integration(r)
		if err != nil {
			p.notFound(w, sentence(err))
			return
		}
		shown := objectsPage{ID: i.ID, Tabs: tabs(i.ID, tab), Query: r.FormValue("q")}
		shown.Rows = p.matching(kind, i.ID, shown.Query, wanted)
		if len(shown.Rows) > maxRows {
			shown.Hidden, shown.Rows = len(shown.Rows)-maxRows, shown.Rows[:maxRows]
		}
		p.show(w, r, http.StatusOK, view, page{Title: i.Name + ": " + title, Area: "integrations", Data: shown})
	}
}

// matching returns the objects that a search finds, in any case. An empty query finds all.
func (p *Pages) matching(kind flowserver.Kind, integration int64, query string, wanted func(flowserver.Object) bool) []flowserver.Object {
	return slices.DeleteFunc(p.Flow.Objects(kind, integration), func(o flowserver.Object) bool {
		return !wanted(o) || !strings.Contains(strings.ToLower(o.Path), strings.ToLower(strings.TrimSpace(query)))
	})
}

func (p *Pages) updateRepository(r *http.Request) (next, notice string, err error) {
	i, err := p.integration(r)
	if err != nil {
		return "", "", err
	}
	repository := r.PostFormValue("path")
	return integrationPath(i.ID) + "/repos", repository + " is being updated.", p.Flow.Update(i.ID, repository)
}

// importRepositories imports what is checked, or everything that the search finds.
func (p *Pages) importRepositories(r *http.Request) (next, notice string, err error) {
	i, err := p.integration(r)
	if err != nil {
		return "", "", err
	}
	back := integrationPath(i.ID) + "/repo-import"
	chosen := r.PostForm["path"]
	if r.PostFormValue("all") != "" {
		chosen = nil
		for _, o := range p.matching(flowserver.Repositories, i.ID, r.PostFormValue("q"), importable) {
			chosen = append(chosen, o.Path)
		}
	}
	if len(chosen) == 0 {
		return back, "", errors.New("no repository is selected")
	}
	for _, path := range chosen {
		if err := p.Flow.Import(flowserver.Repositories, i.ID, path); err != nil {
			return back, "", err
		}
	}
	return integrationPath(i.ID) + "/repos", imported(len(chosen)), nil
}

func imported(n int) string {
	if n == 1 {
		return "1 repository is imported."
	}
	return plural(n, "repository", "repositories") + " are imported."
}

func (p *Pages) changeTicketProject(r *http.Request) (next, notice string, err error) {
	i, err := p.integration(r)
	if err != nil {
		return "", "", err
	}
	next, project := integrationPath(i.ID)+"/ticket-projects", r.PostFormValue("path")
	if r.PostFormValue("do") == "remove" {
		return next, project + " is removed from Flow.", p.Flow.Remove(flowserver.TicketProjects, i.ID, project)
	}
	return next, project + " is imported.", p.Flow.Import(flowserver.TicketProjects, i.ID, project)
}
