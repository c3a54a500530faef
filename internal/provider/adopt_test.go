package provider_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// manyIntegrations is how many the example adopts in the test.
const manyIntegrations = 10

func TestAdoptExistingBringsEverythingUnderTerraform(t *testing.T) {
	acctest.Needs(t, acctest.Query)
	box := acctest.Start(t, sandbox.Options{})
	box.Environment(t)
	for n := range manyIntegrations {
		if _, err := box.Flow().AddIntegration(flowserver.Integration{
			Name: fmt.Sprintf("Contoso %d", n), URL: "https://dev.azure.com/contoso", Username: "Svc-Flow@contoso.com", Token: box.Token("full"),
			Services: flowserver.Services{Repos: n%2 == 0, Tickets: true},
		}); err != nil {
			t.Fatal(err)
		}
	}
	w := acctest.NewWorkspace(t)
	copyExample(t, "adopt-existing", w.Dir)

	said := runScript(t, w, "adopt.sh", "-auto-approve")
	for _, want := range []string{
		fmt.Sprintf("Apply complete! Resources: %d imported, 0 added, 0 changed, 0 destroyed.", manyIntegrations),
		"No changes. Your infrastructure matches the configuration.",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the script does not say %q:\n%s", want, said)
		}
	}
	if writes := box.Writes(); len(writes) > 0 {
		t.Errorf("Flow was sent %v", writes)
	}
	state, err := w.Run(t.Context(), "state", "list")
	if err != nil || strings.Count(state.Output, "flow_ado_integration.integration_") != manyIntegrations {
		t.Errorf("the state holds (%v):\n%s", err, state.Output)
	}
}

// copyExample copies an example's files.
func copyExample(t *testing.T, name, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(filepath.Join(examplesDir, name))); err != nil {
		t.Fatal(err)
	}
}

// runScript runs a script of an example, in which terraform is the program that tests run.
func runScript(t *testing.T, w *acctest.Workspace, script string, arguments ...string) string {
	t.Helper()
	programs := t.TempDir()
	if err := os.Symlink(os.Getenv(terraformcli.PathVariable), filepath.Join(programs, "terraform")); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), filepath.Join(w.Dir, script), arguments...)
	command.Env = append(terraformcli.Environment(os.Environ()), w.Env...)
	command.Env = append(command.Env, "TF_CLI_ARGS=-no-color", "PATH="+programs+string(os.PathListSeparator)+os.Getenv("PATH"))
	said, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", script, err, said)
	}
	return string(said)
}
