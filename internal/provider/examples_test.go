package provider_test

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
)

// examplesDir holds what users copy, in the folders that tfplugindocs expects and in some of our own.
const examplesDir = "../../examples"

// importedID is the id that the examples import.
const importedID = 12

// example is one configuration: all files of a folder, or one of its import*.tf, which stand alone.
type example struct {
	name   string
	config string
	// imports and reads tell the examples that are about an integration which exists already.
	imports, reads bool
	// module, calls and foreign tell the examples that others call, that call them, and that need another provider. They have
	// tests of their own.
	module, calls, foreign bool
}

func TestEveryExampleAppliesAndPlansNothingAfterwards(t *testing.T) {
	for _, e := range allExamples(t) {
		if e.module || e.calls || e.foreign {
			continue
		}
		t.Run(e.name, func(t *testing.T) {
			acctest.Needs(t, e.features()...)
			box := acctest.Start(t, sandbox.Options{})
			box.Environment(t)
			if e.imports || e.reads {
				addIntegrationToImport(t, box)
			}
			if strings.Contains(e.config, `action "flow_authorize_ado_integration"`) {
				consentWhenAsked(t, box)
			}
			acctest.Run(t, resource.TestCase{
				Steps: []resource.TestStep{
					{
						// A step applies, and fails when the plan after it is not empty.
						Config:          e.inSandbox(t, box),
						ConfigVariables: secretsFor(e, box),
					},
					{
						// deletion_protection forbids the test to destroy what an example made.
						Config: forgetResources(e),
					},
				},
			})
			if writes := box.Writes(); (e.imports || e.reads) && len(writes) > 0 {
				t.Errorf("the example only reads, but it sent Flow %d writes: %+v", len(writes), writes)
			}
		})
	}
}

// consentWhenAsked does what a person does who sees the address that the example shows.
func consentWhenAsked(t *testing.T, box *acctest.Sandbox) {
	t.Helper()
	go acctest.Eventually(t, "somebody asks for a consent", func() bool {
		return len(box.Flow().Integrations()) == 1 && box.Flow().Consent(t.Context(), 1, "", "") == nil
	})
}

func TestRotationExampleSendsATokenWhenTheVersionIsRaised(t *testing.T) {
	rotation := exampleNamed(t, "rotate-token")
	acctest.Needs(t, rotation.features()...)
	box := acctest.Start(t, sandbox.Options{})
	box.Environment(t)
	variables := func(version int) config.Variables {
		all := secretsFor(rotation, box)
		all["ado_pat_version"] = config.IntegerVariable(version)
		return all
	}
	acctest.Run(t, resource.TestCase{
		Steps: []resource.TestStep{
			{Config: rotation.config, ConfigVariables: variables(1), Check: resource.TestCheckOutput("credential_revision", "1")},
			{Config: rotation.config, ConfigVariables: variables(2), Check: resource.TestCheckOutput("credential_revision", "2")},
			{Config: forgetResources(rotation)},
		},
	})
	if got := len(box.Writes()); got != 2 {
		t.Errorf("Flow got %d writes, want one creation and one change", got)
	}
}

// TestEveryModulePassesItsOwnTest runs terraform test in the folder of each, as its users can.
func TestEveryModulePassesItsOwnTest(t *testing.T) {
	tested := 0
	for _, e := range allExamples(t) {
		if !e.module {
			continue
		}
		tested++
		t.Run(e.name, func(t *testing.T) {
			acctest.Needs(t, e.features()...)
			box := acctest.Start(t, sandbox.Options{})
			box.Environment(t)
			t.Setenv("TF_VAR_personal_access_token", box.Token("full"))
			w := acctest.NewWorkspace(t)
			copyExample(t, e.name, w.Dir)
			result, err := w.Run(t.Context(), "test", "-no-color")
			if err != nil || result.ExitCode != 0 || !strings.Contains(result.Output, "0 failed") {
				t.Errorf("%v\n%s", err, result.Output)
			}
			if left := box.Flow().Integrations(); len(left) > 0 {
				t.Errorf("the test leaves %d integrations", len(left))
			}
		})
	}
	if tested == 0 {
		t.Error("there is no module")
	}
}

