package bulkimport_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
)

func TestDiscoveryIsWaitedForWithGrowingWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := many(3)
		rows := source.rows
		source.rows = nil
		begin := time.Now()
		var looks []time.Duration
		source.discovered = func() (bool, error) {
			looks = append(looks, time.Since(begin))
			if time.Since(begin) < time.Minute {
				return false, nil
			}
			source.rows = rows
			return true, nil
		}
		importer := newImporter(source)
		if catalog, err := importer.Catalog(t.Context(), integration); err != nil || !catalog.Empty() {
			t.Errorf("something is offered already (%v)", err)
		}
		catalog, err := importer.AwaitDiscovery(t.Context(), integration)
		if err != nil || len(catalog.All()) != 3 {
			t.Errorf("error %v", err)
		}
		if len(looks) < 6 || len(looks) > 10 || looks[1] != time.Second || time.Since(begin) > 90*time.Second {
			t.Errorf("looked after %v", looks)
		}
	})
}

func TestWaitingEnds(t *testing.T) {
	for name, test := range map[string]struct {
		// failures are what the first looks meet; the others say that it is not over.
		failures []error
		takes    time.Duration
		want     error
	}{
		"when the time is up":                        {nil, time.Hour, context.DeadlineExceeded},
		"not by failures that may be gone":           {[]error{crashed, broken, timeout}, time.Hour, context.DeadlineExceeded},
		"by a failure that stays":                    {[]error{crashed, refused}, time.Second, refused},
		"by a failure that is there at every look":   {slices.Repeat([]error{crashed}, 100), 5*time.Minute + 15*time.Second, crashed},
		"not by failures with successes in between":  {slices.Repeat([]error{crashed, nil}, 100), time.Hour, context.DeadlineExceeded},
		"by an integration that is gone, as it says": {[]error{&flow.NotFoundError{Err: refused}}, 0, refused},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				source := &fake{}
				failures := test.failures
				source.discovered = func() (bool, error) {
					if len(failures) == 0 {
						return false, nil
					}
					err := failures[0]
					failures = failures[1:]
					return false, err
				}
				begin := time.Now()
				_, err := newImporter(source).AwaitDiscovery(ctx, integration)
				if took := time.Since(begin); !errors.Is(err, test.want) || took.Round(time.Second) != test.takes {
					t.Errorf("after %s: error %v", took, err)
				}
			})
		})
	}
}

func TestProcessingIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := many(5)
		for id := range int64(5) {
			source.set(id+1, true)
		}
		statuses := func(second string) []flow.Imported {
			return []flow.Imported{
				{ID: 10, Status: "Healthy"}, {ID: 20, Status: second}, {ID: 30, Blocked: true, FailureReason: "Disabled."}, {ID: 40}, {ID: 50}, {ID: 99, Status: "Processing"},
			}
		}
		source.imported = statuses("Processing")
		begin := time.Now()
		time.AfterFunc(time.Minute, func() {
			source.mutex.Lock()
			defer source.mutex.Unlock()
			source.imported = statuses("Healthy")
		})
		importer := newImporter(source)
		progress, err := importer.AwaitProcessed(t.Context(), integration, set(t, "P/*"))
		if took := time.Since(begin); err != nil || progress.Left != 0 || progress.Total != 5 || took < time.Minute || took > 2*time.Minute {
			t.Errorf("after %s: %d left, error %v", took, progress.Left, err)
		}
		var reasons []string
		for _, one := range progress.Failed {
			reasons = append(reasons, one.Item.Path+" "+one.Reason)
		}
		if diff := cmp.Diff([]string{"P/ac Disabled."}, reasons); diff != "" {
			t.Errorf("failed (-want +got):\n%s", diff)
		}
	})
}

func TestProcessingThatDoesNotEndIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := many(2)
		source.set(1, true)
		source.set(2, true)
		source.imported = []flow.Imported{{ID: 10, Status: "Healthy"}, {ID: 20, Status: "Rate limited"}}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		importer := newImporter(source)
		progress, err := importer.AwaitProcessed(ctx, integration, set(t, "P/*"))
		if progress.Left != 1 || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%d left, error %v", progress.Left, err)
		}
	})
}

// An import whose answer had no id is waited for under the id that a later list shows.
func TestProcessingIsWaitedForWithoutAnID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := many(1)
		source.set(1, true)
		importer := newImporter(source)
		if got := selected(t, importer, "P/*").Imported; len(got) != 1 {
			t.Fatalf("%d are imported", len(got))
		}
		source.remember(1, func(row *flow.Available) { row.ImportedID = 0 })
		source.imported = []flow.Imported{{ID: 10, Status: "Processing"}}
		time.AfterFunc(time.Minute, func() {
			source.mutex.Lock()
			defer source.mutex.Unlock()
			source.imported = []flow.Imported{{ID: 10, Status: "Healthy"}}
		})
		begin := time.Now()
		progress, err := importer.AwaitProcessed(t.Context(), integration, set(t, "P/*"))
		if took := time.Since(begin); err != nil || progress.Left != 0 || took < time.Minute {
			t.Errorf("after %s: %d left, error %v", took, progress.Left, err)
		}
	})
}

// What Flow has imported and does not list yet is not processed yet.
func TestWhatIsNotListedYetIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := many(1)
		source.set(1, true)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		progress, err := newImporter(source).AwaitProcessed(ctx, integration, set(t, "P/*"))
		if progress.Left != 1 || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%d left, error %v", progress.Left, err)
		}
	})
}

// A look may take minutes before it fails, so their number bounds nothing.
func TestWaitingEndsAlthoughEachLookTakesLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &fake{discovered: func() (bool, error) {
			time.Sleep(3 * time.Minute)
			return false, timeout
		}}
		begin := time.Now()
		_, err := newImporter(source).AwaitDiscovery(t.Context(), integration)
		if took := time.Since(begin); !errors.Is(err, timeout) || took > 7*time.Minute {
			t.Errorf("after %s: error %v", took, err)
		}
	})
}
