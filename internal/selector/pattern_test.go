package selector_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

func TestParseSaysWhatIsWrongAndWhere(t *testing.T) {
	tests := map[string]struct {
		kind    selector.Kind
		pattern string
		marked  string
		message string
	}{
		"nothing": {
			selector.RepositoryPaths, "",
			"\n^",
			`selector "", character 1: the selector is empty`,
		},
		"a project alone": {
			selector.RepositoryPaths, "Payments",
			"Payments\n        ^",
			`selector "Payments", character 9: the "/" is missing: a selector is <project>/<repository>, and <project>/* is all of a project`,
		},
		"no project": {
			selector.RepositoryPaths, "/api",
			"/api\n^",
			`selector "/api", character 1: the project is missing before the "/"; * is any`,
		},
		"a slash alone": {
			selector.RepositoryPaths, "/",
			"/\n^",
			`selector "/", character 1: the project is missing before the "/"; * is any`,
		},
		"no repository": {
			selector.RepositoryPaths, "Payments/",
			"Payments/\n         ^",
			`selector "Payments/", character 10: the repository is missing after the "/"; * is any`,
		},
		"a folder of a repository": {
			selector.RepositoryPaths, "Payments/api/v2",
			"Payments/api/v2\n            ^",
			`selector "Payments/api/v2", character 13: a second "/": a selector is <project>/<repository>, and neither name can hold one`,
		},
		"two slashes": {
			selector.RepositoryPaths, "Payments//api",
			"Payments//api\n         ^",
			`selector "Payments//api", character 10: a second "/": a selector is <project>/<repository>, and neither name can hold one`,
		},
		"an escape": {
			selector.RepositoryPaths, `Payments/\*`,
			"Payments/\\*\n         ^",
			`selector "Payments/\\*", character 10: a "\" cannot be part of a name, escapes nothing, and separates nothing: "/" does`,
		},
		"a line break at the end": {
			selector.RepositoryPaths, "Payments/api\n",
			"Payments/api·\n            ^",
			`selector "Payments/api\n", character 13: a control character cannot be part of a name`,
		},
		"half a character": {
			selector.RepositoryPaths, "Payments/\xc3",
			"Payments/\uFFFD\n         ^",
			`selector "Payments/\xc3", character 10: this is not UTF-8`,
		},
		"behind characters of two bytes and none of their own column": {
			selector.RepositoryPaths, "Données/re\u0301seau/x",
			"Données/re\u0301seau/x\n              ^",
			"selector \"Données/re\u0301seau/x\"" + `, character 16: a second "/": a selector is <project>/<repository>, and neither name can hold one`,
		},
		"behind characters of two columns": {
			selector.RepositoryPaths, "決済/網/x",
			"決済/網/x\n       ^",
			`selector "決済/網/x", character 5: a second "/": a selector is <project>/<repository>, and neither name can hold one`,
		},
		"a repository among projects": {
			selector.ProjectNames, "Payments/api",
			"Payments/api\n        ^",
			`selector "Payments/api", character 9: a "/" cannot be part of a project's name, and repositories are not selected here`,
		},
		"a space behind the repository": {
			selector.RepositoryPaths, "Payments/api ",
			"Payments/api \n            ^",
			`selector "Payments/api ", character 13: no name begins or ends with white space`,
		},
		"spaces around the slash": {
			selector.RepositoryPaths, "Données / api",
			"Données / api\n       ^",
			`selector "Données / api", character 8: no name begins or ends with white space`,
		},
		"a space behind the slash": {
			selector.RepositoryPaths, "Payments/ *",
			"Payments/ *\n         ^",
			`selector "Payments/ *", character 10: no name begins or ends with white space`,
		},
		"a space that does not break": {
			selector.ProjectNames, "\u00a0Payments",
			"\u00a0Payments\n^",
			"selector \"\\u00a0Payments\", character 1: no name begins or ends with white space",
		},
		"nothing but a space": {
			selector.ProjectNames, " ",
			" \n^",
			`selector " ", character 1: no name begins or ends with white space`,
		},
		"a star for everything": {
			selector.RepositoryPaths, "*",
			"*\n ^",
			`selector "*", character 2: the "/" is missing: "*/*" is all repositories`,
		},
		"no project at all": {
			selector.ProjectNames, "",
			"\n^",
			`selector "", character 1: the selector is empty`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := selector.Parse(test.kind, test.pattern)
			var syntax *selector.SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("Parse gave %v, no SyntaxError", err)
			}
			if diff := cmp.Diff(test.marked, syntax.Marked()); diff != "" {
				t.Errorf("marked (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.message, err.Error()); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAPatternKnowsItsParts(t *testing.T) {
	tests := []struct {
		kind    selector.Kind
		pattern string
		exact   bool
		project string
	}{
		{selector.RepositoryPaths, "Payments/api", true, "Payments"},
		{selector.RepositoryPaths, "Payments/*", false, "Payments"},
		{selector.RepositoryPaths, "Pay*/ap?", false, "Pay*"},
		{selector.RepositoryPaths, "a b/[c]", true, "a b"},
		{selector.ProjectNames, "Payments", true, "Payments"},
		{selector.ProjectNames, "Pay?ents", false, "Pay?ents"},
	}
	for _, test := range tests {
		t.Run(test.pattern, func(t *testing.T) {
			p := parse(t, test.kind, test.pattern)
			if p.String() != test.pattern || p.Exact() != test.exact || p.Project().String() != test.project {
				t.Errorf("it is %q, exact: %t, of the project %q", p, p.Exact(), p.Project())
			}
		})
	}
}

func TestTheProjectOfAPatternSelectsProjects(t *testing.T) {
	projects := selector.NewIndex([]string{"Legacy", "Legacy 2", "legal", "Payments"})
	tests := map[string][]string{
		"legacy/*":       {"Legacy"},
		"Legacy*/tools":  {"Legacy", "Legacy 2"},
		"lega?/x":        {"legal"},
		"Platform/tools": {},
	}
	for pattern, want := range tests {
		t.Run(pattern, func(t *testing.T) {
			project := parse(t, selector.RepositoryPaths, pattern).Project()
			set, err := selector.NewSet(selector.ProjectNames, []string{project.String()}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range []selector.Pattern{project, set.Include()[0]} {
				got := projects.Find(p)
				if diff := cmp.Diff(want, at([]string{"Legacy", "Legacy 2", "legal", "Payments"}, got)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}

func parse(t testing.TB, kind selector.Kind, pattern string) selector.Pattern {
	t.Helper()
	p, err := selector.Parse(kind, pattern)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// at returns the names at the indexes.
func at(names []string, indexes []int) []string {
	found := make([]string, len(indexes))
	for i, index := range indexes {
		found[i] = names[index]
	}
	return found
}
