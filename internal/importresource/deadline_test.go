package importresource_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

// A server that asks for a wait of 25 hours holds no operation for longer than its own time, and the error says so.
func TestNoOperationWaitsForADay(t *testing.T) {
	t.Parallel()
	for _, test := range both {
		for name, operation := range map[string]func(p *acctest.Protocol, imported acctest.Instance) []*acctest.Diagnostic{
			"plan without refresh": func(p *acctest.Protocol, imported acctest.Instance) []*acctest.Diagnostic {
				_, diagnostics := p.Plan(test.resource, imported, acctest.Values{"integration_id": "1", "include": []any{test.one}})
				return diagnostics
			},
			"refresh": func(p *acctest.Protocol, imported acctest.Instance) []*acctest.Diagnostic {
				_, diagnostics := p.Read(test.resource, imported)
				return diagnostics
			},
			"import": func(p *acctest.Protocol, _ acctest.Instance) []*acctest.Diagnostic {
				_, diagnostics := p.Import(test.resource, "1", nil)
				return diagnostics
			},
			"query": func(p *acctest.Protocol, _ acctest.Instance) []*acctest.Diagnostic {
				return p.List(test.resource, nil, false, 100)[0].Diagnostics
			},
			"data source": func(p *acctest.Protocol, _ acctest.Instance) []*acctest.Diagnostic {
				_, diagnostics := p.ReadData(test.dataSource, acctest.Values{"integration_id": "1"})
				return diagnostics
			},
		} {
			t.Run(test.resource+", "+name, func(t *testing.T) {
				t.Parallel()
				s := withIntegrations(t, "Contoso")
				byHand(t, s.Flow().Import(test.kind, 1, test.one))
				p := s.Protocol(t, nil)
				imported := p.Must(p.Read(test.resource, p.Must(p.Import(test.resource, "1", nil))))
				s.Flow().Traffic().Inject(traffic.Fault{Status: http.StatusTooManyRequests, RetryAfter: "90000"})
				done := make(chan []*acctest.Diagnostic, 1)
				go func() { done <- operation(s.Protocol(t, nil), imported) }()
				select {
				case diagnostics := <-done:
					if said := acctest.Sentences(diagnostics); !strings.Contains(said, "ERROR") || !strings.Contains(said, "429") {
						t.Errorf("it says %q", said)
					}
				case <-time.After(30 * time.Second):
					t.Error("it waits for longer than 30 s, although its time is over long before the server wants to be asked again")
				}
			})
		}
	}
}

// What ended the wait for Flow's processing is said with its request, and not as if Flow were slow.
func TestAProgressThatCannotBeListedIsSaidWithItsRequest(t *testing.T) {
	t.Parallel()
	for _, test := range both {
		s := withIntegrations(t, "Contoso")
		p := s.Protocol(t, nil)
		listing := strings.TrimPrefix(test.dataSource, "flow_") + "/"
		s.Flow().Traffic().Inject(traffic.Fault{Method: http.MethodGet, Path: "/v3/customer/core/" + listing, Status: http.StatusServiceUnavailable, RetryAfter: "600"})
		_, diagnostics := p.Apply(test.resource, acctest.Instance{}, acctest.Values{
			"integration_id": "1", "include": []any{test.one}, "on_destroy": "keep", "wait_for": "processed", "timeouts": map[string]any{"create": "3s"},
		})
		said := acctest.Sentences(diagnostics)
		for _, want := range []string{"(GET " + s.FlowBaseURL() + listing + ")", "raise timeouts.create"} {
			if !strings.Contains(said, want) {
				t.Errorf("%s does not say %q:\n%s", test.resource, want, said)
			}
		}
	}
}
