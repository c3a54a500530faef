package bulkimport

import (
	"context"
	"errors"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

const (
	// The waits between two looks grow from the first to the longest, by half each time: Flow takes minutes to discover,
	// and minutes to hours to process.
	firstWait   = time.Second
	longestWait = 30 * time.Second
	// settledAfter is how long a list that is not empty has to stay as it is to count as complete, should Flow never say
	// that it has looked: the field that says so is not sure to mean it.
	settledAfter = 2 * time.Minute
)

// AwaitDiscovery waits until Flow has looked up what an integration offers, and gives it. The error is one of asking, or
// the context's.
func (i *Importer) AwaitDiscovery(ctx context.Context, integration int64) (*Catalog, error) {
	if i.knowsDiscovered(integration) {
		return i.Catalog(ctx, integration)
	}
	rows := -1
	var since time.Time
	var catalog *Catalog
	err := poll(ctx, func() (bool, error) {
		discovered, err := i.options.Discovered(ctx, integration)
		if err != nil {
			return false, err
		}
		if catalog, err = i.fresh(ctx, integration); err != nil {
			return false, err
		}
		if len(catalog.rows) != rows {
			rows, since = len(catalog.rows), time.Now()
		}
		return discovered || rows > 0 && time.Since(since) >= settledAfter, nil
	})
	if err != nil {
		return nil, err
	}
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.discovered[integration] = true
	return catalog, nil
}

// knowsDiscovered tells an integration that has been waited for before.
func (i *Importer) knowsDiscovered(integration int64) bool {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	return i.discovered[integration]
}

// Unprocessed is what Flow could not process.
type Unprocessed struct {
	Item Item
	// Reason is Flow's sentence; "" if there is none.
	Reason string
}

// AwaitProcessed waits until Flow has processed items, or has given them up: those are given. Items of which Flow does not
// tell how far it is are not waited for. left counts what was not processed when the context ended.
func (i *Importer) AwaitProcessed(ctx context.Context, integration int64, items []Item) (failed []Unprocessed, left int, err error) {
	left = len(items)
	err = poll(ctx, func() (bool, error) {
		i.options.Source.ForgetImported(integration)
		imported, err := i.Imported(ctx, integration)
		if err != nil {
			return false, err
		}
		failed, left = nil, 0
		for _, item := range items {
			switch row := imported[item.ImportedID]; row.Progress() {
			case flow.Processing:
				left++
			case flow.Failed:
				failed = append(failed, Unprocessed{item, row.FailureReason})
			case flow.Processed, flow.ProgressUntold:
			}
		}
		return left == 0, nil
	})
	return failed, left, err
}

// poll looks until it is done, with growing waits. A failure that may be gone at the next look does not end it; when the
// context ends, that failure says more than the context does.
func poll(ctx context.Context, look func() (done bool, err error)) error {
	for wait := firstWait; ; wait = min(wait+wait/2, longestWait) {
		done, err := look()
		var failed *httpclient.Error
		if err != nil && !(errors.As(err, &failed) && failed.Temporary()) || done {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return errors.Join(context.Cause(ctx), err)
		}
	}
}
