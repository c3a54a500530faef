package adointegration_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
)

const servicesToFlow = "lifecycle {\n    ignore_changes = [services]\n  }"

// speaking starts a sandbox whose Flow speaks dialects, and a workspace with an integration that was created in the default.
func speaking(t *testing.T, changes attributes, dialects ...string) (*acctest.Sandbox, *acctest.Workspace) {
	t.Helper()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(integration(s, unprotected(changes)))
	w.MustApply()
	s.Speak(t, dialects...)
	return s, w
}

// What Flow accepts and does not carry out is an error, said again by the next plan, and left to Flow by the line that the
// message prints.
func TestAChangeThatFlowIgnoresIsAnError(t *testing.T) {
	t.Parallel()
	s, w := speaking(t, nil, "patch-drops-unknown")
	off := unprotected(attributes{"services": "{ webhooks = false }"})
	w.Configure(integration(s, off))
	acctest.Expect(t, w.FailedApply(), acctest.Said{
		Severity: failure, Summary: "Flow did not change services.webhooks", Attribute: "services",
		Detail: []string{
			`Flow accepted the change of integration 1 ("Contoso") and kept the old value: services.webhooks is still true. This workspace does not seem to change it by API.`,
			"Change it in Flow under Settings > Integrations > the integration's name: the next plan sees it. To leave it to Flow, add to the resource:", servicesToFlow,
		},
	})
	if change := w.OnlyChange(); change.Before.(map[string]any)["services"].(map[string]any)["webhooks"] != true {
		t.Errorf("the state does not hold what Flow has: %v", change.Before)
	}
	acctest.Expect(t, w.MustPlan(), acctest.Said{
		Severity: caution, Summary: "Flow ignored this change before", Attribute: "services",
		Detail: []string{"An earlier apply asked Flow to change services.webhooks, and Flow did not. This plan asks again.", servicesToFlow},
	})
	w.Configure(strings.Replace(integration(s, off), "  services", "  "+servicesToFlow+"\n  services", 1))
	w.ExpectEmptyPlan()
	// Or changed by hand.
	if err := s.Flow().ChangeIntegration(1, func(i *flowserver.Integration) { i.Webhooks = false }); err != nil {
		t.Fatal(err)
	}
	w.Configure(integration(s, off))
	w.ExpectEmptyPlan()
}

// A creation whose services Flow does not take over is switched once more, and otherwise warned of.
func TestACreationThatFlowTakesOverInPart(t *testing.T) {
	t.Parallel()
	t.Run("switched afterwards", func(t *testing.T) {
		t.Parallel()
		s := acctest.Start(t, sandbox.Options{Dialects: []string{"create-drops-unknown"}})
		w := acctest.NewWorkspace(t)
		w.Configure(integration(s, unprotected(nil)))
		w.MustApply()
		w.ExpectEmptyPlan()
		if writes := s.Writes(); len(writes) != 2 {
			t.Errorf("Flow was sent %v, want the creation and one change", writes)
		}
	})
	t.Run("never", func(t *testing.T) {
		t.Parallel()
		s := acctest.Start(t, sandbox.Options{Dialects: []string{"create-drops-unknown", "patch-drops-unknown"}})
		w := acctest.NewWorkspace(t)
		w.Configure(integration(s, unprotected(nil)))
		acctest.Expect(t, w.MustApply(), acctest.Said{
			Severity: caution, Summary: "Flow did not take over services.webhooks", Attribute: acctest.Anywhere,
			Detail: []string{
				`Flow created integration 1 ("Contoso") with services.webhooks = false, and a second request did not change that. The state holds what was planned, and the next plan shows the difference.`,
				servicesToFlow,
			},
		}, tfvcOnly)
		acctest.Expect(t, w.MustPlan(), acctest.Said{Severity: caution, Summary: "Flow ignored this change before", Attribute: acctest.Anywhere})
		s.Integration(t)
	})
}

