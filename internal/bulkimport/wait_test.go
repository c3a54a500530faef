package bulkimport_test

import (
	"context"
	"errors"
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
		again, err := importer.AwaitDiscovery(t.Context(), integration)
		if err != nil || again != catalog {
			t.Errorf("what is known was asked for again (%v)", err)
		}
	})
}

// TestAListThatStaysCountsAsComplete: should the field that tells of the look-up not mean it.
func TestAListThatStaysCountsAsComplete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := many(3)
		source.discovered = func() (bool, error) { return false, nil }
		begin := time.Now()
		catalog, err := newImporter(source).AwaitDiscovery(t.Context(), integration)
		if took := time.Since(begin); err != nil || len(catalog.All()) != 3 || took < 2*time.Minute || took > 3*time.Minute {
			t.Errorf("after %s: error %v", took, err)
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
				if took := time.Since(begin); !errors.Is(err, test.want) || took != test.takes {
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
		source.rows[4].ImportedID = 0 // of which Flow does not tell how far it is
		statuses := func(second string) []flow.Imported {
			return []flow.Imported{
				{ID: 10, Status: "Healthy"}, {ID: 20, Status: second}, {ID: 30, Blocked: true, FailureReason: "Disabled."}, {ID: 40}, {ID: 99, Status: "Processing"},
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
		failed, left, err := importer.AwaitProcessed(t.Context(), integration, selected(t, importer, "P/*").Imported)
		if took := time.Since(begin); err != nil || left != 0 || took < time.Minute || took > 2*time.Minute {
			t.Errorf("after %s: %d left, error %v", took, left, err)
		}
		var reasons []string
		for _, one := range failed {
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
		_, left, err := importer.AwaitProcessed(ctx, integration, selected(t, importer, "P/*").Imported)
		if left != 1 || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%d left, error %v", left, err)
		}
	})
}
