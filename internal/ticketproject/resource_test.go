package ticketproject_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const (
	address    = "flow_ticket_project_import.all"
	importPath = "/v3/customer/core/ticket_projects/import_project/"

	failure = tfjson.DiagnosticSeverityError
	warning = tfjson.DiagnosticSeverityWarning
)

// start starts a sandbox with an integration of contoso, whose id is 1.
func start(t *testing.T, options sandbox.Options) *acctest.Sandbox {
	t.Helper()
	s := acctest.Start(t, options)
	_, err := s.Flow().AddIntegration(flowserver.Integration{
		Name: "Contoso", URL: "https://dev.azure.com/contoso", Username: "Svc-Flow@contoso.com", Token: s.Token("full"), Services: flowserver.AllServices,
	})
	byHand(t, err)
	return s
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

// ticketImport is the configuration that imports with these arguments.
func ticketImport(s *acctest.Sandbox, arguments string) string {
	return s.ProviderConfig() + fmt.Sprintf("resource \"flow_ticket_project_import\" \"all\" {\n  integration_id = \"1\"\n  %s\n}\n", arguments)
}

func expectImported(t *testing.T, s *acctest.Sandbox, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, slices.Sorted(slices.Values(s.Flow().Imported(flowserver.TicketProjects)))); diff != "" {
		t.Errorf("imported (-want +got):\n%s", diff)
	}
}

// TestFromCreationToDestruction follows a resource through its life.
func TestFromCreationToDestruction(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(ticketImport(s, `include = ["*"]`+"\n  exclude = [\"legacy\"]\n  on_destroy = \"remove\"\n  wait_for = \"processed\""))
	// Archive is not supported by the vendor: whoever selects everything does not count on it.
	acctest.Expect(t, w.MustApply())
	expectImported(t, s, "Data Science", "Payments", "Platform")
	if got := w.Attributes(address); got["ticket_project_count"] != 3.0 || got["id"] != "1" {
		t.Errorf("the state has %v", got)
	}
	w.ExpectEmptyPlan()

	byHand(t,
		s.AzureDevOps().CreateProject("contoso", scenario.Project{
			Name: "Données & Analyse", VersionControl: scenario.TFVC, Visibility: scenario.Private, Readers: []string{"Svc-Flow@contoso.com"},
		}),
		s.Flow().Sync(t.Context()), s.Flow().Remove(flowserver.TicketProjects, 1, "Payments"))
	pending := acctest.Attribute(w.OnlyChange().Before, "pending")
	if diff := cmp.Diff(map[string]any{"count": 2.0, "sample": []any{"Données & Analyse", "Payments"}}, pending); diff != "" {
		t.Errorf("pending (-want +got):\n%s", diff)
	}
	w.MustApply()
	w.ExpectEmptyPlan()
	expectImported(t, s, "Data Science", "Données & Analyse", "Payments", "Platform")

	byHand(t, s.Flow().Import(flowserver.TicketProjects, 1, "Legacy"))
	s.Flow().Traffic().Reset()
	acctest.Expect(t, w.MustApply("-destroy"), acctest.Said{Severity: warning, Summary: "4 ticket projects will be removed from Flow"})
	expectImported(t, s, "Legacy")
	for _, request := range s.Writes() {
		if request.Method != http.MethodPost {
			t.Errorf("there is no %s of ticket projects, and it was sent", request.Method)
		}
	}
}

func TestTheVendorsRefusalIsNamed(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(ticketImport(s, `include = ["Arch*"]`))
	acctest.Expect(t, w.MustPlan(), acctest.Said{
		Severity: warning, Summary: "No ticket project is left to import", Attribute: "include",
		Detail: []string{`0 by its exclusion rules, 1 as "Vendor not supported"`, "Read the data source flow_ticket_projects"},
	})
	w.Configure(ticketImport(s, "include = [\"Pay*\"]\n  exclude = [\"Platfrm\", \"Warehouse\"]"))
	acctest.Expect(t, w.MustPlan(),
		acctest.Said{Severity: warning, Summary: `Selector "Platfrm" matches nothing`, Attribute: "exclude", Detail: []string{`Did you mean "Platform"?`}},
		acctest.Said{Severity: warning, Summary: `Selector "Warehouse" matches nothing`, Attribute: "exclude", Detail: []string{`It has the projects "Archive", "Data Science", "Legacy", "Payments" and "Platform".`}})
	w.Configure(ticketImport(s, `include = ["Payments", "archive"]`))
	unsupported := acctest.Said{
		Severity: warning, Summary: `"Archive" is not supported`, Attribute: "include",
		Detail: []string{`"Vendor not supported", so neither ticket_project_count nor pending counts them:`, "\n  - Archive\n\nAsk Flow's support, who alone can unblock them"},
	}
	acctest.Expect(t, w.MustPlan(), unsupported)
	w.MustApply()
	expectImported(t, s, "Payments")
	acctest.Told(t, w.MustPlan(), "Ask Flow's support, who alone can unblock them, or remove the selector.")
	w.Configure(ticketImport(s, `include = ["Payments"]`))
	w.MustApply()
	w.ExpectEmptyPlan()
}

func TestSelectorsOfTicketProjects(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	for selector, want := range map[string]acctest.Said{
		"Paymnts": {
			Severity: failure, Summary: `Selector "Paymnts" matches nothing`, Attribute: "include",
			Detail: []string{"Flow has discovered no ticket project that this selector matches in integration 1.", `Did you mean "Payments"?`, "flow_ticket_projects"},
		},
		"Payments/*": {
			Severity: failure, Summary: `Invalid selector "Payments/*"`, Attribute: "include", Detail: []string{"character 9", "\n  Payments/*\n          ^"},
		},
	} {
		w.Configure(ticketImport(s, fmt.Sprintf("include = [%q]", selector)))
		acctest.Expect(t, w.MustPlan(), want)
	}
}

