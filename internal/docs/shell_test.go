package docs

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/syntax"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
)

// expression is what GitHub and Azure Pipelines put into a script before a shell reads it.
var expression = regexp.MustCompile(`\$\{\{.*?\}\}`)

// ordinary are commands that are no business of this project.
var ordinary = []string{
	".", "[", "base64", "cat", "cd", "cp", "date", "dirname", "echo", "exit", "export", "git", "gpg", "grep", "jq", "kill", "mkdir", "mktemp", "mv",
	"printf", "read", "rm", "sed", "set", "sha256sum", "sleep", "test", "tee", "trap", "umask", "unset", "unzip", "wait", "vault", "az",
}

// typed returns the commands of a session in a terminal: the lines after "$ ".
func typed(session string) string {
	var commands []string
	for line := range strings.Lines(session) {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			commands = append(commands, command)
		}
	}
	return strings.Join(commands, "")
}

// checkShell checks each command of a script, and sends the calls of the sandbox to one.
func (c *checker) checkShell(t *testing.T, script string) error {
	t.Helper()
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(script), "block")
	if err != nil {
		return err
	}
	errs := []error{c.checkVariables(script)}
	functions, variables := map[string]bool{}, map[string]string{}
	syntax.Walk(file, func(node syntax.Node) bool {
		switch n := node.(type) {
		case *syntax.FuncDecl:
			functions[n.Name.Value] = true
		case *syntax.Assign:
			if n.Value != nil {
				variables[n.Name.Value] = literal(n.Value.Parts, variables)
			}
		case *syntax.CallExpr:
			if words := literals(n.Args, variables); len(words) > 0 && !functions[words[0]] {
				errs = append(errs, c.checkCommand(t, words))
			}
		}
		return true
	})
	return errors.Join(errs...)
}

// literals returns words as a shell reads them, with what the script has assigned, and "$" for what else a shell would fill in.
func literals(args []*syntax.Word, variables map[string]string) []string {
	var words []string
	for _, word := range args {
		words = append(words, literal(word.Parts, variables))
	}
	return words
}

func literal(parts []syntax.WordPart, variables map[string]string) string {
	var text strings.Builder
	for _, part := range parts {
		switch p := part.(type) {
		case *syntax.Lit:
			text.WriteString(p.Value)
		case *syntax.SglQuoted:
			text.WriteString(p.Value)
		case *syntax.DblQuoted:
			text.WriteString(literal(p.Parts, variables))
		case *syntax.ParamExp:
			if value, assigned := variables[p.Param.Value]; assigned {
				text.WriteString(value)
				continue
			}
			text.WriteString("$")
		default:
			text.WriteString("$")
		}
	}
	return text.String()
}

func (c *checker) checkCommand(t *testing.T, words []string) error {
	t.Helper()
	var err error
	switch name := words[0]; {
	case slices.Contains(ordinary, name):
	case name == "make":
		err = c.checkMake(words[1:])
	case name == "terraform":
		err = c.checkCLI(t, words[1:])
	case filepath.Base(name) == "flow-sandbox":
		err = c.checkSandbox(words[1:])
	case name == "go":
		err = checkGoCommand(words[1:])
	case name == "curl":
		err = c.checkCurl(t, words[1:])
	default:
		err = errors.New("no rule knows this command")
	}
	if err != nil {
		return fmt.Errorf("%s: %w", strings.Join(words, " "), err)
	}
	return nil
}

func (c *checker) checkMake(words []string) error {
	for _, word := range words {
		if name, value, set := strings.Cut(word, "="); set {
			if name == "ARGS" && slices.Contains(words, "sandbox") {
				return c.checkSandbox(strings.Fields(value))
			}
			continue
		}
		if !slices.Contains(c.targets, word) {
			return fmt.Errorf("there is no target %s", word)
		}
	}
	return nil
}

func (c *checker) checkSandbox(words []string) error {
	for _, word := range words {
		name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
		if strings.HasPrefix(word, "-") && !slices.Contains(c.flags, name) {
			return fmt.Errorf("flow-sandbox has no flag --%s", name)
		}
	}
	return nil
}

// planFlags are the commands that take the flags of plan as well.
var planFlags = []string{"apply", "destroy", "refresh"}

