package adointegration_test

import (
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
)

// What Terraform does with ignore_changes and with misspelled keys, as the page of the resource says.
func TestWhatTerraformDrops(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		services, ignored string
		empty             bool
	}{
		"one service, without services":   {"", "[services.webhooks]", false},
		"one service, with services":      {"{ webhooks = true }", "[services.webhooks]", true},
		"all services, without services":  {"", "[services]", true},
		"a misspelled key has no meaning": {"{ webhook = false }", "[]", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{})
			w := acctest.NewWorkspace(t)
			config := integration(s, unprotected(attributes{"services": test.services}))
			w.Configure(strings.TrimSuffix(config, "}\n") + "  lifecycle {\n    ignore_changes = " + test.ignored + "\n  }\n}\n")
			w.MustApply()
			if err := s.Flow().ChangeIntegration(1, func(i *flowserver.Integration) { i.Webhooks = false }); err != nil {
				t.Fatal(err)
			}
			if plan := w.MustPlan(); (plan.ExitCode == 0) != test.empty {
				t.Errorf("the plan's status is %d:\n%s", plan.ExitCode, plan.Output)
			}
		})
	}
}
