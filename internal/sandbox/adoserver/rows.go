package adoserver

import (
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// The rows of the store. Each has a number, and refers to others by GUID or, in case of subjects, by descriptor.

type organizationRow struct {
	ID           int64
	GUID         string // instance id, and identity domain of its groups
	Name         string
	DeploymentID string
	TenantID     string
}

type accountRow struct {
	ID           int64
	GUID         string // identity id, also the storage key
	Organization string
	Email        string // as in the profile, including case
	SignInName   string
	DisplayName  string
	Descriptor   string // aad.…
	OriginID     string
}

type groupRow struct {
	ID           int64
	GUID         string
	Organization string
	Project      string // GUID; "" for a group of the organization
	Name         string
	Description  string
	SID          string
	Descriptor   string   // vssgp.…
	Members      []string // descriptors
	Allow, Deny  []scenario.Permission
	// Administers is all rights in the organization or project, Reads the right to read the project.
	Administers, Reads bool
}

type tokenRow struct {
	ID                int64
	Organization      string
	Name              string // the secret is computed from this and the organization's
	Owner             string
	Scopes            []string
	State             scenario.TokenState
	ConditionalAccess bool
}

type projectRow struct {
	ID            int64
	GUID          string
	Organization  string
	Name          string
	Description   string
	SourceControl string // "Git" or "Tfvc", as in the API
	Public        bool
	Revision      int
	Updated       time.Time
}

type repositoryRow struct {
	ID       int64
	GUID     string
	Project  string
	Name     string
	Disabled bool
	Created  time.Time
}

type pullRequestRow struct {
	ID         int64
	Repository string
	Title      string
	Author     string // GUID of the account
	Status     string
	Created    time.Time
	Closed     time.Time // zero while active
}

type workItemRow struct {
	ID      int64
	Project string
	Type    string
	Title   string
	State   string
	Created time.Time
	Changed time.Time
}

// subscriptionRow is a service hook subscription with its confidential inputs.
type subscriptionRow struct {
	ID               int64
	GUID             string
	Organization     string
	PublisherID      string
	EventType        string
	ResourceVersion  string
	ConsumerID       string
	ConsumerActionID string
	PublisherInputs  map[string]string
	ConsumerInputs   map[string]string
	Status           string
	CreatedBy        string // GUID of the account
	ModifiedBy       string
	Created          time.Time
	Modified         time.Time
}
