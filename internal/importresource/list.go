package importresource

import (
	"context"
	"fmt"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/deadline"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/flowerror"
	"github.com/flow-community/terraform-provider-flow/internal/identity"
	"github.com/flow-community/terraform-provider-flow/internal/listresult"
)

var _ list.ListResourceWithConfigure = (*ListResource)(nil)

// ListResource is the list resource of a kind: with it, `terraform query` finds the integrations of which something is
// imported. It shares the resource's name, schema and client.
type ListResource struct {
	Resource
}

// NewList makes the list resource of a kind.
func NewList(kind Kind) *ListResource { return &ListResource{Resource{kind: kind}} }

// filters is the configuration of a list block.
type filters struct {
	IntegrationID types.String `tfsdk:"integration_id"`
}

// ListResourceConfigSchema implements list.ListResource.
func (l *ListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, response *list.ListResourceSchemaResponse) {
	response.Schema = schema.Schema{
		MarkdownDescription: fmt.Sprintf("Finds the Azure DevOps integrations of which %[1]s are imported into Flow, ordered by id. "+
			"The selectors of each match exactly the %[1]s that are imported, so the configuration that `terraform query` generates plans nothing after the import.", l.kind.Many),
		Attributes: map[string]schema.Attribute{
			"integration_id": schema.StringAttribute{
				MarkdownDescription: "Only this integration.",
				Optional:            true,
				Validators: []validator.String{
					identity.ValidID(),
				},
			},
		},
	}
}

// List implements list.ListResource. An integration takes the pages of its listing, however much of it is imported.
func (l *ListResource) List(ctx context.Context, request list.ListRequest, stream *list.ListResultsStream) {
	var wanted filters
	// Terraform sends no configuration for a list block without a config block.
	if !request.Config.Raw.IsNull() {
		if diagnostics := request.Config.Get(ctx, &wanted); diagnostics.HasError() {
			stream.Results = list.ListResultsStreamDiagnostics(diagnostics)
			return
		}
	}
	stream.Results = listresult.Of(ctx, request, l.data.Workspace(), l.find(ctx, wanted))
}

// find returns the integrations of which something is imported.
func (l *ListResource) find(ctx context.Context, wanted filters) iter.Seq2[listresult.Object, diag.Diagnostics] {
	return func(yield func(listresult.Object, diag.Diagnostics) bool) {
		ctx, cancel, _ := deadline.Within(ctx, nil, deadline.Read)
		defer cancel()
		integrations, diagnostics := l.integrations(ctx, wanted)
		if diagnostics.HasError() {
			yield(listresult.Object{}, diagnostics)
			return
		}
		found := false
		for _, integration := range integrations {
			listed, exists, diagnostics := l.listed(ctx, integration)
			if !exists && !diagnostics.HasError() {
				continue
			}
			if found = true; !yield(listed, diagnostics) {
				return
			}
		}
		if !found {
			yield(listresult.Object{}, l.nothingImported(wanted))
		}
	}
}

// integrations returns those to look at.
func (l *ListResource) integrations(ctx context.Context, wanted filters) ([]flow.Integration, diag.Diagnostics) {
	client, diagnostics := l.data.Flow()
	if diagnostics.HasError() {
		return nil, diagnostics
	}
	existing, err := client.Integrations(ctx)
	if err != nil {
		return nil, diag.Diagnostics{flowerror.Diagnostic("Could not list the integrations", err, l.kind.Place)}
	}
	var chosen []flow.Integration
	for _, integration := range existing {
		id := fmt.Sprint(integration.ID)
		if integration.AzureDevOps && (wanted.IntegrationID.IsNull() || wanted.IntegrationID.ValueString() == id) {
			chosen = append(chosen, integration)
		}
	}
	if len(chosen) == 0 && !wanted.IntegrationID.IsNull() {
		return nil, l.noIntegration(ctx, client, wanted)
	}
	return chosen, nil
}

// noIntegration says why there is no Azure DevOps integration of an id.
func (l *ListResource) noIntegration(ctx context.Context, client *flow.Client, wanted filters) diag.Diagnostics {
	t, diagnostics := l.target(&Common{IntegrationID: wanted.IntegrationID})
	if diagnostics.HasError() {
		return diagnostics
	}
	other, err := client.Integration(ctx, t.integration)
	if err != nil {
		return diag.Diagnostics{l.listError(t, err)}
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("integration_id"), fmt.Sprintf("Integration %d does not connect Azure DevOps", t.integration),
		fmt.Sprintf("It connects %q.\n\nCorrect the id: the data source flow_ado_integrations lists the Azure DevOps integrations.", other.VendorType))}
}

// nothingImported is for a query that finds nothing.
func (l *ListResource) nothingImported(wanted filters) diag.Diagnostics {
	of := "any Azure DevOps integration"
	if !wanted.IntegrationID.IsNull() {
		of = "integration " + wanted.IntegrationID.ValueString()
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic(fmt.Sprintf("No %s is imported", l.kind.One), fmt.Sprintf(
		"No %[1]s of %[2]s that this API key's user may see is imported into Flow, so there is nothing to list.\n\nImport %[3]s with a resource flow_%[4]s first.",
		l.kind.One, of, l.kind.Many, l.kind.TypeName))}
}

// listed describes an integration as a result. It reports whether anything of it is imported.
func (l *ListResource) listed(ctx context.Context, integration flow.Integration) (listresult.Object, bool, diag.Diagnostics) {
	id := fmt.Sprint(integration.ID)
	t, diagnostics := l.target(&Common{IntegrationID: types.StringValue(id)})
	if diagnostics.HasError() {
		return listresult.Object{}, false, diagnostics
	}
	catalog, err := t.importer.Catalog(ctx, t.integration)
	if err != nil {
		return listresult.Object{}, false, diag.Diagnostics{l.listError(t, err)}
	}
	include := bulkimport.Derive(l.kind.Selectors, catalog.All())
	if len(include) == 0 {
		return listresult.Object{}, false, nil
	}
	set, diagnostics := (&Common{Include: listOf(include)}).selectors(l.kind.Selectors)
	selection := catalog.Select(set)
	return listresult.Object{
		ID:          id,
		DisplayName: fmt.Sprintf("%s: %s", integration.Name, l.kind.counted(len(selection.Imported))),
		Fill: func(ctx context.Context, resource *tfsdk.Resource) diag.Diagnostics {
			diagnostics := beginImport(ctx, resource, id, include)
			imported, more := l.kind.read(ctx, resource)
			diagnostics.Append(more...)
			imported.observe(selection)
			diagnostics.Append(l.kind.write(ctx, resource, imported)...)
			return diagnostics
		},
	}, true, diagnostics
}
