package adointegration

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/flowerror"
	"github.com/flow-community/terraform-provider-flow/internal/preflight"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
)

// planned is everything that planning one resource looks at.
type planned struct {
	config, plan model
	// state is nil for a creation.
	state    *model
	rotation rotation
}

func (p planned) creates() bool { return p.state == nil }

// connectionChanges tells whether the plan changes anything that the checks against Azure DevOps are about.
func (p planned) connectionChanges() bool {
	return p.creates() || p.rotation != keepToken ||
		!p.plan.Email.Equal(p.state.Email) || !p.plan.BaseURL.Equal(p.state.BaseURL) || !p.plan.Services.Equal(p.state.Services)
}

// replaces tells whether the plan makes another integration out of this one.
func (p planned) replaces() bool {
	return !p.creates() && (isOtherOrganization(p.state.BaseURL, p.plan.BaseURL) || !p.plan.AuthMethod.Equal(p.state.AuthMethod))
}

// ModifyPlan implements resource.ResourceWithModifyPlan: it guards the integration against deletion, shows what is known
// already of computed attributes, and makes the checks that need the network.
func (r *Resource) ModifyPlan(ctx context.Context, request resource.ModifyPlanRequest, response *resource.ModifyPlanResponse) {
	ctx, cancel := context.WithTimeout(ctx, defaultReadTimeout)
	defer cancel()
	if request.Plan.Raw.IsNull() {
		var state model
		response.Diagnostics.Append(request.State.Get(ctx, &state)...)
		response.Diagnostics.Append(refuseDeletion(state, destroying)...)
		return
	}
	var p planned
	response.Diagnostics.Append(request.Config.Get(ctx, &p.config)...)
	response.Diagnostics.Append(request.Plan.Get(ctx, &p.plan)...)
	if !request.State.Raw.IsNull() {
		p.state = new(model)
		response.Diagnostics.Append(request.State.Get(ctx, p.state)...)
	}
	if response.Diagnostics.HasError() {
		return
	}
	if p.creates() {
		p.rotation = sendToken
		response.Diagnostics.Append(requireCredential(p.config, p.plan)...)
	} else {
		r.data.Plans.Replacements.PlannedChange(p.state.ID.ValueString(), request.Config.Raw)
		rotates, diagnostics := rotationOf(ctx, p.config, *p.state, request.Private)
		p.rotation = rotates
		response.Diagnostics.Append(diagnostics...)
		response.Diagnostics.Append(p.refuseUnknownReplacement()...)
	}
	if p.replaces() {
		response.Diagnostics.Append(refuseDeletion(*p.state, replacing)...)
	}
	response.Diagnostics.Append(response.Plan.SetAttribute(ctx, path.Root("organization"), organizationOf(p.plan.BaseURL))...)
	response.Diagnostics.Append(response.Plan.SetAttribute(ctx, path.Root("credential_revision"), p.credentialRevision())...)
	if response.Diagnostics.HasError() {
		return
	}
	response.Diagnostics.Append(r.conflicts(ctx, p, func(id string) bool {
		return r.data.Plans.Replacements.Replaces(id, request.Config.Raw)
	})...)
	response.Diagnostics.Append(r.preflightPlan(ctx, p)...)
}

func (p planned) credentialRevision() types.Int64 {
	switch {
	case p.rotation == decideAtApply:
		return types.Int64Unknown()
	case p.creates():
		return types.Int64Value(1)
	case p.rotation == sendToken:
		return types.Int64Value(p.state.CredentialRevision.ValueInt64() + 1)
	}
	return types.Int64Value(p.state.CredentialRevision.ValueInt64())
}

// requireCredential refuses a creation that has nothing to connect with.
func requireCredential(config, plan model) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	switch {
	case plan.AuthMethod.ValueString() == authOAuth:
		diagnostics.AddAttributeError(path.Root("auth_method"), "An OAuth connection is made in Flow",
			"It takes a person's consent in a browser, so Terraform cannot create it. Create it in Flow under "+placeAdd+
				", choosing OAuth, and import it:\n\n"+importBlock("<id>")+"\n\nOr set auth_method = \"access_token\" and give a token.")
	case !tokenOf(config).given():
		diagnostics.AddAttributeError(path.Root("personal_access_token_wo"), "Missing personal access token",
			"Creating the integration takes the service account's token: set personal_access_token_wo (or, before Terraform 1.11, personal_access_token). "+
				"If the integration exists in Flow already, import it; then no token is needed:\n\n"+importBlock(nameImport+plan.knownName()))
	}
	return diagnostics
}

