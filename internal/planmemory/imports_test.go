package planmemory_test

import (
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/planmemory"
)

func TestImportsAreRemembered(t *testing.T) {
	var imports planmemory.Imports
	one := planmemory.Import{Type: "repo_import", Integration: 1, Selectors: "Payments/*"}
	other := one
	other.Exists = true
	for _, step := range []struct {
		planned planmemory.Import
		again   bool
	}{{one, false}, {other, false}, {one, true}} {
		if again := imports.Plan(step.planned); again != step.again {
			t.Errorf("%v: planned again %t, want %t", step.planned, again, step.again)
		}
	}
	imports.LeaveToApply(one)
	if !imports.LeftToApply(one) || imports.LeftToApply(other) {
		t.Errorf("left to apply: %t and %t, want the first alone", imports.LeftToApply(one), imports.LeftToApply(other))
	}
	imports.PlanServices(1, flow.Services{Repos: true})
	if imports.PlannedServices(1) != (flow.Services{Repos: true}) || imports.PlannedServices(2) != (flow.Services{}) {
		t.Errorf("planned are %v and %v", imports.PlannedServices(1), imports.PlannedServices(2))
	}
}
