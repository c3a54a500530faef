// Command testsummary reads what `go test -json` prints and writes what a person wants to see: a
// line for each package, the whole output of each test that failed, and at the end the tests
// that failed, those that were skipped with their reasons, and the counts.
//
// It exits with status 1 when a test or package failed or when no test ran.
package main

import (
	"fmt"
	"os"
)

func main() {
	s := newSummary(os.Stdout)
	if err := s.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testsummary:", err)
		os.Exit(1)
	}
	if !s.finish() {
		os.Exit(1)
	}
}
