package acctest

import (
	tfjson "github.com/hashicorp/terraform-json"
)

// ExpectEmptyPlan fails the test unless a plan has no changes and no diagnostics.
func (w *Workspace) ExpectEmptyPlan() {
	w.t.Helper()
	if plan := w.MustPlan(); plan.ExitCode != 0 || len(plan.Diagnostics) > 0 {
		w.t.Errorf("the plan is not empty:\n%s", plan.Output)
	}
}

// ExpectNoChanges fails the test unless a plan, with additional arguments, has no changes and no errors.
func (w *Workspace) ExpectNoChanges(arguments ...string) {
	w.t.Helper()
	if plan := w.MustPlan(arguments...); plan.ExitCode != 0 || len(plan.Errors()) > 0 {
		w.t.Errorf("the plan has changes, or failed:\n%s", plan.Output)
	}
}

// OnlyChange plans and returns the only change; none, or more than one, fails the test.
func (w *Workspace) OnlyChange() *tfjson.Change {
	w.t.Helper()
	if result := w.MustPlan(); result.ExitCode != 2 {
		w.t.Fatalf("the plan changes nothing, or failed:\n%s", result.Output)
	}
	plan, err := w.ShowPlan(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	var changes []*tfjson.Change
	for _, change := range plan.ResourceChanges {
		if !change.Change.Actions.NoOp() {
			changes = append(changes, change.Change)
		}
	}
	if len(changes) != 1 {
		w.t.Fatalf("the plan changes %d resources", len(changes))
	}
	return changes[0]
}

// Attributes returns the attributes of a resource or data source of the root module in the state, or nil.
func (w *Workspace) Attributes(address string) map[string]any {
	w.t.Helper()
	shown, err := w.Run(w.t.Context(), "show", "-json")
	if err != nil {
		w.t.Fatal(err)
	}
	state := new(tfjson.State)
	if err := state.UnmarshalJSON([]byte(shown.Output)); err != nil {
		w.t.Fatalf("reading the state: %v\n%s", err, shown.Output)
	}
	if state.Values == nil {
		return nil
	}
	for _, resource := range state.Values.RootModule.Resources {
		if resource.Address == address {
			return resource.AttributeValues
		}
	}
	return nil
}

// Attribute returns an attribute of the values before or after a change.
func Attribute(values any, name string) any {
	attributes, _ := values.(map[string]any)
	return attributes[name]
}
