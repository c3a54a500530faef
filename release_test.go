package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/sandboxprocess"
	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

const (
	releaseVersion = "0.1.0"
	earlierVersion = "0.0.9"
	// earlierCommits is how far back the upgrade starts where there is no earlier tag.
	earlierCommits = "10"
	// registryPlatforms are those that the registry's template for new providers builds.
	registryPlatforms = "darwin_amd64 darwin_arm64 freebsd_386 freebsd_amd64 freebsd_arm freebsd_arm64 " +
		"linux_386 linux_amd64 linux_arm linux_arm64 windows_386 windows_amd64 windows_arm64"
)

// hostPlatform is this machine's.
const hostPlatform = runtime.GOOS + "_" + runtime.GOARCH

// releasePlatforms returns the platforms to build: those that the registry wants, or fewer, to be quick.
func releasePlatforms() []string {
	return strings.Fields(cmp.Or(os.Getenv("FLOW_TEST_RELEASE_PLATFORMS"), registryPlatforms))
}

func TestTheCommitIsPartOfTheVersion(t *testing.T) {
	if got := fullVersion("1.2.3", "abc1234"); got != "1.2.3+abc1234" {
		t.Errorf("got %s", got)
	}
	if got := fullVersion("dev", ""); got != "dev" {
		t.Errorf("got %s", got)
	}
}

// run runs a program in a folder and returns its output; a failure ends the test.
func run(t *testing.T, dir string, environment []string, name string, arguments ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, arguments...)
	command.Dir, command.Env = dir, append(terraformcli.Environment(os.Environ()), environment...)
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(arguments, " "), err, output)
	}
	return string(output)
}

// snapshot builds a release of the last commit in a clone of its own, and returns its folder dist.
func snapshot(t *testing.T, goreleaser string) string {
	t.Helper()
	clone := filepath.Join(t.TempDir(), "clone")
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	run(t, here, nil, "git", "clone", "--quiet", here, clone)
	run(t, clone, nil, "make", "release-snapshot", "VERSION="+releaseVersion, "GORELEASER="+goreleaser, "PLATFORMS="+os.Getenv("FLOW_TEST_RELEASE_PLATFORMS"))
	return filepath.Join(clone, "dist")
}

