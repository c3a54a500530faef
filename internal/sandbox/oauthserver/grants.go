package oauthserver

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"
)

// digest is what is kept of a secret: its SHA-256 in hexadecimal. The secret itself is only with the app.
type digest string

func digestOf(secret string) digest {
	sum := sha256.Sum256([]byte(secret))
	return digest(hex.EncodeToString(sum[:]))
}

// newSecret returns a secret of 260 bits, and its digest.
func newSecret() (string, digest) {
	secret := rand.Text() + rand.Text()
	return secret, digestOf(secret)
}

// A grant is a person's consent, in the store until it is revoked.
type grant struct {
	ID           int64
	App          string
	Account      Account
	Scopes       []string
	Refresh      digest
	AccessTokens []accessToken
}

type accessToken struct {
	Digest  digest
	Expires time.Time
}

// A code stands for a consent until the app exchanges it for tokens.
type code struct {
	request authorization
	account Account
	expires time.Time
	grant   int64 // that it was exchanged for; 0 while it is unused
}

// tokens are what an app gets for a code or a refresh token.
type tokens struct {
	access, refresh string
	scopes          []string
	organization    string
}

// errInvalidGrant means that a code or a refresh token is unknown, used, expired, revoked or another app's.
var errInvalidGrant = errors.New("the code or the refresh token is not valid")

// issueCode returns a code for an account's consent to a request.
func (s *Server) issueCode(request authorization, account Account) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.options.Now()
	for known, c := range s.codes {
		if now.After(c.expires) {
			delete(s.codes, known)
		}
	}
	secret, hash := newSecret()
	s.codes[hash] = &code{request: request, account: account, expires: now.Add(codeLifetime)}
	return secret
}

// exchange returns the tokens for a code. A code that comes a second time was stolen at one of the two: what it was exchanged
// for is revoked (RFC 6749, section 4.1.2).
func (s *Server) exchange(app App, secret, redirect, verifier string) (tokens, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, known := s.codes[digestOf(secret)]
	switch {
	case !known || c.request.app.ID != app.ID:
		return tokens{}, errInvalidGrant
	case c.grant != 0:
		return tokens{}, errors.Join(errInvalidGrant, s.grants.Delete(c.grant))
	case s.options.Now().After(c.expires), redirect != c.request.redirect, !proves(verifier, c.request.challenge):
		return tokens{}, errInvalidGrant
	}
	g := grant{ID: s.grants.NextID(), App: app.ID, Account: c.account, Scopes: c.request.scopes}
	c.grant = g.ID
	refresh, hash := newSecret()
	g.Refresh = hash
	issued, err := s.issue(g)
	issued.refresh = refresh
	return issued, err
}

// proves reports whether a verifier is the one that an S256 challenge was made from.
func proves(verifier, challenge string) bool {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:]) == challenge
}

// renew returns another access token for a refresh token, which remains valid.
func (s *Server) renew(app App, refresh string) (tokens, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	hash := digestOf(refresh)
	g, found := s.find(func(g grant) bool { return g.Refresh == hash && g.App == app.ID })
	if !found {
		return tokens{}, errInvalidGrant
	}
	return s.issue(g)
}

// issue adds an access token to a grant, stores it, and forgets those that have expired.
func (s *Server) issue(g grant) (tokens, error) {
	now := s.options.Now()
	secret, hash := newSecret()
	g.AccessTokens = slices.DeleteFunc(slices.Clone(g.AccessTokens), func(t accessToken) bool { return now.After(t.Expires) })
	g.AccessTokens = append(g.AccessTokens, accessToken{Digest: hash, Expires: now.Add(accessLifetime)})
	if err := s.grants.Put(g.ID, g); err != nil {
		return tokens{}, err
	}
	return tokens{access: secret, scopes: g.Scopes, organization: g.Account.Organization}, nil
}

// forget makes a refresh token or an access token invalid. Without its refresh token, the whole consent is gone. An unknown
// token is no error (RFC 7009, section 2.2).
func (s *Server) forget(app App, secret string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	hash := digestOf(secret)
	g, found := s.find(func(g grant) bool { return g.App == app.ID && (g.Refresh == hash || g.has(hash)) })
	switch {
	case !found:
		return nil
	case g.Refresh == hash:
		return s.grants.Delete(g.ID)
	}
	g.AccessTokens = slices.DeleteFunc(slices.Clone(g.AccessTokens), func(t accessToken) bool { return t.Digest == hash })
	return s.grants.Put(g.ID, g)
}

// A Consent is what a person has allowed an app.
type Consent struct {
	ID      int64
	App     string // its name
	Account Account
}

// Consents returns all that have not been revoked, by id.
func (s *Server) Consents() []Consent {
	var all []Consent
	for _, g := range s.grants.List() {
		app, _ := s.app(g.App)
		all = append(all, Consent{g.ID, app.Name, g.Account})
	}
	return all
}

// Revoke revokes a consent, as the person who gave it can. The app is not told.
func (s *Server) Revoke(id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.grants.Get(id); !ok {
		return fmt.Errorf("there is no consent %d", id)
	}
	return s.grants.Delete(id)
}

func (s *Server) find(wanted func(grant) bool) (grant, bool) {
	all := s.grants.List()
	i := slices.IndexFunc(all, wanted)
	if i < 0 {
		return grant{}, false
	}
	return all[i], true
}

func (g grant) has(access digest) bool {
	return slices.ContainsFunc(g.AccessTokens, func(t accessToken) bool { return t.Digest == access })
}

// Access is what an access token allows.
type Access struct {
	Account Account // whose rights it has, in the account's organization only
	Scopes  []string
}

// Access returns what an access token allows now. An expired or revoked one allows nothing.
func (s *Server) Access(secret string) (Access, bool) {
	now, hash := s.options.Now(), digestOf(secret)
	g, found := s.find(func(g grant) bool {
		return slices.ContainsFunc(g.AccessTokens, func(t accessToken) bool { return t.Digest == hash && now.Before(t.Expires) })
	})
	return Access{g.Account, g.Scopes}, found
}

// SecretName returns what the log of requests calls a secret of this server.
func (s *Server) SecretName(secret string) (string, bool) {
	hash := digestOf(secret)
	s.mu.Lock()
	_, isCode := s.codes[hash]
	s.mu.Unlock()
	if isCode {
		return "authorization code", true
	}
	g, found := s.find(func(g grant) bool { return g.Refresh == hash || g.has(hash) })
	return "oauth token of " + g.Account.Email, found
}
