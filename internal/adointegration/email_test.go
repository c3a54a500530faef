package adointegration_test

import (
	"fmt"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

const (
	profileEmail = "Ops.Mail@contoso.com"
	signInName   = "svc-ops@corp.contoso.com"
)

// withSignInName is an organization whose account signs in by another name than the e-mail of its profile.
const withSignInName = `
workspace "acme" {
  api_key "admin" {
    key    = "sandbox-api-key"
    access = "View, manage and delete"
  }
}
organization "contoso" {
  account "Ops.Mail@contoso.com" {
    display_name = "Ops"
    sign_in_name = "svc-ops@corp.contoso.com"
  }
  group "Project Collection Administrators" {
    members = ["Ops.Mail@contoso.com"]
  }
  project "Payments" {
    repository "api" {}
  }
  token "full" {
    owner = "Ops.Mail@contoso.com"
  }
}
`

// Whoever gives the sign-in name is warned in the plan, refused by Flow, and led to the profile's address each time.
func TestTheProfilesAddressIsNamedFirst(t *testing.T) {
	t.Parallel()
	world, err := scenario.Parse("sign-in.hcl", []byte(withSignInName))
	if err != nil {
		t.Fatal(err)
	}
	s := acctest.Start(t, sandbox.Options{Scenario: world})
	w := acctest.NewWorkspace(t)
	configure := func(email string) {
		w.Configure(integration(s, unprotected(attributes{"email": quoted(email)})))
	}
	another := acctest.Said{Severity: caution, Summary: "E-mail is not the one of the Azure profile", Attribute: "email", Detail: []string{
		fmt.Sprintf("Flow asks for the e-mail as seen in the Azure profile, which is %q.", profileEmail), fmt.Sprintf("Set the e-mail to %q.", profileEmail),
	}}
	configure(signInName)
	acctest.Expect(t, w.MustPlan(), another)
	acctest.Expect(t, w.FailedApply(), another, acctest.Said{
		Severity: failure, Summary: "Flow could not connect with this e-mail and base URL", Attribute: "email",
		Detail: []string{fmt.Sprintf("Set the e-mail to %q, the address in the Azure profile of the token's owner.", profileEmail)},
	})
	configure("Svc-Ops@corp.contoso.com")
	acctest.Expect(t, w.MustPlan(), acctest.Said{Severity: failure, Summary: "E-mail differs in case from the token owner's", Attribute: "email", Detail: []string{
		fmt.Sprintf("Azure DevOps has %q", signInName), fmt.Sprintf("Set the e-mail to %q, the first of the account's addresses: Flow asks for the one of the Azure profile.", profileEmail),
	}})
	configure(profileEmail)
	w.MustApply()
	w.ExpectEmptyPlan()
}
