package provider

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// The environment variables that stand in for arguments.
const (
	envWorkspace           = "FLOW_WORKSPACE"
	envBaseURL             = "FLOW_BASE_URL"
	envAPIKey              = "FLOW_API_KEY" // #nosec G101 -- the name of a variable, not its value
	envPreflight           = "FLOW_PREFLIGHT"
	envAzureDevOpsEndpoint = "FLOW_AZURE_DEVOPS_ENDPOINT"
	envAzureDevOpsVendor   = "FLOW_AZURE_DEVOPS_VENDOR"
)

// defaultConcurrency keeps Azure DevOps' and Flow's rate limits far away and still hides most of the latency.
const defaultConcurrency = 8

// model is the configuration as Terraform hands it over.
type model struct {
	Workspace             types.String `tfsdk:"workspace"`
	BaseURL               types.String `tfsdk:"base_url"`
	APIKey                types.String `tfsdk:"api_key"`
	Preflight             types.String `tfsdk:"preflight"`
	RequestTimeout        types.String `tfsdk:"request_timeout"`
	MaxConcurrentRequests types.Int64  `tfsdk:"max_concurrent_requests"`
	AzureDevOpsEndpoint   types.String `tfsdk:"azure_devops_endpoint"`
	AzureDevOpsVendor     types.String `tfsdk:"azure_devops_vendor"`
}

// Configure implements provider.Provider. It reads the configuration and makes no request, and it refuses nothing: values of
// arguments have been validated, and what is missing, or wrong in the environment, concerns only those who need it.
func (p *flowProvider) Configure(ctx context.Context, request provider.ConfigureRequest, response *provider.ConfigureResponse) {
	var configured model
	response.Diagnostics.Append(request.Config.Get(ctx, &configured)...)
	if response.Diagnostics.HasError() {
		return
	}
	config := configured.config()
	response.Diagnostics.Append(configured.doubts(config)...)
	config.TerraformVersion = request.TerraformVersion
	config.HTTP.UserAgent = fmt.Sprintf("terraform-provider-flow/%s (terraform/%s)", p.version, request.TerraformVersion)
	config.HTTP.Transport = p.transport
	config.HTTP.Logger = slog.New(logHandler{})
	data := providerdata.New(config)
	response.ResourceData, response.DataSourceData, response.ListResourceData = data, data, data
	response.EphemeralResourceData, response.ActionData = data, data
}

func (m model) config() providerdata.Config {
	config := providerdata.Config{
		FlowUnknown:        m.Workspace.IsUnknown() || m.BaseURL.IsUnknown() || m.APIKey.IsUnknown() || m.AzureDevOpsVendor.IsUnknown(),
		AzureDevOpsUnknown: m.AzureDevOpsEndpoint.IsUnknown(),
		Preflight:          providerdata.PreflightAlways,
		HTTP: httpclient.Options{
			Timeout: httpclient.DefaultTimeout,
			Limiter: httpclient.NewLimiter(defaultConcurrency),
		},
	}
	problems := &config.Problems
	setting(m.APIKey, envAPIKey, parseAPIKey, &config.APIKey, problems)
	setting(m.Preflight, envPreflight, parsePreflight, &config.Preflight, problems)
	setting(m.AzureDevOpsEndpoint, envAzureDevOpsEndpoint, parseEndpoint, &config.AzureDevOpsEndpoint, &config.AzureDevOpsProblems)
	problems.Append(config.AzureDevOpsProblems...)
	setting(m.AzureDevOpsVendor, envAzureDevOpsVendor, parseVendor, &config.AzureDevOpsVendor, problems)
	setting(m.RequestTimeout, "", parseTimeout, &config.HTTP.Timeout, problems)
	if n := m.MaxConcurrentRequests.ValueInt64(); n > 0 {
		config.HTTP.Limiter = httpclient.NewLimiter(int(n))
	}
	// An address in the configuration wins over both variables, whichever of the two arguments it is in.
	addressVariables := [2]string{envWorkspace, envBaseURL}
	if !m.Workspace.IsNull() || !m.BaseURL.IsNull() {
		addressVariables = [2]string{}
	}
	if os.Getenv(addressVariables[0]) != "" && os.Getenv(addressVariables[1]) != "" {
		problems.AddError("Two environment variables exclude each other", "Both "+envWorkspace+" and "+envBaseURL+" are set. Unset one.")
	}
	setting(m.Workspace, addressVariables[0], parseWorkspace, &config.FlowURL, problems)
	setting(m.BaseURL, addressVariables[1], parseBaseURL, &config.FlowURL, problems)
	refuseFlowAsAzureDevOps(&config)
	reportMissing(&config)
	return config
}

// setting reads an argument, or the environment variable that stands in for it, into a value; where there is neither, the
// value stays as it is. A wrong variable is a problem; a wrong argument has been refused by its validator.
func setting[T any](argument types.String, variable string, parse func(string) (T, error), into *T, problems *diag.Diagnostics) {
	raw := argument.ValueString()
	if argument.IsNull() {
		raw = os.Getenv(variable)
	}
	if raw == "" {
		return
	}
	value, err := parse(raw)
	if err != nil {
		problems.AddError("Wrong environment variable "+variable, wording.Sentence(err.Error()))
		return
	}
	*into = value
}

// refuseFlowAsAzureDevOps keeps tokens from Flow's address, which the sandbox's start shows beside that of Azure DevOps.
func refuseFlowAsAzureDevOps(config *providerdata.Config) {
	endpoint, err := url.Parse(config.AzureDevOpsEndpoint)
	if err != nil || config.FlowURL == nil || endpoint.Host != config.FlowURL.Host {
		return
	}
	config.AzureDevOpsProblems.AddError("azure_devops_endpoint is Flow's address", fmt.Sprintf("Both azure_devops_endpoint (or %s) and the address of Flow are at %s, so tokens would be sent to Flow.\n\n"+
		"Set azure_devops_endpoint to the address of Azure DevOps, or remove it to use dev.azure.com.", envAzureDevOpsEndpoint, endpoint.Host))
	config.Problems.Append(config.AzureDevOpsProblems...)
}

// reportMissing notes what Flow cannot be asked without, unless something worse is known already.
func reportMissing(config *providerdata.Config) {
	if config.Problems.HasError() {
		return
	}
	if config.FlowURL == nil {
		config.Problems.AddError("Missing Flow workspace", "Flow has to be asked, but the provider does not know where it is. "+
			"Set the provider's argument workspace (or base_url), or the environment variable "+envWorkspace+" (or "+envBaseURL+").")
	}
	if config.APIKey == "" {
		config.Problems.AddError("Missing Flow API key", "Flow has to be asked, but the provider has no API key. "+
			"Set the provider's argument api_key, or the environment variable "+envAPIKey+".")
	}
}
