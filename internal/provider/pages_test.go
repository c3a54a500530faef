package provider_test

import (
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/browser"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
)

// A toggle that somebody clicks on the sandbox's page is what the next plan shows, and nothing else.
func TestAToggleClickedOnThePageIsDrift(t *testing.T) {
	t.Parallel()
	tab := browser.Start(t)
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(life{name: "Contoso Azure DevOps", email: "Svc-Flow@contoso.com", token: "full", version: 1}.config(s))
	w.MustApply()
	tab.Open(s.PagesURL() + "integrations/1")
	tab.See("Contoso Azure DevOps")
	tab.Size(900, 620)
	tab.Screenshot("integration")
	tab.Click("button[aria-labelledby=label-tickets]")
	tab.See("Tickets is off.")
	change := w.OnlyChange()
	if change.Actions[0] != tfjson.ActionUpdate {
		t.Fatalf("the plan shows %v", change.Actions)
	}
	before, after := acctest.Attribute(change.Before, "services").(map[string]any), acctest.Attribute(change.After, "services").(map[string]any)
	for name := range after {
		if changed := before[name] != after[name]; changed != (name == "tickets") {
			t.Errorf("the plan changes %s from %v to %v", name, before[name], after[name])
		}
	}
	w.MustApply()
	tab.Open(s.PagesURL() + "integrations/1")
	tab.See("Healthy")
	if i := s.Integration(t); !i.Services.Tickets {
		t.Error("the apply did not switch it on again")
	}
}
