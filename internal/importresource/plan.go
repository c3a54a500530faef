package importresource

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// ModifyPlan implements resource.ResourceWithModifyPlan. It plans that nothing stays pending, and checks the selectors
// against what Flow has discovered.
//
// What it plans follows from configuration and state alone: Terraform plans once more when it applies, maybe days later,
// and does not accept another result then, such as another number of repositories.
func (r *Resource) ModifyPlan(ctx context.Context, request resource.ModifyPlanRequest, response *resource.ModifyPlanResponse) {
	if request.Plan.Raw.IsNull() {
		r.planDestruction(ctx, request, response)
		return
	}
	plan, diagnostics := r.kind.read(ctx, request.Plan)
	response.Diagnostics.Append(diagnostics...)
	settled := true
	if !request.Plan.Raw.Equal(request.State.Raw) || plan.hasPending() {
		var diagnostics diag.Diagnostics
		settled, diagnostics = r.planChange(ctx, request, response, plan)
		response.Diagnostics.Append(diagnostics...)
	}
	if response.Diagnostics.HasError() {
		return
	}
	if !plan.known() || r.data.FlowUnknown() {
		return
	}
	t, diagnostics := r.target(plan)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	checked := r.checkPlan(ctx, t)
	if settled {
		checked = asReminders(checked)
	}
	response.Diagnostics.Append(checked...)
}

// asReminders makes warnings of what is wrong with selectors that nobody is changing: a repository may have been renamed
// or removed since, which has to be seen, and must not stop other work or the destruction of the resource.
func asReminders(diagnostics diag.Diagnostics) diag.Diagnostics {
	var reminders diag.Diagnostics
	for _, one := range diagnostics {
		if at, ok := one.(diag.DiagnosticWithPath); ok {
			one = diag.NewAttributeWarningDiagnostic(at.Path(), one.Summary(), one.Detail())
		}
		reminders.Append(one)
	}
	return reminders
}

// planChange plans what a change brings with it, and tells whether the selectors stay as they are.
func (r *Resource) planChange(ctx context.Context, request resource.ModifyPlanRequest, response *resource.ModifyPlanResponse, plan *model) (settled bool, diagnostics diag.Diagnostics) {
	var state *model
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
func planComputed(plan, state *model) {
	plan.Pending = pendingOf(nil)
	plan.ID = plan.IntegrationID
	plan.Count = types.Int64Unknown()
	if state != nil && !state.hasPending() && plan.selectsAs(state) {
		plan.Count = state.Count
	}
}
