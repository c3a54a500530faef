package repoimport

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/deadline"
	"github.com/flow-community/terraform-provider-flow/internal/identity"
	"github.com/flow-community/terraform-provider-flow/internal/importresource"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

var _ action.ActionWithConfigure = (*UpdateAction)(nil)

// UpdateAction is the action flow_update_repos: Flow's "Update all repos", for all imported repositories or for some.
type UpdateAction struct {
	data *providerdata.Data
}

// NewUpdateAction makes the action for the provider's registration.
func NewUpdateAction() action.Action { return &UpdateAction{} }

type updateModel struct {
	IntegrationID types.String   `tfsdk:"integration_id"`
	Include       types.List     `tfsdk:"include"`
	Exclude       types.List     `tfsdk:"exclude"`
	OnlyBlocked   types.Bool     `tfsdk:"only_blocked"`
	Timeouts      timeouts.Value `tfsdk:"timeouts"`
}

// Metadata implements action.Action.
func (a *UpdateAction) Metadata(_ context.Context, request action.MetadataRequest, response *action.MetadataResponse) {
	response.TypeName = request.ProviderTypeName + "_update_repos"
}

// Schema implements action.Action.
func (a *UpdateAction) Schema(ctx context.Context, _ action.SchemaRequest, response *action.SchemaResponse) {
	response.Schema = schema.Schema{
		MarkdownDescription: "Queues an update of imported repositories of an integration, as \"Update all repos\" does in Flow. " +
			"Needs Terraform 1.14 or later.\n\n" +
			"Flow blocks repositories that it cannot read, and does not try them again by itself. They have to be queued after an expired credential was replaced: " +
			"trigger this action by a change of the integration's `credential_revision`, and it happens in the same apply. " +
			"The action ends when all are queued; Flow then takes minutes to hours to read them.",
		Attributes: map[string]schema.Attribute{
			"integration_id": schema.StringAttribute{
				MarkdownDescription: "Id of the integration.",
				Required:            true,
				Validators:          []validator.String{identity.ValidID()},
			},
			"include": schema.ListAttribute{
				MarkdownDescription: "Selectors of the repositories to queue. " + describeSelectors +
					" A selector that matches nothing is an error. Repositories that are not imported are skipped. Queues all imported repositories if omitted.",
				ElementType: types.StringType,
				Optional:    true,
				Validators:  []validator.List{importresource.Include(selector.RepositoryPaths)},
			},
			"exclude": schema.ListAttribute{
				MarkdownDescription: "Selectors of repositories that must not be queued.",
				ElementType:         types.StringType,
				Optional:            true,
				Validators:          []validator.List{importresource.Exclude(selector.RepositoryPaths)},
			},
			"only_blocked": schema.BoolAttribute{
				MarkdownDescription: "Whether to queue only those that Flow has blocked. Defaults to `false`.",
				Optional:            true,
			},
			"timeouts": deadline.ActionAttribute(ctx, "How long queueing may take. The default is 30 minutes.", "Such as `1h`."),
		},
	}
}

// Configure implements action.ActionWithConfigure.
func (a *UpdateAction) Configure(_ context.Context, request action.ConfigureRequest, response *action.ConfigureResponse) {
	data, diagnostics := providerdata.From(request.ProviderData)
	response.Diagnostics.Append(diagnostics...)
	a.data = data
}

// Invoke implements action.Action.
func (a *UpdateAction) Invoke(ctx context.Context, request action.InvokeRequest, response *action.InvokeResponse) {
	var model updateModel
	response.Diagnostics.Append(request.Config.Get(ctx, &model)...)
	ctx, cancel, diagnostics := deadline.Within(ctx, model.Timeouts.Invoke, deadline.Bulk)
	defer cancel()
	response.Diagnostics.Append(diagnostics...)
	client, diagnostics := a.data.Flow()
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	found, diagnostics := kind.FindImported(ctx, a.data, importresource.Filter{
		IntegrationID: model.IntegrationID, Include: model.Include, Exclude: model.Exclude,
	})
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	say := func(message string) { response.SendProgress(action.InvokeProgressEvent{Message: message}) }
	if len(found) == 0 {
		response.Diagnostics.AddWarning("No repository to update", fmt.Sprintf("No repository of integration %s that include and exclude select is imported, so nothing was queued.\n\n"+
			"Import repositories with flow_repo_import first, or correct the selectors.", model.IntegrationID.ValueString()))
		return
	}
	toQueue := found
	if model.OnlyBlocked.ValueBool() {
		toQueue = blocked(found)
		say(fmt.Sprintf("%d of %d imported repositories are blocked.", len(toQueue), len(found)))
	}
	if len(toQueue) == 0 {
		say("There is nothing to queue.")
	}
	report := progress{say: say, total: len(toQueue)}
	response.Diagnostics.Append(kind.Queue(ctx, a.data, toQueue, func(ctx context.Context, item bulkimport.Item) error {
		err := bulkimport.ErrNoID
		if item.ImportedID != 0 {
			err = client.UpdateRepo(ctx, item.ImportedID)
		}
		report.count(err)
		return err
	})...)
}

// blocked returns those that Flow has blocked, and those for which that is not known: an error is better than silence.
func blocked(found []importresource.Found) []importresource.Found {
	var all []importresource.Found
	for _, one := range found {
		if one.Row.Blocked || one.ImportedID == 0 {
			all = append(all, one)
		}
	}
	return all
}

// progress reports how many repositories are queued: at each tenth of them, since Terraform prints a line for each message.
// It is safe for concurrent use.
type progress struct {
	say   func(message string)
	total int

	mutex          sync.Mutex
	queued, failed int
}

// count adds one that was queued, or failed.
func (p *progress) count(err error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if err == nil {
		p.queued++
	} else {
		p.failed++
	}
	tried := p.queued + p.failed
	if tried*10/p.total == (tried-1)*10/p.total {
		return
	}
	message := fmt.Sprintf("%d of %d repositories queued for an update", p.queued, p.total)
	if p.failed > 0 {
		message += fmt.Sprintf(", %d failed", p.failed)
	}
	p.say(message + ".")
}
