// Package adointegration is flow_ado_integration, Flow's connection to an Azure DevOps organization: the resource and its data sources.
package adointegration

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/adourl"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/flowerror"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// How long each operation may take unless the timeouts attribute says otherwise. Flow is known to be slow.
const (
	defaultCreateTimeout = 10 * time.Minute
	defaultReadTimeout   = 5 * time.Minute
	defaultUpdateTimeout = 10 * time.Minute
	defaultDeleteTimeout = 10 * time.Minute
)

// Where a person finds the same things in Flow (the set-up page).
const (
	placeList = "Settings > Integrations"
	placeAdd  = "Settings > Integrations > Add Integration > Azure DevOps"
	placeEdit = "Settings > Integrations > the integration's name"
)

var (
	_ resource.ResourceWithConfigure      = (*Resource)(nil)
	_ resource.ResourceWithValidateConfig = (*Resource)(nil)
	_ resource.ResourceWithModifyPlan     = (*Resource)(nil)
	_ resource.ResourceWithImportState    = (*Resource)(nil)
)

// Resource is flow_ado_integration.
type Resource struct {
	data *providerdata.Data
}

// NewResource makes the resource for the provider's registration.
func NewResource() resource.Resource { return &Resource{} }

// Metadata implements resource.Resource.
func (r *Resource) Metadata(_ context.Context, request resource.MetadataRequest, response *resource.MetadataResponse) {
	response.TypeName = request.ProviderTypeName + "_ado_integration"
}

// Schema implements resource.Resource.
func (r *Resource) Schema(ctx context.Context, _ resource.SchemaRequest, response *resource.SchemaResponse) {
	response.Schema = resourceSchema(ctx)
}

// Configure implements resource.ResourceWithConfigure.
func (r *Resource) Configure(_ context.Context, request resource.ConfigureRequest, response *resource.ConfigureResponse) {
	data, diagnostics := providerdata.From(request.ProviderData)
	response.Diagnostics.Append(diagnostics...)
	r.data = data
}

// Create implements resource.Resource.
func (r *Resource) Create(ctx context.Context, request resource.CreateRequest, response *resource.CreateResponse) {
	var p planned
	response.Diagnostics.Append(request.Config.Get(ctx, &p.config)...)
	response.Diagnostics.Append(request.Plan.Get(ctx, &p.plan)...)
	if response.Diagnostics.HasError() {
		return
	}
	limit, diagnostics := p.plan.Timeouts.Create(ctx, defaultCreateTimeout)
	response.Diagnostics.Append(diagnostics...)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()

	client, diagnostics := r.data.Flow()
	response.Diagnostics.Append(diagnostics...)
	response.Diagnostics.Append(requireCredential(p.config, p.plan)...)
	response.Diagnostics.Append(r.lastChecks(ctx, p.config, p.plan)...)
	if response.Diagnostics.HasError() {
		return
	}
	done, err := r.data.AwaitCreation(ctx)
	if err != nil {
		response.Diagnostics.AddError("Could not create the integration", "Terraform was interrupted while another integration was being created.\n\nApply again to continue.")
		return
	}
	defer done()
	response.Diagnostics.Append(r.conflicts(ctx, p, func(string) bool { return false }).Errors()...)
	if response.Diagnostics.HasError() {
		return
	}
	secret := tokenOf(p.config).value.ValueString()
	created, err := client.CreateIntegration(ctx, flow.NewIntegration{
		Name:     p.plan.Name.ValueString(),
		BaseURL:  adourl.Organization(organizationOf(p.plan.BaseURL).ValueString()).BaseURL(),
		Email:    p.plan.Email.ValueString(),
		Token:    secret,
		Services: servicesOf(p.plan.Services),
	})
	if err != nil {
		response.Diagnostics.Append(writeError("Could not create the integration", err, p.config, placeAdd)...)
		return
	}
	p.plan.CredentialRevision = types.Int64Value(1)
	p.plan.settle(created)
	response.Diagnostics.Append(response.State.Set(ctx, p.plan)...)
	response.Diagnostics.Append(r.data.Workspace().Set(ctx, response.Identity, formatID(created.ID))...)
	response.Diagnostics.Append(rememberToken(ctx, response.Private, secret)...)
}

