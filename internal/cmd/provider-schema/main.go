// Command provider-schema prints this provider's schema in the format of `terraform providers schema -json`, for generating
// the documentation.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"

	tfjson "github.com/hashicorp/terraform-json"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/flow-community/terraform-provider-flow/internal/provider"
	"github.com/flow-community/terraform-provider-flow/internal/providerschema"
)

func main() {
	// tfplugindocs looks up a provider by its short name.
	name := flag.String("name", "flow", "`name` of the provider in the output")
	flag.Parse()
	schemas, err := read(context.Background(), *name)
	if err == nil {
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(schemas)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "provider-schema:", err)
		os.Exit(1)
	}
}

func read(ctx context.Context, name string) (*tfjson.ProviderSchemas, error) {
	server, err := providerserver.NewProtocol6WithError(provider.New("dev")())()
	if err != nil {
		return nil, err
	}
	return providerschema.Read(ctx, server, name)
}
