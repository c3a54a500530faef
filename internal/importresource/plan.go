package importresource

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
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

// checkPlan says what is wrong with the integration and the selectors, as far as Flow knows them already.
func (r *Resource) checkPlan(ctx context.Context, t target) diag.Diagnostics {
	catalog, err := r.catalog(ctx, t)
	if err != nil {
		return diag.Diagnostics{r.listError(t, err)}
	}
	selection := catalog.Select(t.selectors)
	if len(selection.Unmatched) > 0 {
		client, diagnostics := r.data.Flow()
		if diagnostics.HasError() {
			return diagnostics
		}
		integration, err := client.Integration(ctx, t.integration)
		if err != nil {
			return diag.Diagnostics{r.listError(t, err)}
		}
		if !integration.Discovered {
			return nil // They are checked when it is, before anything is imported.
		}
	}
	return append(r.unmatched(ctx, t, catalog, selection.Unmatched), r.withheld(t, catalog, selection)...)
}

// listError is for a listing that failed.
func (r *Resource) listError(t target, err error) diag.Diagnostic {
	if flow.IsNotFound(err) {
		return diag.NewAttributeErrorDiagnostic(path.Root("integration_id"), fmt.Sprintf("Flow has no integration %d", t.integration),
			providerdata.Sentence(err)+"\n\nThe data source flow_ado_integrations lists the ids of the integrations that this API key's user may see. If it was "+
				"deleted in Flow, \"terraform apply -refresh-only\" takes this resource out of the state.")
	}
	return providerdata.FlowError("Could not list the "+r.kind.Many, err, r.kind.Place)
}

// suggestions is how many names an error suggests at the most.
const suggestions = 5

// unmatched says of each selector that matches nothing what may have been meant.
func (r *Resource) unmatched(ctx context.Context, t target, catalog *bulkimport.Catalog, patterns []selector.Pattern) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	for _, pattern := range patterns {
		detail := fmt.Sprintf("Flow has discovered no %s that this selector matches in integration %d.", r.kind.One, t.integration)
		if reason := r.idle(ctx, t, catalog); reason != "" {
			detail = reason
		} else if reason := r.kind.Explain(ctx, r.data, t.integration, catalog, pattern); reason != "" {
			detail = reason
		} else if nearest := catalog.Nearest(pattern, suggestions); len(nearest) > 0 {
			detail += fmt.Sprintf(" Did you mean %s?", alternatives(nearest))
		}
		diagnostics.AddAttributeError(path.Root("include"), fmt.Sprintf("Selector %q matches nothing", pattern),
			detail+fmt.Sprintf("\n\nThe data source %s lists what there is to select. What was made in Azure DevOps a short while ago, or renamed, "+
				"appears there after Flow's next look-up.", r.kind.DataSource))
	}
	return diagnostics
}

// idle says why Flow has discovered nothing so far; "" if it has, or if that is not known.
func (r *Resource) idle(ctx context.Context, t target, catalog *bulkimport.Catalog) string {
	client, diagnostics := r.data.Flow()
	if !catalog.Empty() || diagnostics.HasError() {
		return ""
	}
	integration, err := client.Integration(ctx, t.integration)
	switch {
	case err != nil:
		return ""
	case !r.kind.Enabled(integration.Services):
		return fmt.Sprintf("The service %[1]s of integration %[2]d is switched off, so Flow discovers no %[3]s. Switch it on, with services = { %[1]s = true } in "+
			"its flow_ado_integration.", r.kind.Service, t.integration, r.kind.Many)
	case !integration.Discovered:
		return fmt.Sprintf("Flow looks up by itself what a new integration offers, which takes minutes. Read again later, or after a flow_%s: that waits for it.",
			r.kind.TypeName)
	}
	return ""
}

// withheld warns of what is selected and not imported all the same: what exclude takes away, if that is everything, and what
// a selector names and Flow does not import.
func (r *Resource) withheld(t target, catalog *bulkimport.Catalog, selection bulkimport.Selection) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	nothing := len(selection.Imported)+len(selection.Pending)+len(selection.Unmatched) == 0
	switch summary := fmt.Sprintf("No %s is left to import", r.kind.One); {
	case nothing && len(selection.Excluded)+len(selection.Unsupported) == 0:
		diagnostics.AddAttributeWarning(path.Root("exclude"), summary,
			"exclude takes away all that include matches, so this resource imports nothing. Correct one of them, or remove the resource.")
	case nothing:
		diagnostics.AddAttributeWarning(path.Root("include"), summary,
			fmt.Sprintf("All that the selectors match is kept from being imported by Flow: %d by its exclusion rules, %d because it is \"Vendor not supported\". "+
				"The data source %s tells which.", len(selection.Excluded), len(selection.Unsupported), r.kind.DataSource))
	}
	diagnostics.Append(r.strangers(catalog, "exclude", t.selectors.Exclude())...)
	for _, item := range catalog.Named(selection.Excluded, t.selectors) {
		diagnostics.AddAttributeWarning(path.Root("include"), fmt.Sprintf("%q is excluded in Flow", item.Path),
			fmt.Sprintf("An exclusion rule in Flow keeps this %s from being imported, so it counts neither as imported nor as pending. "+
				"Change the rule in Flow under %s, or remove the selector.", r.kind.One, r.kind.Place))
	}
	for _, item := range catalog.Named(selection.Unsupported, t.selectors) {
		diagnostics.AddAttributeWarning(path.Root("include"), fmt.Sprintf("%q cannot be imported: Vendor not supported", item.Path),
			fmt.Sprintf("Flow shows this %s as \"Vendor not supported\". Only Flow's support can unblock it; until then it counts neither as imported nor "+
				"as pending. Ask them, or remove the selector.", r.kind.One))
	}
	return diagnostics
}

// strangers warns of selectors that are most likely mistyped, where it is no error that one matches nothing: what they name
// in full, a project, is not there, and something like it is.
func (r *Resource) strangers(catalog *bulkimport.Catalog, attribute string, patterns []selector.Pattern) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	for _, pattern := range patterns {
		if catalog.Empty() || !pattern.Project().Exact() || catalog.HasProject(pattern) {
			continue
		}
		if nearest := catalog.Nearest(pattern, suggestions); len(nearest) > 0 {
			diagnostics.AddAttributeWarning(path.Root(attribute), fmt.Sprintf("Selector %q matches nothing", pattern),
				fmt.Sprintf("Flow has discovered nothing in a project %q. Did you mean %s?", pattern.Project(), alternatives(nearest)))
		}
	}
	return diagnostics
}

// alternatives writes `"a"`, `"a" or "b"`, `"a", "b" or "c"`.
func alternatives(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	last := len(quoted) - 1
	if last == 0 {
		return quoted[0]
	}
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}
