package bulkimport

import (
	"slices"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

// Catalog is what an integration offers at one moment, with an index of the names. It does not change.
type Catalog struct {
	kind  selector.Kind
	items []Item
	index *selector.Index
}

// Item is one thing that an integration offers.
type Item struct {
	flow.Available
	// Path names it as selectors do: <project>/<repository>, or <project>.
	Path string
}

func newCatalog(kind selector.Kind, rows []flow.Available) *Catalog {
	items, names := make([]Item, len(rows)), make([]string, len(rows))
	for i, row := range rows {
		names[i] = row.Name
		if kind == selector.RepositoryPaths {
			names[i] = row.Owner + "/" + row.Name
		}
		items[i] = Item{row, names[i]}
	}
	return &Catalog{kind: kind, items: items, index: selector.NewIndex(names)}
}

// Empty reports whether there is nothing: the integration offers nothing, has not been looked up yet, or does not exist.
func (c *Catalog) Empty() bool { return len(c.items) == 0 }

// All returns everything that the integration offers, in the order of the list.
func (c *Catalog) All() []Item { return c.items }

// Selection is what selectors match, in the order of the paths.
type Selection struct {
	Imported []Item
	// Pending could be imported and is not.
	Pending []Item
	// Excluded is kept from being imported by Flow's exclusion rules, Unsupported by the vendor.
	Excluded, Unsupported []Item
	// Unmatched are the include patterns that match nothing.
	Unmatched []selector.Pattern
}

// Select sorts out what a set of selectors matches.
func (c *Catalog) Select(set selector.Set) Selection {
	matches := set.Match(c.index)
	var selection Selection
	for i, pattern := range set.Include() {
		if matches.Counts[i] == 0 {
			selection.Unmatched = append(selection.Unmatched, pattern)
		}
	}
	for _, at := range matches.Indexes {
		item := c.items[at]
		switch {
		case item.Imported:
			selection.Imported = append(selection.Imported, item)
		case item.Excluded:
			selection.Excluded = append(selection.Excluded, item)
		case item.Unsupported:
			selection.Unsupported = append(selection.Unsupported, item)
		default:
			selection.Pending = append(selection.Pending, item)
		}
	}
	return selection
}

// Matching returns all that a set of selectors matches, in the order of the paths.
func (c *Catalog) Matching(set selector.Set) []Item {
	indexes := set.Match(c.index).Indexes
	items := make([]Item, len(indexes))
	for i, at := range indexes {
		items[i] = c.items[at]
	}
	return items
}

// Has reports whether a pattern matches anything.
func (c *Catalog) Has(pattern selector.Pattern) bool { return len(c.index.Find(pattern)) > 0 }

// Projects returns the names of the projects, sorted.
func (c *Catalog) Projects() []string {
	names := make([]string, len(c.items))
	for i, item := range c.items {
		names[i], _, _ = strings.Cut(item.Path, "/")
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// HasProject reports whether anything is in the projects that a pattern names.
func (c *Catalog) HasProject(pattern selector.Pattern) bool { return c.index.HasProject(pattern) }

// Nearest returns patterns that select something and may have been meant.
func (c *Catalog) Nearest(pattern selector.Pattern, limit int) []string {
	return c.index.Nearest(pattern, limit)
}

// Named returns the items among those that an include pattern of the set names without wildcards: its author expects
// them to be imported.
func (c *Catalog) Named(items []Item, set selector.Set) []Item {
	var exact []string
	for _, pattern := range set.Include() {
		if pattern.Exact() {
			exact = append(exact, pattern.String())
		}
	}
	named, err := selector.NewSet(c.kind, exact, nil)
	if err != nil {
		return nil // The patterns are from a set, so they can be read.
	}
	ids := map[int64]bool{}
	c.mark(ids, named)
	return slices.DeleteFunc(slices.Clone(items), func(item Item) bool { return !ids[item.ID] })
}

// mark adds the ids of what a set of selectors matches.
func (c *Catalog) mark(ids map[int64]bool, set selector.Set) {
	for _, at := range set.Match(c.index).Indexes {
		ids[c.items[at].ID] = true
	}
}
