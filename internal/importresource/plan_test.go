package importresource_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
)

func TestRemovalNeedsAVersionThatPlansIt(t *testing.T) {
	t.Parallel()
	s := withIntegrations(t, "Contoso")
	for version, refused := range map[string]bool{
		"1.0.11": true, "1.1.0": true, "1.2.9": true, "1.3.0": false, "1.11.4": false, "1.20.0": false, "1.17.0-dev": false, "2.0.0": false,
	} {
		for _, test := range both {
			want := ""
			if refused {
				want = fmt.Sprintf("ERROR: on_destroy = \"remove\" needs Terraform 1.3 or later: Terraform %s asks for no plan of a destruction, so it would remove nothing from Flow.\n\n"+
					"Upgrade Terraform, or set on_destroy = \"keep\".\n", version)
			}
			config := acctest.Values{"integration_id": "1", "include": []any{test.one}, "on_destroy": "remove", "wait_for": "imported"}
			p := s.ProtocolOf(t, version, nil)
			if _, diagnostics := p.Plan(test.resource, acctest.Instance{}, config); acctest.Sentences(diagnostics) != want {
				t.Errorf("%s says %q, want %q", version, acctest.Sentences(diagnostics), want)
			}
			config["on_destroy"] = "keep"
			p.Must(s.ProtocolOf(t, version, nil).Plan(test.resource, acctest.Instance{}, config))
		}
	}
}

// TestNoResultOfAnIntegrationThatDoesNotExist: nothing found is no answer.
func TestNoResultOfAnIntegrationThatDoesNotExist(t *testing.T) {
	t.Parallel()
	p := withIntegrations(t, "Contoso").Protocol(t, nil)
	for _, test := range both {
		_, diagnostics := p.ReadData(test.dataSource, acctest.Values{"integration_id": "7"})
		if got := acctest.Sentences(diagnostics); !strings.HasPrefix(got, "ERROR: Flow has no integration 7: Could not read integration 7") {
			t.Errorf("%s says %q", test.dataSource, got)
		}
	}
}

func TestTwinsAreReported(t *testing.T) {
	t.Parallel()
	s := withIntegrations(t, "Contoso", "Fabrikam")
	for _, test := range both {
		config := func(integration string, include ...any) acctest.Values {
			return acctest.Values{"integration_id": integration, "include": include, "on_destroy": "keep", "wait_for": "imported"}
		}
		first := s.Protocol(t, nil)
		existing := first.Must(first.Apply(test.resource, acctest.Instance{}, config("1", test.one, test.more)))

		p := s.Protocol(t, nil)
		p.Must(p.Plan(test.resource, existing, config("1", test.one, test.more)))
		p.Must(p.Plan(test.resource, acctest.Instance{}, config("1", test.one, test.more))) // as a replacement is planned
		p.Must(p.Plan(test.resource, acctest.Instance{}, config("1", test.one)))
		p.Must(p.Plan(test.resource, acctest.Instance{}, config("2", test.one, test.more)))
		_, diagnostics := p.Plan(test.resource, acctest.Instance{}, config("1", test.more, test.one))
		want := fmt.Sprintf("WARNING: Two %[1]s select the same: Another %[1]s of this configuration has the same selectors for integration 1, "+
			"so both keep and count the same %[2]s.\n\nRemove one of the two.\n", test.resource, test.many)
		if got := acctest.Sentences(diagnostics); got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
	}
}

// TestWhatAnotherResourceSelectsIsNotLeftBehind: what one resource gives up, another one may take.
func TestWhatAnotherResourceSelectsIsNotLeftBehind(t *testing.T) {
	t.Parallel()
	s := withIntegrations(t, "Contoso")
	config := func(include ...any) acctest.Values {
		return acctest.Values{"integration_id": "1", "include": include, "on_destroy": "keep", "wait_for": "imported"}
	}
	first := s.Protocol(t, nil)
	existing := first.Must(first.Apply("flow_repo_import", acctest.Instance{}, config("Payments/*", "Platform/docs")))
	p := s.Protocol(t, nil)
	p.Must(p.Plan("flow_repo_import", acctest.Instance{}, config("Platform/*", "Payments/web")))
	_, diagnostics := p.Plan("flow_repo_import", existing, config("Payments/api"))
	want := "WARNING: 1 repository will be unmanaged in Flow: The selectors do not match them any more. They stay imported, with their data:\n  - Payments/ledger\n\n" +
		"Remove in Flow, under Settings > Integrations > the integration's name > Repos, what is not wanted, or select it again.\n"
	if got := acctest.Sentences(diagnostics); got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
}
