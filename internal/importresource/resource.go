package importresource

import (
	"context"
	"fmt"
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/deadline"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/flowerror"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/identity"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

var (
	_ resource.ResourceWithConfigure   = (*Resource)(nil)
	_ resource.ResourceWithModifyPlan  = (*Resource)(nil)
	_ resource.ResourceWithImportState = (*Resource)(nil)
	_ resource.ResourceWithIdentity    = (*Resource)(nil)
)

// Resource is a resource of one kind.
type Resource struct {
	kind Kind
	data *providerdata.Data
}

// New makes the resource of a kind.
func New(kind Kind) *Resource { return &Resource{kind: kind} }

// Metadata implements resource.Resource.
func (r *Resource) Metadata(_ context.Context, request resource.MetadataRequest, response *resource.MetadataResponse) {
	response.TypeName = request.ProviderTypeName + "_" + r.kind.TypeName
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (r *Resource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, response *resource.IdentitySchemaResponse) {
	response.IdentitySchema = identity.Schema(describeID)
}

// Schema implements resource.Resource.
func (r *Resource) Schema(ctx context.Context, _ resource.SchemaRequest, response *resource.SchemaResponse) {
	response.Schema = r.kind.schema(ctx)
}

// Configure implements resource.ResourceWithConfigure.
func (r *Resource) Configure(_ context.Context, request resource.ConfigureRequest, response *resource.ConfigureResponse) {
	data, diagnostics := providerdata.From(request.ProviderData)
	response.Diagnostics.Append(diagnostics...)
	r.data = data
}

// target is what an operation works on.
type target struct {
	importer    *bulkimport.Importer
	integration int64
	selectors   selector.Set
}

func (r *Resource) target(model *Common) (target, diag.Diagnostics) {
	var t target
	importer, diagnostics := r.kind.Importer(r.data)
	integration, more := model.integration()
	diagnostics.Append(more...)
	set, more := model.selectors(r.kind.Selectors)
	diagnostics.Append(more...)
	t.importer, t.integration, t.selectors = importer, integration, set
	return t, diagnostics
}

// Read implements resource.Resource. However many resources there are, an integration is listed once.
func (r *Resource) Read(ctx context.Context, request resource.ReadRequest, response *resource.ReadResponse) {
	state, diagnostics := r.kind.read(ctx, request.State)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	ctx, cancel, diagnostics := deadline.Within(ctx, state.Timeouts.Read, deadline.Read)
	defer cancel()
	response.Diagnostics.Append(diagnostics...)
	t, diagnostics := r.target(state)
	response.Diagnostics.Append(diagnostics...)
	// Before Flow is asked: Terraform wants the identity of a resource that is gone as well.
	response.Diagnostics.Append(r.data.Workspace().Set(ctx, response.Identity, state.IntegrationID.ValueString())...)
	if response.Diagnostics.HasError() {
		return
	}
	catalog, err := r.catalog(ctx, t)
	switch {
	case flow.IsNotFound(err):
		response.State.RemoveResource(ctx)
		return
	case err != nil:
		response.Diagnostics.Append(flowerror.Diagnostic("Could not list the "+r.kind.Many, err, r.kind.Place))
		return
	}
	if state.observe(catalog.Select(t.selectors)) {
		response.Diagnostics.Append(r.kind.write(ctx, &response.State, state)...)
	}
}

// catalog lists what the integration offers. An integration that does not exist is a *flow.NotFoundError: it is asked for
// only if it offers nothing, since Flow lists nothing for one that it does not know, or refuses to.
func (r *Resource) catalog(ctx context.Context, t target) (*bulkimport.Catalog, error) {
	catalog, err := t.importer.Catalog(ctx, t.integration)
	switch status := httpclient.StatusOf(err); {
	case err == nil && !catalog.Empty():
		return catalog, nil
	case err != nil && status != http.StatusBadRequest && status != http.StatusNotFound:
		return nil, err
	}
	client, diagnostics := r.data.Flow()
	if diagnostics.HasError() {
		return catalog, err // It was listed, so there is a client.
	}
	if _, missing := client.Integration(ctx, t.integration); missing != nil {
		return nil, missing
	}
	return catalog, err
}

// counted returns a number with the noun that fits: "1 repository", "3 repositories".
func (k Kind) counted(n int) string {
	if n == 1 {
		return "1 " + k.One
	}
	return fmt.Sprintf("%d %s", n, k.Many)
}
