// Command terraform-provider-flow is the Terraform provider for Flow.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/flow-community/terraform-provider-flow/internal/provider"
)

// version is set by the release process.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "wait for a debugger such as delve to attach")
	flag.Parse()
	tune()
	err := providerserver.Serve(context.Background(), provider.New(version), providerserver.ServeOpts{
		Address: "registry.terraform.io/flow-community/flow",
		Debug:   *debug,
	})
	if err != nil {
		log.Fatal(err)
	}
}
