package provider_test

import (
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
)

// A module can be tested with mock_provider and an obvious fake in a token's place.
func TestAModuleIsTestedWithAMockedProvider(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t)
	w.Configure(acctest.Source, `
variable "ado_pat" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "flow_ado_integration" "main" {
  name                     = "Contoso"
  base_url                 = "https://dev.azure.com/contoso"
  email                    = "Svc-Flow@contoso.com"
  personal_access_token_wo = var.ado_pat
}
`)
	for _, fake := range []string{"dummy", "<token>", "$(ADO_PAT)"} {
		if err := w.Write("module.tftest.hcl", "mock_provider \"flow\" {}\n\nvariables {\n  ado_pat = \""+fake+"\"\n}\n\nrun \"plan\" {\n  command = plan\n}\n\nrun \"apply\" {}\n"); err != nil {
			t.Fatal(err)
		}
		result, err := w.Run(t.Context(), "test")
		if err != nil || result.ExitCode != 0 {
			t.Fatalf("%s: %v\n%s", fake, err, result.Output)
		}
		if !strings.Contains(result.Output, "2 passed, 0 failed") || !strings.Contains(result.Output, "looks like a placeholder") {
			t.Errorf("%s:\n%s", fake, result.Output)
		}
	}
}
