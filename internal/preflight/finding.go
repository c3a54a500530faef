// Package preflight checks, before anything is created, what would make Flow refuse an Azure DevOps connection, and reports it.
package preflight

// Severity says whether Flow would be unable to work as configured.
type Severity int

const (
	// SeverityError is for what would make Flow fail.
	SeverityError Severity = iota
	// SeverityWarning is for what may be wrong.
	SeverityWarning
)

// String returns the severity as a word.
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

// Fields are all fields.
var Fields = []Field{FieldBaseURL, FieldToken, FieldEmail, FieldWebhooks}

// Check names one check. The names are stable.
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

// Finding is one thing that is wrong, or may be. None of its texts contains the token.
type Finding struct {
	Check    Check
	Field    Field
	Severity Severity
	// Advisory marks a warning about a lasting state that may be intended: shown when the connection is created or changed,
	// and noise when it is repeated afterwards.
	Advisory bool
	// Summary is a short line without a period.
	Summary string
	// Detail says what was found.
	Detail string
	// Remedy says what to do, and where.
	Remedy string
}

// Report is what a run of checks found, in the order to fix it.
type Report struct {
	Findings []Finding
	// ProfileEmail is the address in the Azure profile of the token's owner; "" if there is none, or it is not known.
	ProfileEmail string
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

// CheckServices looks for services that can do nothing together. It returns no finding while one of them is unknown.
func CheckServices(services, unknown Services) []Finding {
	finding := Finding{Check: CheckServiceChoice, Field: FieldWebhooks, Severity: SeverityWarning, Advisory: true}
	switch {
	case unknown != (Services{}):
		return nil
	case services == Services{}:
		finding.Summary = "All services are off"
		finding.Detail = "Flow reads nothing from this integration: no repositories, pull requests or tickets."
		finding.Remedy = "Turn on what Flow should read, or ignore this if the integration is meant to rest."
	case services == Services{Webhooks: true}:
		finding.Summary = "Webhooks without any other service"
		finding.Detail = "Webhooks notify Flow of changes to repositories, pull requests and tickets. All of these are off, so there is nothing to notify Flow of."
		finding.Remedy = "Turn on what Flow should read, or turn webhooks off."
	default:
		return nil
	}
	return []Finding{finding}
}
