// Command terraform-provider-flow is the Terraform provider for Flow.
package main

import (
	"flag"
	"log"

	"github.com/flow-community/terraform-provider-flow/internal/serve"
)

// version is set by the release process.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "wait for a debugger such as delve to attach")
	flag.Parse()
	if err := serve.Run(version, *debug); err != nil {
		log.Fatal(err)
	}
}
