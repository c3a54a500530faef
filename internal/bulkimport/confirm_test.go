package bulkimport_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
)

// An import is done when Flow lists it, and has failed if Flow never does.
func TestAnImportIsDoneWhenFlowListsIt(t *testing.T) {
	for name, test := range map[string]struct {
		after   time.Duration
		limit   time.Duration
		done    int
		failure error
	}{
		"at once":  {0, time.Minute, 2, nil},
		"later":    {7 * time.Second, time.Minute, 2, nil},
		"too late": {7 * time.Second, 5 * time.Second, 0, bulkimport.ErrNotListed},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				source := offering([2]string{"P", "a"}, [2]string{"P", "b"})
				source.write = func(_ flow.Available, act func()) error {
					time.AfterFunc(test.after, act)
					return nil
				}
				importer := newImporter(source)
				pending := selected(t, importer, "P/*").Pending
				ctx, cancel := context.WithTimeout(t.Context(), test.limit)
				defer cancel()
				outcome := importer.Import(ctx, integration, pending)
				if len(outcome.Done) != test.done || len(outcome.Failed) != 2-test.done {
					t.Fatalf("%d done, %d failed", len(outcome.Done), len(outcome.Failed))
				}
				for i, failure := range outcome.Failed {
					if !errors.Is(failure.Err, test.failure) || failure.Item.Path != []string{"P/a", "P/b"}[i] {
						t.Errorf("failure %v of %s", failure.Err, failure.Item.Path)
					}
				}
				time.Sleep(time.Minute)
			})
		})
	}
}

// Where Flow does not tell under which id something is imported, its project and name do.
func TestWhatIsImportedIsFoundByItsName(t *testing.T) {
	source := offering([2]string{"P", "a"}, [2]string{"P", "b"}, [2]string{"Q", "b"}, [2]string{"P", "c"})
	for i := range source.rows[:3] {
		source.rows[i].Imported = true
	}
	source.rows[0].ImportedID = 71
	source.imported = []flow.Imported{{ID: 71, Owner: "X", Name: "renamed"}, {ID: 72, Owner: "p", Name: "B"}, {ID: 73, Name: "c"}, {ID: 74, Owner: "Q", Name: "b"}, {ID: 75, Owner: "Q", Name: "B"}}
	importer := newImporter(source)
	rows, err := importer.Imported(t.Context(), integration)
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := importer.Catalog(t.Context(), integration)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int64{"P/a": 71, "P/b": 72, "Q/b": 0, "P/c": 0} {
		for _, item := range catalog.All() {
			if row, _ := rows.Of(item); item.Path == path && row.ID != want {
				t.Errorf("%s is row %d, want %d", path, row.ID, want)
			}
		}
	}
}

// What Flow reports no progress of is not waited for, and is counted.
func TestWhatFlowTellsNothingOfIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := offering([2]string{"P", "a"}, [2]string{"P", "b"})
		for i := range source.rows {
			source.rows[i].Imported, source.rows[i].ImportedID = true, int64(70+i)
			source.imported = append(source.imported, flow.Imported{ID: int64(70 + i)})
		}
		source.imported[0].Status = "Healthy"
		progress, err := newImporter(source).AwaitProcessed(t.Context(), integration, set(t, "P/*"))
		if err != nil || progress.Total != 2 || progress.Untold != 1 || progress.Left != 0 {
			t.Errorf("%+v, error %v", progress, err)
		}
	})
}
