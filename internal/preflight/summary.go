package preflight

import "github.com/flow-community/terraform-provider-flow/internal/azuredevops"

// Summary is what evidence shows of a credential, whatever is expected of it. A nil pointer is for what Azure DevOps did not say.
type Summary struct {
	// Accepted is whether Azure DevOps accepts the token.
	Accepted *bool
	// Owner is the account that the token belongs to; the zero value unless the token is accepted.
	Owner Owner
	// Scopes hold for each of the six scopes whether the token has it, by its name on the token page of Azure DevOps.
	Scopes map[string]*bool
	Rights Rights
}

// Owner is an account.
type Owner struct {
	ID          string
	DisplayName string
	// EmailAddresses are the addresses that Azure DevOps has for the account, in its spelling, each once. The first is most
	// like the one that Flow asks for; any of them passes for it.
	EmailAddresses []string
}

// Rights are effective rights on the organization.
type Rights struct {
	// ViewInstance and EditInstance are "View instance-level information" and "Edit instance-level information".
	ViewInstance, EditInstance *bool
	// EditSubscriptions is to view and edit the service hooks of all projects.
	EditSubscriptions *bool
	// Webhooks is all of these, as Flow needs them to create webhooks.
	Webhooks *bool
}

// Summary returns what the evidence shows, without judging it.
func (e Evidence) Summary() Summary {
	summary := Summary{Scopes: make(map[string]*bool, len(allScopes))}
	for _, one := range allScopes {
		summary.Scopes[string(one)] = e.scopeResult(one).reached()
	}
	if p := e.Permissions.Value; e.Permissions.Outcome == OutcomeAnswered {
		summary.Rights = Rights{
			ViewInstance:      new(p.ViewInstance),
			EditInstance:      new(p.EditInstance),
			EditSubscriptions: new(p.EditHooks),
			Webhooks:          new(len(missingForWebhooks(p)) == 0),
		}
	}
	switch e.Credential {
	case azuredevops.VerdictUndecided, azuredevops.VerdictNoOrganization:
	case azuredevops.VerdictAccepted:
		user := e.Connection.Value.AuthenticatedUser
		summary.Accepted = new(true)
		summary.Owner = Owner{ID: user.ID, DisplayName: user.DisplayName, EmailAddresses: e.ownerAddresses()}
	default:
		summary.Accepted = new(false)
	}
	return summary
}

// reached reports whether the token's scopes reach a call.
func (r result) reached() *bool {
	switch r.outcome {
	case OutcomeAnswered, OutcomeNoPermission:
		return new(true)
	case OutcomeNoScope:
		return new(false)
	}
	return nil
}
