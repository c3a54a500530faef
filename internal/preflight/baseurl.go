package preflight

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/adourl"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

const exampleURL = "https://dev.azure.com/contoso"

// ParseBaseURL reads a base URL as Flow requires it: https://dev.azure.com/<organization>, with or without a slash at the
// end. For any other address it returns one finding, which holds the right form if the address names the organization.
func ParseBaseURL(raw string) (adourl.Organization, []Finding) {
	rule := brokenRule(raw)
	if rule == "" {
		parsed, _ := url.Parse(raw)
		return adourl.Organization(strings.Trim(parsed.Path, "/")), nil
	}
	remedy := "Write it as https://dev.azure.com/<organization>, for example " + exampleURL + "."
	if organization, ok := organizationIn(raw); ok {
		remedy = "Write it as " + organization.BaseURL()
	} else if rule == ruleOtherHost {
		remedy += " For Azure DevOps Server, create an Azure DevOps Server integration in Flow instead."
	} else if rule == ruleOtherVendor {
		remedy += " For another git host, create its integration in Flow under Settings > Integrations > Add Integration."
	}
	return "", []Finding{{
		Check:    CheckBaseURLFormat,
		Field:    FieldBaseURL,
		Severity: SeverityError,
		Summary:  "Base URL is not of the form https://dev.azure.com/<organization>",
		Detail:   fmt.Sprintf("%s: %s.", quoteValue(httpclient.WithoutCredentials(raw)), rule),
		Remedy:   remedy,
	}}
}

const (
	ruleLegacyHost  = "Flow accepts an organization's address at dev.azure.com only, even where the organization itself uses visualstudio.com"
	ruleOtherHost   = "this integration is for Azure DevOps Services at dev.azure.com; Azure DevOps Server is another integration of Flow"
	ruleOtherVendor = "this is another git host, which this resource does not connect"
	ruleProxiedHost = "this is the address that Microsoft Defender for Cloud Apps shows in a browser session"
)

// brokenRule says which rule raw breaks, as a clause; "" when it breaks none.
func brokenRule(raw string) string {
	if raw == "" {
		return "the base URL is empty"
	}
	if strings.TrimSpace(raw) != raw {
		return "there is space around the URL"
	}
	if adourl.IsSSH(raw) {
		return "this is a repository's SSH address, not the organization's"
	}
	parsed, err := url.Parse(raw)
	switch {
	case err != nil:
		return "this is not a URL"
	case parsed.Scheme == "" && parsed.Host == "":
		return "the URL has to begin with https://"
	case parsed.Host == "":
		return "the URL names no host"
	}
	if rule := brokenHostRule(parsed); rule != "" {
		return rule
	}
	switch {
	case parsed.Scheme != "https":
		return "the scheme has to be https"
	case parsed.User != nil:
		return "there is a user name in the URL, as in a repository's clone address"
	case parsed.Port() != "" || parsed.Host != adourl.Host:
		return "the host has to be exactly dev.azure.com, in lower case and without a port"
	case strings.ContainsAny(raw, "?#"):
		return "there is a query or a fragment behind the organization"
	}
	return brokenPathRule(parsed.EscapedPath())
}

// proxyDomain is what Microsoft Defender for Cloud Apps puts behind the host of a session that it watches
// (Microsoft's documentation).
const proxyDomain = "mcas.ms"

// otherVendors are the hosts of other vendors whose addresses are given by mistake.
var otherVendors = []string{"github.com", "gitlab.com", "bitbucket.org"}

func brokenHostRule(parsed *url.URL) string {
	switch host := strings.ToLower(parsed.Hostname()); {
	case host == adourl.Host:
		return ""
	case within(host, adourl.Host):
		return "this is the address of one of Azure DevOps' services, not the organization's"
	case within(host, adourl.LegacyDomain):
		return ruleLegacyHost
	case within(host, proxyDomain):
		return ruleProxiedHost
	case slices.ContainsFunc(otherVendors, func(domain string) bool { return host == domain || within(host, domain) }):
		return ruleOtherVendor
	}
	return ruleOtherHost
}

func brokenPathRule(path string) string {
	name := strings.TrimSuffix(strings.TrimPrefix(path, "/"), "/")
	switch {
	case strings.Trim(path, "/") == "":
		return "the URL names no organization"
	case strings.Contains(strings.Trim(path, "/"), "/"):
		return "the URL goes on behind the organization, as a project's or a repository's does"
	case strings.Contains(name, "/"):
		return "there is a slash too many in the URL"
	case !adourl.IsOrganization(name):
		return "an organization's name has letters, digits and hyphens only"
	}
	return ""
}

// organizationIn finds the organization in any address of Azure DevOps Services, or in a name alone.
func organizationIn(raw string) (adourl.Organization, bool) {
	if address, err := adourl.Parse(strings.Replace(raw, "."+proxyDomain, "", 1)); err == nil {
		return address.Organization, true
	}
	name := strings.TrimSpace(raw)
	return adourl.Organization(name), len(name) <= maxOrganization && adourl.IsOrganization(name)
}

// maxOrganization is the length of the longest name. What is longer and has no other sign of an address may be anything,
// a token for instance.
const maxOrganization = 50

func within(host, domain string) bool { return strings.HasSuffix(host, "."+domain) }

// quoteValue repeats a value in a message unless it may be a token that was given in the wrong place.
func quoteValue(value string) string {
	switch {
	case strings.TrimSpace(value) == "":
		return "The value"
	case jwt().MatchString(value), len(value) > maxOrganization && !strings.ContainsAny(value, "./@"):
		return fmt.Sprintf("The value of %d characters", len(value))
	}
	return fmt.Sprintf("%q", value)
}
