package docs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"github.com/flow-community/terraform-provider-flow/internal/provider"
	"github.com/flow-community/terraform-provider-flow/internal/providerschema"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// testedElsewhere has the pages with complete configurations that are no examples, or with pictures, and the tests of those.
var testedElsewhere = map[string]string{
	"README.md":              "TestReadmeShowsTheRefusalThatItsConfigurationGives",
	"docs/guides/sandbox.md": "TestTheIncidentsOfTheGuide",
	"ARCHITECTURE.md":        "TestThePictureShowsTheImports",
}

func TestWhatIsTestedElsewhereHasATest(t *testing.T) {
	tests := ""
	for _, source := range files(t, "_test.go") {
		tests += source
	}
	for page, test := range testedElsewhere {
		if !strings.Contains(tests, "\nfunc "+test+"(") {
			t.Errorf("%s: there is no test %s", page, test)
		}
	}
}

// scenarioBlock matches a world of the sandbox, which is HCL too.
var scenarioBlock = regexp.MustCompile(`(?m)^(workspace|organization) "`)

// checkScenario reads a scenario as the sandbox does.
func checkScenario(t *testing.T, source string) error {
	t.Helper()
	file := filepath.Join(t.TempDir(), "world.hcl")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := scenario.LoadFile(file)
	return err
}

// otherBlocks are those that have nothing of the provider.
var otherBlocks = []string{
	"terraform", "variable", "output", "locals", "import", "moved", "removed", "check", // of configurations
	"run", "variables", "mock_provider", // of tests
	"provider_installation", // of the CLI configuration
}

// metaArguments are Terraform's own.
var metaArguments = []string{"provider", "count", "for_each", "depends_on", "alias"}

// elision is how a block says that it is not complete.
var elision = regexp.MustCompile(`# ?(…|\.\.\.)`)

// checkTerraform checks form, arguments, types and references against the provider's schema.
func (c *checker) checkTerraform(source string) error {
	file, diagnostics := hclsyntax.ParseConfig([]byte(source), "block", hcl.InitialPos)
	if diagnostics.HasErrors() {
		return diagnostics
	}
	if formatted := string(hclwrite.Format([]byte(source))); formatted != source {
		return fmt.Errorf("not as terraform fmt writes it:\n%s", formatted)
	}
	body := file.Body.(*hclsyntax.Body)
	var errs []error
	for _, b := range body.Blocks {
		errs = append(errs, c.checkBlock(b, elision.MatchString(source)))
	}
	errs = append(errs, c.checkReferences(body))
	if len(body.Blocks) > 1 {
		errs = append(errs, c.checkComplete(source))
	}
	return errors.Join(errs...)
}

// checkComplete refuses a complete configuration that no test applies.
func (c *checker) checkComplete(source string) error {
	if !strings.Contains(source, "required_providers") || slices.Contains(c.examples, strings.TrimSpace(source)) {
		return nil
	}
	if testedElsewhere[c.page] != "" {
		return nil
	}
	return errors.New("this complete configuration is in no folder of examples/, so no test applies it")
}

