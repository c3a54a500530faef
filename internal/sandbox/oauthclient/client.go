// Package oauthclient is Flow's side of connections by OAuth: it sends people to Azure DevOps for their consent, exchanges the
// code that they come back with, and keeps and refreshes the tokens. It is the only place that has them.
package oauthclient

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/store"
)

// refreshBefore is how long before its end an access token is no longer used.
const refreshBefore = 10 * time.Second

var (
	// ErrNoConsent means that nobody has consented yet.
	ErrNoConsent = errors.New("nobody has consented")
	// ErrRevoked means that somebody has consented, and that Azure DevOps does not accept that any more.
	ErrRevoked = errors.New("the consent was revoked")
	// ErrUnknownState means that an answer belongs to no request of this client.
	ErrUnknownState = errors.New("no connection is waiting for this answer")
)

// Options configures a Client.
type Options struct {
	Store       *store.Store // holds the connections; the caller closes it
	HTTP        *http.Client
	Endpoint    string // of Azure DevOps, such as http://127.0.0.1:8081
	ID, Secret  string // of this client at Azure DevOps
	RedirectURL string // where people come back to
	Scopes      []string
	Now         func() time.Time // returns the current time; nil: time.Now
}

// Client holds one connection for each integration, by its id. It is safe for concurrent use.
type Client struct {
	options     Options
	config      oauth2.Config
	connections *store.Table[connection]
	renewing    sync.Mutex // held while tokens are asked for, so that a connection asks once
}

// A connection is what is kept of one integration. State and verifier remain the same, so that its address can be used again.
type connection struct {
	ID              int64
	State, Verifier string
	Refusal         string // the error code of the latest answer; "" if that was a consent
	Token           *oauth2.Token
	Organization    string // that the person chose
	Revoked         bool
}

// Phase is how far a connection is.
type Phase int

const (
	// Waiting is the phase before anybody has decided.
	Waiting Phase = iota
	// Refused is the phase after a person refused. The address can be used again.
	Refused
	// Granted is the phase after a consent.
	Granted
	// Revoked is the phase after Azure DevOps has rejected the refresh token.
	Revoked
)

// Status is how far a connection is, and what was consented to.
type Status struct {
	Phase        Phase
	Refusal      string // in the phase Refused: the error code
	Organization string // in the phases Granted and Revoked: the one that the person chose
}

// New opens the table of connections in the store.
func New(o Options) (*Client, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	connections, err := store.OpenTable[connection](o.Store, "flow_connections")
	if err != nil {
		return nil, err
	}
	return &Client{options: o, connections: connections, config: oauth2.Config{
		ClientID: o.ID, ClientSecret: o.Secret, RedirectURL: o.RedirectURL, Scopes: o.Scopes,
		Endpoint: oauth2.Endpoint{
			AuthURL: o.Endpoint + "/oauth2/authorize", TokenURL: o.Endpoint + "/oauth2/token", AuthStyle: oauth2.AuthStyleInParams,
		},
	}}, nil
}

// Begin makes a connection for the integration, which waits for consent.
func (c *Client) Begin(id int64) error {
	return c.connections.Put(id, connection{ID: id, State: rand.Text(), Verifier: oauth2.GenerateVerifier()})
}

// Forget removes the connection. Azure DevOps is told, if it can be reached.
func (c *Client) Forget(ctx context.Context, id int64) error {
	_ = c.Revoke(ctx, id)
	return c.connections.Delete(id)
}

// AuthorizationURL returns the page of Azure DevOps where a person consents; "" if the integration has no connection.
func (c *Client) AuthorizationURL(id int64) string {
	kept, ok := c.connections.Get(id)
	if !ok {
		return ""
	}
	return c.config.AuthCodeURL(kept.State, oauth2.S256ChallengeOption(kept.Verifier))
}

// Status returns how far the connection is. An integration without one waits.
func (c *Client) Status(id int64) Status {
	kept, _ := c.connections.Get(id)
	switch {
	case kept.Revoked:
		return Status{Phase: Revoked, Organization: kept.Organization}
	case kept.Token != nil:
		return Status{Phase: Granted, Organization: kept.Organization}
	case kept.Refusal != "":
		return Status{Phase: Refused, Refusal: kept.Refusal}
	}
	return Status{}
}

