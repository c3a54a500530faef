package adointegration

import (
	"context"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// trimmedText refuses text that is empty or has space around it, which is invisible and makes it another name.
type trimmedText struct{}

func (trimmedText) Description(context.Context) string {
	return "value must not be empty, nor begin or end with white space"
}

func (v trimmedText) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (v trimmedText) ValidateString(ctx context.Context, request validator.StringRequest, response *validator.StringResponse) {
	value := request.ConfigValue.ValueString()
	if request.ConfigValue.IsNull() || request.ConfigValue.IsUnknown() || value != "" && strings.TrimSpace(value) == value {
		return
	}
	response.Diagnostics.AddAttributeError(request.Path, "Invalid "+request.Path.String(),
		strconv.Quote(value)+": the "+v.Description(ctx)+`. For example "Contoso Azure DevOps".`)
}
