package terraformcli

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"
)

// downloadTimeout bounds the download of a release, some 30 MB.
const downloadTimeout = 5 * time.Minute

// fetcher downloads or builds a CLI and keeps it in the repository's cache folder.
type fetcher struct {
	progress  io.Writer
	module    string // the folder of the module that pins OpenTofu
	cache     string
	terraform string // the path of a downloaded Terraform
	tofu      string // the path of an OpenTofu built from the module as it is now
}

func newFetcher(progress io.Writer) (*fetcher, error) {
	root, err := repositoryRoot()
	if err != nil {
		return nil, err
	}
	if progress == nil {
		progress = io.Discard
	}
	f := &fetcher{
		progress: progress,
		module:   filepath.Join(root, openTofuModule),
		cache:    filepath.Join(root, ".cache", "terraform"),
	}
	pinned, err := os.ReadFile(filepath.Join(f.module, "go.mod"))
	if err != nil {
		return nil, err
	}
	f.terraform = filepath.Join(f.cache, product.Terraform.BinaryName())
	version := sha256.Sum256(pinned)
	f.tofu = filepath.Join(f.cache, Executable(fmt.Sprintf("tofu-%x", version[:6])))
	return f, os.MkdirAll(f.cache, 0o750)
}

// sources returns the sources, those that need no network first.
func (f *fetcher) sources() []source {
	return []source{
		{"a Terraform downloaded earlier", cached(f.terraform)},
		{"an OpenTofu built earlier", cached(f.tofu)},
		{"the newest Terraform release", f.download},
		{"OpenTofu built from source", f.build},
	}
}

// openTofu returns the sources of OpenTofu.
func (f *fetcher) openTofu() []source {
	return []source{
		{"an OpenTofu built earlier", cached(f.tofu)},
		{"OpenTofu built from source", f.build},
	}
}

func cached(path string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) {
		if missing(path) {
			return "", errNotFound
		}
		return path, nil
	}
}

// download installs the newest Terraform release and verifies its signed checksums.
func (f *fetcher) download(ctx context.Context) (string, error) {
	fmt.Fprintln(f.progress, "No Terraform or OpenTofu on the PATH: downloading Terraform")
	latest := &releases.LatestVersion{
		Product:    product.Terraform,
		InstallDir: f.cache,
		Timeout:    downloadTimeout,
		HTTPClient: shortTimeoutClient(),
	}
	return latest.Install(ctx)
}

// shortTimeoutClient fails fast without access to the internet, where OpenTofu can still be built.
func shortTimeoutClient() *http.Client {
	return &http.Client{Transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
		TLSHandshakeTimeout:   5 * time.Second,
		ResponseHeaderTimeout: 15 * time.Second,
	}}
}

// build builds the version of OpenTofu that the module pins.
func (f *fetcher) build(ctx context.Context) (string, error) {
	fmt.Fprintln(f.progress, "Building OpenTofu from source, which takes several minutes")
	// An interrupted build must not leave a file of the final name.
	unfinished := fmt.Sprintf("%s.%d", f.tofu, os.Getpid())
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath",
		// The default is a version that ends in -dev.
		"-ldflags", "-s -w -X github.com/opentofu/opentofu/version.dev=no",
		"-o", unfinished, "github.com/opentofu/opentofu/cmd/tofu")
	cmd.Dir = f.module
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=-mod=readonly")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, strings.TrimSpace(string(out)))
	}
	return f.tofu, os.Rename(unfinished, f.tofu)
}

var openTofuModule = filepath.Join("tools", "opentofu")

// repositoryRoot returns the nearest folder above the working directory that has the module for OpenTofu.
func repositoryRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for missing(filepath.Join(dir, openTofuModule, "go.mod")) {
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("the working directory is not in the repository")
		}
		dir = parent
	}
	return dir, nil
}
