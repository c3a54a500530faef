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
	"github.com/flow-community/terraform-provider-flow/internal/identity"
	"github.com/flow-community/terraform-provider-flow/internal/listresult"
)

var _ list.ListResourceWithConfigure = (*ListResource)(nil)

// ListResource is the list resource flow_ado_integration: with it, `terraform query` finds the integrations that can be
// imported. It shares the resource's name, schema and client.
type ListResource struct {
	Resource
}

// NewListResource makes the list resource for the provider's registration.
func NewListResource() list.ListResource { return &ListResource{} }

// filters is the configuration of a list block.
type filters struct {
	Name         types.String `tfsdk:"name"`
	Organization types.String `tfsdk:"organization"`
}

// ListResourceConfigSchema implements list.ListResource.
func (l *ListResource) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, response *list.ListResourceSchemaResponse) {
	notEmpty := []validator.String{stringvalidator.LengthAtLeast(1)}
	response.Schema = schema.Schema{
		MarkdownDescription: "Finds the workspace's Azure DevOps integrations that the API key's user may see, ordered by id. " +
			"The configuration that `terraform query` generates for them plans nothing after the import, and needs no token.",
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{
				MarkdownDescription: "Only integrations of this name. `*` matches any characters, `?` any one. Case is ignored.",
				Optional:            true,
				Validators:          notEmpty,
			},
			"organization": schema.StringAttribute{
				MarkdownDescription: "Only integrations of this Azure DevOps organization. Case is ignored.",
				Optional:            true,
				Validators:          notEmpty,
			},
		},
	}
}

// List implements list.ListResource. One listing, which the client may have already, holds everything.
func (l *ListResource) List(ctx context.Context, request list.ListRequest, stream *list.ListResultsStream) {
	var wanted filters
	// Terraform sends no configuration for a list block without a config block.
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
	return i.AzureDevOps &&
		(f.Name.IsNull() || wildcard(f.Name.ValueString()).MatchString(i.Name)) &&
		(f.Organization.IsNull() || strings.EqualFold(f.Organization.ValueString(), organization.ValueString()))
}

// wildcard makes a regular expression of a pattern with * and ?. Any other character stands for itself, whatever its case.
// Package selector is for the names of Azure DevOps, which cannot hold some of them.
func wildcard(pattern string) *regexp.Regexp {
	quoted := strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(pattern))
	return regexp.MustCompile(`(?is)^` + quoted + `$`)
}

// listed describes an integration as a result. As a resource, it is as after an import.
func listed(i flow.Integration) listresult.Object {
	name := i.Name
	if organization := organizationOf(types.StringValue(i.BaseURL)); !organization.IsNull() {
		name = fmt.Sprintf("%s (%s)", i.Name, organization.ValueString())
	}
	return listresult.Object{
		ID:          identity.FormatID(i.ID),
		DisplayName: name,
		Fill: func(ctx context.Context, resource *tfsdk.Resource) diag.Diagnostics {
			diagnostics := beginImport(ctx, resource, identity.FormatID(i.ID))
			var m model
			diagnostics.Append(resource.Get(ctx, &m)...)
			diagnostics.Append(resource.Set(ctx, m.observed(i))...)
			return diagnostics
		},
	}
}
