package importresource

import (
	"context"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// The values of on_destroy and wait_for.
const (
	onDestroyKeep    = "keep"
	onDestroyRemove  = "remove"
	waitForImported  = "imported"
	waitForProcessed = "processed"
)

const describeID = "Id of the integration."

// integrationID is the form of an integration's id.
var integrationID = regexp.MustCompile(`^[1-9][0-9]{0,17}$`)

func (k Kind) schema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: k.Description,
		Attributes: map[string]schema.Attribute{
			"integration_id": schema.StringAttribute{
				MarkdownDescription: "Id of the integration. Another one replaces the resource.",
				Required:            true,
				Validators: []validator.String{
					IntegrationID(),
				},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"include": schema.ListAttribute{
				MarkdownDescription: k.IncludeDescription,
				ElementType:         types.StringType,
				Required:            true,
				Validators:          []validator.List{listvalidator.SizeAtLeast(1), SelectorList(k.Selectors)},
			},
			"exclude": schema.ListAttribute{
				MarkdownDescription: fmt.Sprintf("Selectors, of the same form, of %s that `include` matches and that are not to be imported. "+
					"What is imported already stays so.", k.Many),
				ElementType: types.StringType,
				Optional:    true,
				Validators:  []validator.List{SelectorList(k.Selectors)},
			},
			"on_destroy": schema.StringAttribute{
				MarkdownDescription: fmt.Sprintf("What destroying the resource does to the %s that its selectors match: `keep` (the default) leaves them in Flow, "+
					"`remove` deletes them **with their data** from Flow. Narrowing the selectors never removes anything.", k.Many),
				Optional:   true,
				Computed:   true,
				Default:    stringdefault.StaticString(onDestroyKeep),
				Validators: []validator.String{stringvalidator.OneOf(onDestroyKeep, onDestroyRemove)},
			},
			"wait_for": schema.StringAttribute{
				MarkdownDescription: fmt.Sprintf("When an apply is done: `imported` (the default), or `processed`, when Flow has read all of the %s that are matched, "+
					"which takes minutes to hours. What Flow fails to read is named in a warning.", k.Many),
				Optional:   true,
				Computed:   true,
				Default:    stringdefault.StaticString(waitForImported),
				Validators: []validator.String{stringvalidator.OneOf(waitForImported, waitForProcessed)},
			},
			"timeouts": timeoutsAttribute(ctx),

			"id": schema.StringAttribute{
				MarkdownDescription: describeID,
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			k.CountAttribute: schema.Int64Attribute{
				MarkdownDescription: fmt.Sprintf("How many of the %s that the selectors match are imported.", k.Many),
				Computed:            true,
			},
			// No nested attribute: its parts would need no more than this, and cost a tenth of a plan of a thousand resources.
			"pending": schema.ObjectAttribute{
				MarkdownDescription: fmt.Sprintf("The %s that the selectors match and that are not imported: `count` is how many there are, "+
					"`sample` the names of the first %d. The next apply imports them.", k.Many, longestSample),
				AttributeTypes: pendingTypes,
				Computed:       true,
			},
		},
	}
}

// timeoutsAttribute is the field's standard attribute, to which its module gives no description of its own.
func timeoutsAttribute(ctx context.Context) schema.Attribute {
	attribute := timeouts.Attributes(ctx, timeouts.Opts{Create: true, Read: true, Update: true, Delete: true})
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = "How long each operation may take, such as `2h`. Reading may take 5 minutes unless it is said here, and everything else 30. " +
			"Creating includes the time that Flow takes to discover what a fresh integration offers; with `wait_for = \"processed\"`, allow for the processing as well."
		return nested
	}
	return attribute
}
