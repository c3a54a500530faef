package adointegration

import (
	"context"
	"fmt"
	"iter"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/deadline"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/flowerror"
	"github.com/flow-community/terraform-provider-flow/internal/listresult"
)

var _ list.ListResourceWithConfigure = (*ListResource)(nil)

// ListResource is the list resource flow_ado_integration: with it, `terraform query` finds the integrations that could be
// imported. What names, schemas and clients need is the resource's own.
type ListResource struct {
	Resource
}

// NewListResource makes the list resource for the provider's registration.
func NewListResource() list.ListResource { return &ListResource{} }

// filters is the configuration of a list block: what an integration has to be like, as far as it is given.
type filters struct {
	Name         types.String `tfsdk:"name"`
	Organization types.String `tfsdk:"organization"`
}

// ListResourceConfigSchema implements list.ListResource.
func (l *ListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, response *list.ListResourceSchemaResponse) {
	notEmpty := []validator.String{stringvalidator.LengthAtLeast(1)}
	response.Schema = schema.Schema{
		MarkdownDescription: "Finds the workspace's Azure DevOps integrations, as far as the API key's user may see them, in the order of their ids. " +
			"The configuration that `terraform query` generates for them plans nothing after the import, and needs no token.",
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{
				MarkdownDescription: "Finds integrations of this name only. `*` is any run of characters, `?` any one; upper and lower case are the same.",
				Optional:            true,
				Validators:          notEmpty,
			},
			"organization": schema.StringAttribute{
				MarkdownDescription: "Finds integrations of this Azure DevOps organization only; upper and lower case are the same.",
				Optional:            true,
				Validators:          notEmpty,
			},
		},
	}
}

// List implements list.ListResource. One listing, which the client may have already, tells all of every integration.
func (l *ListResource) List(ctx context.Context, request list.ListRequest, stream *list.ListResultsStream) {
	var wanted filters
	// Terraform gives no configuration for a list block without a config block.
	if !request.Config.Raw.IsNull() {
		if diagnostics := request.Config.Get(ctx, &wanted); diagnostics.HasError() {
			stream.Results = list.ListResultsStreamDiagnostics(diagnostics)
			return
		}
	}
	stream.Results = listresult.Of(ctx, request, l.data.Workspace(), l.find(ctx, wanted))
}

// find returns the integrations that are wanted.
func (l *ListResource) find(ctx context.Context, wanted filters) iter.Seq2[listresult.Object, diag.Diagnostics] {
	return func(yield func(listresult.Object, diag.Diagnostics) bool) {
		ctx, cancel, _ := deadline.Within(ctx, nil, deadline.Read)
		defer cancel()
		client, diagnostics := l.data.Flow()
		if diagnostics.HasError() {
			yield(listresult.Object{}, diagnostics)
			return
		}
		existing, err := client.Integrations(ctx)
		if err != nil {
			yield(listresult.Object{}, diag.Diagnostics{flowerror.Diagnostic("Could not list the integrations", err, placeList)})
			return
		}
		for _, integration := range existing {
			if wanted.match(integration) && !yield(listed(integration), nil) {
				return
			}
		}
	}
}

func (f filters) match(i flow.Integration) bool {
	organization := organizationOf(types.StringValue(i.BaseURL))
	return i.VendorType == flow.VendorAzureDevOps &&
		(f.Name.IsNull() || wildcard(f.Name.ValueString()).MatchString(i.Name)) &&
		(f.Organization.IsNull() || strings.EqualFold(f.Organization.ValueString(), organization.ValueString()))
}

// wildcard makes a regular expression of a pattern with * and ?. Any other character stands for itself, whatever its case;
// an integration's name may hold every one, so package selector, which is about Azure DevOps' names, does not serve.
func wildcard(pattern string) *regexp.Regexp {
	quoted := strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(pattern))
	return regexp.MustCompile(`(?is)^` + quoted + `$`)
}

// listed describes an integration as a result. As a resource it is what an import makes of it.
func listed(i flow.Integration) listresult.Object {
	name := i.Name
	if organization := organizationOf(types.StringValue(i.BaseURL)); !organization.IsNull() {
		name = fmt.Sprintf("%s (%s)", i.Name, organization.ValueString())
	}
	return listresult.Object{
		ID:          formatID(i.ID),
		DisplayName: name,
		Fill: func(ctx context.Context, resource *tfsdk.Resource) diag.Diagnostics {
			diagnostics := beginImport(ctx, resource, formatID(i.ID))
			var m model
			diagnostics.Append(resource.Get(ctx, &m)...)
			m.fromFlow(i)
			diagnostics.Append(resource.Set(ctx, m)...)
			return diagnostics
		},
	}
}
