package planmemory_test

import (
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/flow-community/terraform-provider-flow/internal/planmemory"
)

func TestAReplacementIsRecognizedByItsConfiguration(t *testing.T) {
	config := func(values ...any) tftypes.Value {
		kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"name": tftypes.String, "token": tftypes.String}}
		return tftypes.NewValue(kind, map[string]tftypes.Value{
			"name": tftypes.NewValue(tftypes.String, values[0]), "token": tftypes.NewValue(tftypes.String, values[1]),
		})
	}
	var replacements planmemory.Replacements
	if replacements.Replaces("12", config("Main", "t")) {
		t.Error("something is replaced before anything was planned")
	}
	replacements.PlannedChange("12", config("Main", "t"))
	replacements.PlannedChange("13", config("Other", nil))
	tests := map[string]struct {
		id     string
		config tftypes.Value
		want   bool
	}{
		"the same configuration":  {"12", config("Main", "t"), true},
		"another object":          {"13", config("Main", "t"), false},
		"an object never planned": {"14", config("Main", "t"), false},
		"another configuration":   {"12", config("Main", "u"), false},
		"null is not a value":     {"12", config("Main", nil), false},
		"with null":               {"13", config("Other", nil), true},
		"unknown is not null":     {"13", config("Other", tftypes.UnknownValue), false},
	}
	for name, test := range tests {
		if got := replacements.Replaces(test.id, test.config); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
	}
	replacements.PlannedChange("12", config("Renamed", "t"))
	if replacements.Replaces("12", config("Main", "t")) || !replacements.Replaces("12", config("Renamed", "t")) {
		t.Error("the last plan is not the one that counts")
	}
}

func TestReplacementsMayBePlannedConcurrently(t *testing.T) {
	var replacements planmemory.Replacements
	config := tftypes.NewValue(tftypes.String, "x")
	var plans sync.WaitGroup
	for range 50 {
		plans.Go(func() {
			replacements.PlannedChange("12", config)
			if !replacements.Replaces("12", config) {
				t.Error("a plan was forgotten")
			}
		})
	}
	plans.Wait()
}
