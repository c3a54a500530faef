package preflight

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
)

// summaryOf returns all scopes and rights the same value.
func summaryOf(accepted, scopes, rights *bool, owner Owner) Summary {
	summary := Summary{Accepted: accepted, Owner: owner, Scopes: map[string]*bool{}}
	for _, name := range []string{"Code (Read)", "Build (Read)", "Graph (Read)", "Identity (Read)", "Project and Team (Read)", "Work Items (Read)"} {
		summary.Scopes[name] = scopes
	}
	summary.Rights = Rights{ViewInstance: rights, EditInstance: rights, EditSubscriptions: rights, Webhooks: rights}
	return summary
}

func TestSummaryTellsWhatIsKnownOfACredential(t *testing.T) {
	owner := Owner{DisplayName: "Flow Service", EmailAddresses: []string{ownerEmail}}
	whole := func(change func(*Summary)) Summary {
		summary := summaryOf(new(true), new(true), new(true), owner)
		change(&summary)
		return summary
	}
	for name, test := range map[string]struct {
		evidence func(*Evidence)
		want     Summary
	}{
		"sound": {func(*Evidence) {}, whole(func(*Summary) {})},
		"the owner's id and all addresses": {
			func(e *Evidence) {
				e.Connection.Value.AuthenticatedUser.ID = "d6245f20"
				e.GraphUser = answered(azuredevops.GraphUser{MailAddress: "svc-flow@contoso.com", PrincipalName: ownerEmail})
			},
			whole(func(s *Summary) {
				s.Owner = Owner{ID: "d6245f20", DisplayName: "Flow Service", EmailAddresses: []string{ownerEmail, "svc-flow@contoso.com"}}
			}),
		},
		"a scope missing":                   {func(e *Evidence) { e.Processes = failed[struct{}](errScope) }, whole(func(s *Summary) { s.Scopes["Work Items (Read)"] = new(false) })},
		"a scope there and a right missing": {func(e *Evidence) { e.Teams = failed[struct{}](errPermission) }, whole(func(*Summary) {})},
		"scopes that nobody knows": {
			func(e *Evidence) { e.Builds, e.Teams = failed[struct{}](errMaintenance), failed[struct{}](errPolicy) },
			whole(func(s *Summary) { s.Scopes["Build (Read)"], s.Scopes["Project and Team (Read)"] = nil, nil }),
		},
		"not enough rights for webhooks": {
			func(e *Evidence) {
				e.Permissions = answered(azuredevops.Permissions{ViewInstance: true, EditHooks: true})
			},
			whole(func(s *Summary) { s.Rights.EditInstance, s.Rights.Webhooks = new(false), new(false) }),
		},
		"rights that nobody knows": {func(e *Evidence) { e.Permissions = failed[azuredevops.Permissions](errTimeout) }, whole(func(s *Summary) { s.Rights = Rights{} })},
		"rejected":                 {func(e *Evidence) { *e = Evidence{Credential: azuredevops.VerdictRejected} }, summaryOf(new(false), nil, nil, Owner{})},
		"expired":                  {func(e *Evidence) { *e = Evidence{Credential: azuredevops.VerdictExpired} }, summaryOf(new(false), nil, nil, Owner{})},
		"refused":                  {func(e *Evidence) { *e = Evidence{Credential: azuredevops.VerdictRefused} }, summaryOf(new(false), nil, nil, Owner{})},
		"no such organization":     {func(e *Evidence) { *e = Evidence{Credential: azuredevops.VerdictNoOrganization} }, summaryOf(nil, nil, nil, Owner{})},
		"nothing known":            {func(e *Evidence) { *e = Evidence{} }, summaryOf(nil, nil, nil, Owner{})},
		"somebody anonymous": {
			func(e *Evidence) {
				*e = Evidence{Credential: azuredevops.VerdictAnonymous, Connection: answered(azuredevops.ConnectionData{AuthenticatedUser: azuredevops.Identity{DisplayName: "Anonymous"}})}
			},
			summaryOf(new(false), nil, nil, Owner{}),
		},
	} {
		evidence := sound()
		test.evidence(&evidence)
		if diff := cmp.Diff(test.want, evidence.Summary()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
