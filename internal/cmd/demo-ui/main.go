// Command demo-ui starts the sandbox, connects an organization with real Terraform, and leaves both for a person to look at.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

const configuration = `terraform {
  required_providers {
    flow = {
      source = "flow-community/flow"
    }
  }
}

provider "flow" {
  base_url              = %q
  api_key               = %q
  azure_devops_endpoint = %q
}

variable "ado_pat" {
  type      = string
  sensitive = true
  default   = %q # The sandbox's tokens are public. Never write a real one into a file.
}

resource "flow_ado_integration" "main" {
  name                             = "Contoso Azure DevOps"
  base_url                         = "https://dev.azure.com/contoso"
  email                            = "Svc-Flow@contoso.com"
  personal_access_token_wo         = var.ado_pat
  personal_access_token_wo_version = 1
}

resource "flow_repo_import" "payments" {
  integration_id = flow_ado_integration.main.id
  include        = ["Payments/*"]
}
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "demo-ui:", err)
		os.Exit(1) //nolint:gocritic // stop has nothing left to do.
	}
}

// run prints where to look, and returns once ctx ends.
func run(ctx context.Context, out io.Writer) (err error) {
	cli, err := terraformcli.Find(ctx, out)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "flow-demo-ui-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	fmt.Fprintln(out, "Building the provider")
	if err := terraformcli.Build(ctx, folder); err != nil {
		return err
	}
	box, err := sandbox.Start(ctx, sandbox.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, box.Close()) }()
	workspace, err := terraformcli.NewWorkspace(cli, folder, folder)
	if err != nil {
		return err
	}
	err = workspace.Write("main.tf", fmt.Sprintf(configuration, box.FlowBaseURL(), box.APIKey(), box.AzureDevOpsEndpoint(), box.Token("full")))
	if err != nil {
		return err
	}
	applied, err := workspace.Run(ctx, "apply", "-auto-approve", "-no-color")
	if err != nil {
		return err
	}
	if applied.ExitCode != 0 {
		return fmt.Errorf("apply failed:\n%s", applied.Output)
	}
	fmt.Fprintf(out, `
Terraform made an integration. Look at it: %sintegrations/1

Click a toggle there, and see the drift:

  cd %s
  TF_CLI_CONFIG_FILE=%s %s plan

Ctrl-C ends it and removes everything.
`, box.PagesURL(), folder, filepath.Join(folder, "cli.tfrc"), cli.Path)
	<-ctx.Done()
	return nil
}
