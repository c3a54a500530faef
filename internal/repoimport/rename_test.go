package repoimport_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
)

// Whoever renames a block and follows the message keeps everything.
func TestARenamedBlockRemovesNothing(t *testing.T) {
	t.Parallel()
	for block, says := range map[string]string{
		"moved":   "If you renamed the block or its module, add a moved block with its addresses:",
		"removed": "If you removed the block on purpose, add a removed block, which leaves everything in Flow:",
	} {
		t.Run(block, func(t *testing.T) {
			t.Parallel()
			s := start(t, sandbox.Options{})
			w := acctest.NewWorkspace(t)
			arguments := attributes{"include": `["Payments/*"]`, "on_destroy": `"remove"`}
			w.Configure(repoImport(s, arguments))
			w.MustApply()
			s.Flow().Traffic().Reset()

			w.Configure(s.ProviderConfig(), resourceBlock("payments", arguments))
			failed := w.FailedApply()
			errors := failed.Errors()
			if len(errors) == 0 || len(errors) > 2 { // one resource sees the other, or both do
				t.Fatalf("the plan says %v", errors)
			}
			for _, e := range errors {
				if e.Summary != "3 repositories would be removed although another resource keeps them" {
					t.Errorf("the plan says %v", e)
				}
			}
			acctest.Told(t, failed, says)
			remedy := strings.NewReplacer("OLD_NAME", "all", "NEW_NAME", "payments").Replace(acctest.ToldBlock(t, failed, block))
			w.Configure(s.ProviderConfig(), resourceBlock("payments", arguments), remedy)
			w.MustApply()
			w.ExpectEmptyPlan()
			if writes := s.Writes(); len(writes) > 0 {
				t.Errorf("Flow got %v", writes)
			}
			expectImported(t, s, "Payments/api", "Payments/ledger", "Payments/web")
		})
	}
}

// TestDeposedAndTaintedObjectsRemoveNothing: two partial failures leave two objects at one address, and a later process
// remembers nothing of how that came to be.
func TestDeposedAndTaintedObjectsRemoveNothing(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(strings.Replace(repoImport(s, attributes{"include": `["Payments/*"]`, "on_destroy": `"remove"`}),
		`"all" {`, "\"all\" {\n  lifecycle {\n    create_before_destroy = true\n  }", 1))
	for range 2 {
		s.Flow().Traffic().Inject(refusal(1))
		w.FailedApply()
	}
	errors := w.FailedApply().Errors()
	if len(errors) == 0 || errors[0].Summary != "2 repositories would be removed although another resource keeps them" ||
		!strings.Contains(errors[0].Detail, "If Terraform shows it as deposed, run `terraform state rm` with its address, and import it again with `terraform import`.") {
		t.Errorf("the plan says %v", errors)
	}
	mustRun(t, w, "state", "rm", address)
	mustRun(t, w, "import", "-input=false", address, "1")
	w.MustApply()
	w.ExpectEmptyPlan()
	expectNothingRemoved(t, s)
	expectImported(t, s, "Payments/api", "Payments/ledger", "Payments/web")
}

