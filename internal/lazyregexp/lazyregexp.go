// Package lazyregexp has regular expressions that are compiled when they are first used. Terraform starts the provider several
// times for each command, and most starts use none of them.
package lazyregexp

import (
	"regexp"
	"sync"
)

// New returns a function that returns the compiled expression. It panics at its first call if the expression is malformed.
func New(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
