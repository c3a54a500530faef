package selector_test

import (
	"fmt"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

// organization returns the names of 100 projects with 100 repositories each, in the order in which Flow lists them.
func organization() []string {
	names := make([]string, 0, 10_000)
	for repository := range 100 {
		for project := range 100 {
			names = append(names, fmt.Sprintf("Project %03d/service-%03d-api", project, repository))
		}
	}
	return names
}

func BenchmarkNewIndex(b *testing.B) {
	names := organization()
	for b.Loop() {
		selector.NewIndex(names)
	}
}

func BenchmarkMatch(b *testing.B) {
	ix := selector.NewIndex(organization())
	for _, bench := range []struct {
		name             string
		include, exclude []string
		want             int
	}{
		{"exact", []string{"project 042/service-017-api"}, nil, 1},
		{"prefix", []string{"project 042/*"}, nil, 100},
		{"all", []string{"*/*"}, nil, 10_000},
		{"inner wildcard", []string{"*/*-017-*"}, nil, 100},
		{"all but inner wildcard", []string{"*/*"}, []string{"*/*-017-*"}, 9_900},
		{"exact but inner wildcard", []string{"project 042/service-017-api"}, []string{"*/*-018-*"}, 1},
	} {
		b.Run(bench.name, func(b *testing.B) {
			set, err := selector.NewSet(selector.RepositoryPaths, bench.include, bench.exclude)
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if got := set.Match(ix); len(got.Indexes) != bench.want {
					b.Fatalf("%d selected, not %d", len(got.Indexes), bench.want)
				}
			}
		})
	}
}

// BenchmarkThousandSets is what 1,000 resources of one repository each cost that share an index of 10,000 names, and what
// one resource of 1,000 patterns does.
func BenchmarkThousandSets(b *testing.B) {
	names := organization()
	ix := selector.NewIndex(names)
	include := names[:1000]
	b.Run("of one", func(b *testing.B) {
		for b.Loop() {
			for _, name := range include {
				set, err := selector.NewSet(selector.RepositoryPaths, []string{name}, nil)
				if err != nil {
					b.Fatal(err)
				}
				if got := set.Match(ix); len(got.Indexes) != 1 {
					b.Fatalf("%d selected", len(got.Indexes))
				}
			}
		}
	})
	b.Run("in one", func(b *testing.B) {
		for b.Loop() {
			set, err := selector.NewSet(selector.RepositoryPaths, include, nil)
			if err != nil {
				b.Fatal(err)
			}
			if got := set.Match(ix); len(got.Indexes) != len(include) {
				b.Fatalf("%d selected", len(got.Indexes))
			}
		}
	})
}

func BenchmarkNearest(b *testing.B) {
	ix := selector.NewIndex(organization())
	p := parse(b, selector.RepositoryPaths, "project 42/service-017-api")
	for b.Loop() {
		if got := ix.Nearest(p, 3); len(got) != 3 || got[0] != "Project 042/service-017-api" {
			b.Fatal(got)
		}
	}
}
