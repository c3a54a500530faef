package bulkimport

import (
	"slices"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

// Derive returns include patterns that select exactly what is imported: a project of which all is imported that can be, as
// <project>/*, and else each one by its name.
func Derive(kind selector.Kind, items []Item) []string {
	whole := map[string]bool{}
	for _, item := range items {
		project := strings.ToLower(item.Owner)
		if _, known := whole[project]; !known {
			whole[project] = kind == selector.RepositoryPaths
		}
		if !item.Imported && !item.Excluded && !item.Unsupported {
			whole[project] = false
		}
	}
	include := []string{}
	for _, item := range items {
		switch {
		case !item.Imported:
		case whole[strings.ToLower(item.Owner)]:
			include = append(include, item.Owner+"/*")
		default:
			include = append(include, item.Path)
		}
	}
	slices.SortFunc(include, func(a, b string) int {
		if order := strings.Compare(strings.ToLower(a), strings.ToLower(b)); order != 0 {
			return order
		}
		return strings.Compare(a, b)
	})
	return slices.CompactFunc(include, strings.EqualFold)
}
