package importresource

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
)

// Create implements resource.Resource.
func (r *Resource) Create(ctx context.Context, request resource.CreateRequest, response *resource.CreateResponse) {
	plan, diagnostics := r.kind.read(ctx, request.Plan)
	response.Diagnostics.Append(diagnostics...)
	limit, diagnostics := plan.Timeouts.Create(ctx, defaultWriteTimeout)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	begun, diagnostics := r.apply(ctx, limit, plan, creating, false)
	response.Diagnostics.Append(diagnostics...)
	if begun {
		response.Diagnostics.Append(r.kind.write(ctx, &response.State, plan)...)
		response.Diagnostics.Append(r.data.Identify(ctx, response.Identity, plan.IntegrationID.ValueString())...)
	}
}

// Update implements resource.Resource.
func (r *Resource) Update(ctx context.Context, request resource.UpdateRequest, response *resource.UpdateResponse) {
	plan, diagnostics := r.kind.read(ctx, request.Plan)
	response.Diagnostics.Append(diagnostics...)
	state, diagnostics := r.kind.read(ctx, request.State)
	response.Diagnostics.Append(diagnostics...)
	limit, diagnostics := plan.Timeouts.Update(ctx, defaultWriteTimeout)
	response.Diagnostics.Append(diagnostics...)
	response.Diagnostics.Append(r.data.Identify(ctx, response.Identity, plan.IntegrationID.ValueString())...)
	if response.Diagnostics.HasError() {
		return
	}
	begun, diagnostics := r.apply(ctx, limit, plan, updating, plan.selectsAs(state))
	response.Diagnostics.Append(diagnostics...)
	if begun {
		response.Diagnostics.Append(r.kind.write(ctx, &response.State, plan)...)
	}
}

// occasion is what an apply does with the resource, as far as its words differ.
type occasion struct {
	timeout string
	// done is what is done to each thing.
	done string
	// after says what becomes of a resource of which something failed.
	after string
	// again is how one goes on.
	again string
}

var (
	creating = occasion{"create", "imported", "What was imported stays so. Terraform marks the resource as tainted and plans to replace it, which is safe: " +
		"the replacement removes nothing from Flow, even with on_destroy = \"remove\", and the next apply imports what is missing.", "apply again"}
	updating   = occasion{"update", "imported", "What was imported stays so. The next plan shows what is missing as pending, and the next apply imports it.", "apply again"}
	destroying = occasion{"delete", "removed", "What was removed stays so. Run the destruction again to remove the rest.", "apply again"}
	queueing   = occasion{"invoke", "queued for an update", "What was queued stays so. Queueing it once more does no harm, so run \"terraform apply -invoke=action.flow_update_repos.<name>\" for the rest.", "invoke the action again"}
)

// apply imports what the selectors match, and writes into the object what came of it. Settled selectors, which nobody is
// changing, may match nothing. Nothing was begun if there is no more than an error to tell.
func (r *Resource) apply(ctx context.Context, limit time.Duration, plan *model, o occasion, settled bool) (begun bool, diagnostics diag.Diagnostics) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	t, diagnostics := r.target(plan)
	if diagnostics.HasError() {
		return false, diagnostics
	}
	catalog, err := t.importer.AwaitDiscovery(ctx, t.integration)
	if err != nil {
		diagnostics.Append(r.discoveryError(ctx, t, err, o))
		return false, diagnostics
	}
	selection := catalog.Select(t.selectors)
	unmatched := r.unmatched(ctx, t, catalog, selection.Unmatched)
	if settled {
		unmatched = asReminders(unmatched)
	}
	diagnostics.Append(unmatched...)
	if diagnostics.HasError() {
		return false, diagnostics
	}
	t.importer.Keep(t.integration, slices.Concat(selection.Imported, selection.Pending))
	outcome := t.importer.Import(ctx, t.integration, selection.Pending)
	plan.ID = plan.IntegrationID
	plan.Pending = pendingOf(missing(outcome))
	if plan.Count.IsUnknown() || len(outcome.Done) < len(selection.Pending) {
		plan.Count = types.Int64Value(int64(len(selection.Imported) + len(outcome.Done)))
	}
	diagnostics.Append(r.kind.failures(ctx, outcome, len(selection.Pending), o)...)
	if !diagnostics.HasError() && plan.WaitFor.ValueString() == waitForProcessed {
		diagnostics.Append(r.awaitProcessed(ctx, t, catalog, o)...)
	}
	return true, diagnostics
}

// missing is what is not imported after all, in the order of the paths.
func missing(outcome bulkimport.Outcome) []bulkimport.Item {
	items := slices.Clone(outcome.Left)
	for _, failure := range outcome.Failed {
		items = append(items, failure.Item)
	}
	slices.SortFunc(items, func(a, b bulkimport.Item) int { return strings.Compare(a.Path, b.Path) })
	return items
}

// awaitProcessed waits until Flow has processed all that is selected.
func (r *Resource) awaitProcessed(ctx context.Context, t target, catalog *bulkimport.Catalog, o occasion) diag.Diagnostics {
	items := catalog.Select(t.selectors).Imported
	abandoned, left, err := t.importer.AwaitProcessed(ctx, t.integration, items)
	var diagnostics diag.Diagnostics
	if err != nil {
		summary := fmt.Sprintf("Could not wait until Flow has processed %s", r.kind.counted(len(items)))
		if ctx.Err() != nil {
			diagnostics.AddError(summary, fmt.Sprintf("%s %d of them were not processed yet. %s", ended(ctx, o), left, o.after))
		} else {
			diagnostics.Append(providerdata.FlowError(summary, err, r.kind.Place))
		}
	}
	if len(abandoned) > 0 {
		diagnostics.AddWarning(fmt.Sprintf("Flow could not process %s", r.kind.counted(len(abandoned))),
			"They are imported, but Flow does not read them.\n\n"+byReason(each(abandoned, unprocessed))+
				"\n\nSuch trouble comes from the credential, and from what was moved, renamed, disabled or deleted in Azure DevOps. "+
				"Once it is mended, queue an update in Flow under "+r.kind.Place+", or take them out of the selectors.")
	}
	return diagnostics
}

// discoveryError says why it is not known what the integration offers.
func (r *Resource) discoveryError(ctx context.Context, t target, err error, o occasion) diag.Diagnostic {
	failed, isRequest := errors.AsType[*httpclient.Error](err)
	switch {
	case ctx.Err() != nil && isRequest:
		return diag.NewErrorDiagnostic("Could not list the "+r.kind.Many, providerdata.Sentence(failed)+"\n\n"+ended(ctx, o)+" Nothing was imported so far.")
	case ctx.Err() != nil:
		return diag.NewErrorDiagnostic(fmt.Sprintf("Flow has not discovered the %s of integration %d yet", r.kind.Many, t.integration),
			ended(ctx, o)+" Flow looks up what a new integration offers by itself, which takes minutes; nothing was imported so far.")
	}
	return r.listError(t, err)
}

// ended says why there is no more time, and what to do about it.
func ended(ctx context.Context, o occasion) string {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Sprintf("The time was up: raise timeouts.%s, or %s to go on.", o.timeout, o.again)
	}
	return "Terraform was interrupted: " + o.again + " to go on."
}
