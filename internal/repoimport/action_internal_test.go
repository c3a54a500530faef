package repoimport

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/importresource"
)

func TestProgressIsToldAtEachTenth(t *testing.T) {
	t.Parallel()
	failed := errors.New("refused")
	for name, test := range map[string]struct {
		total   int
		results []error
		want    []string
	}{
		"each of a few": {3, []error{nil, nil, nil}, []string{
			"1 of 3 repositories queued for an update.", "2 of 3 repositories queued for an update.", "3 of 3 repositories queued for an update.",
		}},
		"a tenth of many": {1000, make([]error, 250), []string{
			"100 of 1000 repositories queued for an update.", "200 of 1000 repositories queued for an update.",
		}},
		"with failures": {2, []error{failed, nil}, []string{
			"0 of 2 repositories queued for an update, 1 failed.", "1 of 2 repositories queued for an update, 1 failed.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var said []string
			p := progress{total: test.total, say: func(message string) { said = append(said, message) }}
			for _, err := range test.results {
				p.count(err)
			}
			if diff := cmp.Diff(test.want, said); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatMayBeBlockedIsNotPassedOver(t *testing.T) {
	t.Parallel()
	one := func(name string, id int64, isBlocked bool) importresource.Found {
		return importresource.Found{
			Item: bulkimport.Item{Available: flow.Available{Name: name, ImportedID: id}},
			Row:  flow.Imported{ID: id, Blocked: isBlocked},
		}
	}
	var names []string
	for _, found := range blocked([]importresource.Found{one("healthy", 1, false), one("blocked", 2, true), one("untold", 0, false)}) {
		names = append(names, found.Name)
	}
	if diff := cmp.Diff([]string{"blocked", "untold"}, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
