package bulkimport_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

func TestASelectionIsSortedOut(t *testing.T) {
	source := &fake{rows: []flow.Available{
		{ID: 1, Owner: "Pay", Name: "web"},
		{ID: 2, Owner: "Pay", Name: "api", Imported: true},
		{ID: 3, Owner: "Pay", Name: "API2", Excluded: true},
		{ID: 4, Owner: "Old", Name: "attic", Unsupported: true},
		{ID: 5, Owner: "Old", Name: "kept", Imported: true, Excluded: true, Unsupported: true},
		{ID: 6, Owner: "Plat", Name: "web"},
	}}
	importer := newImporter(source)
	selection := selected(t, importer, "pay/*", "Nothing/*", "OLD/attic", "old/*", "No/pe")
	var unmatched []string
	for _, pattern := range selection.Unmatched {
		unmatched = append(unmatched, pattern.String())
	}
	got := map[string][]string{
		"imported": paths(selection.Imported), "pending": paths(selection.Pending),
		"excluded": paths(selection.Excluded), "unsupported": paths(selection.Unsupported), "unmatched": unmatched,
	}
	want := map[string][]string{
		"imported": {"Old/kept", "Pay/api"}, "pending": {"Pay/web"},
		"excluded": {"Pay/API2"}, "unsupported": {"Old/attic"}, "unmatched": {"Nothing/*", "No/pe"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	catalog, err := importer.Catalog(t.Context(), integration)
	if err != nil {
		t.Fatal(err)
	}
	named := catalog.Named(append(selection.Excluded, selection.Unsupported...), set(t, "pay/*", "OLD/attic", "no/pe"))
	if diff := cmp.Diff([]string{"Old/attic"}, paths(named)); diff != "" {
		t.Errorf("named (-want +got):\n%s", diff)
	}
}

func TestDerivedSelectorsSelectWhatIsImported(t *testing.T) {
	item := func(owner, name string, imported bool) bulkimport.Item {
		return bulkimport.Item{Available: flow.Available{Owner: owner, Name: name, Imported: imported}, Path: owner + "/" + name}
	}
	excluded := item("Pay", "x", false)
	excluded.Excluded = true
	for name, test := range map[string]struct {
		items []bulkimport.Item
		want  []string
	}{
		"nothing":              {nil, []string{}},
		"nothing imported":     {[]bulkimport.Item{item("Pay", "api", false)}, []string{}},
		"a whole project":      {[]bulkimport.Item{item("Pay", "web", true), item("Pay", "api", true)}, []string{"Pay/*"}},
		"a part of a project":  {[]bulkimport.Item{item("Pay", "web", true), item("Pay", "api", true), item("Pay", "x", false)}, []string{"Pay/api", "Pay/web"}},
		"all but the excluded": {[]bulkimport.Item{item("Pay", "web", true), excluded}, []string{"Pay/*"}},
		"several": {
			[]bulkimport.Item{item("b", "2", true), item("B", "1", true), item("a", "2", true), item("a", "1", false), item("C", "x", true)},
			[]string{"a/2", "B/*", "C/*"},
		},
		"two of one name": {[]bulkimport.Item{item("a", "1", true), item("a", "1", false)}, []string{"a/1"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := bulkimport.Derive(selector.RepositoryPaths, test.items)
			for i := range got { // which spelling of a project is taken does not matter
				if got[i] == "b/*" {
					got[i] = "B/*"
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	projects := []bulkimport.Item{
		{Available: flow.Available{Owner: "Pay", Name: "Pay", Imported: true}, Path: "Pay"},
		{Available: flow.Available{Owner: "Old", Name: "Old", Unsupported: true}, Path: "Old"},
		{Available: flow.Available{Owner: "Data Science", Name: "Data Science", Imported: true}, Path: "Data Science"},
	}
	if diff := cmp.Diff([]string{"Data Science", "Pay"}, bulkimport.Derive(selector.ProjectNames, projects)); diff != "" {
		t.Errorf("ticket projects (-want +got):\n%s", diff)
	}
}
