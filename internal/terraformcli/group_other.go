//go:build !unix

package terraformcli

import "os/exec"

// OwnGroup has no effect where there are no process groups.
func OwnGroup(*exec.Cmd) {}

// EndGroup has no effect where there are no process groups.
func EndGroup(*exec.Cmd) {}
