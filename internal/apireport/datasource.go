// Package apireport implements the data source flow_api_report: how a workspace's API compares with what the provider
// assumes, in a form that can be published.
package apireport

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/deadline"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
)

var _ datasource.DataSourceWithConfigure = (*DataSource)(nil)

// DataSource is the data source flow_api_report.
type DataSource struct {
	data *providerdata.Data
}

// NewDataSource makes the data source for the provider's registration.
func NewDataSource() datasource.DataSource { return &DataSource{} }

type model struct {
	Observations []observation `tfsdk:"observations"`
	Markdown     types.String  `tfsdk:"markdown"`
}

type observation struct {
	Assumption string `tfsdk:"assumption"`
	Result     string `tfsdk:"result"`
	Seen       string `tfsdk:"seen"`
}

// Metadata implements datasource.DataSource.
func (d *DataSource) Metadata(_ context.Context, request datasource.MetadataRequest, response *datasource.MetadataResponse) {
	response.TypeName = request.ProviderTypeName + "_api_report"
}

// Schema implements datasource.DataSource.
func (d *DataSource) Schema(_ context.Context, _ datasource.SchemaRequest, response *datasource.SchemaResponse) {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	response.Schema = schema.Schema{
		MarkdownDescription: "Compares the API of this workspace with what the provider assumes about it, as far as reads show. It sends some twenty reads, and no write.\n\n" +
			"The report holds types and words of the API, and no name, address or secret. Please attach it when you report that the provider and Flow disagree: " +
			"see the guide *How sure each API call is*.",
		Attributes: map[string]schema.Attribute{
			"observations": schema.ListNestedAttribute{
				MarkdownDescription: "What was looked at.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"assumption": text("What the provider assumes."),
					"result":     text("`holds`, `differs`, or `cannot be seen`."),
					"seen":       text("What was seen instead, or why nothing could be."),
				}},
			},
			"markdown": text("The same as a Markdown table, for an issue."),
		},
	}
}

// Configure implements datasource.DataSourceWithConfigure.
func (d *DataSource) Configure(_ context.Context, request datasource.ConfigureRequest, response *datasource.ConfigureResponse) {
	data, diagnostics := providerdata.From(request.ProviderData)
	response.Diagnostics.Append(diagnostics...)
	d.data = data
}

// Read implements datasource.DataSource. What cannot be read is an observation, and no error.
func (d *DataSource) Read(ctx context.Context, _ datasource.ReadRequest, response *datasource.ReadResponse) {
	ctx, cancel, _ := deadline.Within(ctx, nil, deadline.Read)
	defer cancel()
	client, diagnostics := d.data.Flow()
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	report := client.Report(ctx)
	read := model{Observations: []observation{}, Markdown: types.StringValue(markdown(report))}
	for _, one := range report {
		read.Observations = append(read.Observations, observation{one.Assumption, string(one.Result), one.Seen})
	}
	response.Diagnostics.Append(response.State.Set(ctx, read)...)
}

// markdown writes a report as a table.
func markdown(report []flow.Observation) string {
	var table strings.Builder
	table.WriteString("| Assumption | Result | Seen |\n|---|---|---|\n")
	for _, one := range report {
		fmt.Fprintf(&table, "| %s | %s | %s |\n", one.Assumption, one.Result, strings.ReplaceAll(one.Seen, "|", `\|`))
	}
	return table.String()
}
