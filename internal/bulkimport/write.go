package bulkimport

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/singlecall"
)

const (
	// maxSends is how often one write is sent at the most, each time only after a fresh listing has shown that the last
	// one did not take effect.
	maxSends = 3
	// maxConsecutiveFailures is after how many failures in a row, of which none is about one item alone, no more writes
	// are sent: what fails so often fails for all.
	maxConsecutiveFailures = 20
)

// Failure is one thing that could not be written, and why.
type Failure struct {
	Item Item
	Err  error
}

// Outcome is what became of many writes.
type Outcome struct {
	// Done was written, or was found to be as wanted.
	Done []Item
	// Failed could not be written, in the order of the paths.
	Failed []Failure
	// Left was not sent, or was interrupted: it timed out, Terraform was interrupted, or too much had failed before.
	Left []Item
	// Stopped is why something is left; nil if nothing is.
	Stopped error
}

// ErrConsecutiveFailures is why writes are left when many in a row have failed.
var ErrConsecutiveFailures = fmt.Errorf("stopped after %d consecutive failures", maxConsecutiveFailures)

// ErrNoID is why something imported can be neither removed nor updated.
var ErrNoID = errors.New("Flow does not say under which id it is imported")

// ErrNotListed is an import that Flow accepted, and does not list as imported.
var ErrNotListed = errors.New("Flow accepted the import, but does not list it as imported")

// Import imports items, several at once, and then waits until Flow lists them as imported. A failure does not keep the
// others from being imported.
func (i *Importer) Import(ctx context.Context, integration int64, items []Item) Outcome {
	outcome := i.write(ctx, integration, items, operation{name: "import", imports: true, send: func(ctx context.Context, item Item) error {
		return i.options.Source.Import(ctx, integration, item.Available)
	}})
	i.confirm(ctx, integration, &outcome)
	return outcome
}

// confirm waits until everything that was imported is listed so. What is not when the time is over has failed. If nothing
// can be listed, Flow's answers to the imports have to do.
func (i *Importer) confirm(ctx context.Context, integration int64, outcome *Outcome) {
	if len(outcome.Done) == 0 || ctx.Err() != nil {
		return
	}
	var listed map[int64]bool
	isMissing := func(item Item) bool { return listed != nil && !listed[item.ID] }
	_ = poll(ctx, i.options.Logger, "Flow to list what was imported", func() (bool, error) {
		_, err := i.refresh(ctx, integration)
		if err == nil {
			listed = i.options.Source.Listed(integration)
		}
		return !slices.ContainsFunc(outcome.Done, isMissing), err
	})
	for _, item := range outcome.Done {
		if isMissing(item) {
			outcome.Failed = append(outcome.Failed, Failure{item, ErrNotListed})
		}
	}
	outcome.Done = slices.DeleteFunc(outcome.Done, isMissing)
	outcome.sortFailures()
}

// Remove removes items with their data from Flow, several at once.
func (i *Importer) Remove(ctx context.Context, integration int64, items []Item) Outcome {
	if identified, err := i.identified(ctx, integration, items); err == nil {
		items = identified
	}
	return i.write(ctx, integration, items, operation{name: "remove", send: func(ctx context.Context, item Item) error {
		if item.ImportedID == 0 {
			return ErrNoID
		}
		return i.options.Source.Remove(ctx, integration, item.Available)
	}})
}

// Each sends for items what may be repeated without harm, several at once. Nothing is listed anew, and a failure is not
// sent again; it does not keep the others from being sent.
func (i *Importer) Each(ctx context.Context, items []Item, send func(context.Context, Item) error) Outcome {
	var outcome Outcome
	for _, a := range i.send(ctx, items, send, &outcome) {
		outcome.add(ctx, a)
	}
	outcome.conclude(ctx)
	return outcome
}

// operation is one way of writing.
type operation struct {
	name string
	// imports is set if an item is imported afterwards.
	imports bool
	send    func(ctx context.Context, item Item) error
}

// attempt is an item, and the result of sending it.
type attempt struct {
	item Item
	sent bool
	err  error
}

// left reports whether it was not sent, or was interrupted before Flow answered.
func (a attempt) left(ctx context.Context) bool {
	return !a.sent || ctx.Err() != nil && httpclient.StatusOf(a.err) == 0
}

// add records an attempt that will not be made again.
func (o *Outcome) add(ctx context.Context, a attempt) {
	if a.left(ctx) {
		o.Left = append(o.Left, a.item)
		return
	}
	o.Failed = append(o.Failed, Failure{a.item, a.err})
}

