package provider_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// followers are the tests that do what a message says and end with a clean plan, with the beginnings of the sentences
// that they follow.
var followers = map[string][]string{}

// outside are the sentences that no test here can follow, with the reason.
var outside = map[string]string{}

const imperatives = "add|apply|ask|change|check|choose|convert|copy|correct|create|delete|destroy|edit|find|give|import|list|look|make|name|pass|plan|put|raise|read|" +
	"regenerate|remove|report|revoke|run|send|set|sign|spell|swap|switch|trim|try|turn|undo|unset|upgrade|use|write"

// capital are the imperatives at the beginning of a sentence.
var capital = regexp.MustCompile(`\b[a-z]`).ReplaceAllStringFunc(imperatives, strings.ToUpper)

var (
	sentenceEnd = regexp.MustCompile(`\n+|\. `)
	// A sentence that says what to do, perhaps behind the case that it is for: "If it is tainted, run ...".
	instruction = regexp.MustCompile(`^(- )?((Or|Then) |(Otherwise|If|To|For|Where|Without|With|In)\b[^,]*, ([^,]*, )?)?(` + capital + `)\b|^((Or|Then) |(Otherwise|If|To|For|Where|Without|With|In)\b[^,]*, ([^,]*, )?|[^:]+: )(` + imperatives + `)\b`)
	// What it names: an argument, a variable of the environment, a command, a block, or one of these in words.
	named = regexp.MustCompile("`|[a-z]+_[a-z]+| = |[A-Z]{2,}_[A-Z]+|block|-target|e-mail|base URL|token|selector|include|exclude|services|webhooks|workspace|timeouts|key|name\\b|value|https?:|Write |import")
)

// remedies returns the sentences of the provider's code that name what to write, run or change.
func remedies(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			slices.Contains(notProvider, strings.Split(filepath.ToSlash(path), "/")[1]) {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if pair, ok := node.(*ast.KeyValueExpr); ok && isDescription(pair.Key) {
				return false
			}
			text, whole := wholeText(node)
			for _, sentence := range sentenceEnd.Split(text, -1) {
				sentence = strings.TrimRight(strings.TrimSpace(sentence), ".")
				if instruction.MatchString(sentence) && named.MatchString(sentence) {
					found[sentence] = true
				}
			}
			return !whole
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(found))
}

// isDescription reports whether a field describes something of a schema, on a page and not in a message.
func isDescription(expression ast.Expr) bool {
	field, ok := expression.(*ast.Ident)
	return ok && strings.HasSuffix(field.Name, "Description")
}

// wholeText returns the text of a string that is put together in the code, and whether that is all of the node.
func wholeText(node ast.Node) (text string, whole bool) {
	switch node := node.(type) {
	case *ast.BasicLit:
		if node.Kind != token.STRING {
			return "", false
		}
		text, _ = strconv.Unquote(node.Value)
	case *ast.BinaryExpr:
		text = textOf(node)
	default:
		return "", false
	}
	return anyVerb.ReplaceAllString(text, "…"), strings.Trim(text, "… ") != ""
}

var anyVerb = regexp.MustCompile(`%(\[[0-9]\])?[a-z]|\{[a-z]+\}`)

func TestX(t *testing.T) {
	for _, s := range remedies(t) {
		t.Log(s)
	}
}
