// Package scenario describes the world that the sandbox starts with, as HCL.
package scenario

import (
	_ "embed"
	"fmt"
	"os"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Scenario is one Flow workspace and the Azure DevOps organizations around it.
type Scenario struct {
	Workspace     Workspace      `hcl:"workspace,block"`
	Organizations []Organization `hcl:"organization,block"`
}

// Workspace is the Flow side.
type Workspace struct {
	Name    string   `hcl:"name,label"`
	APIKeys []APIKey `hcl:"api_key,block"`

	DefRange hcl.Range `hcl:",def_range"`
}

// Access is what an API key may do with integrations, as Flow's roles are named.
type Access string

// The three levels; each includes the ones before it.
const (
	AccessView   Access = "View"
	AccessManage Access = "View and manage"
	AccessDelete Access = "View, manage and delete"
)

// APIKey is one key of the workspace. The request log has it as "api key <Name>".
type APIKey struct {
	Name   string `hcl:"name,label"`
	Key    string `hcl:"key"`
	Access Access `hcl:"access"`

	DefRange hcl.Range `hcl:",def_range"`
}

// Organization is one Azure DevOps organization.
type Organization struct {
	Name     string    `hcl:"name,label"`
	Accounts []Account `hcl:"account,block"`
	Groups   []Group   `hcl:"group,block"`
	Projects []Project `hcl:"project,block"`
	Tokens   []Token   `hcl:"token,block"`

	DefRange hcl.Range `hcl:",def_range"`
}

// Account is a person's or a service's account.
type Account struct {
	Email       string `hcl:"email,label"` // as in the Azure profile, including case
	DisplayName string `hcl:"display_name,optional"`
	// SignInName is the account's name where it differs from the e-mail, as for guests.
	SignInName string `hcl:"sign_in_name,optional"`

	DefRange hcl.Range `hcl:",def_range"`
}

// AdministratorsGroup is the group whose direct and nested members have every right.
const AdministratorsGroup = "Project Collection Administrators"

// Group is a group of the organization. AdministratorsGroup always exists, and each project has the groups "Project
// Administrators" and "Readers".
type Group struct {
	Name    string       `hcl:"name,label"`
	Members []string     `hcl:"members,optional"` // accounts by e-mail and groups by name
	Allow   []Permission `hcl:"allow,optional"`
	Deny    []Permission `hcl:"deny,optional"` // wins over Allow

	DefRange hcl.Range `hcl:",def_range"`
}

// Permission is a right in the organization, by its name on the permissions page.
type Permission string

// The permissions that a group can be given.
const (
	ViewInstance      Permission = "View instance-level information"
	EditInstance      Permission = "Edit instance-level information"
	ViewSubscriptions Permission = "View subscriptions"
	EditSubscriptions Permission = "Edit subscriptions"
)

// The two kinds of version control and of visibility.
const (
	Git     = "Git"
	TFVC    = "TFVC"
	Private = "private"
	Public  = "public"
)

// Project is one team project; to Flow it is also a ticket project.
type Project struct {
	Name           string   `hcl:"name,label"`
	Description    string   `hcl:"description,optional"`
	VersionControl string   `hcl:"version_control,optional"` // Git (default) or TFVC
	Visibility     string   `hcl:"visibility,optional"`      // private (default) or public
	Readers        []string `hcl:"readers,optional"`         // members of its group Readers
	Administrators []string `hcl:"administrators,optional"`  // members of its group Project Administrators
	// VendorSupported is false if Flow shows the ticket project as "Vendor not supported"; nil means true.
	VendorSupported *bool `hcl:"vendor_supported,optional"`

	Repositories []Repository `hcl:"repository,block"`
	WorkItems    []WorkItem   `hcl:"work_item,block"`

	DefRange hcl.Range `hcl:",def_range"`
}

// TicketsSupported reports whether Flow can import the ticket project.
func (p Project) TicketsSupported() bool {
	return p.VendorSupported == nil || *p.VendorSupported
}

// Repository is one Git repository.
type Repository struct {
	Name         string        `hcl:"name,label"`
	Disabled     bool          `hcl:"disabled,optional"`
	PullRequests []PullRequest `hcl:"pull_request,block"`

	DefRange hcl.Range `hcl:",def_range"`
}

// PullRequest is one pull request. Ages are in days before the first start.
type PullRequest struct {
	Title   string `hcl:"title"`
	Author  string `hcl:"author"`          // an account's e-mail
	Status  string `hcl:"status,optional"` // active (default), completed or abandoned
	AgeDays int    `hcl:"age_days"`
	// ClosedDays is how long ago it was completed or abandoned; nil means AgeDays.
	ClosedDays *int `hcl:"closed_days,optional"`

	DefRange hcl.Range `hcl:",def_range"`
}

// WorkItem is one work item; to Flow it is a ticket.
type WorkItem struct {
	Type    string `hcl:"type,label"` // such as Bug, Task or User Story
	Title   string `hcl:"title"`
	State   string `hcl:"state"` // such as New, Active or Closed
	AgeDays int    `hcl:"age_days"`

	DefRange hcl.Range `hcl:",def_range"`
}

// TokenState says whether Azure DevOps accepts a token.
type TokenState string

// The states of a token.
const (
	TokenActive  TokenState = "active"
	TokenExpired TokenState = "expired"
	TokenRevoked TokenState = "revoked"
)

// Token is a personal access token. The request log has it as "token <Name>". Secret returns its value.
type Token struct {
	Name  string     `hcl:"name,label"` // unique over all organizations
	Owner string     `hcl:"owner"`      // an account's e-mail
	State TokenState `hcl:"state,optional"`
	// Scopes are named as in the REST reference ("vso.code"); absent means RequiredScopes.
	Scopes []string `hcl:"scopes,optional"`
	// ConditionalAccess makes the organization's policy refuse the token.
	ConditionalAccess bool `hcl:"conditional_access,optional"`

	DefRange hcl.Range `hcl:",def_range"`
}

// RequiredScopes are the six scopes that Flow requires: Code, Build, Graph, Identity, Project and Team, Work Items (Read).
var RequiredScopes = []string{"vso.code", "vso.build", "vso.graph", "vso.identity", "vso.project", "vso.work"}

//go:embed default.hcl
var defaultSource []byte

// Default returns the built-in scenario.
func Default() *Scenario {
	s, err := Parse("default.hcl", defaultSource)
	if err != nil {
		panic(err) // a test parses the file
	}
	return s
}

// LoadFile reads a scenario file. The error has file, line and column of each mistake.
func LoadFile(path string) (*Scenario, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the scenario: %w", err)
	}
	return Parse(path, source)
}

