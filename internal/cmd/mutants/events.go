package main

import (
	"bufio"
	"encoding/json"
	"io"
	"strings"
)

// event is one line of `go test -json` (see `go doc test2json` and `go help buildjson`).
type event struct {
	Action string `json:"Action"`
	Test   string `json:"Test"`
	Output string `json:"Output"`
}

// tested is what a run of tests has shown.
type tested struct {
	built bool
	// ran counts the tests that passed or failed, subtests included: what is skipped shows nothing.
	ran int
	// failed is the first test that failed; "" if none did.
	failed string
	output string
}

// readTests reads the events of a run.
func readTests(in io.Reader) (tested, error) {
	done := tested{built: true}
	var output strings.Builder
	running := ""
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		var e event
		if len(line) > 0 && json.Unmarshal(line, &e) == nil {
			output.WriteString(e.Output)
			switch e.Action {
			case "run":
				running = e.Test
			case "build-fail":
				done.built = false
			case "pass", "fail":
				done.count(e, running)
			}
		}
		if err == io.EOF {
			done.output = output.String()
			return done, nil
		}
		if err != nil {
			return tested{}, err
		}
	}
}

// count adds the end of a test or of the package. A package that fails without a test that did has crashed: the test that
// began last is named.
func (t *tested) count(e event, running string) {
	if e.Test != "" {
		t.ran++
	}
	switch {
	case e.Action == "pass" || t.failed != "":
	case e.Test != "":
		t.failed = e.Test
	case running != "":
		t.ran++
		t.failed = running
	}
}
