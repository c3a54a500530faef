package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAFailureStopsWhatBuildsOnIt(t *testing.T) {
	holding := func(does string) step {
		return step{does: does, run: func(context.Context, *stage) (string, error) { return "", nil }}
	}
	failing := func(does string) step {
		return step{does: does, run: func(context.Context, *stage) (string, error) { return "", errors.New("broken") }}
	}
	alone := func(s step) step {
		s.alone = true
		return s
	}
	ended, end := context.WithCancel(t.Context())
	end()
	for name, c := range map[string]struct {
		ctx   context.Context
		story []chapter
		want  string
		held  bool
	}{
		"all hold": {
			t.Context(),
			[]chapter{{base: true, steps: []step{holding("a")}}, {steps: []step{holding("b")}}},
			"a✓ b✓", true,
		},
		"the base fails": {
			t.Context(),
			[]chapter{{base: true, steps: []step{failing("a")}}, {steps: []step{holding("b"), alone(holding("c"))}}},
			"a✗ b- c-", false,
		},
		"a step of the chain fails": {
			t.Context(),
			[]chapter{{base: true, steps: []step{holding("a")}}, {steps: []step{failing("b"), holding("c"), alone(holding("d"))}}},
			"a✓ b✗ c- d✓", false,
		},
		"a step alone fails": {
			t.Context(),
			[]chapter{{base: true, steps: []step{holding("a")}}, {steps: []step{alone(failing("b")), holding("c")}}},
			"a✓ b✗ c✓", false,
		},
		"no time":  {ended, []chapter{{base: true, steps: []step{holding("a")}}}, "a-", false},
		"no steps": {t.Context(), nil, "", false},
	} {
		var out strings.Builder
		told := &teller{out: &out}
		told.tell(c.ctx, nil, c.story)
		if diff := cmp.Diff(c.want, marks(out.String())); diff != "" {
			t.Errorf("%s: %s\n%s", name, diff, out.String())
		}
		if told.held() != c.held {
			t.Errorf("%s: held is %t", name, told.held())
		}
	}
}

// marks gives the name and mark of each step in an output.
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

func TestCountEndsWithALineForPrograms(t *testing.T) {
	var out strings.Builder
	(&teller{out: &out, passed: 3, failed: 1, left: 2}).count()
	if !strings.HasSuffix(out.String(), "\n4 steps checked, 1 failed\n3 passed, 1 failed\n") || !strings.Contains(out.String(), "2 steps were not done") {
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
