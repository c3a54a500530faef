package repoimport_test

import (
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
)

// Whoever renames a block and follows the message keeps everything.
func TestARenamedBlockRemovesNothing(t *testing.T) {
	t.Parallel()
	for name, remedy := range map[string]string{
		"moved":   "moved {\n  from = flow_repo_import.all\n  to   = flow_repo_import.payments\n}\n",
		"removed": "removed {\n  from = flow_repo_import.all\n  lifecycle {\n    destroy = false\n  }\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
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
