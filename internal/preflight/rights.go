package preflight

import (
	"fmt"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// Names of the rights on the page Organization settings > Permissions.
const (
	rightView  = `"View instance-level information"`
	rightEdit  = `"Edit instance-level information"`
	rightHooks = `to view and edit the service hooks of all projects ("Edit Subscriptions")`
)

// rights checks what Flow's set-up page asks for: with webhooks a Project Collection Administrator, else the right to
// view instance-level information.
//
// Effective rights are judged, not the membership: a member through nested groups or groups of Microsoft Entra passes,
// and so does an account that was granted the same rights one by one.
func (j *judge) rights() {
	if j.expectation.Unknown.Services.Webhooks {
		return
	}
	permissions := j.evidence.Permissions
	switch webhooks := j.expectation.Services.Webhooks; {
	case permissions.Outcome != OutcomeAnswered && webhooks:
		j.gap("the rights that webhooks need", permissions.Err)
	case permissions.Outcome != OutcomeAnswered:
		j.gap("the right "+rightView, permissions.Err)
	case webhooks:
		j.webhookRights(permissions.Value)
	case !permissions.Value.ViewInstance:
		j.add(Finding{
			Check: CheckInstanceView, Field: FieldToken, Severity: SeverityError,
			Summary: "Token's owner may not view instance-level information",
			Detail:  fmt.Sprintf("%s lacks the right %s, which Flow requires to connect and to import repositories.", j.owner(), rightView),
			Remedy:  fmt.Sprintf("In Azure DevOps, set %s to Allow for the account in Organization settings > Permissions > Users, or add it to a group that has it.", rightView),
		})
	}
}

func (j *judge) webhookRights(permissions azuredevops.Permissions) {
	missing := missingForWebhooks(permissions)
	if len(missing) == 0 {
		return
	}
	alternative := "Or switch webhooks off, which are on by default:\n\nservices = { " + j.withoutWebhooks() + " }"
	if !permissions.ViewInstance {
		alternative += fmt.Sprintf("\n\nWithout webhooks, set %s to Allow for the account.", rightView)
	}
	j.add(Finding{
		Check: CheckWebhookRights, Field: FieldWebhooks, Severity: SeverityError,
		Summary: "Webhooks need Project Collection Administrator rights",
		Detail:  fmt.Sprintf("To create webhooks, Flow needs the rights of a Project Collection Administrator. %s lacks: %s.", j.owner(), wording.Enumerate(missing)),
		Remedy:  "In Azure DevOps, add the account to Project Collection Administrators in Organization settings > Permissions > Groups.\n" + alternative,
	})
}

// withoutWebhooks returns the expected services as arguments, with webhooks off.
func (j *judge) withoutWebhooks() string {
	var off []string
	services := j.expectation.Services
	for _, one := range []struct {
		name string
		on   bool
	}{{"repos", services.Repos}, {"pull_requests", services.PullRequests}, {"tickets", services.Tickets}} {
		if !one.on {
			off = append(off, one.name+" = false")
		}
	}
	return strings.Join(append(off, "webhooks = false"), ", ")
}

// missingForWebhooks names the rights that Flow needs to create webhooks and that are not there.
func missingForWebhooks(permissions azuredevops.Permissions) []string {
	var missing []string
	if !permissions.ViewInstance {
		missing = append(missing, rightView)
	}
	if !permissions.EditInstance {
		missing = append(missing, rightEdit)
	}
	if !permissions.EditHooks {
		missing = append(missing, rightHooks)
	}
	return missing
}

// owner names the token's owner at the beginning of a sentence.
func (j *judge) owner() string {
	if addresses := j.evidence.ownerAddresses(); len(addresses) > 0 {
		return addresses[0]
	}
	return "The token's owner"
}
