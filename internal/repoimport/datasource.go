package repoimport

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/importresource"
	"github.com/flow-community/terraform-provider-flow/internal/nullable"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
)

var _ datasource.DataSourceWithConfigure = (*DataSource)(nil)

// DataSource is the data source flow_repos: what Flow has discovered, and the progress of what is imported.
type DataSource struct {
	data *providerdata.Data
}

// NewDataSource makes the data source for the provider's registration.
func NewDataSource() datasource.DataSource { return &DataSource{} }

type dataSourceModel struct {
	importresource.Filter
	Repos []repo `tfsdk:"repos"`
}

type repo struct {
	ID           types.String `tfsdk:"id"`
	Project      types.String `tfsdk:"project"`
	Name         types.String `tfsdk:"name"`
	Imported     types.Bool   `tfsdk:"imported"`
	Excluded     types.Bool   `tfsdk:"excluded"`
	Status       types.String `tfsdk:"status"`
	Blocked      types.Bool   `tfsdk:"blocked"`
	LastUpdated  types.String `tfsdk:"last_updated"`
	LastFailure  types.String `tfsdk:"last_failure"`
	FailingSince types.String `tfsdk:"failing_since"`
}

func describe(found importresource.Found) repo {
	described := repo{
		ID:           nullable.ID(found.ImportedID),
		Project:      types.StringValue(found.Owner),
		Name:         types.StringValue(found.Name),
		Imported:     types.BoolValue(found.Imported),
		Excluded:     types.BoolValue(found.Excluded),
		Status:       nullable.Text(found.Row.Status),
		LastUpdated:  nullable.Text(found.Row.LastUpdated),
		LastFailure:  nullable.Text(found.Row.FailureReason),
		FailingSince: nullable.Text(found.Row.FailingSince),
	}
	if found.Imported {
		described.Blocked = types.BoolValue(found.Row.Blocked)
	}
	return described
}

// Metadata implements datasource.DataSource.
func (d *DataSource) Metadata(_ context.Context, request datasource.MetadataRequest, response *datasource.MetadataResponse) {
	response.TypeName = request.ProviderTypeName + "_repos"
}

// Schema implements datasource.DataSource.
func (d *DataSource) Schema(_ context.Context, _ datasource.SchemaRequest, response *datasource.SchemaResponse) {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	flag := func(description string) schema.Attribute {
		return schema.BoolAttribute{MarkdownDescription: description, Computed: true}
	}
	attributes := kind.FilterAttributes()
	attributes["repos"] = schema.ListNestedAttribute{
		MarkdownDescription: "The repositories, in the order of their projects and names.",
		Computed:            true,
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"id":            text("Id of the imported repository in Flow; null if it is not imported."),
			"project":       text("Name of the Azure DevOps project."),
			"name":          text("Name of the repository."),
			"imported":      flag("Whether it is imported."),
			"excluded":      flag("Whether an exclusion rule in Flow keeps it from being imported."),
			"status":        text("Flow's progress with it, such as `Processing`, `Healthy`, `Rate limited` or `Failed`; null if it is not imported."),
			"blocked":       flag("Whether Flow does not update it until somebody queues it again; null if it is not imported."),
			"last_updated":  text("When Flow last read all of it, without a time zone. Null before the first time."),
			"last_failure":  text("Why Flow could not read it the last time, in Flow's words; null if it could."),
			"failing_since": text("Since when Flow cannot read it, without a time zone; null if it could the last time."),
		}},
	}
	response.Schema = schema.Schema{
		MarkdownDescription: "Lists the repositories that Flow has discovered through an integration, with the progress of those that are imported.\n\n" +
			"The state holds each of them, and Terraform becomes slow with many thousands: select only those that you need.",
		Attributes: attributes,
	}
}

// Configure implements datasource.DataSourceWithConfigure.
func (d *DataSource) Configure(_ context.Context, request datasource.ConfigureRequest, response *datasource.ConfigureResponse) {
	data, diagnostics := providerdata.From(request.ProviderData)
	response.Diagnostics.Append(diagnostics...)
	d.data = data
}

// Read implements datasource.DataSource.
func (d *DataSource) Read(ctx context.Context, request datasource.ReadRequest, response *datasource.ReadResponse) {
	var model dataSourceModel
	response.Diagnostics.Append(request.Config.Get(ctx, &model)...)
	if response.Diagnostics.HasError() {
		return
	}
	found, diagnostics := kind.Find(ctx, d.data, model.Filter)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	model.Repos = []repo{}
	for _, one := range found {
		model.Repos = append(model.Repos, describe(one))
	}
	response.Diagnostics.Append(response.State.Set(ctx, model)...)
}
