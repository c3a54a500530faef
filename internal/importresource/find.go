package importresource

import (
	"cmp"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/deadline"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/identity"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
)

// Filter holds the arguments by which the data sources of both kinds select.
type Filter struct {
	IntegrationID types.String `tfsdk:"integration_id"`
	Include       types.List   `tfsdk:"include"`
	Exclude       types.List   `tfsdk:"exclude"`
	Imported      types.Bool   `tfsdk:"imported"`
}

// FilterAttributes returns the attributes of Filter.
func (k Kind) FilterAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"integration_id": schema.StringAttribute{
			MarkdownDescription: "Id of the integration.",
			Required:            true,
			Validators: []validator.String{
				identity.ValidID(),
			},
		},
		"include": schema.ListAttribute{
			MarkdownDescription: fmt.Sprintf("Selectors of the %s to list, of the same form as those of `flow_%s`. Lists everything if omitted.", k.Many, k.TypeName),
			ElementType:         types.StringType,
			Optional:            true,
			Validators:          []validator.List{Include(k.Selectors)},
		},
		"exclude": schema.ListAttribute{
			MarkdownDescription: fmt.Sprintf("Selectors of %s not to list.", k.Many),
			ElementType:         types.StringType,
			Optional:            true,
			Validators:          []validator.List{Exclude(k.Selectors)},
		},
		"imported": schema.BoolAttribute{
			MarkdownDescription: "`true` lists what is imported, `false` what is not. Lists both if omitted.",
			Optional:            true,
		},
	}
}

// Found is one thing that a data source lists.
type Found struct {
	bulkimport.Item
	// Row is the imported object; the zero value while it is not imported.
	Row flow.Imported
}

// Find returns what a filter selects, in the order of the names.
func (k Kind) Find(ctx context.Context, data *providerdata.Data, filter Filter) ([]Found, diag.Diagnostics) {
	ctx, cancel, _ := deadline.Within(ctx, nil, deadline.Read)
	defer cancel()
	resource := Resource{kind: k, data: data}
	t, catalog, diagnostics := resource.find(ctx, filter)
	if diagnostics.HasError() {
		return nil, diagnostics
	}
	if reason := resource.idle(ctx, t, catalog); reason != "" {
		diagnostics.AddAttributeWarning(path.Root("integration_id"), fmt.Sprintf("Flow has discovered no %s of integration %d", k.Many, t.integration), reason)
	}
	mistyped := append(resource.mistyped(t, catalog, "include", t.selectors.Include(), ""), resource.mistyped(t, catalog, "exclude", t.selectors.Exclude(), "")...)
	if len(mistyped) > 0 {
		if complete, err := t.importer.Complete(ctx, t.integration); err == nil && complete {
			diagnostics.Append(mistyped...)
		}
	}
	items := catalog.Matching(t.selectors)
	var rows bulkimport.Rows
	if filter.Imported.IsNull() || filter.Imported.ValueBool() {
		var err error
		if rows, err = t.importer.Imported(ctx, t.integration); err != nil {
			return nil, diag.Diagnostics{resource.listError(t, err)}
		}
	}
	found := make([]Found, 0, len(items))
	for _, item := range items {
		if filter.Imported.IsNull() || filter.Imported.ValueBool() == item.Imported {
			row, _ := rows.Of(item)
			item.ImportedID = cmp.Or(item.ImportedID, row.ID)
			found = append(found, Found{item, row})
		}
	}
	return found, diagnostics
}

// find lists what there is to select.
func (r *Resource) find(ctx context.Context, filter Filter) (target, *bulkimport.Catalog, diag.Diagnostics) {
	if filter.Include.IsNull() {
		filter.Include = listOf([]string{everything(r.kind.Selectors)})
	}
	t, diagnostics := r.target(&Common{IntegrationID: filter.IntegrationID, Include: filter.Include, Exclude: filter.Exclude})
	if diagnostics.HasError() {
		return t, nil, diagnostics
	}
	catalog, err := r.catalog(ctx, t)
	if err != nil {
		return t, nil, diag.Diagnostics{r.listError(t, err)}
	}
	return t, catalog, nil
}