// A workspace that wants the connection with every change gets it only with the consent that the message asks for.
func TestAChangeThatNeedsTheConnection(t *testing.T) {
	t.Parallel()
	s, w := speaking(t, attributes{"personal_access_token_wo_version": "1"}, "patch-needs-authdata", "authdata-text", "authdata-whole")
	renamed := unprotected(attributes{"name": `"Renamed"`, "personal_access_token_wo_version": "1"})
	w.Configure(integration(s, renamed))
	before := len(s.Writes())
	acctest.Expect(t, w.FailedApply(), acctest.Said{
		Severity: failure, Summary: `Could not change integration 1 ("Contoso") without its connection`,
		Detail: []string{
			"authData: This field is required.", "The vendor warns that changing the connection may remove the integration's data, so the provider does not send it by itself.",
			"To send it with this change, set personal_access_token_wo_version = 2 and give the token.",
		},
	})
	if sent := len(s.Writes()) - before; sent != 1 {
		t.Errorf("Flow was sent %d writes, want one", sent)
	}
	renamed["personal_access_token_wo_version"] = "2"
	w.Configure(integration(s, renamed))
	w.MustApply()
	w.ExpectEmptyPlan()
	if name := s.Integration(t).Name; name != "Renamed" {
		t.Errorf("Flow has the name %q", name)
	}
}

// What a workspace calls Azure DevOps is found out, or given.
func TestTheVendorsName(t *testing.T) {
	t.Parallel()
	t.Run("a known one", func(t *testing.T) {
		t.Parallel()
		s := acctest.Start(t, sandbox.Options{Dialects: []string{"vendor:vsts"}})
		w := acctest.NewWorkspace(t)
		w.Configure(integration(s, unprotected(nil)))
		w.MustApply()
		w.ExpectEmptyPlan()
	})
	t.Run("an unknown one", func(t *testing.T) {
		t.Parallel()
		s := acctest.Start(t, sandbox.Options{Dialects: []string{"vendor:boards_and_repos"}})
		w := acctest.NewWorkspace(t)
		w.Configure(integration(s, unprotected(nil)))
		refused := w.FailedApply()
		acctest.Expect(t, refused, acctest.Said{
			Severity: failure, Summary: "Flow does not know Azure DevOps by this name",
			Detail: []string{
				"is not a valid choice", `The provider tried the vendor "azure_devops", "vsts", "azure_devops_services", "azuredevops" or "azure-devops".`,
				"Set the provider's azure_devops_vendor (or FLOW_AZURE_DEVOPS_VENDOR) to the name that the workspace's API uses.",
			},
		}, tfvcOnly)
		acctest.Told(t, refused, "Create an Azure DevOps integration in Flow under … to see it: its vendor_type in the API is that name.")
		vendor := vendorType(t, s, byHand(t, s, "By hand").ID)
		if err := s.Flow().RemoveIntegration(1); err != nil {
			t.Fatal(err)
		}
		w.Configure(s.ProviderConfig("azure_devops_vendor = "+quoted(vendor)), resourceBlock(s, "main", unprotected(nil)))
		w.MustApply()
		w.ExpectEmptyPlan()
		s.Integration(t)
	})
}

// vendorType asks Flow's API what kind an integration is of, as a person would.
func vendorType(t *testing.T, s *acctest.Sandbox, id int64) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("%sintegrations/%d/", s.FlowBaseURL(), id), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+s.APIKey())
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var shown struct {
		VendorType string `json:"vendor_type"`
	}
	if err := json.NewDecoder(response.Body).Decode(&shown); err != nil {
		t.Fatal(err)
	}
	return shown.VendorType
}

