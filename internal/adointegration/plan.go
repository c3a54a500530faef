package adointegration

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/deadline"
)

// planned is everything that planning or applying one resource looks at.
type planned struct {
	config, plan model
	// state is nil for a creation.
	state    *model
	rotation rotation
}

// read takes the configuration, the plan and the state of a request.
func (p *planned) read(ctx context.Context, config tfsdk.Config, plan tfsdk.Plan, state *tfsdk.State) diag.Diagnostics {
	diagnostics := config.Get(ctx, &p.config)
	diagnostics.Append(plan.Get(ctx, &p.plan)...)
	if state != nil && !state.Raw.IsNull() {
		p.state = new(model)
		diagnostics.Append(state.Get(ctx, p.state)...)
	}
	return diagnostics
}

func (p planned) creates() bool { return p.state == nil }

// connectionChanges reports whether the plan changes anything that the checks against Azure DevOps are about.
func (p planned) connectionChanges() bool {
	return p.creates() || !p.rotation.keeps() ||
		!p.plan.Email.Equal(p.state.Email) || !p.plan.BaseURL.Equal(p.state.BaseURL) || !p.plan.Services.Equal(p.state.Services)
}

// readsOtherProjects reports whether Flow may read projects that it did not read before the plan: which of them have no Git
// repository is news then, and only then.
func (p planned) readsOtherProjects() bool {
	if p.creates() || !p.plan.Email.Equal(p.state.Email) || !p.plan.BaseURL.Equal(p.state.BaseURL) {
		return true
	}
	before, after := servicesOf(p.state.Services), servicesOf(p.plan.Services)
	return after.Repos && !before.Repos || after.PullRequests && !before.PullRequests
}

// changes reports whether the plan changes an argument of an existing integration.
func (p planned) changes() bool {
	return p.connectionChanges() || !p.plan.Name.Equal(p.state.Name) || !p.plan.AuthMethod.Equal(p.state.AuthMethod) ||
		!p.plan.DeletionProtection.Equal(p.state.DeletionProtection) || !p.plan.Timeouts.Equal(p.state.Timeouts) ||
		!p.plan.PersonalAccessToken.Equal(p.state.PersonalAccessToken) || !p.plan.PersonalAccessTokenExpiresOn.Equal(p.state.PersonalAccessTokenExpiresOn) || !p.plan.PersonalAccessTokenWOVersion.Equal(p.state.PersonalAccessTokenWOVersion)
}

// replaces reports whether the plan replaces the integration by another one.
func (p planned) replaces() bool {
	return !p.creates() && (isOtherOrganization(p.state.BaseURL, p.plan.BaseURL) || !p.plan.AuthMethod.Equal(p.state.AuthMethod))
}

// ModifyPlan implements resource.ResourceWithModifyPlan: it guards the integration against deletion, plans the computed
// attributes, and makes the checks that need the network.
func (r *Resource) ModifyPlan(ctx context.Context, request resource.ModifyPlanRequest, response *resource.ModifyPlanResponse) {
	response.Diagnostics.Append(r.data.Workspace().Check(ctx, request.Identity)...)
	if response.Diagnostics.HasError() {
		return
	}
	if request.Plan.Raw.IsNull() {
		var state model
		response.Diagnostics.Append(request.State.Get(ctx, &state)...)
		ctx, cancel, diagnostics := deadline.Within(ctx, state.Timeouts.Read, deadline.Read)
		defer cancel()
		response.Diagnostics.Append(diagnostics...)
		response.Diagnostics.Append(r.planDestruction(ctx, state)...)
		return
	}
	var p planned
	response.Diagnostics.Append(p.read(ctx, request.Config, request.Plan, &request.State)...)
	if response.Diagnostics.HasError() {
		return
	}
	ctx, cancel, diagnostics := deadline.Within(ctx, p.plan.Timeouts.Read, deadline.Read)
	defer cancel()
	response.Diagnostics.Append(diagnostics...)
	if p.creates() {
		p.rotation = sendToken
		response.Diagnostics.Append(requireCredential(p.config, p.plan)...)
		response.Diagnostics.Append(r.refuseTwin(p.plan)...)
	} else {
		response.Diagnostics.Append(r.planUpdate(ctx, &p, request)...)
		r.rememberServices(p)
	}
	response.Diagnostics.Append(response.Plan.SetAttribute(ctx, path.Root("organization"), organizationOf(p.plan.BaseURL))...)
	response.Diagnostics.Append(response.Plan.SetAttribute(ctx, path.Root("credential_revision"), p.plannedRevision())...)
	response.Diagnostics.Append(r.conflicts(ctx, p, func(id string) bool {
		return r.data.Plans.Replacements.Replaces(id, request.Config.Raw)
	})...)
	if response.Diagnostics.HasError() {
		return
	}
	response.Diagnostics.Append(warnOfExpiry(p.plan, time.Now())...)
	response.Diagnostics.Append(r.warnOfMissingCalls(ctx, p)...)
	response.Diagnostics.Append(r.planChecks(ctx, p)...)
}