// knownName is the planned name, or a placeholder for one that is known only at apply.
func (m model) knownName() string {
	if m.Name.IsUnknown() {
		return "<name>"
	}
	return m.Name.ValueString()
}

// refuseDeletion is the guard of deletion_protection.
func refuseDeletion(state model, doing string) diag.Diagnostics {
	if !state.DeletionProtection.ValueBool() {
		return nil
	}
	keep := "To stop managing it without deleting it, use a removed block with destroy = false."
	if doing == replacing {
		keep = "To keep it, undo the change: another organization in base_url, and another auth_method, make another integration of it."
	}
	var diagnostics diag.Diagnostics
	diagnostics.AddAttributeError(path.Root("deletion_protection"), "Integration is protected against deletion",
		fmt.Sprintf("%s integration %s (%q) deletes all of its data in Flow, and Flow does not take its organization back for 24 hours or more; "+
			"users may have to be merged again.\n\n%s To delete it after all, set deletion_protection = false, apply, and try again.",
			doing, state.ID.ValueString(), state.Name.ValueString(), keep))
	return diagnostics
}

// What would delete an integration.
const (
	destroying = "Destroying"
	replacing  = "Replacing"
	deleting   = "Deleting"
)

// refuseUnknownReplacement stops a plan that may turn out to be a replacement, which Terraform takes no more at apply. On
// a protected integration the guard would refuse that replacement anyway, so there the plan may go on.
func (p planned) refuseUnknownReplacement() diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if p.plan.BaseURL.IsUnknown() && !p.state.DeletionProtection.ValueBool() {
		diagnostics.AddAttributeError(path.Root("base_url"), "Base URL is not known yet",
			"It depends on something that is known only after apply, so nobody can tell whether the plan keeps the integration or replaces it with one on another organization. "+
				"Apply what it depends on first with -target, or set deletion_protection = true and apply that, which rules a replacement out.")
	}
	return diagnostics
}

// conflicts looks for integrations that the planned one would double. A failure to look is an error only where a later
// attempt would fail as well.
func (r *Resource) conflicts(ctx context.Context, p planned, replaced func(id string) bool) diag.Diagnostics {
	renames := !p.creates() && !p.plan.Name.Equal(p.state.Name)
	if r.data.FlowUnknown() || !p.creates() && !renames {
		return nil
	}
	client, diagnostics := r.data.Flow()
	if diagnostics.HasError() {
		return diagnostics
	}
	existing, err := client.Integrations(ctx)
	if err != nil {
		return diag.Diagnostics{flowerror.Diagnostic("Could not look for existing integrations", err, placeList)}
	}
	existing = slices.DeleteFunc(slices.Clone(existing), func(i flow.Integration) bool {
		return replaced(formatID(i.ID)) || renames && formatID(i.ID) == p.state.ID.ValueString()
	})
	return conflictsAmong(existing, p)
}

// conflictsAmong reports a second integration of the same name, and a second one on the same organization.
func conflictsAmong(existing []flow.Integration, p planned) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	for _, other := range existing {
		switch {
		case !p.plan.Name.IsUnknown() && other.Name == p.plan.Name.ValueString():
			diagnostics.AddAttributeError(path.Root("name"), "An integration of this name exists",
				fmt.Sprintf("Flow has integration %d of the name %q already%s. To manage that one, import it:\n\n%s\n\nTo have another one beside it, choose another name.",
					other.ID, other.Name, onOrganization(other), importBlock(formatID(other.ID))))
		case p.creates() && other.BaseURL != "" && sameOrganization(other.BaseURL, p.plan.BaseURL.ValueString()):
			diagnostics.AddAttributeWarning(path.Root("base_url"), "Another integration connects this organization",
				fmt.Sprintf("Integration %d (%q) connects %s already. Flow counts the commits of both once, but their pull requests twice. "+
					"To manage that one instead, import it:\n\n%s",
					other.ID, other.Name, other.BaseURL, importBlock(formatID(other.ID))))
		}
	}
	return diagnostics
}

