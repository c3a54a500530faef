package importresource

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/deadline"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
)

// destroysKey is set in private state by a plan that may remove things from Flow: one that destroys the resource, or
// replaces it by one of another integration. Nobody asks for a removal by any other replacement: above all, Terraform
// taints a resource whose creation imported only a part, and replaces it.
const destroysKey = "destroys"

var isTrue = []byte("true")

// planDestruction announces what a destruction removes. Terraform asks for no such plan when it replaces a resource.
func (r *Resource) planDestruction(ctx context.Context, request resource.ModifyPlanRequest, response *resource.ModifyPlanResponse) {
	state, diagnostics := r.kind.read(ctx, request.State)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	ctx, cancel, diagnostics := deadline.Within(ctx, state.Timeouts.Read, deadline.Read)
	defer cancel()
	response.Diagnostics.Append(diagnostics...)
	response.Diagnostics.Append(response.Private.SetKey(ctx, destroysKey, isTrue)...)
	response.Diagnostics.Append(r.announceRemoval(ctx, state)...)
}

// announceRemoval warns of what will be removed from Flow with the resource.
func (r *Resource) announceRemoval(ctx context.Context, state *Common) diag.Diagnostics {
	if state.OnDestroy.ValueString() != onDestroyRemove || r.data.FlowUnknown() {
		return nil
	}
	t, diagnostics := r.target(state)
	if diagnostics.HasError() {
		return diagnostics
	}
	catalog, err := r.catalog(ctx, t)
	switch {
	case flow.IsNotFound(err):
		return nil // Everything went with the integration.
	case err != nil:
		return diag.Diagnostics{r.listError(t, err)}
	}
	removed := t.toRemove(catalog)
	if len(removed) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic(fmt.Sprintf("%s will be removed from Flow", r.kind.counted(len(removed))),
		fmt.Sprintf("on_destroy is \"remove\", so destroying this resource deletes the %s that its selectors match from Flow, with all their data, "+
			"even if another resource imports them as well:\n", r.kind.Many)+bullets(each(removed, pathOf))+
			"\n\nTo keep them, set on_destroy = \"keep\" and apply before destroying. If you only renamed the resource, add a moved block.")}
}

// toRemove returns what is removed with the resource: what its selectors match, without what another resource keeps in
// this run. That may be its replacement: with create_before_destroy, Terraform creates that first, and then destroys this
// one without mentioning the replacement.
func (t target) toRemove(catalog *bulkimport.Catalog) []bulkimport.Item {
	return slices.DeleteFunc(catalog.Select(t.selectors).Imported, func(item bulkimport.Item) bool { return item.Kept })
}

func pathOf(item bulkimport.Item) string { return item.Path }

// Delete implements resource.Resource.
func (r *Resource) Delete(ctx context.Context, request resource.DeleteRequest, response *resource.DeleteResponse) {
	state, diagnostics := r.kind.read(ctx, request.State)
	response.Diagnostics.Append(diagnostics...)
	destroys, diagnostics := request.Private.GetKey(ctx, destroysKey)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() || !bytes.Equal(destroys, isTrue) || state.OnDestroy.ValueString() != onDestroyRemove {
		return
	}
	ctx, cancel, diagnostics := deadline.Within(ctx, state.Timeouts.Delete, deadline.Bulk)
	defer cancel()
	response.Diagnostics.Append(diagnostics...)
	response.Diagnostics.Append(r.data.CheckWorkspace(ctx, request.Identity)...)
	t, diagnostics := r.target(state)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	catalog, err := r.catalog(ctx, t)
	switch {
	case flow.IsNotFound(err):
		return // Everything went with the integration.
	case err != nil:
		response.Diagnostics.Append(r.listError(t, err))
		return
	}
	items := t.toRemove(catalog)
	outcome := t.importer.Remove(ctx, t.integration, items)
	response.Diagnostics.Append(r.kind.failures(ctx, outcome, len(items), destroying)...)
}
