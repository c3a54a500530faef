// Command demo shows the main job from nothing: it starts a Flow workspace and an Azure DevOps organization on loopback,
// drives real Terraform through a story with them, and checks each step of it.
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

// limit is how long all of it may take. Most of it is for the first build on a slow machine.
const limit = 15 * time.Minute

var errInterrupted = errors.New("interrupted")

// story is what is shown, in its order.
var story = []chapter{
	start, refusals, connection, drift, rotation, restart, adoption, deletion, secrecy,
}

func main() {
	if !demo() {
		os.Exit(1)
	}
}

// demo runs the demo within its limit and reports whether every step of it held.
func demo() bool {
	ctx, cancel := context.WithTimeoutCause(context.Background(), limit, fmt.Errorf("not done after %s", limit))
	defer cancel()
	ctx, interrupt := context.WithCancelCause(ctx)
	defer interrupt(nil)
	go interruptOnSignal(interrupt)
	return run(ctx)
}

// interruptOnSignal waits for the user to end the program, or to close what it prints to. All signals are taken, the
// later ones without effect: by default they would end the program and leave the sandbox running.
func interruptOnSignal(interrupt context.CancelCauseFunc) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	<-signals
	interrupt(errInterrupted)
}

// run tells the story on a stage of its own.
func run(ctx context.Context) bool {
	s, err := newStage()
	if err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		return false
	}
	t := &teller{out: os.Stdout}
	t.tell(ctx, s, story)
	keep := !t.held() && !errors.Is(context.Cause(ctx), errInterrupted)
	if keep {
		fmt.Fprintf(os.Stdout, "\nWhat the steps left is in %s\n", s.dir)
	}
	closed := s.close(keep)
	if closed != nil {
		fmt.Fprintln(os.Stderr, "demo:", closed)
	}
	t.count()
	return t.held() && closed == nil
}
