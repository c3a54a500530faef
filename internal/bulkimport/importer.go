// Package bulkimport keeps imported into Flow what selectors match: repositories or ticket projects of an integration, ten
// or ten thousand. It knows nothing of Terraform.
package bulkimport

import (
	"context"
	"log/slog"

	"golang.org/x/sync/singleflight"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

// Source is where things are discovered, imported and removed; *flow.Collection is one. It remembers its lists.
type Source interface {
	// Available lists what an integration offers, with what was imported and removed since it was fetched.
	Available(ctx context.Context, integration int64) ([]flow.Available, error)
	RefreshAvailable(integration int64)
	// Listed returns the ids of what the list that was fetched last shows as imported, without what was written since.
	Listed(integration int64) map[int64]bool
	// Complete reports whether Available is all that the integration offers.
	Complete(ctx context.Context, integration int64) (bool, error)
	// IsImported reports whether one of what Available returns is imported by now.
	IsImported(ctx context.Context, integration, availableID int64) (bool, error)
	// Imported lists what is imported.
	Imported(ctx context.Context, integration int64) ([]flow.Imported, error)
	RefreshImported(integration int64)

	// LacksImport reports whether Flow says that it has no such call.
	LacksImport(ctx context.Context) bool
	Import(ctx context.Context, integration int64, wanted flow.Available) error
	Remove(ctx context.Context, integration int64, unwanted flow.Available) error
}

// Options configure an Importer.
type Options struct {
	Source Source
	// Kind says how things are named, and so which patterns select them.
	Kind selector.Kind
	// Workers is how many writes may be under way at once.
	Workers int
	// Logger receives what a long wait is for. Nil means silence.
	Logger *slog.Logger
}

// Importer imports and removes one kind of things. All resources of a provider share one. It is safe for concurrent use.
type Importer struct {
	// Claims are what the resources of this run keep and remove.
	Claims Claims

	options Options
	// writes are under way: what two resources select is written once for both.
	writes singleflight.Group
}

// New makes an Importer. It sends nothing.
func New(options Options) *Importer {
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	return &Importer{options: options}
}

// Catalog returns what an integration offers, as it was listed last and with what was written since.
func (i *Importer) Catalog(ctx context.Context, integration int64) (*Catalog, error) {
	rows, err := i.options.Source.Available(ctx, integration)
	if err != nil {
		return nil, err
	}
	return newCatalog(i.options.Kind, rows), nil
}

// refresh returns what an integration offers as it is listed now.
func (i *Importer) refresh(ctx context.Context, integration int64) (*Catalog, error) {
	i.options.Source.RefreshAvailable(integration)
	return i.Catalog(ctx, integration)
}

// RefreshImported makes the next caller of Imported ask Flow anew: processing goes on by itself.
func (i *Importer) RefreshImported(integration int64) { i.options.Source.RefreshImported(integration) }

// LacksImport reports whether Flow says that nothing can be imported by API.
func (i *Importer) LacksImport(ctx context.Context) bool { return i.options.Source.LacksImport(ctx) }
