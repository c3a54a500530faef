package selector

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agext/levenshtein"
)

// How far a name is from the one meant is the number of mistyped characters. These are as bad as so many.
const (
	// partly is a name that holds the one meant, or is held by it.
	partly = 3
	// elsewhere is the right repository in a project of quite another name.
	elsewhere = 4
	// neighbor is a repository of quite another name in the right project, better than nothing.
	neighbor = far - 1
	// far is no suggestion.
	far = 1 << 16
)

// Nearest returns up to limit patterns that select something and are likely to be meant by p, which selects nothing: names
// with a few other letters, the same repository in another project, or else repositories of the same project, the
// likeliest first. What p has in wildcards is kept as far as it fits: for Paymnts/* it returns Payments/*.
func (ix *Index) Nearest(p Pattern, limit int) []string {
	distances := make(map[string]int)
	for rank, folded := range ix.folded {
		distance := p.distance(folded)
		if distance >= far {
			continue
		}
		suggestion := p.suggest(ix.names[ix.positions[rank]])
		if check(p.kind, suggestion) != nil {
			continue // A name that breaks the rules for names is not helped by them.
		}
		if known, ok := distances[suggestion]; !ok || distance < known {
			distances[suggestion] = distance
		}
	}
	nearest := slices.SortedFunc(maps.Keys(distances), func(a, b string) int {
		return cmp.Or(cmp.Compare(distances[a], distances[b]), strings.Compare(a, b))
	})
	if len(nearest) > 0 && distances[nearest[0]] < neighbor {
		nearest = slices.DeleteFunc(nearest, func(suggestion string) bool { return distances[suggestion] == neighbor })
	}
	return nearest[:min(limit, len(nearest))]
}

// distance is how far a name, which is folded, is from the one meant by p.
func (p Pattern) distance(name string) int {
	if p.kind == ProjectNames {
		return distance(p.folded, name)
	}
	project, repository, isPath := strings.Cut(name, separator)
	if !isPath {
		return far
	}
	meantProject, meantRepository, _ := strings.Cut(p.folded, separator)
	toProject := distance(meantProject, project)
	if meantRepository == repository {
		return min(toProject, elsewhere)
	}
	if toProject >= far {
		return far
	}
	toRepository := distance(meantRepository, repository)
	if meantProject == project && toRepository >= far {
		return neighbor
	}
	return toProject + toRepository
}

// distance is how far a project's or a repository's name is from the one meant, which may have wildcards.
func distance(meant, name string) int {
	switch {
	case glob(meant, name):
		return 0
	case strings.ContainsAny(meant, wildcards):
		return far
	}
	// Two characters may differ, of long names a third, but not all.
	length := utf8.RuneCountInString(meant)
	most := min(max(2, length/3), length-1)
	if difference := length - utf8.RuneCountInString(name); max(difference, -difference) <= most {
		// Without the library's bound on the distance, with which it returns less than the distance.
		if edits := levenshtein.Distance(meant, name, nil); edits <= most {
			return edits
		}
	}
	if contains(name, meant) || contains(meant, name) {
		return partly
	}
	return far
}

// contains reports whether a name holds another that is more than a character, which would be in all.
func contains(name, part string) bool {
	return utf8.RuneCountInString(part) > 1 && strings.Contains(name, part)
}

// suggest returns a pattern that selects name, with the wildcards of p that fit it.
func (p Pattern) suggest(name string) string {
	keep := func(written, name string) string {
		if strings.ContainsAny(written, wildcards) && glob(fold(written), fold(name)) {
			return written
		}
		return name
	}
	if p.kind == ProjectNames {
		return keep(p.text, name)
	}
	project, repository, _ := strings.Cut(name, separator)
	writtenProject, writtenRepository, _ := strings.Cut(p.text, separator)
	return keep(writtenProject, project) + separator + keep(writtenRepository, repository)
}
