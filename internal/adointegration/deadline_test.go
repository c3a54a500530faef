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
	const resource = "flow_ado_integration"
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
			config := protocolConfig(s)
			existing := acctest.Instance{}
			if name != "plan of a creation" {
				var diagnostics []*acctest.Diagnostic
				if existing, diagnostics = s.Protocol(t, nil).Apply(resource, acctest.Instance{}, config); existing.State == nil {
					t.Fatal(acctest.Sentences(diagnostics))
				}
			}
			s.Flow().Traffic().Inject(traffic.Fault{Status: http.StatusTooManyRequests, RetryAfter: "90000"})
			saysWhyAtOnce(t, "429", func() []*acctest.Diagnostic {
				return operation(s.Protocol(t, acctest.Values{"preflight": "off"}), existing, config)
			})
		})
	}
}

// saysWhyAtOnce fails the test unless an operation, which the server has told to come back later, ends at once with an error
// that says why.
func saysWhyAtOnce(t *testing.T, why string, operation func() []*acctest.Diagnostic) {
	t.Helper()
	const long = 30 * time.Second
	done := make(chan []*acctest.Diagnostic, 1)
	go func() { done <- operation() }()
	select {
	case diagnostics := <-done:
		if said := acctest.Sentences(diagnostics); !strings.Contains(said, "ERROR") || !strings.Contains(said, why) {
			t.Errorf("it says %q", said)
		}
	case <-time.After(long):
		t.Errorf("it waits for longer than %s, although its time is over long before the server wants to be asked again", long)
	}
}

// A server asks for a wait of 200 seconds. Each operation has that long by itself, and ends at once where its timeout is shorter.
func TestEachOperationEndsInItsOwnTime(t *testing.T) {
	t.Parallel()
	const resource = "flow_ado_integration"
	for name, test := range map[string]struct {
		timeout string
		faulty  string // the method that is answered with 429; "" for all
		says    string
		operate func(p *acctest.Protocol, existing acctest.Instance, config acctest.Values) []*acctest.Diagnostic
	}{
		"plan": {"read", "", "429", func(p *acctest.Protocol, _ acctest.Instance, config acctest.Values) []*acctest.Diagnostic {
			config["name"] = "Other"
			_, diagnostics := p.Plan(resource, acctest.Instance{}, config)
			return diagnostics
		}},
		"plan of a destruction": {"read", "", "Integration is protected against deletion", func(p *acctest.Protocol, existing acctest.Instance, _ acctest.Values) []*acctest.Diagnostic {
			existing.State["deletion_protection"] = true // so that it says something
			_, diagnostics := p.Plan(resource, existing, nil)
			return diagnostics
		}},
		"refresh": {"read", "", "429", func(p *acctest.Protocol, existing acctest.Instance, _ acctest.Values) []*acctest.Diagnostic {
			_, diagnostics := p.Read(resource, existing)
			return diagnostics
		}},
		"creation": {"create", http.MethodPost, "429", func(p *acctest.Protocol, _ acctest.Instance, config acctest.Values) []*acctest.Diagnostic {
			config["name"] = "Other"
			_, diagnostics := p.Apply(resource, acctest.Instance{}, config)
			return diagnostics
		}},
		"update": {"update", http.MethodPatch, "429", func(p *acctest.Protocol, existing acctest.Instance, config acctest.Values) []*acctest.Diagnostic {
			config["name"] = "Other"
			_, diagnostics := p.Apply(resource, existing, config)
			return diagnostics
		}},
		"deletion": {"delete", http.MethodDelete, "429", func(p *acctest.Protocol, existing acctest.Instance, _ acctest.Values) []*acctest.Diagnostic {
			_, diagnostics := p.Apply(resource, existing, nil)
			return diagnostics
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{})
			config := protocolConfig(s)
			config["timeouts"] = map[string]any{test.timeout: "20s"}
			existing, diagnostics := s.Protocol(t, nil).Apply(resource, acctest.Instance{}, config)
			if existing.State == nil {
				t.Fatal(acctest.Sentences(diagnostics))
			}
			s.Flow().Traffic().Inject(traffic.Fault{Method: test.faulty, Status: http.StatusTooManyRequests, RetryAfter: "200"})
			saysWhyAtOnce(t, test.says, func() []*acctest.Diagnostic {
				return test.operate(s.Protocol(t, acctest.Values{"preflight": "off"}), existing, config)
			})
		})
	}
}

// The checks before a creation are part of it: an Azure DevOps that is slow does not hold it for longer than its timeout.
func TestTheLastChecksEndInTheTimeOfTheCreation(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	config := protocolConfig(s)
	// The checks of the plan end too soon to be remembered, so those of the creation ask again.
	config["timeouts"] = map[string]any{"read": "1s", "create": "5s"}
	// Twice is once for the plan and once for the creation: Flow, which asks for the same, is not slowed down.
	s.AzureDevOps().Traffic().Inject(traffic.Fault{Path: "/dev.azure.com/*/_apis/work/processes", Latency: 25 * time.Second, Times: 2})
	start := time.Now()
	if created, diagnostics := s.Protocol(t, nil).Apply("flow_ado_integration", acctest.Instance{}, config); created.State == nil {
		t.Error(acctest.Sentences(diagnostics))
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("the creation took %s", took)
	}
}

// What the plan had no time to find is found before anything is created or changed.
func TestTheLastChecksFindWhatThePlanHadNoTimeFor(t *testing.T) {
	t.Parallel()
	const resource = "flow_ado_integration"
	for _, operation := range []string{"create", "update"} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{})
			config, existing := protocolConfig(s), acctest.Instance{}
			if operation == "update" {
				if existing, _ = s.Protocol(t, nil).Apply(resource, existing, config); existing.State == nil {
					t.Fatal("there is nothing to change")
				}
			}
			config["personal_access_token_wo"] = s.Token("no-work")
			config["timeouts"] = map[string]any{"read": "2s", operation: "1m"}
			s.AzureDevOps().Traffic().Inject(traffic.Fault{Path: "/dev.azure.com/*/_apis/work/processes", Latency: 10 * time.Second, Times: 1})
			s.Flow().Traffic().Reset()
			_, diagnostics := s.Protocol(t, nil).Apply(resource, existing, config)
			said := acctest.Sentences(diagnostics)
			if !strings.Contains(said, "WARNING: Azure DevOps could not be asked about everything") || !strings.Contains(said, "ERROR: Token lacks scopes that Flow requires") {
				t.Errorf("it says %q", said)
			}
			if writes := s.Writes(); len(writes) > 0 {
				t.Errorf("Flow was sent %v", writes)
			}
		})
	}
}

// protocolConfig is the configuration of an integration that nothing protects.
func protocolConfig(s *acctest.Sandbox) acctest.Values {
	return acctest.Values{
		"name": "Contoso", "base_url": "https://dev.azure.com/contoso", "email": "Svc-Flow@contoso.com",
		"personal_access_token_wo": s.Token("full"), "auth_method": "access_token", "deletion_protection": false,
		"services": map[string]any{"repos": true, "pull_requests": true, "tickets": true, "webhooks": false},
	}
}
