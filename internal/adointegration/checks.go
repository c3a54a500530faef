package adointegration

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/placeholder"
	"github.com/flow-community/terraform-provider-flow/internal/preflight"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
)

// ValidateConfig implements resource.ResourceWithValidateConfig: the checks that need no network, also in terraform validate.
func (r *Resource) ValidateConfig(ctx context.Context, request resource.ValidateConfigRequest, response *resource.ValidateConfigResponse) {
	var config model
	response.Diagnostics.Append(request.Config.Get(ctx, &config)...)
	if response.Diagnostics.HasError() {
		return
	}
	response.Diagnostics.Append(diagnosticsOf(config.connection().offlineFindings(), tokenOf(config).argument)...)
	response.Diagnostics.Append(r.warnOfLiteralToken(config)...)
	response.Diagnostics.Append(r.refuseAPIKey(config)...)
	response.Diagnostics.Append(refuseExpiryWithoutToken(config)...)
	if !config.PersonalAccessToken.IsNull() && !config.PersonalAccessTokenWO.IsNull() {
		response.Diagnostics.AddAttributeError(path.Root("personal_access_token_wo"), "Two tokens are given",
			"Both personal_access_token_wo and personal_access_token are set, and Flow takes one.\n\nRemove personal_access_token, which is stored in the state.")
	}
	if !config.PersonalAccessToken.IsNull() && request.ClientCapabilities.WriteOnlyAttributesAllowed {
		// Not on the argument: Terraform would print its line, and with it a token that is written there.
		response.Diagnostics.AddWarning("The token is stored in the state",
			"This version of Terraform has write-only arguments.\n\nUse personal_access_token_wo instead of personal_access_token: its value is in no plan and no state.")
	}
	if config.byOAuth() && tokenOf(config).given() {
		response.Diagnostics.AddAttributeError(tokenOf(config).argument, "A connection by OAuth has no token",
			`auth_method is "oauth", so Flow signs in with the consent that a person gives in the browser.`+"\n\n"+`Remove the token, or set auth_method = "access_token".`)
	}
	if config.Email.IsNull() && !config.byOAuth() && !config.AuthMethod.IsUnknown() {
		response.Diagnostics.AddAttributeError(path.Root("email"), "Missing e-mail address",
			"Flow signs in with a token and the e-mail address of its owner.\n\n"+
				`Set email to the address in the owner's Azure profile. A connection by OAuth, with auth_method = "oauth", needs none.`)
	}
}

// warnOfLiteralToken warns of a token that is written in the configuration. Only terraform validate shows it: it knows the
// value of no variable, and configures no provider. The warning is not on the argument, whose line Terraform would print.
func (r *Resource) warnOfLiteralToken(config model) diag.Diagnostics {
	if r.data != nil || !tokenOf(config).known() || placeholder.LooksLike(tokenOf(config).value.ValueString()) != "" {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("The token is written in the configuration",
		fmt.Sprintf("Whoever reads the configuration reads the token, and Terraform prints the line of an argument with every error on it.\n\n"+
			"Revoke the token if it was committed, and pass a new one in a variable:\n\n"+
			"variable \"ado_pat\" {\n  type      = string\n  sensitive = true\n  ephemeral = true # needs Terraform 1.10, and personal_access_token_wo\n}\n\n"+
			"Then write %s = var.ado_pat.", tokenOf(config).argument))}
}

