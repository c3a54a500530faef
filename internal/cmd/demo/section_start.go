package main

import (
	"context"
	"fmt"
)

var start = section{
	title: "Setup",
	why: "Builds the provider from this source and starts a Flow workspace and an Azure DevOps organization on this machine. " +
		"Terraform runs the provider as it runs a released one.",
	required: true,
	steps: []step{
		{
			does: "find Terraform or OpenTofu", want: "found",
			run: func(ctx context.Context, e *environment) (string, error) {
				err := e.findTerraform(ctx)
				return fmt.Sprintf("%s %s", e.cli.Product, e.cli.Version), err
			},
		},
		{
			does: "go build", want: "provider and sandbox are built",
			run: func(ctx context.Context, e *environment) (string, error) { return "", e.build(ctx) },
		},
		{
			does: "start flow-sandbox", want: "Flow answers and has no integration",
			run: func(ctx context.Context, e *environment) (string, error) {
				if err := e.startSandbox(ctx); err != nil {
					return "", err
				}
				return fmt.Sprintf("Flow          %s\nAzure DevOps  %s", e.sandbox.FlowBaseURL, e.sandbox.AzureDevOpsEndpoint),
					nothingIn(ctx, e)
			},
		},
		{
			does: "terraform validate", want: "valid, no warnings",
			run: func(ctx context.Context, e *environment) (string, error) {
				if err := e.configure(standard); err != nil {
					return "", err
				}
				result, err := e.terraform.Validate(ctx)
				if err != nil {
					return "", err
				}
				if result.ExitCode != 0 {
					return "", unexpected(result, "want exit status 0, got %d", result.ExitCode)
				}
				return standard.resource(), silent(result)
			},
		},
	},
}

// nothingIn checks that Flow has no integration.
func nothingIn(ctx context.Context, e *environment) error {
	all, err := e.flow.integrations(ctx)
	if err == nil && len(all) > 0 {
		err = fmt.Errorf("Flow has %d integrations: %+v", len(all), all)
	}
	return err
}
