package pages

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
)

// shownIntegration is an integration with what its page says of it.
type shownIntegration struct {
	flowserver.Integration
	Provider, Method string
	On               []string // the services, as Flow names them
	Switches         []toggle
	Status, Detail   string
	Healthy, Waiting bool
	OAuth            bool
	ConsentAt        string // the address to consent at; "" if that is not needed
	Tabs             []tab
}

// toggle is a switch of an integration.
type toggle struct {
	Name, Label string
	On          bool
}

func switchesOf(i flowserver.Integration) []toggle {
	var switches []toggle
	for _, one := range flowserver.Toggles() {
		switches = append(switches, toggle{one.Name, one.Label, *one.Of(&i)})
	}
	return switches
}

type tab struct {
	Path, Label string
	Current     bool
}

func (p *Pages) addIntegrations() {
	p.mux.HandleFunc("GET /integrations", p.listIntegrations)
	p.mux.HandleFunc("GET /integrations/{id}", p.showIntegration)
	p.do("/integrations/{id}/services", p.switchService)
	p.do("/integrations/{id}/name", p.rename)
	p.do("/integrations/{id}/credential", p.changeCredential)
	p.do("/integrations/{id}/delete", p.deleteIntegration)
}

func (p *Pages) listIntegrations(w http.ResponseWriter, r *http.Request) {
	var shown []shownIntegration
	for _, i := range p.Flow.Integrations() {
		shown = append(shown, p.shown(r.Context(), i))
	}
	p.show(w, r, http.StatusOK, "integrations.html", page{Title: "Integrations", Area: "integrations", Data: shown})
}

func (p *Pages) showIntegration(w http.ResponseWriter, r *http.Request) {
	i, err := p.integration(r)
	if err != nil {
		p.notFound(w, sentence(err))
		return
	}
	shown := p.shown(r.Context(), i)
	shown.Tabs = tabs(i.ID, "")
	p.show(w, r, http.StatusOK, "integration.html", page{Title: i.Name, Area: "integrations", Data: shown})
}

func (p *Pages) shown(ctx context.Context, i flowserver.Integration) shownIntegration {
	shown := shownIntegration{Integration: i, Provider: "Azure DevOps", Method: "Access token", OAuth: i.AuthType == flowserver.AuthOAuth}
	if i.Manual {
		shown.Provider, shown.Method = "Other Git host", "Password"
	}
	if shown.OAuth {
		shown.Method = "OAuth"
	}
	shown.Switches = switchesOf(i)
	for _, one := range shown.Switches {
		if one.On {
			shown.On = append(shown.On, one.Label)
		}
	}
	status, detail := p.Flow.Status(ctx, i)
	shown.URL, shown.ConsentAt = p.Flow.ShownURL(i), p.Flow.AuthorizationURL(i) // after Status, which may find out about a revocation
	shown.Status, shown.Detail = titled(status), detail
	shown.Healthy = status == "healthy"
	shown.Waiting = status == "processing" || status == "pending_authorization"
	return shown
}

// titled returns a word of Flow's API for people: "failed_repo" becomes "Failed repo".
func titled(word string) string {
	if word == "" {
		return ""
	}
	return strings.ToUpper(word[:1]) + strings.ReplaceAll(word[1:], "_", " ")
}

// tabs are the pages of one integration. current is the last part of the path, "" for the integration itself.
func tabs(id int64, current string) []tab {
	all := []tab{{"", "Settings", false}, {"/repos", "Repos", false}, {"/repo-import", "Repo import", false}, {"/ticket-projects", "Ticket projects", false}}
	for i := range all {
		all[i].Current = strings.TrimPrefix(all[i].Path, "/") == current
		all[i].Path = integrationPath(id) + all[i].Path
	}
	return all
}

func integrationPath(id int64) string { return fmt.Sprintf("/integrations/%d", id) }

// integration returns the integration that the path names.
func (p *Pages) integration(r *http.Request) (flowserver.Integration, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	i, ok := p.Flow.Integration(id)
	if err != nil || !ok {
		return i, fmt.Errorf("there is no integration %s", r.PathValue("id"))
	}
	return i, nil
}

// change applies a change as a person makes it, and returns to the integration's page.
func (p *Pages) change(r *http.Request, notice string, change func(*flowserver.Integration)) (next, said string, err error) {
	i, err := p.integration(r)
	if err != nil {
		return "", "", err
	}
	return integrationPath(i.ID), notice, p.Flow.ChangeIntegration(i.ID, change)
}

func (p *Pages) switchService(r *http.Request) (next, notice string, err error) {
	on := r.PostFormValue("on") == "true"
	notice = " is off."
	if on {
		notice = " is on."
	}
	for _, one := range flowserver.Toggles() {
		if one.Name == r.PostFormValue("service") {
			return p.change(r, one.Label+notice, func(i *flowserver.Integration) { *one.Of(i) = on })
		}
	}
	return "", "", errors.New("there is no such service")
}

func (p *Pages) rename(r *http.Request) (next, notice string, err error) {
	name := strings.TrimSpace(r.PostFormValue("name"))
	if name == "" {
		return "/integrations/" + r.PathValue("id"), "", errors.New("a name is required")
	}
	return p.change(r, "Renamed.", func(i *flowserver.Integration) { i.Name = name })
}

func (p *Pages) changeCredential(r *http.Request) (next, notice string, err error) {
	i, err := p.integration(r)
	if err != nil {
		return "", "", err
	}
	i.Username, i.Token = r.PostFormValue("email"), r.PostFormValue("token")
	if message := p.Flow.TestConnection(r.Context(), i); message != "" {
		return integrationPath(i.ID), "", errors.New(message + ". " + adviceOn(message))
	}
	return p.change(r, "Successfully connected. The credential is saved.", func(changed *flowserver.Integration) {
		changed.Username, changed.Token = i.Username, i.Token
	})
}

func (p *Pages) deleteIntegration(r *http.Request) (next, notice string, err error) {
	i, err := p.integration(r)
	if err != nil {
		return "", "", err
	}
	if r.PostFormValue("sure") != "yes" {
		return integrationPath(i.ID), "", errors.New("nothing was deleted: check the box first")
	}
	return "/integrations", i.Name + " is deleted.", p.Flow.RemoveIntegration(i.ID)
}
