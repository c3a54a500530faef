// Command mutants makes small changes to the provider, one at a time, and runs the tests that have to notice each: a test that
// nothing can fail shows nothing. It leaves the sources alone: the compiler is given the changed file in place of the real one.
//
// It exits with status 1 unless a test has caught every mutation.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

func run() error {
	only := flag.String("only", "", "run only the mutations whose name matches this regular `expression`")
	output := flag.String("o", "", "write the results as JSON to this `file`, after each mutation")
	flag.Parse()
	wanted, err := regexp.Compile(*only)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	root, err := moduleRoot(ctx)
	if err != nil {
		return err
	}
	chosen := matching(mutations(), wanted)
	if len(chosen) == 0 {
		return fmt.Errorf("no mutation has a name that matches %q", *only)
	}
	r := runner{root: root, out: os.Stdout, file: *output}
	return r.run(ctx, chosen)
}
