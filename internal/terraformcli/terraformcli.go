// Package terraformcli finds the Terraform or OpenTofu that tests, the demo and the checks of
// the examples run, and gives the environment to run it in.
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

// PathVariable names an executable to use and nothing else. terraform-plugin-testing reads the
// same variable.
const PathVariable = "TF_ACC_TERRAFORM_PATH"

// Product is one of the two programs that run providers.
type Product string

// The products, as each writes its own name in the answer to its version command.
const (
	Terraform Product = "Terraform"
	OpenTofu  Product = "OpenTofu"
)

// RegistryHost is the host that a provider source without one is taken from.
func (p Product) RegistryHost() string {
	if p == OpenTofu {
		return "registry.opentofu.org"
	}
	return "registry.terraform.io"
}

// CLI is an executable that was found and that works.
type CLI struct {
	Path    string // absolute
	Product Product
	Version string // without a leading v, for example 1.11.4
}

// errNotHere is what a source answers that has nothing to offer, which is no failure.
var errNotHere = errors.New("none there")

// A source is one place to look at. It returns an executable's path or errNotHere.
type source struct {
	name string
	find func(context.Context) (string, error)
}

// Find returns the executable that PathVariable names; without one, terraform or tofu on the
// PATH; else a Terraform release, downloaded; else OpenTofu, built from source through the Go
// module proxy. Downloads and builds need the working directory to be inside the repository,
// whose folder .cache/terraform keeps the result for the next time; progress (nil: nobody) is
// told of them, as they take their time. An executable on the PATH that does not run (a version
// manager's shim without a version, say) is passed over. The error says for each place why it
// was of no use.
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

// FindOpenTofu is Find for OpenTofu alone, of the version that this repository is tested with: the executable that
// PathVariable names if it is an OpenTofu, else one built from source, now or earlier.
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
			return "", errNotHere
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
	// The folder's own configuration has no say in which program this is.
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
