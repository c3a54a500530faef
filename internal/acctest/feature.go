package acctest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/hashicorp/go-version"

	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// Feature is something that not every version of Terraform or OpenTofu has.
type Feature struct {
	name string
	// since is the first version that has it, by product. A product that is not here has it in no version.
	since map[terraformcli.Product]string
}

func feature(name, terraform, openTofu string) Feature {
	since := map[terraformcli.Product]string{terraformcli.Terraform: terraform}
	if openTofu != "" {
		since[terraformcli.OpenTofu] = openTofu
	}
	return Feature{name, since}
}

// The features that tests need. The versions are from the products' change logs.
var (
	WriteOnly          = feature("write-only arguments", "1.11.0", "1.11.0")
	EphemeralResources = feature("ephemeral resources", "1.10.0", "1.11.0")
	Functions          = feature("provider functions", "1.8.0", "1.7.0")
	Identity           = feature("import by identity", "1.12.0", "1.12.0")
	Query              = feature("terraform query", "1.14.0", "")
	Actions            = feature("actions", "1.14.0", "")
	AwaitedActions     = feature("dependents that wait for actions", "1.16.0", "")
)

// Needs skips a test if the machine's Terraform or OpenTofu lacks a feature.
func Needs(t testing.TB, features ...Feature) {
	t.Helper()
	cli := command(t)
	for _, f := range features {
		if reason := f.missingIn(cli); reason != "" {
			t.Skip(reason)
		}
	}
}

// Has reports whether the machine's Terraform or OpenTofu has a feature, for tests of what happens without it.
func Has(t testing.TB, f Feature) bool {
	t.Helper()
	return f.missingIn(command(t)) == ""
}

func (f Feature) missingIn(cli terraformcli.CLI) string {
	since, exists := f.since[cli.Product]
	if !exists {
		return fmt.Sprintf("needs %s, which %s does not have", f.name, cli.Product)
	}
	// A release candidate has what the release will have.
	if is, err := version.NewVersion(cli.Version); err == nil && is.Core().LessThan(version.Must(version.NewVersion(since))) {
		return fmt.Sprintf("needs %s, which came with %s %s, and this is %s", f.name, cli.Product, since, cli.Version)
	}
	return ""
}

// found is the machine's Terraform or OpenTofu. It sets variables that make terraform-plugin-testing use the same one.
var found = sync.OnceValues(func() (terraformcli.CLI, error) {
	cli, err := terraformcli.Find(context.Background(), os.Stderr)
	if err != nil {
		return cli, err
	}
	_ = os.Setenv(terraformcli.PathVariable, cli.Path)
	return cli, os.Setenv("TF_ACC_PROVIDER_HOST", cli.Product.RegistryHost())
})

func command(t testing.TB) terraformcli.CLI {
	t.Helper()
	cli, err := found()
	if err != nil {
		t.Fatal(err)
	}
	return cli
}
