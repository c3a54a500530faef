package pages

import (
	"crypto/rand"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/webpage"
)

// The steps of adding an integration, as on the vendor's set-up page: provider, authentication, services, name.
func (p *Pages) addWizard() {
	p.mux.HandleFunc("GET /integrations/new", func(w http.ResponseWriter, r *http.Request) {
		p.show(w, r, http.StatusOK, "provider.html", page{Title: "Integration provider", Area: "integrations"})
	})
	p.mux.HandleFunc("GET /integrations/new/azure-devops", p.askConnection)
	p.mux.HandleFunc("POST /integrations/new/azure-devops", p.sameOrigin(p.testConnection))
	p.mux.HandleFunc("POST /integrations/new/azure-devops/connect", p.sameOrigin(p.askConsent))
	p.mux.HandleFunc("GET /integrations/new/{draft}/services", p.withDraft(p.askServices))
	p.do("/integrations/new/{draft}/services", p.chooseServices)
	p.mux.HandleFunc("GET /integrations/new/{draft}/name", p.withDraft(p.askName))
	p.do("/integrations/new/{draft}/name", p.create)
}

// connectionForm is the step of authentication.
type connectionForm struct {
	OAuth                bool
	Connection           int64  // by OAuth, which a person was asked to consent to; 0: none yet
	Organization         string // the address that was consented to
	Email, Token, URL    string
	Draft                string // of a connection that works: the way to the next step
	TestLabel, Connected string
}

// formFor returns the form for the method and the connection of a request.
func (p *Pages) formFor(r *http.Request) connectionForm {
	if r.FormValue("method") != flowserver.AuthOAuth {
		return connectionForm{TestLabel: "Test connection"}
	}
	form := connectionForm{OAuth: true, TestLabel: "Test URL"}
	id, _ := strconv.ParseInt(r.FormValue("connection"), 10, 64) // 0 is nobody's
	if _, taken := p.Flow.Integration(id); !taken {
		form.Connection, form.Organization = id, p.Flow.Connection(id).URL
	}
	return form
}

// askConnection shows the form, and what a person has decided who comes back from Azure DevOps.
func (p *Pages) askConnection(w http.ResponseWriter, r *http.Request) {
	form := p.formFor(r)
	p.showConnection(w, r, http.StatusOK, form, p.Flow.Connection(form.Connection).Refusal)
}

// showConnection shows the form. Its button for OAuth leads to Azure DevOps.
func (p *Pages) showConnection(w http.ResponseWriter, r *http.Request, status int, form connectionForm, failed string) {
	webpage.SubmitTo(w, p.Flow.ConsentOrigin())
	p.show(w, r, status, "connection.html", page{Title: "Select authentication method", Area: "integrations", Error: failed, Data: form})
}

// askConsent leads to Azure DevOps, for a connection that the form goes on with.
func (p *Pages) askConsent(w http.ResponseWriter, r *http.Request) {
	i, err := p.Flow.NewConnection()
	if err != nil {
		p.showConnection(w, r, http.StatusInternalServerError, p.formFor(r), sentence(err))
		return
	}
	http.Redirect(w, r, p.Flow.AuthorizationURL(i), http.StatusSeeOther)
}

// testConnection tells what the set-up page does, in its words, and keeps a connection that works as a draft.
func (p *Pages) testConnection(w http.ResponseWriter, r *http.Request) {
	form := p.formFor(r)
	form.Email, form.URL = r.PostFormValue("email"), strings.TrimSpace(r.PostFormValue("url"))
	wanted := flowserver.Integration{
		ID: form.Connection, AuthType: flowserver.AuthAccessToken, URL: form.URL, Username: form.Email, Token: r.PostFormValue("token"),
		Services: flowserver.AllServices, Webhooks: true,
	}
	if form.OAuth {
		wanted.AuthType = flowserver.AuthOAuth
	}
	if message := p.Flow.TestConnection(r.Context(), wanted); message != "" {
		p.showConnection(w, r, http.StatusUnprocessableEntity, form, strings.TrimSpace(strings.TrimSuffix(message, ".")+". "+adviceOn(message)))
		return
	}
	form.Connected, form.Draft = "Successfully connected", p.drafts.add(wanted)
	p.showConnection(w, r, http.StatusOK, form, "")
}

// adviceOn is the set-up page's advice on its own messages.
func adviceOn(message string) string {
	switch message {
	case "Authorization denied":
		return "Verify that the access token is correct and try again."
	case "An error has occurred":
		return "Verify the email and base URL are correct and try again."
	}
	return ""
}

func (p *Pages) withDraft(show func(http.ResponseWriter, *http.Request, flowserver.Integration)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		draft, ok := p.drafts.get(r.PathValue("draft"))
		if !ok {
			http.Redirect(w, r, "/integrations/new", http.StatusSeeOther)
			return
		}
		show(w, r, draft)
	}
}

func (p *Pages) askServices(w http.ResponseWriter, r *http.Request, draft flowserver.Integration) {
	p.show(w, r, http.StatusOK, "services.html", page{Title: "Choose services", Area: "integrations", Data: switchesOf(draft)})
}

func (p *Pages) chooseServices(r *http.Request) (next, notice string, err error) {
	if err := r.ParseForm(); err != nil {
		return "", "", err
	}
	id := r.PathValue("draft")
	p.drafts.change(id, func(draft *flowserver.Integration) {
		for _, one := range flowserver.Toggles() {
			*one.Of(draft) = slices.Contains(r.PostForm["service"], one.Name)
		}
	})
	return "/integrations/new/" + id + "/name", "", nil
}

func (p *Pages) askName(w http.ResponseWriter, r *http.Request, draft flowserver.Integration) {
	p.show(w, r, http.StatusOK, "name.html", page{Title: "Name the integration", Area: "integrations", Data: draft.Organization()})
}

func (p *Pages) create(r *http.Request) (next, notice string, err error) {
	id := r.PathValue("draft")
	back := "/integrations/new/" + id + "/name"
	draft, ok := p.drafts.get(id)
	if !ok {
		return "/integrations/new", "", errors.New("these settings are gone: begin again")
	}
	if draft.Name = strings.TrimSpace(r.PostFormValue("name")); draft.Name == "" {
		return back, "", errors.New("a name is required")
	}
	created, err := p.Flow.AddIntegration(draft)
	if err != nil {
		return back, "", err
	}
	p.drafts.remove(id)
	return integrationPath(created.ID), created.Name + " is created.", nil
}

// maxDrafts bounds what abandoned steps keep in memory.
const maxDrafts = 32

// drafts are integrations that are being added. Their tokens never go back to a browser.
type drafts struct {
	mu   sync.Mutex
	ids  []string // oldest first
	byID map[string]flowserver.Integration
}

func (d *drafts) add(i flowserver.Integration) (id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.byID == nil {
		d.byID = map[string]flowserver.Integration{}
	}
	if len(d.ids) == maxDrafts {
		delete(d.byID, d.ids[0])
		d.ids = d.ids[1:]
	}
	id = rand.Text()
	d.ids, d.byID[id] = append(d.ids, id), i
	return id
}

func (d *drafts) get(id string) (flowserver.Integration, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	i, ok := d.byID[id]
	return i, ok
}

func (d *drafts) change(id string, change func(*flowserver.Integration)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if i, ok := d.byID[id]; ok {
		change(&i)
		d.byID[id] = i
	}
}

func (d *drafts) remove(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ids = slices.DeleteFunc(d.ids, func(other string) bool { return other == id })
	delete(d.byID, id)
}
