// Package deadline bounds how long each operation of the provider may take, and describes the attribute that says so.
package deadline

import (
	"context"
	"time"

	actiontimeouts "github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	actionschema "github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// How long operations may take unless a timeouts attribute says otherwise. Flow is known to be slow.
const (
	// Read is for whatever only reads: plans, refreshes, imports, data sources, list resources, ephemeral resources.
	Read = 5 * time.Minute
	// Write is for creating, changing and deleting one object.
	Write = 10 * time.Minute
	// Bulk is for what takes a request for each of thousands of objects, and for what Flow has to discover first.
	Bulk = 30 * time.Minute
)

// Configured is a method of a timeouts value, such as timeouts.Value.Create.
type Configured func(ctx context.Context, otherwise time.Duration) (time.Duration, diag.Diagnostics)

// Within bounds an operation by its configured time, or by otherwise where nothing is configured. An operation that no
// timeouts attribute is about passes nil. The returned function releases the context; it is never nil.
func Within(ctx context.Context, configured Configured, otherwise time.Duration) (context.Context, context.CancelFunc, diag.Diagnostics) {
	limit, diagnostics := otherwise, diag.Diagnostics(nil)
	if configured != nil {
		limit, diagnostics = configured(ctx, otherwise)
	}
	bounded, cancel := context.WithTimeout(ctx, limit)
	return bounded, cancel, diagnostics
}

// ResourceAttribute is the standard timeouts attribute of a resource, which the module leaves without a description.
func ResourceAttribute(ctx context.Context, description string) schema.Attribute {
	attribute := timeouts.Attributes(ctx, timeouts.Opts{Create: true, Read: true, Update: true, Delete: true})
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = description
		return nested
	}
	return attribute
}

// ActionAttribute is the same for an action.
func ActionAttribute(ctx context.Context, description, example string) actionschema.Attribute {
	attribute := actiontimeouts.AttributesWithOpts(ctx, actiontimeouts.Opts{InvokeDescription: example})
	if nested, ok := attribute.(actionschema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = description
		return nested
	}
	return attribute
}
