package importresource

import (
	"bytes"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/deadline"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
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
	t.importer.Claims.Make(bulkimport.PlannedToRemove, t.integration, t.selectors)
	catalog, err := r.catalog(ctx, t)
	switch {
	case flow.IsNotFound(err):
		return nil // Everything went with the integration.
	case err != nil:
		return diag.Diagnostics{r.listError(t, err)}
	}
	removed := t.toRemove(catalog)
	if kept, _ := t.importer.Claims.Split(bulkimport.PlannedToKeep, t.integration, catalog, removed); len(kept) > 0 {
		return diag.Diagnostics{r.kind.removalConflict(kept)}
	}
	if len(removed) == 0 {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic(fmt.Sprintf("%s will be removed from Flow", r.kind.counted(len(removed))),
		fmt.Sprintf("on_destroy is \"remove\", so destroying this resource deletes the %s that its selectors match from Flow, with all their data:\n", r.kind.Many)+wording.Bullets(each(removed, pathOf), longestList)+
			"\n\nTo keep them, set on_destroy = \"keep\" and apply before destroying. If you only renamed the resource, add a moved block.")}
}

// removalConflict is for a plan that removes with one resource what another one keeps: two blocks select the same, or one
// object of Terraform is at two addresses.
func (k Kind) removalConflict(items []bulkimport.Item) diag.Diagnostic {
	address := "flow_" + k.TypeName
	return diag.NewErrorDiagnostic(fmt.Sprintf("%s would be removed although another resource keeps them", k.counted(len(items))),
		fmt.Sprintf("This plan destroys a %[1]s with on_destroy = \"remove\", which deletes these %[2]s from Flow with all their data, and keeps another %[1]s "+
			"that selects them as well, or whose selectors are known only after apply:\n", address, k.Many)+wording.Bullets(each(items, pathOf), longestList)+
			fmt.Sprintf("\n\nIf you renamed the block or its module, add a moved block with its addresses:\n\n"+
				"  moved {\n    from = %[1]s.OLD_NAME\n    to   = %[1]s.NEW_NAME\n  }\n\n"+
				"If you removed the block on purpose, add a removed block, which leaves everything in Flow:\n\n"+
				"  removed {\n    from = %[1]s.OLD_NAME\n    lifecycle {\n      destroy = false\n    }\n  }\n\n"+
				"If selectors are known only after apply, apply first what they depend on, with -target.\n"+
				"If it is an instance of count or for_each, run `terraform state rm` with its address.\n"+
				"If Terraform shows it as deposed, run `terraform state rm` with its address, and import it again with `terraform import`.", address))
}

// toRemove returns what is removed with the resource: what its selectors match, without what another resource keeps in the
// same apply. That may be its replacement: with create_before_destroy, Terraform creates that first, and then plans and
// carries out the destruction of this one, without mentioning the replacement.
func (t target) toRemove(catalog *bulkimport.Catalog) []bulkimport.Item {
	_, removed := t.importer.Claims.Split(bulkimport.Kept, t.integration, catalog, catalog.Select(t.selectors).Imported)
	return removed
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
	response.Diagnostics.Append(r.data.Workspace().Check(ctx, request.Identity)...)
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
