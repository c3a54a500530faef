package main

import (
	"maps"
	"slices"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
)

func flowSchema(t *testing.T) *tfjson.ProviderSchema {
	t.Helper()
	schemas, err := read(t.Context(), "flow")
	if err != nil {
		t.Fatal(err)
	}
	return schemas.Schemas["flow"]
}

func TestTheSchemaHasTheProvider(t *testing.T) {
	flow := flowSchema(t)
	for kind, names := range map[string][]string{
		"provider arguments": slices.Collect(maps.Keys(flow.ConfigSchema.Block.Attributes)),
		"resources":          slices.Collect(maps.Keys(flow.ResourceSchemas)),
		"data sources":       slices.Collect(maps.Keys(flow.DataSourceSchemas)),
	} {
		if len(names) == 0 {
			t.Errorf("the schema has no %s", kind)
		}
	}
}
