// Package nullable turns values for which Flow has nothing into null.
package nullable

import (
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// Text returns null for an empty text.
func Text(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// ID returns null for 0.
func ID(id int64) types.String {
	if id == 0 {
		return types.StringNull()
	}
	return types.StringValue(strconv.FormatInt(id, 10))
}
