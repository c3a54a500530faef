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

// An event is one line of `go test -json`, see `go doc test2json` and `go help
// buildjson`.
type event struct {
	Action  string `json:"Action"`
	Package string `json:"Package"`
	Test    string `json:"Test"`
	Output  string `json:"Output"`
}

// A result is a test that did not pass, with the output that tells why.
type result struct {
	pkg, test, output string
}

type key struct{ pkg, test string }

// A summary collects results and writes what is not for the end at once.
type summary struct {
	out     io.Writer
	running map[key]*bytes.Buffer // output of tests (and, with an empty test, packages) not yet ended
	passed  int
	failed  []result
	skipped []result
}

func newSummary(out io.Writer) *summary {
	return &summary{out: out, running: map[key]*bytes.Buffer{}}
}

// read handles one event a line. A line that is no event is the go command's own and passed on.
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

// handlePackage writes the package's closing line, which go test words itself.
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

// failPackage also finds the tests that a crash or a time limit kept from ending, and makes a
// package that failed by itself (it did not build, its TestMain failed) one failure.
func (s *summary) failPackage(e event) {
	own := s.take(e)
	known := slices.ContainsFunc(s.failed, func(r result) bool { return r.pkg == e.Package })
	var cut []string
	for k := range s.running {
		if k.pkg == e.Package {
			cut = append(cut, k.test)
		}
	}
	slices.Sort(cut)
	for _, test := range cut {
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
		if !strings.HasPrefix(line, "=== ") { // that a test starts, pauses or goes on
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

// take returns a test's or package's output and forgets it.
func (s *summary) take(e event) string {
	output := s.buffer(e).String()
	delete(s.running, key{e.Package, e.Test})
	return output
}

// finish writes the closing lists and counts and reports whether all is well.
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

// closingLine is the last line of a package's own output ("ok  	<package>	0.2s").
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
	// frame is what go test writes around a test's own output.
	frame = regexp.MustCompile(`^\s*(=== |--- )`)
	// position is the file and line in front of what a test logs.
	position = regexp.MustCompile(`^\s*[\w.-]+\.go:\d+: `)
)

// reason is what a skipped test said, on one line.
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
