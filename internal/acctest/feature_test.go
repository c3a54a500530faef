package acctest

import (
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

func TestFeaturesAreMissingByProductAndVersion(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		feature Feature
		product terraformcli.Product
		version string
		want    string
	}{
		{Identity, terraformcli.Terraform, "1.11.4", "needs import by identity, which came with Terraform 1.12.0, and this is 1.11.4"},
		{Identity, terraformcli.Terraform, "1.12.0-rc1", ""},
		{Identity, terraformcli.Terraform, "1.16.1", ""},
		{Identity, terraformcli.OpenTofu, "1.12.6", ""},
		{Query, terraformcli.Terraform, "1.14.0", ""},
		{Query, terraformcli.OpenTofu, "1.99.0", "needs terraform query, which OpenTofu does not have"},
		{Functions, terraformcli.OpenTofu, "1.7.0", ""},
		{Functions, terraformcli.Terraform, "1.7.0", "needs provider functions, which came with Terraform 1.8.0, and this is 1.7.0"},
	} {
		if got := test.feature.missingIn(terraformcli.CLI{Product: test.product, Version: test.version}); got != test.want {
			t.Errorf("%s on %s %s: %q, want %q", test.feature.name, test.product, test.version, got, test.want)
		}
	}
}
