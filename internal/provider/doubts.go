package provider

import (
	"context"
	"fmt"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/flow-community/terraform-provider-flow/internal/placeholder"
	"github.com/flow-community/terraform-provider-flow/internal/preflight"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
)

// doubtfulKey warns of an API key that looks like something else. A warning, so that modules can be tested with an obvious fake.
type doubtfulKey struct{}

func (doubtfulKey) Description(context.Context) string { return "warns of a placeholder" }

func (d doubtfulKey) MarkdownDescription(ctx context.Context) string { return d.Description(ctx) }

func (doubtfulKey) ValidateString(_ context.Context, request validator.StringRequest, response *validator.StringResponse) {
	if summary, detail := doubtsOf(request.ConfigValue.ValueString(), "the provider's api_key"); summary != "" {
		response.Diagnostics.AddAttributeWarning(request.Path, summary, detail)
	}
}

// doubtsOf says what an API key looks like that may be none, without repeating it; "" if nothing is odd about it.
func doubtsOf(key, source string) (summary, detail string) {
	if looksLike := placeholder.LooksLike(key); looksLike != "" {
		return "API key looks like a placeholder", fmt.Sprintf("It looks like %s, so Flow will refuse it.\n\nSet %s to the key that Flow showed when it was made.", looksLike, source)
	}
	if preflight.IsPersonalAccessToken(key) {
		return "API key looks like an Azure DevOps token", fmt.Sprintf("It has the form of a personal access token, which would be sent to Flow as the API key.\n\n"+
			"Set %s to Flow's API key. The token belongs into personal_access_token_wo of flow_ado_integration.", source)
	}
	return "", ""
}

// doubts warns of what the environment and the configuration say together.
func (m model) doubts(config providerdata.Config) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if m.APIKey.IsNull() {
		if summary, detail := doubtsOf(os.Getenv(envAPIKey), envAPIKey); summary != "" {
			diagnostics.AddWarning(summary, detail)
		}
	}
	for _, pair := range []struct {
		argument, variable string
		given              bool
	}{{"workspace", envBaseURL, !m.Workspace.IsNull()}, {"base_url", envWorkspace, !m.BaseURL.IsNull()}} {
		if pair.given && os.Getenv(pair.variable) != "" && config.FlowURL != nil {
			diagnostics.AddWarning(pair.variable+" is ignored", fmt.Sprintf("The provider block sets %s, which wins over the environment, so requests and the API key go to %s.\n\n"+
				"Remove %s from the provider block to use the variable, or unset the variable.", pair.argument, config.FlowURL.Host, pair.argument))
		}
	}
	return diagnostics
}
