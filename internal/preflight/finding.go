// Package preflight checks, before anything is created, what would make Flow refuse an Azure DevOps connection, and reports it.
package preflight

// Severity says whether Flow would be unable to work as configured.
type Severity int

const (
	// SeverityError is what Flow would stumble over.
	SeverityError Severity = iota
	// SeverityWarning is what deserves a look and stops nothing.
	SeverityWarning
)

// String gives the severity as a word.
func (s Severity) String() string {
	if s == SeverityWarning {
		return "warning"
	}
	return "error"
}

// Field is the part of the configuration that a finding is about.
type Field string

// The fields. FieldToken stands for whichever argument the token was given in.
const (
	FieldBaseURL  Field = "base_url"
	FieldToken    Field = "token"
	FieldEmail    Field = "email"
	FieldWebhooks Field = "services.webhooks"
)

// Check names one check; the names are stable.
type Check string

// The offline checks.
const (
	CheckBaseURLFormat Check = "base_url_format"
	CheckEmailFormat   Check = "email_format"
	CheckTokenFormat   Check = "token_format"
	CheckServiceChoice Check = "service_choice"
)

// The online checks.
const (
	// CheckCompleteness is whether all other checks could be made.
	CheckCompleteness    Check = "completeness"
	CheckOrganization    Check = "organization_exists"
	CheckTokenAccepted   Check = "token_accepted"
	CheckRefusal         Check = "no_refusal"
	CheckEmailOwner      Check = "email_is_owners"
	CheckScopes          Check = "token_scopes"
	CheckWebhookRights   Check = "webhook_rights"
	CheckInstanceView    Check = "instance_view_right"
	CheckVisibleProjects Check = "visible_projects"
	CheckGitRepositories Check = "git_repositories"
)

// Finding is one thing that is wrong, or may be. None of its texts holds the token.
type Finding struct {
	Check    Check
	Field    Field
	Severity Severity
	// Advisory marks a warning that describes a lasting state which somebody may well have chosen: said when the
	// connection is made or changed, and noise when it is repeated afterwards.
	Advisory bool
	// Summary is one short line without a period.
	Summary string
	// Detail says what was found.
	Detail string
	// Remedy says what to do, and where.
	Remedy string
}

// Report is what a run of checks found, in the order to fix it.
type Report struct {
	Findings []Finding
}

// Services are the toggles of an integration.
type Services struct {
	Repos        bool
	PullRequests bool
	Tickets      bool
	Webhooks     bool
}

// Unknown marks what is not known yet, and so not judged.
type Unknown struct {
	Email    bool
	Services Services
}

// Expectation is what the configuration wants of a credential.
type Expectation struct {
	// CountRepositories is set where it is reported which projects have no Git repository.
	CountRepositories bool

	Email    string
	Services Services
	Unknown  Unknown
}

// CheckServices looks for a choice of services that can do nothing. It returns no finding while a toggle is unknown.
func CheckServices(services, unknown Services) []Finding {
	if unknown != (Services{}) || services != (Services{Webhooks: true}) {
		return nil
	}
	return []Finding{{
		Check:    CheckServiceChoice,
		Field:    FieldWebhooks,
		Severity: SeverityWarning,
		Advisory: true,
		Summary:  "Webhooks without any other service",
		Detail:   "Webhooks announce changes of repositories, pull requests and tickets, and all of these are off, so the webhooks would announce nothing to Flow.",
		Remedy:   "Switch on the services that Flow is to read, or switch webhooks off.",
	}}
}
