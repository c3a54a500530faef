package selector

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// Index holds names so that a pattern finds its own quickly. It is made once for all sets that are matched against the
// same names, and may be used by several goroutines.
type Index struct {
	names []string
	// In the order of the folded names: these, and where each is in names.
	folded    []string
	positions []int
}

// NewIndex makes the index of names, which it keeps: <project>/<repository> for RepositoryPaths, <project> for
// ProjectNames. A name that occurs twice, or twice but for case, is two names.
func NewIndex(names []string) *Index {
	ix := &Index{
		names:     names,
		folded:    make([]string, len(names)),
		positions: make([]int, len(names)),
	}
	unsorted := make([]string, len(names))
	for i, name := range names {
		unsorted[i], ix.positions[i] = fold(name), i
	}
	slices.SortFunc(ix.positions, func(a, b int) int {
		return cmp.Or(strings.Compare(unsorted[a], unsorted[b]), cmp.Compare(a, b))
	})
	for rank, position := range ix.positions {
		ix.folded[rank] = unsorted[position]
	}
	return ix
}

// HasProject reports whether one of the names is in a project that p selects, whatever p says of repositories.
func (ix *Index) HasProject(p Pattern) bool {
	if p.kind == RepositoryPaths {
		p = p.Project().all()
	}
	return len(ix.find(p, nil)) > 0
}

// at returns the positions of the names that have these ranks.
func (ix *Index) at(ranks []int) []int {
	positions := make([]int, len(ranks))
	for i, rank := range ranks {
		positions[i] = ix.positions[rank]
	}
	return positions
}

// find appends to ranks, in order, the ranks of the names that p selects.
func (ix *Index) find(p Pattern, ranks []int) []int {
	from, to := ix.span(p)
	for rank := from; rank < to; rank++ {
		if p.matches(ix.folded[rank]) {
			ranks = append(ranks, rank)
		}
	}
	return ranks
}

// drop removes from ranks, which are in order, those of the names that p selects.
func (ix *Index) drop(p Pattern, ranks []int) []int {
	from, to := ix.span(p)
	low, _ := slices.BinarySearch(ranks, from)
	high, _ := slices.BinarySearch(ranks, to)
	kept := low
	for _, rank := range ranks[low:high] {
		if !p.matches(ix.folded[rank]) {
			ranks[kept] = rank
			kept++
		}
	}
	return append(ranks[:kept], ranks[high:]...)
}

// span returns the ranks from the first to before the second, outside of which no name is selected by p. It takes time in
// the logarithm of the number of names; for a name without wildcards it holds nothing else, for a * at the end little.
func (ix *Index) span(p Pattern) (from, to int) {
	within := func(name string) bool { return strings.HasPrefix(name, p.prefix) }
	if p.Exact() {
		within = func(name string) bool { return name == p.folded }
	}
	from, _ = slices.BinarySearch(ix.folded, p.prefix)
	rest := ix.folded[from:]
	return from, from + sort.Search(len(rest), func(i int) bool { return !within(rest[i]) })
}
