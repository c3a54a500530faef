// Package terraformcli finds Terraform or OpenTofu for tests, the demo and the benchmark, and runs it with a provider built
// from this repository.
package terraformcli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
)

// PathVariable names the executable to use. terraform-plugin-testing reads the same variable.
const PathVariable = "TF_ACC_TERRAFORM_PATH"

// Product is one of the two programs that run providers.
type Product string

// The products, by the names that their version commands print.
const (
	Terraform Product = "Terraform"
	OpenTofu  Product = "OpenTofu"
)

// RegistryHost is the registry of a provider source that names no host.
func (p Product) RegistryHost() string {
	if p == OpenTofu {
		return "registry.opentofu.org"
	}
	return "registry.terraform.io"
}

// CLI is an executable that works.
type CLI struct {
	Path    string // absolute
	Product Product
	Version string // without a leading v, for example 1.11.4
}

// errNotFound reports that a source has no executable.
var errNotFound = errors.New("not found")

// source is a place to look for an executable.
type source struct {
	name string
	find func(context.Context) (string, error)
}

// Find returns the first of these that works: the executable that PathVariable names, and no other if it is set; terraform or
// tofu on the PATH; a downloaded Terraform release; OpenTofu built from source through the Go module proxy.
//
// Downloads and builds need a working directory in the repository, whose folder .cache/terraform keeps them. They take long,
// so progress, if not nil, says what is being done. The error has a reason for each place.
func Find(ctx context.Context, progress io.Writer) (CLI, error) {
	if path := os.Getenv(PathVariable); path != "" {
		cli, err := identify(ctx, path)
		if err != nil {
			return CLI{}, fmt.Errorf("%s: %w", PathVariable, err)
		}
		return cli, nil
	}
	cli, notOnPath := firstThatWorks(ctx, onPath("terraform"), onPath("tofu"))
	if notOnPath == nil {
		return cli, nil
	}
	fetched, err := newFetcher(progress)
	if err == nil {
		cli, err = firstThatWorks(ctx, fetched.sources()...)
	}
	if err != nil {
		return CLI{}, fmt.Errorf("no Terraform or OpenTofu to run; install one, or name it in %s:\n%w",
			PathVariable, errors.Join(notOnPath, err))
	}
	return cli, nil
}

// FindOpenTofu returns the executable that PathVariable names if it is OpenTofu, or else the version that this repository is
// tested with, built from source.
func FindOpenTofu(ctx context.Context, progress io.Writer) (CLI, error) {
	if path := os.Getenv(PathVariable); path != "" {
		if cli, err := identify(ctx, path); err == nil && cli.Product == OpenTofu {
			return cli, nil
		}
	}
	fetched, err := newFetcher(progress)
	if err != nil {
		return CLI{}, err
	}
	return firstThatWorks(ctx, fetched.openTofu()...)
}

func firstThatWorks(ctx context.Context, sources ...source) (CLI, error) {
	var failures []error
	for _, s := range sources {
		path, err := s.find(ctx)
		if err == nil {
			var cli CLI
			if cli, err = identify(ctx, path); err == nil {
				return cli, nil
			}
		}
		failures = append(failures, fmt.Errorf("%s: %w", s.name, err))
	}
	return CLI{}, errors.Join(failures...)
}

func onPath(executable string) source {
	return source{executable + " on the PATH", func(context.Context) (string, error) {
		path, err := exec.LookPath(executable)
		if errors.Is(err, exec.ErrNotFound) {
			return "", errNotFound
		}
		return path, err
	}}
}

// versionLine is the first line of `terraform version`: "Terraform v1.11.4", "OpenTofu v1.12.6".
var versionLine = regexp.MustCompile(`(?m)^(Terraform|OpenTofu) v(\S+)`)

// identify runs the executable's version command.
func identify(ctx context.Context, path string) (CLI, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return CLI{}, err
	}
	cmd := exec.CommandContext(ctx, path, "version")
	cmd.Env = Environment(os.Environ())
	// Version managers select a version by the working directory.
	cmd.Dir = os.TempDir()
	out, err := cmd.Output()
	if err != nil {
		return CLI{}, fmt.Errorf("running %s version: %w", path, err)
	}
	found := versionLine.FindSubmatch(out)
	if found == nil {
		return CLI{}, fmt.Errorf("%s is neither Terraform nor OpenTofu: its version command does not say so", path)
	}
	return CLI{Path: path, Product: Product(found[1]), Version: string(found[2])}, nil
}
