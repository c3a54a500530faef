// Command testsummary reads the output of `go test -json` and prints a line for each package, the output of each failed test,
// and at the end lists of failed and skipped tests and the counts.
//
// It exits with status 1 if a test or package failed or if no test ran.
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
