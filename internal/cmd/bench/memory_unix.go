//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peakOf returns the peak memory of a process that has ended, in bytes. It is ru_maxrss of getrusage(2), in kilobytes except
// on macOS, which has bytes.
func peakOf(process *os.ProcessState) int64 {
	peak := int64(process.SysUsage().(*syscall.Rusage).Maxrss) //nolint:unconvert // an int32 on some systems
	if runtime.GOOS == "darwin" {
		return peak
	}
	return peak * 1024
}
