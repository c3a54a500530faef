//go:build unix

package terraformcli

import (
	"os/exec"
	"syscall"
)

// OwnGroup keeps a terminal's Ctrl-C from a command, so that it is interrupted once, by the program that started it. A second
// interrupt makes Terraform exit at once and leave its providers running.
func OwnGroup(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// EndGroup kills what a command has left running in its process group: a killed Terraform leaves its providers.
func EndGroup(command *exec.Cmd) {
	if command.Process != nil {
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL) // usually there is nothing left to kill
	}
}