// Parse reads a scenario, fills in the defaults and validates it. The error has file, line and column of each mistake.
func Parse(filename string, source []byte) (*Scenario, error) {
	file, diags := hclsyntax.ParseConfig(source, filename, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, asError(diags)
	}
	var s Scenario
	if diags := gohcl.DecodeBody(file.Body, nil, &s); diags.HasErrors() {
		return nil, asError(diags)
	}
	s.setDefaults()
	if err := s.Validate(); err != nil {
		return nil, err
	}
	return &s, nil
}

// asError returns an error with a line for each mistake; the error of hcl.Diagnostics has only the first.
func asError(diags hcl.Diagnostics) error {
	lines := make([]string, len(diags))
	for i, diag := range diags {
		lines[i] = diag.Error()
	}
	return fmt.Errorf("the scenario is not valid:\n%s", strings.Join(lines, "\n"))
}

func (s *Scenario) setDefaults() {
	for o := range s.Organizations {
		org := &s.Organizations[o]
		for i := range org.Accounts {
			setDefault(&org.Accounts[i].DisplayName, org.Accounts[i].Email)
			setDefault(&org.Accounts[i].SignInName, org.Accounts[i].Email)
		}
		for i := range org.Tokens {
			setDefault(&org.Tokens[i].State, TokenActive)
			if org.Tokens[i].Scopes == nil {
				org.Tokens[i].Scopes = RequiredScopes
			}
		}
		for i := range org.Projects {
			org.Projects[i].setDefaults()
		}
	}
}

func (p *Project) setDefaults() {
	setDefault(&p.VersionControl, Git)
	setDefault(&p.Visibility, Private)
	for r := range p.Repositories {
		for i := range p.Repositories[r].PullRequests {
			setDefault(&p.Repositories[r].PullRequests[i].Status, "active")
		}
	}
}

func setDefault[T ~string](field *T, value T) {
	if *field == "" {
		*field = value
	}
}
