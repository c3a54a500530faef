package nullable_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/nullable"
)

func TestNothingIsNull(t *testing.T) {
	for got, want := range map[types.String]types.String{
		nullable.Text(""):  types.StringNull(),
		nullable.Text("a"): types.StringValue("a"),
		nullable.ID(0):     types.StringNull(),
		nullable.ID(12):    types.StringValue("12"),
	} {
		if !got.Equal(want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
