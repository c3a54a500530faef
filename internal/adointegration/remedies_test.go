package adointegration_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
)

const forgotten = "removed {\n  from = flow_ado_integration.main\n  lifecycle {\n    destroy = false\n  }\n}\n"

// instances are integrations of for_each.
func instances(s *acctest.Sandbox, keys string, changes attributes) string {
	all := attributes{"for_each": "toset([" + keys + "])", "name": "each.key"}
	maps.Copy(all, changes)
	return s.ProviderConfig() + resourceBlock(s, "main", all)
}

// Each way out of the deletion guard leads to a clean plan, and only the one that says so deletes the integration.
func TestTheWaysOutOfTheDeletionGuard(t *testing.T) {
	t.Parallel()
	guarded := func(t *testing.T) (*acctest.Sandbox, *acctest.Workspace) {
		t.Helper()
		s := acctest.Start(t, sandbox.Options{})
		w := acctest.NewWorkspace(t)
		w.Configure(integration(s, nil))
		w.MustApply()
		w.Configure(s.ProviderConfig())
		plan := w.MustPlan()
		acctest.Told(t, plan, "To delete it, set deletion_protection = false, apply, and try again. If it is no longer in the configuration, put it back for that.")
		if said := only(t, plan); said.Summary != "Integration is protected against deletion" || !strings.Contains(said.Detail, "use a removed block with destroy = false, or `terraform state rm` for one instance") {
			t.Fatalf("it says %s\n%s", said.Summary, said.Detail)
		}
		return s, w
	}
	t.Run("a removed block", func(t *testing.T) {
		t.Parallel()
		s, w := guarded(t)
		w.Configure(s.ProviderConfig(), forgotten)
		w.MustApply()
		w.ExpectEmptyPlan()
		s.Integration(t)
	})
	t.Run("put back, unprotected, and removed", func(t *testing.T) {
		t.Parallel()
		s, w := guarded(t)
		w.Configure(integration(s, unprotected(nil)))
		w.MustApply()
		w.Configure(s.ProviderConfig())
		w.MustApply()
		w.ExpectEmptyPlan()
		if left := s.Flow().Integrations(); len(left) > 0 {
			t.Errorf("Flow still has %v", left)
		}
	})
	t.Run("state rm for an instance", func(t *testing.T) {
		t.Parallel()
		s := acctest.Start(t, sandbox.Options{})
		w := acctest.NewWorkspace(t)
		w.Configure(instances(s, `"One", "Two"`, nil))
		w.MustApply()
		w.Configure(instances(s, `"One"`, nil))
		only(t, w.MustPlan())
		state(t, w, "rm", address+`["Two"]`)
		w.ExpectEmptyPlan()
		if left := s.Flow().Integrations(); len(left) != 2 {
			t.Errorf("Flow has %v, want both", left)
		}
	})
	t.Run("an unprotected one that is forgotten", func(t *testing.T) {
		t.Parallel()
		s := acctest.Start(t, sandbox.Options{})
		w := acctest.NewWorkspace(t)
		w.Configure(integration(s, unprotected(nil)))
		w.MustApply()
		w.Configure(s.ProviderConfig())
		acctest.Told(t, w.MustPlan(), "To stop managing it without deleting it, use a removed block with destroy = false.")
		w.Configure(s.ProviderConfig(), forgotten)
		w.MustApply()
		w.ExpectEmptyPlan()
		s.Integration(t)
	})
	t.Run("a replacement that is undone", func(t *testing.T) {
		t.Parallel()
		s := acctest.Start(t, sandbox.Options{})
		w := acctest.NewWorkspace(t)
		w.Configure(integration(s, nil))
		w.MustApply()
		w.Configure(integration(s, attributes{"base_url": `"https://dev.azure.com/fabrikam"`}))
		if said := only(t, w.MustPlan()); !strings.Contains(said.Detail, `To keep it, set base_url = "https://dev.azure.com/contoso"`) {
			t.Errorf("it says %s\n%s", said.Summary, said.Detail)
		}
		w.Configure(integration(s, nil))
		expectKept(t, s, w)
	})
}

