package lives_test

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// integrations is a configuration of some integrations with names of their own.
func integrations(s *acctest.Sandbox, count int) string {
	return s.ProviderConfig() + fmt.Sprintf(`
resource "flow_ado_integration" "many" {
  count                    = %d
  name                     = "Contoso ${count.index}"
  base_url                 = "https://dev.azure.com/contoso"
  email                    = "Svc-Flow@contoso.com"
  personal_access_token_wo = %q
  deletion_protection      = false
}
`, count, s.Token("full"))
}

// applied is what came of an apply.
type applied struct {
	terraformcli.Result
	err error
}

// TestTwoAppliesOfOneStateAtOnce: the second one begins while the first one creates. Whatever becomes of it, there is one integration,
// and the state has it.
func TestTwoAppliesOfOneStateAtOnce(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(integrations(s, 1))
	creating, goOn := make(chan struct{}), make(chan struct{})
	var once sync.Once
	s.Flow().Traffic().Watch(func(req *http.Request, at traffic.Moment) bool {
		if req.Method == http.MethodPost && at == traffic.BeforeEffect {
			once.Do(func() { close(creating) })
			select {
			case <-goOn:
			case <-req.Context().Done():
			}
		}
		return true
	})
	first := make(chan applied, 1)
	go func() {
		result, err := w.Apply(t.Context())
		first <- applied{result, err}
	}()
	select {
	case <-creating:
	case early := <-first:
		t.Fatalf("the first apply created nothing: %v\n%s", early.err, early.Output)
	}
	second := w.FailedApply()
	close(goOn)
	if got := <-first; got.err != nil || got.ExitCode != 0 {
		t.Errorf("the first apply: %v\n%s", got.err, got.Output)
	}
	if !strings.Contains(second.Output, "Error acquiring the state lock") {
		t.Errorf("the second apply:\n%s", second.Output)
	}
	s.Integration(t)
	w.ExpectNoChanges()
}

// TestTwoStatesImportTheSameAtOnce: what one imports, Flow refuses to import for the other, which is no failure.
func TestTwoStatesImportTheSameAtOnce(t *testing.T) {
	t.Parallel()
	const repositories = 200
	s := acctest.Start(t, sandbox.Options{Scale: scenario.Scale{Projects: 1, Repos: repositories}})
	if _, err := s.Flow().AddIntegration(flowserver.Integration{
		Name: "Contoso", URL: "https://dev.azure.com/contoso", Username: "Svc-Flow@contoso.com", Token: s.Token("full"), Services: flowserver.AllServices,
	}); err != nil {
		t.Fatal(err)
	}
	config := s.ProviderConfig() + "\nresource \"flow_repo_import\" \"all\" {\n  integration_id = \"1\"\n  include = [\"Generated */*\"]\n}\n"
	workspaces := []*acctest.Workspace{acctest.NewWorkspace(t), acctest.NewWorkspace(t)}
	results := make([]applied, len(workspaces))
	var both sync.WaitGroup
	for i, w := range workspaces {
		w.Configure(config)
		both.Go(func() { results[i].Result, results[i].err = w.Apply(t.Context()) })
	}
	both.Wait()
	for i, got := range results {
		if got.err != nil || got.ExitCode != 0 {
			t.Errorf("apply %d: %v\n%s", i+1, got.err, got.Output)
		}
		workspaces[i].ExpectNoChanges()
	}
	imported := s.Flow().Imported(flowserver.Repositories)
	if distinct := len(slices.Compact(slices.Sorted(slices.Values(imported)))); len(imported) != repositories || distinct != repositories {
		t.Errorf("%d repositories are imported, %d different ones, want %d", len(imported), distinct, repositories)
	}
}

// TestManyIntegrationsAtOnce creates, changes and destroys 200 integrations at -parallelism=50, with a provider that reports
// data races.
func TestManyIntegrationsAtOnce(t *testing.T) {
	t.Parallel()
	const count, parallelism = 200, "-parallelism=50"
	s := acctest.Start(t, sandbox.Options{})
	races := filepath.Join(t.TempDir(), "race")
	w := acctest.NewWorkspaceOf(t, racingProvider(t))
	w.Env = append(w.Env, "GORACE=log_path="+races)
	w.Configure(integrations(s, count))
	w.MustApply(parallelism)
	expectEachOnce(t, s, count)
	w.Configure(strings.ReplaceAll(integrations(s, count), "Contoso $", "Renamed $"))
	w.MustApply(parallelism)
	expectEachOnce(t, s, count)
	w.ExpectNoChanges(parallelism)
	w.MustApply("-destroy", parallelism)
	expectEachOnce(t, s, 0)
	if reports, _ := filepath.Glob(races + "*"); len(reports) > 0 { // the pattern is right
		report, err := os.ReadFile(reports[0])
		t.Errorf("the provider has a data race (%v):\n%s", err, report)
	}
}

// racingProvider builds the provider with the race detector, which needs a C compiler.
func racingProvider(t *testing.T) (dir string) {
	t.Helper()
	compiler, err := exec.CommandContext(t.Context(), "go", "env", "CC").Output()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exec.LookPath(strings.TrimSpace(string(compiler))); err != nil {
		t.Skipf("no race detector without a C compiler: %v", err)
	}
	dir = t.TempDir()
	if err := terraformcli.Build(t.Context(), dir, "-race"); err != nil {
		t.Fatal(err)
	}
	return dir
}

func expectEachOnce(t *testing.T, s *acctest.Sandbox, count int) {
	t.Helper()
	names := map[string]bool{}
	for _, i := range s.Flow().Integrations() {
		names[i.Name] = true
	}
	if all := len(s.Flow().Integrations()); all != count || len(names) != count {
		t.Fatalf("Flow has %d integrations with %d names, want %d", all, len(names), count)
	}
}
