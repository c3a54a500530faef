package importresource

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/deadline"
	"github.com/flow-community/terraform-provider-flow/internal/identity"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// ImportState implements resource.ResourceWithImportState, by the id of the integration or by identity. Selectors are derived
// from what is imported, so that a configuration with these selectors plans nothing.
func (r *Resource) ImportState(ctx context.Context, request resource.ImportStateRequest, response *resource.ImportStateResponse) {
	id, diagnostics := r.data.Workspace().ImportID(ctx, request)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	if _, err := identity.ParseID(id); err != nil {
		response.Diagnostics.AddError("Invalid import id", wording.Sentence(err.Error())+"\n\nLook up the id with the data source flow_ado_integrations.")
		return
	}
	ctx, cancel, _ := deadline.Within(ctx, nil, deadline.Read)
	defer cancel()
	t, diagnostics := r.target(&Common{IntegrationID: types.StringValue(id)})
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	catalog, err := r.catalog(ctx, t)
	if err != nil {
		response.Diagnostics.Append(r.listError(t, err))
		return
	}
	include := bulkimport.Derive(r.kind.Selectors, catalog.All())
	if len(include) == 0 {
		response.Diagnostics.AddError(fmt.Sprintf("Nothing to import for integration %d", t.integration),
			fmt.Sprintf("No %s of this integration is imported into Flow, so there is nothing to derive selectors from.\n\n"+
				"Remove the import, write the resource with the selectors that you want, and apply: that imports what they match.", r.kind.One))
		return
	}
	response.Diagnostics.Append(beginImport(ctx, &response.State, id, include)...)
	response.Diagnostics.Append(r.data.Workspace().Set(ctx, response.Identity, id)...)
}

// beginImport writes an imported resource as it is before it is read: its integration and selectors, and the defaults of
// what only Terraform knows.
func beginImport(ctx context.Context, resource interface {
	SetAttribute(ctx context.Context, at path.Path, value any) diag.Diagnostics
}, id string, include []string,
) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	for name, value := range map[string]any{
		"id":             id,
		"integration_id": id,
		"include":        include,
		"on_destroy":     onDestroyKeep,
		"wait_for":       waitForImported,
	} {
		diagnostics.Append(resource.SetAttribute(ctx, path.Root(name), value)...)
	}
	return diagnostics
}
