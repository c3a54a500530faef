package flow

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// Integration is a connection of Flow to a git host or ticket system. No secret of it can be read.
type Integration struct {
	ID         int64
	Name       string
	VendorType string
	// AuthMethod is "access_token", "oauth" or "userpass".
	AuthMethod string
	// BaseURL is the connected address. The vendor calls the field unused, and it may be empty.
	BaseURL string
	// Email is the account that Flow connects as.
	Email    string
	Services Services
	// CreatedAt is a timestamp without a zone, as Flow returns it.
	CreatedAt string
	CreatedBy string
	// AuthorizationURL is where a person consents to an OAuth connection; empty otherwise.
	AuthorizationURL string
	// Discovered is set once Flow has looked up the organization's projects and repositories.
	Discovered bool
	// LookedUpAt is the time of the latest look-up, without a zone, as Flow returns it; empty if Flow does not say.
	LookedUpAt string
}

// Services are the parts of an integration that are switched on and off.
type Services struct {
	Repos        bool
	PullRequests bool
	Tickets      bool
	Webhooks     bool
}

// addTo reports whether a service that brings something to import is on that was off before.
func (s Services) addTo(before Services) bool {
	return s.Repos && !before.Repos || s.PullRequests && !before.PullRequests || s.Tickets && !before.Tickets
}

// words returns the services that are on, without webhooks, in Flow's words.
func (s Services) words() []string {
	enabled := []string{}
	for _, service := range []struct {
		on   bool
		word string
	}{{s.Repos, serviceRepos}, {s.PullRequests, servicePullRequests}, {s.Tickets, serviceTickets}} {
		if service.on {
			enabled = append(enabled, service.word)
		}
	}
	return enabled
}

// UnmarshalJSON decodes Flow's read object.
func (i *Integration) UnmarshalJSON(raw []byte) error {
	var wire struct {
		ID                 number `json:"id"`
		Name               string `json:"name"`
		VendorType         string `json:"vendor_type"`
		AuthType           string `json:"auth_type"`
		URL                text   `json:"url"`
		Username           text   `json:"username"`
		WebhooksEnabled    bool   `json:"webhooks_enabled"`
		EnabledSourceTypes words  `json:"enabled_source_types"`
		CreatedAt          text   `json:"created_at"`
		CreatedBy          text   `json:"created_by"`
		AuthorizationURL   text   `json:"authorization_url"`
		lookUp
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return err
	}
	on := func(service string) bool {
		return slices.ContainsFunc(wire.EnabledSourceTypes, func(word string) bool {
			return serviceWords[strings.ToLower(word)] == service
		})
	}
	*i = Integration{
		ID:         int64(wire.ID),
		Name:       wire.Name,
		VendorType: wire.VendorType,
		AuthMethod: wire.AuthType,
		BaseURL:    string(wire.URL),
		Email:      string(wire.Username),
		Services: Services{
			Repos:        on(serviceRepos),
			PullRequests: on(servicePullRequests),
			Tickets:      on(serviceTickets),
			Webhooks:     wire.WebhooksEnabled,
		},
		CreatedAt:        string(wire.CreatedAt),
		CreatedBy:        string(wire.CreatedBy),
		AuthorizationURL: string(wire.AuthorizationURL),
		Discovered:       wire.done(),
		LookedUpAt:       string(wire.SourceProjectsLastUpdated),
	}
	return nil
}

func (i Integration) rowID() int64 { return i.ID }

// complete reports whether this is a whole read object, and not an answer that only acknowledges a write.
func (i Integration) complete() bool { return i.ID != 0 && i.VendorType != "" && i.Name != "" }

// Integrations returns every integration of the workspace, of all vendors, in the order of their ids. One fetch serves
// all callers until something is written. Callers must not change the slice.
func (c *Client) Integrations(ctx context.Context) ([]Integration, error) {
	call := listCall{
		operation: "list the integrations",
		object:    "integrations",
		query:     url.Values{"ordering": {"id"}},
		paging:    byOffset,
	}
	return c.integrations.read(ctx, call.operation, func(ctx context.Context) ([]Integration, error) {
		return fetchAll[Integration](ctx, c, call)
	})
}

// Integration returns one of the integrations. One that is not listed is read by itself before it is called missing (see
// IsNotFound): a 404 is better evidence than a list.
func (c *Client) Integration(ctx context.Context, id int64) (Integration, error) {
	all, err := c.Integrations(ctx)
	if err != nil {
		return Integration{}, err
	}
	if at := slices.IndexFunc(all, func(i Integration) bool { return i.ID == id }); at >= 0 {
		return all[at], nil
	}
	return c.readIntegration(ctx, id)
}

