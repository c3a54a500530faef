package flow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/wait"
)

// NewIntegration describes an Azure DevOps integration.
type NewIntegration struct {
	Name    string
	BaseURL string
	// AuthMethod is AuthAccessToken or AuthOAuth.
	AuthMethod string
	// Email and Token are what a connection with a token signs in with. One by OAuth has no token, and may name no e-mail.
	Email    string
	Token    string
	Services Services
}

// Flow's words for how an integration signs in (seen in a public client).
const (
	AuthAccessToken = "access_token"
	AuthOAuth       = "oauth"
)

// maxSends is how often a create request is sent at the most, each time only after the last one was searched for and not found.
const maxSends = 3

// lookUpWaits are the pauses before each search for an integration whose create request was not answered.
var lookUpWaits = []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second}

// lookUpTimeout bounds the whole search.
const lookUpTimeout = 30 * time.Second

// Terraform that is interrupted waits for its providers, and people do not wait for Terraform: together these end within five
// seconds, and a second Ctrl-C would lose the id.
const (
	// answerGrace is how long a create request may still be answered after an interrupt: its answer has the id.
	answerGrace = 2 * time.Second
	// lookUpGrace is how long the new integration may still be searched for.
	lookUpGrace = 2 * time.Second
)

// IgnoredBy returns the part of the services that an integration does not show, see IntegrationChange.IgnoredBy.
func (wanted NewIntegration) IgnoredBy(i Integration) IntegrationChange {
	return IntegrationChange{Services: &wanted.Services, Webhooks: &wanted.Services.Webhooks}.IgnoredBy(i)
}

// CreateIntegration creates an integration and returns it as Flow describes it afterwards. A service that it does not show
// as wanted is switched once more; if that has no effect either, see IgnoredBy.
//
// Flow has no idempotency keys, so after a lost answer the integration may or may not exist. Before anything is sent
// again, it is searched for: one of this name and user that the list before the creation did not have. Nothing is sent
// again after a timeout, since Flow may still be working on it, after a success whose description was lost, or after an
// interrupt: if nothing is found then, the error is a *LostAnswerError. An interrupt ends it within five seconds.
//
// An integration by OAuth reads nothing until a person has consented at its AuthorizationURL, which is empty if Flow names
// none. A workspace that does not create any by API answers with an *OAuthRefusedError.
func (c *Client) CreateIntegration(ctx context.Context, wanted NewIntegration) (Integration, error) {
	c.integrations.forget()
	before, err := c.Integrations(ctx)
	if err != nil {
		return Integration{}, err
	}
	defer c.integrations.forget()
	created, err := c.createOnce(ctx, wanted, before)
	ignored := wanted.IgnoredBy(created)
	if err != nil || ignored.IsEmpty() {
		return created, err
	}
	c.logger.InfoContext(ctx, "Flow did not take over all services on creation", "integration", created.ID)
	if updated, err := c.UpdateIntegration(ctx, created.ID, ignored); err == nil {
		// Flow may name the address only when it creates.
		updated.AuthorizationURL = cmp.Or(updated.AuthorizationURL, created.AuthorizationURL)
		return updated, nil
	}
	return created, nil // It exists, which is more than an error would say.
}

// createOnce sends the request until there is one new integration.
func (c *Client) createOnce(ctx context.Context, wanted NewIntegration, before []Integration) (Integration, error) {
	for sends := 1; ; sends++ {
		created, err := c.postIntegration(ctx, wanted, before)
		if err == nil || !mayHaveTakenEffect(err) {
			return created, wanted.refusal(err)
		}
		c.letFlowRest(ctx, err)
		created, found, lookUpErr := c.lookUp(ctx, wanted, before)
		switch {
		case found:
			return created, nil
		case lookUpErr != nil:
			return Integration{}, &LostAnswerError{Name: wanted.Name, Err: fmt.Errorf("%w; looking for it failed as well: %w", err, lookUpErr)}
		case sends == maxSends || ctx.Err() != nil || !failedForGood(err):
			return Integration{}, &LostAnswerError{Name: wanted.Name, Err: err}
		}
	}
}

// postIntegration sends a creation in the forms that the workspace may accept, until it does.
func (c *Client) postIntegration(ctx context.Context, wanted NewIntegration, existing []Integration) (Integration, error) {
	body := createBody{
		Name:            wanted.Name,
		Vendor:          c.vendorOf(existing),
		AuthType:        wanted.AuthMethod,
		EnabledServices: wanted.Services.words(),
		URL:             wanted.BaseURL,
		Username:        wanted.Email,
		Token:           wanted.Token,
	}
	if !c.dialect.createsWithoutWebhooks() {
		body.WebhooksEnabled = &wanted.Services.Webhooks
	}
	for tried := []string{body.Vendor}; ; {
		created, err := c.sendCreation(ctx, wanted, body)
		switch {
		case err == nil:
			c.dialect.created(c.logger, body)
			return created, nil
		case body.WebhooksEnabled != nil && refuses(err, fieldWebhooks):
			body.WebhooksEnabled = nil
		case refuses(err, fieldVendor):
			if body.Vendor = c.otherVendor(ctx, tried); body.Vendor == "" {
				return Integration{}, &VendorRefusedError{Tried: tried, Err: err}
			}
			tried = append(tried, body.Vendor)
		default:
			return Integration{}, err
		}
		c.logger.InfoContext(ctx, "Flow refused the form of the creation; sending another one", "fields", RefusedFields(err))
	}
}

