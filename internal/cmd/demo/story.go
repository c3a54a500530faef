package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// stepLimit is how long one step may take, the first build on a slow machine included.
const stepLimit = 5 * time.Minute

// A chapter is a group of steps about one thing.
type chapter struct {
	title string
	why   string // why it matters, in a sentence or two
	steps []step
	// base marks the chapter without which nothing of the others can be shown.
	base bool
}

// A step does one thing, checks what came of it, and becomes one line of output.
type step struct {
	does  string // what is done
	holds string // what was checked
	// alone marks a step that builds on the base only, and that no other builds on.
	alone bool
	// run returns lines worth showing, such as Terraform's own message, or the reason why it does not hold.
	run func(context.Context, *stage) (shown string, err error)
}

// teller runs a story and writes it down.
type teller struct {
	out io.Writer

	number, passed, failed, left int

	baseFailed, chainFailed bool

	spaced bool // whether the next step follows the last line without a gap
}

func (t *teller) tell(ctx context.Context, s *stage, story []chapter) {
	for _, c := range story {
		fmt.Fprintf(t.out, "\n%s\n%s\n", c.title, indent(wrap(c.why, lineWidth), "  "))
		t.spaced = false
		for _, one := range c.steps {
			t.step(ctx, s, c, one)
		}
	}
}

func (t *teller) step(ctx context.Context, s *stage, c chapter, one step) {
	t.number++
	if !t.spaced {
		fmt.Fprintln(t.out)
	}
	t.spaced = true
	fmt.Fprintf(t.out, "%4d  %s … ", t.number, one.does)
	if ctx.Err() != nil || t.baseFailed || t.chainFailed && !one.alone {
		t.left++
		fmt.Fprintln(t.out, "not done")
		return
	}
	stepCtx, cancel := context.WithTimeoutCause(ctx, stepLimit, fmt.Errorf("not done after %s", stepLimit))
	defer cancel()
	shown, err := one.run(stepCtx, s)
	if err == nil {
		t.passed++
		fmt.Fprintln(t.out, one.holds, "✓")
	} else {
		t.failed++
		t.baseFailed = t.baseFailed || c.base
		t.chainFailed = t.chainFailed || !one.alone
		fmt.Fprintln(t.out, one.holds, "✗")
		shown = err.Error()
		if cause := context.Cause(stepCtx); cause != nil {
			shown = cause.Error() + "\n" + shown
		}
	}
	if shown != "" {
		fmt.Fprintln(t.out, indent(shown, "      │ "))
		t.spaced = false
	}
}

// held tells whether there was nothing wrong so far.
func (t *teller) held() bool { return t.passed > 0 && t.failed == 0 && t.left == 0 }

// count writes the result. The last line is for programs.
func (t *teller) count() {
	if t.left > 0 {
		fmt.Fprintf(t.out, "\n%d steps were not done: what they build on failed, or the demo was ended before them.\n", t.left)
	}
	fmt.Fprintf(t.out, "\n%d steps checked, %d failed\n", t.passed+t.failed, t.failed)
	fmt.Fprintf(t.out, "%d passed, %d failed\n", t.passed, t.failed)
}

// lineWidth is where text is broken, in characters.
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

// indent puts a prefix before each line.
func indent(text, prefix string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(prefix+line, " ")
	}
	return strings.Join(lines, "\n")
}
