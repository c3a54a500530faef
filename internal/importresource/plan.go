package importresource

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/deadline"
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
	unchanged := true
	if !request.Plan.Raw.Equal(request.State.Raw) || plan.hasPending() {
		unchanged, diagnostics = r.planChange(ctx, request, response, plan)
		response.Diagnostics.Append(diagnostics...)
	}
	if response.Diagnostics.HasError() || !plan.known() || r.data.FlowUnknown() {
		return
	}
	t, diagnostics := r.target(plan)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	t.importer.Claims.Make(bulkimport.PlannedToKeep, t.integration, t.selectors)
	checked, conflicts := r.checkPlan(ctx, t)
	if unchanged {
		checked = asWarnings(checked)
	}
	response.Diagnostics.Append(checked...)
	response.Diagnostics.Append(conflicts...)
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

// planChange plans the computed attributes of a change, and reports whether the selectors remain as they are.
func (r *Resource) planChange(ctx context.Context, request resource.ModifyPlanRequest, response *resource.ModifyPlanResponse, plan *Common) (unchanged bool, diagnostics diag.Diagnostics) {
	var state *Common
	if !request.State.Raw.IsNull() {
		state, diagnostics = r.kind.read(ctx, request.State)
	}
	if diagnostics.HasError() {
		return false, diagnostics
	}
	planComputed(plan, state)
	diagnostics.Append(r.kind.write(ctx, &response.Plan, plan)...)
	if state != nil && !state.IntegrationID.Equal(plan.IntegrationID) {
		diagnostics.Append(response.Private.SetKey(ctx, destroysKey, isTrue)...)
		diagnostics.Append(r.announceRemoval(ctx, state)...)
	}
	return state != nil && plan.selectsAs(state), diagnostics
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
