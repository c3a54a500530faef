package provider_test

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// summaryArgument is which argument of a function is the summary of a diagnostic.
var summaryArgument = map[string]int{
	"AddError": 0, "AddWarning": 0, "AddAttributeError": 1, "AddAttributeWarning": 1,
	"NewErrorDiagnostic": 0, "NewWarningDiagnostic": 0, "NewAttributeErrorDiagnostic": 1, "NewAttributeWarningDiagnostic": 1,
	"Diagnostic": 0, // flowerror's
	"writeError": 2,
}

// notProvider are the folders of internal that are not in the provider's binary.
var notProvider = []string{"acctest", "cmd", "killmatrix", "leakhunt", "lives", "sandbox", "sandboxprocess", "simulation", "terraformcli"}

// source is what the messages of the provider are looked up in.
type source struct {
	summaries []string // with … for what is known at run time
	literals  string   // all texts of the provider's code
	tests     string   // all texts of the tests' code
}

func readSource(t *testing.T) source {
	t.Helper()
	var found source
	var literals, tests strings.Builder
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		isTest := strings.HasSuffix(path, "_test.go")
		if filepath.Base(path) == "messages_test.go" || !isTest && slices.Contains(notProvider, strings.Split(filepath.ToSlash(path), "/")[1]) {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, content, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if literal, ok := node.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				text, _ := strconv.Unquote(literal.Value)
				if isTest {
					tests.WriteString(text + "\n")
				} else {
					literals.WriteString(text + "\n")
				}
			}
			if !isTest {
				found.summaries = append(found.summaries, summariesIn(node)...)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	// A summary that is all variable is one of a function whose callers give it.
	found.summaries = slices.DeleteFunc(found.summaries, func(summary string) bool { return strings.Trim(summary, "… ") == "" })
	slices.Sort(found.summaries)
	found.summaries, found.literals, found.tests = slices.Compact(found.summaries), literals.String(), tests.String()
	return found
}

// summariesIn returns the summaries of diagnostics and findings that a node makes.
func summariesIn(node ast.Node) []string {
	switch node := node.(type) {
	case *ast.CallExpr:
		selector, ok := node.Fun.(*ast.SelectorExpr)
		if !ok {
			return nil
		}
		if i, known := summaryArgument[selector.Sel.Name]; known && i < len(node.Args) {
			return []string{textOf(node.Args[i])}
		}
	case *ast.CompositeLit:
		if kind, ok := node.Type.(*ast.SelectorExpr); ok && kind.Sel.Name == "Definition" {
			return nil // of a function, for its page
		}
		for _, element := range node.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok && isSummary(pair.Key) {
				return []string{textOf(pair.Value)}
			}
		}
	case *ast.FuncDecl:
		return returnedSummaries(node)
	case *ast.AssignStmt:
		var summaries []string
		for i, left := range node.Lhs {
			if i < len(node.Rhs) && isSummary(left) {
				summaries = append(summaries, textOf(node.Rhs[i]))
			}
		}
		return summaries
	}
	return nil
}

// returnedSummaries returns what a function returns in place of a result that is called summary.
func returnedSummaries(function *ast.FuncDecl) []string {
	if function.Type.Results == nil || len(function.Type.Results.List) == 0 {
		return nil
	}
	first := function.Type.Results.List[0]
	if len(first.Names) == 0 || !isSummary(first.Names[0]) {
		return nil
	}
	var summaries []string
	ast.Inspect(function.Body, func(node ast.Node) bool {
		if returned, ok := node.(*ast.ReturnStmt); ok && len(returned.Results) > 0 {
			summaries = append(summaries, textOf(returned.Results[0]))
		}
		return true
	})
	return summaries
}

// isSummary reports whether a variable or field holds a summary.
func isSummary(expression ast.Expr) bool {
	switch expression := expression.(type) {
	case *ast.SelectorExpr:
		return expression.Sel.Name == "Summary"
	case *ast.Ident:
		return strings.EqualFold(expression.Name, "summary")
	}
	return false
}

var (
	verb   = regexp.MustCompile(`%[a-z]`)
	number = regexp.MustCompile(`[0-9]+`)
)

// textOf returns the text of an expression, with … for what is known only at run time.
func textOf(expression ast.Expr) string {
	switch expression := expression.(type) {
	case *ast.BasicLit:
		text, _ := strconv.Unquote(expression.Value)
		return text
	case *ast.BinaryExpr:
		return textOf(expression.X) + textOf(expression.Y)
	case *ast.CallExpr:
		if selector, ok := expression.Fun.(*ast.SelectorExpr); ok && selector.Sel.Name == "Sprintf" {
			return verb.ReplaceAllString(textOf(expression.Args[0]), "…")
		}
	}
	return "…"
}

