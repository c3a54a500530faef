// Package listresult makes the results of list resources, which Terraform reads one by one.
package listresult

import (
	"context"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/flow-community/terraform-provider-flow/internal/identity"
)

// Object is one object that a list resource finds.
type Object struct {
	ID string
	// DisplayName is what a person recognizes the object by.
	DisplayName string
	// Fill writes the object into a resource that is null so far. It is called only if Terraform asks for whole resources,
	// as it does to generate their configuration.
	Fill func(ctx context.Context, resource *tfsdk.Resource) diag.Diagnostics
}

// Of makes a result of each object, and takes no more objects than Terraform wants. Diagnostics without an object are a
// result of their own, after which others may follow: Terraform reads diagnostics nowhere else.
func Of(ctx context.Context, request list.ListRequest, workspace identity.Workspace, objects iter.Seq2[Object, diag.Diagnostics]) iter.Seq[list.ListResult] {
	return func(push func(list.ListResult) bool) {
		var pushed int64
		for object, diagnostics := range objects {
			result := list.ListResult{Diagnostics: diagnostics}
			if object.ID != "" {
				result = resultOf(ctx, request, workspace, object, diagnostics)
				pushed++
			}
			if !push(result) || pushed == request.Limit {
				return
			}
		}
	}
}

func resultOf(ctx context.Context, request list.ListRequest, workspace identity.Workspace, object Object, diagnostics diag.Diagnostics) list.ListResult {
	result := request.NewListResult(ctx)
	result.DisplayName = object.DisplayName
	result.Diagnostics.Append(diagnostics...)
	result.Diagnostics.Append(result.Identity.Set(ctx, workspace.Identity(object.ID))...)
	if request.IncludeResource {
		result.Diagnostics.Append(object.Fill(ctx, result.Resource)...)
	}
	return result
}
