// Package provider is what Terraform meets first: the provider's configuration, and the registration of all it offers.
package provider

import (
	"context"
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/flow-community/terraform-provider-flow/internal/adofunction"
	"github.com/flow-community/terraform-provider-flow/internal/adointegration"
	"github.com/flow-community/terraform-provider-flow/internal/apireport"
	"github.com/flow-community/terraform-provider-flow/internal/repoimport"
	"github.com/flow-community/terraform-provider-flow/internal/ticketproject"
)

var (
	_ provider.ProviderWithActions            = (*flowProvider)(nil)
	_ provider.ProviderWithEphemeralResources = (*flowProvider)(nil)
	_ provider.ProviderWithFunctions          = (*flowProvider)(nil)
	_ provider.ProviderWithListResources      = (*flowProvider)(nil)
)

type flowProvider struct {
	version string
	// transport sends each request; nil for the network.
	transport http.RoundTripper
}

// New returns a constructor of the provider, for the version that the release process names.
func New(version string) func() provider.Provider {
	return func() provider.Provider { return &flowProvider{version: version} }
}

// NewThrough is New with a transport for all requests, by which tests stand between the provider and the servers.
func NewThrough(version string, transport http.RoundTripper) func() provider.Provider {
	return func() provider.Provider { return &flowProvider{version: version, transport: transport} }
}

// Metadata implements provider.Provider.
func (p *flowProvider) Metadata(_ context.Context, _ provider.MetadataRequest, response *provider.MetadataResponse) {
	response.TypeName = "flow"
	response.Version = p.version
}

// Schema implements provider.Provider.
func (p *flowProvider) Schema(_ context.Context, _ provider.SchemaRequest, response *provider.SchemaResponse) {
	response.Schema = schema.Schema{
		MarkdownDescription: "Puts Flow (once GitPrime and Pluralsight Flow) under Terraform, " +
			"for its Azure DevOps Services integration.",
		Attributes: map[string]schema.Attribute{
			"workspace": schema.StringAttribute{
				MarkdownDescription: "Name of the Flow workspace: `acme` for `https://acme.appfireflow.com`. Can be set with `" + envWorkspace + "`. Conflicts with `base_url`.",
				Optional:            true,
				Validators: []validator.String{
					validString("the name of a Flow workspace", parseWorkspace),
					stringvalidator.ConflictsWith(path.MatchRoot("base_url")),
				},
			},
			"base_url": schema.StringAttribute{
				MarkdownDescription: "Full address of Flow's Customer API, for a workspace that lives elsewhere: `https://flow.example.com/v3/customer/core/`. " +
					"Plain `http` is accepted for loopback addresses only. Can be set with `" + envBaseURL + "`. Conflicts with `workspace`.",
				Optional:   true,
				Validators: []validator.String{validString("an https URL", parseBaseURL)},
			},
			"api_key": schema.StringAttribute{
				MarkdownDescription: "Customer API key of a Flow user who may view, manage and delete integrations. Can be set with `" + envAPIKey + "`. " +
					"Give it by the variable or by an ephemeral value: Terraform writes the values of ordinary variables into saved plans.",
				Optional:   true,
				Sensitive:  true,
				Validators: []validator.String{validString("an API key", parseAPIKey), doubtfulKey{}},
			},
			"preflight": schema.StringAttribute{
				MarkdownDescription: "When the checks against Azure DevOps are made: `always` (the default: changed resources with errors, unchanged ones with warnings), " +
					"`changes` (changed resources only) or `off`. Can be set with `" + envPreflight + "`.",
				Optional:   true,
				Validators: []validator.String{validString("a preflight mode", parsePreflight)},
			},
			"request_timeout": schema.StringAttribute{
				MarkdownDescription: "How long one HTTP request may take, such as `30s` (the default) or `2m`.",
				Optional:            true,
				Validators:          []validator.String{validString("a time", parseTimeout)},
			},
			"max_concurrent_requests": schema.Int64Attribute{
				MarkdownDescription: "How many requests may be under way at once, to Flow and Azure DevOps together. Defaults to 8.",
				Optional:            true,
				Validators:          []validator.Int64{int64validator.Between(1, 64)},
			},
			"azure_devops_endpoint": schema.StringAttribute{
				MarkdownDescription: "Where Azure DevOps is reached instead of its public hosts, for a gateway or for the sandbox: with `http://127.0.0.1:8081` what is meant for " +
					"`https://dev.azure.com/contoso` goes to `http://127.0.0.1:8081/dev.azure.com/contoso`, and likewise for `vssps.dev.azure.com`. " +
					"Can be set with `" + envAzureDevOpsEndpoint + "`.",
				Optional:   true,
				Validators: []validator.String{validString("an https URL", parseEndpoint)},
			},
			"azure_devops_vendor": schema.StringAttribute{
				MarkdownDescription: "What this workspace's API calls Azure DevOps Services, for example `vsts`. The provider finds it out; set it if an error says that it cannot. " +
					"Can be set with `" + envAzureDevOpsVendor + "`.",
				Optional:   true,
				Validators: []validator.String{validString("a vendor", parseVendor)},
			},
		},
	}
}

// Resources implements provider.Provider.
func (p *flowProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{adointegration.NewResource, repoimport.NewResource, ticketproject.NewResource}
}

// DataSources implements provider.Provider.
func (p *flowProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		adointegration.NewDataSource, adointegration.NewListDataSource, apireport.NewDataSource, repoimport.NewDataSource, ticketproject.NewDataSource,
	}
}

// ListResources implements provider.ProviderWithListResources.
func (p *flowProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{adointegration.NewListResource, repoimport.NewListResource, ticketproject.NewListResource}
}

// EphemeralResources implements provider.ProviderWithEphemeralResources.
func (p *flowProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{adointegration.NewCredentialCheck}
}

// Functions implements provider.ProviderWithFunctions.
func (p *flowProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{adofunction.NewBaseURL, adofunction.NewParseURL}
}

// Actions implements provider.ProviderWithActions.
func (p *flowProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{repoimport.NewUpdateAction, adointegration.NewAuthorizeAction}
}
