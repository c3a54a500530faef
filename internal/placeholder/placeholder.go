// Package placeholder recognizes what stands in the place of a secret that nobody has filled in.
package placeholder

import (
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/lazyregexp"
)

// form is one way in which placeholders are written.
type form struct {
	open, end string
	looksLike string
}

// forms are in the order in which they are tried: a longer mark before one that it begins with.
var forms = []form{
	{"#{", "}#", "a token of a pipeline task that was not replaced (#{...}#)"},
	{"${{", "}}", "an expression of GitHub Actions that was not evaluated (${{ ... }})"},
	{"${", "}", "a variable of a shell or template that was not replaced (${...})"},
	{"$(", ")", "a variable of Azure Pipelines that was not replaced ($(...))"},
	{"{{", "}}", "a variable of a template that was not replaced ({{...}})"},
	{"__", "__", "a token of a pipeline task that was not replaced (__...__)"},
	{"<", ">", "a placeholder in angle brackets (<...>)"},
	{"[", "]", "a placeholder in brackets ([...])"},
	{"%", "%", "a variable of Windows that was not replaced (%...%)"},
	{`"`, `"`, "a value with its quotation marks"},
	{"'", "'", "a value with its quotation marks"},
}

var word = lazyregexp.New(`(?i)^(?:(?:your|my|the|insert|ado|azure|devops|flow|personal|access|api)[-_ ]*)*(?:token|pat|secret|key)(?:[-_ ]*(?:here|goes here))?$|` +
	`^(?:change[-_ ]?me|replace[-_ ]?me|to[-_ ]?do|example|placeholder|null|none|redacted|dummy|fake|test|foo)$`)

// LooksLike says what a secret looks like if it is a placeholder, such as "a placeholder in angle brackets (<...>)", and ""
// otherwise. It never repeats the value.
func LooksLike(secret string) string {
	trimmed := strings.TrimSpace(secret)
	if trimmed == "" {
		return ""
	}
	for _, form := range forms {
		if len(trimmed) >= len(form.open)+len(form.end) && strings.HasPrefix(trimmed, form.open) && strings.HasSuffix(trimmed, form.end) {
			return form.looksLike
		}
	}
	switch {
	case word().MatchString(trimmed):
		return "a word that stands for a value"
	case strings.Trim(trimmed, trimmed[:1]) == "":
		return "one character, repeated"
	}
	return ""
}
