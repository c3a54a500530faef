package bulkimport_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

func TestEverythingIsImportedOnceWithBoundedWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := many(50)
		source.write = func(_ flow.Available, act func()) error {
			time.Sleep(20 * time.Millisecond)
			act()
			return nil
		}
		importer := newImporter(source)
		begin := time.Now()
		outcome := importer.Import(t.Context(), integration, selected(t, importer, "P/*").Pending)
		if took, want := time.Since(begin), 13*20*time.Millisecond; took != want {
			t.Errorf("50 imports of 20 ms by 4 workers took %s, want %s", took, want)
		}
		if len(outcome.Done) != 50 || len(outcome.Failed)+len(outcome.Left) > 0 || outcome.Stopped != nil {
			t.Errorf("%d done, %d failed, %d left, stopped by %v", len(outcome.Done), len(outcome.Failed), len(outcome.Left), outcome.Stopped)
		}
		if len(source.sent) != 50 || source.busiest != 4 || source.lists != 2 {
			t.Errorf("%d writes, %d at once, %d listings", len(source.sent), source.busiest, source.lists)
		}
		if after := selected(t, importer, "P/*"); len(after.Imported) != 50 || len(after.Pending) != 0 || after.Imported[1].ImportedID != 20 {
			t.Errorf("afterwards %d are imported and %d pending; the second has id %d", len(after.Imported), len(after.Pending), after.Imported[1].ImportedID)
		}
	})
}

// TestWritesThatFail: what is done, what has failed, and how often each was sent.
func TestWritesThatFail(t *testing.T) {
	t.Parallel()
	acts, fails := true, false
	for name, test := range map[string]struct {
		err error
		act bool
		// times is how often the first repository meets the failure.
		times     int
		wantSends int
		wantDone  bool
	}{
		"refused":                        {refused, fails, 9, 1, false},
		"refused, but somebody did it":   {refused, acts, 1, 1, true},
		"answer lost, effect had":        {broken, acts, 1, 1, true},
		"answer lost, no effect":         {broken, fails, 1, 2, true},
		"answer lost twice, no effect":   {broken, fails, 2, 3, true},
		"answer lost always, no effect":  {broken, fails, 9, 3, false},
		"crashed, effect had":            {crashed, acts, 1, 1, true},
		"crashed, no effect":             {crashed, fails, 1, 2, true},
		"timeout, effect had":            {timeout, acts, 1, 1, true},
		"timeout, and it may still come": {timeout, fails, 1, 1, false},
		"something else":                 {errors.New("what is this"), fails, 9, 1, false},
	} {
		for _, operation := range []string{"import", "remove"} {
			t.Run(name+", "+operation, func(t *testing.T) {
				t.Parallel()
				source := offering([2]string{"P", "a"}, [2]string{"P", "b"}, [2]string{"P", "c"})
				var mutex sync.Mutex
				left := test.times
				fault := func(item flow.Available, act func()) error {
					mutex.Lock()
					defer mutex.Unlock()
					if item.ID != 1 || left == 0 {
						act()
						return nil
					}
					if left--; test.act {
						act()
					}
					return test.err
				}
				importer := newImporter(source)
				var outcome bulkimport.Outcome
				want := []string{"P/b", "P/c"}
				if operation == "import" {
					source.write = fault
					outcome = importer.Import(t.Context(), integration, selected(t, importer, "P/*").Pending)
					if test.wantDone {
						want = []string{"P/a", "P/b", "P/c"}
					}
				} else {
					for id := range int64(3) {
						source.set(id+1, true)
					}
					source.write = fault
					outcome = importer.Remove(t.Context(), integration, selected(t, importer, "P/*").Imported)
					if want = []string{"P/a"}; test.wantDone {
						want = []string{}
					}
				}
				if diff := cmp.Diff(want, source.has()); diff != "" {
					t.Errorf("imported (-want +got):\n%s", diff)
				}
				if sends := source.sends(); sends[1] != test.wantSends || sends[2] != 1 || sends[3] != 1 {
					t.Errorf("sent by id: %v, want %d of 1", sends, test.wantSends)
				}
				if failed := len(outcome.Failed) == 1; failed == test.wantDone || failed && !errors.Is(outcome.Failed[0].Err, test.err) {
					t.Errorf("failed: %v", outcome.Failed)
				}
				if wantDone := 3 - len(outcome.Failed); len(outcome.Done) != wantDone || len(outcome.Left) > 0 || outcome.Stopped != nil {
					t.Errorf("%d done, want %d; left %v, stopped by %v", len(outcome.Done), wantDone, outcome.Left, outcome.Stopped)
				}
			})
		}
	}
}

