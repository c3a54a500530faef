package adointegration

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/flow-community/terraform-provider-flow/internal/consent"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/identity"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// byOAuth reports whether the integration signs in with a person's consent, not with a token.
func (m model) byOAuth() bool { return m.AuthMethod.ValueString() == authOAuth }

// planOAuth checks what can be checked of a connection by OAuth before a person consents: that the organization exists, and
// that Flow creates such a connection. Of an existing one it says, in every plan, that the consent is missing.
func (r *Resource) planOAuth(ctx context.Context, p planned) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	if p.creates() || p.replaces() {
		diagnostics.Append(r.organizationExists(ctx, p.plan)...)
		diagnostics.Append(r.refuseUnofferedOAuth(ctx, p)...)
	}
	if !p.creates() {
		diagnostics.Append(r.brokenConnection(ctx, p)...)
	}
	return diagnostics
}

// organizationExists looks the organization up without a credential, as "Test URL" does on the set-up page.
func (r *Resource) organizationExists(ctx context.Context, plan model) diag.Diagnostics {
	organization := organizationOf(plan.BaseURL)
	if !isKnown(organization) || r.data.PreflightMode() == providerdata.PreflightOff {
		return nil
	}
	findings, err := r.data.CheckOrganization(ctx, organization.ValueString())
	if err != nil {
		return diag.Diagnostics{interrupted()}
	}
	return diagnosticsOf(findings, path.Root("base_url"))
}

// refuseUnofferedOAuth refuses to plan what Flow says that it does not create.
func (r *Resource) refuseUnofferedOAuth(ctx context.Context, p planned) diag.Diagnostics {
	if r.data.FlowUnknown() {
		return nil
	}
	client, diagnostics := r.data.Flow()
	if diagnostics.HasError() || !client.LacksOAuth(ctx) {
		return nil
	}
	return diag.Diagnostics{p.consentComesFirst(`Flow does not list "oauth" among the values that it takes for auth_type.`)}
}

// consentComesFirst is for a workspace that creates no connection by OAuth for a client, as on the set-up page, where a
// person consents before the integration is created.
func (p planned) consentComesFirst(says string) diag.Diagnostic {
	return diag.NewAttributeErrorDiagnostic(path.Root("auth_method"), "Flow creates connections by OAuth only in its own pages",
		says+" In this workspace a person consents before the integration is created.\n\nCreate it in Flow under "+placeAdd+
			", choosing OAuth, with the name that is configured here. Then import it, and everything else is managed here:\n\n"+
			importBlock(nameImport+p.plan.knownName()))
}

// askForConsent says what a new connection by OAuth waits for. Without an address to consent at it is an error, whose remedy
// is to take over the integration once a person has authorized it in Flow.
func (r *Resource) askForConsent(ctx context.Context, created flow.Integration) diag.Diagnostics {
	if created.AuthorizationURL != "" {
		return diag.Diagnostics{awaitsConsent(created, "")}
	}
	client, diagnostics := r.data.Flow()
	if diagnostics.HasError() || !consent.Missing(ctx, client, created) {
		return diagnostics
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("auth_method"), "Flow names no address to consent at",
		fmt.Sprintf("Flow created integration %d (%q), which waits for a person's consent, and its answer does not say where to give that.\n\n"+
			"Authorize it in Flow under Settings > Integrations > %s. Then import it, and everything else is managed here:\n\n%s",
			created.ID, created.Name, created.Name, importBlock(identity.FormatID(created.ID))))}
}

// awaitsConsent warns of a connection whose consent is missing. detail is what Flow says of it.
func awaitsConsent(i flow.Integration, detail string) diag.Diagnostic {
	says := fmt.Sprintf("Flow reads nothing from integration %d (%q) until a person has consented to its connection.", i.ID, i.Name)
	if detail != "" {
		says += " Flow says: " + wording.Sentence(detail)
	}
	return diag.NewAttributeWarningDiagnostic(path.Root("auth_method"), "The connection waits for a person's consent",
		says+"\n\n"+consent.Ask(i.Name, i.AuthorizationURL))
}

// requestedKey is the key of private state with the base URL that a connection by OAuth was created for.
const requestedKey = "requested_base_url"

// rememberRequested stores the base URL that a connection by OAuth is created for: the person who consents chooses an
// organization too.
func rememberRequested(ctx context.Context, private privateWriter, plan model) diag.Diagnostics {
	encoded, err := json.Marshal(plan.BaseURL.ValueString())
	if err != nil || !plan.byOAuth() {
		return nil // Texts can always be encoded.
	}
	return private.SetKey(ctx, requestedKey, encoded)
}

// refuseOtherConsent refuses to plan a connection whose consent is for another organization than it was created for. It is
// not a change of base_url, which would replace the integration.
func (p planned) refuseOtherConsent(ctx context.Context, private privateReader) diag.Diagnostics {
	encoded, diagnostics := private.GetKey(ctx, requestedKey)
	var requested string
	if len(encoded) == 0 || json.Unmarshal(encoded, &requested) != nil || !p.state.byOAuth() ||
		!isOtherOrganization(p.state.BaseURL, p.plan.BaseURL) || !sameOrganization(requested, p.plan.BaseURL.ValueString()) {
		return diagnostics
	}
	diagnostics.AddAttributeError(path.Root("base_url"), "The consent is for another organization",
		fmt.Sprintf("Integration %s (%q) was created for %s, and the person who consented chose %s.\n\nIf %[3]s is right, consent again and choose it. %[5]s\n\n"+
			"If %[4]s is right, set base_url = %[4]q and deletion_protection = false, apply, and create the integration anew with "+
			"`terraform apply -replace=ADDRESS`, which deletes what Flow has read with this one. "+
			"To destroy it without a new one, run `terraform destroy -refresh=false`.",
			p.state.ID.ValueString(), p.state.Name.ValueString(), requested, p.state.BaseURL.ValueString(),
			consent.Ask(p.state.Name.ValueString(), p.state.AuthorizationURL.ValueString())))
	return diagnostics
}
