// Package azuredevops makes the read-only calls to Azure DevOps Services that show what a credential can do there.
package azuredevops

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// The hosts of Azure DevOps Services that the calls are meant for (Microsoft's OpenAPI specifications, version 7.1).
const (
	coreHost     = "dev.azure.com"
	identityHost = "vssps.dev.azure.com"
)

// Options says which organization to ask, and with which credential. However an Options is printed, its token is not.
type Options struct {
	// Organization is the name in https://dev.azure.com/<organization>.
	Organization string
	// Token is a personal access token; "" for calls that need none.
	Token string `json:"-"`
	// Endpoint is where the hosts of Azure DevOps are reached instead: with "http://127.0.0.1:8081", what is meant for
	// https://dev.azure.com/contoso goes to http://127.0.0.1:8081/dev.azure.com/contoso. Empty means the hosts themselves.
	Endpoint string
	// HTTP holds what is not particular to Azure DevOps: user agent, timeout, limiter, logger.
	// What tells one service from another is set by New.
	HTTP httpclient.Options `json:"-"`
}

// Format implements fmt.Formatter for every verb, because %#v and %+v would otherwise print the token.
func (o Options) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, describe("Options", o.Organization))
}

// LogValue implements slog.LogValuer.
func (o Options) LogValue() slog.Value { return slog.StringValue(describe("Options", o.Organization)) }

// Client asks one organization with one token. It is safe for concurrent use.
type Client struct {
	organization string
	core         string
	identity     string
	lookUp       string
	fingerprint  string
	http         *httpclient.Client
}

// New makes a Client. It sends nothing.
func New(options Options) *Client {
	transport := options.HTTP
	transport.Service = "Azure DevOps"
	transport.Message = message
	transport.RequestID = activityID
	transport.Genuine = genuine
	transport.RateLimited = rateLimited
	transport.Header = transport.Header.Clone()
	if transport.Header == nil {
		transport.Header = http.Header{}
	}
	if options.Token != "" {
		transport.Header.Set("Authorization", authorization(options.Token))
	}
	// Without it, a rejected token is answered with a redirect to a sign-in page, as Microsoft's own clients know.
	transport.Header.Set("X-TFS-FedAuthRedirect", "Suppress")
	return &Client{
		organization: options.Organization,
		core:         baseURL(options.Endpoint, coreHost, options.Organization),
		identity:     baseURL(options.Endpoint, identityHost, options.Organization),
		lookUp:       baseURL(options.Endpoint, coreHost, "") + "_apis/resourceAreas/" + coreArea,
		fingerprint:  fingerprint(options),
		http:         httpclient.New(transport),
	}
}

// Organization is the name of the organization that the client asks.
func (c Client) Organization() string { return c.organization }

// Fingerprint is equal for clients that ask the same organization at the same place with the same token, and only for
// those. The token cannot be found from it, but it does not belong in logs or state all the same.
func (c Client) Fingerprint() string { return c.fingerprint }

// Format implements fmt.Formatter for every verb.
func (c Client) Format(state fmt.State, _ rune) {
	_, _ = io.WriteString(state, describe("Client", c.organization))
}

// LogValue implements slog.LogValuer.
func (c Client) LogValue() slog.Value { return slog.StringValue(describe("Client", c.organization)) }

func describe(kind, organization string) string {
	return fmt.Sprintf("azuredevops.%s{Organization: %q, Token: [redacted]}", kind, organization)
}

// authorization is Basic authentication with an empty user name: Azure DevOps reads the token and ignores the name.
func authorization(token string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(":"+token))
}

func baseURL(endpoint, host, organization string) string {
	if endpoint == "" {
		return "https://" + host + "/" + url.PathEscape(organization)
	}
	return strings.TrimRight(endpoint, "/") + "/" + host + "/" + url.PathEscape(organization)
}

func fingerprint(options Options) string {
	digest := sha256.New()
	// Organization names are case-insensitive. The separators keep ("ab", "c") apart from ("a", "bc").
	for _, part := range []string{options.Endpoint, strings.ToLower(options.Organization), options.Token} {
		_, _ = fmt.Fprintf(digest, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(digest.Sum(nil))
}

// get reads a resource in this version, and decodes the answer into the value that into points at.
func (c Client) get(ctx context.Context, operation, address, version string, query url.Values, into any) (*httpclient.Response, error) {
	return c.http.JSON(ctx, c.request(operation, address, version, query), into)
}

// request makes the request that reads a resource.
func (c Client) request(operation, address, version string, query url.Values) httpclient.Request {
	if query == nil {
		query = url.Values{}
	}
	query.Set("api-version", version)
	return httpclient.Request{
		Operation: operation + " in " + c.organization,
		Method:    http.MethodGet,
		URL:       address,
		Query:     query,
	}
}
