package selector

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// SyntaxError is a pattern that Parse cannot read.
type SyntaxError struct {
	// Pattern is what was to be read.
	Pattern string
	// Offset is where reading ended, in bytes; len(Pattern) if something is missing at the end.
	Offset int
	// Reason is what is wrong there, as a clause.
	Reason string
}

// Error returns the reason and its place, counted in characters from 1.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("selector %q, character %d: %s", e.Pattern, 1+utf8.RuneCountInString(e.Pattern[:e.Offset]), e.Reason)
}

// Marked returns the pattern and, on a second line, a mark under the place of the error, for output of fixed width.
func (e *SyntaxError) Marked() string {
	// A control character would break the line, and shift the mark.
	visible := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return '·'
			}
			return r
		}, s)
	}
	before := visible(e.Pattern[:e.Offset])
	return before + visible(e.Pattern[e.Offset:]) + "\n" + strings.Repeat(" ", columns(before)) + "^"
}

// columns is how many columns of a terminal a text fills.
func columns(text string) int {
	n := 0
	for _, r := range text {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case kind == width.EastAsianWide, kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}
