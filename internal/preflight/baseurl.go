package preflight

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// Organization is the name of an Azure DevOps organization.
type Organization string

// BaseURL is the only form of an organization's address that Flow accepts (Flow's set-up page for Azure DevOps Services).
func (o Organization) BaseURL() string { return "https://" + servicesHost + "/" + string(o) }

const (
	servicesHost = "dev.azure.com"
	legacyHost   = "visualstudio.com"
	exampleURL   = "https://dev.azure.com/contoso"
)

// organizationName has the characters that a name may have. Microsoft's further rules (at most 50 characters, a letter or
// digit at both ends) are younger than some organizations, so they are not held against a name.
var organizationName = regexp.MustCompile(`^[A-Za-z0-9-]+$`)

// ParseBaseURL reads a base URL as Flow requires it: https://dev.azure.com/<organization>, with or without a slash at the
// end. For any other address it returns one finding, which holds the right form where the address tells the organization.
func ParseBaseURL(raw string) (Organization, []Finding) {
	rule := brokenRule(raw)
	if rule == "" {
		parsed, _ := url.Parse(raw)
		return Organization(strings.Trim(parsed.Path, "/")), nil
	}
	remedy := "Write it as https://dev.azure.com/<organization>, for example " + exampleURL + "."
	if organization, ok := organizationIn(raw); ok {
		remedy = "Write it as " + organization.BaseURL()
	} else if rule == ruleOtherHost {
		remedy += " For Azure DevOps Server, create an Azure DevOps Server integration in Flow instead."
	}
	return "", []Finding{{
		Check:    CheckBaseURLFormat,
		Field:    FieldBaseURL,
		Severity: SeverityError,
		Summary:  "Base URL is not of the form https://dev.azure.com/<organization>",
		Detail:   fmt.Sprintf("%s: %s.", quoteURL(raw), rule),
		Remedy:   remedy,
	}}
}

const (
	ruleLegacyHost = "Flow accepts an organization's address at dev.azure.com only, even where the organization itself uses visualstudio.com"
	ruleOtherHost  = "this integration is for Azure DevOps Services at dev.azure.com; Azure DevOps Server is another integration of Flow"
)

// brokenRule says which rule raw breaks, as a clause; "" when it breaks none.
func brokenRule(raw string) string {
	if raw == "" {
		return "the base URL is empty"
	}
	if strings.TrimSpace(raw) != raw {
		return "there is space around the URL"
	}
	if isSSH(raw) {
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
	case parsed.Port() != "" || parsed.Host != servicesHost:
		return "the host has to be exactly dev.azure.com, in lower case and without a port"
	case strings.ContainsAny(raw, "?#"):
		return "there is a query or a fragment behind the organization"
	}
	return brokenPathRule(parsed.EscapedPath())
}

func brokenHostRule(parsed *url.URL) string {
	switch host := strings.ToLower(parsed.Hostname()); {
	case host == servicesHost:
		return ""
	case within(host, servicesHost):
		return "this is the address of one of Azure DevOps' services, not the organization's"
	case within(host, legacyHost):
		return ruleLegacyHost
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
	case !organizationName.MatchString(name):
		return "an organization's name has letters, digits and hyphens only"
	}
	return ""
}

// organizationIn finds the organization in any address of Azure DevOps Services: of a project, a repository (https or
// SSH), a service, in the form of dev.azure.com or of visualstudio.com (Microsoft's list of its URL forms).
func organizationIn(raw string) (Organization, bool) {
	raw = strings.TrimSpace(raw)
	if isSSH(raw) {
		return named(sshOrganization(raw))
	}
	if !strings.Contains(raw, "://") {
		if !strings.Contains(raw, ".") && len(raw) <= maxOrganization {
			return named(raw)
		}
		raw = "https://" + raw
	}
	parsed, err := url.Parse(raw)
	if err != nil {
		return "", false
	}
	host := strings.ToLower(parsed.Hostname())
	switch first, _, _ := strings.Cut(strings.TrimLeft(parsed.Path, "/"), "/"); {
	case host == servicesHost, within(host, servicesHost):
		return named(first)
	case within(host, legacyHost):
		label, _, _ := strings.Cut(host, ".")
		if notOrganizations[label] {
			return "", false
		}
		return named(label)
	}
	return "", false
}

// maxOrganization is the length of the longest name. What is longer and has no other sign of an address may be anything,
// a token for instance.
const maxOrganization = 50

// notOrganizations are the names before visualstudio.com that Microsoft keeps for itself.
var notOrganizations = map[string]bool{
	"app": true, "vssps": true, "vsrm": true, "vsaex": true, "feeds": true, "pkgs": true, "www": true,
	"marketplace": true, "my": true, "go": true, "code": true, "vs-ssh": true,
}

func named(name string) (Organization, bool) {
	return Organization(name), organizationName.MatchString(name)
}

func within(host, domain string) bool { return strings.HasSuffix(host, "."+domain) }

var sshAddress = regexp.MustCompile(`(?i)^(?:ssh://)?(?:[^@/]*@)?(?:ssh\.dev\.azure\.com|vs-ssh\.visualstudio\.com)(?::\d+)?[:/]/*v3/([^/]*)`)

func isSSH(raw string) bool { return sshAddress.MatchString(raw) }

func sshOrganization(raw string) string { return sshAddress.FindStringSubmatch(raw)[1] }

// quoteURL repeats a base URL in a message without what could be a secret: user info and query.
func quoteURL(raw string) string {
	shown := raw[strings.LastIndex(raw, "@")+1:]
	if len(shown) < len(raw) {
		shown = "…@" + shown
	}
	shown, _, cut := strings.Cut(shown, "?")
	if cut {
		shown += "?…"
	}
	return quoteValue(shown)
}

// quoteValue repeats a value in a message unless it may be a token that was given in the wrong place.
func quoteValue(value string) string {
	switch {
	case strings.TrimSpace(value) == "":
		return "The value"
	case jwt.MatchString(value), len(value) > maxOrganization && !strings.ContainsAny(value, "./@"):
		return fmt.Sprintf("The value of %d characters", len(value))
	}
	return fmt.Sprintf("%q", value)
}
