package selector_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

func TestNearestGivesWhatWasMeant(t *testing.T) {
	repositories := []string{
		"Payments/api", "Payments/web", "Payments/ledger",
		"Platform/terraform", "Platform/terraform-modules", "Platform/images",
		"Data Science/notebooks", analytics + "/réseau",
		"Archive/attic", "Archive/ledgers", "Archive/C:\\odd",
	}
	tests := map[string]struct {
		pattern string
		want    []string
	}{
		"a letter missing in the repository":       {"Payments/leger", []string{"Payments/ledger"}},
		"a letter missing in the project":          {"Paymnts/ledger", []string{"Payments/ledger"}},
		"letters swapped in both":                  {"Paymetns/wbe", []string{"Payments/web"}},
		"a letter without its accent":              {"Donnees & analyze/RESEAU", []string{analytics + "/réseau"}},
		"a singular that is a plural, by distance": {"Archive/ledger", []string{"Archive/ledgers", "Payments/ledger"}},
		"another project's repository":             {"Billing/notebooks", []string{"Data Science/notebooks"}},
		"a name cut short":                         {"Platform/terra", []string{"Platform/terraform", "Platform/terraform-modules"}},
		"a name with more to it":                   {"Platform/images-old", []string{"Platform/images"}},
		"a project whose repositories are others":  {"Platform/kernel", []string{"Platform/images", "Platform/terraform", "Platform/terraform-modules"}},
		"a mistyped project, all of it":            {"Paymnts/*", []string{"Payments/*"}},
		"a mistyped project, some of it":           {"Platfomr/terra*", []string{"Platform/terra*"}},
		"a mistyped repository in any project":     {"*/leger", []string{"*/ledger", "*/ledgers"}},
		"a beginning that none has":                {"Payments/svc-*", []string{"Payments/api", "Payments/ledger", "Payments/web"}},
		"nothing that is near":                     {"Zoology/quagga", nil},
		"nothing that is near, all of it":          {"Zoology/*", nil},
		"no name that cannot be written":           {"Archive/odd", []string{"Archive/attic", "Archive/ledgers"}},
	}
	ix := selector.NewIndex(repositories)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := ix.Nearest(parse(t, selector.RepositoryPaths, test.pattern), 3)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNearestGivesProjects(t *testing.T) {
	ix := selector.NewIndex([]string{"Payments", "Platform", "Platform Tools", "IT", "Data Science"})
	tests := map[string]struct {
		pattern string
		want    []string
	}{
		"a letter missing": {"payment", []string{"Payments"}},
		"letters swapped":  {"Platfomr", []string{"Platform"}},
		"a part of it":     {"Tools", []string{"Platform Tools"}},
		"of two letters":   {"TI", nil},
		"nothing near":     {"Zoology", nil},
		"a wildcard":       {"Paymint*", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := ix.Nearest(parse(t, selector.ProjectNames, test.pattern), 3)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNearestGivesNoMoreThanAskedFor(t *testing.T) {
	ix := selector.NewIndex([]string{"a/x", "b/x", "c/x", "d/x"})
	p := parse(t, selector.RepositoryPaths, "z/x")
	for limit, want := range [][]string{{}, {"a/x"}, {"a/x", "b/x"}} {
		if diff := cmp.Diff(want, ix.Nearest(p, limit)); diff != "" {
			t.Errorf("up to %d (-want +got):\n%s", limit, diff)
		}
	}
}
