package importresource_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

// A workspace without imports by API is a warning of the plan, which names the place in Flow.
func TestAPlanWarnsWhereFlowOffersNoImport(t *testing.T) {
	t.Parallel()
	s := withIntegrations(t, "Contoso")
	s.Speak(t, "read-only")
	p := s.Protocol(t, nil)
	for _, test := range both {
		_, diagnostics := p.Plan(test.resource, acctest.Instance{}, acctest.Values{"integration_id": "1", "include": []any{test.one}, "on_destroy": "keep", "wait_for": "imported"})
		got := acctest.Sentences(diagnostics)
		if !strings.HasPrefix(got, "WARNING: This workspace does not seem to import ") || !strings.Contains(got, " by API: ") || !strings.Contains(got, "Import them in Flow under ") {
			t.Errorf("%s says %q", test.resource, got)
		}
	}
}

// What turns out to be wrong only at apply is refused there as validation would have.
func TestValuesThatOnlyTheApplyKnowsAreRefused(t *testing.T) {
	t.Parallel()
	p := withIntegrations(t, "Contoso").Protocol(t, nil)
	for _, test := range both {
		for want, change := range map[string]acctest.Values{
			"Invalid integration id: ": {"integration_id": "Contoso"},
			"Invalid selectors: ":      {"include": []any{" x"}},
		} {
			config := acctest.Values{"integration_id": "1", "include": []any{test.one}, "on_destroy": "keep", "wait_for": "imported"}
			maps.Copy(config, change)
			if _, diagnostics := p.Apply(test.resource, acctest.Instance{}, config); !strings.Contains(acctest.Sentences(diagnostics), want) {
				t.Errorf("%s does not say %q: %q", test.resource, want, acctest.Sentences(diagnostics))
			}
		}
	}
}

// Where Flow reports no progress, wait_for = "processed" ends with a warning instead of waiting.
func TestNoProgressIsAWarning(t *testing.T) {
	t.Parallel()
	for _, test := range both {
		s := withIntegrations(t, "Contoso")
		path, rows := "/v3/customer/core/repos/", `{"project_id":1,"name":"api","owner_name":"Payments","integration_id":1}`
		if strings.Contains(test.resource, "ticket") {
			path, rows = "/v3/customer/core/ticket_projects/", `{"id":1,"name":"Payments","integration_id":1}`
		}
		s.Flow().Traffic().Inject(traffic.Fault{Method: "GET", Path: path, Status: 200, ContentType: "application/json", Body: `{"count":1,"next":null,"previous":null,"results":[` + rows + `]}`})
		p := s.Protocol(t, nil)
		_, diagnostics := p.Apply(test.resource, acctest.Instance{}, acctest.Values{"integration_id": "1", "include": []any{test.one}, "on_destroy": "keep", "wait_for": "processed"})
		got := acctest.Sentences(diagnostics)
		if !strings.HasPrefix(got, "WARNING: Flow reports no progress of 1 ") || !strings.Contains(got, ": They are imported, but this workspace does not say whether they are processed") || !strings.Contains(got, `or set wait_for = "imported"`) {
			t.Errorf("%s says %q", test.resource, got)
		}
	}
}
