package apireport_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
)

// differences are what the report says of each dialect. What only a write shows is not among them.
var differences = map[string][]string{
	"patch-drops-unknown": nil, "patch-needs-authdata": nil, "authdata-text": nil, "authdata-whole": nil, "unique-names": nil,
	"slow-import": nil, "oauth-no-url": nil, "oauth-url-once": nil, "repos-no-id": nil, "repos-by-id": nil, "tickets-integration-filter": nil,
	"create-rejects-unknown":          {"A creation takes webhooks_enabled"},
	"create-drops-unknown":            {"A creation takes webhooks_enabled"},
	"oauth-refused":                   {"A creation takes auth_type oauth"},
	"vendor:vsts":                     {`vendor_type of Azure DevOps is "azure_devops"`},
	"words:display":                   {"enabled_source_types is a list of the words repo, pull_request and ticket"},
	"status-shape":                    {"connection_status is an object with a status"},
	"status-word":                     {"connection_status is an object with a status"},
	"available-no-integration-filter": {"The list of an integration that does not exist is empty", "available_repos is filtered by integration"},
	"unknown-integration-400":         {"The list of an integration that does not exist is empty"},
	"nested-processing":               {"Repositories tell their status in progress_status", "Ticket projects tell their status in progress_status"},
	"no-imported-id":                  {"An imported row of available_repos tells the id of the repository"},
	"page-cap":                        {"A page holds as many rows, and only the fields, that were asked for"},
	"page-stuck":                      {"Lists have a count, and pages that follow each other"},
	"read-only": {
		"Integrations can be created by POST", "An integration can be changed by PATCH", "An integration can be deleted by DELETE",
		"Repositories can be imported by POST", "Ticket projects can be imported by POST",
	},
}

// start starts a sandbox with two integrations, of which something is imported.
func start(t *testing.T) *acctest.Sandbox {
	t.Helper()
	s := acctest.Start(t, sandbox.Options{})
	for _, name := range []string{"Secret name", "Another name"} {
		added, err := s.Flow().AddIntegration(flowserver.Integration{
			Name: name, URL: "https://dev.azure.com/contoso", Username: "Svc-Flow@contoso.com", Token: s.Token("full"), Services: flowserver.AllServices,
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, repository := range []string{"Payments/api", "Payments/web"} {
			acctest.Eventually(t, "the look-up", func() bool { return s.Flow().Import(flowserver.Repositories, added.ID, repository) == nil })
		}
		acctest.Eventually(t, "the look-up", func() bool { return s.Flow().Import(flowserver.TicketProjects, added.ID, "Payments") == nil })
	}
	return s
}

// The report names what a dialect does differently, and nothing of the workspace.
func TestTheReportNamesWhatDiffers(t *testing.T) {
	t.Parallel()
	s := start(t)
	seen := func(dialects ...string) ([]string, string) {
		s.Speak(t, dialects...)
		s.Flow().Traffic().Reset()
		read, diagnostics := s.Protocol(t, nil).ReadData("flow_api_report", nil)
		if len(diagnostics) > 0 {
			t.Fatal(acctest.Sentences(diagnostics))
		}
		var differing []string
		for _, one := range read["observations"].([]any) {
			if row := one.(map[string]any); row["result"] == "differs" {
				differing = append(differing, row["assumption"].(string))
			}
		}
		if writes := s.Writes(); len(writes) > 0 {
			t.Errorf("%v: Flow was sent %v", dialects, writes)
		}
		text, err := json.Marshal(read)
		if err != nil {
			t.Fatal(err)
		}
		return differing, string(text)
	}
	usual, _ := seen()
	if !slices.Equal(usual, []string{"Answers carry X-Request-Id"}) { // The sandbox sends none.
		t.Errorf("in the default dialect, the report names %q", usual)
	}
	for _, dialect := range flowserver.DialectNames() {
		key := dialect
		if strings.HasPrefix(dialect, "words:") {
			key = "words:display"
		}
		want, known := differences[key]
		if !known {
			t.Errorf("nothing is said of the dialect %s here", dialect)
		}
		got, text := seen(dialect)
		want = append(slices.Clone(want), usual...)
		if slices.Sort(got); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
			t.Errorf("%s: the report names %q, want %q", dialect, got, want)
		}
		for _, secret := range []string{"Secret name", "Another name", "contoso", "Payments", "api\"", "Svc-Flow", s.Token("full"), s.APIKey(), "127.0.0.1"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: the report holds %q", dialect, secret)
			}
		}
	}
}

// What cannot be asked is said in the report, which remains one.
func TestTheReportOfAWorkspaceThatAnswersNothing(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	p := s.Protocol(t, acctest.Values{"api_key": "wrong-key"})
	read, diagnostics := p.ReadData("flow_api_report", nil)
	if len(diagnostics) > 0 {
		t.Fatal(acctest.Sentences(diagnostics))
	}
	if text, _ := read["markdown"].(string); !strings.HasPrefix(text, "| Assumption | Result | Seen |\n|---|---|---|\n| Lists have a count") || !strings.Contains(text, "HTTP 401") {
		t.Errorf("the report is %s", text)
	}
}
