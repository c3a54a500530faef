package importresource

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

// selectorList is the validator of lists of selectors: it checks each one as far as it is known.
type selectorList struct{ kind selector.Kind }

// Description implements validator.Describer.
func (selectorList) Description(context.Context) string { return "values must be selectors" }

// MarkdownDescription implements validator.Describer.
func (v selectorList) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateList implements validator.List.
func (v selectorList) ValidateList(_ context.Context, request validator.ListRequest, response *validator.ListResponse) {
	for i, element := range request.ConfigValue.Elements() {
		text, ok := element.(types.String)
		if !ok || text.IsUnknown() {
			continue
		}
		at := request.Path.AtListIndex(i)
		if text.IsNull() {
			response.Diagnostics.AddAttributeError(at, "Selector is null", "A selector must be a text. Remove the element, or give it a value.")
			continue
		}
		_, err := selector.Parse(v.kind, text.ValueString())
		if wrong, ok := errors.AsType[*selector.SyntaxError](err); ok {
			response.Diagnostics.AddAttributeError(at, fmt.Sprintf("Invalid selector %q", wrong.Pattern),
				providerdata.Sentence(wrong)+"\n\n  "+strings.ReplaceAll(wrong.Marked(), "\n", "\n  "))
		}
	}
}
