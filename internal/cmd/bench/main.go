// Command bench measures whole Terraform commands against the sandbox, each with a baseline from the same run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandboxprocess"
	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// extent is how much is measured.
type extent struct {
	Sizes         []int         // repositories of each organization to plan in, ascending
	PlanLatency   time.Duration // of each answer, for a plan in the largest of them
	Imports       int           // repositories of a first import
	ImportLatency time.Duration // of each answer meanwhile
	Instances     int           // of a resource, in one configuration
	Rounds        int           // how often each time is taken
	Only          string        // a regular expression for the steps to measure; empty: all
}

// full is the extent that the limits are for.
var full = extent{
	Sizes:         []int{10, 100, 1_000, 10_000},
	PlanLatency:   200 * time.Millisecond,
	Imports:       2_000,
	ImportLatency: 20 * time.Millisecond,
	Instances:     1_000,
	Rounds:        5,
}

func main() {
	if provider := os.Getenv(watchedVariable); provider != "" {
		os.Exit(watch(provider))
	}
	output := flag.String("o", filepath.Join(".cache", "bench", "commands.json"), "`file` for the measurements, as JSON")
	limit := flag.Duration("timeout", 20*time.Minute, "`time` for the whole run, building included; a busy machine needs more")
	measured := full
	flag.StringVar(&measured.Only, "only", "", "regular `expression` for the names of the steps to measure")
	flag.Parse()
	ctx, cancel := context.WithTimeoutCause(context.Background(), *limit, fmt.Errorf("not done after %s", *limit))
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	r, err := run(ctx, measured, os.Stderr)
	stop()
	cancel()
	if r != nil {
		err = errors.Join(err, r.print(os.Stdout), r.save(*output))
	}
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	case !r.held():
		os.Exit(1)
	}
}

// bench is one run.
type bench struct {
	extent
	dir      string
	cli      terraformcli.CLI
	progress io.Writer
	report   report

	sandboxProgram string // the executable
}

// The folders of executables that Terraform takes as the provider, by the provider's name.
const (
	providers      = "provider"  // the provider
	emptyProviders = "donothing" // a provider that does nothing
	watchers       = "watcher"   // this program, which runs one of the others and measures its memory
)

// run measures everything and writes each step's name to progress. A limit that is exceeded is no error; it is in the
// report. With an error, the report has the steps before it.
func run(ctx context.Context, e extent, progress io.Writer) (r *report, err error) {
	dir, err := os.MkdirTemp("", "flow-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &bench{extent: e, dir: dir, progress: progress}
	steps, err := b.steps()
	if err != nil {
		return nil, err
	}
	for _, step := range steps {
		fmt.Fprintln(progress, step.name)
		if err := step.do(ctx); err != nil {
			return &b.report, errors.Join(err, context.Cause(ctx))
		}
	}
	return &b.report, nil
}

// step is a part of the run.
type step struct {
	name string
	do   func(context.Context) error
}

// steps returns what is to be done, in order.
func (b *bench) steps() ([]step, error) {
	only, err := regexp.Compile(b.Only)
	if err != nil {
		return nil, err
	}
	steps := []step{{"Building", b.prepare}}
	for _, s := range []step{
		{"Size and start", b.measureIdle},
		{"No-op plans, by number of repositories", b.measureGrowth},
		{"First import", b.measureImport},
		{"Many instances", b.measureInstances},
	} {
		if only.MatchString(s.name) {
			steps = append(steps, s)
		}
	}
	if len(steps) == 1 {
		return nil, fmt.Errorf("no step is called %q", b.Only)
	}
	return steps, nil
}

func (b *bench) path(elements ...string) string {
	return filepath.Join(append([]string{b.dir}, elements...)...)
}

// prepare builds the programs and finds Terraform.
func (b *bench) prepare(ctx context.Context) error {
	for _, folder := range []string{providers, emptyProviders, watchers} {
		if err := os.Mkdir(b.path(folder), 0o700); err != nil {
			return err
		}
	}
	err := terraformcli.Build(ctx, b.path(providers))
	if err == nil {
		_, err = terraformcli.BuildProgram(ctx, b.path(emptyProviders), terraformcli.ProviderProgram, "./internal/cmd/bench/donothing")
	}
	if err == nil {
		b.sandboxProgram, err = sandboxprocess.Build(ctx, b.dir)
	}
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if err := os.Symlink(self, b.path(watchers, terraformcli.Executable(terraformcli.ProviderProgram))); err != nil {
		return err
	}
	if b.cli, err = terraformcli.Find(ctx, b.progress); err != nil {
		return err
	}
	b.report = report{Time: time.Now().UTC(), Terraform: fmt.Sprintf("%s %s", b.cli.Product, b.cli.Version), System: system()}
	return terraformcli.Isolate()
}
