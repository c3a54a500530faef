package adointegration_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
)

// resourceType is what the protocol calls the resource.
const resourceType = "flow_ado_integration"

// sandboxWorkspace is what identifies every sandbox: its host, without the port, which another start changes.
const sandboxWorkspace = "127.0.0.1"

func identity(id string) acctest.Values {
	return acctest.Values{"id": id, "workspace": sandboxWorkspace}
}

// byHand adds an integration in Flow, as a person would, and fails the test if that fails.
func byHand(t *testing.T, s *acctest.Sandbox, name string) flowserver.Integration {
	t.Helper()
	added, err := s.Flow().AddIntegration(flowserver.Integration{
		Name: name, URL: "https://dev.azure.com/contoso", Username: "Svc-Flow@contoso.com", Token: s.Token("full"),
		Services: flowserver.AllServices,
	})
	if err != nil {
		t.Fatal(err)
	}
	return added
}

func TestIdentityStaysTheSameFromCreationToRemoval(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	p := s.Protocol(t, nil)
	config := acctest.Values{
		"name": "Contoso", "base_url": "https://dev.azure.com/contoso", "email": "Svc-Flow@contoso.com",
		"personal_access_token_wo": s.Token("full"), "deletion_protection": false,
		"services": map[string]any{"repos": true, "pull_requests": true, "tickets": true, "webhooks": false},
	}
	has := func(operation string, instance acctest.Instance) {
		t.Helper()
		if diff := cmp.Diff(identity("1"), instance.Identity); diff != "" {
			t.Errorf("identity after %s: %s", operation, diff)
		}
	}
	created, diagnostics := p.Apply(resourceType, acctest.Instance{}, config)
	if created.State["id"] != "1" {
		t.Fatalf("the creation failed: %s", acctest.Sentences(diagnostics))
	}
	has("create", created)
	read := p.Must(p.Read(resourceType, created))
	has("read", read)
	config["name"] = "Renamed"
	updated, diagnostics := p.Apply(resourceType, read, config)
	if updated.State["name"] != "Renamed" {
		t.Fatalf("the change failed: %s", acctest.Sentences(diagnostics))
	}
	has("update", updated)
	if err := s.Flow().RemoveIntegration(1); err != nil {
		t.Fatal(err)
	}
	// Another provider process, as in another run of Terraform.
	gone := p.Must(s.Protocol(t, nil).Read(resourceType, updated))
	has("the read that finds it removed", gone)
	if gone.State != nil {
		t.Errorf("the state still holds %v", gone.State)
	}
}

func TestStateWithoutIdentityGetsOne(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	byHand(t, s, "Contoso")
	p := s.Protocol(t, nil)
	imported := p.Must(p.Import(resourceType, "1", nil))
	old := p.Must(p.Read(resourceType, imported))
	old.Identity = nil

	if read := p.Must(p.Read(resourceType, old)); cmp.Diff(identity("1"), read.Identity) != "" {
		t.Errorf("a refresh gives the identity %v", read.Identity)
	}
	config := p.GenerateConfig(resourceType, old.State)
	config["name"] = "Renamed"
	if updated := p.Must(p.Apply(resourceType, old, config)); cmp.Diff(identity("1"), updated.Identity) != "" {
		t.Errorf("an update without a refresh gives the identity %v", updated.Identity)
	}
	if err := s.Flow().RemoveIntegration(1); err != nil {
		t.Fatal(err)
	}
	gone := p.Must(s.Protocol(t, nil).Read(resourceType, old))
	if gone.State != nil || cmp.Diff(identity("1"), gone.Identity) != "" {
		t.Errorf("a refresh that finds it removed gives %v with the identity %v", gone.State, gone.Identity)
	}
}

func TestEveryWayToImportGivesTheSameIntegration(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	byHand(t, s, "Contoso")
	p := s.Protocol(t, nil)
	want := p.Must(p.Import(resourceType, "1", nil))
	if diff := cmp.Diff(identity("1"), want.Identity); diff != "" {
		t.Error(diff)
	}
	for name, imported := range map[string]acctest.Instance{
		"by name":                       p.Must(p.Import(resourceType, "name=Contoso", nil)),
		"by identity":                   p.Must(p.Import(resourceType, "", identity("1"))),
		"by identity without workspace": p.Must(p.Import(resourceType, "", acctest.Values{"id": "1"})),
		"by identity, workspace in another case": p.Must(s.Protocol(t, acctest.Values{"base_url": strings.Replace(s.FlowBaseURL(), "127.0.0.1", "localhost", 1)}).
			Import(resourceType, "", acctest.Values{"id": "1", "workspace": "Localhost"})),
	} {
		if diff := cmp.Diff(want.State, imported.State); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if id := imported.Identity["id"]; id != "1" || imported.Identity["workspace"] == nil {
			t.Errorf("%s: the identity is %v", name, imported.Identity)
		}
	}
}

func TestImportByIdentityIsRefused(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	byHand(t, s, "Contoso")
	p := s.Protocol(t, nil)
	for name, test := range map[string]struct {
		identity acctest.Values
		says     []string
	}{
		"of another workspace":  {acctest.Values{"id": "1", "workspace": "acme"}, []string{"Object of another Flow workspace", `"acme"`, `"127.0.0.1"`}},
		"with a name as its id": {acctest.Values{"id": "name=Contoso"}, []string{"Invalid import id", `"name=Contoso" is not the id of an integration`}},
		"that Flow has not":     {identity("7"), []string{`Cannot import "7"`, `1 ("Contoso"`}},
	} {
		_, diagnostics := p.Import(resourceType, "", test.identity)
		for _, text := range test.says {
			if !strings.Contains(acctest.Sentences(diagnostics), text) {
				t.Errorf("%s: the error does not say %s:\n%s", name, text, acctest.Sentences(diagnostics))
			}
		}
	}
}

// TestStateOfAnotherWorkspaceIsLeftAlone: with the provider set for another workspace than the state, the same id is
// another integration, or none.
func TestStateOfAnotherWorkspaceIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	byHand(t, s, "Contoso")
	p := s.Protocol(t, nil)
	elsewhere := p.Must(p.Read(resourceType, p.Must(p.Import(resourceType, "1", nil))))
	elsewhere.Identity["workspace"] = "acme"
	elsewhere.State["deletion_protection"] = false
	config := p.GenerateConfig(resourceType, elsewhere.State)
	config["name"] = "Renamed"
	s.Flow().Traffic().Reset()
	for name, operate := range map[string]func(*acctest.Protocol) (acctest.Instance, []*acctest.Diagnostic){
		"read": func(p *acctest.Protocol) (acctest.Instance, []*acctest.Diagnostic) {
			return p.Read(resourceType, elsewhere)
		},
		"update": func(p *acctest.Protocol) (acctest.Instance, []*acctest.Diagnostic) {
			return p.Apply(resourceType, elsewhere, config)
		},
		"destroy": func(p *acctest.Protocol) (acctest.Instance, []*acctest.Diagnostic) {
			return p.Apply(resourceType, elsewhere, nil)
		},
	} {
		kept, diagnostics := operate(s.Protocol(t, nil))
		if said := acctest.Sentences(diagnostics); !strings.Contains(said, `belongs to the workspace "acme"`) {
			t.Errorf("%s is not refused:\n%s", name, said)
		}
		if kept.State == nil {
			t.Errorf("%s drops the state", name)
		}
	}
	for _, request := range s.Flow().Traffic().Requests() {
		if request.Method != http.MethodGet || strings.HasSuffix(request.Path, "/1/") {
			t.Errorf("Flow was sent %s %s", request.Method, request.Path)
		}
	}
}
