package importresource

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/deadline"
	"github.com/flow-community/terraform-provider-flow/internal/lazyregexp"
	"github.com/flow-community/terraform-provider-flow/internal/planmemory"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// ModifyPlan implements resource.ResourceWithModifyPlan. It plans that nothing remains pending, and checks the selectors
// against what Flow has discovered.
//
// The plan follows from configuration and state alone: Terraform plans once more when it applies, maybe days later, and
// does not accept another result then, such as another number of repositories.
func (r *Resource) ModifyPlan(ctx context.Context, request resource.ModifyPlanRequest, response *resource.ModifyPlanResponse) {
	if request.Plan.Raw.IsNull() {
		r.planDestruction(ctx, request, response)
		return
	}
	plan, diagnostics := r.kind.read(ctx, request.Plan)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	ctx, cancel, diagnostics := deadline.Within(ctx, plan.Timeouts.Read, deadline.Read)
	defer cancel()
	response.Diagnostics.Append(diagnostics...)
	response.Diagnostics.Append(r.refuseRemoval(plan)...)
	var state *Common // nil for a creation
	if !request.State.Raw.IsNull() {
		state, diagnostics = r.kind.read(ctx, request.State)
		response.Diagnostics.Append(diagnostics...)
	}
	if response.Diagnostics.HasError() {
		return
	}
	if !request.Plan.Raw.Equal(request.State.Raw) || plan.hasPending() {
		response.Diagnostics.Append(r.planChange(ctx, response, plan, state)...)
	}
	if response.Diagnostics.HasError() || plan.IntegrationID.IsUnknown() || r.data.FlowUnknown() {
		return
	}
	response.Diagnostics.Append(r.checkSelectors(ctx, plan, state)...)
}

// checkSelectors compares what an import selects with Flow, with what it selected before, and with other imports.
func (r *Resource) checkSelectors(ctx context.Context, plan, state *Common) diag.Diagnostics {
	known := plan.selectorsKnown()
	if !known { // They may turn out to select anything.
		plan.Include, plan.Exclude = listOf([]string{everything(r.kind.Selectors)}), types.ListNull(types.StringType)
	}
	t, diagnostics := r.target(plan)
	if diagnostics.HasError() {
		return diagnostics
	}
	t.importer.Claims.Make(bulkimport.PlannedToKeep, t.integration, t.selectors)
	checked, conflicts := r.checkPlan(ctx, t)
	if !known {
		return conflicts
	}
	switch {
	case state != nil && plan.selectsAs(state):
		checked = asWarnings(checked)
	case state != nil && !checked.HasError():
		checked.Append(r.leftBehind(ctx, t, state)...)
	}
	checked.Append(conflicts...)
	return append(checked, r.twin(t, state != nil)...)
}

// noDestroyPlans matches the versions that ask for no plan of a destruction.
var noDestroyPlans = lazyregexp.New(`^(0|1\.[0-2])\.`)

// refuseRemoval refuses on_destroy = "remove" where it would do nothing.
func (r *Resource) refuseRemoval(plan *Common) diag.Diagnostics {
	version := r.data.TerraformVersion()
	if plan.OnDestroy.ValueString() != onDestroyRemove || !noDestroyPlans().MatchString(version) {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("on_destroy"), `on_destroy = "remove" needs Terraform 1.3 or later`,
		fmt.Sprintf("Terraform %s asks for no plan of a destruction, so it would remove nothing from Flow.\n\nUpgrade Terraform, or set on_destroy = \"keep\".", version))}
}

// planned describes an import to the memory of the plan.
func (r *Resource) planned(t target) planmemory.Import {
	texts := func(patterns []selector.Pattern) string {
		return strings.Join(slices.Sorted(slices.Values(each(patterns, selector.Pattern.String))), "\n")
	}
	return planmemory.Import{
		Type: r.kind.TypeName, Integration: t.integration,
		Selectors: texts(t.selectors.Include()) + "\n\n" + texts(t.selectors.Exclude()),
	}
}

// twin warns of a second import with the same selectors.
func (r *Resource) twin(t target, exists bool) diag.Diagnostics {
	this := r.planned(t)
	this.Exists = exists
	if !r.data.Plans.Imports.Plan(this) {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeWarningDiagnostic(path.Root("include"), fmt.Sprintf("Two flow_%s select the same", r.kind.TypeName),
		fmt.Sprintf("Another flow_%s of this configuration has the same selectors for integration %d, so both keep and count the same %s.\n\nRemove one of the two.",
			r.kind.TypeName, t.integration, r.kind.Many))}
}

// leftBehind warns of what the selectors matched until now. A listing that fails has been reported.
func (r *Resource) leftBehind(ctx context.Context, t target, state *Common) diag.Diagnostics {
	before, diagnostics := r.target(state)
	if diagnostics.HasError() || before.integration != t.integration {
		return diagnostics
	}
	catalog, err := t.importer.Catalog(ctx, t.integration)
	if err != nil {
		return nil
	}
	_, left := t.importer.Claims.Split(bulkimport.PlannedToKeep, t.integration, catalog, catalog.Select(before.selectors).Imported)
	if len(left) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeWarningDiagnostic(path.Root("include"), fmt.Sprintf("%s will be unmanaged in Flow", r.kind.counted(len(left))),
		"The selectors do not match them any more. They stay imported, with their data:\n"+wording.Bullets(each(left, pathOf), longestList)+
			fmt.Sprintf("\n\nRemove in Flow, under %s, what is not wanted, or select it again.", r.kind.Place))}
}

// asWarnings turns what is wrong with unchanged selectors into warnings: a repository may have been renamed or removed
// since. That has to be seen, and must not stop other work or the destruction of the resource.
func asWarnings(diagnostics diag.Diagnostics) diag.Diagnostics {
	var warnings diag.Diagnostics
	for _, one := range diagnostics {
		if at, ok := one.(diag.DiagnosticWithPath); ok {
			one = diag.NewAttributeWarningDiagnostic(at.Path(), one.Summary(), one.Detail())
		}
		warnings.Append(one)
	}
	return warnings
}

// planChange plans the computed attributes of a change.
func (r *Resource) planChange(ctx context.Context, response *resource.ModifyPlanResponse, plan, state *Common) diag.Diagnostics {
	planComputed(plan, state)
	diagnostics := r.kind.write(ctx, &response.Plan, plan)
	if state != nil && !state.IntegrationID.Equal(plan.IntegrationID) {
		diagnostics.Append(response.Private.SetKey(ctx, destroysKey, isTrue)...)
		diagnostics.Append(r.announceRemoval(ctx, state)...)
	}
	return diagnostics
}

// planComputed plans the computed attributes. The state is nil for a creation.
func planComputed(plan, state *Common) {
	plan.Pending = pendingOf(nil)
	plan.ID = plan.IntegrationID
	plan.Count = types.Int64Unknown()
	if state != nil && !state.hasPending() && plan.selectsAs(state) {
		plan.Count = state.Count
	}
}
