package oauthserver

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// problem is the body of a failed call (RFC 6749, section 5.2).
type problem struct {
	Code        string `json:"error"`
	Description string `json:"error_description"`
}

// token exchanges a code or a refresh token for an access token.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	app, ok := s.authenticate(w, r)
	if !ok {
		return
	}
	var issued tokens
	var err error
	switch r.PostFormValue("grant_type") {
	case "authorization_code":
		issued, err = s.exchange(app, r.PostFormValue("code"), r.PostFormValue("redirect_uri"), r.PostFormValue("code_verifier"))
	case "refresh_token":
		issued, err = s.renew(app, r.PostFormValue("refresh_token"))
	default:
		answer(w, http.StatusBadRequest, problem{"unsupported_grant_type", "grant_type must be authorization_code or refresh_token."})
		return
	}
	switch {
	case errors.Is(err, errInvalidGrant):
		answer(w, http.StatusBadRequest, problem{"invalid_grant", "The code or the refresh token is unknown, used, expired or revoked, or was issued for another request."})
	case err != nil:
		answer(w, http.StatusInternalServerError, problem{"server_error", err.Error()})
	default:
		answer(w, http.StatusOK, struct {
			Access       string `json:"access_token"`
			Type         string `json:"token_type"`
			Expires      int    `json:"expires_in"`
			Refresh      string `json:"refresh_token,omitempty"`
			Scope        string `json:"scope"`
			Organization string `json:"organization"`
		}{issued.access, "Bearer", int(accessLifetime.Seconds()), issued.refresh, strings.Join(issued.scopes, " "), issued.organization})
	}
}

// revoke makes a token invalid, at the wish of its app.
func (s *Server) revoke(w http.ResponseWriter, r *http.Request) {
	app, ok := s.authenticate(w, r)
	if !ok {
		return
	}
	if err := s.forget(app, r.PostFormValue("token")); err != nil {
		answer(w, http.StatusInternalServerError, problem{"server_error", err.Error()})
		return
	}
	w.WriteHeader(http.StatusOK)
}

// authenticate returns the app whose credentials are in the header or in the form. Without one, it has answered.
func (s *Server) authenticate(w http.ResponseWriter, r *http.Request) (App, bool) {
	id, secret, inHeader := r.BasicAuth()
	if inHeader { // each half is encoded as in a form (RFC 6749, section 2.3.1)
		id, secret = unescaped(id), unescaped(secret)
	} else {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	app, known := s.app(id)
	if !known || digestOf(secret) != digestOf(app.Secret) {
		w.Header().Set("WWW-Authenticate", `Basic realm="oauth2"`)
		answer(w, http.StatusUnauthorized, problem{"invalid_client", "The client is unknown, or its secret is wrong."})
		return App{}, false
	}
	return app, true
}

func unescaped(text string) string {
	plain, err := url.QueryUnescape(text)
	if err != nil {
		return text
	}
	return plain
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.Header().Set("Pragma", "no-cache")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that is gone needs no answer
}
