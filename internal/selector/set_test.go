package selector_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

const analytics = "Données & Analyse"

func TestASetSelectsRepositories(t *testing.T) {
	world := []string{
		"Payments/web", "Payments/api", "Payments/ledger", "Payments/api-docs",
		"Platform/terraform", "Platform/api", "Platform/sandbox-1",
		"Platform Tools/api",
	}
	tests := map[string]struct {
		names            []string
		include, exclude []string
		want             []string
		counts           []int
	}{
		"one by its name": {
			world,
			[]string{"Payments/api"},
			nil,
			[]string{"Payments/api"},
			[]int{1},
		},
		"one in another case": {
			world,
			[]string{"pAYMENTS/API"},
			nil,
			[]string{"Payments/api"},
			[]int{1},
		},
		"all of a project, and of no other that begins like it": {
			world,
			[]string{"Platform/*"},
			nil,
			[]string{"Platform/api", "Platform/sandbox-1", "Platform/terraform"},
			[]int{3},
		},
		"those that begin alike": {
			world,
			[]string{"Payments/api*"},
			nil,
			[]string{"Payments/api", "Payments/api-docs"},
			[]int{2},
		},
		"one of several projects": {
			world,
			[]string{"*/api"},
			nil,
			[]string{"Payments/api", "Platform Tools/api", "Platform/api"},
			[]int{3},
		},
		"with wildcards within": {
			world,
			[]string{"p*ments/?e*"},
			nil,
			[]string{"Payments/ledger", "Payments/web"},
			[]int{2},
		},
		"all but some": {
			world,
			[]string{"*/*"},
			[]string{"*/sandbox-*", "Payments/*", "platform/API", "None/such"},
			[]string{"Platform Tools/api", "Platform/terraform"},
			[]int{8},
		},
		"by more than one pattern, once": {
			world,
			[]string{"Platform/*", "*/terraform", "Platform/terraform"},
			[]string{"*/api"},
			[]string{"Platform/sandbox-1", "Platform/terraform"},
			[]int{3, 1, 1},
		},
		"counting what is excluded": {
			world,
			[]string{"Payments/api", "Payments/aip"},
			[]string{"*/api"},
			[]string{},
			[]int{1, 0},
		},
		"nothing without an include": {
			world,
			nil,
			[]string{"*/api"},
			[]string{},
			[]int{},
		},
		"nothing among nothing": {
			nil,
			[]string{"*/*", "a/b"},
			[]string{"*/c"},
			[]string{},
			[]int{0, 0},
		},
		"a star for nothing and a question mark for one character": {
			[]string{"a/b", "a/bc", "a/bcd"},
			[]string{"a*/b?*"},
			nil,
			[]string{"a/bc", "a/bcd"},
			[]int{2},
		},
		"names with spaces": {
			[]string{"a b/c d", "a/b c d", "a b/cd"},
			[]string{"A B/C D"},
			nil,
			[]string{"a b/c d"},
			[]int{1},
		},
		"names of any script": {
			[]string{analytics + "/réseau", "ДАННЫЕ/сеть", "決済/網", "Data/👩‍💻"},
			[]string{strings.ToUpper(analytics) + "/RÉSEAU", "данные/?еть", "決?/*", "data/*💻"},
			nil,
			[]string{"Data/👩‍💻", analytics + "/réseau", "ДАННЫЕ/сеть", "決済/網"},
			[]int{1, 1, 1, 1},
		},
		"characters however composed": {
			[]string{"Donne\u0301es/re\u0301seau", "Données/réseau-2"},
			[]string{"Données/r?seau*"},
			nil,
			[]string{"Donne\u0301es/re\u0301seau", "Données/réseau-2"},
			[]int{2},
		},
		"letters with more than two cases": {
			[]string{"\u212Aelvin/\u017Ftore", "ΣΊΣΥΦΟΣ/x"},
			[]string{"kelvin/store", "σίσυφος/x"},
			nil,
			[]string{"\u212Aelvin/\u017Ftore", "ΣΊΣΥΦΟΣ/x"},
			[]int{1, 1},
		},
		"dots and underscores as themselves": {
			[]string{"x/y.z_1", "x/yaz_1", "x/y.z11"},
			[]string{"x/y.z_1"},
			nil,
			[]string{"x/y.z_1"},
			[]int{1},
		},
		"characters that are special elsewhere as themselves": {
			[]string{"[ab]/{c,d}+.^$", "a/c", "b/d", "(x|y)/#%41", "x/A"},
			[]string{"[AB]/{c,d}*", "(x|y)/#%4?"},
			nil,
			[]string{"(x|y)/#%41", "[ab]/{c,d}+.^$"},
			[]int{1, 1},
		},
		"names that differ in case alone, all of them": {
			[]string{"Payments/API", "Payments/web", "payments/api"},
			[]string{"Payments/Api"},
			nil,
			[]string{"Payments/API", "payments/api"},
			[]int{2},
		},
		"the same repository name in the project asked for": {
			[]string{"Payments/api", "Platform/api"},
			[]string{"platform/api"},
			nil,
			[]string{"Platform/api"},
			[]int{1},
		},
		"no name without a slash": {
			[]string{"Payments", "Payments/api"},
			[]string{"*/*", "Pay*/*"},
			nil,
			[]string{"Payments/api"},
			[]int{1, 1},
		},
		"a slash more than names can have, to the repository": {
			[]string{"Payments/api/v2"},
			[]string{"Payments/*", "*/v2"},
			nil,
			[]string{"Payments/api/v2"},
			[]int{1, 0},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := match(t, selector.RepositoryPaths, test.names, test.include, test.exclude)
			if diff := cmp.Diff(test.want, at(test.names, got.Indexes)); diff != "" {
				t.Errorf("selected (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.counts, got.Counts); diff != "" {
				t.Errorf("counts (-want +got):\n%s", diff)
			}
		})
	}
}

