package flowserver

import (
	"regexp"
	"strings"
	"time"
)

// VendorAzureDevOps is the slug of Azure DevOps Services, unless a dialect has another one.
const VendorAzureDevOps = "azure_devops"

// vendorManual is the vendor of integrations that are made by POST integrations/manual_https_create/.
const vendorManual = "manual"

// The ways of connecting that the API knows.
const (
	AuthAccessToken = "access_token"
	AuthOAuth       = "oauth"
	AuthPassword    = "userpass" // for other vendors, and for manual integrations
)

// Services are the parts of an integration that can be switched on and off at any time.
type Services struct {
	Repos, PullRequests, Tickets bool
}

// AllServices has all services on.
var AllServices = Services{Repos: true, PullRequests: true, Tickets: true}

// Integration is one connection of the workspace to an Azure DevOps organization.
type Integration struct {
	ID       int64
	Name     string
	AuthType string // AuthAccessToken or AuthOAuth
	URL      string // https://dev.azure.com/<organization>, as it was given
	Username string // the e-mail of the token's owner
	Token    string // of an access-token connection
	Consents int    // how often a person has consented to an OAuth connection
	Services Services
	Webhooks bool
	Manual   bool // of a Git host that Flow has no connection for; nothing is looked up

	CreatedAt, UpdatedAt time.Time
	CreatedBy, UpdatedBy string

	DiscoverAt   time.Time // when the next look-up of projects and repositories is due; zero: none is planned
	FirstLookup  time.Time // the initial processing date, which the six-month rule counts from; zero before it
	LatestLookup time.Time
	Hooks        map[string]string // the service-hook subscriptions in Azure DevOps: id by event type
}

// Organization returns the Azure DevOps organization of the integration in lower case, or "" if the URL has none.
func (i Integration) Organization() string {
	organization, _ := organizationOf(i.URL)
	return organization
}

// byConsent reports whether the connection's credential is a person's consent. An OAuth connection that was given a token
// uses that.
func (i Integration) byConsent() bool { return i.AuthType == AuthOAuth && i.Token == "" && !i.Manual }

// organizationURL is the only form that Flow accepts. It refuses <organization>.visualstudio.com, which reaches the same
// organization (facts: the vendor's set-up page).
var organizationURL = regexp.MustCompile(`^https://dev\.azure\.com/([A-Za-z0-9](?:[A-Za-z0-9-]{0,48}[A-Za-z0-9])?)/?$`)

func organizationOf(url string) (string, bool) {
	match := organizationURL.FindStringSubmatch(url)
	if match == nil {
		return "", false
	}
	return strings.ToLower(match[1]), true
}

// A discovery is a row of the available_* lists: a repository or a ticket project that Flow found and could import.
type discovery struct {
	ID            int64
	IntegrationID int64
	VendorID      string // Azure DevOps' id, which a rename does not change
	Name          string
	OwnerName     string // the Azure DevOps project
	OwnerVendorID string
	WebURL        string
	CloneURL      string
	Private       bool
	Disabled      bool // switched off in Azure DevOps: still listed, cannot be fetched
	Supported     bool // false: "Vendor not supported"
	Excluded      bool // by an exclusion rule, which a person makes in Flow
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// The names that the user interface gives to a repository's state.
const (
	progressProcessing  = "Processing"
	progressHealthy     = "Healthy"
	progressRateLimited = "Rate limited"
	progressFailed      = "Failed"
)

// A project is an imported repository or ticket project.
type project struct {
	ID            int64
	IntegrationID int64
	AvailableID   int64 // the discovery it was imported from
	VendorID      string
	Name          string
	OwnerName     string
	OwnerVendorID string
	URL           string
	WebURL        string
	Private       bool
	IgnoreList    string
	Tags          []string

	ProcessAt     time.Time // when the queued processing is done; zero: nothing is queued
	Progress      string
	Blocked       bool // until it is queued again
	FailureReason string
	FailingSince  time.Time
	LastProcessed time.Time // zero: "Last updated: Never"

	Ingested int // pull requests of a repository, or tickets of a ticket project
	LeftOut  int // pull requests that the six-month rule leaves out

	CreatedAt, UpdatedAt time.Time
	AddedBy              string
}

// lastAttempt returns when the project was last processed or began to fail.
func (p *project) lastAttempt() time.Time {
	if p.FailingSince.After(p.LastProcessed) {
		return p.FailingSince
	}
	return p.LastProcessed
}

// block marks a project that can no longer be fetched.
func (p *project) block(reason string, now time.Time) {
	p.ProcessAt = time.Time{}
	p.Progress, p.Blocked, p.FailureReason = progressFailed, true, reason
	if p.FailingSince.IsZero() {
		p.FailingSince = now
	}
	p.UpdatedAt = now
}

// queue marks a project as waiting to be processed. A blocked project is tried again.
func (p *project) queue(due, now time.Time) {
	p.ProcessAt, p.Progress, p.Blocked, p.UpdatedAt = due, progressProcessing, false, now
}

// processed marks a project whose data is up to date.
func (p *project) processed(now time.Time) {
	p.ProcessAt = time.Time{}
	p.Progress, p.Blocked, p.FailureReason = progressHealthy, false, ""
	p.FailingSince, p.LastProcessed, p.UpdatedAt = time.Time{}, now, now
}

// A removal says when an organization that was removed from Flow can be added again.
type removal struct {
	Organization string
	Until        time.Time
}