func (c *Client) readIntegration(ctx context.Context, id int64) (Integration, error) {
	request := httpclient.Request{
		Operation: "read integration " + formatID(id),
		Method:    http.MethodGet,
		URL:       c.endpoint("integrations", formatID(id)),
	}
	var read Integration
	response, err := c.http.JSON(ctx, request, &read)
	switch {
	case httpclient.StatusOf(err) == http.StatusNotFound:
		return Integration{}, &NotFoundError{err}
	case err != nil:
		return Integration{}, err
	case read.ID != id:
		return Integration{}, c.http.Malformed(request, response, errors.New("it does not describe this integration"))
	}
	return read, nil
}

// IntegrationChange holds what to change of an integration; nil leaves a part as it is.
type IntegrationChange struct {
	Name *string
	// Email and Token change the connection, which Flow tests again with what it keeps of the rest.
	Email *string
	Token *string
	// Services switches repositories, pull requests and tickets, and nothing else of it.
	Services *Services
	Webhooks *bool
}

// IsEmpty reports whether nothing is to be changed.
func (change IntegrationChange) IsEmpty() bool {
	return change.Name == nil && change.Email == nil && change.Token == nil && change.Services == nil && change.Webhooks == nil
}

func (change IntegrationChange) body() changeBody {
	body := changeBody{Name: change.Name, WebhooksEnabled: change.Webhooks}
	if change.Email != nil || change.Token != nil {
		body.AuthData = &authData{Username: change.Email, Token: change.Token}
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

// UpdateIntegration changes an integration and returns it as it is afterwards. A refused connection is a
// *ConnectionRefusedError, a write that the workspace does not accept a *WriteRefusedError.
func (c *Client) UpdateIntegration(ctx context.Context, id int64, change IntegrationChange) (Integration, error) {
	defer c.forget(id, change)
	var updated Integration
	_, err := c.http.JSON(ctx, httpclient.Request{
		Operation: "change integration " + formatID(id),
		Method:    http.MethodPatch,
		URL:       c.endpoint("integrations", formatID(id)),
		Body:      change.body(),
		Secrets:   change.secrets(),
		// Sent twice, it sets the same.
		AfterUnavailable: true,
	}, &updated)
	switch {
	case acknowledged(err) || err == nil && !(updated.complete() && updated.ID == id):
		return c.readIntegration(ctx, id)
	case err != nil:
		return Integration{}, refusal(err)
	}
	return updated, nil
}

// DeleteIntegration removes an integration with all its data. It is no error if it is gone already.
func (c *Client) DeleteIntegration(ctx context.Context, id int64) error {
	defer c.forget(id, IntegrationChange{})
	_, err := c.http.Do(ctx, httpclient.Request{
		Operation: "delete integration " + formatID(id),
		Method:    http.MethodDelete,
		URL:       c.endpoint("integrations", formatID(id)),
	})
	if httpclient.StatusOf(err) != http.StatusNotFound {
		return refusal(err)
	}
	// A 404 means that the integration is gone, or that this workspace has no such call: a read shows which.
	if _, readErr := c.readIntegration(ctx, id); readErr == nil {
		return refusal(err)
	} else if !IsNotFound(readErr) {
		return readErr
	}
	return nil
}

// forget makes the next readers fetch anew what a write to an integration may have changed. Flow looks up again what a
// service that was switched on brings.
func (c *Client) forget(integration int64, change IntegrationChange) {
	var lookUp string
	if before, found := c.integrations.find(integration); found && change.Services != nil && change.Services.addTo(before.Services) {
		lookUp = before.LookedUpAt
	}
	c.integrations.forget()
	for _, collection := range []*Collection{c.repos, c.ticketProjects} {
		collection.outdate(integration, lookUp)
	}
}

// ConnectionStatus is the result of Flow's last check of a connection.
type ConnectionStatus struct {
	// Status is a word such as "healthy", "processing" or "failed_integration".
	Status string
	Detail string
	// CheckedAt is a timestamp without a zone, as Flow returns it.
	CheckedAt string
}

// ConnectionStatus reads the state of an integration's connection.
func (c *Client) ConnectionStatus(ctx context.Context, id int64) (ConnectionStatus, error) {
	var body connectionStatusBody
	_, err := c.http.JSON(ctx, httpclient.Request{
		Operation: "read the connection status of integration " + formatID(id),
		Method:    http.MethodGet,
		URL:       c.endpoint("integrations", formatID(id), "connection_status"),
	}, &body)
	return ConnectionStatus(body), err
}

func formatID(id int64) string { return strconv.FormatInt(id, 10) }
