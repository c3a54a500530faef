package adointegration

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/flowerror"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// creationError describes the failure of a creation. Terraform does not find what a person creates in its place.
func (r *Resource) creationError(ctx context.Context, p planned, err error) diag.Diagnostics {
	const summary = "Could not create the integration"
	if _, refused := errors.AsType[*flow.WriteRefusedError](err); refused {
		return diag.Diagnostics{diag.NewErrorDiagnostic(summary, wording.Sentence(err.Error())+"\n\n"+flowerror.Advice(err, placeAdd)+
			" Import what was created by hand:\n\n"+importBlock(nameImport+p.plan.knownName()))}
	}
	return r.writeError(ctx, p, summary, err, placeAdd)
}

// writeError describes the failure of a write, on the attribute that Flow refuses where its message says which.
func (r *Resource) writeError(ctx context.Context, p planned, summary string, err error, placeInUI string) diag.Diagnostics {
	says := wording.Sentence(err.Error())
	if refused, ok := errors.AsType[*flow.ConnectionRefusedError](err); ok {
		return diag.Diagnostics{p.connectionRefused(refused, r.profileEmail(ctx, p))}
	}
	if _, ok := errors.AsType[*flow.OAuthRefusedError](err); ok {
		return diag.Diagnostics{p.consentComesFirst(says)}
	}
	if _, ok := errors.AsType[*flow.ConnectionDemandedError](err); ok && p.plan.byOAuth() {
		return diag.Diagnostics{diag.NewErrorDiagnostic(summary+" without its connection",
			says+" This workspace wants a token with this change, and a connection by OAuth has none.\n\n"+
				fmt.Sprintf("Make the change in Flow under %s: the next plan sees it.", placeInUI))}
	} else if ok {
		return diag.Diagnostics{diag.NewErrorDiagnostic(summary+" without its connection",
			says+" This workspace wants e-mail, URL and token with this change. The vendor warns that changing the connection may remove the integration's data, "+
				"so the provider does not send it by itself.\n\n"+
				fmt.Sprintf("To send it with this change, set personal_access_token_wo_version = %d and give the token. To avoid that, make the change in Flow under %s: the next plan sees it.",
					p.plan.PersonalAccessTokenWOVersion.ValueInt64()+1, placeInUI))}
	}
	if lost, ok := errors.AsType[*flow.LostAnswerError](err); ok {
		return diag.Diagnostics{diag.NewErrorDiagnostic(summary, says+"\n\n"+
			"Run `terraform plan` again. If it says that the integration exists, import it:\n\n"+importBlock(nameImport+lost.Name)+"\n\n"+
			"If it plans to create it, apply again.")}
	}
	if refused, ok := errors.AsType[*flow.VendorRefusedError](err); ok {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Flow does not know Azure DevOps by this name",
			says+fmt.Sprintf(" The provider tried the vendor %s.\n\n", wording.Alternatives(wording.Quoted(refused.Tried)))+
				"Set the provider's azure_devops_vendor (or FLOW_AZURE_DEVOPS_VENDOR) to the name that the workspace's API uses. Create an Azure DevOps integration in Flow under "+
				placeAdd+" to see it: its vendor_type in the API is that name.")}
	}
	if argument, ok := p.argumentOf(flow.RefusedFields(err)); ok {
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(argument, summary, says+"\n\n"+flowerror.Advice(err, placeInUI))}
	}
	return diag.Diagnostics{flowerror.Diagnostic(summary, err, placeInUI)}
}

// connectionRefused describes Flow's refusal to connect. profileEmail is the address of the Azure profile, "" if it is not known.
func (p planned) connectionRefused(refused *flow.ConnectionRefusedError, profileEmail string) diag.Diagnostic {
	says := wording.Sentence(refused.Error())
	if refused.Denied {
		return diag.NewAttributeErrorDiagnostic(tokenOf(p.config).argument, "Flow was denied access with this token",
			says+" Azure DevOps does not accept the token from Flow.\n\n"+
				"Check under User settings > Personal access tokens in Azure DevOps that it is the newest token, neither expired nor revoked, and issued for this organization.")
	}
	remedy := "Spell the e-mail as in the Azure profile, upper and lower case included. Set the base URL to https://dev.azure.com/<organization>."
	if profileEmail != "" && profileEmail != p.plan.Email.ValueString() {
		remedy = fmt.Sprintf("Set the e-mail to %q, the address in the Azure profile of the token's owner.", profileEmail)
	}
	return diag.NewAttributeErrorDiagnostic(path.Root("email"), "Flow could not connect with this e-mail and base URL",
		says+" This is Flow's answer to a wrong e-mail or base URL.\n\n"+remedy)
}

// argumentOf returns the argument that fields of Flow's API are about.
func (p planned) argumentOf(fields []string) (path.Path, bool) {
	arguments := map[string]path.Path{
		"name": path.Root("name"), "url": path.Root("base_url"), "username": path.Root("email"), "token": tokenOf(p.config).argument,
		"authdata": tokenOf(p.config).argument, "auth_type": path.Root("auth_method"),
		"enabled_services": path.Root("services"), "webhooks_enabled": path.Root("services"),
	}
	for _, field := range fields {
		if argument, known := arguments[strings.ToLower(field)]; known {
			return argument, true
		}
	}
	return path.Path{}, false
}
