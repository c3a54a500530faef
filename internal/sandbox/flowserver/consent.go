package flowserver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/oauthclient"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/store"
)

const (
	// AppID is what Flow is called as an app of Azure DevOps.
	AppID = "flow-sandbox"
	// CallbackPath is where Azure DevOps sends people after they have decided.
	CallbackPath = "/oauth/azure_devops/callback/"
)

// The details of connection_status for connections by OAuth. They are assumed.
const (
	messageWaiting = "Waiting for a person to consent at the authorization URL."
	messageRefused = "The consent was refused (%s)."
	messageRevoked = "The consent was revoked in Azure DevOps. A person has to consent again."
	messageElse    = "The consent is for %s, but the integration is for %s."
)

func (s *Server) newOAuthClient(file *store.Store) (*oauthclient.Client, error) {
	return oauthclient.New(oauthclient.Options{
		Store: file, HTTP: s.azureDevOps, Endpoint: s.options.AzureDevOpsEndpoint,
		ID: AppID, Secret: s.options.ClientSecret, RedirectURL: s.options.Address + CallbackPath, Scopes: scenario.RequiredScopes,
	})
}

// mayConnect reports whether the integration has a credential for its organization. It may be one that is not valid any more.
func (s *Server) mayConnect(i Integration) bool {
	return !i.byConsent() || s.consentedTo(i) == i.Organization()
}

// consentedTo returns the organization that a person has consented to, in lower case; "" without a consent.
func (s *Server) consentedTo(i Integration) string {
	if !i.byConsent() {
		return ""
	}
	return strings.ToLower(s.oauth.Status(i.ID).Organization)
}

// AuthorizationURL returns where a person can consent to the connection; "" if that is not needed.
func (s *Server) AuthorizationURL(i Integration) string {
	if !i.byConsent() || (s.mayConnect(i) && s.oauth.Status(i.ID).Phase == oauthclient.Granted) {
		return ""
	}
	return s.oauth.AuthorizationURL(i.ID)
}

// ShownURL returns the integration's address: that of the organization that a person has consented to, if it is another one.
func (s *Server) ShownURL(i Integration) string {
	if organization := s.consentedTo(i); organization != "" && organization != i.Organization() {
		return addressOf(organization)
	}
	return i.URL
}

func addressOf(organization string) string { return "https://dev.azure.com/" + organization }

// wrongOrganization returns the finding on a consent to another organization than the integration's; nil for any other.
func (s *Server) wrongOrganization(i Integration) *finding {
	if shown := s.ShownURL(i); shown != i.URL {
		return &finding{statusFailedIntegration, fmt.Sprintf(messageElse, shown, i.URL), failureDenied}
	}
	return nil
}

// waitingFor returns the detail of an integration that nobody has consented to.
func (s *Server) waitingFor(i Integration) string {
	if status := s.oauth.Status(i.ID); status.Phase == oauthclient.Refused {
		return fmt.Sprintf(messageRefused, status.Refusal)
	}
	return messageWaiting
}

// NewConnection begins a connection by OAuth for an integration that does not exist yet, as the set-up page does.
func (s *Server) NewConnection() (Integration, error) {
	i := Integration{ID: s.integrations.NextID(), AuthType: AuthOAuth}
	return i, s.oauth.Begin(i.ID)
}

// Connection is what a person has decided about a connection by OAuth.
type Connection struct {
	URL     string // of the organization that was consented to; "" without a consent
	Refusal string // the sentence on a refusal; "" without one
}

// Connection returns the decision on the connection of that id, whether or not there is an integration yet.
func (s *Server) Connection(id int64) Connection {
	status := s.oauth.Status(id)
	switch {
	case status.Organization != "":
		return Connection{URL: addressOf(status.Organization)}
	case status.Phase == oauthclient.Refused:
		return Connection{Refusal: fmt.Sprintf(messageRefused, status.Refusal)}
	}
	return Connection{}
}

// ConsentOrigin is where AuthorizationURL leads to.
func (s *Server) ConsentOrigin() string { return s.options.AzureDevOpsEndpoint }

// ensureConnection begins a connection by OAuth if the integration needs one and has none.
func (s *Server) ensureConnection(i Integration) error {
	if !i.byConsent() || s.oauth.AuthorizationURL(i.ID) != "" {
		return nil
	}
	return s.oauth.Begin(i.ID)
}

// setOwner sets the account that has consented, if any, as the integration's user name.
func (s *Server) setOwner(ctx context.Context, i *Integration) (err error) {
	if i.byConsent() && s.mayConnect(*i) {
		i.Username, err = s.organization(*i).email(ctx)
	}
	return err
}

// callback takes a person's answer from Azure DevOps, and shows the integration's page, or the set-up page that waits for it.
func (s *Server) callback(w http.ResponseWriter, r *http.Request) {
	id, err := s.decided(context.WithoutCancel(r.Context()), r.URL.Query())
	switch {
	case errors.Is(err, oauthclient.ErrUnknownState):
		writePage(w, http.StatusBadRequest, "Bad Request", "No integration is waiting for this answer of Azure DevOps.")
	case err != nil:
		writePage(w, http.StatusBadGateway, "Bad Gateway", "Azure DevOps did not confirm the consent. Open the authorization URL again.")
	default:
		http.Redirect(w, r, s.pageAfter(id), http.StatusSeeOther)
	}
}

// pageAfter returns the page that a person sees after the decision on a connection.
func (s *Server) pageAfter(id int64) string {
	if _, exists := s.integrations.Get(id); exists {
		return fmt.Sprintf("/integrations/%d", id)
	}
	return fmt.Sprintf("/integrations/new/azure-devops?method=oauth&connection=%d", id)
}

// decided takes a person's answer, and connects the integration, if there is one and that is a consent. It returns its id.
func (s *Server) decided(ctx context.Context, answer url.Values) (int64, error) {
	id, err := s.oauth.Complete(ctx, answer)
	if err != nil || answer.Has("error") {
		return id, err
	}
	i, ok := s.integrations.Get(id)
	if !ok {
		return id, nil
	}
	if err := s.setOwner(ctx, &i); err != nil {
		return id, err
	}
	consented := func(changed *Integration) { changed.Username, changed.Consents = i.Username, changed.Consents+1 }
	_, err = s.change(ctx, id, uiUser, nil, consented)
	if refused := (*refusal)(nil); errors.As(err, &refused) && refused.sentence == messageNoWebhooks {
		_, err = s.change(ctx, id, uiUser, nil, func(changed *Integration) { consented(changed); changed.Webhooks = false })
	}
	return id, err
}