func TestTicketsThatAreOffAreNamed(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	_, err := s.Flow().AddIntegration(flowserver.Integration{
		Name: "Contoso", URL: "https://dev.azure.com/contoso", Username: "Svc-Flow@contoso.com", Token: s.Token("full"), Services: flowserver.Services{Repos: true},
	})
	byHand(t, err)
	w := acctest.NewWorkspace(t)
	w.Configure(ticketImport(s, `include = ["Payments"]`))
	acctest.Expect(t, w.MustPlan(), acctest.Said{
		Severity: failure, Summary: `Selector "Payments" matches nothing`, Attribute: "include",
		Detail: []string{"The service tickets of integration 1 is off, so Flow discovers no ticket projects.", "Set services = { tickets = true } in its flow_ado_integration"},
	})
}

func TestAPartialFailure(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{Scale: scenario.Scale{Projects: 20}, ProcessingTime: time.Hour})
	w := acctest.NewWorkspace(t)
	w.Configure(ticketImport(s, `include = ["Generated *"]`))
	s.Flow().Traffic().Inject(traffic.Fault{
		Method: http.MethodPost, Path: importPath, Times: 2,
		Status: http.StatusBadRequest, ContentType: "application/json", Body: `{"project_id":["It has too many items."]}`,
	})
	s.Flow().Traffic().Inject(traffic.Fault{Method: http.MethodPost, Path: importPath, Times: 3, Reset: traffic.ResetAfter})
	acctest.Expect(t, w.FailedApply(), acctest.Said{
		Severity: failure, Summary: "2 of 20 ticket projects could not be imported",
		Detail: []string{"HTTP 400 Bad Request", "project_id: It has too many items.\n  - Generated 00"},
	})
	w.MustApply()
	w.ExpectEmptyPlan()
	if writes := len(s.Writes()); writes != 22 {
		t.Errorf("Flow got %d writes, want 20 and those that it had refused", writes)
	}
}

func TestImportDerivesSelectors(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	byHand(t, s.Flow().Import(flowserver.TicketProjects, 1, "Payments"), s.Flow().Import(flowserver.TicketProjects, 1, "Data Science"))
	w := acctest.NewWorkspace(t)
	w.Configure(ticketImport(s, `include = ["Data Science", "Payments"]`), "import {\n  to = flow_ticket_project_import.all\n  id = \"1\"\n}\n")
	s.Flow().Traffic().Reset()
	w.MustApply()
	w.ExpectEmptyPlan()
	if writes := s.Writes(); len(writes) > 0 {
		t.Errorf("the import sent %v", writes)
	}
}

func TestDataSource(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	byHand(t, s.Flow().Import(flowserver.TicketProjects, 1, "Payments"))
	w := acctest.NewWorkspace(t)
	notSupported := acctest.Said{
		Severity: warning, Summary: "1 ticket project is not supported",
		Detail: []string{`Flow shows these as "Vendor not supported"`, "\n  - Archive\n", "Only Flow's support can unblock them"},
	}
	w.Configure(s.ProviderConfig() + "data \"flow_ticket_projects\" \"these\" {\n  integration_id = 1\n}\n")
	told := acctest.Told(t, w.MustPlan(), "To list only the others, set ….")
	w.Configure(s.ProviderConfig() + "data \"flow_ticket_projects\" \"these\" {\n  integration_id = 1\n  " + told[0] + "\n}\n")
	w.ExpectEmptyPlan()
	for _, test := range []struct {
		arguments string
		want      []string
		says      []acctest.Said
	}{
		{"", []string{"Archive", "Data Science", "Legacy", "Payments", "Platform"}, []acctest.Said{notSupported}},
		{"vendor_supported = true", []string{"Data Science", "Legacy", "Payments", "Platform"}, nil},
		{"vendor_supported = false", []string{"Archive"}, []acctest.Said{notSupported}},
		{"imported = true", []string{"Payments"}, nil},
		{"imported = false\n  include = [\"P*\"]", []string{"Platform"}, nil},
		{"exclude = [\"A*\", \"P*\"]", []string{"Data Science", "Legacy"}, nil},
	} {
		w.Configure(s.ProviderConfig() + "data \"flow_ticket_projects\" \"these\" {\n  integration_id = 1\n  " + test.arguments + "\n}\n")
		acctest.Expect(t, w.MustApply(), test.says...)
		got := []string{}
		for _, listed := range w.Attributes("data.flow_ticket_projects.these")["ticket_projects"].([]any) {
			project := listed.(map[string]any)
			got = append(got, project["name"].(string))
			if project["vendor_supported"] != (project["name"] != "Archive") {
				t.Errorf("%v", project)
			}
			if project["name"] == "Payments" && (project["imported"] != true || project["id"] != "1" || project["status"] != "Healthy") {
				t.Errorf("%v", project)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.arguments, diff)
		}
	}
}

func TestSeveralUnsupportedTicketProjectsAreCounted(t *testing.T) {
	t.Parallel()
	world := scenario.Default()
	for i := range world.Organizations[0].Projects {
		if project := &world.Organizations[0].Projects[i]; project.Name == "Payments" {
			project.VendorSupported = new(false)
		}
	}
	s := start(t, sandbox.Options{Scenario: world})
	_, diagnostics := s.Protocol(t, nil).ReadData("flow_ticket_projects", acctest.Values{"integration_id": "1"})
	if got := acctest.Sentences(diagnostics); !strings.HasPrefix(got, "WARNING: 2 ticket projects are not supported: ") || !strings.Contains(got, "  - Archive\n  - Payments") {
		t.Errorf("it says %q", got)
	}
}
