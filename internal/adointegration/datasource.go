package adointegration

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/deadline"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/flowerror"
	"github.com/flow-community/terraform-provider-flow/internal/identity"
	"github.com/flow-community/terraform-provider-flow/internal/nullable"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
)

var _ datasource.DataSourceWithConfigure = (*DataSource)(nil)

// DataSource is the data source flow_ado_integration: one integration, with the status of its connection.
type DataSource struct {
	data *providerdata.Data
}

// NewDataSource makes the data source for the provider's registration.
func NewDataSource() datasource.DataSource { return &DataSource{} }

// description is an integration as data sources describe it.
type description struct {
	ID           types.String `tfsdk:"id"`
	Name         types.String `tfsdk:"name"`
	BaseURL      types.String `tfsdk:"base_url"`
	Organization types.String `tfsdk:"organization"`
	Email        types.String `tfsdk:"email"`
	AuthMethod   types.String `tfsdk:"auth_method"`
	Services     types.Object `tfsdk:"services"`
	VendorType   types.String `tfsdk:"vendor_type"`
	CreatedAt    types.String `tfsdk:"created_at"`
	CreatedBy    types.String `tfsdk:"created_by"`
}

func describe(i flow.Integration) description {
	baseURL := nullable.Text(i.BaseURL)
	return description{
		ID:           types.StringValue(identity.FormatID(i.ID)),
		Name:         types.StringValue(i.Name),
		BaseURL:      baseURL,
		Organization: organizationOf(baseURL),
		Email:        nullable.Text(i.Email),
		AuthMethod:   types.StringValue(i.AuthMethod),
		Services:     servicesObject(i.Services),
		VendorType:   types.StringValue(i.VendorType),
		CreatedAt:    nullable.Text(i.CreatedAt),
		CreatedBy:    nullable.Text(i.CreatedBy),
	}
}

// describedAttributes returns the attributes of a description.
func describedAttributes() map[string]schema.Attribute {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	toggle := func(description string) schema.Attribute {
		return schema.BoolAttribute{MarkdownDescription: description, Computed: true}
	}
	return map[string]schema.Attribute{
		"id":           text(describeID),
		"name":         text("Name of the integration in Flow."),
		"base_url":     text("Address of the organization; null if Flow does not return it."),
		"organization": text(describeOrganization),
		"email":        text("E-mail address of the account that Flow connects as."),
		"auth_method":  text("How Flow signs in: `access_token` or `oauth`."),
		"vendor_type":  text(describeVendorType),
		"created_at":   text(describeCreatedAt),
		"created_by":   text(describeCreatedBy),
		"services": schema.SingleNestedAttribute{
			MarkdownDescription: "What the integration reads.",
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"repos":         toggle(describeRepos),
				"pull_requests": toggle(describePullRequests),
				"tickets":       toggle(describeTickets),
				"webhooks":      toggle(describeWebhooks),
			},
		},
	}
}

type dataSourceModel struct {
	description
	ConnectionStatus *connectionStatus `tfsdk:"connection_status"`
}

type connectionStatus struct {
	Status    types.String `tfsdk:"status"`
	Detail    types.String `tfsdk:"detail"`
	CheckedAt types.String `tfsdk:"checked_at"`
}

// Metadata implements datasource.DataSource.
func (d *DataSource) Metadata(_ context.Context, request datasource.MetadataRequest, response *datasource.MetadataResponse) {
	response.TypeName = request.ProviderTypeName + "_ado_integration"
}

// Schema implements datasource.DataSource.
func (d *DataSource) Schema(_ context.Context, _ datasource.SchemaRequest, response *datasource.SchemaResponse) {
	attributes := describedAttributes()
	attributes["id"] = schema.StringAttribute{
		MarkdownDescription: describeID + " Exactly one of `id` and `name` is required.",
		Optional:            true,
		Computed:            true,
		Validators: []validator.String{
			stringvalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("name")),
			identity.ValidID(),
		},
	}
	attributes["name"] = schema.StringAttribute{
		MarkdownDescription: "Exact name of the integration in Flow. Exactly one of `id` and `name` is required.",
		Optional:            true,
		Computed:            true,
		Validators:          []validator.String{trimmedText{}},
	}
	attributes["connection_status"] = schema.SingleNestedAttribute{
		MarkdownDescription: "Result of Flow's last check of the connection. It changes by itself, so the resource does not hold it.",
		Computed:            true,
		Attributes: map[string]schema.Attribute{
			"status": schema.StringAttribute{Computed: true, MarkdownDescription: "Such as `healthy`, `processing`, `rate_limited`, " +
				"`failed_integration`, `failed_repo`, `failed_pull_request_project`, `failed_ticket_project` or `pending_authorization`."},
			"detail":     schema.StringAttribute{Computed: true, MarkdownDescription: "Details in Flow's words; null if there are none."},
			"checked_at": schema.StringAttribute{Computed: true, MarkdownDescription: "When Flow checked, without a time zone."},
		},
	}
	response.Schema = schema.Schema{
		MarkdownDescription: "Reads one Azure DevOps integration by its id or name, with the status of its connection.",
		Attributes:          attributes,
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
	ctx, cancel, _ := deadline.Within(ctx, nil, deadline.Read)
	defer cancel()
	var config dataSourceModel
	response.Diagnostics.Append(request.Config.Get(ctx, &config)...)
	client, diagnostics := d.data.Flow()
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	argument, importID := "id", config.ID.ValueString()
	if config.ID.IsNull() {
		argument, importID = "name", nameImport+config.Name.ValueString()
	}
	matches, err := importMatcher(importID)
	if err != nil {
		response.Diagnostics.AddAttributeError(path.Root(argument), "Invalid "+argument, err.Error())
		return
	}
	existing, err := client.Integrations(ctx)
	if err != nil {
		response.Diagnostics.Append(flowerror.Diagnostic("Could not read the integrations", err, placeList))
		return
	}
	found, err := findOne(existing, importID, matches)
	if err != nil {
		response.Diagnostics.AddAttributeError(path.Root(argument), "Cannot find the integration by its "+argument, err.Error())
		return
	}
	status, err := client.ConnectionStatus(ctx, found.ID)
	if err != nil {
		response.Diagnostics.Append(flowerror.Diagnostic("Could not read the connection status", err, placeEdit))
		return
	}
	response.Diagnostics.Append(response.State.Set(ctx, dataSourceModel{
		description: describe(found),
		ConnectionStatus: &connectionStatus{
			Status:    types.StringValue(status.Status),
			Detail:    nullable.Text(status.Detail),
			CheckedAt: nullable.Text(status.CheckedAt),
		},
	})...)
}