// checkCLI checks a command of Terraform, and its flags, by what Terraform says of itself.
func (c *checker) checkCLI(t *testing.T, words []string) error {
	t.Helper()
	for len(words) > 0 && (strings.HasPrefix(words[0], "-chdir=") || words[0] == "-version") {
		words = words[1:]
	}
	if len(words) == 0 {
		return nil
	}
	command := words[:1]
	if command[0] == "query" && !acctest.Has(t, acctest.Query) {
		return nil
	}
	help := c.terraformHelp(t.Context(), command...)
	if help == "" {
		return errors.New("Terraform has no such command")
	}
	if strings.Contains(help, "Subcommands:") && len(words) > 1 && !strings.HasPrefix(words[1], "-") {
		// Of an unknown one, it prints the help of the command above.
		below := c.terraformHelp(t.Context(), words[:2]...)
		if below == help {
			return errors.New("Terraform has no such command")
		}
		help = below
	}
	if slices.Contains(planFlags, command[0]) {
		help += c.terraformHelp(t.Context(), "plan") + c.terraformHelp(t.Context(), "apply")
	}
	for _, word := range words[1:] {
		flag, _, _ := strings.Cut(word, "=")
		if strings.HasPrefix(word, "-") && !regexp.MustCompile(`(^|\s)`+regexp.QuoteMeta(flag)+`\b`).MatchString(help) {
			return fmt.Errorf("Terraform has no flag %s here", flag)
		}
	}
	return nil
}

// checkGoCommand checks that packages of the repository exist.
func checkGoCommand(words []string) error {
	for _, word := range words {
		if !strings.HasPrefix(word, "./") || strings.Contains(word, "...") {
			continue
		}
		if err := exists(word); err != nil {
			return err
		}
	}
	return nil
}

// checkGo runs a program, whose output the next block has to show. Numbers may differ.
func checkGo(t *testing.T, source string, next block) error {
	t.Helper()
	file := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "go", "run", file)
	command.Dir = root
	output, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w\n%s", err, output)
	}
	number := regexp.MustCompile(`[1-9]\d*`)
	if number.ReplaceAllString(string(output), "n") != number.ReplaceAllString(next.text, "n") {
		return fmt.Errorf("the program prints what the block after it does not show:\n%s", output)
	}
	return nil
}

// released matches the files that .goreleaser.yml names.
var released = regexp.MustCompile(`^v(\d+\.\d+\.\d+)/(terraform-provider-flow|flow-sandbox)_(\d+\.\d+\.\d+)_((darwin|freebsd|linux|windows)_(386|amd64|arm|arm64)\.zip|SHA256SUMS|SHA256SUMS\.sig|manifest\.json)$`)

func checkRelease(file string) error {
	if parts := released.FindStringSubmatch(file); parts == nil || parts[1] != parts[3] {
		return fmt.Errorf("no release has a file %s", file)
	}
	return nil
}

// call is a request that a curl command makes.
type call struct {
	method, address, body string
}

// parseCurl reads the flags that the documentation uses.
func parseCurl(words []string) (call, error) {
	parsed := call{method: http.MethodGet}
	for i := 0; i < len(words); i++ {
		switch word := words[i]; {
		case slices.Contains([]string{"-X", "-d", "-H", "-o"}, word):
			i++
			if i == len(words) {
				return parsed, fmt.Errorf("%s has no value", word)
			}
			switch word {
			case "-X":
				parsed.method = words[i]
			case "-d":
				parsed.body = words[i]
			}
		case strings.HasPrefix(word, "-"):
			if !slices.Contains([]string{"-i", "-s", "-f", "-L", "-O", "-fsSL", "-fsSLO", "-fsSLo"}, word) {
				return parsed, fmt.Errorf("no rule knows the flag %s", word)
			}
		default:
			parsed.address = word
		}
	}
	return parsed, nil
}

// checkCurl makes a call of the sandbox. Of the project's releases, it checks only the address: the tests make no request to
// other machines.
func (c *checker) checkCurl(t *testing.T, words []string) error {
	t.Helper()
	parsed, err := parseCurl(words)
	if err != nil {
		return err
	}
	if file, ok := strings.CutPrefix(parsed.address, repository+"/releases/download/"); ok {
		return checkRelease(file)
	}
	c.start(t)
	flow, azureDevOps := c.sandbox.ControlURLs()
	address, err := url.Parse(parsed.address)
	if err != nil {
		return err
	}
	server := map[string]string{"127.0.0.1:8080": flow, "127.0.0.1:8081": azureDevOps}[address.Host]
	if server == "" {
		return errors.New("neither the sandbox nor a release")
	}
	origin, err := url.Parse(server)
	if err != nil {
		return err
	}
	address.Host = origin.Host
	request, err := http.NewRequestWithContext(t.Context(), parsed.method, address.String(), strings.NewReader(parsed.body))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if answer, err := io.ReadAll(response.Body); err != nil || response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("the sandbox answers %s: %s", response.Status, answer)
	}
	return nil
}
