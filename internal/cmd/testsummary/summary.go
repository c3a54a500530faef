package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// event is one line of `go test -json` (see `go doc test2json` and `go help buildjson`).
type event struct {
	Action  string `json:"Action"`
	Package string `json:"Package"`
	Test    string `json:"Test"`
	Output  string `json:"Output"`
}

// result is a failed or skipped test, with its output.
type result struct {
	pkg, test, output string
}

type key struct{ pkg, test string }

// summary collects results. It prints failures at once and lists at the end.
type summary struct {
	out     io.Writer
	running map[key]*bytes.Buffer // output of tests, and of packages by an empty test, that have not ended
	passed  int
	failed  []result
	skipped []result
}

func newSummary(out io.Writer) *summary {
	return &summary{out: out, running: map[key]*bytes.Buffer{}}
}

// read handles one event per line. Other lines are the go command's own, and are printed.
func (s *summary) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil || e.Action == "" {
				fmt.Fprintf(s.out, "%s", line)
			} else {
				s.handle(e)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (s *summary) handle(e event) {
	switch {
	case e.Action == "build-output":
		fmt.Fprint(s.out, e.Output)
	case e.Test != "":
		s.handleTest(e)
	case e.Package != "":
		s.handlePackage(e)
	}
}

func (s *summary) handleTest(e event) {
	switch e.Action {
	case "run":
		s.running[key{e.Package, e.Test}] = &bytes.Buffer{}
	case "output":
		s.buffer(e).WriteString(e.Output)
	case "pass":
		s.passed++
		s.take(e)
	case "skip":
		s.skipped = append(s.skipped, result{e.Package, e.Test, s.take(e)})
	case "fail":
		s.fail(e.Package, e.Test, s.take(e))
	}
}

// handlePackage prints the line that go test ends a package with.
func (s *summary) handlePackage(e event) {
	switch e.Action {
	case "output":
		s.buffer(e).WriteString(e.Output)
	case "pass":
		fmt.Fprint(s.out, closingLine(s.take(e)))
	case "skip": // the package has no tests
		s.take(e)
	case "fail":
		s.failPackage(e)
	}
}

// failPackage adds the tests that a crash or timeout has interrupted. A package that failed without any, because it did not
// build or its TestMain failed, counts as one failure.
func (s *summary) failPackage(e event) {
	own := s.take(e)
	known := slices.ContainsFunc(s.failed, func(r result) bool { return r.pkg == e.Package })
	var interrupted []string
	for k := range s.running {
		if k.pkg == e.Package {
			interrupted = append(interrupted, k.test)
		}
	}
	slices.Sort(interrupted)
	for _, test := range interrupted {
		s.fail(e.Package, test, s.take(event{Package: e.Package, Test: test}))
		known = true
	}
	if known {
		fmt.Fprint(s.out, own)
		return
	}
	s.fail(e.Package, "", own)
}

func (s *summary) fail(pkg, test, output string) {
	s.failed = append(s.failed, result{pkg, test, output})
	for line := range strings.Lines(output) {
		if !strings.HasPrefix(line, "=== ") { // RUN, PAUSE, CONT
			fmt.Fprint(s.out, line)
		}
	}
}

func (s *summary) buffer(e event) *bytes.Buffer {
	k := key{e.Package, e.Test}
	if s.running[k] == nil {
		s.running[k] = &bytes.Buffer{}
	}
	return s.running[k]
}

// take returns and removes the output of a test or package.
func (s *summary) take(e event) string {
	output := s.buffer(e).String()
	delete(s.running, key{e.Package, e.Test})
	return output
}

// finish prints lists and counts, and reports whether tests ran and none failed.
func (s *summary) finish() bool {
	for k, output := range s.running { // the input ended early
		s.failed = append(s.failed, result{k.pkg, k.test, output.String()})
	}
	s.list("Failed", s.failed, func(result) string { return "" })
	s.list("Skipped", s.skipped, func(r result) string { return ": " + reason(r.output) })
	fmt.Fprintf(s.out, "\n%d passed, %d failed, %d skipped\n", s.passed, len(s.failed), len(s.skipped))
	return len(s.failed) == 0 && s.passed > 0
}

func (s *summary) list(title string, results []result, why func(result) string) {
	if len(results) == 0 {
		return
	}
	slices.SortFunc(results, func(a, b result) int {
		return cmp.Or(strings.Compare(a.pkg, b.pkg), strings.Compare(a.test, b.test))
	})
	fmt.Fprintf(s.out, "\n%s:\n", title)
	for _, r := range results {
		fmt.Fprintf(s.out, "  %s%s\n", strings.TrimSpace(r.pkg+" "+r.test), why(r))
	}
}

// closingLine returns the line that ends a package's output ("ok  	<package>	0.2s").
func closingLine(output string) string {
	lines := strings.SplitAfter(output, "\n")
	for _, line := range slices.Backward(lines) {
		if strings.HasPrefix(line, "ok") {
			return line
		}
	}
	return output
}

var (
	// frame matches what go test prints around a test's own output.
	frame = regexp.MustCompile(`^\s*(=== |--- )`)
	// position matches the file and line before what a test logs.
	position = regexp.MustCompile(`^\s*[\w.-]+\.go:\d+: `)
)

// reason returns what a skipped test has logged, on one line.
func reason(output string) string {
	var words []string
	for line := range strings.Lines(output) {
		if !frame.MatchString(line) {
			words = append(words, strings.Fields(position.ReplaceAllString(line, ""))...)
		}
	}
	if len(words) == 0 {
		return "no reason given"
	}
	return strings.Join(words, " ")
}
