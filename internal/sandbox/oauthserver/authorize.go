package oauthserver

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// scopeLabels are the scopes that an app can ask for, as the consent page names them.
var scopeLabels = map[string]string{
	"vso.build":    "Build (read)",
	"vso.code":     "Code (read)",
	"vso.graph":    "Graph (read)",
	"vso.identity": "Identity (read)",
	"vso.project":  "Project and team (read)",
	"vso.work":     "Work items (read)",
}

// An authorization is what an app asks for.
type authorization struct {
	app       App
	redirect  string
	state     string
	challenge string
	scopes    []string
}

// readAuthorization reads a request's parameters. A wrong one is a problem to send back to the app. Without an app, or with
// another redirect URL than the app's, there is nowhere to send it: ok is false (RFC 6749, section 4.1.2.1).
func (s *Server) readAuthorization(query url.Values) (a authorization, wrong *problem, ok bool) {
	app, known := s.app(query.Get("client_id"))
	a = authorization{
		app: app, redirect: query.Get("redirect_uri"), state: query.Get("state"),
		challenge: query.Get("code_challenge"), scopes: strings.Fields(query.Get("scope")),
	}
	if !known || a.redirect != app.RedirectURL {
		return a, nil, false
	}
	unknown := func(scope string) bool { return scopeLabels[scope] == "" }
	switch {
	case query.Get("response_type") != "code":
		wrong = &problem{"unsupported_response_type", "response_type must be code."}
	case a.state == "":
		wrong = &problem{"invalid_request", "state is required."}
	case a.challenge == "" || query.Get("code_challenge_method") != "S256":
		wrong = &problem{"invalid_request", "code_challenge is required, and code_challenge_method must be S256."}
	case len(a.scopes) == 0 || slices.ContainsFunc(a.scopes, unknown):
		wrong = &problem{"invalid_scope", "scope must be one or more scopes that Azure DevOps has."}
	}
	return a, wrong, true
}

// begin reads the request of a page. Without one that a person can decide on, it has answered.
func (s *Server) begin(w http.ResponseWriter, r *http.Request) (authorization, bool) {
	a, wrong, ok := s.readAuthorization(r.URL.Query())
	switch {
	case !ok:
		show(w, http.StatusBadRequest, "error.html", page{
			Title: "This app is not known", Error: "The address names no registered app, or another redirect address than the app's.",
		})
	case wrong != nil:
		sendBack(w, r, a, url.Values{"error": {wrong.Code}, "error_description": {wrong.Description}})
	default:
		return a, true
	}
	return a, false
}

// authorize shows the next step: who signs in, to which organization the app gets access, or what it may do there.
func (s *Server) authorize(w http.ResponseWriter, r *http.Request) {
	a, ok := s.begin(w, r)
	if !ok {
		return
	}
	email, organization := r.FormValue("account"), r.FormValue("organization")
	mine := s.accountsOf(email)
	switch {
	case email == "":
		s.askAccount(w, r, a, "")
	case len(mine) == 0:
		s.askAccount(w, r, a, "There is no account "+email+".")
	case organization == "":
		s.askOrganization(w, r, a, mine, "")
	default:
		account, found := inOrganization(mine, organization)
		if !found {
			s.askOrganization(w, r, a, mine, email+" has no access to "+organization+".")
			return
		}
		s.askConsent(w, r, a, account)
	}
}

// accountsOf returns the person's accounts, one for each organization. Case does not matter when signing in.
func (s *Server) accountsOf(email string) []Account {
	return slices.DeleteFunc(s.options.Accounts(), func(a Account) bool { return !strings.EqualFold(a.Email, email) })
}

func inOrganization(accounts []Account, organization string) (Account, bool) {
	i := slices.IndexFunc(accounts, func(a Account) bool { return strings.EqualFold(a.Organization, organization) })
	if i < 0 {
		return Account{}, false
	}
	return accounts[i], true
}

// decide takes the person's decision, and sends it to the app.
func (s *Server) decide(w http.ResponseWriter, r *http.Request) {
	a, ok := s.begin(w, r)
	if !ok {
		return
	}
	if r.PostFormValue("decision") != "accept" {
		sendBack(w, r, a, url.Values{"error": {"access_denied"}, "error_description": {"The consent was refused."}})
		return
	}
	account, found := inOrganization(s.accountsOf(r.FormValue("account")), r.FormValue("organization"))
	if !found {
		show(w, http.StatusBadRequest, "error.html", page{
			Title: "No such account", Error: "There is no account " + r.FormValue("account") + " in the organization " + r.FormValue("organization") + ".",
		})
		return
	}
	sendBack(w, r, a, url.Values{"code": {s.issueCode(a, account)}})
}

// sendBack redirects to the app with an answer, and with the state of its request.
func sendBack(w http.ResponseWriter, r *http.Request, a authorization, answer url.Values) {
	if a.state != "" {
		answer.Set("state", a.state)
	}
	http.Redirect(w, r, a.redirect+"?"+answer.Encode(), http.StatusSeeOther)
}
