package adointegration_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

// A server that asks for a wait of 25 hours holds no operation for longer than its own time, and the error says so.
func TestNoOperationWaitsForADay(t *testing.T) {
	t.Parallel()
	const resource, long = "flow_ado_integration", 30 * time.Second
	for name, operation := range map[string]func(p *acctest.Protocol, existing acctest.Instance, config acctest.Values) []*acctest.Diagnostic{
		"plan of a creation": func(p *acctest.Protocol, _ acctest.Instance, config acctest.Values) []*acctest.Diagnostic {
			_, diagnostics := p.Plan(resource, acctest.Instance{}, config)
			return diagnostics
		},
		"refresh": func(p *acctest.Protocol, existing acctest.Instance, _ acctest.Values) []*acctest.Diagnostic {
			_, diagnostics := p.Read(resource, existing)
			return diagnostics
		},
		"update": func(p *acctest.Protocol, existing acctest.Instance, config acctest.Values) []*acctest.Diagnostic {
			config = maps.Clone(config)
			config["name"] = "Other"
			_, diagnostics := p.Apply(resource, existing, config)
			return diagnostics
		},
		"import by id": func(p *acctest.Protocol, _ acctest.Instance, _ acctest.Values) []*acctest.Diagnostic {
			_, diagnostics := p.Import(resource, "1", nil)
			return diagnostics
		},
		"import by name": func(p *acctest.Protocol, _ acctest.Instance, _ acctest.Values) []*acctest.Diagnostic {
			_, diagnostics := p.Import(resource, "name=Contoso", nil)
			return diagnostics
		},
		"query": func(p *acctest.Protocol, _ acctest.Instance, _ acctest.Values) []*acctest.Diagnostic {
			return p.List(resource, nil, false, 100)[0].Diagnostics
		},
		"data source": func(p *acctest.Protocol, _ acctest.Instance, _ acctest.Values) []*acctest.Diagnostic {
			_, diagnostics := p.ReadData(resource, acctest.Values{"id": "1"})
			return diagnostics
		},
		"data source of all": func(p *acctest.Protocol, _ acctest.Instance, _ acctest.Values) []*acctest.Diagnostic {
			_, diagnostics := p.ReadData("flow_ado_integrations", nil)
			return diagnostics
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{})
			config := acctest.Values{
				"name": "Contoso", "base_url": "https://dev.azure.com/contoso", "email": "Svc-Flow@contoso.com",
				"personal_access_token_wo": s.Token("full"), "auth_method": "access_token", "deletion_protection": false,
				"services": map[string]any{"repos": true, "pull_requests": true, "tickets": true, "webhooks": false},
			}
			existing := acctest.Instance{}
			if name != "plan of a creation" {
				var diagnostics []*acctest.Diagnostic
				if existing, diagnostics = s.Protocol(t, nil).Apply(resource, acctest.Instance{}, config); existing.State == nil {
					t.Fatal(acctest.Sentences(diagnostics))
				}
			}
			s.Flow().Traffic().Inject(traffic.Fault{Status: http.StatusTooManyRequests, RetryAfter: "90000"})
			done := make(chan []*acctest.Diagnostic, 1)
			go func() { done <- operation(s.Protocol(t, acctest.Values{"preflight": "off"}), existing, config) }()
			select {
			case diagnostics := <-done:
				if said := acctest.Sentences(diagnostics); !strings.Contains(said, "ERROR") || !strings.Contains(said, "429") {
					t.Errorf("it says %q", said)
				}
			case <-time.After(long):
				t.Errorf("it waits for longer than %s, although its time is over long before the server wants to be asked again", long)
			}
		})
	}
}