// refuseAPIKey refuses Flow's API key in the place of the token: both are secrets that one pastes.
func (r *Resource) refuseAPIKey(config model) diag.Diagnostics {
	token := tokenOf(config)
	if r.data == nil || !token.known() || !r.data.IsAPIKey(token.value.ValueString()) {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(token.argument, "The token is Flow's API key",
		"The same secret is configured as the provider's API key, and Azure DevOps would be sent it.\n\nSet "+token.argument.String()+" to the service account's personal access token of Azure DevOps.")}
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

// planChecks makes the checks against Azure DevOps, and asks Flow about the connection of an integration that does not
// change. What a change would break is an error; on an unchanged resource the same is a warning, so that an expired token
// is seen and does not stop other work.
func (r *Resource) planChecks(ctx context.Context, p planned) diag.Diagnostics {
	if p.plan.byOAuth() {
		return r.planOAuth(ctx, p)
	}
	mode := r.data.PreflightMode()
	changes := p.connectionChanges()
	if mode == providerdata.PreflightOff || mode == providerdata.PreflightChanges && !changes {
		return nil
	}
	if changes {
		findings, diagnostics := r.onlineFindings(ctx, p.config, p.plan, p.readsOtherProjects())
		if !p.creates() {
			findings = withWayToDestroy(findings)
		}
		return append(diagnostics, diagnosticsOf(findings, tokenOf(p.config).argument)...)
	}
	connection := make(chan diag.Diagnostics, 1)
	go func() { connection <- r.brokenConnection(ctx, p) }()
	findings, diagnostics := r.onlineFindings(ctx, p.config, p.plan, false)
	reminders := diagnosticsOf(asReminders(findings), tokenOf(p.config).argument)
	diagnostics.Append(reminders...)
	if failed := <-connection; len(reminders) == 0 {
		diagnostics.Append(failed...)
	}
	return diagnostics
}

// lastChecks makes before any write the checks for which the plan may have had no time. What was not known when the plan was
// made needs no others: Terraform validates and plans again when it applies. Warnings belong to the plan.
func (r *Resource) lastChecks(ctx context.Context, config, plan model) diag.Diagnostics {
	switch {
	case r.data.PreflightMode() == providerdata.PreflightOff:
		return nil
	case plan.byOAuth():
		return r.organizationExists(ctx, plan).Errors()
	}
	findings, diagnostics := r.onlineFindings(ctx, config, plan, false)
	return append(diagnostics, diagnosticsOf(findings, tokenOf(config).argument)...).Errors()
}

// onlineFindings checks the credential against Azure DevOps, as far as the values are known.
func (r *Resource) onlineFindings(ctx context.Context, config, plan model, countRepositories bool) ([]preflight.Finding, diag.Diagnostics) {
	report, diagnostics := r.onlineReport(ctx, config, plan, countRepositories)
	return report.Findings, diagnostics
}

func (r *Resource) onlineReport(ctx context.Context, config, plan model, countRepositories bool) (preflight.Report, diag.Diagnostics) {
	secret := tokenOf(config)
	organization := organizationOf(plan.BaseURL)
	if !secret.known() || !isKnown(organization) {
		return preflight.Report{}, nil
	}
	report, err := r.data.Preflight(ctx, organization.ValueString(), secret.value.ValueString(), preflight.Expectation{
		CountRepositories: countRepositories,
		Email:             plan.Email.ValueString(),
		Services:          preflight.Services(servicesOf(plan.Services)),
		Unknown:           preflight.Unknown{Email: plan.Email.IsUnknown(), Services: unknownServices(plan.Services)},
	})
	if err != nil {
		return report, diag.Diagnostics{interrupted()}
	}
	return report, nil
}

// profileEmail returns the address in the Azure profile of the token's owner, as the checks have found it; "" if they were
// not made.
func (r *Resource) profileEmail(ctx context.Context, p planned) string {
	if r.data.PreflightMode() == providerdata.PreflightOff {
		return ""
	}
	report, _ := r.onlineReport(ctx, p.config, p.plan, false)
	return report.ProfileEmail
}

func interrupted() diag.Diagnostic {
	return diag.NewErrorDiagnostic("Interrupted while checking the credential", "Azure DevOps was being asked; nothing was changed.\n\nRun Terraform again to continue.")
}

// fieldPaths are the attributes that findings are shown on; that of the token depends on the configuration.
var fieldPaths = map[preflight.Field]path.Path{
	preflight.FieldBaseURL: path.Root("base_url"),
	preflight.FieldEmail:   path.Root("email"),
	// Not services.webhooks: Terraform finds no line for what is inside an object, and would show the whole resource.
	preflight.FieldWebhooks: path.Root("services"),
}

// diagnosticsOf turns findings into diagnostics.
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

// asReminders returns what is worth saying of an unchanged connection: errors, as warnings, but not a lasting state that
// somebody has chosen.
func asReminders(findings []preflight.Finding) []preflight.Finding {
	var reminders []preflight.Finding
	for _, finding := range findings {
		if !finding.Advisory {
			finding.Severity = preflight.SeverityWarning
			reminders = append(reminders, finding)
		}
	}
	return reminders
}

// withWayToDestroy adds to errors on an existing integration how to destroy it anyway: Terraform plans the configuration
// before it destroys.
func withWayToDestroy(findings []preflight.Finding) []preflight.Finding {
	findings = slices.Clone(findings)
	for i := range findings {
		if findings[i].Severity == preflight.SeverityError {
			findings[i].Remedy += "\nTo destroy the integration anyway, run `terraform destroy -refresh=false`."
		}
	}
	return findings
}
