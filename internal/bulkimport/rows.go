package bulkimport

import (
	"context"
	"slices"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

// Rows are what is imported through an integration, as Flow lists it.
type Rows struct {
	byID   map[int64]flow.Imported
	byPath map[string][]flow.Imported
}

// Imported returns what is imported, as Flow lists it.
func (i *Importer) Imported(ctx context.Context, integration int64) (Rows, error) {
	listed, err := i.options.Source.Imported(ctx, integration)
	if err != nil {
		return Rows{}, err
	}
	rows := Rows{byID: make(map[int64]flow.Imported, len(listed)), byPath: make(map[string][]flow.Imported, len(listed))}
	for _, row := range listed {
		path := pathOf(i.options.Kind, row.Owner, row.Name)
		rows.byID[row.ID] = row
		rows.byPath[path] = append(rows.byPath[path], row)
	}
	return rows, nil
}

// Of returns the row of an item: the one of its id or, where Flow does not tell that, the only one of its project and name.
func (r Rows) Of(item Item) (row flow.Imported, found bool) {
	if item.ImportedID != 0 {
		row, found = r.byID[item.ImportedID]
		return row, found
	}
	for _, path := range []string{strings.ToLower(item.Path), pathOf(selector.RepositoryPaths, "", item.Name)} {
		if named := r.byPath[path]; len(named) == 1 && item.Imported {
			return named[0], true
		}
	}
	return flow.Imported{}, false
}

func pathOf(kind selector.Kind, owner, name string) string {
	if kind == selector.RepositoryPaths {
		name = owner + "/" + name
	}
	return strings.ToLower(name)
}

// identified returns the items with the ids under which they are imported, as far as Flow tells them.
func (i *Importer) identified(ctx context.Context, integration int64, items []Item) ([]Item, error) {
	if !slices.ContainsFunc(items, func(item Item) bool { return item.ImportedID == 0 }) {
		return items, nil
	}
	rows, err := i.Imported(ctx, integration)
	if err != nil {
		return nil, err
	}
	items = slices.Clone(items)
	for at := range items {
		if row, found := rows.Of(items[at]); found {
			items[at].ImportedID = row.ID
		}
	}
	return items, nil
}
