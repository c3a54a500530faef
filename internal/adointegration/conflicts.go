package adointegration

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/flowerror"
	"github.com/flow-community/terraform-provider-flow/internal/identity"
)

// readersLead is how long a conflict waits for the address that may hold the other integration to be read.
const readersLead = 2 * time.Second

// conflicts looks for integrations that the planned one would duplicate.
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
		id := identity.FormatID(i.ID)
		return replaced(id) || renames && id == p.state.ID.ValueString()
	})
	return conflictsAmong(existing, p, func(id string) bool {
		return r.data.Plans.Integrations.HeldWithin(ctx, id, readersLead)
	})
}

// conflictsAmong reports a second integration of the same name, and a second one on the same organization. An integration
// that this state holds must not be imported: Terraform would then delete it at its other address.
func conflictsAmong(existing []flow.Integration, p planned, held func(id string) bool) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	for _, other := range existing {
		id := identity.FormatID(other.ID)
		switch {
		case !p.plan.Name.IsUnknown() && other.Name == p.plan.Name.ValueString():
			diagnostics.Append(nameConflict(other, held(id)))
		case p.creates() && other.BaseURL != "" && sameOrganization(other.BaseURL, p.plan.BaseURL.ValueString()):
			diagnostics.Append(organizationConflict(other, held(id)))
		}
	}
	return diagnostics
}

func nameConflict(other flow.Integration, isHeld bool) diag.Diagnostic {
	id := identity.FormatID(other.ID)
	exists := fmt.Sprintf("Flow already has integration %s with the name %q%s", id, other.Name, onOrganization(other))
	switch {
	case other.VendorType != "" && !other.AzureDevOps:
		return diag.NewAttributeErrorDiagnostic(path.Root("name"), "An integration of this name exists",
			fmt.Sprintf("%s, which connects %q and not Azure DevOps.\n\nChoose another name.", exists, other.VendorType))
	case isHeld:
		return diag.NewAttributeErrorDiagnostic(path.Root("name"), "This state already manages integration "+id,
			fmt.Sprintf("%s, and this state manages it, at another address or as the object that this plan replaces. Do not import it here: "+
				"Terraform would then delete it.\n\nFind its address with `terraform state list -id=%s`. %s\nOtherwise, choose another name.", exists, id, ways(id)))
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("name"), "An integration of this name exists",
		fmt.Sprintf("%s.\n\nRun `terraform state list -id=%s` first. If it lists nothing, import the integration, or choose another name:\n\n%s\n\n"+
			"If it lists an address, this state manages the integration already. %s", exists, id, importBlock(id), ways(id)))
}

// ways says how one integration at two addresses becomes one at one address again.
func ways(id string) string {
	return fmt.Sprintf("Then:\n"+
		"- If you renamed the block or its module, or the key of for_each, add a moved block with both addresses:\n\n"+
		"  moved {\n    from = flow_ado_integration.OLD_NAME\n    to   = flow_ado_integration.NEW_NAME\n  }\n\n"+
		"- If it is the address of this resource, the object is tainted. Run `terraform untaint ADDRESS`.\n"+
		"- If Terraform shows this resource as deposed, undo the change, run `terraform state rm ADDRESS`, and then `terraform import ADDRESS %s`.\n"+
		"- If two blocks swapped their names, swap them in the state: `terraform state mv FIRST TEMPORARY`, `terraform state mv SECOND FIRST`, `terraform state mv TEMPORARY SECOND`.\n"+
		"- If one instance of count or for_each is to be managed elsewhere, run `terraform state rm 'ADDRESS'` with its address.", id)
}

func organizationConflict(other flow.Integration, isHeld bool) diag.Diagnostic {
	detail := fmt.Sprintf("Integration %d (%q) connects %s already. Flow counts the commits of both once, but their pull requests twice.",
		other.ID, other.Name, other.BaseURL)
	if !isHeld {
		detail += fmt.Sprintf("\n\nTo manage that one instead, import it, unless `terraform state list -id=%d` shows that this state manages it:\n\n%s",
			other.ID, importBlock(identity.FormatID(other.ID)))
	}
	return diag.NewAttributeWarningDiagnostic(path.Root("base_url"), "Another integration connects this organization", detail)
}

// twoAddresses is for a plan that keeps an integration at one address and destroys it at another.
func twoAddresses(state model) diag.Diagnostic {
	id := state.ID.ValueString()
	return diag.NewErrorDiagnostic(fmt.Sprintf("Integration %s is kept and destroyed in one plan", id),
		fmt.Sprintf("Integration %s (%q) is at two addresses: this plan keeps or imports it at one, and destroys it at the other, which %s.\n\n"+
			"If you renamed the block or its module, or the key of for_each, remove the import block and add a moved block with both addresses:\n\n"+
			"  moved {\n    from = flow_ado_integration.OLD_NAME\n    to   = flow_ado_integration.NEW_NAME\n  }\n\n"+
			"Otherwise, run `terraform state rm` with the address that is destroyed, which leaves the integration in Flow.", id, state.Name.ValueString(), lost))
}

func onOrganization(i flow.Integration) string {
	if i.BaseURL == "" {
		return ""
	}
	return ", on " + i.BaseURL
}

// importBlock can be pasted as it is, except for the resource's address, which Terraform does not tell providers.
func importBlock(id string) string {
	return fmt.Sprintf("import {\n  to = flow_ado_integration.main # this resource's address\n  id = %q\n}", id)
}
