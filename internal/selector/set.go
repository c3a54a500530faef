package selector

import (
	"errors"
	"slices"
)

// Set selects the names that one of its include patterns selects and none of its exclude patterns.
type Set struct{ include, exclude []Pattern }

// NewSet parses the patterns of a set. Its error holds the *SyntaxError of each that cannot be read.
func NewSet(kind Kind, include, exclude []string) (Set, error) {
	included, inIncludes := parseAll(kind, include)
	excluded, inExcludes := parseAll(kind, exclude)
	if err := errors.Join(inIncludes, inExcludes); err != nil {
		return Set{}, err
	}
	return Set{included, excluded}, nil
}

func parseAll(kind Kind, texts []string) ([]Pattern, error) {
	patterns := make([]Pattern, len(texts))
	failures := make([]error, len(texts))
	for i, text := range texts {
		patterns[i], failures[i] = Parse(kind, text)
	}
	return patterns, errors.Join(failures...)
}

// Exclude returns the exclude patterns, in the order given.
func (s Set) Exclude() []Pattern { return slices.Clone(s.exclude) }

// Include returns the include patterns, in the order given.
func (s Set) Include() []Pattern { return slices.Clone(s.include) }

// Matches is what a set selects of an index.
type Matches struct {
	// Indexes says which of the names given to NewIndex are selected, in the order of the names, case ignored.
	Indexes []int
	// Counts says how many names each include pattern selects by itself, whether excluded or not: 0 is a pattern that
	// most likely is mistyped.
	Counts []int
}

// Match finds what the set selects. Beside the names found, it takes time for each pattern: next to none if it has no
// wildcard; for the names that begin with what stands before its first wildcard otherwise. Exclude patterns look only at
// what is included.
func (s Set) Match(ix *Index) Matches {
	m := Matches{Counts: make([]int, len(s.include))}
	var ranks []int
	for i, p := range s.include {
		before := len(ranks)
		ranks = ix.find(p, ranks)
		m.Counts[i] = len(ranks) - before
	}
	slices.Sort(ranks)
	ranks = slices.Compact(ranks)
	for _, p := range s.exclude {
		ranks = ix.drop(p, ranks)
	}
	m.Indexes = ix.at(ranks)
	return m
}
