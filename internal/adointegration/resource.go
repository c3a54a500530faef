// Package adointegration implements flow_ado_integration, Flow's connection to an Azure DevOps organization: the resource, its
// data sources, its list resource, and the check of a credential.
package adointegration

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/flow-community/terraform-provider-flow/internal/deadline"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/flowerror"
	"github.com/flow-community/terraform-provider-flow/internal/identity"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
)

// Where a person does the same in Flow (the set-up page).
const (
	placeList = "Settings > Integrations"
	placeAdd  = "Settings > Integrations > Add Integration > Azure DevOps"
	placeEdit = "Settings > Integrations > the integration's name"
)

var (
	_ resource.ResourceWithConfigure      = (*Resource)(nil)
	_ resource.ResourceWithIdentity       = (*Resource)(nil)
	_ resource.ResourceWithImportState    = (*Resource)(nil)
	_ resource.ResourceWithModifyPlan     = (*Resource)(nil)
	_ resource.ResourceWithValidateConfig = (*Resource)(nil)
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

// IdentitySchema implements resource.ResourceWithIdentity.
func (r *Resource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, response *resource.IdentitySchemaResponse) {
	response.IdentitySchema = identity.Schema(describeID)
}

// Configure implements resource.ResourceWithConfigure.
func (r *Resource) Configure(_ context.Context, request resource.ConfigureRequest, response *resource.ConfigureResponse) {
	data, diagnostics := providerdata.From(request.ProviderData)
	response.Diagnostics.Append(diagnostics...)
	r.data = data
}

// Create implements resource.Resource. Its time does not run while another integration is being created.
func (r *Resource) Create(ctx context.Context, request resource.CreateRequest, response *resource.CreateResponse) {
	var p planned
	response.Diagnostics.Append(p.read(ctx, request.Config, request.Plan, nil)...)
	response.Diagnostics.Append(requireCredential(p.config, p.plan)...)
	if response.Diagnostics.HasError() {
		return
	}
	checking, cancel, diagnostics := deadline.Within(ctx, p.plan.Timeouts.Create, deadline.Write)
	response.Diagnostics.Append(diagnostics...)
	response.Diagnostics.Append(r.lastChecks(checking, p.config, p.plan)...)
	cancel()
	if response.Diagnostics.HasError() {
		return
	}
	done, err := r.data.AwaitCreation(ctx)
	if err != nil {
		response.Diagnostics.AddError("Could not create the integration", "Terraform was interrupted while another integration was being created.\n\nApply again to continue.")
		return
	}
	defer done()
	ctx, cancel, _ = deadline.Within(ctx, p.plan.Timeouts.Create, deadline.Write)
	defer cancel()
	created, diagnostics := r.create(ctx, p)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	ignored := ignoredOf(p.plan.creation("").IgnoredBy(created), created)
	for _, one := range ignored {
		response.Diagnostics.Append(one.warn(created))
	}
	p.plan.CredentialRevision = p.revision()
	response.Diagnostics.Append(response.State.Set(ctx, p.plan.written(created))...)
	response.Diagnostics.Append(rememberIgnored(ctx, response.Private, ignored)...)
	response.Diagnostics.Append(r.data.Workspace().Set(ctx, response.Identity, identity.FormatID(created.ID))...)
	if p.plan.byOAuth() {
		response.Diagnostics.Append(rememberRequested(ctx, response.Private, p.plan)...)
		return
	}
	response.Diagnostics.Append(rememberToken(ctx, response.Private, tokenOf(p.config).value.ValueString())...)
}

// create creates the integration, unless there is one of its name by now.
func (r *Resource) create(ctx context.Context, p planned) (flow.Integration, diag.Diagnostics) {
	client, diagnostics := r.data.Flow()
	if diagnostics.HasError() {
		return flow.Integration{}, diagnostics
	}
	if conflicts := r.conflicts(ctx, p, func(string) bool { return false }).Errors(); conflicts.HasError() {
		return flow.Integration{}, conflicts
	}
	created, err := client.CreateIntegration(ctx, p.plan.creation(tokenOf(p.config).value.ValueString()))
	if err != nil {
		return flow.Integration{}, r.creationError(ctx, p, err)
	}
	if p.plan.byOAuth() {
		diagnostics.Append(r.askForConsent(ctx, created)...)
	}
	if !diagnostics.HasError() {
		r.data.Plans.Integrations.Hold(identity.FormatID(created.ID))
	}
	return created, diagnostics
}

// Read implements resource.Resource.
func (r *Resource) Read(ctx context.Context, request resource.ReadRequest, response *resource.ReadResponse) {
	var state model
	response.Diagnostics.Append(request.State.Get(ctx, &state)...)
	if response.Diagnostics.HasError() {
		return
	}
	r.data.Plans.Integrations.Hold(state.ID.ValueString())
	ctx, cancel, diagnostics := deadline.Within(ctx, state.Timeouts.Read, deadline.Read)
	defer cancel()
	response.Diagnostics.Append(diagnostics...)
	client, diagnostics := r.data.Flow()
	response.Diagnostics.Append(diagnostics...)
	id, diagnostics := state.id()
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	// Before Flow is asked: Terraform wants the identity of an integration that is gone as well.
	response.Diagnostics.Append(r.data.Workspace().Set(ctx, response.Identity, identity.FormatID(id))...)
	if response.Diagnostics.HasError() {
		return
	}
	read, err := client.Integration(ctx, id)
	switch {
	case flow.IsNotFound(err):
		response.State.RemoveResource(ctx)
	case err != nil:
		response.Diagnostics.Append(flowerror.Diagnostic("Could not read the integration", err, placeList))
	default:
		response.Diagnostics.Append(warnOfUntold(read)...)
		response.Diagnostics.Append(response.State.Set(ctx, state.observed(read))...)
	}
}

// Update implements resource.Resource. One request sends everything that changes, and nothing else.
func (r *Resource) Update(ctx context.Context, request resource.UpdateRequest, response *resource.UpdateResponse) {
	var p planned
	response.Diagnostics.Append(p.read(ctx, request.Config, request.Plan, &request.State)...)
	if response.Diagnostics.HasError() {
		return
	}
	ctx, cancel, diagnostics := deadline.Within(ctx, p.plan.Timeouts.Update, deadline.Write)
	defer cancel()
	response.Diagnostics.Append(diagnostics...)
	p.rotation, diagnostics = rotationOf(ctx, p.config, *p.state, request.Private)
	response.Diagnostics.Append(diagnostics...)
	response.Diagnostics.Append(r.data.Workspace().Set(ctx, response.Identity, p.state.ID.ValueString())...)
	if !response.Diagnostics.HasError() && p.connectionChanges() {
		response.Diagnostics.Append(r.lastChecks(ctx, p.config, p.plan)...)
	}
	if response.Diagnostics.HasError() {
		return
	}
	updated, ignored, diagnostics := r.update(ctx, p)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	p.plan.CredentialRevision = p.revision()
	after := p.plan.written(updated)
	for _, one := range ignored {
		after = p.plan.observed(updated)
		response.Diagnostics.Append(one.refuse(updated))
	}
	response.Diagnostics.Append(response.State.Set(ctx, after)...)
	response.Diagnostics.Append(rememberIgnored(ctx, response.Private, ignored)...)
	response.Diagnostics.Append(p.rememberToken(ctx, request.Private, response.Private)...)
}

// update sends to Flow what changes, and returns the integration afterwards, with what Flow did not carry out. A change that
// concerns only Terraform, such as deletion_protection, only reads.
func (r *Resource) update(ctx context.Context, p planned) (flow.Integration, []ignored, diag.Diagnostics) {
	client, diagnostics := r.data.Flow()
	id, more := p.state.id()
	diagnostics.Append(more...)
	if diagnostics.HasError() {
		return flow.Integration{}, nil, diagnostics
	}
	change := p.change()
	if change.IsEmpty() {
		read, err := client.Integration(ctx, id)
		if err != nil {
			return read, nil, diag.Diagnostics{flowerror.Diagnostic("Could not read the integration", err, placeList)}
		}
		return read, nil, nil
	}
	updated, err := client.UpdateIntegration(ctx, id, change)
	if err != nil {
		return updated, nil, r.writeError(ctx, p, fmt.Sprintf("Could not change integration %d (%q)", id, p.state.Name.ValueString()), err, placeEdit)
	}
	return updated, ignoredOf(change.IgnoredBy(updated), updated), nil
}

// change returns what an update sends. With the token goes the whole connection, for a workspace that wants it.
func (p planned) change() flow.IntegrationChange {
	change := p.state.changeTo(p.plan)
	if p.rotation.sends() {
		creation := p.plan.creation(tokenOf(p.config).value.ValueString())
		change.Token = &creation.Token
		change.Whole = &flow.Connection{Email: creation.Email, BaseURL: creation.BaseURL, Token: creation.Token}
	}
	return change
}

// Delete implements resource.Resource. Plans are guarded already, but Terraform asks for no plan of the deletions that
// -replace and taint cause.
func (r *Resource) Delete(ctx context.Context, request resource.DeleteRequest, response *resource.DeleteResponse) {
	var state model
	response.Diagnostics.Append(request.State.Get(ctx, &state)...)
	if response.Diagnostics.HasError() {
		return
	}
	ctx, cancel, diagnostics := deadline.Within(ctx, state.Timeouts.Delete, deadline.Write)
	defer cancel()
	response.Diagnostics.Append(diagnostics...)
	if r.data.Plans.Integrations.Destroy(state.ID.ValueString()) {
		response.Diagnostics.Append(twoAddresses(state))
	}
	response.Diagnostics.Append(refuseDeletion(state, deleting)...)
	response.Diagnostics.Append(r.data.Workspace().Check(ctx, request.Identity)...)
	client, diagnostics := r.data.Flow()
	response.Diagnostics.Append(diagnostics...)
	id, diagnostics := state.id()
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	if err := client.DeleteIntegration(ctx, id); err != nil {
		response.Diagnostics.Append(flowerror.Diagnostic(fmt.Sprintf("Could not delete integration %d (%q)", id, state.Name.ValueString()), err, placeEdit))
	}
}
