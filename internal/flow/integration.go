package flow

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// Integration is a connection of Flow to a git host or ticket system. No secret of it can be read.
type Integration struct {
	ID         int64
	Name       string
	VendorType string
	// AzureDevOps is set if this is an integration of Azure DevOps Services, whatever Flow calls that.
	AzureDevOps bool
	// AuthMethod is "access_token", "oauth" or "userpass".
	AuthMethod string
	// BaseURL is the connected address. The vendor calls the field unused, and it may be empty.
	BaseURL string
	// Email is the account that Flow connects as.
	Email    string
	Services Services
	// Untold are the services of which Flow does not say whether they are on. They are off in Services.
	Untold Services
	// UnknownWords are what Flow lists as services without this client knowing what they are.
	UnknownWords []string
	// CreatedAt is a timestamp without a zone, as Flow returns it.
	CreatedAt string
	CreatedBy string
	// AuthorizationURL is where a person consents to an OAuth connection; empty otherwise, and where Flow names it only once.
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
		Name               text   `json:"name"`
		VendorType         text   `json:"vendor_type"`
		AuthType           text   `json:"auth_type"`
		URL                text   `json:"url"`
		Username           text   `json:"username"`
		WebhooksEnabled    flag   `json:"webhooks_enabled"`
		EnabledSourceTypes words  `json:"enabled_source_types"`
		CreatedAt          text   `json:"created_at"`
		CreatedBy          text   `json:"created_by"`
		AuthorizationURL   text   `json:"authorization_url"`
		lookUp
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return err
	}
	*i = Integration{
		ID:               int64(wire.ID),
		Name:             string(wire.Name),
		VendorType:       string(wire.VendorType),
		AuthMethod:       string(wire.AuthType),
		BaseURL:          string(wire.URL),
		Email:            string(wire.Username),
		CreatedAt:        string(wire.CreatedAt),
		CreatedBy:        string(wire.CreatedBy),
		AuthorizationURL: string(wire.AuthorizationURL),
		Discovered:       wire.done(),
		LookedUpAt:       string(wire.SourceProjectsLastUpdated),
	}
	i.services(wire.EnabledSourceTypes, wire.WebhooksEnabled)
	return nil
}

func (i Integration) rowID() int64 { return i.ID }

// complete reports whether this is a whole read object, and not an answer that only acknowledges a write.
func (i Integration) complete() bool {
	return i.ID != 0 && i.VendorType != "" && i.Name != "" && i.Untold == Services{}
}

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
		rows, err := fetchAll[Integration](ctx, c, call)
		for i := range rows {
			rows[i].AzureDevOps = c.isAzureDevOps(rows[i])
		}
		return rows, err
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
	read.AzureDevOps = c.isAzureDevOps(read)
	return read, nil
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

	failed bool
}

// ConnectionStatus reads the state of an integration's connection.
func (c *Client) ConnectionStatus(ctx context.Context, id int64) (ConnectionStatus, error) {
	var status ConnectionStatus
	_, err := c.http.JSON(ctx, httpclient.Request{
		Operation: "read the connection status of integration " + formatID(id),
		Method:    http.MethodGet,
		URL:       c.endpoint("integrations", formatID(id), "connection_status"),
	}, &status)
	return status, err
}

func formatID(id int64) string { return strconv.FormatInt(id, 10) }