// documented returns the messages in the first columns of the pages about messages.
func documented(t *testing.T) []string {
	t.Helper()
	var messages []string
	for page, column := range map[string]int{"troubleshooting": 1, "plan-time-checks": 0} {
		content, err := os.ReadFile("../../templates/guides/" + page + ".md.tmpl")
		if err != nil {
			t.Fatal(err)
		}
		header := ""
		for line := range strings.Lines(string(content)) {
			cells := strings.Split(strings.TrimSpace(line), "|")
			switch {
			case len(cells) < 4:
				header = ""
			case header == "":
				header = line
			case strings.HasPrefix(cells[1], "---"):
			default:
				at := column
				if column == 0 {
					at = slices.IndexFunc(strings.Split(header, "|"), func(cell string) bool { return strings.TrimSpace(cell) == "Summary" })
				}
				if at > 0 {
					messages = append(messages, messagesIn(cells[at])...)
				}
			}
		}
	}
	return messages
}

// messagesIn returns the messages of a cell, without remarks such as (warning).
func messagesIn(cell string) []string {
	cell = strings.NewReplacer("`", "", "&lt;", "<", "&gt;", ">", "*", "").Replace(cell)
	cell = regexp.MustCompile(` \((a )?(warning|once|403)[^)]*\)`).ReplaceAllString(cell, "")
	var messages []string
	for message := range strings.SplitSeq(cell, " · ") {
		messages = append(messages, strings.TrimSpace(message))
	}
	return messages
}

// matches reports whether a message of the pages stands for a summary: one of the two may be more general than the other.
func matches(message, summary string) bool {
	return covers(message, summary) || covers(summary, message)
}

func covers(general, special string) bool {
	if general != special && len(strings.TrimSpace(longestText(general))) < 7 {
		return false // It would cover anything.
	}
	pattern := strings.ReplaceAll(regexp.QuoteMeta(general), "…", ".+")
	return regexp.MustCompile("^" + pattern + "$").MatchString(special)
}

// longestText returns the longest part of a message that is not known at run time only.
func longestText(message string) string {
	return slices.MaxFunc(strings.Split(message, "…"), func(a, b string) int { return cmp.Compare(len(a), len(b)) })
}

// guards are errors that no user can cause, because what they check cannot happen unless the code is wrong.
var guards = []string{"Could not store the token's digest", "Invalid id in the state", "Provider data of the wrong type"}

// notOurs are messages on the pages that others print, and situations without a message.
var notOurs = []string{
	// Terraform
	"registry.terraform.io/hashicorp/flow: no version is selected, or provider isn't available",
	"… does not match any of the checksums recorded in the dependency lock file",
	`The ephemeral input variable "…" was set during the plan phase, and so must also be set during the apply phase`,
	"Write-only arguments are not supported, or ephemeral is not expected",
	"Blocks or arguments of type … are not expected here",
	`no command named "query"`,
	"terraform destroy is refused for a selector or an integration",
	// Go, about the network
	"certificate signed by unknown authority",
	"no such host",
	// Flow
	"… was removed from Flow and cannot be added again",
	// Situations
	"a secret is in the output of CI",
	"every plan changes a service back",
	"a new token is not sent",
	"an interrupt, by Ctrl-C or SIGTERM, does not end Terraform at once",
	`"terraform query" finds nothing`,
	"Azure DevOps rejects the token, although it works elsewhere",
}

// Every error and warning is shown by a test and explained on a page, and every message on a page exists.
func TestEveryMessageIsTestedAndExplained(t *testing.T) {
	t.Parallel()
	found, pages := readSource(t), documented(t)
	if len(found.summaries) < 50 || len(pages) < 50 {
		t.Fatalf("%d summaries and %d messages on the pages: the search is broken", len(found.summaries), len(pages))
	}
	for _, summary := range found.summaries {
		if slices.Contains(guards, summary) {
			continue
		}
		if text := strings.TrimSpace(longestText(summary)); !strings.Contains(found.tests, text) {
			t.Errorf("no test shows %q", summary)
		}
		if !slices.ContainsFunc(pages, func(message string) bool { return matches(message, summary) }) {
			t.Errorf("no page explains %q", summary)
		}
	}
	for _, message := range pages {
		exists := slices.ContainsFunc(found.summaries, func(summary string) bool { return matches(message, summary) })
		if !exists && !slices.Contains(notOurs, message) && !strings.Contains(found.literals, strings.TrimSpace(longestText(number.ReplaceAllString(message, "…")))) {
			t.Errorf("nothing says %q", message)
		}
	}
	t.Logf("%d summaries, %d messages on the pages", len(found.summaries), len(pages))
}
