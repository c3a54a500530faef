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

// Feature is something of Terraform's that not every version has, nor OpenTofu, whose versions count otherwise.
type Feature struct {
	name string
	// since is the first version of each product that has it; one that is missing has it in no version.
	since map[terraformcli.Product]string
}

func feature(name, terraform, openTofu string) Feature {
	since := map[terraformcli.Product]string{terraformcli.Terraform: terraform}
	if openTofu != "" {
		since[terraformcli.OpenTofu] = openTofu
	}
	return Feature{name, since}
}

// The features that tests need, with the versions that brought them as the products' change logs have it.
var (
	WriteOnly          = feature("write-only arguments", "1.11.0", "1.11.0")
	EphemeralResources = feature("ephemeral resources", "1.10.0", "1.11.0")
	Functions          = feature("provider functions", "1.8.0", "1.7.0")
	Identity           = feature("import by identity", "1.12.0", "1.12.0")
	Query              = feature("terraform query", "1.14.0", "")
	Actions            = feature("actions", "1.14.0", "")
)

// Needs skips a test that needs what the machine's Terraform or OpenTofu lacks, and says so.
func Needs(t testing.TB, features ...Feature) {
	t.Helper()
	cli := command(t)
	for _, f := range features {
		if reason := f.missingIn(cli); reason != "" {
			t.Skip(reason)
		}
	}
}

// Has tells whether the machine's Terraform or OpenTofu has a feature, for tests of what happens where it is missing.
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

// found is the machine's Terraform or OpenTofu. Where terraform-plugin-testing would look for another one, it is told.
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
