//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peakOf gives the largest amount of memory that an ended process has held, in bytes: ru_maxrss of getrusage(2), which
// counts kilobytes but for macOS, where it counts bytes.
func peakOf(process *os.ProcessState) int64 {
	peak := int64(process.SysUsage().(*syscall.Rusage).Maxrss) //nolint:unconvert // an int32 on some systems
	if runtime.GOOS == "darwin" {
		return peak
	}
	return peak * 1024
}
