//go:build unix

package terraformcli

import (
	"os/exec"
	"syscall"
)

// OwnGroup keeps a terminal's Ctrl-C from a command, so that whoever starts it decides when it is interrupted. Terraform,
// interrupted by both, leaves at once, and its providers running.
func OwnGroup(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// endGroup ends what a command that has ended left running in its group: a Terraform that was killed leaves its providers.
func endGroup(command *exec.Cmd) {
	if command.Process != nil {
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL) // The usual error is that nothing is left.
	}
}
