// Command terraform-provider-flow is the Terraform provider for Flow.
package main

import (
	"context"
	"flag"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/flow-community/terraform-provider-flow/internal/provider"
)

// version and commit are set by the release process.
var (
	version = "dev"
	commit  = ""
)

func main() {
	parent := os.Getppid() // first of all: later it may be another one
	debug := flag.Bool("debug", false, "wait for a debugger such as delve to attach")
	flag.Parse()
	tune()
	if !*debug {
		go endWithParent(parent)
	}
	err := providerserver.Serve(context.Background(), provider.New(fullVersion(version, commit)), providerserver.ServeOpts{
		Address: "registry.terraform.io/flow-community/flow",
		Debug:   *debug,
	})
	if err != nil {
		log.Fatal(err)
	}
}

// fullVersion returns the version with the commit as semantic versioning's build metadata. Flow and Azure DevOps see it in the
// user agent.
func fullVersion(version, commit string) string {
	if commit == "" {
		return version
	}
	return version + "+" + commit
}
