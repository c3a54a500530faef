package docs

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestEveryCodeBlockIsCheckedOrIsOutput applies to each block the rule of its language. What Terraform can apply as it stands is
// in examples/, where a test does it; checkTerraform refuses a complete configuration that is not.
func TestEveryCodeBlockIsCheckedOrIsOutput(t *testing.T) {
	c := newChecker(t)
	for _, p := range pages(t) {
		section := -1
		for i, b := range p.blocks {
			if b.section != section {
				c.begin(p)
				section = b.section
			}
			var next block
			if i+1 < len(p.blocks) {
				next = p.blocks[i+1]
			}
			if err := c.check(t, b, next); err != nil {
				t.Errorf("%s:%d: %v", p.path, b.line, err)
			}
		}
	}
}

// command matches code within a sentence that is a command as it stands: without placeholders, and complete.
var command = regexp.MustCompile(`^(make |terraform |go |curl .*http)[^<>|…]+$`)

func TestEveryCommandInASentenceExists(t *testing.T) {
	c := newChecker(t)
	checked := 0
	for _, p := range pages(t) {
		c.begin(p)
		for _, s := range p.spans {
			errs := []error{c.checkVariables(s.text)}
			if command.MatchString(s.text) {
				checked++
				errs = append(errs, c.checkShell(t, s.text))
			}
			if err := errors.Join(errs...); err != nil {
				t.Errorf("%s:%d: %v", p.path, s.line, err)
			}
		}
	}
	if checked < 20 {
		t.Errorf("only %d commands were found", checked)
	}
}

// check returns what is wrong with a block. The block after it may be its output.
func (c *checker) check(t *testing.T, b, next block) error {
	t.Helper()
	switch b.language {
	case "terraform", "hcl":
		if scenarioBlock.MatchString(b.text) {
			return checkScenario(t, b.text)
		}
		return c.checkTerraform(b.text)
	case "shell", "sh", "bash":
		return c.checkShell(t, b.text)
	case "console":
		return c.checkShell(t, typed(b.text))
	case "yaml":
		return c.checkYAML(t, b.text)
	case "json":
		return json.Unmarshal([]byte(b.text), new(any))
	case "go":
		return checkGo(t, b.text, next)
	case "text", "":
		return nil // output
	case "mermaid":
		if testedElsewhere[c.page] != "" {
			return nil
		}
		return errors.New("no test compares this picture with what it shows")
	}
	return fmt.Errorf("no rule checks a block of language %q", b.language)
}

// checkYAML checks the shell commands of a pipeline too.
func (c *checker) checkYAML(t *testing.T, source string) error {
	t.Helper()
	var document any
	if err := yaml.Unmarshal([]byte(source), &document); err != nil {
		return err
	}
	if document == nil {
		return errors.New("the YAML is empty")
	}
	return c.checkScripts(t, document)
}

// scriptKeys are the names under which GitHub, Azure Pipelines and GitLab have commands.
var scriptKeys = map[string]bool{"run": true, "script": true, "bash": true, "before_script": true}

func (c *checker) checkScripts(t *testing.T, node any) error {
	t.Helper()
	var errs []error
	switch n := node.(type) {
	case map[string]any:
		for key, value := range n {
			if scriptKeys[key] {
				errs = append(errs, c.checkScript(t, value))
				continue
			}
			errs = append(errs, c.checkScripts(t, value))
		}
	case []any:
		for _, value := range n {
			errs = append(errs, c.checkScripts(t, value))
		}
	}
	return errors.Join(errs...)
}

// checkScript checks one script, or a list of them.
func (c *checker) checkScript(t *testing.T, script any) error {
	t.Helper()
	switch s := script.(type) {
	case string:
		return c.checkShell(t, expression.ReplaceAllString(s, "expression"))
	case []any:
		var errs []error
		for _, one := range s {
			errs = append(errs, c.checkScript(t, one))
		}
		return errors.Join(errs...)
	}
	return fmt.Errorf("a script is %T", script)
}

