package provider_test

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/flow-community/terraform-provider-flow/internal/provider"
	"github.com/flow-community/terraform-provider-flow/internal/providerschema"
)

func TestEveryObjectHasAnExample(t *testing.T) {
	schemas := providerSchema(t)
	for folder, objects := range map[string]map[string]*tfjson.Schema{
		"resources/%s/resource*.tf":                     schemas.ResourceSchemas,
		"resources/%s/import.sh":                        schemas.ResourceSchemas,
		"resources/%s/import-by-string-id.tf":           schemas.ResourceSchemas,
		"resources/%s/import-by-identity.tf":            schemas.ResourceSchemas,
		"data-sources/%s/data-source*.tf":               schemas.DataSourceSchemas,
		"list-resources/%s/list-resource*.tfquery.hcl":  schemas.ListResourceSchemas,
		"ephemeral-resources/%s/ephemeral-resource*.tf": schemas.EphemeralResourceSchemas,
	} {
		for _, name := range slices.Sorted(maps.Keys(objects)) {
			expectExample(t, folder, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(schemas.ActionSchemas)) {
		expectExample(t, "actions/%s/action*.tf", name)
	}
	for _, name := range slices.Sorted(maps.Keys(schemas.Functions)) {
		expectExample(t, "functions/%s/function*.tf", name)
	}
}

// expectExample looks for a file in the place where tfplugindocs takes it from.
func expectExample(t *testing.T, pattern, name string) {
	t.Helper()
	pattern = filepath.Join(examplesDir, strings.Replace(pattern, "%s", name, 1))
	if files, err := filepath.Glob(pattern); err != nil || len(files) == 0 {
		t.Errorf("%s has no example %s (%v)", name, pattern, err)
	}
}

func TestEveryResourceHasAnIdentityAndAList(t *testing.T) {
	schemas := providerSchema(t)
	for name := range schemas.ResourceSchemas {
		if schemas.ResourceIdentitySchemas[name] == nil {
			t.Errorf("%s has no identity", name)
		}
		if schemas.ListResourceSchemas[name] == nil {
			t.Errorf("%s cannot be listed", name)
		}
	}
}

func TestEverythingHasADescription(t *testing.T) {
	schemas := providerSchema(t)
	described := describedBlock(t, "provider", schemas.ConfigSchema.Block)
	for _, objects := range []map[string]*tfjson.Schema{
		schemas.ResourceSchemas, schemas.DataSourceSchemas, schemas.ListResourceSchemas, schemas.EphemeralResourceSchemas,
	} {
		for name, object := range objects {
			described += describedObject(t, name, object.Block)
		}
	}
	for name, action := range schemas.ActionSchemas {
		described += describedObject(t, name, action.Block)
	}
	for name, identity := range schemas.ResourceIdentitySchemas {
		for attribute, schema := range identity.Attributes {
			described += hasDescription(t, "identity of "+name+"."+attribute, schema.Description)
		}
	}
	for name, function := range schemas.Functions {
		described += hasDescription(t, name, function.Description) + hasDescription(t, "summary of "+name, function.Summary)
		for _, parameter := range function.Parameters {
			described += hasDescription(t, name+"("+parameter.Name+")", parameter.Description)
		}
	}
	if described == 0 {
		t.Error("nothing was found")
	}
}

// describedObject is describedBlock for a block that is an object of its own, and needs a description itself.
func describedObject(t *testing.T, name string, block *tfjson.SchemaBlock) int {
	t.Helper()
	return hasDescription(t, name, block.Description) + describedBlock(t, name, block)
}

// describedBlock reports what of a block lacks a description, and counts all that should have one.
func describedBlock(t *testing.T, at string, block *tfjson.SchemaBlock) int {
	t.Helper()
	count := describedAttributes(t, at, block.Attributes)
	for name, nested := range block.NestedBlocks {
		count += describedBlock(t, at+"."+name, nested.Block)
	}
	return count
}

func describedAttributes(t *testing.T, at string, attributes map[string]*tfjson.SchemaAttribute) int {
	t.Helper()
	count := 0
	for name, attribute := range attributes {
		count += hasDescription(t, at+"."+name, attribute.Description)
		if attribute.AttributeNestedType != nil {
			count += describedAttributes(t, at+"."+name, attribute.AttributeNestedType.Attributes)
		}
	}
	return count
}

// hasDescription counts one.
func hasDescription(t *testing.T, what, description string) int {
	t.Helper()
	if strings.TrimSpace(description) == "" {
		t.Errorf("%s has no description", what)
	}
	return 1
}

func providerSchema(t *testing.T) *tfjson.ProviderSchema {
	t.Helper()
	server, err := providerserver.NewProtocol6WithError(provider.New("test")())()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := providerschema.Read(t.Context(), server, "flow")
	if err != nil {
		t.Fatal(err)
	}
	return schemas.Schemas["flow"]
}
