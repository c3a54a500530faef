// Command flow-sandbox runs a Flow workspace and Azure DevOps organizations on loopback, to try the provider and to test modules
// without an account.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "flow-sandbox:", err)
		os.Exit(1)
	}
}

// settings are the flags of the command line.
type settings struct {
	options      sandbox.Options
	scenarioFile string
	json         bool
	tokens       bool
	envFile      string
}

const usage = `Usage: flow-sandbox [flags]

Runs a Flow workspace and Azure DevOps organizations on loopback until it is interrupted.
Its API keys and tokens are the same on every machine and open nothing else.

`

// parse reads the command line. For -help, it prints the help to stderr and returns flag.ErrHelp.
func parse(args []string, stderr io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("flow-sandbox", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the caller prints the error
	o := &s.options
	flags.StringVar(&o.FlowAddress, "flow-address", "127.0.0.1:8080", "`host:port` for Flow, on loopback; port 0 is any free one")
	flags.StringVar(&o.AzureDevOpsAddress, "azure-devops-address", "127.0.0.1:8081", "`host:port` for Azure DevOps, on loopback; port 0 is any free one")
	flags.StringVar(&o.DataFile, "data", "", "`file` that keeps the data over restarts; without it, each start is a new world")
	flags.StringVar(&s.scenarioFile, "scenario", "", "`file` with a world of your own, in HCL. A data file that exists keeps the world that it has")
	flags.IntVar(&o.Scale.Projects, "projects", 0, "`number` of projects to generate in the first organization")
	flags.IntVar(&o.Scale.Repos, "repos", 0, "`number` of repositories to generate in those projects")
	flags.DurationVar(&o.DiscoveryDelay, "discovery-delay", 2*time.Second, "`time` until Flow looks up the repositories of a new integration")
	flags.DurationVar(&o.ProcessingTime, "processing-time", 5*time.Second, "`time` that Flow takes to process an imported repository")
	flags.DurationVar(&o.SyncInterval, "sync-interval", time.Minute, "`time` between later look-ups; 0 turns them off")
	flags.DurationVar(&o.ReaddDelay, "readd-delay", 24*time.Hour, "`time` before a removed organization can be added again")
	flags.BoolVar(&o.HideURL, "hide-url", false, "Flow returns integrations with an empty url")
	flags.Func("dialect", "`names` of dialects that Flow speaks, separated by commas, see below", func(names string) error {
		o.Dialects = append(o.Dialects, strings.Split(names, ",")...)
		return flowserver.CheckDialects(o.Dialects)
	})
	flags.DurationVar(&o.Latency, "latency", 0, "`time` by which both servers delay each answer, including those to Flow's own look-ups")
	flags.BoolVar(&s.tokens, "tokens", false, "print all API keys and tokens, with what each can be used for")
	flags.BoolVar(&s.json, "json", false, "print addresses, API keys and tokens as one JSON object instead of text")
	flags.StringVar(&s.envFile, "env-file", "", "`file` to write the provider's settings and all tokens to, as export lines")
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		_, _ = io.WriteString(stderr, usage)
		flags.SetOutput(stderr)
		flags.PrintDefaults()
		printDialects(stderr)
	}
	if err != nil {
		return s, err
	}
	return s, s.validate(flags.Args())
}

func printDialects(out io.Writer) {
	fmt.Fprint(out, "\nA real Flow may differ from the sandbox. With a dialect, the sandbox does what such a Flow may do:\n\n")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, d := range flowserver.Dialects() {
		fmt.Fprintf(table, "  %s\t%s\n", d.Name, strings.ReplaceAll(d.Purpose, "`", ""))
	}
	_ = table.Flush() // as errors of the other writes, this one is nobody's
}

func (s settings) validate(rest []string) error {
	if len(rest) > 0 {
		return fmt.Errorf("unexpected argument %q: all settings are flags, see flow-sandbox -help", rest[0])
	}
	for name, value := range map[string]int64{
		"projects": int64(s.options.Scale.Projects), "repos": int64(s.options.Scale.Repos),
		"discovery-delay": int64(s.options.DiscoveryDelay), "processing-time": int64(s.options.ProcessingTime),
		"sync-interval": int64(s.options.SyncInterval), "readd-delay": int64(s.options.ReaddDelay), "latency": int64(s.options.Latency),
	} {
		if value < 0 {
			return fmt.Errorf("--%s must not be negative", name)
		}
	}
	return nil
}

// run runs the sandbox until ctx ends, which is no error.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	s, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if s.scenarioFile != "" {
		if s.options.Scenario, err = scenario.LoadFile(s.scenarioFile); err != nil {
			return err
		}
	}
	if err := removeEnvFile(s.envFile); err != nil {
		return err
	}
	running, err := sandbox.Start(ctx, s.options)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%w; choose another port with --flow-address or --azure-devops-address", err)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, running.Close()) }()
	if err := announce(s, describe(running), stdout); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// removeEnvFile removes the file of an earlier run, so that scripts can wait for the one of this run.
func removeEnvFile(envFile string) error {
	if err := os.Remove(envFile); envFile != "" && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
