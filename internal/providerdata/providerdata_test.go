package providerdata_test

import (
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
)

func TestDataIsTakenFromWhatTheFrameworkHandsOut(t *testing.T) {
	data := providerdata.New(providerdata.Config{})
	if got, diagnostics := providerdata.From(data); got != data || len(diagnostics) > 0 {
		t.Errorf("%v, %v", got, diagnostics)
	}
	// During validation nothing is configured, which is no error.
	if got, diagnostics := providerdata.From(nil); got != nil || len(diagnostics) > 0 {
		t.Errorf("%v, %v", got, diagnostics)
	}
	got, diagnostics := providerdata.From("text")
	const want = "The provider handed out string instead of *providerdata.Data. Report this to the provider's developers."
	if got != nil || len(diagnostics) != 1 || diagnostics[0].Detail() != want {
		t.Errorf("%v, %v", got, diagnostics)
	}
}
