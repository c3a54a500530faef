//go:build unix

package main

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// TestAProviderWhoseTerraformIsKilledEnds: a shell stands for Terraform. The provider holds the pipe open as long as it runs.
func TestAProviderWhoseTerraformIsKilledEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := terraformcli.Build(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	output, input, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = output.Close() }()
	parent := exec.CommandContext(t.Context(), "sh", "-c", `"$0" & wait`, filepath.Join(dir, terraformcli.ProviderProgram))
	parent.Env = append(os.Environ(), "TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
	parent.Stdout, parent.Stderr = input, input
	terraformcli.OwnGroup(parent)
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	_ = input.Close()
	t.Cleanup(func() { terraformcli.EndGroup(parent) })
	said := bufio.NewReader(output)
	if line, err := said.ReadString('\n'); err != nil {
		t.Fatalf("the provider does not serve: %q, %v", line, err)
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait() // it was killed
	if err := output.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, said); err != nil {
		t.Errorf("the provider still runs 5 seconds after its parent: %v", err)
	}
}
