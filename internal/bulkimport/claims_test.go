package bulkimport_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
)

func TestClaimsAreComparedWithinAnIntegration(t *testing.T) {
	source := offering([2]string{"P", "api"}, [2]string{"P", "web"}, [2]string{"Q", "docs"})
	catalog, err := newImporter(source).Catalog(t.Context(), integration)
	if err != nil {
		t.Fatal(err)
	}
	var claims bulkimport.Claims
	claimed := func(kind bulkimport.Claim, integration int64) []string {
		claimed, unclaimed := claims.Split(kind, integration, catalog, catalog.All())
		if len(claimed)+len(unclaimed) != 3 {
			t.Errorf("of 3 items, %d are claimed and %d are not", len(claimed), len(unclaimed))
		}
		return paths(claimed)
	}
	none := claimed(bulkimport.PlannedToKeep, integration)
	claims.Make(bulkimport.PlannedToKeep, integration, set(t, "p/api"))
	claims.Make(bulkimport.PlannedToKeep, integration, set(t, "Q/*", "p/api"))
	claims.Make(bulkimport.Kept, integration+1, set(t, "*/*"))
	claims.Make(bulkimport.PlannedToRemove, integration, set(t, "*/web"))
	got := map[string][]string{
		"before":          none,
		"planned to keep": claimed(bulkimport.PlannedToKeep, integration),
		"kept":            claimed(bulkimport.Kept, integration),
		"kept of another": claimed(bulkimport.Kept, integration+1),
		"to remove":       claimed(bulkimport.PlannedToRemove, integration),
	}
	want := map[string][]string{
		"before": {}, "planned to keep": {"P/api", "Q/docs"}, "kept": {}, "kept of another": {"P/api", "P/web", "Q/docs"}, "to remove": {"P/web"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
