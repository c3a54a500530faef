package adointegration

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/deadline"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/flowerror"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/identity"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
	"github.com/flow-community/terraform-provider-flow/internal/wait"
)

var _ action.ActionWithConfigure = (*AuthorizeAction)(nil)

// AuthorizeAction is the action flow_authorize_ado_integration: it waits until a person has consented to a connection by OAuth.
type AuthorizeAction struct {
	data *providerdata.Data
}

// NewAuthorizeAction makes the action for the provider's registration.
func NewAuthorizeAction() action.Action { return &AuthorizeAction{} }

type authorizeModel struct {
	IntegrationID    types.String   `tfsdk:"integration_id"`
	AuthorizationURL types.String   `tfsdk:"authorization_url"`
	Timeouts         timeouts.Value `tfsdk:"timeouts"`
}

// Metadata implements action.Action.
func (a *AuthorizeAction) Metadata(_ context.Context, request action.MetadataRequest, response *action.MetadataResponse) {
	response.TypeName = request.ProviderTypeName + "_authorize_ado_integration"
}

// Schema implements action.Action.
func (a *AuthorizeAction) Schema(ctx context.Context, _ action.SchemaRequest, response *action.SchemaResponse) {
	response.Schema = schema.Schema{
		MarkdownDescription: "Shows where a person consents to a connection by OAuth, and waits until they have. Needs Terraform 1.14 or later, and a person who looks at its output.\n\n" +
			"It ends when Flow has the consent, reports that it was refused or is for another organization, or the time is over. A connection that works already is left alone.",
		Attributes: map[string]schema.Attribute{
			"integration_id": schema.StringAttribute{
				MarkdownDescription: "Id of the integration.",
				Required:            true,
				Validators:          []validator.String{identity.ValidID()},
			},
			"authorization_url": schema.StringAttribute{
				MarkdownDescription: "Where to consent, if Flow names the address only when it creates the integration: `flow_ado_integration.<name>.authorization_url` keeps it.",
				Optional:            true,
			},
			"timeouts": deadline.ActionAttribute(ctx, "How long to wait for the consent. The default is 30 minutes.", "Such as `1h`."),
		},
	}
}

// Configure implements action.ActionWithConfigure.
func (a *AuthorizeAction) Configure(_ context.Context, request action.ConfigureRequest, response *action.ConfigureResponse) {
	data, diagnostics := providerdata.From(request.ProviderData)
	response.Diagnostics.Append(diagnostics...)
	a.data = data
}

// Invoke implements action.Action.
func (a *AuthorizeAction) Invoke(ctx context.Context, request action.InvokeRequest, response *action.InvokeResponse) {
	var config authorizeModel
	response.Diagnostics.Append(request.Config.Get(ctx, &config)...)
	ctx, cancel, diagnostics := deadline.Within(ctx, config.Timeouts.Invoke, deadline.Bulk)
	defer cancel()
	response.Diagnostics.Append(diagnostics...)
	client, diagnostics := a.data.Flow()
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	integration, diagnostics := config.integration(ctx, client)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	say := func(message string) { response.SendProgress(action.InvokeProgressEvent{Message: message}) }
	response.Diagnostics.Append(a.awaitConsent(ctx, client, integration, say)...)
}

// integration returns the connection by OAuth that the action is about.
func (config authorizeModel) integration(ctx context.Context, client *flow.Client) (flow.Integration, diag.Diagnostics) {
	id, diagnostics := identity.IntegrationID(config.IntegrationID)
	if diagnostics.HasError() {
		return flow.Integration{}, diagnostics
	}
	found, err := client.Integration(ctx, id)
	switch {
	case err != nil:
		return found, diag.Diagnostics{flowerror.Diagnostic("Could not read the integration", err, placeList)}
	case found.AuthMethod != authOAuth:
		return found, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("integration_id"), "Not a connection by OAuth",
			fmt.Sprintf("Integration %d (%q) signs in %s, which needs no consent.\n\nRemove the action, or give it an integration with auth_method = \"oauth\".",
				id, found.Name, methodOf(found)))}
	}
	if found.AuthorizationURL == "" {
		found.AuthorizationURL = config.AuthorizationURL.ValueString()
	}
	return found, nil
}

// betweenLooks is the pause between two looks at the connection: a person clicks for about a minute.
const betweenLooks = 2 * time.Second

// awaitConsent waits until Flow has a person's consent, and says where to give it.
func (a *AuthorizeAction) awaitConsent(ctx context.Context, client *flow.Client, i flow.Integration, say func(string)) diag.Diagnostics {
	defer wait.Announce(ctx, a.data.Logger(), "a person's consent")()
	var first *flow.ConnectionStatus
	for {
		status, err := client.ConnectionStatus(ctx, i.ID)
		failed, isRequest := errors.AsType[*httpclient.Error](err)
		switch {
		case ctx.Err() != nil:
			return diag.Diagnostics{a.noConsent(ctx, i)}
		case err != nil && !(isRequest && failed.Temporary()):
			return diag.Diagnostics{flowerror.Diagnostic("Could not read the connection status", err, placeEdit)}
		case err != nil: // It may be gone at the next look.
		case status.AwaitsConsent() && first == nil:
			first = &status
			say(invitation(i))
		case status.AwaitsConsent() && status.Detail != first.Detail:
			return diag.Diagnostics{refusedConsent(i, status)}
		case status.AwaitsConsent():
		case status.Failed():
			return diag.Diagnostics{refusedConsent(i, status)}
		case first == nil:
			say(fmt.Sprintf("Integration %d (%q) is authorized already.", i.ID, i.Name))
			return nil
		default:
			say(fmt.Sprintf("Integration %d (%q) is authorized.", i.ID, i.Name))
			return nil
		}
		_ = wait.For(ctx, a.data.Logger(), betweenLooks, "a person's consent") // The next look says why it ended.
	}
}

// invitation says where to consent. It is one line, which Terraform prints behind the action's address.
func invitation(i flow.Integration) string {
	if i.AuthorizationURL == "" {
		return fmt.Sprintf("Waiting for a person to authorize integration %d in Flow under Settings > Integrations > %s.", i.ID, i.Name)
	}
	return fmt.Sprintf("Open %s in a browser, sign in to Azure DevOps, and consent. Waiting for that.", i.AuthorizationURL)
}

// refusedConsent describes a connection that Flow reports as refused or failed after a person was asked.
func refusedConsent(i flow.Integration, status flow.ConnectionStatus) diag.Diagnostic {
	return diag.NewErrorDiagnostic("The connection was not authorized",
		fmt.Sprintf("Flow's connection status of integration %d (%q) is %s.\n\n%s", i.ID, i.Name, describeStatus(status), invokeAgain))
}

func (a *AuthorizeAction) noConsent(ctx context.Context, i flow.Integration) diag.Diagnostic {
	says := fmt.Sprintf("Terraform was interrupted before a person consented to the connection of integration %d (%q).", i.ID, i.Name)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		says = fmt.Sprintf("Nobody consented to the connection of integration %d (%q) in time. Raise timeouts.invoke if people need longer.", i.ID, i.Name)
	}
	return diag.NewErrorDiagnostic("The connection was not authorized", says+" The integration is kept.\n\n"+invokeAgain)
}

// invokeAgain is how to continue.
const invokeAgain = "To ask again, run `terraform apply -invoke=action.flow_authorize_ado_integration.<name>`, or open the integration's " +
	"authorization_url in a browser and apply."
