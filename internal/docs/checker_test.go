package docs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// checker knows what code blocks may name.
type checker struct {
	schema   *tfjson.ProviderSchema
	examples []string
	// targets are those of make, flags those of flow-sandbox, and variables those that begin with FLOW_.
	targets, flags, variables []string
	cli                       terraformcli.CLI
	// help is what Terraform says of its commands.
	help map[string]string
	// page is the path of what is being checked.
	page string
	// sandbox answers the calls of one section of a page. It is started by the first of them.
	sandbox *acctest.Sandbox
}

func newChecker(t *testing.T) *checker {
	t.Helper()
	cli, err := terraformcli.Find(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	schema := readSchema(t)
	return &checker{
		schema: schema, examples: readExamples(t), cli: cli, help: map[string]string{},
		targets: matches(t, read(t, "GNUmakefile"), `(?m)^([a-z-]+):`),
		flags:   matches(t, sandboxHelp(t), `(?m)^  -([a-z-]+)`),
		// The provider's own, and those of the sandbox's file.
		variables: append(providerVariables(t, schema), tokenVariables(t)...),
	}
}

// begin begins a section of a page.
func (c *checker) begin(p page) { c.page, c.sandbox = p.path, nil }

// start starts the section's sandbox, in which one integration exists.
func (c *checker) start(t *testing.T) {
	t.Helper()
	if c.sandbox != nil {
		return
	}
	c.sandbox = acctest.Start(t, sandbox.Options{})
	_, err := c.sandbox.Flow().AddIntegration(flowserver.Integration{
		Name: "Contoso Azure DevOps", URL: "https://dev.azure.com/contoso", Username: "Svc-Flow@contoso.com",
		Token: c.sandbox.Token("full"), Services: flowserver.AllServices,
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// matches returns what the group of a pattern matches, and fails the test if that is nothing.
func matches(t *testing.T, text, pattern string) []string {
	t.Helper()
	var all []string
	for _, match := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
		all = append(all, match[1])
	}
	if len(all) == 0 {
		t.Fatalf("nothing matches %s", pattern)
	}
	return all
}

// sandboxHelp returns what flow-sandbox says of its flags.
func sandboxHelp(t *testing.T) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "run", "./internal/cmd/flow-sandbox", "-help")
	command.Dir = root
	help, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, help)
	}
	return string(help)
}

// providerVariables returns the variables that the descriptions of the provider's arguments name.
func providerVariables(t *testing.T, schema *tfjson.ProviderSchema) []string {
	t.Helper()
	var descriptions strings.Builder
	for _, argument := range schema.ConfigSchema.Block.Attributes {
		descriptions.WriteString(argument.Description + "\n")
	}
	return matches(t, descriptions.String(), "Can be set with `(FLOW_[A-Z_]+)`")
}

// tokenVariables returns the variables that the file of --env-file has for the tokens.
func tokenVariables(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, organization := range acctest.Start(t, sandbox.Options{}).Scenario().Organizations {
		for _, token := range organization.Tokens {
			all = append(all, "FLOW_SANDBOX_TOKEN_"+strings.ToUpper(strings.ReplaceAll(token.Name, "-", "_")))
		}
	}
	return all
}

func TestTheTableOfVariablesIsComplete(t *testing.T) {
	table := matches(t, read(t, "docs/index.md"), "(?m)^\\| `(FLOW_[A-Z_]+)` \\|")
	all := providerVariables(t, readSchema(t))
	if diff := cmp.Diff(slices.Sorted(slices.Values(all)), slices.Sorted(slices.Values(table))); diff != "" {
		t.Errorf("the table in docs/index.md (-arguments +table):\n%s", diff)
	}
}

// checkVariables checks the names of variables that only this project has.
func (c *checker) checkVariables(script string) error {
	var errs []error
	for _, name := range regexp.MustCompile(`\bFLOW_[A-Z0-9_]+`).FindAllString(script, -1) {
		if !slices.Contains(c.variables, name) {
			errs = append(errs, fmt.Errorf("neither the provider nor the sandbox has the variable %s", name))
		}
	}
	return errors.Join(errs...)
}

// terraformHelp returns the help of a command, or "" if there is no such command.
func (c *checker) terraformHelp(ctx context.Context, command ...string) string {
	key := strings.Join(command, " ")
	if _, known := c.help[key]; !known {
		help, err := exec.CommandContext(ctx, c.cli.Path, append(slices.Clone(command), "-help")...).CombinedOutput()
		if err != nil {
			help = nil
		}
		c.help[key] = string(help)
	}
	return c.help[key]
}
