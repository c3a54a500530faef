package adointegration_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

// withIntegrations starts a sandbox with three integrations: two on contoso, one of them by OAuth, and one on fabrikam.
func withIntegrations(t *testing.T) *acctest.Sandbox {
	t.Helper()
	s := acctest.Start(t, sandbox.Options{})
	byHand(t, s, "Contoso: all")
	for _, integration := range []flowserver.Integration{
		{
			Name: "contoso: tickets (old)", URL: "https://dev.azure.com/Contoso", Username: "Svc-Flow@contoso.com",
			AuthType: flowserver.AuthOAuth, Services: flowserver.Services{Tickets: true},
		},
		{Name: "Fabrikam", URL: "https://dev.azure.com/fabrikam", Username: "Svc-Flow@fabrikam.com", Token: s.Token("fabrikam"), Services: flowserver.AllServices},
	} {
		if _, err := s.Flow().AddIntegration(integration); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Flow().Consent(t.Context(), 2, "", ""); err != nil {
		t.Fatal(err)
	}
	return s
}

func names(listed []acctest.Listed) []string {
	all := []string{}
	for _, one := range listed {
		all = append(all, one.DisplayName)
	}
	return all
}

func TestListFindsWhatTheFiltersSay(t *testing.T) {
	t.Parallel()
	const all, tickets, fabrikam = "Contoso: all (contoso)", "contoso: tickets (old) (Contoso)", "Fabrikam (fabrikam)"
	p := withIntegrations(t).Protocol(t, nil)
	for name, test := range map[string]struct {
		config acctest.Values
		limit  int64
		want   []string
	}{
		"no configuration":              {nil, 100, []string{all, tickets, fabrikam}},
		"no filter":                     {acctest.Values{}, 100, []string{all, tickets, fabrikam}},
		"no limit":                      {acctest.Values{}, 0, []string{all, tickets, fabrikam}},
		"a limit":                       {acctest.Values{}, 2, []string{all, tickets}},
		"a name in another case":        {acctest.Values{"name": "FABRIKAM"}, 100, []string{fabrikam}},
		"a part of a name":              {acctest.Values{"name": "contoso"}, 100, []string{}},
		"the beginning of a name":       {acctest.Values{"name": "contoso*"}, 100, []string{all, tickets}},
		"characters special to regexps": {acctest.Values{"name": "*(old)"}, 100, []string{tickets}},
		"one character":                 {acctest.Values{"name": "fab?ikam"}, 100, []string{fabrikam}},
		"an organization":               {acctest.Values{"organization": "CONTOSO"}, 100, []string{all, tickets}},
		"both":                          {acctest.Values{"organization": "contoso", "name": "*tickets*"}, 100, []string{tickets}},
		"both, and a limit":             {acctest.Values{"organization": "contoso", "name": "*o*"}, 1, []string{all}},
		"nothing that exists":           {acctest.Values{"name": "Northwind"}, 100, []string{}},
	} {
		listed := p.List(resourceType, test.config, false, test.limit)
		if diff := cmp.Diff(test.want, names(listed)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		for _, one := range listed {
			if one.Resource != nil && one.Resource["id"] != nil || one.Identity["workspace"] != sandboxWorkspace || len(one.Diagnostics) > 0 {
				t.Errorf("%s: %s came as %v with the identity %v and %s", name, one.DisplayName, one.Resource, one.Identity, acctest.Sentences(one.Diagnostics))
			}
		}
	}
}

// TestListedResourcesPlanNothing is what `terraform query -generate-config-out` and an apply do, in the protocol.
func TestListedResourcesPlanNothing(t *testing.T) {
	t.Parallel()
	s := withIntegrations(t)
	p := s.Protocol(t, nil)
	s.Flow().Traffic().Reset()
	listed := p.List(resourceType, nil, true, 100)
	if requests := s.Flow().Traffic().Requests(); len(requests) != 1 {
		t.Errorf("listing three integrations took the requests %v, want one", requests)
	}
	if len(listed) != 3 {
		t.Fatalf("got %d integrations, want 3", len(listed))
	}
	for _, one := range listed {
		config := p.GenerateConfig(resourceType, one.Resource)
		for name := range config {
			if strings.HasPrefix(name, "personal_access_token") {
				t.Errorf("%s: the configuration has %s", one.DisplayName, name)
			}
		}
		if diagnostics := p.Validate(resourceType, config); len(diagnostics) > 0 {
			t.Errorf("%s: the configuration is not valid:\n%s", one.DisplayName, acctest.Sentences(diagnostics))
		}
		imported := p.Must(p.Read(resourceType, p.Must(p.Import(resourceType, "", one.Identity))))
		if diff := cmp.Diff(imported.State, one.Resource); diff != "" {
			t.Errorf("%s: what is listed is not what is imported: %s", one.DisplayName, diff)
		}
		if diff := cmp.Diff(imported.State, p.Must(p.Plan(resourceType, imported, config)).State); diff != "" {
			t.Errorf("%s: the plan after the import is not empty: %s", one.DisplayName, diff)
		}
	}
	if writes := s.Writes(); len(writes) > 0 {
		t.Errorf("Flow was sent %v", writes)
	}
}

// TestListSaysWhatFails: an error that is not a result of its own would look like a workspace without integrations.
func TestListSaysWhatFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arguments acctest.Values
		fault     traffic.Fault
		says      []string
	}{
		"a refused key": {
			arguments: acctest.Values{"api_key": "wrong"},
			says:      []string{"ERROR: Could not list the integrations", "Flow does not accept it"},
		},
		"a key that is not known yet": {
			arguments: acctest.Values{"api_key": acctest.Unknown},
			says:      []string{"ERROR:", "api_key"},
		},
		"a key without the right": {
			fault: traffic.Fault{Method: http.MethodGet, Path: "/v3/customer/core/integrations/", Status: http.StatusForbidden},
			says:  []string{"ERROR: Could not list the integrations", "HTTP 403", "Give the API key's user a role"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := withIntegrations(t)
			if test.fault.Status != 0 {
				s.Flow().Traffic().Inject(test.fault)
			}
			listed := s.Protocol(t, test.arguments).List(resourceType, nil, true, 100)
			if len(listed) != 1 {
				t.Fatalf("got %v, want one result with an error", listed)
			}
			said := acctest.Sentences(listed[0].Diagnostics)
			for _, text := range test.says {
				if !strings.Contains(said, text) {
					t.Errorf("the error does not say %q:\n%s", text, said)
				}
			}
		})
	}
}
