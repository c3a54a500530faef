package provider_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// mayRefuse are the steps of a life that a dialect may end with an error. In every other dialect, every step works.
var mayRefuse = map[string][]string{
	"read-only":            {"create"},
	"patch-drops-unknown":  {"toggle", "drift", "adopt"},
	"patch-needs-authdata": {"toggle", "rename", "drift"},
}

// steps are those of a life, in the order of the guide's columns.
var steps = []string{"create", "toggle", "rename", "rotate", "e-mail", "import", "drift", "adopt", "destroy"}

// outcomes are how the steps of a life ended: the worst of each.
type outcomes map[string]outcome

type outcome int

const (
	notReached outcome = iota
	works
	repeats // The next plan shows the difference again, and says why.
	refused
)

func (o outcome) String() string { return []string{"–", "works", "says why", "error"}[o] }

func (o outcomes) add(step string, ended outcome) { o[step] = max(o[step], ended) }

func (o outcomes) row(dialect string) string {
	row := "| `" + dialect + "` |"
	for _, step := range steps {
		row += " " + o[step].String() + " |"
	}
	return row
}

// TestLifeInEveryDialect leads one life of a user through every dialect alone, whose outcomes the guide shows, and through
// ten random combinations.
func TestLifeInEveryDialect(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../templates/guides/api-calls.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	names := slices.DeleteFunc(flowserver.DialectNames(), func(name string) bool { return strings.HasPrefix(name, "oauth-") })
	t.Run("default", func(t *testing.T) { t.Parallel(); lead(t) })
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row := lead(t, name).row(name)
			fmt.Println(row) // For make dialects.
			if !t.Failed() && !strings.Contains(string(guide), row+"\n") {
				t.Errorf("the guide lacks the row\n%s", row)
			}
		})
	}
	const seed = 10
	random := rand.New(rand.NewPCG(seed, seed))
	for n := range 10 {
		combination := combine(random, names)
		t.Run(fmt.Sprintf("seed %d, %d: %s", seed, n, strings.Join(combination, " ")), func(t *testing.T) {
			t.Parallel()
			lead(t, combination...)
		})
	}
}

// combine draws three dialects, one of each family and none that refuses every write.
func combine(random *rand.Rand, names []string) []string {
	var chosen []string
	for len(chosen) < 3 {
		name := names[random.IntN(len(names))]
		family := func(other string) bool { return strings.SplitN(other, ":", 2)[0] == strings.SplitN(name, ":", 2)[0] }
		if name != "read-only" && name != "page-stuck" && !slices.ContainsFunc(chosen, family) {
			chosen = append(chosen, name)
		}
	}
	return chosen
}

// life is a user's configuration.
type life struct {
	name    string
	email   string
	token   string
	version int
	off     string // The services that are off, as lines of the block services.
	imports bool
	adopts  int64 // The integration that import blocks bring under Terraform, 0 for none.
}

func (l life) config(s *acctest.Sandbox) string {
	config := s.ProviderConfig() + fmt.Sprintf(`
resource "flow_ado_integration" "main" {
  name                             = %q
  base_url                         = "https://dev.azure.com/contoso"
  email                            = %q
  personal_access_token_wo         = %q
  personal_access_token_wo_version = %d
  services                         = { %s }
  deletion_protection              = false
}
`, l.name, l.email, s.Token(l.token), l.version, l.off)
	if l.imports {
		config += `
resource "flow_repo_import" "main" {
  integration_id = flow_ado_integration.main.id
  include        = ["Payments/*"]
}
resource "flow_ticket_project_import" "main" {
  integration_id = flow_ado_integration.main.id
  include        = ["Platform"]
}
`
	}
	if l.adopts != 0 {
		for _, kind := range []string{"flow_ado_integration", "flow_repo_import", "flow_ticket_project_import"} {
			config += fmt.Sprintf("import {\n  to = %s.main\n  id = \"%d\"\n}\n", kind, l.adopts)
		}
	}
	return config
}

