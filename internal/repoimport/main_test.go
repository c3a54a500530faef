package repoimport_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const (
	// address is the resource of most tests.
	address = "flow_repo_import.all"

	importPath = "/v3/customer/core/repos/import_repo/"

	failure = tfjson.DiagnosticSeverityError
	warning = tfjson.DiagnosticSeverityWarning
)

// start starts a sandbox with an integration of contoso, whose id is 1.
func start(t *testing.T, options sandbox.Options) *acctest.Sandbox {
	t.Helper()
	s := acctest.Start(t, options)
	addIntegration(t, s)
	return s
}

func addIntegration(t *testing.T, s *acctest.Sandbox) {
	t.Helper()
	addIntegrationWith(t, s, flowserver.AllServices)
}

func addIntegrationWith(t *testing.T, s *acctest.Sandbox, services flowserver.Services) {
	t.Helper()
	_, err := s.Flow().AddIntegration(flowserver.Integration{
		Name: "Contoso", URL: "https://dev.azure.com/contoso", Username: "Svc-Flow@contoso.com", Token: s.Token("full"), Services: services,
	})
	byHand(t, err)
}

// project is a Git project that the service account can read.
func project(name string) scenario.Project {
	return scenario.Project{Name: name, VersionControl: scenario.Git, Visibility: scenario.Private, Readers: []string{"Svc-Flow@contoso.com"}}
}

// attributes are a resource's arguments as HCL expressions; "" leaves one out.
type attributes map[string]string

// with returns the arguments with changes.
func (a attributes) with(changes attributes) attributes {
	all := maps.Clone(a)
	maps.Copy(all, changes)
	return all
}

// repoImport is a working configuration that imports everything, changed by what a test is about.
func repoImport(s *acctest.Sandbox, changes attributes) string {
	return s.ProviderConfig() + resourceBlock("all", changes)
}

func resourceBlock(label string, changes attributes) string {
	arguments := attributes{"integration_id": `"1"`, "include": `["*/*"]`}.with(changes)
	var block strings.Builder
	fmt.Fprintf(&block, "resource \"flow_repo_import\" %q {\n", label)
	for _, name := range slices.Sorted(maps.Keys(arguments)) {
		if arguments[name] != "" {
			fmt.Fprintf(&block, "  %s = %s\n", name, arguments[name])
		}
	}
	block.WriteString("}\n")
	return block.String()
}

// everything are all repositories of contoso.
var everything = []string{
	"Archive/attic", "Data Science/notebooks", "Payments/api", "Payments/ledger", "Payments/web",
	"Platform/docs", "Platform/images", "Platform/terraform",
}

// imported are the imported repositories, in the order of their names.
func imported(s *acctest.Sandbox) []string {
	return slices.Sorted(slices.Values(s.Flow().Imported(flowserver.Repositories)))
}

// byHand is what a person does in Flow or Azure DevOps between two runs of Terraform.
func byHand(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// sync has Flow look up what there is now.
func sync(t *testing.T, s *acctest.Sandbox) {
	t.Helper()
	byHand(t, s.Flow().Sync(t.Context()))
}