// Words for services that nobody knows switch nothing, and are named.
func TestUnknownWordsForServices(t *testing.T) {
	t.Parallel()
	untold := func(found string) acctest.Said {
		return acctest.Said{Severity: caution, Summary: "Flow does not say which services are on", Attribute: acctest.Anywhere, Detail: []string{
			found, "so it is not known whether pull_requests, repos, tickets are on. The state keeps the values that it has, and no plan switches a service because of this.",
		}}
	}
	for dialect, want := range map[string]acctest.Said{
		"words:unknown": untold(`Flow lists services that this provider does not know, "code", "review" and "issue", of integration 1 ("Contoso")`),
		"words:null":    untold(`Flow does not list the services of integration 1 ("Contoso")`),
	} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			s, w := speaking(t, nil, dialect)
			plan := w.MustPlan()
			acctest.Expect(t, plan, want)
			if plan.ExitCode != 0 {
				t.Errorf("the plan is not empty:\n%s", plan.Output)
			}
			w.Configure(integration(s, unprotected(attributes{"services": "{ tickets = false }"})))
			w.MustApply()
			if s.Integration(t).Services.Tickets {
				t.Error("the change was not sent")
			}
		})
	}
	t.Run("after an import", func(t *testing.T) {
		t.Parallel()
		s := acctest.Start(t, sandbox.Options{})
		byHand(t, s, "Contoso")
		s.Speak(t, "words:missing")
		w := acctest.NewWorkspace(t)
		w.Configure(integration(s, unprotected(attributes{"personal_access_token_wo": "", "services": "{ webhooks = false }"})), "import {\n  to = flow_ado_integration.main\n  id = \"1\"\n}\n")
		w.MustApply()
		if writes := s.Writes(); len(writes) > 0 {
			t.Errorf("Flow was sent %v", writes)
		}
		if plan := w.MustPlan(); plan.ExitCode != 0 {
			t.Errorf("the plan is not empty:\n%s", plan.Output)
		}
	})
}

// A workspace without writes is used for checks, drift and imports, and each plan that would write says so.
func TestAReadOnlyWorkspace(t *testing.T) {
	t.Parallel()
	lacks := func(call, byHand string) acctest.Said {
		return acctest.Said{Severity: caution, Summary: "This workspace does not seem to " + call + " integrations by API", Detail: []string{
			"Flow does not list the method that this needs among those that it allows, so the apply will most likely fail. Plans, drift detection, imports and data sources work.", byHand,
		}}
	}
	s := acctest.Start(t, sandbox.Options{Dialects: []string{"read-only"}})
	w := acctest.NewWorkspace(t)
	// As in Flow, so that an import changes nothing.
	arguments := func(changes attributes) attributes {
		all := attributes{"deletion_protection": "true", "services": "{ webhooks = false }", "personal_access_token_wo": ""}
		maps.Copy(all, changes)
		return all
	}
	w.Configure(integration(s, unprotected(nil)))
	acctest.Expect(t, w.MustPlan(), lacks("create", "Create it in Flow under Settings > Integrations > Add Integration > Azure DevOps, and import it:\n\nimport {\n  to = flow_ado_integration.main # this resource's address\n  id = \"name=Contoso\"\n}"), tfvcOnly)
	byHand(t, s, "Contoso")
	w.Configure(integration(s, arguments(nil)), "import {\n  to = flow_ado_integration.main\n  id = \"name=Contoso\"\n}\n")
	w.MustApply()
	w.ExpectEmptyPlan()
	w.Configure(integration(s, arguments(attributes{"name": `"Renamed"`})))
	acctest.Expect(t, w.MustPlan(), lacks("change", "Make the change in Flow under Settings > Integrations > the integration's name: the next plan sees it."))
	w.Configure(integration(s, arguments(attributes{"deletion_protection": "false"})))
	w.MustApply() // It concerns only Terraform.
	w.Configure(s.ProviderConfig())
	acctest.Expect(t, w.MustPlan(), lacks("delete", "or use a removed block with destroy = false to leave it there."), acctest.Said{Severity: caution, Summary: "Destroying the integration deletes its data"})
	w.Configure(s.ProviderConfig(), forgotten)
	w.MustApply()
	w.ExpectEmptyPlan()
	if writes := s.Writes(); len(writes) > 0 {
		t.Errorf("Flow was sent %v", writes)
	}
}
