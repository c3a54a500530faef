package importresource

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/adourl"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// Include checks each selector of a list as far as it is known, and that there is one.
func Include(kind selector.Kind) validator.List { return selectorList{kind, false} }

// Exclude checks each selector of a list as far as it is known.
func Exclude(kind selector.Kind) validator.List { return selectorList{kind, true} }

// selectorList is the validator that Include and Exclude return.
type selectorList struct {
	kind     selector.Kind
	mayEmpty bool
}

// Description implements validator.Describer.
func (selectorList) Description(context.Context) string { return "values must be selectors" }

// MarkdownDescription implements validator.Describer.
func (v selectorList) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateList implements validator.List.
func (v selectorList) ValidateList(_ context.Context, request validator.ListRequest, response *validator.ListResponse) {
	list := request.ConfigValue
	if !v.mayEmpty && !list.IsNull() && !list.IsUnknown() && len(list.Elements()) == 0 {
		response.Diagnostics.AddAttributeError(request.Path, "No selector in include",
			fmt.Sprintf("An empty list selects nothing.\n\nWrite include = [%q] to select everything.", everything(v.kind)))
	}
	for i, element := range list.Elements() {
		text, ok := element.(types.String)
		if !ok || text.IsUnknown() {
			continue
		}
		at := request.Path.AtListIndex(i)
		if text.IsNull() {
			response.Diagnostics.AddAttributeError(at, "Selector is null", "A selector must be a string.\n\nRemove the element, or give it a value.")
			continue
		}
		_, err := selector.Parse(v.kind, text.ValueString())
		if wrong, ok := errors.AsType[*selector.SyntaxError](err); ok {
			response.Diagnostics.AddAttributeError(at, fmt.Sprintf("Invalid selector %q", wrong.Pattern),
				wording.Sentence(wrong.Error())+"\n\n  "+strings.ReplaceAll(wrong.Marked(), "\n", "\n  ")+v.fromAddress(wrong.Pattern))
		}
	}
}

// fromAddress returns how to select what the address of a project or repository names, if the text is one.
func (v selectorList) fromAddress(text string) string {
	address, err := adourl.Parse(text)
	if err != nil || address.Project == "" {
		return ""
	}
	wanted := address.Project
	if v.kind == selector.RepositoryPaths {
		wanted += "/" + cmp.Or(address.Repository, "*")
	}
	if _, err := selector.Parse(v.kind, wanted); err != nil {
		return ""
	}
	return fmt.Sprintf("\n\nThis is an address. Write %q instead.", wanted)
}
