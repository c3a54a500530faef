package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// stepTimeout allows for the first build on a slow machine.
const stepTimeout = 5 * time.Minute

// section is a group of steps about one subject.
type section struct {
	title string
	why   string // why it matters, in a sentence or two
	steps []step
	// required marks the section that all others depend on.
	required bool
}

// step does one thing, checks the result, and prints one line.
type step struct {
	does string
	want string // the result that it checks
	// independent marks a step that depends on the required section alone, and that no other step depends on.
	independent bool
	// run returns lines worth printing, such as Terraform's own message, or what is wrong.
	run func(context.Context, *environment) (shown string, err error)
}

// runner runs steps, prints them and counts the results.
type runner struct {
	out io.Writer

	number, passed, failed, skipped int

	requiredFailed, dependencyFailed bool

	compact bool // whether the next step follows the last line without a blank one
}

func (r *runner) run(ctx context.Context, e *environment, sections []section) {
	for _, each := range sections {
		fmt.Fprintf(r.out, "\n%s\n%s\n", each.title, indent(wrap(each.why, lineWidth), "  "))
		r.compact = false
		for _, one := range each.steps {
			r.step(ctx, e, one, each.required)
		}
	}
}

func (r *runner) step(ctx context.Context, e *environment, one step, required bool) {
	r.number++
	if !r.compact {
		fmt.Fprintln(r.out)
	}
	r.compact = true
	fmt.Fprintf(r.out, "%4d  %s … ", r.number, one.does)
	if ctx.Err() != nil || r.requiredFailed || r.dependencyFailed && !one.independent {
		r.skipped++
		fmt.Fprintln(r.out, "skipped")
		return
	}
	stepCtx, cancel := context.WithTimeoutCause(ctx, stepTimeout, fmt.Errorf("not done after %s", stepTimeout))
	defer cancel()
	shown, err := one.run(stepCtx, e)
	if err == nil {
		r.passed++
		fmt.Fprintln(r.out, one.want, "✓")
	} else {
		r.failed++
		r.requiredFailed = r.requiredFailed || required
		r.dependencyFailed = r.dependencyFailed || !one.independent
		fmt.Fprintln(r.out, one.want, "✗")
		shown = err.Error()
		if cause := context.Cause(stepCtx); cause != nil {
			shown = cause.Error() + "\n" + shown
		}
	}
	if shown != "" {
		fmt.Fprintln(r.out, indent(shown, "      │ "))
		r.compact = false
	}
}

// ok reports whether every step so far has passed.
func (r *runner) ok() bool { return r.passed > 0 && r.failed == 0 && r.skipped == 0 }

// printResult prints the counts, on a last line that programs can read.
func (r *runner) printResult() {
	if r.skipped > 0 {
		fmt.Fprintf(r.out, "\n%d steps were skipped: a step that they depend on failed, or the demo was interrupted.\n", r.skipped)
	}
	fmt.Fprintf(r.out, "\n%d passed, %d failed\n", r.passed, r.failed)
}

// lineWidth is the width of printed text, in characters.
const lineWidth = 110

// wrap breaks each line of a text between words.
func wrap(text string, width int) string {
	var lines []string
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		for len(line) > width {
			at := strings.LastIndex(line[:width+1], " ")
			if at <= 0 {
				break
			}
			lines = append(lines, line[:at])
			line = line[at+1:]
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// indent prefixes each line.
func indent(text, prefix string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(prefix+line, " ")
	}
	return strings.Join(lines, "\n")
}
