package oauthserver

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/webpage"
)

//go:embed templates
var files embed.FS

var views = func() map[string]*template.Template {
	parsed := map[string]*template.Template{}
	for _, name := range []string{"account.html", "organization.html", "consent.html", "error.html"} {
		parsed[name] = template.Must(template.ParseFS(files, "templates/layout.html", "templates/"+name))
	}
	return parsed
}()

// page is what a template gets.
type page struct {
	Title   string
	Error   string
	App     string
	Address string              // of this request, where a decision is sent to
	Fields  map[string][]string // the parameters of the request, for the next step

	Accounts []Account // to choose from
	Account  Account
	Scopes   []string
}

// pageFor returns a page that leads on from the request, without the parameters that this step sets.
func pageFor(r *http.Request, a authorization, title, failed string, sets ...string) page {
	fields := r.URL.Query()
	for _, name := range sets {
		fields.Del(name)
	}
	return page{Title: title, Error: failed, App: a.app.Name, Address: AuthorizePath + "?" + r.URL.RawQuery, Fields: fields}
}

func (s *Server) askAccount(w http.ResponseWriter, r *http.Request, a authorization, failed string) {
	shown := pageFor(r, a, "Sign in", failed, "account", "organization")
	for _, account := range s.options.Accounts() {
		if !slices.ContainsFunc(shown.Accounts, func(other Account) bool { return strings.EqualFold(other.Email, account.Email) }) {
			shown.Accounts = append(shown.Accounts, account)
		}
	}
	showStep(w, "account.html", a, shown)
}

func (s *Server) askOrganization(w http.ResponseWriter, r *http.Request, a authorization, mine []Account, failed string) {
	shown := pageFor(r, a, "Choose an organization", failed, "organization")
	shown.Accounts, shown.Account = mine, mine[0]
	showStep(w, "organization.html", a, shown)
}

func (s *Server) askConsent(w http.ResponseWriter, r *http.Request, a authorization, account Account) {
	shown := pageFor(r, a, "Consent to "+a.app.Name, "")
	shown.Account = account
	for _, scope := range a.scopes {
		shown.Scopes = append(shown.Scopes, scopeLabels[scope])
	}
	showStep(w, "consent.html", a, shown)
}

// showStep shows a page whose decision leads back to the app.
func showStep(w http.ResponseWriter, name string, a authorization, shown page) {
	if app, err := url.Parse(a.redirect); err == nil {
		webpage.SubmitTo(w, app.Scheme+"://"+app.Host)
	}
	status := http.StatusOK
	if shown.Error != "" {
		status = http.StatusUnprocessableEntity
	}
	show(w, status, name, shown)
}

func show(w http.ResponseWriter, status int, name string, shown page) {
	var body bytes.Buffer
	if err := views[name].ExecuteTemplate(&body, "layout.html", shown); err != nil {
		http.Error(w, "The page cannot be rendered: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // a client that is gone needs no answer
}
