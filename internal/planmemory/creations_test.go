package planmemory_test

import (
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/planmemory"
)

func TestTheSecondCreationOfANameSeesTheFirst(t *testing.T) {
	var creations planmemory.Creations
	for i, test := range []struct {
		name string
		want bool
	}{{"Main", false}, {"Other", false}, {"Main", true}, {"main", false}} {
		if got := creations.Plan(test.name); got != test.want {
			t.Errorf("creation %d, of %q: another one is %t, want %t", i, test.name, got, test.want)
		}
	}
}
