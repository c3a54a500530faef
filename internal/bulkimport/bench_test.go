package bulkimport_test

import (
	"fmt"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
)

// BenchmarkCatalog is why no catalog is kept between operations: making one of ten thousand rows takes milliseconds.
func BenchmarkCatalog(b *testing.B) {
	source := &fake{}
	for i := range 10_000 {
		source.rows = append(source.rows, flow.Available{ID: int64(i + 1), Owner: fmt.Sprintf("Project %03d", i%100), Name: fmt.Sprintf("service-%05d", i)})
	}
	importer := newImporter(source)
	for b.Loop() {
		if _, err := importer.Catalog(b.Context(), integration); err != nil {
			b.Fatal(err)
		}
	}
}