// Read implements resource.Resource.
func (r *Resource) Read(ctx context.Context, request resource.ReadRequest, response *resource.ReadResponse) {
	var state model
	response.Diagnostics.Append(request.State.Get(ctx, &state)...)
	limit, diagnostics := state.Timeouts.Read(ctx, defaultReadTimeout)
	response.Diagnostics.Append(diagnostics...)
	client, diagnostics := r.data.Flow()
	response.Diagnostics.Append(diagnostics...)
	id, diagnostics := state.id()
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	// Before Flow is asked: Terraform wants the identity of an integration that is gone as well.
	response.Diagnostics.Append(r.data.Workspace().Set(ctx, response.Identity, formatID(id))...)
	if response.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()

	read, err := client.Integration(ctx, id)
	switch {
	case flow.IsNotFound(err):
		response.State.RemoveResource(ctx)
	case err != nil:
		response.Diagnostics.Append(flowerror.Diagnostic("Could not read the integration", err, placeList))
	default:
		state.fromFlow(read)
		response.Diagnostics.Append(response.State.Set(ctx, state)...)
	}
}

// Update implements resource.Resource. All that changes goes to Flow in one request, and nothing else does.
func (r *Resource) Update(ctx context.Context, request resource.UpdateRequest, response *resource.UpdateResponse) {
	p := planned{state: new(model)}
	response.Diagnostics.Append(request.Config.Get(ctx, &p.config)...)
	response.Diagnostics.Append(request.Plan.Get(ctx, &p.plan)...)
	response.Diagnostics.Append(request.State.Get(ctx, p.state)...)
	if response.Diagnostics.HasError() {
		return
	}
	limit, diagnostics := p.plan.Timeouts.Update(ctx, defaultUpdateTimeout)
	response.Diagnostics.Append(diagnostics...)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()

	p.rotation, diagnostics = rotationOf(ctx, p.config, *p.state, request.Private)
	response.Diagnostics.Append(diagnostics...)
	response.Diagnostics.Append(r.data.Workspace().Set(ctx, response.Identity, p.state.ID.ValueString())...)
	if p.connectionChanges() && !response.Diagnostics.HasError() {
		response.Diagnostics.Append(r.lastChecks(ctx, p.config, p.plan)...)
	}
	if response.Diagnostics.HasError() {
		return
	}
	updated, diagnostics := r.send(ctx, p)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	p.plan.CredentialRevision = p.credentialRevision()
	p.plan.settle(updated)
	response.Diagnostics.Append(response.State.Set(ctx, p.plan)...)
	response.Diagnostics.Append(p.rememberToken(ctx, request.Private, response.Private)...)
}

// send tells Flow what an update changes, and gives the integration afterwards. An update that concerns only Terraform,
// such as deletion_protection, asks Flow for nothing but what it is.
func (r *Resource) send(ctx context.Context, p planned) (flow.Integration, diag.Diagnostics) {
	client, diagnostics := r.data.Flow()
	if diagnostics.HasError() {
		return flow.Integration{}, diagnostics
	}
	id, diagnostics := p.state.id()
	if diagnostics.HasError() {
		return flow.Integration{}, diagnostics
	}
	change := p.state.changeTo(p.plan)
	if p.rotation == sendToken {
		change.Token = tokenOf(p.config).value.ValueStringPointer()
	}
	if change.IsEmpty() {
		read, err := client.Integration(ctx, id)
		if err != nil {
			return read, diag.Diagnostics{flowerror.Diagnostic("Could not read the integration", err, placeList)}
		}
		return read, nil
	}
	updated, err := client.UpdateIntegration(ctx, id, change)
	if err != nil {
		return updated, writeError(fmt.Sprintf("Could not change integration %d (%q)", id, p.state.Name.ValueString()), err, p.config, placeEdit)
	}
	return updated, nil
}

