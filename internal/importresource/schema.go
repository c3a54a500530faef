package importresource

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/deadline"
	"github.com/flow-community/terraform-provider-flow/internal/identity"
)

// The values of on_destroy and wait_for.
const (
	onDestroyKeep    = "keep"
	onDestroyRemove  = "remove"
	waitForImported  = "imported"
	waitForProcessed = "processed"
)

const describeID = "Id of the integration."

func (k Kind) schema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: k.Description,
		Attributes: map[string]schema.Attribute{
			"integration_id": schema.StringAttribute{
				MarkdownDescription: "Id of the integration. Changing it replaces the resource.",
				Required:            true,
				Validators: []validator.String{
					identity.ValidID(),
				},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"include": schema.ListAttribute{
				MarkdownDescription: k.IncludeDescription,
				ElementType:         types.StringType,
				Required:            true,
				Validators:          []validator.List{Include(k.Selectors)},
			},
			"exclude": schema.ListAttribute{
				MarkdownDescription: fmt.Sprintf("Selectors, of the same form, of %s that `include` matches and that must not be imported. "+
					"It does not remove what is already imported.", k.Many),
				ElementType: types.StringType,
				Optional:    true,
				Validators:  []validator.List{Exclude(k.Selectors)},
			},
			"on_destroy": schema.StringAttribute{
				MarkdownDescription: fmt.Sprintf("What destroying the resource does to the %s that its selectors match: `keep` (the default) leaves them in Flow, "+
					"`remove` deletes them from Flow **with their data**. Narrowing the selectors never removes anything.", k.Many),
				Optional:   true,
				Computed:   true,
				Default:    stringdefault.StaticString(onDestroyKeep),
				Validators: []validator.String{stringvalidator.OneOf(onDestroyKeep, onDestroyRemove)},
			},
			"wait_for": schema.StringAttribute{
				MarkdownDescription: fmt.Sprintf("When an apply is done: `imported` (the default), or `processed`, once Flow has read all %s that the selectors match, "+
					"which takes minutes to hours. A warning names what Flow fails to read.", k.Many),
				Optional:   true,
				Computed:   true,
				Default:    stringdefault.StaticString(waitForImported),
				Validators: []validator.String{stringvalidator.OneOf(waitForImported, waitForProcessed)},
			},
			"timeouts": deadline.ResourceAttribute(ctx, "How long each operation may take, such as `2h`. The default is 5 minutes for reading, and 30 for everything else. "+
				"Creating includes the time that Flow takes to discover what a new integration offers, and with `wait_for = \"processed\"` the processing."),

			"id": schema.StringAttribute{
				MarkdownDescription: describeID,
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			k.CountAttribute: schema.Int64Attribute{
				MarkdownDescription: fmt.Sprintf("How many of the %s that the selectors match are imported.", k.Many),
				Computed:            true,
			},
			"pending": schema.SingleNestedAttribute{
				MarkdownDescription: fmt.Sprintf("The %s that the selectors match and that are not imported. The next apply imports them.", k.Many),
				Computed:            true,
				Attributes: map[string]schema.Attribute{
					"count": schema.Int64Attribute{MarkdownDescription: "How many there are.", Computed: true},
					"sample": schema.ListAttribute{
						MarkdownDescription: fmt.Sprintf("The names of the first %d.", longestSample),
						ElementType:         types.StringType,
						Computed:            true,
					},
				},
			},
		},
	}
}
