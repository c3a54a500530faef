//go:build unix

package main

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/sandboxprocess"
)

// TestTheActionStartsTheSandbox runs the action's script with a release of its own, as a runner does.
func TestTheActionStartsTheSandbox(t *testing.T) {
	for _, program := range []string{"bash", "curl", "zip", "unzip"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	names := map[string]string{"linux": "Linux", "darwin": "macOS", "amd64": "X64", "arm64": "ARM64"}
	if names[runtime.GOOS] == "" || names[runtime.GOARCH] == "" {
		t.Skip("the action does not know this platform")
	}
	script, err := filepath.Abs(".github/actions/flow-sandbox/start.sh")
	if err != nil {
		t.Fatal(err)
	}
	release := serveRelease(t)
	for name, sabotage := range map[string]string{"whole": "", "with another checksum": "0"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			command := exec.CommandContext(t.Context(), "bash", script)
			command.Env = append(os.Environ(), "VERSION=1.2.3"+sabotage, "FLAGS=--readd-delay 0 --projects 2", "RELEASES="+release,
				"RUNNER_OS="+names[runtime.GOOS], "RUNNER_ARCH="+names[runtime.GOARCH], "RUNNER_TEMP="+dir,
				"GITHUB_ENV="+filepath.Join(dir, "env"), "GITHUB_OUTPUT="+filepath.Join(dir, "output"))
			command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			output, err := command.CombinedOutput()
			t.Cleanup(func() { _ = syscall.Kill(-command.Process.Pid, syscall.SIGTERM) })
			if sabotage != "" {
				if err == nil {
					t.Errorf("it succeeded:\n%s", output)
				}
				return
			}
			if err != nil {
				t.Fatalf("%v:\n%s", err, output)
			}
			expectSandbox(t, dir)
		})
	}
}

// serveRelease serves a sandbox as the releases 1.2.3, and 1.2.30 with a wrong checksum.
func serveRelease(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if _, err := sandboxprocess.Build(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if output, err := exec.CommandContext(t.Context(), "zip", "-q", "-j", filepath.Join(dir, "archive.zip"), filepath.Join(dir, "flow-sandbox")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	archive, err := os.ReadFile(filepath.Join(dir, "archive.zip"))
	if err != nil {
		t.Fatal(err)
	}
	platform := runtime.GOOS + "_" + runtime.GOARCH
	sum := sha256.Sum256(archive)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v1.2.3/flow-sandbox_1.2.3_" + platform + ".zip", "/v1.2.30/flow-sandbox_1.2.30_" + platform + ".zip":
			_, _ = w.Write(archive)
		case "/v1.2.3/terraform-provider-flow_1.2.3_SHA256SUMS":
			fmt.Fprintf(w, "%x  flow-sandbox_1.2.3_%s.zip\n", sum, platform)
		case "/v1.2.30/terraform-provider-flow_1.2.30_SHA256SUMS":
			fmt.Fprintf(w, "%064d  flow-sandbox_1.2.30_%s.zip\n", 0, platform)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// expectSandbox asks the sandbox that the settings name.
func expectSandbox(t *testing.T, dir string) {
	t.Helper()
	environment, err := os.ReadFile(filepath.Join(dir, "env"))
	if err != nil {
		t.Fatal(err)
	}
	outputs, err := os.ReadFile(filepath.Join(dir, "output"))
	if err != nil {
		t.Fatal(err)
	}
	match := regexp.MustCompile(`(?m)^FLOW_BASE_URL=(http://.*/)v3/customer/core/$`).FindStringSubmatch(string(environment))
	if match == nil || !strings.Contains(string(environment), "\nFLOW_SANDBOX_TOKEN_FULL=") || strings.Contains(string(environment), "'") {
		t.Fatalf("the settings:\n%s", environment)
	}
	if want := "flow-base-url=" + match[1] + "v3/customer/core/\n"; string(outputs) != want {
		t.Errorf("the outputs are %q, want %q", outputs, want)
	}
	response, err := http.Get(match[1] + "_sandbox/")
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("the sandbox answers %s", response.Status)
	}
}