func TestWithoutAListingNothingIsSentTwice(t *testing.T) {
	source := many(1)
	source.write = func(flow.Available, func()) error { return broken }
	importer := newImporter(source)
	pending := selected(t, importer, "P/*").Pending
	source.list = func() error { return crashed }
	outcome := importer.Import(t.Context(), integration, pending)
	if len(source.sent) != 1 || len(outcome.Failed) != 1 || !errors.Is(outcome.Failed[0].Err, broken) {
		t.Errorf("%d sent, failed %v", len(source.sent), outcome.Failed)
	}
}

func TestWhatFailsInARowIsStopped(t *testing.T) {
	source := many(200)
	source.write = func(flow.Available, func()) error { return crashed }
	importer := newImporter(source)
	outcome := importer.Import(t.Context(), integration, selected(t, importer, "P/*").Pending)
	if len(source.sent) < 20 || len(source.sent) > 24 {
		t.Errorf("%d were sent, want 20, and what the other workers had begun", len(source.sent))
	}
	if len(outcome.Failed)+len(outcome.Left) != 200 || !errors.Is(outcome.Stopped, bulkimport.ErrConsecutiveFailures) {
		t.Errorf("%d failed, %d left, stopped by %v", len(outcome.Failed), len(outcome.Left), outcome.Stopped)
	}
}

// TestWhatIsRefusedByItselfStopsNothing: Flow has looked at each of them.
func TestWhatIsRefusedByItselfStopsNothing(t *testing.T) {
	source := many(200)
	refused := &httpclient.Error{Kind: httpclient.KindStatus, Status: http.StatusBadRequest, Sent: true}
	source.write = func(item flow.Available, act func()) error {
		if item.ID <= 150 {
			return refused
		}
		act()
		return nil
	}
	importer := newImporter(source)
	outcome := importer.Import(t.Context(), integration, selected(t, importer, "P/*").Pending)
	if len(outcome.Done) != 50 || len(outcome.Failed) != 150 || len(outcome.Left) > 0 || len(source.sent) != 200 {
		t.Errorf("%d done, %d failed, %d left of %d sent", len(outcome.Done), len(outcome.Failed), len(outcome.Left), len(source.sent))
	}
}

// TestARefusalThatNoListingChangesIsNotLookedUp: a listing may be of ten thousand.
func TestARefusalThatNoListingChangesIsNotLookedUp(t *testing.T) {
	for status, want := range map[int]int{
		http.StatusForbidden: 1, http.StatusUnauthorized: 1, http.StatusMethodNotAllowed: 1, http.StatusBadRequest: 2, http.StatusNotFound: 2,
	} {
		source := many(3)
		source.write = func(flow.Available, func()) error {
			return &httpclient.Error{Kind: httpclient.KindStatus, Status: status, Sent: true}
		}
		importer := newImporter(source)
		outcome := importer.Import(t.Context(), integration, selected(t, importer, "P/*").Pending)
		if len(outcome.Failed) != 3 || source.lists != want {
			t.Errorf("%d: %d failed after %d listings, want 3 after %d", status, len(outcome.Failed), source.lists, want)
		}
	}
}

// TestWhatTwoSelectIsWrittenOnce: at the same time, or one after the other.
func TestWhatTwoSelectIsWrittenOnce(t *testing.T) {
	source := many(60)
	source.write = func(_ flow.Available, act func()) error {
		time.Sleep(time.Millisecond)
		act()
		return nil
	}
	importer := newImporter(source)
	pending := selected(t, importer, "P/*").Pending
	var resources errgroup.Group
	for range 3 {
		resources.Go(func() error {
			if outcome := importer.Import(t.Context(), integration, pending); len(outcome.Done) != 60 {
				t.Errorf("%d done", len(outcome.Done))
			}
			return nil
		})
	}
	_ = resources.Wait()
	importer.Import(t.Context(), integration, pending)
	if len(source.sent) != 60 {
		t.Errorf("%d were sent, want 60", len(source.sent))
	}
}

func TestFailuresBetweenSuccessesStopNothing(t *testing.T) {
	source := many(100)
	source.write = func(item flow.Available, act func()) error {
		if item.ID%2 == 0 {
			return refused
		}
		act()
		return nil
	}
	importer := newImporter(source)
	outcome := importer.Import(t.Context(), integration, selected(t, importer, "P/*").Pending)
	if len(outcome.Done) != 50 || len(outcome.Failed) != 50 || len(outcome.Left) > 0 {
		t.Errorf("%d done, %d failed, %d left", len(outcome.Done), len(outcome.Failed), len(outcome.Left))
	}
	if !slices.IsSortedFunc(outcome.Failed, func(a, b bulkimport.Failure) int { return int(a.Item.ID - b.Item.ID) }) {
		t.Error("the failures are not in the order of the paths")
	}
}