// TestARelease builds a release twice and uses it as strangers do. It takes many minutes: `make test-release` runs it, nightly.
func TestARelease(t *testing.T) {
	goreleaser := os.Getenv("FLOW_TEST_RELEASE")
	if goreleaser == "" {
		t.Skip("FLOW_TEST_RELEASE does not name goreleaser: run make test-release")
	}
	for _, program := range []string{"git", "gpg", "make", "unzip"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	dist := snapshot(t, goreleaser)
	t.Run("has signed checksums", func(t *testing.T) { verifyChecksums(t, dist) })
	t.Run("is reproducible", func(t *testing.T) { compareArchives(t, dist, snapshot(t, goreleaser)) })
	t.Run("is installed as the guide says", func(t *testing.T) { followTheGuide(t, dist) })
	t.Run("installs, applies and upgrades", func(t *testing.T) { installAndUpgrade(t, dist) })
}

// privateFolder returns a folder that nobody else can enter, as gpg wants it.
func privateFolder(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	return folder
}

// verifyChecksums does what the registry does with a release.
func verifyChecksums(t *testing.T, dist string) {
	t.Helper()
	sums := filepath.Join(dist, "terraform-provider-flow_"+releaseVersion+"_SHA256SUMS")
	home := privateFolder(t)
	gpg := []string{"GNUPGHOME=" + home}
	run(t, dist, gpg, "gpg", "--batch", "--import", "signing-key.gpg")
	run(t, dist, gpg, "gpg", "--batch", "--verify", sums+".sig", sums)
	content, err := os.ReadFile(sums)
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for line := range strings.Lines(string(content)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		file := filepath.Join(dist, name)
		if strings.HasSuffix(name, "_manifest.json") { // goreleaser takes it from the repository
			file = "terraform-registry-manifest.json"
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
			continue
		}
		if got := sha256.Sum256(data); hex.EncodeToString(got[:]) != sum {
			t.Errorf("%s has another checksum", name)
		}
		listed[name] = true
	}
	names := []string{"terraform-provider-flow_" + releaseVersion + "_manifest.json"}
	for _, platform := range releasePlatforms() {
		for _, program := range []string{"terraform-provider-flow", "flow-sandbox"} {
			names = append(names, program+"_"+releaseVersion+"_"+platform+".zip")
		}
	}
	for _, name := range names {
		if !listed[name] {
			t.Errorf("the checksums lack %s:\n%s", name, content)
		}
	}
	if signature, err := os.ReadFile(sums + ".sig"); err != nil || bytes.HasPrefix(signature, []byte("-----BEGIN")) {
		t.Errorf("the registry wants a binary signature (%v)", err)
	}
}

func compareArchives(t *testing.T, first, second string) {
	t.Helper()
	archives, err := filepath.Glob(filepath.Join(first, "*.zip"))
	if err != nil || len(archives) < 2 {
		t.Fatalf("%d archives (%v)", len(archives), err)
	}
	for _, archive := range archives {
		one, err := os.ReadFile(archive)
		if err != nil {
			t.Fatal(err)
		}
		other, err := os.ReadFile(filepath.Join(second, filepath.Base(archive)))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(one, other) {
			t.Errorf("%s differs from folder to folder", filepath.Base(archive))
		}
	}
}

// followTheGuide runs the commands of the guide's section on releases, with a folder in the place of the release's address, and
// installs what they leave behind.
func followTheGuide(t *testing.T, dist string) {
	t.Helper()
	if hostPlatform != "linux_amd64" {
		t.Skip("the guide's commands are for linux_amd64")
	}
	cli, err := terraformcli.Find(t.Context(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	guide, err := os.ReadFile("docs/guides/installation.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(guide), "\n## From a release\n")
	section, _, _ = strings.Cut(section, "\n## ")
	script := "curl() { cp \"$DIST/${2##*/}\" .; }\ngpg --batch --import \"$DIST/signing-key.gpg\"\n"
	for _, block := range regexp.MustCompile("(?s)```shell\n(.*?)```").FindAllStringSubmatch(section, -1) {
		script += block[1]
	}
	script = strings.ReplaceAll(script, "registry.terraform.io", cli.Product.RegistryHost())
	home := privateFolder(t)
	environment := []string{"HOME=" + home, "TF_CLI_CONFIG_FILE=", "GNUPGHOME=" + home, "DIST=" + dist}
	if output := run(t, t.TempDir(), environment, "bash", "-euo", "pipefail", "-c", script); !strings.Contains(output, hostPlatform+".zip: OK") {
		t.Errorf("nothing was verified:\n%s", output)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "main.tf"), fmt.Sprintf(releaseConfiguration, releaseVersion, ""))
	if output := run(t, dir, environment, cli.Path, "init", "-no-color"); !strings.Contains(output, "v"+releaseVersion) {
		t.Errorf("another version was installed:\n%s", output)
	}
}

const releaseConfiguration = `terraform {
  required_providers {
    flow = {
      source  = "flow-community/flow"
      version = "%s"
    }
  }
}

resource "flow_ado_integration" "main" {
  name                             = "Contoso"
  base_url                         = "https://dev.azure.com/contoso"
  email                            = "Svc-Flow@contoso.com"
  personal_access_token_wo         = "%s"
  personal_access_token_wo_version = 1
}

resource "flow_repo_import" "all" {
  integration_id = flow_ado_integration.main.id
  include        = ["Payments/*"]
}
`

// installAndUpgrade installs an earlier version from a mirror, applies it against the released sandbox, and goes on with the
// release and the state of the earlier version.
func installAndUpgrade(t *testing.T, dist string) {
	t.Helper()
	cli, err := terraformcli.Find(t.Context(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	commit := strings.TrimSpace(run(t, filepath.Dir(dist), nil, "git", "rev-parse", "--short", "HEAD"))
	dir, mirror := t.TempDir(), mirrorOf(t, dist, cli)
	sandbox := startReleased(t, dist, dir)
	token, err := sandbox.Token("full")
	if err != nil {
		t.Fatal(err)
	}
	flow, agent := watchAgent(t, sandbox.FlowBaseURL)
	settings := filepath.Join(dir, "cli.tfrc")
	write(t, settings, fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror))
	environment := []string{
		"TF_CLI_CONFIG_FILE=" + settings, "FLOW_BASE_URL=" + flow, "FLOW_API_KEY=" + sandbox.APIKey(),
		"FLOW_AZURE_DEVOPS_ENDPOINT=" + sandbox.AzureDevOpsEndpoint,
	}
	write(t, filepath.Join(dir, "main.tf"), fmt.Sprintf(releaseConfiguration, earlierVersion, token))
	run(t, dir, environment, cli.Path, "init")
	run(t, dir, environment, cli.Path, "apply", "-auto-approve")
	write(t, filepath.Join(dir, "main.tf"), fmt.Sprintf(releaseConfiguration, releaseVersion, token))
	run(t, dir, environment, cli.Path, "init", "-upgrade")
	run(t, dir, environment, cli.Path, "plan", "-detailed-exitcode") // status 2, and so a failure, if there are changes
	if got, want := agent(), "terraform-provider-flow/"+releaseVersion+"+"+commit+" "; !strings.HasPrefix(got, want) {
		t.Errorf("Flow was asked by %q, not by %q", got, want)
	}
}

// mirrorOf returns a mirror with the release's archive for this machine, and with an earlier version.
func mirrorOf(t *testing.T, dist string, cli terraformcli.CLI) string {
	t.Helper()
	mirror := t.TempDir()
	provider := filepath.Join(mirror, cli.Product.RegistryHost(), "flow-community", "flow")
	archive := "terraform-provider-flow_" + releaseVersion + "_" + hostPlatform + ".zip"
	data, err := os.ReadFile(filepath.Join(dist, archive))
	if err == nil {
		err = os.MkdirAll(provider, 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(provider, archive), data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	buildEarlier(t, filepath.Dir(dist), filepath.Join(provider, earlierVersion, hostPlatform))
	return mirror
}

// startReleased unpacks the release's sandbox into dir and starts it.
func startReleased(t *testing.T, dist, dir string) *sandboxprocess.Process {
	t.Helper()
	run(t, dir, nil, "unzip", "-q", filepath.Join(dist, "flow-sandbox_"+releaseVersion+"_"+hostPlatform+".zip"))
	sandbox, err := sandboxprocess.Start(t.Context(), filepath.Join(dir, terraformcli.Executable("flow-sandbox")), io.Discard, "--discovery-delay=0s", "--processing-time=0s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sandbox.End() })
	return sandbox
}

// watchAgent returns another address of a server, and a function that returns the user agent of the last request there.
func watchAgent(t *testing.T, address string) (watched string, agent func() string) {
	t.Helper()
	target, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	var last atomic.Value
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: target.Scheme, Host: target.Host})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		last.Store(r.UserAgent())
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL + target.Path, func() string { return fmt.Sprint(last.Load()) }
}

// buildEarlier builds the newest tag before the last commit, or an earlier commit, as an unpacked package of a mirror. In a
// clone without history, that is the last commit itself.
func buildEarlier(t *testing.T, clone, into string) {
	t.Helper()
	commits := strings.Fields(run(t, clone, nil, "git", "rev-list", "--first-parent", "--max-count="+earlierCommits, "HEAD"))
	earlier := commits[len(commits)-1]
	if tags := strings.Fields(run(t, clone, nil, "git", "tag", "--merged", "HEAD", "--no-contains", "HEAD", "--sort=-version:refname", "v*")); len(tags) > 0 {
		earlier = tags[0]
	}
	run(t, clone, nil, "git", "checkout", "--quiet", earlier)
	run(t, clone, nil, "go", "build", "-o", filepath.Join(into, "terraform-provider-flow_v"+earlierVersion), "-ldflags", "-X main.version="+earlierVersion, ".")
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