// sendCreation sends a creation once, and returns what it made.
func (c *Client) sendCreation(ctx context.Context, wanted NewIntegration, body createBody) (Integration, error) {
	request := httpclient.Request{
		Operation: fmt.Sprintf("create integration %q", wanted.Name),
		Method:    http.MethodPost,
		URL:       c.endpoint(createPath...),
		Body:      body,
		Secrets:   []string{wanted.Token},
		Grace:     answerGrace,
	}
	var created Integration
	response, err := c.http.JSON(ctx, request, &created)
	if err != nil || created.complete() {
		created.AzureDevOps = true
		return created, err
	}
	if created.ID == 0 {
		return Integration{}, c.http.Malformed(request, response, errors.New("it has no id"))
	}
	if read, err := c.readIntegration(ctx, created.ID); err == nil {
		read.AuthorizationURL = cmp.Or(read.AuthorizationURL, created.AuthorizationURL)
		return read, nil
	}
	// The id must not be lost: the caller saves it, and the next refresh reads the rest.
	return Integration{
		ID: created.ID, Name: wanted.Name, VendorType: body.Vendor, AzureDevOps: true, AuthMethod: wanted.AuthMethod,
		BaseURL: wanted.BaseURL, Email: wanted.Email, Services: wanted.Services, AuthorizationURL: created.AuthorizationURL,
	}, nil
}

// letFlowRest waits as long as Flow asked for when it did not answer a create request, if there is that much time.
func (c *Client) letFlowRest(ctx context.Context, err error) {
	failed, ok := errors.AsType[*httpclient.Error](err)
	deadline, bounded := ctx.Deadline()
	if ok && (!bounded || failed.RetryAfter < time.Until(deadline)) {
		_ = wait.For(ctx, c.logger, failed.RetryAfter, "Flow's rate limit") // Looking for it comes next in any case.
	}
}

// lookUp searches for the integration that a create request without an answer may have made. It continues for a while after
// an interrupt, so that what was left behind can be named.
func (c *Client) lookUp(ctx context.Context, wanted NewIntegration, before []Integration) (Integration, bool, error) {
	searching, release := wait.Outlast(ctx, func() time.Duration {
		if wait.Interrupted(ctx) {
			return lookUpGrace
		}
		return lookUpTimeout
	})
	defer release()
	searching, cancel := context.WithTimeout(searching, lookUpTimeout)
	defer cancel()
	for _, pause := range lookUpWaits {
		if err := wait.For(searching, c.logger, pause, "the new integration to appear in Flow"); err != nil {
			return Integration{}, false, nil // The time for searching is over, and nothing was found.
		}
		c.integrations.forget()
		after, err := c.Integrations(searching)
		if err != nil {
			return Integration{}, false, err
		}
		at := slices.IndexFunc(after, func(i Integration) bool {
			return i.Name == wanted.Name && wanted.signsInAs(i) &&
				!slices.ContainsFunc(before, func(known Integration) bool { return known.ID == i.ID })
		})
		if at >= 0 {
			return after[at], true, nil
		}
	}
	return Integration{}, false, nil
}

// signsInAs reports whether an integration signs in as wanted. The e-mail of one by OAuth is that of the consent.
func (wanted NewIntegration) signsInAs(i Integration) bool {
	if wanted.AuthMethod == AuthOAuth {
		return i.AuthMethod == AuthOAuth
	}
	return i.Email == wanted.Email
}

// refusal returns the refusal that the failure of a creation means, if it is one.
func (wanted NewIntegration) refusal(err error) error {
	if wanted.AuthMethod == AuthOAuth && refuses(err, fieldAuthType) {
		return &OAuthRefusedError{Err: err}
	}
	return refusal(err)
}

// mayHaveTakenEffect reports whether a write that failed may have been carried out: it was sent, and the answer, if there
// is one, does not say that it was refused.
func mayHaveTakenEffect(err error) bool {
	var failed *httpclient.Error
	if !errors.As(err, &failed) || !failed.Sent {
		return false
	}
	switch failed.Kind {
	case httpclient.KindStatus:
		return failed.Status >= http.StatusInternalServerError
	case httpclient.KindRedirect:
		return false
	case httpclient.KindForeign:
		return failed.Status < http.StatusMultipleChoices
	}
	return true
}

// failedForGood reports whether Flow has abandoned a write. Otherwise it may still be working on it, or may have carried it
// out although the list does not show it, and it is not sent again.
func failedForGood(err error) bool {
	var failed *httpclient.Error
	if !errors.As(err, &failed) {
		return false
	}
	switch failed.Kind {
	case httpclient.KindUnreachable:
		return true
	case httpclient.KindStatus:
		return failed.Status != http.StatusGatewayTimeout
	}
	return false
}