func TestAnInterruptEndsAtOnceWithWhatWasDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := many(100)
		ctx, interrupt := context.WithCancel(t.Context())
		source.write = func(_ flow.Available, act func()) error {
			select {
			case <-time.After(time.Second):
				act()
				return nil
			case <-ctx.Done():
				return fmt.Errorf("interrupted: %w", ctx.Err())
			}
		}
		importer := newImporter(source)
		pending := selected(t, importer, "P/*").Pending
		begin := time.Now()
		time.AfterFunc(2500*time.Millisecond, interrupt)
		outcome := importer.Import(ctx, integration, pending)
		if took := time.Since(begin); took != 2500*time.Millisecond {
			t.Errorf("it took %s", took)
		}
		if len(outcome.Done) != 8 || len(outcome.Left) != 92 || len(outcome.Failed) > 0 || !errors.Is(outcome.Stopped, context.Canceled) {
			t.Errorf("%d done, %d left, failed %v, stopped by %v", len(outcome.Done), len(outcome.Left), outcome.Failed, outcome.Stopped)
		}
		if len(source.sent) != 12 || source.lists != 1 {
			t.Errorf("%d were sent, and listed %d times", len(source.sent), source.lists)
		}
	})
}

func TestWhatHasNoIDIsNotRemoved(t *testing.T) {
	source := many(1)
	source.rows[0].Imported = true
	importer := newImporter(source)
	outcome := importer.Remove(t.Context(), integration, selected(t, importer, "P/*").Imported)
	if len(source.sent) > 0 || len(outcome.Failed) != 1 || outcome.Failed[0].Err.Error() != "Flow does not say under which id it is imported" {
		t.Errorf("sent %v, failed %v", source.sent, outcome.Failed)
	}
}

func TestEachIsDoneOnceAndWhatFailsIsNamed(t *testing.T) {
	source := offering([2]string{"P", "c"}, [2]string{"P", "b"}, [2]string{"P", "a"})
	importer := newImporter(source)
	items := selected(t, importer, "P/*").Pending
	var mutex sync.Mutex
	sent := map[string]int{}
	outcome := importer.Each(t.Context(), items, func(_ context.Context, item bulkimport.Item) error {
		mutex.Lock()
		defer mutex.Unlock()
		if sent[item.Path]++; item.Path != "P/b" {
			return crashed
		}
		return nil
	})
	if diff := cmp.Diff(map[string]int{"P/a": 1, "P/b": 1, "P/c": 1}, sent); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if got := paths(outcome.Done); !cmp.Equal(got, []string{"P/b"}) || len(outcome.Left) > 0 || outcome.Stopped != nil {
		t.Errorf("done %v, left %v, stopped by %v", got, outcome.Left, outcome.Stopped)
	}
	if len(outcome.Failed) != 2 || outcome.Failed[0].Item.Path != "P/a" || outcome.Failed[1].Item.Path != "P/c" || !errors.Is(outcome.Failed[0].Err, crashed) {
		t.Errorf("failed %v", outcome.Failed)
	}
	if source.lists != 1 {
		t.Errorf("it was listed %d times", source.lists)
	}
}

// A resource with a minute does not fail because the one that shares its write had a second. What may have been carried
// out is looked for before it is sent again.
func TestAWriteIsNotEndedByTheTimeOfAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := many(1)
		importer := newImporter(source)
		pending := selected(t, importer, "P/*").Pending
		hasty, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		source.write = func(_ flow.Available, act func()) error {
			if hasty.Err() == nil {
				<-hasty.Done()
				return fmt.Errorf("timed out: %w", hasty.Err())
			}
			act()
			return nil
		}
		var resources sync.WaitGroup
		resources.Go(func() {
			if outcome := importer.Import(hasty, integration, pending); len(outcome.Left) != 1 || !errors.Is(outcome.Stopped, context.DeadlineExceeded) {
				t.Errorf("with a second: %+v", outcome)
			}
		})
		synctest.Wait()
		resources.Go(func() {
			if outcome := importer.Import(t.Context(), integration, pending); len(outcome.Done) != 1 || len(outcome.Failed) > 0 {
				t.Errorf("with more time: %+v", outcome)
			}
		})
		resources.Wait()
		if diff := cmp.Diff([]string{"P/aa"}, source.has()); diff != "" {
			t.Errorf("imported (-want +got):\n%s", diff)
		}
	})
}
