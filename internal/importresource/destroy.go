package importresource

import (
	"bytes"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
)

// destroysKey is what planning leaves in private state for Delete when things may be removed from Flow: when the resource is
// destroyed, or replaced by one of another integration. Any other replacement is none that anybody has asked for to remove
// something. Above all, Terraform taints a resource whose creation imported only a part, and replaces it.
const destroysKey = "destroys"

var isTrue = []byte("true")

// planDestruction tells what a destruction removes. Terraform asks for no such plan when it replaces a resource.
func (r *Resource) planDestruction(ctx context.Context, request resource.ModifyPlanRequest, response *resource.ModifyPlanResponse) {
	state, diagnostics := r.kind.read(ctx, request.State)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	response.Diagnostics.Append(response.Private.SetKey(ctx, destroysKey, isTrue)...)
	response.Diagnostics.Append(r.announceRemoval(ctx, state)...)
}

// announceRemoval names what will be removed from Flow with the resource, if it is to be.
func (r *Resource) announceRemoval(ctx context.Context, state *model) diag.Diagnostics {
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
		return nil // With the integration, all of it is gone.
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
			"\n\nTo leave them there, set on_destroy = \"keep\" and apply before the destruction. If the resource has only got another name, add a moved block.")}
}

// toRemove is what goes with the resource: what its selectors match, without what was imported or found imported for another
// one since the process began. That may be its successor: with create_before_destroy, Terraform makes that first, and then
// destroys this one without a word of the replacement.
func (t target) toRemove(catalog *bulkimport.Catalog) []bulkimport.Item {
	return t.importer.NotKept(t.integration, catalog.Select(t.selectors).Imported)
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
	limit, diagnostics := state.Timeouts.Delete(ctx, defaultWriteTimeout)
	response.Diagnostics.Append(diagnostics...)
	response.Diagnostics.Append(r.data.CheckWorkspace(ctx, request.Identity)...)
	t, diagnostics := r.target(state)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	catalog, err := r.catalog(ctx, t)
	switch {
	case flow.IsNotFound(err):
		return // With the integration, all of it is gone.
	case err != nil:
		response.Diagnostics.Append(r.listError(t, err))
		return
	}
	items := t.toRemove(catalog)
	outcome := t.importer.Remove(ctx, t.integration, items)
	response.Diagnostics.Append(r.kind.failures(ctx, outcome, len(items), destroying)...)
}
