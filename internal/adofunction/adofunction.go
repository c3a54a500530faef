// Package adofunction is the provider's functions on addresses of Azure DevOps.
package adofunction

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/adourl"
)

const (
	describeForms = "It takes the address of anything in an organization: the organization, a project or a repository, their pages and API calls, " +
		"at `dev.azure.com` and `<organization>.visualstudio.com` (with or without `DefaultCollection`), at the host of one service " +
		"(`vssps.dev.azure.com`, `<organization>.pkgs.visualstudio.com` and the like), and clone addresses by https and SSH, in their present and older forms. " +
		"User name and password, port, query and fragment are left out. It makes no request, so it does not tell whether the thing exists."
	describeURL = "Address in Azure DevOps Services."
	// accepted has no period, because Terraform puts one behind an error.
	accepted = "Accepted is any address in Azure DevOps Services, of an organization, a project or a repository, by https or SSH: for example https://dev.azure.com/contoso, " +
		"https://contoso.visualstudio.com/Payments/_git/api or git@ssh.dev.azure.com:v3/contoso/Payments/api"
)

// BaseURL is the function ado_base_url.
type BaseURL struct{}

// NewBaseURL makes the function for the provider's registration.
func NewBaseURL() function.Function { return BaseURL{} }

// Metadata implements function.Function.
func (BaseURL) Metadata(_ context.Context, _ function.MetadataRequest, response *function.MetadataResponse) {
	response.Name = "ado_base_url"
}

// Definition implements function.Function.
func (BaseURL) Definition(_ context.Context, _ function.DefinitionRequest, response *function.DefinitionResponse) {
	response.Definition = function.Definition{
		Summary: "Gives an organization's address as Flow requires it",
		MarkdownDescription: "Makes any address in Azure DevOps Services the base URL of its organization, in the only form that Flow accepts: " +
			"`https://dev.azure.com/<organization>`.\n\n" + describeForms,
		Parameters: []function.Parameter{function.StringParameter{Name: "url", MarkdownDescription: describeURL}},
		Return:     function.StringReturn{},
	}
}

// Run implements function.Function.
func (BaseURL) Run(ctx context.Context, request function.RunRequest, response *function.RunResponse) {
	address, err := argument(ctx, request)
	if err != nil {
		response.Error = err
		return
	}
	response.Error = response.Result.Set(ctx, address.Organization.BaseURL())
}

// ParseURL is the function parse_ado_url.
type ParseURL struct{}

// NewParseURL makes the function for the provider's registration.
func NewParseURL() function.Function { return ParseURL{} }

// parsed is what parse_ado_url returns.
type parsed struct {
	Kind         types.String `tfsdk:"kind"`
	Organization types.String `tfsdk:"organization"`
	Project      types.String `tfsdk:"project"`
	Repository   types.String `tfsdk:"repository"`
	BaseURL      types.String `tfsdk:"base_url"`
	URL          types.String `tfsdk:"url"`
	Service      types.String `tfsdk:"service"`
}

var parsedTypes = map[string]attr.Type{
	"kind":         types.StringType,
	"organization": types.StringType,
	"project":      types.StringType,
	"repository":   types.StringType,
	"base_url":     types.StringType,
	"url":          types.StringType,
	"service":      types.StringType,
}

// Metadata implements function.Function.
func (ParseURL) Metadata(_ context.Context, _ function.MetadataRequest, response *function.MetadataResponse) {
	response.Name = "parse_ado_url"
}

// Definition implements function.Function.
func (ParseURL) Definition(_ context.Context, _ function.DefinitionRequest, response *function.DefinitionResponse) {
	response.Definition = function.Definition{
		Summary: "Takes an Azure DevOps address apart",
		MarkdownDescription: "Takes any address in Azure DevOps Services apart. The result is an object of strings:\n\n" +
			"- `kind`: what the address is about, by the last thing that it names: `organization`, `project` or `repository`.\n" +
			"- `organization`: name of the organization.\n" +
			"- `project`: name or id of the project, decoded (`Data Science`); null where the address names none.\n" +
			"- `repository`: name or id of the Git repository, decoded; null where the address names none. In `…/_git/api` without a project, the project has the same name.\n" +
			"- `base_url`: address of the organization as Flow requires it: `https://dev.azure.com/<organization>`.\n" +
			"- `url`: address of the same organization, project or repository at `dev.azure.com`, encoded; a repository's is also the one to clone it by https.\n" +
			"- `service`: the service whose host it is, such as `vssps`, `vsrm`, `vsaex`, `feeds` or `pkgs`; null for the main host and for SSH.\n\n" +
			"Names are spelled as in the address; Azure DevOps ignores case in them.\n\n" + describeForms,
		Parameters: []function.Parameter{function.StringParameter{Name: "url", MarkdownDescription: describeURL}},
		Return:     function.ObjectReturn{AttributeTypes: parsedTypes},
	}
}

// Run implements function.Function.
func (ParseURL) Run(ctx context.Context, request function.RunRequest, response *function.RunResponse) {
	address, err := argument(ctx, request)
	if err != nil {
		response.Error = err
		return
	}
	response.Error = response.Result.Set(ctx, parsed{
		Kind:         types.StringValue(string(address.Kind())),
		Organization: types.StringValue(string(address.Organization)),
		Project:      textOrNull(address.Project),
		Repository:   textOrNull(address.Repository),
		BaseURL:      types.StringValue(address.Organization.BaseURL()),
		URL:          types.StringValue(address.URL()),
		Service:      textOrNull(address.Service),
	})
}

// argument reads the only argument of both functions. The error does not repeat it: a clone address may hold a password.
func argument(ctx context.Context, request function.RunRequest) (adourl.Address, *function.FuncError) {
	var raw string
	if err := request.Arguments.Get(ctx, &raw); err != nil {
		return adourl.Address{}, err
	}
	address, err := adourl.Parse(raw)
	if err != nil {
		return adourl.Address{}, function.NewArgumentFuncError(0, err.Error()+". "+accepted)
	}
	return address, nil
}

func textOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}
