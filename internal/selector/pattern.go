// Package selector picks repositories and projects out of an organization's names by patterns such as Payments/*.
package selector

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is what a pattern selects.
type Kind int

const (
	// RepositoryPaths are repositories, named as <project>/<repository>.
	RepositoryPaths Kind = iota
	// ProjectNames are projects, named as they are.
	ProjectNames
)

const (
	// separator stands between a project and a repository.
	separator = "/"
	// wildcards are any run of characters within a name (*), also none, and one character (?).
	wildcards = "*?"
)

// Pattern selects names. The zero value selects none; Parse makes the others.
//
// A * stands for any run of characters of a project's or a repository's name, a ? for one character, and all else for
// itself, whatever its case, as Azure DevOps ignores the case of names. There is no escaping, as no name
// holds a /, * or ?: Microsoft's "Naming restrictions and conventions" exclude them from the names of projects and of Git
// repositories (https://learn.microsoft.com/azure/devops/organizations/settings/naming-restrictions). The page leaves it
// open whether the API enforces all that the web pages refuse, so other characters that it excludes are accepted here.
type Pattern struct {
	kind   Kind
	text   string // as written
	folded string
	prefix string // what stands in folded before the first wildcard
}

// Parse reads a pattern: "<project>/<repository>" for RepositoryPaths, "<project>" for ProjectNames. Its error is a
// *SyntaxError.
func Parse(kind Kind, text string) (Pattern, error) {
	if err := check(kind, text); err != nil {
		return Pattern{}, err
	}
	folded := fold(text)
	prefix := folded
	if i := strings.IndexAny(folded, wildcards); i >= 0 {
		prefix = folded[:i]
	}
	return Pattern{kind, text, folded, prefix}, nil
}

// check returns what is wrong with a pattern as a *SyntaxError, or nil.
func check(kind Kind, text string) error {
	if text == "" {
		return &SyntaxError{text, 0, "the selector is empty"}
	}
	for offset, r := range text {
		if reason := foreign(r, text[offset:]); reason != "" {
			return &SyntaxError{text, offset, reason}
		}
	}
	if at := outerSpace(text); at >= 0 {
		return &SyntaxError{text, at, "no name begins or ends with white space"}
	}
	first := strings.Index(text, separator)
	if kind == ProjectNames {
		if first >= 0 {
			return &SyntaxError{text, first, `a "/" cannot be part of a project's name, and repositories are not selected here`}
		}
		return nil
	}
	switch last := strings.LastIndex(text, separator); {
	case strings.Trim(text, "*") == "":
		return &SyntaxError{text, len(text), `the "/" is missing: "*/*" is all repositories`}
	case first < 0:
		return &SyntaxError{text, len(text), `the "/" is missing: a selector is <project>/<repository>, and <project>/* is all of a project`}
	case first == 0:
		return &SyntaxError{text, 0, `the project is missing before the "/"; * is any`}
	case last != first:
		return &SyntaxError{text, first + 1 + strings.Index(text[first+1:], separator), `a second "/": a selector is <project>/<repository>, and neither name can hold one`}
	case first == len(text)-1:
		return &SyntaxError{text, len(text), `the repository is missing after the "/"; * is any`}
	}
	return nil
}

// foreign says why the character r, with which rest begins, is in no name; "" if it may be in one.
func foreign(r rune, rest string) string {
	switch {
	case r == utf8.RuneError && !strings.HasPrefix(rest, string(utf8.RuneError)):
		return "this is not UTF-8"
	case unicode.IsControl(r):
		return "a control character cannot be part of a name"
	case r == '\\':
		return `a "\" cannot be part of a name, escapes nothing, and separates nothing: "/" does`
	}
	return ""
}

// outerSpace returns where white space stands at either end of a part of a pattern; -1 if nowhere.
func outerSpace(text string) int {
	offset := 0
	for part := range strings.SplitSeq(text, separator) {
		if strings.TrimLeftFunc(part, unicode.IsSpace) != part {
			return offset
		}
		if inner := strings.TrimRightFunc(part, unicode.IsSpace); inner != part {
			return offset + len(inner)
		}
		offset += len(part) + len(separator)
	}
	return -1
}

// String returns the pattern as it was written.
func (p Pattern) String() string { return p.text }

// Exact reports whether the pattern is without wildcards, and so the name of one thing.
func (p Pattern) Exact() bool { return len(p.prefix) == len(p.folded) }

// HasBrackets reports whether the pattern has brackets: elsewhere, [ab] is any of two characters.
func (p Pattern) HasBrackets() bool { return strings.Contains(p.text, "[") }

// Project returns what a pattern says of projects alone: of Payments/api-* the pattern Payments.
func (p Pattern) Project() Pattern {
	text, _, _ := strings.Cut(p.text, separator)
	folded, _, _ := strings.Cut(p.folded, separator)
	prefix, _, _ := strings.Cut(p.prefix, separator)
	return Pattern{ProjectNames, text, folded, prefix}
}

// all returns the pattern of all repositories of what p, a pattern of projects, selects.
func (p Pattern) all() Pattern {
	prefix := p.prefix
	if p.Exact() {
		prefix += separator
	}
	return Pattern{RepositoryPaths, p.text + separator + "*", p.folded + separator + "*", prefix}
}

// matches reports whether the pattern selects a name, which is folded.
func (p Pattern) matches(name string) bool {
	if p.kind == ProjectNames {
		return p.folded != "" && glob(p.folded, name)
	}
	project, repository, isPath := strings.Cut(name, separator)
	wantedProject, wantedRepository, isParsed := strings.Cut(p.folded, separator)
	return isPath && isParsed && glob(wantedProject, project) && glob(wantedRepository, repository)
}

// glob reports whether all of name has the form of pattern, in time bounded by the product of their lengths. (path.Match
// does not serve: to it, brackets and backslashes are special as well.)
func glob(pattern, name string) bool {
	p, n := 0, 0
	// Behind the last * met in pattern, and where in name the run ends that it stands for so far.
	afterStar, runEnd := -1, 0
	for n < len(name) {
		_, size := utf8.DecodeRuneInString(name[n:])
		switch {
		case strings.HasPrefix(pattern[p:], "*"):
			p++
			if p == len(pattern) {
				return true // It stands for all the rest.
			}
			afterStar, runEnd = p, n
		case strings.HasPrefix(pattern[p:], "?"):
			p++
			n += size
		case strings.HasPrefix(pattern[p:], name[n:n+size]):
			p += size
			n += size
		case afterStar >= 0:
			_, size = utf8.DecodeRuneInString(name[runEnd:])
			runEnd += size
			p, n = afterStar, runEnd
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
