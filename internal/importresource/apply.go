package importresource

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/consent"
	"github.com/flow-community/terraform-provider-flow/internal/deadline"
	"github.com/flow-community/terraform-provider-flow/internal/flowerror"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// Create implements resource.Resource.
func (r *Resource) Create(ctx context.Context, request resource.CreateRequest, response *resource.CreateResponse) {
	plan, diagnostics := r.kind.read(ctx, request.Plan)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	ctx, cancel, diagnostics := deadline.Within(ctx, plan.Timeouts.Create, deadline.Bulk)
	defer cancel()
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	begun, diagnostics := r.apply(ctx, plan, creating, false)
	response.Diagnostics.Append(diagnostics...)
	if begun {
		response.Diagnostics.Append(r.kind.write(ctx, &response.State, plan)...)
		response.Diagnostics.Append(r.data.Workspace().Set(ctx, response.Identity, plan.IntegrationID.ValueString())...)
	}
}

// Update implements resource.Resource.
func (r *Resource) Update(ctx context.Context, request resource.UpdateRequest, response *resource.UpdateResponse) {
	plan, diagnostics := r.kind.read(ctx, request.Plan)
	response.Diagnostics.Append(diagnostics...)
	state, diagnostics := r.kind.read(ctx, request.State)
	response.Diagnostics.Append(diagnostics...)
	response.Diagnostics.Append(r.data.Workspace().Set(ctx, response.Identity, plan.IntegrationID.ValueString())...)
	if response.Diagnostics.HasError() {
		return
	}
	ctx, cancel, diagnostics := deadline.Within(ctx, plan.Timeouts.Update, deadline.Bulk)
	defer cancel()
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	begun, diagnostics := r.apply(ctx, plan, updating, plan.selectsAs(state))
	response.Diagnostics.Append(diagnostics...)
	if begun {
		response.Diagnostics.Append(r.kind.write(ctx, &response.State, plan)...)
	}
}

// step is one kind of writing, as far as the words of its messages differ.
type step struct {
	timeout string
	// done is what is done to each thing.
	done string
	// after says what happens to a resource after a failure.
	after string
	// again is how to continue.
	again string
}

var (
	creating = step{"create", "imported", "Everything that was imported is kept. Terraform marks the resource as tainted and plans to replace it, which is safe: " +
		"the replacement removes nothing from Flow, even with on_destroy = \"remove\", and the next apply imports what is missing.", "apply again"}
	updating   = step{"update", "imported", "Everything that was imported is kept. The next plan shows what is missing as pending, and the next apply imports it.", "apply again"}
	destroying = step{"delete", "removed", "Run `terraform destroy` again to remove the rest.", "apply again"}
	queueing   = step{"invoke", "queued for an update", "Run `terraform apply -invoke=action.flow_update_repos.<name>` for the rest. Queueing something twice does no harm.", "invoke the action again"}
)

// apply imports what the selectors match, and records the result in the plan. Unchanged selectors may match nothing. It
// reports whether anything was begun; if not, there is nothing to save.
func (r *Resource) apply(ctx context.Context, plan *Common, s step, unchanged bool) (begun bool, diagnostics diag.Diagnostics) {
	t, diagnostics := r.target(plan)
	if diagnostics.HasError() {
		return false, diagnostics
	}
	t.importer.Claims.Make(bulkimport.Kept, t.integration, t.selectors)
	if name, address, missing := r.consentMissing(ctx, t); missing {
		diagnostics.AddAttributeError(path.Root("integration_id"), fmt.Sprintf("Integration %d waits for a person's consent", t.integration),
			fmt.Sprintf("Flow looks up no %s of integration %d (%q) before that. Nothing was imported.\n\n%s\n\nThen %s.",
				r.kind.Many, t.integration, name, consent.Ask(name, address), s.again))
		return false, diagnostics
	}
	catalog, err := t.importer.AwaitDiscovery(ctx, t.integration)
	if err != nil {
		diagnostics.Append(r.discoveryError(ctx, t, err, s))
		return false, diagnostics
	}
	selection := catalog.Select(t.selectors)
	unmatched := r.unmatched(ctx, t, catalog, selection.Unmatched)
	if unchanged {
		unmatched = asWarnings(unmatched)
	}
	diagnostics.Append(unmatched...)
	if r.data.Plans.Imports.LeftToApply(r.planned(t)) {
		diagnostics.Append(r.excludesNothing(t, catalog)...)
	}
	if diagnostics.HasError() {
		return false, diagnostics
	}
	outcome := t.importer.Import(ctx, t.integration, selection.Pending)
	plan.ID = plan.IntegrationID
	plan.Pending = pendingOf(missing(outcome))
	if plan.Count.IsUnknown() || len(outcome.Done) < len(selection.Pending) {
		plan.Count = types.Int64Value(int64(len(selection.Imported) + len(outcome.Done)))
	}
	diagnostics.Append(r.kind.failures(ctx, outcome, len(selection.Pending), s)...)
	if !diagnostics.HasError() && plan.WaitFor.ValueString() == waitForProcessed {
		diagnostics.Append(r.awaitProcessed(ctx, t, s)...)
	}
	return true, diagnostics
}

