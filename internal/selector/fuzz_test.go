package selector_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

// kindOf is for the fuzzing engine, which knows no Kind.
func kindOf(projects bool) selector.Kind {
	if projects {
		return selector.ProjectNames
	}
	return selector.RepositoryPaths
}

func FuzzParse(f *testing.F) {
	for _, pattern := range []string{
		"", "/", "a/b", "Payments/*", "*/*", "a//b", "a/b/c", "a", "a/", "/b", `a\b`, "a\n/b", "\xff/b", "決済/\x00",
		"Donne\u0301es/?", "a/\u0301", "\u212A/\u017F", "[a]/{b}.+",
	} {
		f.Add(pattern, false)
		f.Add(pattern, true)
	}
	f.Fuzz(func(t *testing.T, pattern string, projects bool) {
		p, err := selector.Parse(kindOf(projects), pattern)
		if err != nil {
			checkError(t, pattern, err)
			return
		}
		if p.String() != pattern {
			t.Errorf("it became %q", p)
		}
		if slashes := strings.Count(pattern, "/"); projects != (slashes == 0) || slashes > 1 {
			t.Errorf("%q was read", pattern)
		}
		// A pattern taken for a name is selected by itself, with wildcards too: each stands for a character at least.
		for _, name := range []string{pattern, norm.NFC.String(pattern), norm.NFD.String(pattern)} {
			if got := selector.NewIndex([]string{name}).Find(p); len(got) != 1 {
				t.Errorf("%q does not select %q", pattern, name)
			}
		}
	})
}

func checkError(t *testing.T, pattern string, err error) {
	t.Helper()
	var syntax *selector.SyntaxError
	if !errors.As(err, &syntax) {
		t.Fatalf("%v is no SyntaxError", err)
	}
	if syntax.Pattern != pattern || syntax.Offset < 0 || syntax.Offset > len(pattern) || syntax.Reason == "" {
		t.Errorf("%#v is about %q", syntax, pattern)
	}
	shown, mark, _ := strings.Cut(syntax.Marked(), "\n")
	if strings.ContainsFunc(shown, unicode.IsControl) || strings.Trim(mark, " ") != "^" {
		t.Errorf("marked as %q", syntax.Marked())
	}
}

func FuzzMatch(f *testing.F) {
	f.Add("Payments/api\nPayments/web\npayments/API\nPlatform/api", "Payments/*\n*/api", "*/w?b", false)
	f.Add("a b/c d\nx/y.z_1\nDonne\u0301es/re\u0301seau\n決済/網\n\u212A/\u017F", "DONNÉES/R*\nx/?.?_?\n決?/*\nk/s", "", false)
	f.Add("[a]/{b}\na/b\na\n/\na/b/c\n\xff/\xfe\nab/*", "*/**\na*b*/*\n[?]/*", "?/*b", false)
	f.Add("Platform Tools\nPayments\nPlatform\n\nPayments/x", "P*\n*s\n?*?", "* *", true)
	f.Add("aaaaaaaaaaaaaaaaaaaaaaaa/b\naaaaab/b", "a*a*a*a*a*b/b", "", false)
	f.Fuzz(func(t *testing.T, names, include, exclude string, projects bool) {
		if len(names)+len(include)+len(exclude) > 1<<10 {
			return // The oracle takes its time.
		}
		kind, world := kindOf(projects), strings.Split(names, "\n")
		included, excluded := readable(kind, include), readable(kind, exclude)
		got := match(t, kind, world, included, excluded)

		want := selector.Matches{Indexes: []int{}, Counts: make([]int, len(included))}
		for i, name := range world {
			selected := false
			for j, pattern := range included {
				if oracle(kind, pattern, name) {
					selected = true
					want.Counts[j]++
				}
			}
			for _, pattern := range excluded {
				selected = selected && !oracle(kind, pattern, name)
			}
			if selected {
				want.Indexes = append(want.Indexes, i)
			}
		}
		slices.Sort(got.Indexes)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q but %q of %q (-want +got):\n%s", included, excluded, world, diff)
		}
		checkNearest(t, kind, world, included)
	})
}

// readable returns the patterns among the lines of a text.
func readable(kind selector.Kind, lines string) []string {
	return slices.DeleteFunc(strings.Split(lines, "\n"), func(line string) bool {
		_, err := selector.Parse(kind, line)
		return err != nil
	})
}

// oracle is the definition of a pattern, with no thought of speed.
func oracle(kind selector.Kind, pattern, name string) bool {
	pattern, name = norm.NFC.String(pattern), norm.NFC.String(name)
	if kind == selector.ProjectNames {
		return like([]rune(pattern), []rune(name))
	}
	wantedProject, wantedRepository, _ := strings.Cut(pattern, "/")
	project, repository, found := strings.Cut(name, "/")
	return found && like([]rune(wantedProject), []rune(project)) && like([]rune(wantedRepository), []rune(repository))
}

// like fills in, from the end, which part of the pattern agrees with which part of the name.
func like(pattern, name []rune) bool {
	agrees := make([][]bool, len(pattern)+1)
	for p := len(pattern); p >= 0; p-- {
		agrees[p] = make([]bool, len(name)+1)
		for n := len(name); n >= 0; n-- {
			switch {
			case p == len(pattern):
				agrees[p][n] = n == len(name)
			case pattern[p] == '*':
				agrees[p][n] = agrees[p+1][n] || n < len(name) && agrees[p][n+1]
			case n < len(name):
				same := pattern[p] == '?' || strings.EqualFold(string(pattern[p]), string(name[n]))
				agrees[p][n] = same && agrees[p+1][n+1]
			}
		}
	}
	return agrees[0][0]
}

// checkNearest reports whether each suggestion selects something.
func checkNearest(t *testing.T, kind selector.Kind, names, patterns []string) {
	t.Helper()
	ix := selector.NewIndex(names)
	for _, pattern := range patterns {
		p := parse(t, kind, pattern)
		for _, suggestion := range ix.Nearest(p, len(names)) {
			if found := ix.Find(parse(t, kind, suggestion)); len(found) == 0 {
				t.Errorf("instead of %q among %q, %q is suggested, which selects nothing", pattern, names, suggestion)
			}
		}
	}
}
