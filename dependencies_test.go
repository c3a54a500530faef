package main

import (
	"os/exec"
	"strings"
	"testing"
)

// TestTheProviderHoldsOnlyWhatItNeeds keeps tools and test equipment out of the binary that users
// download: they are in the same module, so one import would be enough.
func TestTheProviderHoldsOnlyWhatItNeeds(t *testing.T) {
	const module = "github.com/flow-community/terraform-provider-flow"
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	dependencies := strings.Fields(string(out))
	if len(dependencies) < 100 {
		t.Fatalf("go list names only %d packages", len(dependencies))
	}
	for _, unwanted := range []string{
		module + "/internal/acctest",
		module + "/internal/cmd",
		module + "/internal/providerschema",
		module + "/internal/sandbox",
		module + "/internal/terraformcli",
		"github.com/hashicorp/hc-install",
		"github.com/hashicorp/hcl",
		"github.com/hashicorp/terraform-exec",
		"github.com/hashicorp/terraform-json",
		"github.com/hashicorp/terraform-plugin-sdk",
		"github.com/hashicorp/terraform-plugin-testing",
		"github.com/microsoft/azure-devops-go-api",
		"github.com/zclconf/go-cty",
		"go.etcd.io/bbolt",
		"golang.org/x/oauth2",
	} {
		for _, dependency := range dependencies {
			if dependency == unwanted || strings.HasPrefix(dependency, unwanted+"/") {
				t.Errorf("the provider depends on %s", dependency)
			}
		}
	}
}
