package adointegration

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
)

// What would delete an integration.
const (
	destroying = "Destroying"
	replacing  = "Replacing"
	deleting   = "Deleting"
)

// lost is what deleting an integration means.
const lost = "deletes all of its data in Flow, and Flow does not accept its organization again for 24 hours or more; users may have to be merged again"

// planDestruction guards an integration that a plan destroys. One that Flow no longer has needs no guard.
func (r *Resource) planDestruction(ctx context.Context, state model) diag.Diagnostics {
	if r.data.Plans.Integrations.Destroy(state.ID.ValueString()) {
		return diag.Diagnostics{twoAddresses(state)}
	}
	if r.isGone(ctx, state) {
		return nil
	}
	if state.DeletionProtection.ValueBool() {
		return refuseDeletion(state, destroying)
	}
	return append(r.warnOfMissingDeletion(ctx, state), diag.NewWarningDiagnostic("Destroying the integration deletes its data",
		fmt.Sprintf("Destroying integration %s (%q) %s.\n\nTo stop managing it without deleting it, use a removed block with destroy = false.",
			state.ID.ValueString(), state.Name.ValueString(), lost)))
}

// isGone reports whether Flow is known not to have an integration.
func (r *Resource) isGone(ctx context.Context, state model) bool {
	client, diagnostics := r.data.Flow()
	id, more := state.id()
	if diagnostics.HasError() || more.HasError() {
		return false
	}
	_, err := client.Integration(ctx, id)
	return flow.IsNotFound(err)
}

// refuseDeletion is the guard of deletion_protection.
func refuseDeletion(state model, doing string) diag.Diagnostics {
	if !state.DeletionProtection.ValueBool() {
		return nil
	}
	return diag.Diagnostics{protected(state, doing, "To stop managing it without deleting it, use a removed block with destroy = false, or `terraform state rm` for one instance of count or for_each.\n"+
		"To delete it, set deletion_protection = false, apply, and try again. If it is no longer in the configuration, put it back for that.")}
}

// refuseReplacement is the guard of deletion_protection against a change that makes it another integration.
func (p planned) refuseReplacement() diag.Diagnostics {
	if !p.state.DeletionProtection.ValueBool() {
		return nil
	}
	keep := fmt.Sprintf("base_url = %q, since another organization makes it another integration", p.state.BaseURL.ValueString())
	if !p.plan.AuthMethod.Equal(p.state.AuthMethod) {
		keep = fmt.Sprintf("auth_method = %q, as Flow has it: another method makes it another integration", p.state.AuthMethod.ValueString())
	}
	return diag.Diagnostics{protected(*p.state, replacing, "To keep it, set "+keep+".\nTo delete it, set deletion_protection = false, apply, and try again.")}
}

func protected(state model, doing, remedy string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("deletion_protection"), "Integration is protected against deletion",
		fmt.Sprintf("%s integration %s (%q) %s.\n\n%s", doing, state.ID.ValueString(), state.Name.ValueString(), lost, remedy))
}

// refuseUnknownReplacement stops a plan that may turn out to be a replacement, which Terraform does not accept at apply. On
// a protected integration the guard would refuse that replacement anyway, so there the plan may continue.
func (p planned) refuseUnknownReplacement() diag.Diagnostics {
	if !p.plan.BaseURL.IsUnknown() || p.state.DeletionProtection.ValueBool() {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("base_url"), "Base URL is not known yet",
		"It depends on something that is known only after apply, so the plan may keep the integration or replace it with one on another organization.\n\n"+
			"Apply what it depends on first with -target, or set deletion_protection = true and apply that, which rules a replacement out.")}
}

// warnOfKeptName warns of a replacement that cannot be created first.
func (p planned) warnOfKeptName() diag.Diagnostics {
	if !p.replaces() || p.state.DeletionProtection.ValueBool() || p.plan.Name.IsUnknown() || !p.plan.Name.Equal(p.state.Name) {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeWarningDiagnostic(path.Root("name"), "Replacement keeps the name",
		fmt.Sprintf("The new integration has the name of the one that it replaces, %q, so it can be created only after that is deleted. "+
			"With create_before_destroy, here or in a resource that depends on this one, the apply fails.\n\n"+
			"Change the name as well, or remove create_before_destroy.", p.plan.Name.ValueString()))}
}
