package adointegration

import (
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/flowerror"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// writeError describes the failure of a write, on the attribute that Flow refuses where its message says which.
func writeError(summary string, err error, config model, placeInUI string) diag.Diagnostics {
	refused, isRefusal := errors.AsType[*flow.ConnectionRefusedError](err)
	switch {
	case isRefusal && refused.Denied:
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(tokenOf(config).argument, "Flow was denied access with this token",
			wording.Sentence(err.Error())+" Azure DevOps does not accept the token from Flow.\n\n"+
				"Check under User settings > Personal access tokens in Azure DevOps that it is the newest token, neither expired nor revoked, and issued for this organization.")}
	case isRefusal:
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("email"), "Flow could not connect with this e-mail and base URL",
			wording.Sentence(err.Error())+" This is Flow's answer to a wrong e-mail or base URL.\n\n"+
				"Spell the e-mail as in the Azure profile, upper and lower case included. Set the base URL to https://dev.azure.com/<organization>.")}
	}
	return diag.Diagnostics{flowerror.Diagnostic(summary, err, placeInUI)}
}
