package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

const (
	// mutantTimeout bounds the tests of one mutation: one that makes a test hang is caught by it.
	mutantTimeout = 4 * time.Minute
	// packageTimeout bounds all the tests of a package.
	packageTimeout = 20 * time.Minute
	// buildTimeout is what a compilation may take besides.
	buildTimeout = 10 * time.Minute
)

// result is what became of one mutation.
type result struct {
	Name    string  `json:"name"`
	Breaks  string  `json:"breaks"`
	File    string  `json:"file"`
	Outcome outcome `json:"outcome"`
	// Test is the first that failed.
	Test string `json:"test,omitempty"`
	// Error says why the tests could not be run.
	Error   string  `json:"error,omitempty"`
	Seconds float64 `json:"seconds"`
}

// outcome is what became of a mutation.
type outcome string

const (
	caught   outcome = "caught"
	survived outcome = "SURVIVED"
	// broken is a mutation with which the tests do not run: it shows nothing.
	broken outcome = "BROKEN"
)

// runner tries mutations.
type runner struct {
	root string
	out  io.Writer
	// file receives the results; "" for none.
	file string
}

func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	return strings.TrimSpace(string(out)), err
}

// run checks that the tests pass without any mutation, tries each, and prints the table.
func (r runner) run(ctx context.Context, chosen []mutation) error {
	if err := r.passUnchanged(ctx, chosen); err != nil {
		return err
	}
	var results []result
	for n, m := range chosen {
		fmt.Fprintf(r.out, "%d of %d: %s\n", n+1, len(chosen), m.name)
		one, err := r.try(ctx, m)
		if err != nil {
			return err
		}
		results = append(results, one)
		if err := r.save(results); err != nil {
			return err
		}
	}
	return r.conclude(results)
}

// passUnchanged runs all the tests without a mutation: one that fails anyway would catch everything.
func (r runner) passUnchanged(ctx context.Context, chosen []mutation) error {
	names := map[string]string{}
	for _, m := range chosen {
		names[m.tests.pkg] += " " + m.tests.names
	}
	for _, pkg := range slices.Sorted(maps.Keys(names)) {
		fmt.Fprintf(r.out, "%s without a mutation\n", pkg)
		tests, err := r.test(ctx, suite{pkg, strings.Join(slices.Compact(slices.Sorted(strings.FieldsSeq(names[pkg]))), " ")}, packageTimeout)
		switch {
		case err != nil:
			return err
		case tests.failed != "":
			return fmt.Errorf("%s fails in %s without a mutation:\n%s", tests.failed, pkg, tests.output)
		}
	}
	return nil
}

// try runs the tests of one mutation. The error is that of an interrupt.
func (r runner) try(ctx context.Context, m mutation) (result, error) {
	start := time.Now()
	failed, err := r.firstFailure(ctx, m)
	if ctx.Err() != nil {
		return result{}, context.Cause(ctx)
	}
	one := result{Name: m.name, Breaks: m.breaks, File: m.file, Outcome: caught, Test: failed, Seconds: time.Since(start).Round(100 * time.Millisecond).Seconds()}
	switch {
	case err != nil:
		one.Outcome, one.Error = broken, err.Error()
	case failed == "":
		one.Outcome = survived
	}
	return one, nil
}

// firstFailure returns the first test that fails because of a mutation; "" if none does.
func (r runner) firstFailure(ctx context.Context, m mutation) (string, error) {
	folder, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	overlay, err := m.overlay(r.root, folder)
	if err != nil {
		return "", err
	}
	tests, err := r.test(ctx, m.tests, mutantTimeout, "-overlay="+overlay)
	return tests.failed, err
}

// test runs tests until the first failure. Tests that cannot be compiled, or of which none ran, are an error. The flags are
// in the environment, where the go command also finds them when tests build the provider for Terraform.
func (r runner) test(ctx context.Context, tests suite, timeout time.Duration, flags ...string) (tested, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout+buildTimeout)
	defer cancel()
	usual, err := exec.CommandContext(ctx, "go", "env", "GOFLAGS").Output()
	if err != nil {
		return tested{}, err
	}
	command := exec.CommandContext(ctx, "go", "test", "-json", "-count=1", "-failfast", "-vet=off", "-timeout", timeout.String(), "-run", tests.pattern(), "./"+tests.pkg)
	command.Dir = r.root
	command.Env = append(os.Environ(), "GOFLAGS="+strings.Join(append(flags, strings.TrimSpace(string(usual))), " "))
	var stderr strings.Builder
	command.Stderr = &stderr
	stdout, err := command.StdoutPipe()
	if err != nil {
		return tested{}, err
	}
	if err := command.Start(); err != nil {
		return tested{}, err
	}
	done, readErr := readTests(stdout)
	_ = command.Wait() // The events say whether tests failed.
	switch {
	case ctx.Err() != nil:
		return tested{}, context.Cause(ctx)
	case readErr != nil:
		return tested{}, readErr
	case done.built && done.ran > 0:
		return done, nil
	case done.built:
		return tested{}, fmt.Errorf("no test of %s ran:\n%s", tests.pkg, done.output)
	}
	return tested{}, fmt.Errorf("%s cannot be compiled:\n%s%s", tests.pkg, done.output, stderr.String())
}

// save writes the results so far.
func (r runner) save(results []result) error {
	if r.file == "" {
		return nil
	}
	text, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(r.file), 0o750); err != nil {
		return err
	}
	return os.WriteFile(r.file, append(text, '\n'), 0o600)
}

// conclude prints the table. It returns an error unless each mutation was caught.
func (r runner) conclude(results []result) error {
	table := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', 0)
	fmt.Fprint(table, "\nmutation\tcaught by\tseconds\n")
	var missed []result
	for _, one := range results {
		by := one.Test
		if one.Outcome != caught {
			by = string(one.Outcome)
			missed = append(missed, one)
		}
		fmt.Fprintf(table, "%s\t%s\t%.1f\n", one.Name, by, one.Seconds)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(r.out, "\n%d mutations, %d caught\n", len(results), len(results)-len(missed))
	if len(missed) == 0 {
		return nil
	}
	for _, one := range missed {
		fmt.Fprintf(r.out, "\n%s %s (%s): %s\n%s", one.Name, one.Outcome, one.File, one.Breaks, one.Error)
	}
	return errors.New("tests miss what a user would feel")
}
