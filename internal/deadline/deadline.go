// Package deadline bounds how long each operation of the provider may take, and describes the attribute that says so.
package deadline

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	actiontimeouts "github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	actionschema "github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
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
	nested, ok := attribute.(schema.SingleNestedAttribute)
	if !ok {
		return attribute
	}
	nested.MarkdownDescription = description
	nested.Validators = []validator.Object{durations{}}
	for name, attribute := range nested.Attributes {
		if text, ok := attribute.(schema.StringAttribute); ok {
			text.Validators = nil // durations says it better.
			nested.Attributes[name] = text
		}
	}
	return nested
}

// ActionAttribute is the same for an action.
func ActionAttribute(ctx context.Context, description, example string) actionschema.Attribute {
	attribute := actiontimeouts.AttributesWithOpts(ctx, actiontimeouts.Opts{InvokeDescription: example})
	nested, ok := attribute.(actionschema.SingleNestedAttribute)
	if !ok {
		return attribute
	}
	nested.MarkdownDescription = description
	nested.Validators = []validator.Object{durations{}}
	for name, attribute := range nested.Attributes {
		if text, ok := attribute.(actionschema.StringAttribute); ok {
			text.Validators = nil
			nested.Attributes[name] = text
		}
	}
	return nested
}

// durations checks a timeouts attribute: on the whole of it, because Terraform finds no line for what is inside.
type durations struct{}

// Description implements validator.Describer.
func (durations) Description(context.Context) string { return "values must be durations, such as 30m" }

// MarkdownDescription implements validator.Describer.
func (v durations) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateObject implements validator.Object.
func (durations) ValidateObject(_ context.Context, request validator.ObjectRequest, response *validator.ObjectResponse) {
	attributes := request.ConfigValue.Attributes()
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		text, ok := attributes[name].(types.String)
		if !ok || text.IsNull() || text.IsUnknown() {
			continue
		}
		wrong := "is not a duration"
		if limit, err := time.ParseDuration(text.ValueString()); err == nil {
			if limit > 0 {
				continue
			}
			wrong = "leaves no time"
		}
		response.Diagnostics.AddAttributeError(request.Path, fmt.Sprintf("Invalid timeout for %s", name),
			fmt.Sprintf("%q %s.\n\nWrite a number greater than zero with its unit, such as \"90s\", \"30m\" or \"2h\".", text.ValueString(), wrong))
	}
}
