package ticketproject

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/importresource"
	"github.com/flow-community/terraform-provider-flow/internal/nullable"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

var _ datasource.DataSourceWithConfigure = (*DataSource)(nil)

// DataSource is the data source flow_ticket_projects: what Flow has discovered, and what it cannot import.
type DataSource struct {
	data *providerdata.Data
}

// NewDataSource makes the data source for the provider's registration.
func NewDataSource() datasource.DataSource { return &DataSource{} }

type dataSourceModel struct {
	importresource.Filter
	VendorSupported types.Bool      `tfsdk:"vendor_supported"`
	TicketProjects  []ticketProject `tfsdk:"ticket_projects"`
}

type ticketProject struct {
	ID              types.String `tfsdk:"id"`
	Name            types.String `tfsdk:"name"`
	Imported        types.Bool   `tfsdk:"imported"`
	Excluded        types.Bool   `tfsdk:"excluded"`
	VendorSupported types.Bool   `tfsdk:"vendor_supported"`
	Status          types.String `tfsdk:"status"`
	LastUpdated     types.String `tfsdk:"last_updated"`
}

// Metadata implements datasource.DataSource.
func (d *DataSource) Metadata(_ context.Context, request datasource.MetadataRequest, response *datasource.MetadataResponse) {
	response.TypeName = request.ProviderTypeName + "_ticket_projects"
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
	attributes["vendor_supported"] = schema.BoolAttribute{
		MarkdownDescription: "`true` lists what Flow can import, `false` what it shows as \"Vendor not supported\". Lists both if omitted.",
		Optional:            true,
	}
	attributes["ticket_projects"] = schema.ListNestedAttribute{
		MarkdownDescription: "The ticket projects, ordered by name.",
		Computed:            true,
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"id":               text("Id of the imported ticket project in Flow; null if it is not imported."),
			"name":             text("Name of the ticket project, which is the name of the Azure DevOps project."),
			"imported":         flag("Whether it is imported."),
			"excluded":         flag("Whether an exclusion rule in Flow keeps it from being imported."),
			"vendor_supported": flag("Whether Flow can import it; `false` is what Flow shows as \"Vendor not supported\"."),
			"status":           text("Flow's progress with it, such as `Processing` or `Healthy`; null if it is not imported, or if Flow does not say."),
			"last_updated":     text("When Flow last read all of it, without a time zone. Null before the first time, or if Flow does not say."),
		}},
	}
	response.Schema = schema.Schema{
		MarkdownDescription: "Lists the ticket projects that Flow has discovered through an integration: the Azure DevOps projects whose work items it can read as tickets.\n\n" +
			"Those that Flow shows as \"Vendor not supported\" raise a warning, since only Flow's support can unblock them.",
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
	model.TicketProjects = []ticketProject{}
	var unsupported []string
	for _, one := range found {
		if !model.VendorSupported.IsNull() && model.VendorSupported.ValueBool() == one.Unsupported {
			continue
		}
		model.TicketProjects = append(model.TicketProjects, describe(one))
		if one.Unsupported {
			unsupported = append(unsupported, one.Name)
		}
	}
	if len(unsupported) > 0 {
		response.Diagnostics.AddWarning(unsupportedWarning(unsupported))
	}
	response.Diagnostics.Append(response.State.Set(ctx, model)...)
}

func describe(found importresource.Found) ticketProject {
	return ticketProject{
		ID:              nullable.ID(found.ImportedID),
		Name:            types.StringValue(found.Name),
		Imported:        types.BoolValue(found.Imported),
		Excluded:        types.BoolValue(found.Excluded),
		VendorSupported: types.BoolValue(!found.Unsupported),
		Status:          nullable.Text(found.Row.Status),
		LastUpdated:     nullable.Text(found.Row.LastUpdated),
	}
}

// longestList bounds the names in the warning.
const longestList = 20

// unsupportedWarning returns summary and detail.
func unsupportedWarning(names []string) (summary, detail string) {
	summary = "1 ticket project is not supported"
	if len(names) > 1 {
		summary = fmt.Sprintf("%d ticket projects are not supported", len(names))
	}
	return summary, "Flow shows these as \"Vendor not supported\", and cannot import them:\n" + wording.Bullets(names, longestList) +
		"\n\nOnly Flow's support can unblock them. Contact them, naming the integration and the projects. To list only the others, set vendor_supported = true."
}