func TestManyOrganizationsAreConnectedByOneModule(t *testing.T) {
	many := exampleNamed(t, "many-organizations")
	acctest.Needs(t, many.features()...)
	box := acctest.Start(t, sandbox.Options{})
	box.Environment(t)
	t.Setenv("TF_VAR_ado_pats", fmt.Sprintf(`{ contoso = %q, fabrikam = %q }`, box.Token("full"), box.Token("fabrikam")))
	w := acctest.NewWorkspace(t)
	copyExample(t, ".", w.Dir)
	w.Dir = filepath.Join(w.Dir, many.name)
	if got, err := w.Run(t.Context(), "get"); err != nil || got.ExitCode != 0 {
		t.Fatalf("%v\n%s", err, got.Output)
	}
	w.MustApply()
	if plan := w.MustPlan(); plan.ExitCode != 0 {
		t.Errorf("the next plan is not empty:\n%s", plan.Output)
	}
	urls := map[string]bool{}
	for _, integration := range box.Flow().Integrations() {
		urls[integration.URL] = true
	}
	if len(urls) != 2 || !urls["https://dev.azure.com/contoso"] || !urls["https://dev.azure.com/fabrikam"] {
		t.Errorf("Flow has %v", urls)
	}
}

// TestEveryExampleThatIsLeftOutHasATest: the name of a new one is added together with its test. No test applies
// with-azuredevops: internal/docs checks its form, and the sandbox's tests make the requests of its other provider.
func TestEveryExampleThatIsLeftOutHasATest(t *testing.T) {
	tested := []string{"many-organizations", "rotate-token-vault", "rotate-token-key-vault", "with-azuredevops"}
	for _, e := range allExamples(t) {
		if (e.calls || e.foreign) && !slices.Contains(tested, e.name) {
			t.Errorf("no test applies %s", e.name)
		}
	}
}

func TestReadmeShowsTheRefusalThatItsConfigurationGives(t *testing.T) {
	readme := readFile(t, "../../README.md")
	acctest.Needs(t, acctest.WriteOnly)
	box := acctest.Start(t, sandbox.Options{})
	box.Environment(t)
	shown := strings.TrimPrefix(fenced(t, readme, "text", 0), "$ terraform plan")
	words := strings.Fields(regexp.QuoteMeta(shown))
	acctest.Run(t, resource.TestCase{
		Steps: []resource.TestStep{{
			Config:          fenced(t, readme, "terraform", 0),
			ConfigVariables: config.Variables{"ado_pat": config.StringVariable(box.Token("no-work"))},
			PlanOnly:        true,
			// Terraform breaks lines where it likes, and the test's file has another name.
			ExpectError: regexp.MustCompile(strings.ReplaceAll(strings.Join(words, `\s+`), `main\.tf`, `\S+`)),
		}},
	})
}

