package providerschema

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// serveVariable makes the test binary run as the sample provider, for Terraform to start.
const serveVariable = "PROVIDERSCHEMA_TEST_SERVE"

func TestMain(m *testing.M) {
	if address := os.Getenv(serveVariable); address != "" {
		err := tf6server.Serve(address, func() tfprotov6.ProviderServer { return sample{} })
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// asJSON decodes a JSON object.
func asJSON(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	return out
}

func readSample(t *testing.T, name string) map[string]any {
	t.Helper()
	schemas, err := Read(t.Context(), sample{}, name)
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(schemas)
	if err != nil {
		t.Fatal(err)
	}
	var back tfjson.ProviderSchemas
	if err := json.Unmarshal(data, &back); err != nil {
		t.Errorf("terraform-json does not accept what was written: %v", err)
	}
	return asJSON(t, data)
}

// TestSameAsTerraform compares with the output of the installed Terraform or OpenTofu, as far as its version knows the kinds of
// objects.
func TestSameAsTerraform(t *testing.T) {
	if os.Getenv("TF_ACC") == "" {
		t.Skip("runs Terraform: set TF_ACC=1")
	}
	cli, err := terraformcli.Find(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	address := cli.Product.RegistryHost() + "/flow-community/sample"
	theirs := asJSON(t, terraformSchema(t, cli, address))
	ours := readSample(t, address)

	provider := func(m map[string]any) map[string]any {
		return m["provider_schemas"].(map[string]any)[address].(map[string]any)
	}
	for kind := range provider(ours) {
		if _, known := provider(theirs)[kind]; !known {
			t.Logf("%s %s does not write %s", cli.Product, cli.Version, kind)
			delete(provider(ours), kind)
		}
	}
	dropEmptyStrings(theirs)
	if cli.Product == terraformcli.OpenTofu {
		// OpenTofu leaves it out.
		delete(provider(ours)["functions"].(map[string]any)["join"].(map[string]any), "deprecation_message")
	}
	if diff := cmp.Diff(theirs, ours); diff != "" {
		t.Errorf("%s and this package differ (-%[1]s +package):\n%s", cli.Product, diff)
	}
	for _, kind := range []string{"provider", "resource_schemas", "data_source_schemas", "ephemeral_resource_schemas", "functions"} {
		if _, compared := provider(ours)[kind]; !compared {
			t.Errorf("%s was not compared", kind)
		}
	}
}

// dropEmptyStrings makes OpenTofu's functions, which have an empty description instead of none, comparable with Terraform's.
func dropEmptyStrings(m map[string]any) {
	for name, value := range m {
		switch value := value.(type) {
		case string:
			if value == "" {
				delete(m, name)
			}
		case map[string]any:
			dropEmptyStrings(value)
		}
	}
}

// terraformSchema runs Terraform with this test binary as the provider and returns the schema that it prints.
func terraformSchema(t *testing.T, cli terraformcli.CLI, address string) []byte {
	t.Helper()
	dir := t.TempDir()
	self, err := os.Executable()
	if err == nil {
		err = os.Symlink(self, filepath.Join(dir, "terraform-provider-sample"))
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"main.tf": fmt.Sprintf("terraform {\n  required_providers {\n    sample = { source = %q }\n  }\n}\n", address),
		"cli.tfrc": fmt.Sprintf("provider_installation {\n  dev_overrides {\n    %q = %q\n  }\n  direct {}\n}\n",
			address, filepath.ToSlash(dir)),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), cli.Path, "providers", "schema", "-json")
	cmd.Dir = dir
	cmd.Env = append(terraformcli.Environment(os.Environ()),
		"TF_CLI_CONFIG_FILE="+filepath.Join(dir, "cli.tfrc"), serveVariable+"="+address)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	return out
}

// TestKindsThatOldVersionsDoNotKnow compares with the documented format, because the installed Terraform may be too old.
func TestKindsThatOldVersionsDoNotKnow(t *testing.T) {
	ours := readSample(t, "sample")["provider_schemas"].(map[string]any)["sample"].(map[string]any)
	small := `{"attributes": {"name": {"type": "string", "required": true, "description_kind": "plain"}},
		"description": "Is *small*.", "description_kind": "markdown"}`
	for kind, want := range map[string]string{
		"list_resource_schemas": `{"sample_thing": {"version": 0, "block": ` + small + `}}`,
		"action_schemas":        `{"sample_poke": {"block": ` + small + `}}`,
		"resource_identity_schemas": `{"sample_thing": {"version": 1, "attributes": {
			"id": {"type": "number", "description": "Its number.", "required_for_import": true},
			"workspace": {"type": "string", "optional_for_import": true}}}}`,
	} {
		if diff := cmp.Diff(asJSON(t, []byte(want)), ours[kind]); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
	}
}

func TestTheProvidersErrorsAreReported(t *testing.T) {
	faulty := sample{diagnostics: []*tfprotov6.Diagnostic{
		{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: "Mind", Detail: "the gap"},
		{Severity: tfprotov6.DiagnosticSeverityError, Summary: "Invalid schema", Detail: "no such type"},
	}}
	_, err := Read(t.Context(), faulty, "sample")
	if err == nil || !strings.HasSuffix(err.Error(), "schema: Invalid schema: no such type") {
		t.Errorf("got %v", err)
	}
}

func TestWhatCannotBeWrittenIsNamed(t *testing.T) {
	attribute := func(kind tftypes.Type) []*tfprotov6.SchemaAttribute {
		return []*tfprotov6.SchemaAttribute{{Name: "thing", Type: kind}}
	}
	for want, block := range map[string]*tfprotov6.SchemaBlock{
		"thing: has no type": {Attributes: attribute(tftypes.List{})},
		"part: has the unknown nesting mode INVALID": {BlockTypes: []*tfprotov6.SchemaNestedBlock{
			{TypeName: "part", Block: &tfprotov6.SchemaBlock{}},
		}},
		"thing: has the unknown nesting mode INVALID": {Attributes: []*tfprotov6.SchemaAttribute{
			{Name: "thing", NestedType: &tfprotov6.SchemaObject{}},
		}},
		"thing: inner: has no type": {Attributes: attribute(tftypes.Object{AttributeTypes: map[string]tftypes.Type{"inner": nil}})},
	} {
		if _, err := convertSchema(&tfprotov6.Schema{Block: block}); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
