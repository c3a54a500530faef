package adointegration

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/flow-community/terraform-provider-flow/internal/deadline"
	"github.com/flow-community/terraform-provider-flow/internal/flowerror"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
)

var _ datasource.DataSourceWithConfigure = (*ListDataSource)(nil)

// ListDataSource is the data source flow_ado_integrations: all Azure DevOps integrations of the workspace.
type ListDataSource struct {
	data *providerdata.Data
}

// NewListDataSource makes the data source for the provider's registration.
func NewListDataSource() datasource.DataSource { return &ListDataSource{} }

type listModel struct {
	Integrations []description `tfsdk:"integrations"`
}

// Metadata implements datasource.DataSource.
func (d *ListDataSource) Metadata(_ context.Context, request datasource.MetadataRequest, response *datasource.MetadataResponse) {
	response.TypeName = request.ProviderTypeName + "_ado_integrations"
}

// Schema implements datasource.DataSource.
func (d *ListDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, response *datasource.SchemaResponse) {
	response.Schema = schema.Schema{
		MarkdownDescription: "Lists the workspace's Azure DevOps integrations that the API key's user may see.",
		Attributes: map[string]schema.Attribute{
			"integrations": schema.ListNestedAttribute{
				MarkdownDescription: "The integrations, ordered by id.",
				Computed:            true,
				NestedObject:        schema.NestedAttributeObject{Attributes: describedAttributes()},
			},
		},
	}
}

// Configure implements datasource.DataSourceWithConfigure.
func (d *ListDataSource) Configure(_ context.Context, request datasource.ConfigureRequest, response *datasource.ConfigureResponse) {
	data, diagnostics := providerdata.From(request.ProviderData)
	response.Diagnostics.Append(diagnostics...)
	d.data = data
}

// Read implements datasource.DataSource.
func (d *ListDataSource) Read(ctx context.Context, _ datasource.ReadRequest, response *datasource.ReadResponse) {
	ctx, cancel, _ := deadline.Within(ctx, nil, deadline.Read)
	defer cancel()
	client, diagnostics := d.data.Flow()
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	existing, err := client.Integrations(ctx)
	if err != nil {
		response.Diagnostics.Append(flowerror.Diagnostic("Could not read the integrations", err, placeList))
		return
	}
	read := listModel{Integrations: []description{}}
	for _, integration := range existing {
		if integration.AzureDevOps {
			read.Integrations = append(read.Integrations, describe(integration))
		}
	}
	response.Diagnostics.Append(response.State.Set(ctx, read)...)
}