// conclude records why something is left, and sorts the failures.
func (o *Outcome) conclude(ctx context.Context) {
	if len(o.Left) > 0 {
		if o.Stopped = context.Cause(ctx); o.Stopped == nil {
			o.Stopped = ErrConsecutiveFailures
		}
	}
	o.sortFailures()
}

func (o *Outcome) sortFailures() {
	slices.SortStableFunc(o.Failed, func(a, b Failure) int { return cmp.Compare(a.Item.Path, b.Item.Path) })
}

// write sends until each item is as wanted or has failed for good. An answer that was lost leaves open whether it is, and
// an answer that refuses may come after somebody else's write, so a fresh listing decides on all that failed.
func (i *Importer) write(ctx context.Context, integration int64, items []Item, operation operation) Outcome {
	var outcome Outcome
	sendOnce := func(ctx context.Context, item Item) error {
		key := fmt.Sprintf("%s %d/%d", operation.name, integration, item.ID)
		_, err := singlecall.Do(ctx, &i.writes, key, func(ctx context.Context) (struct{}, error) {
			imported, err := i.options.Source.IsImported(ctx, integration, item.ID)
			if err != nil || imported == operation.imports {
				return struct{}{}, err // Another resource may have been faster.
			}
			return struct{}{}, operation.send(ctx, item)
		})
		return err
	}
	for sends := 1; len(items) > 0; sends++ {
		failed := i.send(ctx, items, sendOnce, &outcome)
		failed, listed := i.recheck(ctx, integration, failed, operation, &outcome)
		items = nil
		for _, a := range failed {
			if !a.left(ctx) && listed && sends < maxSends && flow.MayRepeat(a.err) {
				items = append(items, a.item)
				continue
			}
			outcome.add(ctx, a)
		}
		if len(outcome.Left) > 0 { // what stopped the sending would stop it again
			outcome.Left = append(outcome.Left, items...)
			items = nil
		}
	}
	outcome.conclude(ctx)
	return outcome
}

// send sends the writes, and returns those that were not carried out as far as it knows. When the context ends, or after
// too many failures, the rest is not sent.
func (i *Importer) send(ctx context.Context, items []Item, send func(context.Context, Item) error, outcome *Outcome) []attempt {
	attempts := make([]attempt, len(items))
	var consecutiveFailures atomic.Int64
	sendOne := func(a *attempt) {
		if ctx.Err() != nil || consecutiveFailures.Load() >= maxConsecutiveFailures {
			return
		}
		a.sent = true
		if a.err = send(ctx, a.item); a.err == nil || aboutTheItem(a.err) {
			consecutiveFailures.Store(0)
			return
		}
		consecutiveFailures.Add(1)
	}
	var workers errgroup.Group // each attempt keeps its own error
	workers.SetLimit(max(i.options.Workers, 1))
	for n, item := range items {
		attempts[n].item = item
		workers.Go(func() error {
			sendOne(&attempts[n])
			return nil
		})
	}
	_ = workers.Wait()
	var failed []attempt
	for _, a := range attempts {
		if !a.sent || a.err != nil {
			failed = append(failed, a)
			continue
		}
		outcome.Done = append(outcome.Done, a.item)
	}
	return failed
}

// aboutTheItem reports whether Flow has looked at the item and refused it, so that others may still be accepted.
func aboutTheItem(err error) bool {
	if _, refused := errors.AsType[*flow.ConnectionRefusedError](err); refused {
		return false // It is about the integration.
	}
	switch httpclient.StatusOf(err) {
	case http.StatusBadRequest, http.StatusConflict, http.StatusGone, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// certain reports whether Flow has refused without looking at the item: no list shows anything else.
func certain(err error) bool {
	switch httpclient.StatusOf(err) {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusMethodNotAllowed:
		return true
	}
	return false
}

// recheck lists anew, and returns the attempts that the list does not show to have been carried out. Without a list,
// nothing may be sent again.
func (i *Importer) recheck(ctx context.Context, integration int64, failed []attempt, operation operation, outcome *Outcome) (still []attempt, listed bool) {
	doubtful := slices.ContainsFunc(failed, func(a attempt) bool { return a.sent && !certain(a.err) })
	if !doubtful || ctx.Err() != nil {
		return failed, false
	}
	if _, err := i.refresh(ctx, integration); err != nil {
		return failed, false // Each failure says enough by itself, and the next plan shows what is missing.
	}
	for _, a := range failed {
		if imported, err := i.options.Source.IsImported(ctx, integration, a.item.ID); err == nil && imported == operation.imports {
			outcome.Done = append(outcome.Done, a.item)
			continue
		}
		still = append(still, a)
	}
	return still, true
}
