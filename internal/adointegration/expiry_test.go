package adointegration_test

import (
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
)

// A plan warns of a token that expires within two weeks, or has, and asks nobody about it.
func TestAPlanWarnsOfATokensExpiry(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	in := func(days int) string { return time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly) }
	configure := func(day string) {
		w.Configure(s.ProviderConfig(`preflight = "off"`), resourceBlock(s, "main", unprotected(attributes{"personal_access_token_expires_on": quoted(day)})))
	}
	configure(in(90))
	w.MustApply()
	writes := len(s.Writes())
	asked := len(s.AzureDevOps().Traffic().Requests())
	for days, want := range map[int][]acctest.Said{
		15: nil,
		14: {{Severity: caution, Summary: "Token expires soon", Attribute: "personal_access_token_expires_on", Detail: []string{
			`By personal_access_token_expires_on = "` + in(14) + `", the token ends in 14 days.`, "Create a new token under User settings > Personal access tokens",
		}}},
		1:  {{Severity: caution, Summary: "Token expires soon", Attribute: "personal_access_token_expires_on", Detail: []string{"the token ends in 1 day."}}},
		0:  {{Severity: caution, Summary: "Token expires soon", Attribute: "personal_access_token_expires_on", Detail: []string{"the token ends today."}}},
		-3: {{Severity: caution, Summary: "Token has expired", Attribute: "personal_access_token_expires_on", Detail: []string{"the token ended 3 days ago."}}},
	} {
		configure(in(days))
		w.MustApply()
		plan := w.MustPlan()
		acctest.Expect(t, plan, want...)
		if plan.ExitCode != 0 {
			t.Errorf("in %d days: the plan is not empty:\n%s", days, plan.Output)
		}
	}
	if len(s.Writes()) != writes {
		t.Errorf("a day that only Terraform keeps was sent to Flow: %v", s.Writes()[writes:])
	}
	if now := len(s.AzureDevOps().Traffic().Requests()); now != asked {
		t.Errorf("Azure DevOps was asked: %v", s.AzureDevOps().Traffic().Requests()[asked:])
	}
}
