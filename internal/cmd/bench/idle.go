package main

import (
	"archive/zip"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// idleFactor limits what everybody pays who installs the provider, whether they use much of it or not.
const idleFactor = 1.15

const modulePath = "github.com/flow-community/terraform-provider-flow"

// cookie makes a provider serve, as Terraform does; without it, go-plugin explains itself and ends.
const cookie = "TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"

// idle is what a provider takes before it is used.
type idle struct {
	archive int64         // the size of the zip with the executable
	start   time.Duration // from the process's start to the line that says where it listens
	memory  int64         // the peak until then, in bytes
}

// measureIdle compares the provider's executable, built as for a release, with that of the do-nothing provider.
func (b *bench) measureIdle(ctx context.Context) error {
	var executables []string
	for name, pkg := range map[string]string{"released-donothing": modulePath + "/internal/cmd/bench/donothing", "released-provider": modulePath} {
		executable := b.path(terraformcli.Executable(name))
		build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", executable, pkg)
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if output, err := build.CombinedOutput(); err != nil {
			return fmt.Errorf("build %s: %w\n%s", pkg, err, output)
		}
		executables = append(executables, executable)
	}
	slices.Sort(executables)
	measured, err := compareIdle(ctx, 10*b.Rounds, executables...)
	if err != nil {
		return err
	}
	nothing, provider := measured[0], measured[1]
	const baseline = "do-nothing provider"
	add := func(name string, value, least quantity) {
		b.report.Measurements = append(b.report.Measurements, compared(name, value, baseline, least).atMost(least.times(idleFactor)))
	}
	add("archive", size(provider.archive), size(nothing.archive))
	add("start to first answer", duration(provider.start), duration(nothing.start))
	add("idle memory", size(provider.memory), size(nothing.memory))
	return nil
}

// compareIdle starts the executables in turn, round after round. The fastest start of each counts, and the median of the memory:
// other programs of the machine only make a start of some milliseconds slower.
func compareIdle(ctx context.Context, rounds int, executables ...string) ([]idle, error) {
	measured := make([]idle, len(executables))
	times, peaks := make([][]time.Duration, len(executables)), make([][]int64, len(executables))
	for range rounds {
		for i, executable := range executables {
			start, peak, err := startOnce(ctx, executable)
			if err != nil {
				return nil, err
			}
			times[i], peaks[i] = append(times[i], start), append(peaks[i], peak)
		}
	}
	for i, executable := range executables {
		slices.Sort(peaks[i])
		measured[i].start, measured[i].memory = slices.Min(times[i]), peaks[i][len(peaks[i])/2]
		var err error
		if measured[i].archive, err = zippedSize(executable); err != nil {
			return nil, err
		}
	}
	return measured, nil
}

// startOnce starts a provider, waits until it answers, and ends it.
func startOnce(ctx context.Context, executable string) (start time.Duration, peak int64, err error) {
	command := exec.CommandContext(ctx, executable)
	command.Env = append(os.Environ(), cookie, "PLUGIN_PROTOCOL_VERSIONS=6")
	stdout, err := command.StdoutPipe()
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	if err := command.Start(); err != nil {
		return 0, 0, err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	start = time.Since(began)
	_ = command.Process.Kill() // it serves until Terraform ends it
	_ = command.Wait()         // which reports the kill
	if err == nil && !strings.Contains(line, "|grpc|") {
		err = errors.New("no address of a plugin: " + line)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("start %s: %w", executable, err)
	}
	return start, peakOf(command.ProcessState), nil
}

// zippedSize returns how large the archive of a file is.
func zippedSize(path string) (int64, error) {
	file, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	var written counter
	archive := zip.NewWriter(&written)
	entry, err := archive.Create("provider")
	if err == nil {
		_, err = io.Copy(entry, file)
	}
	return int64(written), errors.Join(err, archive.Close())
}

// counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
