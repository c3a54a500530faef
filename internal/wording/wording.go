// Package wording joins words into the sentences and lists of messages.
package wording

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Enumerate joins names as a sentence does: "a", "a and b", "a, b and c".
func Enumerate(names []string) string { return join(names, " and ") }

// Alternatives joins names as a question does: "a", "a or b", "a, b or c".
func Alternatives(names []string) string { return join(names, " or ") }

func join(names []string, last string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	end := len(names) - 1
	return strings.Join(names[:end], ", ") + last + names[end]
}

// Quoted puts each name in quotation marks.
func Quoted(names []string) []string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = fmt.Sprintf("%q", name)
	}
	return quoted
}

// First enumerates names in quotation marks; of more than most only the first, and how many there are besides.
func First(names []string, most int) string {
	if len(names) <= most {
		return Enumerate(Quoted(names))
	}
	return strings.Join(Quoted(names[:most]), ", ") + fmt.Sprintf(", and %d more", len(names)-most)
}

// Bullets lists names, each on a line of its own; of more than most only the first, and how many there are besides.
func Bullets(names []string, most int) string {
	lines := make([]string, 0, most+1)
	for i, name := range names {
		if i == most {
			lines = append(lines, fmt.Sprintf("  and %d more", len(names)-i))
			break
		}
		lines = append(lines, "  - "+name)
	}
	return strings.Join(lines, "\n")
}

// Sentence writes a text as a sentence of its own, with a capital letter and a period. An empty text remains empty.
func Sentence(text string) string {
	text = strings.TrimRight(text, ". ")
	if text == "" {
		return ""
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:] + "."
}
