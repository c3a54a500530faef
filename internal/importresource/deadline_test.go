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
				saysWhyAtOnce(t, func() []*acctest.Diagnostic { return operation(s.Protocol(t, nil), imported) })
			})
		}
	}
}

// saysWhyAtOnce fails the test unless an operation, which the server has told to come back later, ends at once with the
// server's answer.
func saysWhyAtOnce(t *testing.T, operation func() []*acctest.Diagnostic) {
	t.Helper()
	done := make(chan []*acctest.Diagnostic, 1)
	go func() { done <- operation() }()
	select {
	case diagnostics := <-done:
		if said := acctest.Sentences(diagnostics); !strings.Contains(said, "ERROR") || !strings.Contains(said, "429") {
			t.Errorf("it says %q", said)
		}
	case <-time.After(30 * time.Second):
		t.Error("it waits for longer than 30 s, although its time is over long before the server wants to be asked again")
	}
}

// A server asks for a wait of 200 seconds. Each operation has that long by itself, and ends at once where its timeout is shorter.
func TestEachOperationEndsInItsOwnTime(t *testing.T) {
	t.Parallel()
	for _, resource := range both {
		for name, test := range map[string]struct {
			timeout string
			reads   bool // whether reads fail as well, and not only writes
			operate func(p *acctest.Protocol, imported acctest.Instance, config acctest.Values) []*acctest.Diagnostic
		}{
			"plan": {"read", true, func(p *acctest.Protocol, _ acctest.Instance, config acctest.Values) []*acctest.Diagnostic {
				_, diagnostics := p.Plan(resource.resource, acctest.Instance{}, config)
				return diagnostics
			}},
			"plan of a destruction": {"read", true, func(p *acctest.Protocol, imported acctest.Instance, _ acctest.Values) []*acctest.Diagnostic {
				_, diagnostics := p.Plan(resource.resource, imported, nil)
				return diagnostics
			}},
			"refresh": {"read", true, func(p *acctest.Protocol, imported acctest.Instance, _ acctest.Values) []*acctest.Diagnostic {
				_, diagnostics := p.Read(resource.resource, imported)
				return diagnostics
			}},
			"creation": {"create", false, func(p *acctest.Protocol, _ acctest.Instance, config acctest.Values) []*acctest.Diagnostic {
				config["include"] = []any{resource.more}
				_, diagnostics := p.Apply(resource.resource, acctest.Instance{}, config)
				return diagnostics
			}},
			"update": {"update", false, func(p *acctest.Protocol, imported acctest.Instance, config acctest.Values) []*acctest.Diagnostic {
				config["include"] = []any{resource.more}
				_, diagnostics := p.Apply(resource.resource, imported, config)
				return diagnostics
			}},
			"destruction": {"delete", false, func(p *acctest.Protocol, imported acctest.Instance, _ acctest.Values) []*acctest.Diagnostic {
				_, diagnostics := p.Apply(resource.resource, imported, nil)
				return diagnostics
			}},
		} {
			t.Run(resource.resource+", "+name, func(t *testing.T) {
				t.Parallel()
				s := withIntegrations(t, "Contoso")
				config := acctest.Values{
					"integration_id": "1", "include": []any{resource.one}, "on_destroy": "remove", "wait_for": "imported",
					"timeouts": map[string]any{test.timeout: "20s"},
				}
				p := s.Protocol(t, nil)
				imported := p.Must(p.Apply(resource.resource, acctest.Instance{}, config))
				for _, method := range []string{http.MethodPost, http.MethodDelete, http.MethodGet} {
					if method != http.MethodGet || test.reads {
						s.Flow().Traffic().Inject(traffic.Fault{Method: method, Status: http.StatusTooManyRequests, RetryAfter: "200"})
					}
				}
				saysWhyAtOnce(t, func() []*acctest.Diagnostic { return test.operate(s.Protocol(t, nil), imported, config) })
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