// Complete takes the answer that a person comes back with, and returns the integration that it is for. A refusal is no
// error; it leaves an earlier consent as it is.
func (c *Client) Complete(ctx context.Context, answer url.Values) (id int64, err error) {
	kept, ok := c.byState(answer.Get("state"))
	if !ok {
		return 0, ErrUnknownState
	}
	id = kept.ID
	if refusal := answer.Get("error"); refusal != "" {
		_, err := c.connections.Update(id, func(kept *connection) { kept.Refusal = refusal })
		return id, err
	}
	token, err := c.config.Exchange(c.context(ctx), answer.Get("code"), oauth2.VerifierOption(kept.Verifier))
	if err != nil {
		return id, fmt.Errorf("exchange the code: %w", withoutBody(err))
	}
	c.date(token)
	organization, _ := token.Extra("organization").(string)
	_, err = c.connections.Update(id, func(kept *connection) {
		kept.Token, kept.Organization, kept.Refusal, kept.Revoked = token, organization, "", false
	})
	return id, err
}

func (c *Client) byState(state string) (connection, bool) {
	all := c.connections.List()
	i := slices.IndexFunc(all, func(kept connection) bool { return kept.State == state })
	if i < 0 {
		return connection{}, false
	}
	return all[i], true
}

// Token returns an access token that is still valid for a while. It asks for another one if there is none.
func (c *Client) Token(ctx context.Context, id int64) (string, error) {
	return c.token(ctx, id, func(kept connection) bool {
		return c.options.Now().Before(kept.Token.Expiry.Add(-refreshBefore))
	})
}

// Renew asks for another access token, because Azure DevOps rejected the one that the connection has.
func (c *Client) Renew(ctx context.Context, id int64) error {
	_, err := c.token(ctx, id, func(connection) bool { return false })
	return err
}

// token returns the connection's access token if that is usable, and otherwise a new one.
func (c *Client) token(ctx context.Context, id int64, usable func(connection) bool) (string, error) {
	c.renewing.Lock()
	defer c.renewing.Unlock()
	kept, _ := c.connections.Get(id)
	switch {
	case kept.Revoked:
		return "", ErrRevoked
	case kept.Token == nil:
		return "", ErrNoConsent
	case usable(kept):
		return kept.Token.AccessToken, nil
	}
	// A token with nothing but the refresh token makes the source ask for an access token.
	renewed, err := c.config.TokenSource(c.context(ctx), &oauth2.Token{RefreshToken: kept.Token.RefreshToken}).Token()
	if refused := (*oauth2.RetrieveError)(nil); errors.As(err, &refused) && refused.ErrorCode == "invalid_grant" {
		_, err := c.connections.Update(id, func(kept *connection) { kept.Revoked = true })
		return "", errors.Join(ErrRevoked, err)
	}
	if err != nil {
		return "", fmt.Errorf("refresh the access token: %w", withoutBody(err))
	}
	c.date(renewed)
	_, err = c.connections.Update(id, func(kept *connection) { kept.Token = renewed })
	return renewed.AccessToken, err
}

// date sets when a token that was just received expires, by this client's clock.
func (c *Client) date(token *oauth2.Token) {
	token.Expiry = c.options.Now().Add(time.Duration(token.ExpiresIn) * time.Second)
}

// Revoke takes the consent back at Azure DevOps, without a trace here: this client finds out when it uses it next.
func (c *Client) Revoke(ctx context.Context, id int64) error {
	kept, _ := c.connections.Get(id)
	if kept.Token == nil {
		return ErrNoConsent
	}
	form := url.Values{"token": {kept.Token.RefreshToken}, "client_id": {c.options.ID}, "client_secret": {c.options.Secret}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.options.Endpoint+"/oauth2/revoke", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := c.options.HTTP.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("revoke the consent: Azure DevOps answered %d", response.StatusCode)
	}
	return nil
}

// Transport returns base with the connection's access token on each request.
func (c *Client) Transport(id int64, base http.RoundTripper) http.RoundTripper {
	return transport{c, id, base}
}

type transport struct {
	client *Client
	id     int64
	base   http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	token, err := t.client.Token(r.Context(), t.id)
	if err != nil {
		if r.Body != nil {
			_ = r.Body.Close() // as every RoundTripper must
		}
		return nil, err
	}
	authorized := r.Clone(r.Context())
	authorized.Header.Set("Authorization", "Bearer "+token)
	return t.base.RoundTrip(authorized)
}

func (c *Client) context(ctx context.Context) context.Context {
	return context.WithValue(ctx, oauth2.HTTPClient, c.options.HTTP)
}

// withoutBody replaces an error that quotes the answer of Azure DevOps, which may have a token in it.
func withoutBody(err error) error {
	refused := (*oauth2.RetrieveError)(nil)
	if !errors.As(err, &refused) {
		return err
	}
	if refused.ErrorCode != "" {
		return fmt.Errorf("refused by Azure DevOps (%s)", refused.ErrorCode)
	}
	return fmt.Errorf("answer %d of Azure DevOps", refused.Response.StatusCode)
}
