// Command demo shows the provider's main job: it starts a Flow workspace and an Azure DevOps organization on loopback, runs
// real Terraform with them step by step, and checks each step.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// timeout allows for the first build on a slow machine.
const timeout = 15 * time.Minute

var errInterrupted = errors.New("interrupted")

// sections are in the order in which they run.
var sections = []section{
	start, refusals, connection, drift, rotation, restart, adoption, deletion, secrecy,
}

func main() {
	if !demo() {
		os.Exit(1)
	}
}

// demo runs the demo until its timeout, and reports whether every step passed.
func demo() bool {
	ctx, cancel := context.WithTimeoutCause(context.Background(), timeout, fmt.Errorf("not done after %s", timeout))
	defer cancel()
	ctx, interrupt := context.WithCancelCause(ctx)
	defer interrupt(nil)
	go interruptOnSignal(interrupt)
	return run(ctx)
}

// interruptOnSignal interrupts the demo at the first signal and ignores later ones: by default, these would end the program
// and leave the sandbox running.
func interruptOnSignal(interrupt context.CancelCauseFunc) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	<-signals
	interrupt(errInterrupted)
}

func run(ctx context.Context) bool {
	e, err := newEnvironment()
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		return false
	}
	r := &runner{out: os.Stdout}
	r.run(ctx, e, sections)
	keep := !r.ok() && !errors.Is(context.Cause(ctx), errInterrupted)
	if keep {
		fmt.Fprintf(os.Stdout, "\nThe files of this run are in %s\n", e.dir)
	}
	closeErr := e.close(keep)
	if closeErr != nil {
		fmt.Fprintln(os.Stderr, "demo:", closeErr)
	}
	r.printResult()
	return r.ok() && closeErr == nil
}
