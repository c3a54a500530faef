// Package adourl reads addresses of Azure DevOps Services: of organizations, projects and repositories, in every form that
// browsers, Git clients and Azure DevOps itself have for them.
package adourl

import (
	"errors"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/flow-community/terraform-provider-flow/internal/lazyregexp"
)

// The hosts of Azure DevOps Services. Everything is at Host or, by service, below it; organizations from before 2018 are
// below LegacyDomain as well (Microsoft's list of allowed domains, and its page on working with URLs).
const (
	Host         = "dev.azure.com"
	LegacyDomain = "visualstudio.com"
)

// Organization is the name of an organization.
type Organization string

// BaseURL is the organization's address at dev.azure.com, without a slash at the end.
func (o Organization) BaseURL() string { return "https://" + Host + "/" + string(o) }

// organizationName has the characters that a name may have. Microsoft's further rules (at most 50 characters, a letter or
// digit at both ends) are younger than some organizations, so they are not held against a name.
var organizationName = lazyregexp.New(`^[A-Za-z0-9-]+$`)

// IsOrganization reports whether a text has only characters that an organization's name may have.
func IsOrganization(name string) bool { return organizationName().MatchString(name) }

// Kind is what an address is about.
type Kind string

// The kinds.
const (
	KindOrganization Kind = "organization"
	KindProject      Kind = "project"
	KindRepository   Kind = "repository"
)

// Address is what an address names. Names are decoded and spelled as in the address, so they may be ids as well.
type Address struct {
	Organization Organization
	// Project and Repository are empty where the address names none. There is no repository without a project.
	Project    string
	Repository string
	// Service is the label of the host, such as vssps or pkgs, when it is that of one service; empty for the main host and
	// for SSH.
	Service string
}

// Kind is what the address is about: the last thing that it names.
func (a Address) Kind() Kind {
	switch {
	case a.Repository != "":
		return KindRepository
	case a.Project != "":
		return KindProject
	}
	return KindOrganization
}

// URL is the address of the same thing at dev.azure.com, by https; for a repository also the one to clone it by.
func (a Address) URL() string {
	address := a.Organization.BaseURL()
	if a.Project != "" {
		address += "/" + url.PathEscape(a.Project)
	}
	if a.Repository != "" {
		address += "/_git/" + url.PathEscape(a.Repository)
	}
	return address
}

// What is wrong with an address, as clauses. None of them repeats the address, which may hold a password.
var (
	errEmpty          = errors.New("the URL is empty")
	errMalformed      = errors.New("this is not a URL")
	errNoHost         = errors.New("the URL names no host")
	errScheme         = errors.New("the scheme of the URL has to be https or ssh")
	errOtherHost      = errors.New("the host is not one of Azure DevOps Services, which are at dev.azure.com and visualstudio.com")
	errNoOrganization = errors.New("the URL names no organization")
	errOrganization   = errors.New("an organization's name has letters, digits and hyphens only")
	errName           = errors.New("a project or repository in the URL has a name that none may have")
)

var scheme = lazyregexp.New(`^[A-Za-z][A-Za-z0-9+.-]*://`)

// Parse reads the address of anything in an organization of Azure DevOps Services: at dev.azure.com or visualstudio.com, at
// the host of one service, by http, https or SSH, with or without a user name. A URL may lack its scheme. Space around the
// address, the port, query and fragment, and what follows after the names are ignored.
//
// The error is a clause that says what is wrong without repeating the address.
func Parse(raw string) (Address, error) {
	raw = strings.TrimSpace(raw)
	if raw == "" {
		return Address{}, errEmpty
	}
	if user, path, ok := cutSSH(raw); ok {
		return parseSSH(user, path)
	}
	if !scheme().MatchString(raw) {
		raw = "https://" + raw
	}
	parsed, err := url.Parse(raw)
	if err != nil {
		return Address{}, errMalformed
	}
	switch {
	case parsed.Scheme != "https" && parsed.Scheme != "http" && parsed.Scheme != "ssh":
		return Address{}, errScheme
	case parsed.Host == "":
		return Address{}, errNoHost
	}
	return parseWeb(strings.ToLower(parsed.Hostname()), parsed.EscapedPath())
}

// checked refuses names that would change the meaning of an address that they are put into.
func (a Address) checked() (Address, error) {
	switch {
	case !IsOrganization(string(a.Organization)):
		return Address{}, errOrganization
	case a.Project != "" && !mayBeName(a.Project), a.Repository != "" && !mayBeName(a.Repository):
		return Address{}, errName
	}
	return a, nil
}

func mayBeName(name string) bool {
	return utf8.ValidString(name) && strings.TrimSpace(name) != "" && name != "." && name != ".." && !strings.HasPrefix(name, "_") &&
		!strings.ContainsFunc(name, func(r rune) bool { return r == '/' || r == '\\' || unicode.IsControl(r) })
}