func TestASetSelectsProjects(t *testing.T) {
	names := []string{"Payments", "Platform", "Platform Tools", analytics, "決済"}
	tests := map[string]struct{ include, exclude, want []string }{
		"one by its name":         {[]string{"PLATFORM"}, nil, []string{"Platform"}},
		"all":                     {[]string{"*"}, nil, []string{analytics, "Payments", "Platform", "Platform Tools", "決済"}},
		"all but some":            {[]string{"*"}, []string{"P*", "??"}, []string{analytics}},
		"those that begin alike":  {[]string{"plat*"}, []string{"* tools"}, []string{"Platform"}},
		"with wildcards within":   {[]string{"p?????*s"}, nil, []string{"Payments", "Platform Tools"}},
		"nothing that is similar": {[]string{"Payment", "Platforms"}, nil, []string{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := match(t, selector.ProjectNames, names, test.include, test.exclude)
			if diff := cmp.Diff(test.want, at(names, got.Indexes)); diff != "" {
				t.Errorf("selected (-want +got):\n%s", diff)
			}
		})
	}
}

func TestASetReportsEachPatternThatCannotBeRead(t *testing.T) {
	_, err := selector.NewSet(selector.RepositoryPaths, []string{"Payments", "Payments/*", "/api"}, []string{"a/b/c"})
	if err == nil {
		t.Fatal("the set was made")
	}
	var unread []string
	for _, list := range err.(interface{ Unwrap() []error }).Unwrap() {
		for _, err := range list.(interface{ Unwrap() []error }).Unwrap() {
			var syntax *selector.SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("%v is no SyntaxError", err)
			}
			unread = append(unread, syntax.Pattern)
		}
	}
	if diff := cmp.Diff([]string{"Payments", "/api", "a/b/c"}, unread); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheZeroValuesSelectNothing(t *testing.T) {
	ix := selector.NewIndex([]string{"", "/", "Payments/api", "Payments"})
	if got := ix.Find(selector.Pattern{}); len(got) > 0 {
		t.Errorf("the pattern selects %v", got)
	}
	if got := (selector.Set{}).Match(ix); len(got.Indexes) > 0 {
		t.Errorf("the set selects %v", got.Indexes)
	}
}

func match(t testing.TB, kind selector.Kind, names, include, exclude []string) selector.Matches {
	t.Helper()
	set, err := selector.NewSet(kind, include, exclude)
	if err != nil {
		t.Fatal(err)
	}
	return set.Match(selector.NewIndex(names))
}

func TestAProjectIsThereWithoutTheRepositoryThatIsMeant(t *testing.T) {
	repositories := selector.NewIndex([]string{"Payments/api", "Payments Archive/api", "Data Science/notebooks"})
	projects := selector.NewIndex([]string{"Payments", "Data Science"})
	for _, test := range []struct {
		kind selector.Kind
		text string
		want bool
	}{
		{selector.RepositoryPaths, "payments/none", true},
		{selector.RepositoryPaths, "Payments/*", true},
		{selector.RepositoryPaths, "Pay*/none", true},
		{selector.RepositoryPaths, "data science/x", true},
		{selector.RepositoryPaths, "Pay/api", false},
		{selector.RepositoryPaths, "Payments A/api", false},
		{selector.RepositoryPaths, "Paymnts/*", false},
		{selector.ProjectNames, "payments", true},
		{selector.ProjectNames, "Data*", true},
		{selector.ProjectNames, "Pay", false},
	} {
		pattern, err := selector.Parse(test.kind, test.text)
		if err != nil {
			t.Fatal(err)
		}
		index := repositories
		if test.kind == selector.ProjectNames {
			index = projects
		}
		if got := index.HasProject(pattern); got != test.want {
			t.Errorf("%s: %t, want %t", test.text, got, test.want)
		}
	}
}