// TestABlockThatIsWrongIsFound has at least one block for each rule, by what is said of it.
func TestABlockThatIsWrongIsFound(t *testing.T) {
	c := newChecker(t)
	integration := func(lines string) string { return "resource \"flow_ado_integration\" \"main\" {\n" + lines + "\n}\n" }
	for says, wrong := range map[string]block{
		"no test compares this picture":                          {language: "mermaid", text: "graph TD\n  a --> b\n"},
		`block of language "python"`:                             {language: "python", text: "print(1)\n"},
		`block of language "indented"`:                           {language: "indented", text: "make demo\n"},
		"Unclosed configuration block":                           {language: "terraform", text: "resource {\n"},
		"not as terraform fmt writes it":                         {language: "hcl", text: "locals {\n  a=1\n}\n"},
		"resources a: no rule knows this block":                  {language: "terraform", text: "resources \"a\" \"b\" {\n}\n"},
		"data flow_integration: the provider has no such object": {language: "terraform", text: "data \"flow_integration\" \"all\" {}\n"},
		"there is no argument token":                             {language: "terraform", text: integration("  # ...\n  token = \"x\"")},
		"there is no argument prs":                               {language: "terraform", text: integration("  # ...\n  services = { prs = true }")},
		"organization cannot be set":                             {language: "terraform", text: integration("  # ...\n  organization = \"contoso\"")},
		"a bool is required":                                     {language: "terraform", text: integration("  # ...\n  deletion_protection = \"perhaps\"")},
		"required argument base_url is missing":                  {language: "terraform", text: integration("  name = \"Contoso\"")},
		"there is no block services":                             {language: "terraform", text: integration("  # ...\n  services {\n  }")},
		"provider flow: there is no argument token":              {language: "terraform", text: "provider \"flow\" {\n  token = \"x\"\n}\n"},
		"there is no argument repos":                             {language: "terraform", text: "action \"flow_update_repos\" \"all\" {\n  config {\n    repos = []\n  }\n}\n"},
		"list flow_repo_import: there is no argument id":         {language: "terraform", text: "list \"flow_repo_import\" \"all\" {\n  provider = flow\n  config {\n    id = 1\n  }\n}\n"},
		"projekt":                                                  {language: "hcl", text: "organization \"contoso\" {\n  projekt \"Payments\" {\n  }\n}\n"},
		"no function base_url":                                     {language: "terraform", text: "output \"x\" {\n  value = provider::flow::base_url(\"x\")\n}\n"},
		"there is no attribute url":                                {language: "terraform", text: "output \"x\" {\n  value = flow_ado_integration.main.url\n}\n"},
		"there is no attribute state":                              {language: "terraform", text: "output \"x\" {\n  value = data.flow_ado_integration.main.connection_status.state\n}\n"},
		"examples/modules/none has no module":                      {language: "terraform", text: "module \"x\" {\n  source = \"github.com/flow-community/terraform-provider-flow//examples/modules/none\"\n}\n"},
		"so no test applies it":                                    {language: "terraform", text: "terraform {\n  required_providers {\n    flow = {\n      source = \"flow-community/flow\"\n    }\n  }\n}\n\nprovider \"flow\" {}\n"},
		"must be followed by `then`":                               {language: "shell", text: "if true\n"},
		"installer run: no rule knows this command":                {language: "sh", text: "installer run\n"},
		"terrafrom plan: no rule knows this command":               {language: "bash", text: "echo \"$(terrafrom plan)\"\n"},
		"no target everything":                                     {language: "shell", text: "make everything\n"},
		"terraform aply: Terraform has no such command":            {language: "shell", text: "terraform aply\n"},
		"terraform state remove x: Terraform has no such command":  {language: "shell", text: "terraform state remove x\n"},
		"no flag -detailed-exit-code":                              {language: "shell", text: "terraform plan -detailed-exit-code\n"},
		"no flag --environment-file":                               {language: "shell", text: "flow-sandbox --environment-file x\n"},
		"no flag --project":                                        {language: "shell", text: "make sandbox ARGS='--project 3'\n"},
		"has the variable FLOW_APIKEY":                             {language: "shell", text: "export FLOW_APIKEY=x\n"},
		"internal/cmd/none: no such file":                          {language: "shell", text: "go build ./internal/cmd/none\n"},
		"There is no POST /_sandbox/synchronize":                   {language: "shell", text: "curl -X POST http://127.0.0.1:8080/_sandbox/synchronize\n"},
		`there is no state "old"`:                                  {language: "shell", text: "curl -X PATCH -d '{\"state\": \"old\"}' http://127.0.0.1:8081/_sandbox/tokens/full\n"},
		"no release has a file v1.0.0/terraform-provider-flow.zip": {language: "shell", text: "version=1.0.0\ncurl -fsSLO https://github.com/flow-community/terraform-provider-flow/releases/download/v$version/terraform-provider-flow.zip\n"},
		"neither the sandbox nor a release":                        {language: "shell", text: "curl https://example.com/install.sh\n"},
		"terraform aplly: Terraform has no such command":           {language: "console", text: "$ terraform aplly\nApply complete!\n"},
		"did not find expected":                                    {language: "yaml", text: "a: [1\n"},
		"no flag -x":                                               {language: "yaml", text: "steps:\n  - run: terraform plan -x\n"},
		"terraform paln: Terraform has no such command":            {language: "yaml", text: "plan:\n  script:\n    - terraform init\n    - terraform paln\n"},
		"invalid character 'a'":                                    {language: "json", text: "{a: 1}\n"},
		"function main is undeclared":                              {language: "go", text: "package main\n"},
		"the block after it does not show":                         {language: "go", text: "package main\n\nfunc main() { println(\"one\") }\n"},
	} {
		if err := c.check(t, wrong, block{text: "another\n"}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %q of:\n%s", err, says, wrong.text)
		}
	}
}
