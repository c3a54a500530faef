package adointegration

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/flow-community/terraform-provider-flow/internal/consent"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// brokenConnection warns of an existing integration whose connection Flow reports as failed, or as waiting for a person's
// consent. A failure to ask is no finding.
func (r *Resource) brokenConnection(ctx context.Context, p planned) diag.Diagnostics {
	client, diagnostics := r.data.Flow()
	id, more := p.state.id()
	if diagnostics.HasError() || more.HasError() {
		return nil
	}
	status, err := client.ConnectionStatus(ctx, id)
	if err == nil && status.AwaitsConsent() {
		return diag.Diagnostics{awaitsConsent(flow.Integration{
			ID: id, Name: p.state.Name.ValueString(), AuthorizationURL: p.state.AuthorizationURL.ValueString(),
		}, status.Detail)}
	}
	if err != nil || !status.Failed() {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic("Flow reports that the connection fails",
		fmt.Sprintf("Flow's connection status of integration %d (%q) is %s.\n\n%s", id, p.state.Name.ValueString(), describeStatus(status), p.wayToReconnect()))}
}

func describeStatus(status flow.ConnectionStatus) string {
	if status.Detail == "" {
		return fmt.Sprintf("%q", status.Status)
	}
	return fmt.Sprintf("%q: %s", status.Status, strings.TrimSuffix(wording.Sentence(status.Detail), "."))
}

// wayToReconnect says how to give Flow another credential, which depends on the configuration.
func (p planned) wayToReconnect() string {
	version := p.config.PersonalAccessTokenWOVersion
	switch {
	case p.plan.byOAuth():
		return "Consent again. " + consent.Ask(p.state.Name.ValueString(), p.state.AuthorizationURL.ValueString())
	case !version.IsNull() && !version.IsUnknown():
		return fmt.Sprintf("Check the token in Azure DevOps. To send a new one, give it as personal_access_token_wo, and set personal_access_token_wo_version = %d.", version.ValueInt64()+1)
	case !tokenOf(p.config).given():
		return "Check the token in Azure DevOps. To send a new one, give it as personal_access_token_wo, and set personal_access_token_wo_version = 1."
	}
	return "Check the token in Azure DevOps. To send a new one, give it in place of the old one."
}
