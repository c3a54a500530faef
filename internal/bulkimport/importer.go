// Package bulkimport keeps imported into Flow what selectors match: repositories or ticket projects of an integration, ten
// or ten thousand. It knows nothing of Terraform.
package bulkimport

import (
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

// Source is where things are discovered, imported and removed; *flow.Collection is one.
type Source interface {
	// Available lists what an integration offers. It gives the same slice until ForgetAvailable.
	Available(ctx context.Context, integration int64) ([]flow.Available, error)
	ForgetAvailable(integration int64)
	// Imported lists what is imported. It gives the same slice until something is written, or ForgetImported.
	Imported(ctx context.Context, integration int64) ([]flow.Imported, error)
	ForgetImported(integration int64)
	// Import gives the id of what it has imported, 0 if that is not told.
	Import(ctx context.Context, integration int64, wanted flow.Available) (int64, error)
	Remove(ctx context.Context, integration int64, unwanted flow.Available) error
}

// Options say what an Importer imports, and how.
type Options struct {
	Source Source
	// Kind says how things are named, and so which patterns select them.
	Kind selector.Kind
	// Discovered asks whether Flow has looked up what an integration offers yet.
	Discovered func(ctx context.Context, integration int64) (bool, error)
	// Workers is how many writes may be under way at once.
	Workers int
}

// Importer imports and removes one kind of things. All resources of a provider share one, and with it one listing of an
// integration and one index of its names. It is safe for concurrent use.
type Importer struct {
	options Options

	// writes are under way: what two resources select is written once for both.
	writes singleflight.Group

	mutex      sync.Mutex
	catalogs   map[int64]*Catalog
	discovered map[int64]bool
	// kept are the ids of what Keep was told, by integration.
	kept map[int64]map[int64]bool
}

// New makes an Importer. It sends nothing.
func New(options Options) *Importer {
	return &Importer{options: options, catalogs: map[int64]*Catalog{}, discovered: map[int64]bool{}, kept: map[int64]map[int64]bool{}}
}

// Kind is the kind of patterns that select things.
func (i *Importer) Kind() selector.Kind { return i.options.Kind }

// Catalog gives what an integration offers, as it was listed last and with what this Importer has written since.
func (i *Importer) Catalog(ctx context.Context, integration int64) (*Catalog, error) {
	rows, err := i.options.Source.Available(ctx, integration)
	if err != nil {
		return nil, err
	}
	i.mutex.Lock()
	defer i.mutex.Unlock()
	known := i.catalogs[integration]
	switch {
	case known == nil:
		known = newCatalog(i.options.Kind, rows, &journal{written: map[int64]importState{}})
	case !known.isOf(rows):
		known = newCatalog(i.options.Kind, rows, known.journal)
	}
	i.catalogs[integration] = known
	return known, nil
}

// fresh gives what an integration offers as it is listed now.
func (i *Importer) fresh(ctx context.Context, integration int64) (*Catalog, error) {
	i.options.Source.ForgetAvailable(integration)
	return i.Catalog(ctx, integration)
}

// note remembers a write, so that it takes no new listing to know of it.
func (i *Importer) note(integration int64, item Item, state importState) {
	i.mutex.Lock()
	known := i.catalogs[integration]
	i.mutex.Unlock()
	if known != nil {
		known.note(item, state)
	}
}

// Keep remembers that items are wanted, for NotKept.
func (i *Importer) Keep(integration int64, items []Item) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if i.kept[integration] == nil {
		i.kept[integration] = make(map[int64]bool, len(items))
	}
	for _, item := range items {
		i.kept[integration][item.ID] = true
	}
}

// NotKept gives those of the items that Keep was not told.
func (i *Importer) NotKept(integration int64, items []Item) []Item {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	return slices.DeleteFunc(slices.Clone(items), func(item Item) bool { return i.kept[integration][item.ID] })
}

// isImported tells what is known of an item by now, which another resource may have written since it was selected.
func (i *Importer) isImported(integration int64, item Item) bool {
	i.mutex.Lock()
	known := i.catalogs[integration]
	i.mutex.Unlock()
	return known != nil && known.isImported(item.ID)
}

// ForgetImported makes the next reader of Imported ask Flow anew: processing goes on by itself.
func (i *Importer) ForgetImported(integration int64) { i.options.Source.ForgetImported(integration) }

// Imported gives what is imported by its id, as Flow lists it.
func (i *Importer) Imported(ctx context.Context, integration int64) (map[int64]flow.Imported, error) {
	rows, err := i.options.Source.Imported(ctx, integration)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]flow.Imported, len(rows))
	for _, row := range rows {
		byID[row.ID] = row
	}
	return byID, nil
}
