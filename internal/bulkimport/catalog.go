package bulkimport

import (
	"sync"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

// Catalog is one listing of what an integration offers. It is safe for concurrent use.
type Catalog struct {
	kind  selector.Kind
	rows  []flow.Available
	names []string
	index *selector.Index

	// ofID says where in rows an id is; it is made when it is first wanted.
	ofID func() map[int64]int
	*journal
}

// journal is what an Importer has imported and removed, by the id of what is available. It outlives a listing, which may
// have begun before a write and ended after it.
type journal struct {
	mutex   sync.RWMutex
	written map[int64]importState
}

// importState is whether something is imported, and as which id.
type importState struct {
	imported bool
	id       int64
}

// Item is one thing that an integration offers.
type Item struct {
	flow.Available
	// Path names it as selectors do: <project>/<repository>, or <project>.
	Path string
}

func newCatalog(kind selector.Kind, rows []flow.Available, writes *journal) *Catalog {
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = row.Name
		if kind == selector.RepositoryPaths {
			names[i] = row.Owner + "/" + row.Name
		}
	}
	ofID := sync.OnceValue(func() map[int64]int {
		positions := make(map[int64]int, len(rows))
		for at, row := range rows {
			positions[row.ID] = at
		}
		return positions
	})
	return &Catalog{kind: kind, rows: rows, names: names, index: selector.NewIndex(names), ofID: ofID, journal: writes}
}

// isOf tells whether the catalog was made of this very slice.
func (c *Catalog) isOf(rows []flow.Available) bool {
	return len(rows) == len(c.rows) && (len(rows) == 0 || &rows[0] == &c.rows[0])
}

// Empty tells an integration that offers nothing, has not been looked up yet, or does not exist.
func (c *Catalog) Empty() bool { return len(c.rows) == 0 }

func (j *journal) note(item Item, state importState) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.written[item.ID] = state
}

// item gives a row as it is now. It needs the lock.
func (c *Catalog) item(at int) Item {
	item := Item{c.rows[at], c.names[at]}
	if state, ok := c.written[item.ID]; ok {
		item.Imported, item.ImportedID = state.imported, state.id
	}
	return item
}

// isImported tells it of one id.
func (c *Catalog) isImported(id int64) bool {
	at, listed := c.ofID()[id]
	c.mutex.RLock()
	defer c.mutex.RUnlock()
	return listed && c.item(at).Imported
}

// shows tells whether an item is imported, or not, as wanted: by the listing, or by what was written since.
func (c *Catalog) shows(id int64, imported bool) bool {
	at, listed := c.ofID()[id]
	if !listed {
		return !imported
	}
	return c.rows[at].Imported == imported || c.isImported(id) == imported
}

// All is everything that the integration offers, in the order of the listing.
func (c *Catalog) All() []Item {
	c.mutex.RLock()
	defer c.mutex.RUnlock()
	items := make([]Item, len(c.rows))
	for at := range c.rows {
		items[at] = c.item(at)
	}
	return items
}

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
	c.mutex.RLock()
	defer c.mutex.RUnlock()
	for _, at := range matches.Indexes {
		item := c.item(at)
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

// Matching gives all that a set of selectors matches, in the order of the paths.
func (c *Catalog) Matching(set selector.Set) []Item {
	c.mutex.RLock()
	defer c.mutex.RUnlock()
	indexes := set.Match(c.index).Indexes
	items := make([]Item, len(indexes))
	for i, at := range indexes {
		items[i] = c.item(at)
	}
	return items
}

// HasProject tells whether anything is in the projects that a pattern names.
func (c *Catalog) HasProject(pattern selector.Pattern) bool { return c.index.HasProject(pattern) }

// Nearest gives patterns that select something and may have been meant.
func (c *Catalog) Nearest(pattern selector.Pattern, limit int) []string {
	return c.index.Nearest(pattern, limit)
}

// Named gives the items among those that an include pattern of the set names without wildcards: whoever wrote it counts on them.
func (c *Catalog) Named(items []Item, set selector.Set) []Item {
	if len(items) == 0 {
		return nil
	}
	exact := map[int64]bool{}
	for _, pattern := range set.Include() {
		if !pattern.Exact() {
			continue
		}
		alone, err := selector.NewSet(c.kind, []string{pattern.String()}, nil)
		if err != nil {
			continue // It is part of a set, so it can be read.
		}
		for _, at := range alone.Match(c.index).Indexes {
			exact[c.rows[at].ID] = true
		}
	}
	var named []Item
	for _, item := range items {
		if exact[item.ID] {
			named = append(named, item)
		}
	}
	return named
}
