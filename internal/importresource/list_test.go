package importresource_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

func TestListFindsIntegrationsOfWhichSomethingIsImported(t *testing.T) {
	t.Parallel()
	s := withIntegrations(t, "First", "Second", "Third")
	for integration, imports := range map[int64]map[flowserver.Kind][]string{
		1: {flowserver.Repositories: {"Payments/api", "Payments/web", "Payments/ledger", "Platform/docs"}},
		3: {flowserver.Repositories: {"Platform/docs"}, flowserver.TicketProjects: {"Payments", "Platform"}},
	} {
		for kind, paths := range imports {
			for _, path := range paths {
				byHand(t, s.Flow().Import(kind, integration, path))
			}
		}
	}
	p := s.Protocol(t, nil)
	for name, test := range map[string]struct {
		resource string
		config   acctest.Values
		limit    int64
		want     []string
	}{
		"repositories":          {"flow_repo_import", nil, 100, []string{"First: 4 repositories", "Third: 1 repository"}},
		"repositories, a limit": {"flow_repo_import", nil, 1, []string{"First: 4 repositories"}},
		"repositories of one":   {"flow_repo_import", acctest.Values{"integration_id": "3"}, 100, []string{"Third: 1 repository"}},
		"ticket projects":       {"flow_ticket_project_import", acctest.Values{}, 100, []string{"Third: 2 ticket projects"}},
	} {
		got := []string{}
		for _, one := range p.List(test.resource, test.config, false, test.limit) {
			got = append(got, one.DisplayName)
			if len(one.Diagnostics) > 0 {
				t.Errorf("%s: %s", name, acctest.Sentences(one.Diagnostics))
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestAnEmptyListSaysWhy: nothing found is no answer.
func TestAnEmptyListSaysWhy(t *testing.T) {
	t.Parallel()
	s := withIntegrations(t, "First")
	for name, test := range map[string]struct {
		resource string
		config   acctest.Values
		want     string
	}{
		"no integration": {"flow_repo_import", acctest.Values{"integration_id": "7"}, "ERROR: Flow has no integration 7: Could not read integration 7: Flow answered HTTP 404 Not Found"},
		"another vendor's": {
			"flow_repo_import", acctest.Values{"integration_id": "2"}, "ERROR: Integration 2 does not connect Azure DevOps: It connects \"github\".\n\n" +
				"Correct the id: the data source flow_ado_integrations lists the Azure DevOps integrations.\n",
		},
		"nothing of one": {
			"flow_repo_import", acctest.Values{"integration_id": "1"}, "WARNING: No repository is imported: " +
				"No repository of integration 1 that this API key's user may see is imported into Flow, so there is nothing to list.\n\nImport repositories with a resource flow_repo_import first.\n",
		},
		"nothing at all": {
			"flow_ticket_project_import", nil, "WARNING: No ticket project is imported: " +
				"No ticket project of any Azure DevOps integration that this API key's user may see is imported into Flow, so there is nothing to list.\n\n" +
				"Import ticket projects with a resource flow_ticket_project_import first.\n",
		},
	} {
		if name == "another vendor's" {
			s.Flow().Traffic().Inject(traffic.Fault{
				Path: "/v3/customer/core/integrations/", Times: 1, Status: http.StatusOK, ContentType: "application/json",
				Body: `{"count":1,"next":null,"previous":null,"results":[{"id":2,"name":"GitHub","vendor_type":"github","auth_type":"oauth"}]}`,
			})
		}
		listed := s.Protocol(t, nil).List(test.resource, test.config, false, 100)
		if len(listed) != 1 || !strings.HasPrefix(acctest.Sentences(listed[0].Diagnostics), test.want) {
			t.Errorf("%s: it says %v, want %s", name, listed, test.want)
		}
	}
}

// TestListedResourcesPlanNothing is what `terraform query -generate-config-out` and an apply do, in the protocol.
func TestListedResourcesPlanNothing(t *testing.T) {
	t.Parallel()
	for _, test := range both {
		t.Run(test.resource, func(t *testing.T) {
			t.Parallel()
			s := withIntegrations(t, "Contoso")
			byHand(t, s.Flow().Import(test.kind, 1, test.one))
			p := s.Protocol(t, nil)
			s.Flow().Traffic().Reset()
			listed := p.List(test.resource, nil, true, 100)
			if requests := s.Flow().Traffic().Requests(); len(requests) != 2 {
				t.Errorf("it took %d requests, want one for the integrations and one for what is imported", len(requests))
			}
			if len(listed) != 1 {
				t.Fatalf("got %v, want one result", listed)
			}
			config := p.GenerateConfig(test.resource, listed[0].Resource)
			want := acctest.Values{"integration_id": "1", "include": []any{test.one}, "on_destroy": "keep", "wait_for": "imported"}
			if diff := cmp.Diff(want, config); diff != "" {
				t.Errorf("the configuration: %s", diff)
			}
			if diagnostics := p.Validate(test.resource, config); len(diagnostics) > 0 {
				t.Errorf("the configuration is not valid:\n%s", acctest.Sentences(diagnostics))
			}
			imported := p.Must(p.Read(test.resource, p.Must(p.Import(test.resource, "", listed[0].Identity))))
			if diff := cmp.Diff(imported.State, listed[0].Resource); diff != "" {
				t.Errorf("what is listed is not what is imported: %s", diff)
			}
			if diff := cmp.Diff(imported.State, p.Must(p.Plan(test.resource, imported, config)).State); diff != "" {
				t.Errorf("the plan after the import is not empty: %s", diff)
			}
			if imported.State[test.count] != 1.0 {
				t.Errorf("%s is %v, want 1", test.count, imported.State[test.count])
			}
		})
	}
}

// TestListGoesOnAfterAFailure: the error is a result, and does not keep the others from being found.
func TestListGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	s := withIntegrations(t, "First", "Second")
	for _, integration := range []int64{1, 2} {
		byHand(t, s.Flow().Import(flowserver.Repositories, integration, "Payments/api"))
	}
	s.Flow().Traffic().Inject(traffic.Fault{Method: http.MethodGet, Path: "/v3/customer/core/available_repos/", Times: 1, Status: http.StatusForbidden})
	listed := s.Protocol(t, nil).List("flow_repo_import", nil, true, 100)
	if len(listed) != 2 || listed[1].DisplayName != "Second: 1 repository" {
		t.Fatalf("got %v, want an error and the second integration", listed)
	}
	if said := acctest.Sentences(listed[0].Diagnostics); !strings.Contains(said, "ERROR: Could not list the repositories") || !strings.Contains(said, "integration 1") {
		t.Errorf("the error says:\n%s", said)
	}
}
