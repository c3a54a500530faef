package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAFailureSkipsTheStepsThatDependOnIt(t *testing.T) {
	passing := func(does string) step {
		return step{does: does, run: func(context.Context, *environment) (string, error) { return "", nil }}
	}
	failing := func(does string) step {
		return step{does: does, run: func(context.Context, *environment) (string, error) { return "", errors.New("broken") }}
	}
	independent := func(s step) step {
		s.independent = true
		return s
	}
	ended, end := context.WithCancel(t.Context())
	end()
	for name, c := range map[string]struct {
		ctx      context.Context
		sections []section
		want     string
		ok       bool
	}{
		"all pass": {
			t.Context(),
			[]section{{required: true, steps: []step{passing("a")}}, {steps: []step{passing("b")}}},
			"a✓ b✓", true,
		},
		"the required section fails": {
			t.Context(),
			[]section{{required: true, steps: []step{failing("a")}}, {steps: []step{passing("b"), independent(passing("c"))}}},
			"a✗ b- c-", false,
		},
		"a step that others depend on fails": {
			t.Context(),
			[]section{{required: true, steps: []step{passing("a")}}, {steps: []step{failing("b"), passing("c"), independent(passing("d"))}}},
			"a✓ b✗ c- d✓", false,
		},
		"an independent step fails": {
			t.Context(),
			[]section{{required: true, steps: []step{passing("a")}}, {steps: []step{independent(failing("b")), passing("c")}}},
			"a✓ b✗ c✓", false,
		},
		"no time":  {ended, []section{{required: true, steps: []step{passing("a")}}}, "a-", false},
		"no steps": {t.Context(), nil, "", false},
	} {
		var out strings.Builder
		r := &runner{out: &out}
		r.run(c.ctx, nil, c.sections)
		if diff := cmp.Diff(c.want, marks(out.String())); diff != "" {
			t.Errorf("%s: %s\n%s", name, diff, out.String())
		}
		if r.ok() != c.ok {
			t.Errorf("%s: ok is %t", name, r.ok())
		}
	}
}

// marks returns the name and mark of each step in an output.
func marks(output string) string {
	var found []string
	for line := range strings.Lines(output) {
		before, after, isStep := strings.Cut(line, "…")
		if !isStep {
			continue
		}
		mark := "-"
		for _, one := range []string{"✓", "✗"} {
			if strings.Contains(after, one) {
				mark = one
			}
		}
		found = append(found, strings.Fields(before)[1]+mark)
	}
	return strings.Join(found, " ")
}

func TestTheResultEndsWithALineForPrograms(t *testing.T) {
	var out strings.Builder
	(&runner{out: &out, passed: 3, failed: 1, skipped: 2}).printResult()
	if !strings.HasSuffix(out.String(), "\n3 passed, 1 failed\n") || !strings.Contains(out.String(), "2 steps were skipped") {
		t.Errorf("got %q", out.String())
	}
}

func TestWrap(t *testing.T) {
	for text, want := range map[string]string{
		"":                         "",
		"one two":                  "one two",
		"one two three four":       "one two\nthree four",
		"onetwothreefour five":     "onetwothreefour five",
		"one\n\ntwo three four":    "one\n\ntwo three\nfour",
		"one two three four five ": "one two\nthree four\nfive ",
	} {
		if diff := cmp.Diff(want, wrap(text, 10)); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}
