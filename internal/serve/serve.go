// Package serve runs the provider as Terraform starts it: a process of its own that speaks Terraform's protocol, version 6.
package serve

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/flow-community/terraform-provider-flow/internal/provider"
)

// address is where the registry has the provider.
const address = "registry.terraform.io/flow-community/flow"

// Run serves the provider until Terraform ends it, or with debug until a debugger's user does. Its error is one of starting.
func Run(version string, debug bool) error {
	silent := !wantsLog() // Tuning sets one of the variables.
	tune()
	var options []tf6server.ServeOpt
	if debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	return tf6server.Serve(address, func() tfprotov6.ProviderServer { return newServer(version, silent) }, options...)
}

// NewServer gives the provider as Run serves it, for tests and tools to call.
func NewServer(version string) tfprotov6.ProviderServer { return newServer(version, false) }

func newServer(version string, silent bool) server {
	downstream := providerserver.NewProtocol6(provider.New(version)())()
	all, ok := downstream.(framework)
	if !ok {
		panic(fmt.Sprintf("%T lacks a part of Terraform's protocol that the provider uses", downstream))
	}
	return server{all, silent}
}
