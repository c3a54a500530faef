package provider

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/lazyregexp"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
)

// workspaceLabel is one DNS label (RFC 1123).
var workspaceLabel = lazyregexp.New(`^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

// parseWorkspace returns the address of a workspace's API. It accepts the name alone, or the host or URL that people copy
// from a browser.
func parseWorkspace(raw string) (*url.URL, error) {
	name := strings.ToLower(raw)
	name = strings.TrimPrefix(name, "https://")
	name = strings.TrimSuffix(name, "/")
	name = strings.TrimSuffix(name, "."+flow.WorkspaceDomain)
	if !workspaceLabel().MatchString(name) {
		// The value is not repeated: it may be the API key, in the wrong place.
		return nil, fmt.Errorf("this is not the name of a workspace: it is the first part of the address at which you open Flow, "+
			`made of letters, digits and hyphens, such as "acme" for https://acme.%s. For any other address use base_url`, flow.WorkspaceDomain)
	}
	return &url.URL{Scheme: "https", Host: name + "." + flow.WorkspaceDomain, Path: flow.APIPath}, nil
}

// parseBaseURL checks the full address of Flow's API. One without a path gets the path that every workspace has.
func parseBaseURL(raw string) (*url.URL, error) {
	const example = `such as "https://acme.` + flow.WorkspaceDomain + flow.APIPath + `"`
	address, err := parseServer(raw, example)
	if err != nil {
		return nil, err
	}
	if strings.Trim(address.Path, "/") == "" {
		address.Path = flow.APIPath
	}
	address.Path = strings.TrimSuffix(address.Path, "/") + "/"
	return address, nil
}

// parseEndpoint checks the address that stands in for Azure DevOps' hosts.
func parseEndpoint(raw string) (string, error) {
	address, err := parseServer(raw, `such as "http://127.0.0.1:8081"`)
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(address.String(), "/"), nil
}

// parseServer checks the address of a server to which a credential is sent.
func parseServer(raw, example string) (*url.URL, error) {
	address, err := url.Parse(raw)
	if err != nil || address.Hostname() == "" {
		return nil, fmt.Errorf("this is not a URL, %s", example)
	}
	shown := httpclient.WithoutCredentials(raw)
	switch {
	case address.User != nil:
		return nil, fmt.Errorf("the URL must not hold a user name or password, %s", example)
	case strings.ContainsAny(raw, "?#"):
		return nil, fmt.Errorf("%q must not have a query or fragment, %s", shown, example)
	case address.Scheme == "https", address.Scheme == "http" && httpclient.IsLoopback(address.Hostname()):
		return address, nil
	case address.Scheme == "http":
		return nil, fmt.Errorf("%q is plain http, which would send the credential readable over the network: use https (http is for loopback addresses only), %s", shown, example)
	}
	return nil, fmt.Errorf("%q is not an https URL, %s", shown, example)
}

// parseAPIKey refuses what cannot be a key, without repeating it.
func parseAPIKey(key string) (string, error) {
	switch {
	case strings.HasPrefix(strings.ToLower(key), "bearer"):
		return "", errors.New(`the API key begins with "Bearer", which the provider adds itself: give the key alone`)
	case strings.TrimSpace(key) != key:
		return "", errors.New("the API key begins or ends with white space, as copied text often does: remove it")
	case strings.ContainsFunc(key, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsPrint(r) || r == ' ' }):
		return "", errors.New("the API key holds white space, a control character or a character outside ASCII: copy it anew from Flow")
	}
	return key, nil
}

// vendorSlug is what Flow's API calls a vendor.
var vendorSlug = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`)

// parseVendor checks Flow's word for a vendor.
func parseVendor(raw string) (string, error) {
	if !vendorSlug().MatchString(raw) {
		return "", fmt.Errorf(`%q is not a vendor of Flow's API: it is one word, such as "azure_devops"`, raw)
	}
	return raw, nil
}

// parsePreflight reads when the plan-time checks are made.
func parsePreflight(raw string) (providerdata.PreflightMode, error) {
	switch mode := providerdata.PreflightMode(raw); mode {
	case providerdata.PreflightAlways, providerdata.PreflightChanges, providerdata.PreflightOff:
		return mode, nil
	}
	return "", fmt.Errorf(`%q is not a preflight mode: it is "always", "changes" or "off"`, raw)
}

// parseTimeout reads the time limit of one request.
func parseTimeout(raw string) (time.Duration, error) {
	limit, err := time.ParseDuration(raw)
	if err != nil || limit < time.Second || limit > time.Hour {
		return 0, fmt.Errorf(`%q is not a time between 1s and 1h, such as "30s" or "2m"`, raw)
	}
	return limit, nil
}
