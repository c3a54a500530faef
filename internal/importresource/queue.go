package importresource

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
)

// FindImported returns what a filter selects of everything that is imported, as Flow has it now. Unlike for Find, a
// selector that matches nothing is an error: an action is meant to act on something.
func (k Kind) FindImported(ctx context.Context, data *providerdata.Data, filter Filter) ([]Found, diag.Diagnostics) {
	resource := Resource{kind: k, data: data}
	t, catalog, diagnostics := resource.find(ctx, filter)
	if diagnostics.HasError() {
		return nil, diagnostics
	}
	if !filter.Include.IsNull() {
		if diagnostics := resource.unmatched(ctx, t, catalog, catalog.Select(t.selectors).Unmatched); diagnostics.HasError() {
			return nil, diagnostics
		}
	}
	t.importer.RefreshImported(t.integration)
	filter.Imported = types.BoolValue(true)
	return k.Find(ctx, data, filter)
}

// Queue queues an update of what was found, several at once, and describes what could not be queued, and why. A failure
// does not keep the others from being queued.
func (k Kind) Queue(ctx context.Context, data *providerdata.Data, found []Found, queue func(context.Context, bulkimport.Item) error) diag.Diagnostics {
	importer, diagnostics := k.Importer(data)
	if diagnostics.HasError() {
		return diagnostics
	}
	items := make([]bulkimport.Item, len(found))
	for i, one := range found {
		items[i] = one.Item
	}
	return k.failures(ctx, importer.Each(ctx, items, queue), len(items), queueing)
}