// lead leads a life, and returns how its steps ended. After each apply that succeeds, a plan that is not empty has to say why; after one that fails, the
// dialect has to be one that may refuse the step, and undoing the change leads to an empty plan.
func lead(t *testing.T, dialects ...string) outcomes {
	t.Helper()
	ended := outcomes{}
	s := acctest.Start(t, sandbox.Options{Dialects: dialects})
	// Another integration of the organization, whose repositories nobody may touch.
	other, err := s.Flow().AddIntegration(flowserver.Integration{
		Name: "By hand", URL: "https://dev.azure.com/contoso", Username: "Svc-Flow@contoso.com", Token: s.Token("full"), Services: flowserver.AllServices,
	})
	if err != nil {
		t.Fatal(err)
	}
	acctest.Eventually(t, "the look-up", func() bool { return s.Flow().Import(flowserver.Repositories, other.ID, "Platform/images") == nil })
	w := acctest.NewWorkspace(t)
	current := life{name: "Contoso", email: "Svc-Flow@contoso.com", token: "full", version: 1, off: "webhooks = false"}
	step := func(name string, change func(*life)) bool {
		t.Helper()
		wanted := current
		change(&wanted)
		w.Configure(wanted.config(s))
		result, err := w.Apply(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if result.ExitCode != 0 {
			if !refusable(name, dialects) {
				t.Fatalf("%s is refused: %s", name, sentences(result.Errors()))
			}
			ended.add(name, refused)
			if name == "create" {
				return false
			}
			w.Configure(current.config(s))
			if plan := w.MustPlan(); plan.ExitCode != 0 && !explained(plan) {
				t.Errorf("after undoing %s, the plan is not empty:\n%s", name, plan.Output)
			}
			return false
		}
		current = wanted
		ended.add(name, works)
		if plan := w.MustPlan(); plan.ExitCode != 0 {
			ended.add(name, repeats)
			if !explained(plan) {
				t.Errorf("after %s, the plan repeats without saying why:\n%s", name, plan.Output)
			}
		}
		return true
	}
	if !step("create", func(*life) {}) {
		return ended
	}
	for _, service := range []string{"webhooks", "tickets", "pull_requests", "repos"} {
		if service != "webhooks" {
			step("toggle", func(l *life) { l.off = service + " = false" })
		}
		step("toggle", func(l *life) { l.off = "" })
	}
	step("rename", func(l *life) { l.name = "Contoso Azure DevOps" })
	step("rotate", func(l *life) { l.token, l.version = "full-2", l.version+1 })
	step("toggle", func(l *life) { l.off = "webhooks = false" })
	step("e-mail", func(l *life) {
		l.email, l.token, l.version, l.off = "reader@contoso.com", "reader", l.version+1, "webhooks = false"
	})
	step("import", func(l *life) { l.imports = true })
	own := s.Flow().Integrations()[1]
	if err := s.Flow().ChangeIntegration(own.ID, func(i *flowserver.Integration) { i.Services.PullRequests = false }); err != nil {
		t.Fatal(err)
	}
	step("drift", func(*life) {})
	if current.imports {
		for _, kind := range []string{"flow_ticket_project_import", "flow_repo_import", "flow_ado_integration"} {
			if result, err := w.Run(t.Context(), "state", "rm", kind+".main"); err != nil || result.ExitCode != 0 {
				t.Fatal(err, result.Output)
			}
		}
		step("adopt", func(l *life) { l.adopts = own.ID })
	}
	if len(s.Flow().Integrations()) != 2 {
		t.Errorf("Flow has %d integrations, want two", len(s.Flow().Integrations()))
	}
	w.Configure(s.ProviderConfig())
	result, err := w.Apply(t.Context())
	if err != nil || result.ExitCode != 0 {
		t.Errorf("destroy is refused: %v %s", err, sentences(result.Errors()))
	}
	ended.add("destroy", works)
	if left := s.Flow().Imported(flowserver.Repositories); !slices.Contains(left, "Platform/images") {
		t.Errorf("the repository of the other integration is gone: %v", left)
	}
	return ended
}

func refusable(step string, dialects []string) bool {
	return slices.ContainsFunc(dialects, func(dialect string) bool { return slices.Contains(mayRefuse[dialect], step) })
}

// explained reports whether a plan says why it is not empty.
func explained(plan terraformcli.Result) bool {
	return slices.ContainsFunc(plan.Diagnostics, func(said tfjson.Diagnostic) bool { return said.Severity == tfjson.DiagnosticSeverityWarning })
}

func sentences(diagnostics []tfjson.Diagnostic) string {
	var all strings.Builder
	for _, one := range diagnostics {
		all.WriteString(one.Summary + ": " + one.Detail + "\n")
	}
	return all.String()
}
