// Package flow is a client for the calls of Flow's Customer API that this provider makes; it knows nothing of Terraform.
package flow

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// APIPath is where the Customer API's core objects live on a Flow host (documented by the vendor).
const APIPath = "/v3/customer/core/"

// WorkspaceDomain is where each workspace has a host of its own, named after it (documented by the vendor).
const WorkspaceDomain = "appfireflow.com"

// pageSize is the largest page that lists by limit and offset give (seen in a public client).
const pageSize = 1000

// Options configures a Client.
type Options struct {
	// BaseURL is the address of the API's core objects, such as https://acme.appfireflow.com/v3/customer/core/.
	BaseURL *url.URL
	// APIKey is a user's Customer API key.
	APIKey string
	// HTTP configures the layer below: user agent, time limit, shared limiter, logger.
	HTTP httpclient.Options
}

// Client calls one Flow workspace. It is safe for concurrent use.
type Client struct {
	baseURL        *url.URL
	http           *httpclient.Client
	integrations   listing[Integration]
	repos          *Collection
	ticketProjects *Collection
}

// New makes a Client. It sends nothing.
func New(options Options) *Client {
	layer := options.HTTP
	layer.Service = "Flow"
	layer.Header = http.Header{"Authorization": {"Bearer " + options.APIKey}}
	layer.Message = func(response *httpclient.Response) string { return errorSentence(response.Body) }
	layer.RequestID = requestID
	client := &Client{baseURL: options.BaseURL, http: httpclient.New(layer)}
	client.repos, client.ticketProjects = newCollection(client, repos), newCollection(client, ticketProjects)
	return client
}

// endpoint gives the URL of an object or call. It ends in a slash, without which Django redirects a GET and loses a POST.
func (c *Client) endpoint(segments ...string) string {
	return c.baseURL.JoinPath(append(segments, "/")...).String()
}

// page is the envelope of every list (documented by the vendor).
type page[T any] struct {
	Count   int     `json:"count"`
	Next    *string `json:"next"`
	Results []T     `json:"results"`
}

// list reads all pages of a list that pages by limit and offset.
func list[T any](ctx context.Context, c *Client, operation, object string) ([]T, error) {
	return pages[T](ctx, c, operation, object, func(rows, _ int) url.Values {
		return url.Values{
			"limit":  {strconv.Itoa(pageSize)},
			"offset": {strconv.Itoa(rows)},
			// Without an order, rows go missing between pages (seen in a public client).
			"ordering": {"id"},
		}
	})
}

// pages reads all pages of a list; query asks for the one after so many rows and pages. It counts itself and does not
// follow the answer's "next", so that the API key can only go to the configured host.
func pages[T any](ctx context.Context, c *Client, operation, object string, query func(rows, pages int) url.Values) ([]T, error) {
	var all []T
	for read := 0; ; read++ {
		var current page[T]
		request := httpclient.Request{
			Operation: operation,
			Method:    http.MethodGet,
			URL:       c.endpoint(object),
			Query:     query(len(all), read),
		}
		response, err := c.http.JSON(ctx, request, &current)
		if err != nil {
			return nil, err
		}
		if current.Results == nil {
			return nil, c.http.Malformed(request, response, errors.New("it has no list of results"))
		}
		all = append(all, current.Results...)
		if current.Next == nil || len(current.Results) == 0 {
			return all, nil
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
