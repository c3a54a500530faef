package adointegration

import (
	"context"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/preflight"
)

// ValidateConfig implements resource.ResourceWithValidateConfig: the checks that need no network, also in terraform validate.
func (r *Resource) ValidateConfig(ctx context.Context, request resource.ValidateConfigRequest, response *resource.ValidateConfigResponse) {
	var config model
	response.Diagnostics.Append(request.Config.Get(ctx, &config)...)
	if response.Diagnostics.HasError() {
		return
	}
	response.Diagnostics.Append(diagnosticsOf(config.connection().offlineFindings(), tokenOf(config).argument)...)
	if !config.PersonalAccessToken.IsNull() && request.ClientCapabilities.WriteOnlyAttributesAllowed {
		// Not on the argument: Terraform would print its line, and with it a token that is written there.
		response.Diagnostics.AddWarning("The token is stored in the state",
			"This version of Terraform has write-only arguments: give the token as personal_access_token_wo, and it is in no plan and no state.")
	}
	if config.AuthMethod.ValueString() == authOAuth && tokenOf(config).given() {
		response.Diagnostics.AddAttributeError(tokenOf(config).argument, "A connection by OAuth has no token",
			`auth_method is "oauth", so Flow signs in with the consent that a person gave in the browser. Remove the token, or set auth_method = "access_token".`)
	}
}

// connection is what Flow connects with, wherever it is configured. What is null is not given, and not checked.
type connection struct {
	baseURL, email, token types.String
	services              types.Object
}

func (m model) connection() connection {
	return connection{baseURL: m.BaseURL, email: m.Email, token: tokenOf(m).value, services: m.Services}
}

// offlineFindings checks the form of each value that is known.
func (c connection) offlineFindings() []preflight.Finding {
	var findings []preflight.Finding
	if isKnown(c.baseURL) {
		_, wrong := preflight.ParseBaseURL(c.baseURL.ValueString())
		findings = append(findings, wrong...)
	}
	if isKnown(c.email) {
		findings = append(findings, preflight.CheckEmail(c.email.ValueString())...)
	}
	if isKnown(c.token) {
		findings = append(findings, preflight.CheckToken(c.token.ValueString())...)
	}
	return append(findings, preflight.CheckServices(chosenServices(c.services), unknownServices(c.services))...)
}

func isKnown(text types.String) bool { return !text.IsNull() && !text.IsUnknown() }

// fieldPaths says which attribute a finding is shown on; the token's depends on the configuration.
var fieldPaths = map[preflight.Field]path.Path{
	preflight.FieldBaseURL: path.Root("base_url"),
	preflight.FieldEmail:   path.Root("email"),
	// Not services.webhooks: Terraform finds no line for what is inside an object, and would show the whole resource.
	preflight.FieldWebhooks: path.Root("services"),
}

// diagnosticsOf is the one place where findings become diagnostics.
func diagnosticsOf(findings []preflight.Finding, tokenArgument path.Path) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	for _, finding := range findings {
		at, ok := fieldPaths[finding.Field]
		if !ok {
			at = tokenArgument
		}
		text := finding.Detail + "\n\n" + finding.Remedy
		if finding.Severity == preflight.SeverityWarning {
			diagnostics.AddAttributeWarning(at, finding.Summary, text)
		} else {
			diagnostics.AddAttributeError(at, finding.Summary, text)
		}
	}
	return diagnostics
}

// trimmedText refuses text that is empty or has space around it, which nobody sees and everything compares.
type trimmedText struct{}

func (trimmedText) Description(context.Context) string {
	return "value must not be empty, nor begin or end with white space"
}

func (v trimmedText) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v trimmedText) ValidateString(ctx context.Context, request validator.StringRequest, response *validator.StringResponse) {
	value := request.ConfigValue.ValueString()
	if request.ConfigValue.IsNull() || request.ConfigValue.IsUnknown() || value != "" && strings.TrimSpace(value) == value {
		return
	}
	response.Diagnostics.AddAttributeError(request.Path, "Invalid "+request.Path.String(),
		strconv.Quote(value)+": the "+v.Description(ctx)+`. For example "Contoso Azure DevOps".`)
}