func onOrganization(i flow.Integration) string {
	if i.BaseURL == "" {
		return ""
	}
	return ", on " + i.BaseURL
}

// importBlock is ready to paste but for the resource's own name, which Terraform does not tell providers.
func importBlock(id string) string {
	return fmt.Sprintf("import {\n  to = flow_ado_integration.main # this resource's address\n  id = %q\n}", id)
}

// preflightPlan makes the checks against Azure DevOps. What a change would break is an error; on a resource that stays as
// it is the same is a warning, so that an expired token is seen and stops nobody's other work.
func (r *Resource) preflightPlan(ctx context.Context, p planned) diag.Diagnostics {
	mode := r.data.PreflightMode()
	changes := p.connectionChanges()
	if mode == providerdata.PreflightOff || mode == providerdata.PreflightChanges && !changes {
		return nil
	}
	findings, diagnostics := r.onlineFindings(ctx, p.config, p.plan)
	if !changes {
		findings = asReminders(findings)
	}
	return append(diagnostics, diagnosticsOf(findings, tokenOf(p.config).argument)...)
}

// onlineFindings checks the credential against Azure DevOps, as far as what it takes is known.
func (r *Resource) onlineFindings(ctx context.Context, config, plan model) ([]preflight.Finding, diag.Diagnostics) {
	secret := tokenOf(config)
	organization := organizationOf(plan.BaseURL)
	if !secret.known() || organization.IsUnknown() || organization.IsNull() {
		return nil, nil
	}
	report, err := r.data.Preflight(ctx, organization.ValueString(), secret.value.ValueString(), preflight.Expectation{
		Email:    plan.Email.ValueString(),
		Services: preflight.Services(servicesOf(plan.Services)),
		Unknown:  preflight.Unknown{Email: plan.Email.IsUnknown(), Services: unknownServices(plan.Services)},
	})
	if err != nil {
		return nil, diag.Diagnostics{interrupted()}
	}
	return report.Findings, nil
}

func interrupted() diag.Diagnostic {
	return diag.NewErrorDiagnostic("Interrupted while checking the credential", "Azure DevOps was being asked; nothing was changed.")
}

// asReminders is what is worth saying of a connection that nobody is changing: errors, as warnings, and not what is a
// lasting state that somebody has chosen.
func asReminders(findings []preflight.Finding) []preflight.Finding {
	var reminders []preflight.Finding
	for _, finding := range findings {
		if !finding.Advisory {
			finding.Severity = preflight.SeverityWarning
			reminders = append(reminders, finding)
		}
	}
	return reminders
}

// sameIntegration is the plan modifier of base_url: another organization replaces the integration, and another spelling of
// the same organization is no change.
type sameIntegration struct{}

// Description implements planmodifier.Describer.
func (sameIntegration) Description(context.Context) string {
	return "Another organization replaces the integration; another spelling of the same one is no change."
}

// MarkdownDescription implements planmodifier.Describer.
func (m sameIntegration) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

// PlanModifyString implements planmodifier.String.
func (sameIntegration) PlanModifyString(_ context.Context, request planmodifier.StringRequest, response *planmodifier.StringResponse) {
	switch {
	case request.StateValue.IsNull() || request.PlanValue.IsUnknown():
	case isOtherOrganization(request.StateValue, request.PlanValue):
		response.RequiresReplace = true
	default:
		response.PlanValue = request.StateValue
	}
}

// isOtherOrganization compares the base URLs of an integration before and after. One that is not known before, because
// Flow did not tell it on import, or after, is not called another.
func isOtherOrganization(before, after types.String) bool {
	return !before.IsNull() && !after.IsUnknown() && !sameOrganization(before.ValueString(), after.ValueString())
}
