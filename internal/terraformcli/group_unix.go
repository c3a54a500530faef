//go:build unix

package terraformcli

import (
	"os/exec"
	"syscall"
)

// OwnGroup keeps a terminal's Ctrl-C from a command, so that whoever starts it decides when it is interrupted. Terraform,
// interrupted by both, leaves at once, and its providers running.
func OwnGroup(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