// One integration that is imported and destroyed by one plan is kept by the moved block of the message.
func TestAnImportThatShouldHaveBeenAMove(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(integration(s, unprotected(nil)))
	w.MustApply()
	renamed := resourceBlock(s, "prod", unprotected(nil))
	w.Configure(s.ProviderConfig(), renamed, "import {\n  to = flow_ado_integration.prod\n  id = \"1\"\n}\n")
	if said := only(t, w.MustPlan()); !strings.Contains(said.Detail, "remove the import block and add a moved block") {
		t.Errorf("it says %s\n%s", said.Summary, said.Detail)
	}
	w.Configure(s.ProviderConfig(), renamed, "moved {\n  from = flow_ado_integration.main\n  to   = flow_ado_integration.prod\n}\n")
	w.MustApply()
	expectKept(t, s, w)
}

// An instance of for_each that moves to a block of its own is taken out of the state, and imported there.
func TestAnInstanceMovesToABlockOfItsOwn(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	free := attributes{"deletion_protection": "false"}
	w.Configure(instances(s, `"One", "Two"`, free))
	w.MustApply()
	own := resourceBlock(s, "two", attributes{"name": `"Two"`, "deletion_protection": "false"})
	w.Configure(instances(s, `"One"`, free), own)
	said := only(t, w.MustPlan())
	if !strings.Contains(said.Detail, "If one instance of count or for_each is to be managed elsewhere, run `terraform state rm 'ADDRESS'` with its address.") {
		t.Errorf("it says %s\n%s", said.Summary, said.Detail)
	}
	state(t, w, "rm", address+`["Two"]`)
	_, id, _ := strings.Cut(said.Detail, "terraform state list -id=")
	id, _, _ = strings.Cut(id, "`")
	w.Configure(instances(s, `"One"`, free), own, "import {\n  to = flow_ado_integration.two\n  id = \""+id+"\"\n}\n")
	w.MustApply()
	w.ExpectEmptyPlan()
	if left := s.Flow().Integrations(); len(left) != 2 {
		t.Errorf("Flow has %v, want both", left)
	}
}

// What the messages about existing integrations offer to import is managed afterwards, and nothing is sent to Flow.
func TestWhatIsOfferedToImportCanBeImported(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		changes attributes
		summary string
		id      string
		says    string
	}{
		"the same name":         {nil, "An integration of this name exists", "1", "If it lists nothing, import the integration, or choose another name:"},
		"the same organization": {attributes{"name": `"Another name"`}, "Another integration connects this organization", "1", "To manage that one instead, import it, unless `terraform state list -id=1` shows that this state manages it:"},
		"no token":              {attributes{"personal_access_token_wo": ""}, "Missing personal access token", "name=Contoso", "If the integration exists in Flow already and this state does not manage it, import it instead, which needs no token:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{})
			byHand(t, s, "Contoso")
			changes := attributes{"services": "{ webhooks = false }", "deletion_protection": "true"}
			maps.Copy(changes, test.changes)
			w := acctest.NewWorkspace(t)
			w.Configure(integration(s, changes))
			block := "import {\n  to = flow_ado_integration.main # this resource's address\n  id = \"" + test.id + "\"\n}"
			var offered bool
			for _, said := range w.MustPlan().Diagnostics {
				offered = offered || said.Summary == test.summary && strings.Contains(said.Detail, test.says+"\n\n"+block)
			}
			if !offered {
				t.Errorf("the plan does not offer %s", block)
			}
			changes["name"] = `"Contoso"`
			w.Configure(integration(s, changes), block)
			w.MustApply()
			expectKept(t, s, w)
			if writes := s.Writes(); len(writes) > 0 {
				t.Errorf("Flow was sent %v", writes)
			}
		})
	}
}

// A workspace at a new address is another one until its objects are imported there.
func TestAWorkspaceAtANewAddress(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.Identity)
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(integration(s, nil))
	w.MustApply()
	moved := func(config string) string {
		return strings.Replace(config, "http://127.0.0.1:", "http://localhost:", 1)
	}
	w.Configure(moved(integration(s, nil)))
	if said := only(t, w.MustPlan()); said.Summary != "Object of another Flow workspace" {
		t.Fatalf("it says %s\n%s", said.Summary, said.Detail)
	}
	acctest.Told(t, w.MustPlan(), "Correct the provider's workspace or base_url, or the environment variables that are used instead.")
	w.Configure(integration(s, nil))
	w.ExpectEmptyPlan()
	w.Configure(moved(integration(s, nil)))
	acctest.Told(t, w.MustPlan(), "If this is the same workspace at a new address, run `terraform state rm` with the address of the object, and import it again.")
	state(t, w, "rm", address)
	w.Configure(moved(integration(s, nil)), "import {\n  to = flow_ado_integration.main\n  id = \"1\"\n}\n")
	w.MustApply()
	expectKept(t, s, w)
}
