package flow

import (
	"context"
	"net/http"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/wait"
)

// IntegrationChange holds what to change of an integration; nil leaves a part as it is.
type IntegrationChange struct {
	Name *string
	// Email and Token change the connection, which Flow tests again with what it keeps of the rest.
	Email *string
	Token *string
	// Whole is the connection after the change, for a workspace that wants all of it. Nothing of it is sent with a change
	// that is not about the connection.
	Whole *Connection
	// Services switches repositories, pull requests and tickets, and nothing else of it.
	Services *Services
	Webhooks *bool
}

// Connection is what Flow connects with.
type Connection struct{ Email, BaseURL, Token string }

// IsEmpty reports whether nothing is to be changed.
func (change IntegrationChange) IsEmpty() bool {
	return change.Name == nil && !change.connects() && change.Services == nil && change.Webhooks == nil
}

// connects reports whether the change is about the connection.
func (change IntegrationChange) connects() bool { return change.Email != nil || change.Token != nil }

// IgnoredBy returns the part of the change that an integration does not show. What Flow does not tell, above all the token,
// counts as changed.
func (change IntegrationChange) IgnoredBy(i Integration) IntegrationChange {
	var ignored IntegrationChange
	if change.Name != nil && i.Name != "" && i.Name != *change.Name {
		ignored.Name = change.Name
	}
	if change.Email != nil && i.Email != "" && i.Email != *change.Email {
		ignored.Email = change.Email
	}
	told := i.told(change)
	if change.Services != nil && (told.Repos != change.Services.Repos || told.PullRequests != change.Services.PullRequests || told.Tickets != change.Services.Tickets) {
		ignored.Services = change.Services
	}
	if change.Webhooks != nil && told.Webhooks != *change.Webhooks {
		ignored.Webhooks = change.Webhooks
	}
	return ignored
}

// told returns the services of an integration. One that Flow does not tell is as the change wants it.
func (i Integration) told(change IntegrationChange) Services {
	told := i.Services
	if wanted := change.Services; wanted != nil {
		told.Repos = told.Repos || i.Untold.Repos && wanted.Repos
		told.PullRequests = told.PullRequests || i.Untold.PullRequests && wanted.PullRequests
		told.Tickets = told.Tickets || i.Untold.Tickets && wanted.Tickets
	}
	if change.Webhooks != nil {
		told.Webhooks = told.Webhooks || i.Untold.Webhooks && *change.Webhooks
	}
	return told
}

// secondLook is the pause before an integration is read again that does not show a change.
const secondLook = 2 * time.Second

// UpdateIntegration changes an integration and returns it as Flow describes it afterwards, which may be without a part of
// the change: see IgnoredBy. A refused connection is a *ConnectionRefusedError, a change that Flow accepts only together
// with the connection a *ConnectionDemandedError, a write that the workspace does not accept a *WriteRefusedError.
func (c *Client) UpdateIntegration(ctx context.Context, id int64, change IntegrationChange) (Integration, error) {
	defer c.forget(id, change)
	updated, err := c.patchIntegration(ctx, id, change)
	switch {
	case acknowledged(err) || err == nil && !(updated.complete() && updated.ID == id):
		updated, err = c.readIntegration(ctx, id)
	case err != nil:
		return Integration{}, refusal(err)
	}
	if err != nil || change.IgnoredBy(updated).IsEmpty() || wait.For(ctx, c.logger, secondLook, "Flow to carry out the change") != nil {
		return updated, err
	}
	return c.readIntegration(ctx, id)
}

// patchIntegration sends a change in the forms that the workspace may accept, until it does.
func (c *Client) patchIntegration(ctx context.Context, id int64, change IntegrationChange) (updated Integration, err error) {
	for _, form := range c.dialect.authDataForms(change) {
		body := change.body(form)
		_, err = c.http.JSON(ctx, httpclient.Request{
			Operation: "change integration " + formatID(id),
			Method:    http.MethodPatch,
			URL:       c.endpoint("integrations", formatID(id)),
			Body:      body,
			Secrets:   change.secrets(),
			// Sent twice, it sets the same.
			AfterUnavailable: true,
		}, &updated)
		if !refuses(err, fieldAuthData) {
			c.dialect.accepted(c.logger, form, change, err)
			updated.AzureDevOps = c.isAzureDevOps(updated)
			return updated, err
		}
	}
	if change.Whole == nil {
		err = &ConnectionDemandedError{Err: err}
	}
	return Integration{}, err
}

func (change IntegrationChange) body(form authDataForm) changeBody {
	body := changeBody{Name: change.Name, WebhooksEnabled: change.Webhooks}
	if change.connects() {
		body.AuthData = form.encode(change)
	}
	if change.Services != nil {
		enabled := change.Services.words()
		body.EnabledServices = &enabled
	}
	return body
}

func (change IntegrationChange) secrets() []string {
	if change.Token == nil {
		return nil
	}
	return []string{*change.Token}
}
