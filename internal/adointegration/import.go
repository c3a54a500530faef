package adointegration

import (
	"context"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/flow-community/terraform-provider-flow/internal/deadline"
	"github.com/flow-community/terraform-provider-flow/internal/flowerror"
	"github.com/flow-community/terraform-provider-flow/internal/identity"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// ImportState implements resource.ResourceWithImportState, by id ("12"), by name ("name=Contoso Azure DevOps") or by identity.
func (r *Resource) ImportState(ctx context.Context, request resource.ImportStateRequest, response *resource.ImportStateResponse) {
	ctx, cancel, _ := deadline.Within(ctx, nil, deadline.Read)
	defer cancel()
	client, diagnostics := r.data.Flow()
	response.Diagnostics.Append(diagnostics...)
	wanted, diagnostics := r.data.Workspace().ImportID(ctx, request)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	matcher := importMatcher
	if request.ID == "" {
		matcher = idMatcher
	}
	matches, err := matcher(wanted)
	if err != nil {
		response.Diagnostics.AddError("Invalid import id", wording.Sentence(err.Error()))
		return
	}
	existing, err := client.Integrations(ctx)
	if err != nil {
		response.Diagnostics.Append(flowerror.Diagnostic("Could not look for the integration to import", err, placeList))
		return
	}
	found, err := findOne(existing, wanted, matches)
	if err != nil {
		response.Diagnostics.AddError("Cannot import "+strconv.Quote(wanted), err.Error())
		return
	}
	id := identity.FormatID(found.ID)
	r.data.Plans.Integrations.Hold(id)
	response.Diagnostics.Append(beginImport(ctx, &response.State, id)...)
	response.Diagnostics.Append(r.data.Workspace().Set(ctx, response.Identity, id)...)
}

// beginImport writes an imported integration as it is before it is read: its id, and the default of what only Terraform
// knows, so that a plan after the import is empty.
func beginImport(ctx context.Context, resource interface {
	SetAttribute(ctx context.Context, at path.Path, value any) diag.Diagnostics
}, id string,
) diag.Diagnostics {
	diagnostics := resource.SetAttribute(ctx, path.Root("id"), id)
	diagnostics.Append(resource.SetAttribute(ctx, path.Root("deletion_protection"), true)...)
	return diagnostics
}
