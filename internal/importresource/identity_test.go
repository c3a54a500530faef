package importresource_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
)

// both are the two resources, each with something to import by hand and a selector of more.
var both = []struct {
	resource, dataSource, count, one, more, many string
	kind                                         flowserver.Kind
}{
	{"flow_repo_import", "flow_repos", "repository_count", "Payments/api", "Payments/*", "repositories", flowserver.Repositories},
	{"flow_ticket_project_import", "flow_ticket_projects", "ticket_project_count", "Payments", "P*", "ticket projects", flowserver.TicketProjects},
}

func identity(id string) acctest.Values { return acctest.Values{"id": id, "workspace": "127.0.0.1"} }

// withIntegrations starts a sandbox with a number of integrations of contoso, whose ids are counted from 1.
func withIntegrations(t *testing.T, names ...string) *acctest.Sandbox {
	t.Helper()
	s := acctest.Start(t, sandbox.Options{})
	for _, name := range names {
		_, err := s.Flow().AddIntegration(flowserver.Integration{
			Name: name, URL: "https://dev.azure.com/contoso", Username: "Svc-Flow@contoso.com", Token: s.Token("full"), Services: flowserver.AllServices,
		})
		byHand(t, err)
	}
	return s
}

func byHand(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestIdentityStaysTheSameFromCreationToRemoval(t *testing.T) {
	t.Parallel()
	for _, test := range both {
		t.Run(test.resource, func(t *testing.T) {
			t.Parallel()
			s := withIntegrations(t, "Contoso")
			p := s.Protocol(t, nil)
			has := func(operation string, instance acctest.Instance) {
				t.Helper()
				if diff := cmp.Diff(identity("1"), instance.Identity); diff != "" {
					t.Errorf("identity after %s: %s", operation, diff)
				}
			}
			config := acctest.Values{"integration_id": "1", "include": []string{test.one}, "on_destroy": "keep", "wait_for": "imported"}
			created := p.Must(p.Apply(test.resource, acctest.Instance{}, config))
			has("create", created)
			has("read", p.Must(p.Read(test.resource, created)))
			created.Identity = nil // as in the state of an older Terraform
			has("a read that finds none", p.Must(p.Read(test.resource, created)))
			config["include"] = []string{test.more}
			updated := p.Must(p.Apply(test.resource, created, config))
			has("an update that finds none", updated)
			byHand(t, s.Flow().RemoveIntegration(1))
			gone := p.Must(s.Protocol(t, nil).Read(test.resource, created))
			has("the read that finds the integration removed", gone)
			if gone.State != nil {
				t.Errorf("the state still holds %v", gone.State)
			}
		})
	}
}

// TestStateOfAnotherWorkspaceIsLeftAlone: with the provider set for another workspace than the state, the same id is
// another integration, or none.
func TestStateOfAnotherWorkspaceIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, test := range both {
		t.Run(test.resource, func(t *testing.T) {
			t.Parallel()
			s := withIntegrations(t, "Contoso")
			p := s.Protocol(t, nil)
			config := acctest.Values{"integration_id": "1", "include": []string{test.one}, "on_destroy": "remove", "wait_for": "imported"}
			elsewhere := p.Must(p.Apply(test.resource, acctest.Instance{}, config))
			elsewhere.Identity["workspace"] = "acme"
			config["include"] = []string{test.more}
			s.Flow().Traffic().Reset()
			for name, operate := range map[string]func(p *acctest.Protocol) (acctest.Instance, []*acctest.Diagnostic){
				"read": func(p *acctest.Protocol) (acctest.Instance, []*acctest.Diagnostic) {
					return p.Read(test.resource, elsewhere)
				},
				"update": func(p *acctest.Protocol) (acctest.Instance, []*acctest.Diagnostic) {
					return p.Apply(test.resource, elsewhere, config)
				},
				"destroy": func(p *acctest.Protocol) (acctest.Instance, []*acctest.Diagnostic) {
					return p.Apply(test.resource, elsewhere, nil)
				},
				"import": func(p *acctest.Protocol) (acctest.Instance, []*acctest.Diagnostic) {
					return p.Import(test.resource, "", elsewhere.Identity)
				},
			} {
				if _, diagnostics := operate(s.Protocol(t, nil)); !strings.Contains(acctest.Sentences(diagnostics), `belongs to the workspace "acme"`) {
					t.Errorf("%s is not refused:\n%s", name, acctest.Sentences(diagnostics))
				}
			}
			for _, request := range s.Flow().Traffic().Requests() {
				if request.Method != http.MethodGet && request.Method != http.MethodOptions {
					t.Errorf("Flow was sent %s %s", request.Method, request.Path)
				}
			}
		})
	}
}