// TestReadmeShowsThePlanOfANewRepository does what the quick start does after the refusal.
func TestReadmeShowsThePlanOfANewRepository(t *testing.T) {
	readme := readFile(t, "../../README.md")
	acctest.Needs(t, acctest.WriteOnly)
	box := acctest.Start(t, sandbox.Options{})
	box.Environment(t)
	t.Setenv("TF_VAR_ado_pat", box.Token("full"))
	w := acctest.NewWorkspace(t)
	w.Configure(strings.ReplaceAll(fenced(t, readme, "terraform", 0), "svc-flow@", "Svc-Flow@"), fenced(t, readme, "terraform", 1))
	w.MustApply()
	_, err := box.AzureDevOps().CreateRepository("contoso", "Payments", "shop")
	if err == nil {
		err = box.Flow().Sync(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	plan, err := w.Run(t.Context(), "plan", "-no-color")
	if shown := fenced(t, readme, "text", 1); err != nil || !strings.Contains(plan.Output, shown) {
		t.Errorf("error %v; README.md shows\n%s\nand Terraform\n%s", err, shown, plan.Output)
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// fenced returns a code block of the language in a Markdown text, counted from 0.
func fenced(t *testing.T, markdown, language string, n int) string {
	t.Helper()
	blocks := strings.Split(markdown, "```"+language+"\n")
	if len(blocks) < n+2 {
		t.Fatalf("README.md has no block %d of %s", n, language)
	}
	block, _, _ := strings.Cut(blocks[n+1], "```")
	return block
}

func TestEverySecretVariableOfTheExamplesIsEphemeralAndSensitive(t *testing.T) {
	secret := regexp.MustCompile(`pats?$|key$|token$|password|secret`)
	found := 0
	for _, e := range allExamples(t) {
		for name, body := range variablesOf(e.config) {
			if !secret.MatchString(name) {
				continue
			}
			found++
			for _, setting := range []string{"ephemeral", "sensitive"} {
				if !regexp.MustCompile(setting + `\s*=\s*true`).MatchString(body) {
					t.Errorf("%s: variable %q holds a secret and lacks %s = true", e.name, name, setting)
				}
			}
		}
	}
	if found == 0 {
		t.Error("no variable for a secret was found: the pattern matches none")
	}
}

// allExamples finds every folder with Terraform files, so that a new one cannot be forgotten.
func allExamples(t *testing.T) []example {
	t.Helper()
	files := map[string][]string{}
	err := filepath.WalkDir(examplesDir, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && filepath.Ext(path) == ".tf" {
			folder := filepath.Dir(path)
			files[folder] = append(files[folder], path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples in %s: %v", examplesDir, err)
	}
	var examples []example
	for _, folder := range slices.Sorted(maps.Keys(files)) {
		examples = append(examples, examplesIn(t, folder, files[folder])...)
	}
	return examples
}

// providerSource matches the address of a provider, and no path of a module.
var providerSource = regexp.MustCompile(`source\s*=\s*"([a-z-]+/[a-z-]+)"`)

func examplesIn(t *testing.T, folder string, files []string) []example {
	t.Helper()
	relative, err := filepath.Rel(examplesDir, folder)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.ToSlash(relative)
	whole := example{name: name, module: strings.HasPrefix(name, "modules/")}
	var examples []example
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if base := filepath.Base(file); strings.HasPrefix(base, "import") {
			examples = append(examples, example{name: name + "/" + base, config: string(source), imports: true})
			continue
		}
		whole.config += string(source) + "\n"
	}
	if whole.config != "" {
		whole.calls = strings.Contains(whole.config, "\nmodule \"")
		whole.foreign = slices.ContainsFunc(providerSource.FindAllStringSubmatch(whole.config, -1), func(source []string) bool { return source[1] != "flow-community/flow" })
		whole.reads = dataBlock.MatchString(whole.config)
		examples = append(examples, whole)
	}
	return examples
}

func exampleNamed(t *testing.T, name string) example {
	t.Helper()
	all := allExamples(t)
	at := slices.IndexFunc(all, func(e example) bool { return e.name == name })
	if at < 0 {
		t.Fatalf("there is no example %q", name)
	}
	return all[at]
}

// signs tell by what an example says which features it needs. The first that is lacking is the reason why it is skipped, so
// the version that an example requires, which says the least, comes last.
var signs = []struct {
	sign    *regexp.Regexp
	feature acctest.Feature
}{
	{regexp.MustCompile(`(?m)^\s*(ephemeral|personal_access_token_wo)\s*=`), acctest.WriteOnly},
	{regexp.MustCompile(`(?m)^\s*identity\s*=`), acctest.Identity},
	{regexp.MustCompile(`(?m)^\s*required_version\s*=\s*">= 1\.16"`), acctest.AwaitedActions},
	{regexp.MustCompile(`(?m)^action "`), acctest.Actions},
	{regexp.MustCompile(`(?m)^\s*required_version\s*=\s*">= 1\.14"`), acctest.Query},
}

func (e example) features() []acctest.Feature {
	var needed []acctest.Feature
	for _, one := range signs {
		if one.sign.MatchString(e.config) {
			needed = append(needed, one.feature)
		}
	}
	return needed
}

// inSandbox is the example's configuration for the sandbox. Only the provider's own example names a workspace itself, and
// has nothing for Terraform to read.
func (e example) inSandbox(t *testing.T, box *acctest.Sandbox) string {
	t.Helper()
	if e.name != "provider" {
		return e.config
	}
	const workspace = `workspace = "acme"`
	if !strings.Contains(e.config, workspace) {
		t.Fatalf("the provider's example has no line %s", workspace)
	}
	return strings.Replace(e.config, workspace, fmt.Sprintf("base_url = %q", box.FlowBaseURL()), 1) +
		"\ndata \"flow_ado_integrations\" \"all\" {}\n"
}

// addIntegrationToImport makes the integration that the examples import and read, under the id that they give, with the
// repositories and the ticket project of Payments imported.
func addIntegrationToImport(t *testing.T, box *acctest.Sandbox) {
	t.Helper()
	for id := int64(1); id <= importedID; id++ {
		added, err := box.Flow().AddIntegration(flowserver.Integration{
			Name: "Contoso Azure DevOps", URL: "https://dev.azure.com/contoso",
			Username: "Svc-Flow@contoso.com", Token: box.Token("full"), Services: flowserver.AllServices, Webhooks: true,
		})
		if err == nil && id < importedID {
			err = box.Flow().RemoveIntegration(added.ID)
		}
		if err == nil && added.ID != id {
			err = errors.New("ids are not counted from 1")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for path, kind := range map[string]flowserver.Kind{
		"Payments/api": flowserver.Repositories, "Payments/web": flowserver.Repositories, "Payments/ledger": flowserver.Repositories,
		"Payments": flowserver.TicketProjects,
	} {
		if err := box.Flow().Import(kind, importedID, path); err != nil {
			t.Fatal(err)
		}
	}
}

// secretsFor returns the secrets that an example declares variables for.
func secretsFor(e example, box *acctest.Sandbox) config.Variables {
	variables := config.Variables{}
	for name, value := range map[string]string{"flow_api_key": box.APIKey(), "ado_pat": box.Token("full")} {
		if _, declared := variablesOf(e.config)[name]; declared {
			variables[name] = config.StringVariable(value)
		}
	}
	return variables
}

var variableBlock = regexp.MustCompile(`(?ms)^variable "([^"]+)" \{\n(.*?)^\}`)

// variablesOf returns the bodies of the variable blocks by name. The examples are formatted, so a block ends at a brace in
// the first column.
func variablesOf(source string) map[string]string {
	bodies := map[string]string{}
	for _, match := range variableBlock.FindAllStringSubmatch(source, -1) {
		bodies[match[1]] = match[2]
	}
	return bodies
}

var dataBlock = regexp.MustCompile(`(?m)^data "flow_`)

var resourceBlock = regexp.MustCompile(`(?m)^resource "([^"]+)" "([^"]+)"`)

// forgetResources is the configuration that takes the example's resources out of the state without deleting them.
func forgetResources(e example) string {
	forget := "# Nothing is left.\n"
	for _, match := range resourceBlock.FindAllStringSubmatch(e.config, -1) {
		forget += fmt.Sprintf("removed {\n  from = %s.%s\n  lifecycle {\n    destroy = false\n  }\n}\n", match[1], match[2])
	}
	return forget
}