// consentMissing reports whether an integration offers nothing because a person has yet to consent to its connection, and
// returns its name and the address to consent at.
func (r *Resource) consentMissing(ctx context.Context, t target) (name, address string, missing bool) {
	client, diagnostics := r.data.Flow()
	if diagnostics.HasError() {
		return "", "", false
	}
	i, err := client.Integration(ctx, t.integration)
	if err != nil || i.Discovered {
		return "", "", false
	}
	return i.Name, i.AuthorizationURL, consent.Missing(ctx, client, i)
}

// missing returns what could not be imported, in the order of the paths.
func missing(outcome bulkimport.Outcome) []bulkimport.Item {
	items := slices.Clone(outcome.Left)
	for _, failure := range outcome.Failed {
		items = append(items, failure.Item)
	}
	slices.SortFunc(items, func(a, b bulkimport.Item) int { return strings.Compare(a.Path, b.Path) })
	return items
}

// awaitProcessed waits until Flow has processed everything that is selected.
func (r *Resource) awaitProcessed(ctx context.Context, t target, s step) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	progress, err := t.importer.AwaitProcessed(ctx, t.integration, t.selectors)
	switch summary := fmt.Sprintf("Flow has not processed all %s", r.kind.Many); {
	case err == nil:
	case ctx.Err() != nil:
		diagnostics.AddError(summary, fmt.Sprintf("%s %s %s", r.unprocessedYet(progress, err), ended(ctx, s), s.after))
	default:
		diagnostics.Append(flowerror.Diagnostic(summary, err, r.kind.Place))
	}
	if progress.Untold > 0 {
		diagnostics.AddWarning(fmt.Sprintf("Flow reports no progress of %s", r.kind.counted(progress.Untold)),
			fmt.Sprintf("They are imported, but this workspace does not say whether they are processed, so wait_for = \"processed\" could not wait for them.\n\n"+
				"Look at their status in Flow under %s, or set wait_for = \"imported\".", r.kind.Place))
	}
	if len(progress.Failed) > 0 {
		diagnostics.AddWarning(fmt.Sprintf("Flow could not process %s", r.kind.counted(len(progress.Failed))),
			"They are imported, but Flow does not read them.\n\n"+byReason(each(progress.Failed, unprocessed))+
				"\n\nCheck the integration's credential, and whether they were moved, renamed, disabled or deleted in Azure DevOps. "+
				"Then queue an update in Flow under "+r.kind.Place+", or remove them from the selectors.")
	}
	return diagnostics
}

// unprocessedYet says how far Flow was when the time ended, or by which request that could not be found out.
func (r *Resource) unprocessedYet(progress bulkimport.Processing, err error) string {
	said := fmt.Sprintf("Flow had not processed %d of %s yet.", progress.Left, r.kind.counted(progress.Total))
	failed, isRequest := errors.AsType[*httpclient.Error](err)
	switch {
	case isRequest && progress.Total == 0:
		return wording.Sentence(failed.Error())
	case isRequest:
		return said + " " + wording.Sentence(failed.Error())
	}
	return said
}

// discoveryError describes why it is not known what the integration offers.
func (r *Resource) discoveryError(ctx context.Context, t target, err error, s step) diag.Diagnostic {
	failed, isRequest := errors.AsType[*httpclient.Error](err)
	switch {
	case ctx.Err() != nil && isRequest:
		return diag.NewErrorDiagnostic("Could not list the "+r.kind.Many, wording.Sentence(failed.Error())+" Nothing was imported.\n\n"+ended(ctx, s))
	case ctx.Err() != nil:
		return diag.NewErrorDiagnostic(fmt.Sprintf("Flow has not discovered the %s of integration %d yet", r.kind.Many, t.integration),
			"Flow takes minutes to look up what a new integration offers. Nothing was imported.\n\n"+ended(ctx, s))
	}
	return r.listError(t, err)
}

// ended says why there is no more time, and what to do about it.
func ended(ctx context.Context, s step) string {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Sprintf("It timed out: raise timeouts.%s, or %s to continue.", s.timeout, s.again)
	}
	return fmt.Sprintf("Terraform was interrupted: %s to continue.", s.again)
}
