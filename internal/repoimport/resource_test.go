package repoimport_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
)

// emptyPlan is what a step checks that changes nothing.
var emptyPlan = resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}

// updates expects an update in place, planned to leave nothing pending.
var updates = resource.ConfigPlanChecks{
	PreApply: []plancheck.PlanCheck{
		plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
		plancheck.ExpectKnownValue(address, tfjsonpath.New("pending"), nothingPending),
	},
	PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
}

var nothingPending = knownvalue.ObjectExact(map[string]knownvalue.Check{
	"count": knownvalue.Int64Exact(0), "sample": knownvalue.ListExact([]knownvalue.Check{}),
})

func counts(n int64) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New("repository_count"), knownvalue.Int64Exact(n))
}

func TestCreateImportsWhatIsMatchedAndThenPlansNothing(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	config := repoImport(s, attributes{"include": `["payments/*", "Platform/terraform", "*/note?ooks"]`, "exclude": `["*/ledger"]`})
	want := []string{"Data Science/notebooks", "Payments/api", "Payments/web", "Platform/terraform"}
	acctest.Run(t, resource.TestCase{Steps: []resource.TestStep{
		{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionCreate),
				plancheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact("1")),
				plancheck.ExpectKnownValue(address, tfjsonpath.New("pending"), nothingPending),
				plancheck.ExpectUnknownValue(address, tfjsonpath.New("repository_count")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				counts(4),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact("1")),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("on_destroy"), knownvalue.StringExact("keep")),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("wait_for"), knownvalue.StringExact("imported")),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("pending"), nothingPending),
			},
		},
		{Config: config, ConfigPlanChecks: emptyPlan},
	}})
	if diff := cmp.Diff(want, imported(s)); diff != "" {
		t.Errorf("imported (-want +got):\n%s", diff)
	}
	if writes := s.Writes(); len(writes) != len(want) {
		t.Errorf("Flow got %d writes, want %d and none on destruction", len(writes), len(want))
	}
}

func TestANewRepositoryIsPendingAndThenImported(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	config := repoImport(s, attributes{"include": `["Payments/*"]`})
	acctest.Run(t, resource.TestCase{Steps: []resource.TestStep{
		{Config: config},
		{
			PreConfig: func() {
				_, err := s.AzureDevOps().CreateRepository("contoso", "Payments", "refunds")
				_, err2 := s.AzureDevOps().CreateRepository("contoso", "Platform", "unrelated")
				byHand(t, err, err2)
				sync(t, s)
			},
			RefreshState:       true,
			ExpectNonEmptyPlan: true,
			RefreshPlanChecks: resource.RefreshPlanChecks{PostRefresh: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
			}},
		},
		{Config: config, ConfigPlanChecks: updates, ConfigStateChecks: []statecheck.StateCheck{counts(4)}},
		{
			PreConfig: func() { byHand(t, s.Flow().Remove(flowserver.Repositories, 1, "Payments/api")) },
			Config:    config, ConfigPlanChecks: updates, ConfigStateChecks: []statecheck.StateCheck{counts(4)},
		},
	}})
	if diff := cmp.Diff([]string{"Payments/api", "Payments/ledger", "Payments/refunds", "Payments/web"}, imported(s)); diff != "" {
		t.Errorf("imported (-want +got):\n%s", diff)
	}
}
