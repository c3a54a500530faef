package bulkimport

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
	"github.com/flow-community/terraform-provider-flow/internal/wait"
)

// The pauses between two looks grow from the first to the longest, by half each time: Flow takes minutes to discover, and
// minutes to hours to process.
const (
	firstPause   = time.Second
	longestPause = 30 * time.Second
	// maxFailing is for how long all looks may fail: a Flow that is down is waited for, but not for as long as the operation
	// may take.
	maxFailing = 5 * time.Minute
)

// Complete reports whether Flow has looked up all that an integration offers. Catalog then returns all of it.
func (i *Importer) Complete(ctx context.Context, integration int64) (bool, error) {
	return i.options.Source.Complete(ctx, integration)
}

// AwaitDiscovery waits until Flow has looked up what an integration offers, and returns it. The error is one of asking, or
// the context's.
func (i *Importer) AwaitDiscovery(ctx context.Context, integration int64) (*Catalog, error) {
	var catalog *Catalog
	err := poll(ctx, i.options.Logger, "Flow to discover what the integration offers", func() (bool, error) {
		complete, err := i.Complete(ctx, integration)
		if err != nil {
			return false, err
		}
		if !complete {
			i.options.Source.RefreshAvailable(integration)
		}
		catalog, err = i.Catalog(ctx, integration)
		return complete, err
	})
	if err != nil {
		return nil, err
	}
	return catalog, nil
}

// Processing is the progress of Flow with what selectors match.
type Processing struct {
	// Total counts what is imported, and Left what of it was not processed yet.
	Total, Left int
	// Untold counts what Flow reports no progress of.
	Untold int
	// Failed is what Flow does not try again.
	Failed []Unprocessed
}

// Unprocessed is what Flow could not process.
type Unprocessed struct {
	Item Item
	// Reason is Flow's sentence; "" if there is none.
	Reason string
}

// AwaitProcessed waits until Flow has processed what selectors match and is imported, or has failed to. What Flow reports
// no progress of is not waited for.
func (i *Importer) AwaitProcessed(ctx context.Context, integration int64, set selector.Set) (Processing, error) {
	var progress Processing
	err := poll(ctx, i.options.Logger, "Flow to process what was imported", func() (bool, error) {
		items, err := i.importedWithIDs(ctx, integration, set)
		if err != nil {
			return false, err
		}
		i.options.Source.RefreshImported(integration)
		rows, err := i.Imported(ctx, integration)
		if err != nil {
			return false, err
		}
		progress = progressOf(items, rows)
		return progress.Left == 0, nil
	})
	return progress, err
}

// importedWithIDs returns what is selected and imported. An import whose answer had no id, or was lost, shows its id in a
// later list.
func (i *Importer) importedWithIDs(ctx context.Context, integration int64, set selector.Set) ([]Item, error) {
	catalog, err := i.Catalog(ctx, integration)
	if err != nil {
		return nil, err
	}
	items := catalog.Select(set).Imported
	if !slices.ContainsFunc(items, func(item Item) bool { return item.ImportedID == 0 }) {
		return items, nil
	}
	if catalog, err = i.refresh(ctx, integration); err != nil {
		return nil, err
	}
	return catalog.Select(set).Imported, nil
}

func progressOf(items []Item, rows Rows) Processing {
	progress := Processing{Total: len(items)}
	for _, item := range items {
		row, listed := rows.Of(item)
		switch status := row.Progress(); {
		case !listed, status == flow.Processing:
			progress.Left++
		case status == flow.ProgressUnknown:
			progress.Untold++
		case status == flow.Failed:
			progress.Failed = append(progress.Failed, Unprocessed{item, row.FailureReason})
		}
	}
	return progress
}

// poll looks until it is done, with growing pauses. A failure that may be gone at the next look does not end it, unless it
// has lasted too long; when the context ends, that failure says more than the context does.
func poll(ctx context.Context, logger *slog.Logger, what string, look func() (done bool, err error)) error {
	defer wait.Announce(ctx, logger, what)()
	var failingSince time.Time
	for pause := firstPause; ; pause = min(pause+pause/2, longestPause) {
		begin := time.Now()
		done, err := look()
		switch {
		case err == nil:
			failingSince = time.Time{}
		case failingSince.IsZero():
			failingSince = begin
		}
		failed, ok := errors.AsType[*httpclient.Error](err)
		if done || err != nil && (!ok || !failed.Temporary() || time.Since(failingSince) >= maxFailing) {
			return err
		}
		if wait.For(ctx, logger, pause, what) != nil {
			return errors.Join(context.Cause(ctx), err)
		}
	}
}
