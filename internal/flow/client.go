// Package flow is a client for the calls of Flow's Customer API that this provider makes; it knows nothing of Terraform.
package flow

import (
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// APIPath is where the Customer API's core objects live on a Flow host (documented by the vendor).
const APIPath = "/v3/customer/core/"

// WorkspaceDomain is where each workspace has a host of its own, named after it (documented by the vendor).
const WorkspaceDomain = "appfireflow.com"

// service is Flow's name in errors and logs.
const service = "Flow"

// Options configures a Client.
type Options struct {
	// BaseURL is the address of the API's core objects, such as https://acme.appfireflow.com/v3/customer/core/.
	BaseURL *url.URL
	// APIKey is a user's Customer API key.
	APIKey string
	// AzureDevOpsVendor is the workspace's slug for Azure DevOps Services; "" to find it out.
	AzureDevOpsVendor string
	// HTTP configures the layer below: user agent, time limit, shared limiter, logger.
	HTTP httpclient.Options
}

// Client calls one Flow workspace. It is safe for concurrent use.
type Client struct {
	baseURL *url.URL
	http    *httpclient.Client
	logger  *slog.Logger
	// workers is how many pages of a list are asked for at once.
	workers        int
	vendor         string
	dialect        dialect
	routes         routes
	integrations   cachedList[Integration]
	repos          *Collection
	ticketProjects *Collection
}

// New makes a Client. It sends nothing.
func New(options Options) *Client {
	layer := options.HTTP
	layer.Service = service
	layer.Header = http.Header{"Authorization": {"Bearer " + options.APIKey}}
	layer.Message = func(response *httpclient.Response) string { return errorSentence(response.Body) }
	layer.Fields = func(response *httpclient.Response) []string { return errorFields(response.Body) }
	layer.RequestID = requestID
	// The API answers in JSON or not at all, and redirects only within its host.
	layer.Genuine = func(response *httpclient.Response) bool {
		if response.Status >= 300 && response.Status <= 399 {
			target := response.Location()
			return target == nil || target.Host == options.BaseURL.Host
		}
		return len(response.Body) == 0 || response.IsJSON()
	}
	client := &Client{baseURL: options.BaseURL, http: httpclient.New(layer), logger: layer.Logger, workers: 1, vendor: options.AzureDevOpsVendor}
	if client.logger == nil {
		client.logger = slog.New(slog.DiscardHandler)
	}
	if layer.Limiter != nil {
		client.workers = layer.Limiter.Size()
	}
	client.repos, client.ticketProjects = newCollection(client, repos), newCollection(client, ticketProjects)
	return client
}

// endpoint returns the URL of an object or call. It ends in a slash, without which Django redirects a GET and loses a POST.
func (c *Client) endpoint(segments ...string) string {
	return c.baseURL.JoinPath(append(segments, "/")...).String()
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