// Delete implements resource.Resource. Plans are guarded already, but Terraform asks for no plan of the deletions that
// -replace and taint bring.
func (r *Resource) Delete(ctx context.Context, request resource.DeleteRequest, response *resource.DeleteResponse) {
	var state model
	response.Diagnostics.Append(request.State.Get(ctx, &state)...)
	limit, diagnostics := state.Timeouts.Delete(ctx, defaultDeleteTimeout)
	response.Diagnostics.Append(diagnostics...)
	response.Diagnostics.Append(refuseDeletion(state, deleting)...)
	response.Diagnostics.Append(r.data.Workspace().Check(ctx, request.Identity)...)
	client, diagnostics := r.data.Flow()
	response.Diagnostics.Append(diagnostics...)
	id, diagnostics := state.id()
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := client.DeleteIntegration(ctx, id); err != nil {
		response.Diagnostics.Append(flowerror.Diagnostic(fmt.Sprintf("Could not delete integration %d (%q)", id, state.Name.ValueString()), err, placeEdit))
	}
}

// lastChecks makes at apply the checks that stand before any write: a value may have been unknown when the plan was made,
// and a token may have expired since. Warnings belong to the plan.
func (r *Resource) lastChecks(ctx context.Context, config, plan model) diag.Diagnostics {
	diagnostics := diagnosticsOf(config.connection().offlineFindings(), tokenOf(config).argument)
	if !diagnostics.HasError() && r.data.PreflightMode() != providerdata.PreflightOff {
		findings, interrupted := r.onlineFindings(ctx, config, plan)
		diagnostics.Append(interrupted...)
		diagnostics.Append(diagnosticsOf(findings, tokenOf(config).argument)...)
	}
	return diagnostics.Errors()
}

// settle completes a plan that Flow has carried out by what only Flow knows. What was configured stays as it was planned:
// if Flow made something else of it, the next refresh shows the difference.
func (m *model) settle(written flow.Integration) {
	m.ID = types.StringValue(formatID(written.ID))
	m.VendorType = types.StringValue(written.VendorType)
	m.CreatedAt = textOrNull(written.CreatedAt)
	m.CreatedBy = textOrNull(written.CreatedBy)
	m.AuthorizationURL = textOrNull(written.AuthorizationURL)
	m.Organization = organizationOf(m.BaseURL)
}

func (m model) id() (int64, diag.Diagnostics) {
	id, err := strconv.ParseInt(m.ID.ValueString(), 10, 64)
	if err != nil {
		return 0, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("id"), "Unusable id in the state",
			fmt.Sprintf("%q is not the id of an integration, which is a whole number. Remove the resource from the state and import it by its id or name.", m.ID.ValueString()))}
	}
	return id, nil
}

// writeError turns the failure of a write into a diagnostic, on the attribute that Flow refuses where its sentence tells.
func writeError(summary string, err error, config model, placeInUI string) diag.Diagnostics {
	var (
		diagnostics diag.Diagnostics
		refused     *flow.ConnectionRefusedError
	)
	switch {
	case errors.As(err, &refused) && refused.Denied:
		diagnostics.AddAttributeError(tokenOf(config).argument, "Flow was denied access with this token",
			wording.Sentence(err.Error())+"\n\nAzure DevOps does not accept the token from Flow. Check that it is the newest one, neither expired nor revoked, "+
				"and issued for this organization; see User settings > Personal access tokens in Azure DevOps.")
	case errors.As(err, &refused):
		diagnostics.AddAttributeError(path.Root("email"), "Flow could not connect with this e-mail and base URL",
			wording.Sentence(err.Error())+"\n\nFlow answers so when the e-mail or the base URL is wrong. The e-mail has to be spelled as in the Azure profile, "+
				"upper and lower case included; the base URL has to be https://dev.azure.com/<organization>.")
	default:
		diagnostics.Append(flowerror.Diagnostic(summary, err, placeInUI))
	}
	return diagnostics
}
