package selector

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fold returns a form that names have in common if they differ in case alone, as strings.EqualFold has it, or in how
// Unicode composes their characters: Terraform turns every string of a configuration into Normalization Form C, so a name
// of another form, as macOS makes them, could never be written.
func fold(name string) string {
	if isASCII(name) {
		return strings.ToUpper(name)
	}
	return strings.Map(foldRune, norm.NFC.String(name))
}

func isASCII(name string) bool {
	for i := range len(name) {
		if name[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// foldRune returns the first of the characters that are the same but for case.
func foldRune(r rune) rune {
	if r < utf8.RuneSelf {
		if 'a' <= r && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}
	first := r
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		first = min(first, other)
	}
	return first
}
