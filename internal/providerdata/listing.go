package providerdata

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
)

// Listed is one object that a list resource finds.
type Listed struct {
	ID string
	// DisplayName is what a person recognizes the object by.
	DisplayName string
	// Fill writes the object into a resource that is null so far, from what is known already. It is called only if
	// Terraform asks for whole resources, as it does to generate their configuration.
	Fill func(ctx context.Context, resource *tfsdk.Resource) diag.Diagnostics
}

// ListResults makes a list resource's results of the objects that find gives, and finds no more of them than Terraform
// wants. An error that find gives in place of an object is a result of its own, after which it may go on: Terraform reads
// diagnostics nowhere else.
func (d *Data) ListResults(ctx context.Context, request list.ListRequest, find func(*flow.Client) iter.Seq2[Listed, diag.Diagnostics]) iter.Seq[list.ListResult] {
	return func(push func(list.ListResult) bool) {
		client, diagnostics := d.Flow()
		if diagnostics.HasError() {
			push(list.ListResult{Diagnostics: diagnostics})
			return
		}
		var pushed int64
		for found, diagnostics := range find(client) {
			result := list.ListResult{Diagnostics: diagnostics}
			if !diagnostics.HasError() {
				result = d.listResult(ctx, request, found, diagnostics)
				pushed++
			}
			if !push(result) || pushed == request.Limit {
				return
			}
		}
	}
}

func (d *Data) listResult(ctx context.Context, request list.ListRequest, found Listed, diagnostics diag.Diagnostics) list.ListResult {
	result := request.NewListResult(ctx)
	result.DisplayName = found.DisplayName
	result.Diagnostics.Append(diagnostics...)
	result.Diagnostics.Append(result.Identity.Set(ctx, d.identity(found.ID))...)
	if request.IncludeResource {
		result.Diagnostics.Append(found.Fill(ctx, result.Resource)...)
	}
	return result
}
