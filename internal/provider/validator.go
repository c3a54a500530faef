package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// parsed validates a string by parsing it.
type parsed[T any] struct {
	expected string
	parse    func(string) (T, error)
}

func (v parsed[T]) Description(context.Context) string { return "value must be " + v.expected }

func (v parsed[T]) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v parsed[T]) ValidateString(_ context.Context, request validator.StringRequest, response *validator.StringResponse) {
	if request.ConfigValue.IsNull() || request.ConfigValue.IsUnknown() {
		return
	}
	if _, err := v.parse(request.ConfigValue.ValueString()); err != nil {
		response.Diagnostics.AddAttributeError(request.Path, "Invalid value: expected "+v.expected, err.Error()+".")
	}
}

// validString makes the validator of a parser.
func validString[T any](expected string, parse func(string) (T, error)) validator.String {
	return parsed[T]{expected: expected, parse: parse}
}
