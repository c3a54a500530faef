package importresource_test

import (
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
)

// Terraform plans resources at once, in any order, and names none: whichever comes second sees the conflict.
func TestNoPlanRemovesWhatAnotherResourceKeeps(t *testing.T) {
	t.Parallel()
	for _, test := range both {
		for name, order := range map[string][]string{"removal first": {"remove", "keep"}, "removal last": {"keep", "remove"}} {
			t.Run(test.resource+", "+name, func(t *testing.T) {
				t.Parallel()
				s := withIntegrations(t, "Contoso")
				configs := map[string]acctest.Values{
					"keep":   {"integration_id": "1", "include": []any{test.more}, "on_destroy": "keep", "wait_for": "imported"},
					"remove": {"integration_id": "1", "include": []any{test.one}, "on_destroy": "remove", "wait_for": "imported"},
				}
				created := map[string]acctest.Instance{}
				first := s.Protocol(t, nil)
				for name, config := range configs {
					created[name] = first.Must(first.Apply(test.resource, acctest.Instance{}, config))
				}
				p := s.Protocol(t, nil)
				var said string
				for _, step := range order {
					config := configs[step]
					if step == "remove" {
						config = nil
					}
					_, diagnostics := p.Plan(test.resource, created[step], config)
					said += acctest.Sentences(diagnostics)
				}
				if strings.Count(said, "ERROR") != 1 || !strings.Contains(said, "would be removed although another resource keeps them") || !strings.Contains(said, "  - "+test.one+"\n") {
					t.Errorf("the plans say:\n%s", said)
				}
			})
		}
	}
}

// Each by itself, they may be destroyed and kept.
func TestAPlanMayRemoveWhatOnlyADestroyedResourceSelects(t *testing.T) {
	t.Parallel()
	test := both[0]
	s := withIntegrations(t, "Contoso")
	config := acctest.Values{"integration_id": "1", "include": []any{test.one}, "on_destroy": "remove", "wait_for": "imported"}
	first := s.Protocol(t, nil)
	one := first.Must(first.Apply(test.resource, acctest.Instance{}, config))
	two, _ := first.Apply(test.resource, acctest.Instance{}, config)
	p := s.Protocol(t, nil)
	for _, instance := range []acctest.Instance{one, two} {
		if _, diagnostics := p.Plan(test.resource, instance, nil); strings.Contains(acctest.Sentences(diagnostics), "ERROR") {
			t.Errorf("destroying it says:\n%s", acctest.Sentences(diagnostics))
		}
	}
}
