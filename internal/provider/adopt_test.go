package provider_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// What the example adopts in the test: of each integration all repositories of one project, and one ticket project.
const (
	manyIntegrations = 10
	reposOfEach      = 20
)

func TestAdoptExistingBringsEverythingUnderTerraform(t *testing.T) {
	acctest.Needs(t, acctest.Query)
	box := acctest.Start(t, sandbox.Options{Scale: scenario.Scale{Projects: 1, Repos: reposOfEach}})
	box.Environment(t)
	for n := int64(1); n <= manyIntegrations; n++ {
		adoptable(t, box, n)
	}
	w := acctest.NewWorkspace(t)
	copyExample(t, "adopt-existing", w.Dir)

	said := runScript(t, w, "adopt.sh", "-auto-approve")
	for _, want := range []string{
		fmt.Sprintf("Apply complete! Resources: %d imported, 0 added, 0 changed, 0 destroyed.", 3*manyIntegrations),
		"No changes. Your infrastructure matches the configuration.",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the script does not say %q:\n%s", want, said)
		}
	}
	if writes := box.Writes(); len(writes) > 0 {
		t.Errorf("Flow was sent %v", writes)
	}
	state, err := w.Run(t.Context(), "show", "-no-color")
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]int{
		`resource "flow_ado_integration" "integration_`:          manyIntegrations,
		`repository_count = ` + strconv.Itoa(reposOfEach) + "\n": manyIntegrations,
		"ticket_project_count = 1\n":                             manyIntegrations,
		`"Generated 0001/*",`:                                    manyIntegrations,
	} {
		if got := strings.Count(oneSpace(state.Output), line); got != want {
			t.Errorf("the state has %q %d times, want %d", line, got, want)
		}
	}
}

// adoptable makes the integration of this id by hand, and imports by hand.
func adoptable(t *testing.T, box *acctest.Sandbox, id int64) {
	t.Helper()
	_, err := box.Flow().AddIntegration(flowserver.Integration{
		Name: fmt.Sprintf("Contoso %d", id), URL: "https://dev.azure.com/contoso", Username: "Svc-Flow@contoso.com", Token: box.Token("full"),
		Services: flowserver.Services{Repos: true, PullRequests: id%2 == 0, Tickets: true},
	})
	if err == nil {
		err = box.Flow().Import(flowserver.TicketProjects, id, "Payments")
	}
	for n := 1; n <= reposOfEach && err == nil; n++ {
		err = box.Flow().Import(flowserver.Repositories, id, fmt.Sprintf("Generated 0001/service-%05d", n))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// oneSpace makes of each run of spaces one.
func oneSpace(text string) string { return regexp.MustCompile(` +`).ReplaceAllString(text, " ") }

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

var listBlock = regexp.MustCompile(`(?m)^list "([^"]+)" "([^"]+)"`)

func TestEveryListOfTheExamplesFindsSomething(t *testing.T) {
	acctest.Needs(t, acctest.Query)
	box := acctest.Start(t, sandbox.Options{})
	box.Environment(t)
	addIntegrationToImport(t, box)
	files, err := filepath.Glob(filepath.Join(examplesDir, "list-resources", "*", "*.tfquery.hcl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples of lists: %v", err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		w := acctest.NewWorkspace(t)
		w.Configure(acctest.Source)
		if err := w.Write("example.tfquery.hcl", string(source)); err != nil {
			t.Fatal(err)
		}
		said, err := w.Run(t.Context(), "query", "-no-color")
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range listBlock.FindAllStringSubmatch(string(source), -1) {
			if found := "list." + block[1] + "." + block[2] + " "; !strings.Contains(said.Output, found) {
				t.Errorf("%s: %s finds nothing:\n%s", file, found, said.Output)
			}
		}
	}
}
