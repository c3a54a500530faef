package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// With these set, Terraform starts this program as the provider; it runs the provider and measures its memory.
const (
	watchedVariable = "FLOW_BENCH_PROVIDER" // the provider's executable
	peakVariable    = "FLOW_BENCH_PEAK"     // the file to append its peak memory to, one line in bytes
)

// watch runs the provider, writes down its peak memory and returns its exit status. Terraform asks the provider itself to
// end, over its socket, and this process ends with it.
func watch(provider string) int {
	command := exec.Command(provider, os.Args[1:]...) //nolint:noctx // it lives as long as this process
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := command.Run()
	var exited *exec.ExitError
	if err != nil && !errors.As(err, &exited) {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := appendPeak(os.Getenv(peakVariable), peakOf(command.ProcessState)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return command.ProcessState.ExitCode()
}

func appendPeak(path string, bytes int64) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(file, bytes)
	return errors.Join(err, file.Close())
}

// highestPeak returns the highest of the peaks in the file, in bytes: a command may run the provider several times.
func highestPeak(path string) (int64, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	var highest int64
	for line := range strings.Lines(string(content)) {
		peak, err := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
		if err != nil {
			return 0, err
		}
		highest = max(highest, peak)
	}
	return highest, nil
}
