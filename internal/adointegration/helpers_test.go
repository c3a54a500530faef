package adointegration_test

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"sort"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// changesOnly expects that the plan changes one attribute of the resource and no other.
func changesOnly(path tfjsonpath.Path) plancheck.PlanCheck { return onlyChange{path.String()} }

type onlyChange struct{ path string }

// CheckPlan implements plancheck.PlanCheck.
func (c onlyChange) CheckPlan(_ context.Context, request plancheck.CheckPlanRequest, response *plancheck.CheckPlanResponse) {
	for _, change := range request.Plan.ResourceChanges {
		if change.Address != address {
			continue
		}
		if changed := differences("", change.Change.Before, planned(change.Change)); len(changed) != 1 || changed[0] != c.path {
			response.Error = fmt.Errorf("the plan changes %v, want %s alone", changed, c.path)
		}
		return
	}
	response.Error = fmt.Errorf("the plan has no %s", address)
}

// planned is the value after a change, with a mark for what is known only then.
func planned(change *tfjson.Change) any {
	after, _ := change.After.(map[string]any)
	unknown, _ := change.AfterUnknown.(map[string]any)
	merged := map[string]any{}
	maps.Copy(merged, after)
	for name, value := range unknown {
		if value == true {
			merged[name] = "(known after apply)"
		}
	}
	return merged
}

// differences lists the paths at which two values differ.
func differences(path string, before, after any) []string {
	left, isObject := before.(map[string]any)
	right, areObjects := after.(map[string]any)
	if !isObject || !areObjects {
		if reflect.DeepEqual(before, after) {
			return nil
		}
		return []string{path}
	}
	var found []string
	for name := range left {
		at := name
		if path != "" {
			at = path + "." + name
		}
		found = append(found, differences(at, left[name], right[name])...)
	}
	sort.Strings(found)
	return found
}

// imported checks which integration an import brought.
func imported(id string) resource.ImportStateCheckFunc {
	return func(states []*terraform.InstanceState) error {
		if len(states) != 1 || states[0].ID != id {
			return fmt.Errorf("imported %v, want integration %s", states, id)
		}
		return nil
	}
}

type terraformState = terraform.State

// noReplacement expects that the resource is created or changed in place, and never replaced.
type noReplacement struct{}

// CheckPlan implements plancheck.PlanCheck.
func (noReplacement) CheckPlan(_ context.Context, request plancheck.CheckPlanRequest, response *plancheck.CheckPlanResponse) {
	for _, change := range request.Plan.ResourceChanges {
		if change.Change.Actions.Replace() {
			response.Error = fmt.Errorf("%s is replaced", change.Address)
		}
	}
}