func (c *checker) checkBlock(b *hclsyntax.Block, elided bool) error {
	name := b.Type
	if len(b.Labels) > 0 {
		name += " " + b.Labels[0]
	}
	schemas := map[string]map[string]*tfjson.Schema{
		"resource": c.schema.ResourceSchemas, "data": c.schema.DataSourceSchemas, "ephemeral": c.schema.EphemeralResourceSchemas,
	}
	var err error
	switch kind := schemas[b.Type]; {
	case slices.Contains(otherBlocks, b.Type):
		return nil
	case b.Type == "module":
		err = c.checkModule(b.Body)
	case !slices.Contains([]string{"provider", "resource", "data", "ephemeral", "list", "action"}, b.Type) || len(b.Labels) == 0:
		err = errors.New("no rule knows this block")
	case b.Type == "provider" && b.Labels[0] == "flow":
		err = checkBody(b.Body, c.schema.ConfigSchema.Block, elided)
	case !strings.HasPrefix(b.Labels[0], "flow_"):
		return nil // of another provider
	case b.Type == "list" && c.schema.ListResourceSchemas[b.Labels[0]] != nil:
		err = checkConfig(b.Body, c.schema.ListResourceSchemas[b.Labels[0]].Block)
	case b.Type == "action" && c.schema.ActionSchemas[b.Labels[0]] != nil:
		err = checkConfig(b.Body, c.schema.ActionSchemas[b.Labels[0]].Block)
	case kind[b.Labels[0]] != nil:
		err = checkBody(b.Body, kind[b.Labels[0]].Block, elided)
	default:
		err = errors.New("the provider has no such object")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// checkConfig checks the block config, in which lists and actions have their arguments.
func checkConfig(body *hclsyntax.Body, schema *tfjson.SchemaBlock) error {
	for _, b := range body.Blocks {
		if b.Type == "config" {
			return checkBody(b.Body, schema, false)
		}
	}
	return checkBody(&hclsyntax.Body{}, schema, false)
}

func checkBody(body *hclsyntax.Body, schema *tfjson.SchemaBlock, elided bool) error {
	var errs []error
	for name, attribute := range body.Attributes {
		switch described := schema.Attributes[name]; {
		case slices.Contains(metaArguments, name):
		case described == nil:
			errs = append(errs, fmt.Errorf("there is no argument %s", name))
		case !described.Required && !described.Optional:
			errs = append(errs, fmt.Errorf("%s cannot be set", name))
		default:
			errs = append(errs, checkValue(name, attribute.Expr, described))
		}
	}
	for name, described := range schema.Attributes {
		if _, set := body.Attributes[name]; described.Required && !set && !elided {
			errs = append(errs, fmt.Errorf("the required argument %s is missing, and no comment \"# ...\" says so", name))
		}
	}
	for _, nested := range body.Blocks {
		if _, known := schema.NestedBlocks[nested.Type]; !known && nested.Type != "lifecycle" && nested.Type != "dynamic" {
			errs = append(errs, fmt.Errorf("there is no block %s", nested.Type))
		}
	}
	return errors.Join(errs...)
}

// checkValue checks the names in an object, and the type of whatever refers to nothing.
func checkValue(name string, value hclsyntax.Expression, schema *tfjson.SchemaAttribute) error {
	object, isObject := value.(*hclsyntax.ObjectConsExpr)
	if nested := schema.AttributeNestedType; nested != nil {
		if !isObject || nested.NestingMode != tfjson.SchemaNestingModeSingle {
			return nil
		}
		return checkObject(object, nested.Attributes)
	}
	if len(value.Variables()) > 0 || calls(value) {
		return nil
	}
	constant, diagnostics := value.Value(nil)
	if diagnostics.HasErrors() {
		return diagnostics
	}
	if _, err := convert.Convert(constant, schema.AttributeType); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func checkObject(object *hclsyntax.ObjectConsExpr, attributes map[string]*tfjson.SchemaAttribute) error {
	var errs []error
	for _, item := range object.Items {
		name := hcl.ExprAsKeyword(item.KeyExpr)
		if attributes[name] == nil {
			errs = append(errs, fmt.Errorf("there is no argument %s", name))
			continue
		}
		errs = append(errs, checkValue(name, item.ValueExpr, attributes[name]))
	}
	return errors.Join(errs...)
}

func calls(value hclsyntax.Expression) bool {
	found := false
	_ = hclsyntax.VisitAll(value, func(node hclsyntax.Node) hcl.Diagnostics {
		_, call := node.(*hclsyntax.FunctionCallExpr)
		found = found || call
		return nil
	})
	return found
}

// checkReferences checks that what is read of the provider's objects exists, and so do its functions.
func (c *checker) checkReferences(body *hclsyntax.Body) error {
	var errs []error
	_ = hclsyntax.VisitAll(body, func(node hclsyntax.Node) hcl.Diagnostics {
		switch n := node.(type) {
		case *hclsyntax.FunctionCallExpr:
			function, ours := strings.CutPrefix(n.Name, "provider::flow::")
			if _, exists := c.schema.Functions[function]; ours && !exists {
				errs = append(errs, fmt.Errorf("the provider has no function %s", function))
			}
		case *hclsyntax.ScopeTraversalExpr:
			errs = append(errs, c.checkReference(names(n.Traversal)))
		}
		return nil
	})
	return errors.Join(errs...)
}

// names returns the parts of a reference without indexes.
func names(traversal hcl.Traversal) []string {
	var parts []string
	for _, step := range traversal {
		switch s := step.(type) {
		case hcl.TraverseRoot:
			parts = append(parts, s.Name)
		case hcl.TraverseAttr:
			parts = append(parts, s.Name)
		}
	}
	return parts
}

func (c *checker) checkReference(parts []string) error {
	schemas := c.schema.ResourceSchemas
	switch parts[0] {
	case "data":
		schemas, parts = c.schema.DataSourceSchemas, parts[1:]
	case "ephemeral":
		schemas, parts = c.schema.EphemeralResourceSchemas, parts[1:]
	case "action", "list":
		return nil
	}
	if len(parts) == 0 || !strings.HasPrefix(parts[0], "flow_") || strings.HasSuffix(parts[0], "_") {
		return nil
	}
	schema := schemas[parts[0]]
	if schema == nil {
		return fmt.Errorf("%s is read, and the provider has no such object", parts[0])
	}
	if len(parts) < 3 {
		return nil
	}
	attributes := schema.Block.Attributes
	for _, name := range parts[2:] {
		described := attributes[name]
		if described == nil {
			return fmt.Errorf("%s is read, and there is no attribute %s", strings.Join(parts, "."), name)
		}
		if described.AttributeNestedType == nil {
			return nil
		}
		attributes = described.AttributeNestedType.Attributes
	}
	return nil
}

// checkModule checks a call of a module of this repository: its folder, and its variables.
func (c *checker) checkModule(body *hclsyntax.Body) error {
	source, diagnostics := body.Attributes["source"].Expr.Value(nil)
	if diagnostics.HasErrors() || source.Type() != cty.String {
		return errors.New("the source is no text")
	}
	address, _, _ := strings.Cut(source.AsString(), "?")
	folder := moduleFolder(address)
	if folder == "" {
		return fmt.Errorf("no rule knows the source %s", address)
	}
	variables, err := variablesOf(filepath.Join(root, folder))
	if err != nil {
		return err
	}
	var errs []error
	for name := range body.Attributes {
		if name != "source" && !slices.Contains(metaArguments, name) && !slices.Contains(variables, name) {
			errs = append(errs, fmt.Errorf("the module %s has no variable %s", folder, name))
		}
	}
	return errors.Join(errs...)
}

// moduleFolder returns the folder of a module of this repository, or "".
func moduleFolder(source string) string {
	if _, folder, ok := strings.Cut(source, "github.com/flow-community/terraform-provider-flow//"); ok {
		return folder
	}
	if strings.HasPrefix(source, "../") {
		return filepath.Join("examples/modules", filepath.Base(source))
	}
	return ""
}

func variablesOf(folder string) ([]string, error) {
	var found []string
	files, err := filepath.Glob(filepath.Join(folder, "*.tf"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("%s has no module", folder)
	}
	for _, file := range files {
		source, readErr := os.ReadFile(file)
		for _, match := range regexp.MustCompile(`(?m)^variable "(\w+)"`).FindAllSubmatch(source, -1) {
			found = append(found, string(match[1]))
		}
		err = errors.Join(err, readErr)
	}
	return found, err
}

// readExamples returns the configurations that tests apply.
func readExamples(t *testing.T) []string {
	t.Helper()
	var all []string
	for path, source := range files(t, ".tf") {
		if strings.HasPrefix(path, "examples/") {
			all = append(all, strings.TrimSpace(source))
		}
	}
	return all
}

func readSchema(t *testing.T) *tfjson.ProviderSchema {
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
