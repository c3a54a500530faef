package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheProviderHoldsOnlyWhatItNeeds keeps tools and test equipment out of the binary that users
// download: they are in the same module, so one import would be enough.
func TestTheProviderHoldsOnlyWhatItNeeds(t *testing.T) {
	const module = "github.com/flow-community/terraform-provider-flow"
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	dependencies := strings.Fields(string(out))
	if len(dependencies) < 100 {
		t.Fatalf("go list names only %d packages", len(dependencies))
	}
	for _, unwanted := range []string{
		module + "/internal/acctest",
		module + "/internal/cmd",
		module + "/internal/providerschema",
		module + "/internal/sandbox",
		module + "/internal/terraformcli",
		"github.com/hashicorp/hc-install",
		"github.com/hashicorp/hcl",
		"github.com/hashicorp/terraform-exec",
		"github.com/hashicorp/terraform-json",
		"github.com/hashicorp/terraform-plugin-sdk",
		"github.com/hashicorp/terraform-plugin-testing",
		"github.com/microsoft/azure-devops-go-api",
		"github.com/zclconf/go-cty",
		"go.etcd.io/bbolt",
		"golang.org/x/oauth2",
	} {
		for _, dependency := range dependencies {
			if dependency == unwanted || strings.HasPrefix(dependency, unwanted+"/") {
				t.Errorf("the provider depends on %s", dependency)
			}
		}
	}
}

// TestTheProviderStartsWithoutRegularExpressions keeps them out of package initialization, where they made each start of the
// provider a tenth slower (`make bench`).
func TestTheProviderStartsWithoutRegularExpressions(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", `{{if .Module}}{{if .Module.Main}}{{$dir := .Dir}}{{range .GoFiles}}{{$dir}}/{{.}}
{{end}}{{end}}{{end}}`, ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	files := strings.Fields(string(out))
	if len(files) < 100 {
		t.Fatalf("go list names only %d files", len(files))
	}
	for _, name := range files {
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, filepath.FromSlash(name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			if declared, ok := declaration.(*ast.GenDecl); ok && compiles(declared) {
				t.Errorf("%s: use lazyregexp.New", files.Position(declared.Pos()))
			}
		}
	}
}

// compiles reports whether a declaration calls regexp.MustCompile, other than in a function that is called later.
func compiles(declaration *ast.GenDecl) (found bool) {
	ast.Inspect(declaration, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok && selector.Sel.Name == "MustCompile" {
			found = true
		}
		_, later := node.(*ast.FuncLit)
		return !later
	})
	return found
}