// refuseTwin refuses the second of two integrations that one run creates with the same name.
func (r *Resource) refuseTwin(plan model) diag.Diagnostics {
	if plan.Name.IsUnknown() || !r.data.Plans.Creations.Plan(plan.Name.ValueString()) {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("name"), "Two new integrations have the same name",
		fmt.Sprintf("The configuration creates more than one flow_ado_integration with the name %q, and only the name tells a person which is which.\n\n"+
			"Give each a name of its own. With count or for_each, put count.index or each.key into the name.", plan.Name.ValueString()))}
}

// planUpdate plans the change of an existing integration.
func (r *Resource) planUpdate(ctx context.Context, p *planned, request resource.ModifyPlanRequest) diag.Diagnostics {
	id := p.state.ID.ValueString()
	r.data.Plans.Replacements.PlannedChange(id, request.Config.Raw)
	rotation, diagnostics := rotationOf(ctx, p.config, *p.state, request.Private)
	p.rotation = rotation
	diagnostics.Append(p.refuseOtherConsent(ctx, request.Private)...)
	if diagnostics.HasError() {
		return diagnostics
	}
	diagnostics.Append(p.refuseUnknownReplacement()...)
	if p.replaces() {
		diagnostics.Append(p.refuseReplacement()...)
		diagnostics.Append(p.warnOfKeptName()...)
	} else if r.data.Plans.Integrations.Keep(id) {
		diagnostics.Append(twoAddresses(*p.state))
	}
	diagnostics.Append(p.warnOfUnsentToken(ctx, request.Private)...)
	diagnostics.Append(p.warnOfIgnored(ctx, request.Private)...)
	return diagnostics
}

// rememberServices lets imports know that what this plan turns on is looked up once it is applied. What is unknown may be on.
func (r *Resource) rememberServices(p planned) {
	if id, diagnostics := p.state.id(); !diagnostics.HasError() {
		r.data.Plans.Imports.PlanServices(id, services(p.plan.Services, func(value types.Bool) bool {
			return p.plan.Services.IsUnknown() || value.IsUnknown() || value.ValueBool()
		}))
	}
}

// plannedRevision returns the credential_revision that the plan promises. Where a digest decides whether a write-only token
// is sent, a plan that changes anything cannot promise one: the token may be another one when it is applied.
func (p planned) plannedRevision() types.Int64 {
	if p.rotation == decideAtApply || p.rotation == sendChangedToken || p.rotation == compareToken && p.changes() {
		return types.Int64Unknown()
	}
	return p.revision()
}

// revision returns the credential_revision after an apply.
func (p planned) revision() types.Int64 {
	switch {
	case p.creates() && p.plan.byOAuth():
		return types.Int64Value(0)
	case p.creates():
		return types.Int64Value(1)
	case p.rotation.sends():
		return types.Int64Value(p.state.CredentialRevision.ValueInt64() + 1)
	}
	return types.Int64Value(p.state.CredentialRevision.ValueInt64())
}

// requireCredential refuses a creation without anything to connect with. A connection by OAuth needs nothing yet.
func requireCredential(config, plan model) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	switch {
	case plan.byOAuth():
	case !tokenOf(config).given():
		diagnostics.AddAttributeError(path.Root("personal_access_token_wo"), "Missing personal access token",
			"Creating the integration needs the service account's token.\n\nSet personal_access_token_wo (before Terraform 1.11, personal_access_token). "+
				"If the integration exists in Flow already and this state does not manage it, import it instead, which needs no token:\n\n"+
				importBlock(nameImport+plan.knownName()))
	}
	return diagnostics
}