// TestAnUnfinishedRenameRemovesNothing: the new block was applied by itself, and only in part.
func TestAnUnfinishedRenameRemovesNothing(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["Payments/*"]`, "on_destroy": `"remove"`}))
	w.MustApply()
	renamed := resourceBlock("renamed", attributes{"include": `["Payments/*", "Platform/*"]`, "on_destroy": `"remove"`})
	w.Configure(s.ProviderConfig(), renamed)
	s.Flow().Traffic().Inject(refusal(1))
	w.FailedApply("-target=flow_repo_import.renamed")
	for range 2 { // It is tainted at first.
		if errors := w.FailedApply().Errors(); len(errors) == 0 || errors[0].Summary != "3 repositories would be removed although another resource keeps them" {
			t.Errorf("the plan says %v", errors)
		}
		w.MustApply("-target=flow_repo_import.renamed")
	}
	w.Configure(s.ProviderConfig(), renamed, "removed {\n  from = flow_repo_import.all\n  lifecycle {\n    destroy = false\n  }\n}\n")
	w.MustApply()
	w.ExpectEmptyPlan()
	expectNothingRemoved(t, s)
	expectImported(t, s, "Payments/api", "Payments/ledger", "Payments/web", "Platform/docs", "Platform/images", "Platform/terraform")
}

// TestUnknownSelectorsMayKeepWhatIsRemoved: only what they depend on shows what they select.
func TestUnknownSelectorsMayKeepWhatIsRemoved(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["Payments/*"]`, "on_destroy": `"remove"`}))
	w.MustApply()
	w.Configure(s.ProviderConfig(), resourceBlock("other", attributes{"include": `[terraform_data.selector.output]`}),
		"resource \"terraform_data\" \"selector\" {\n  input = \"Platform/*\"\n}\n")
	errors := w.FailedApply().Errors()
	if len(errors) == 0 || errors[0].Summary != "3 repositories would be removed although another resource keeps them" ||
		!strings.Contains(errors[0].Detail, "If selectors are known only after apply, apply first what they depend on, with -target.") {
		t.Errorf("the plan says %v", errors)
	}
	w.MustApply("-target=terraform_data.selector")
	w.MustApply()
	w.ExpectEmptyPlan()
	expectImported(t, s, "Platform/docs", "Platform/images", "Platform/terraform")
}

func mustRun(t *testing.T, w *acctest.Workspace, arguments ...string) {
	t.Helper()
	if result, err := w.Run(t.Context(), arguments...); err != nil || result.ExitCode != 0 {
		t.Fatalf("%s: %v\n%s", strings.Join(arguments, " "), err, result.Output)
	}
}

func expectNothingRemoved(t *testing.T, s *acctest.Sandbox) {
	t.Helper()
	for _, request := range s.Writes() {
		if request.Method == http.MethodDelete {
			t.Errorf("it sent %s %s", request.Method, request.Path)
		}
	}
}

// Whoever follows the warning of a removal, or moves an instance of for_each to a block of its own, loses nothing.
func TestWhatAWarningOfARemovalSaysKeepsEverything(t *testing.T) {
	t.Parallel()
	t.Run("on_destroy", func(t *testing.T) {
		t.Parallel()
		s := start(t, sandbox.Options{})
		w := acctest.NewWorkspace(t)
		w.Configure(repoImport(s, attributes{"include": `["Payments/*"]`, "on_destroy": `"remove"`}))
		w.MustApply()
		w.Configure(s.ProviderConfig())
		if said := w.MustPlan().Diagnostics; len(said) != 1 || !strings.Contains(said[0].Detail, "To keep them, set on_destroy = \"keep\" and apply before destroying.") {
			t.Errorf("the plan says %v", said)
		}
		w.Configure(repoImport(s, attributes{"include": `["Payments/*"]`}))
		w.MustApply()
		w.Configure(s.ProviderConfig())
		w.MustApply()
		w.ExpectEmptyPlan()
		expectNothingRemoved(t, s)
		expectImported(t, s, "Payments/api", "Payments/ledger", "Payments/web")
	})
	t.Run("state rm", func(t *testing.T) {
		t.Parallel()
		s := start(t, sandbox.Options{})
		w := acctest.NewWorkspace(t)
		each := attributes{"for_each": `toset(["Payments/*", "Platform/*"])`, "include": `[each.key]`, "on_destroy": `"remove"`}
		w.Configure(repoImport(s, each))
		w.MustApply()
		each["for_each"] = `toset(["Payments/*"])`
		w.Configure(repoImport(s, each), resourceBlock("platform", attributes{"include": `["Platform/*"]`, "on_destroy": `"remove"`}))
		if said := w.FailedApply().Errors()[0]; !strings.Contains(said.Detail, "If it is an instance of count or for_each, run `terraform state rm` with its address.") {
			t.Errorf("the plan says %v", said)
		}
		mustRun(t, w, "state", "rm", address+`["Platform/*"]`)
		w.MustApply()
		w.ExpectEmptyPlan()
		expectNothingRemoved(t, s)
		expectImported(t, s, "Payments/api", "Payments/ledger", "Payments/web", "Platform/docs", "Platform/images", "Platform/terraform")
	})
}
