package main

import (
	"context"
	"fmt"
)

var start = chapter{
	title: "From nothing",
	why: "A Flow workspace and an Azure DevOps organization to run against, on this machine alone. The provider is built " +
		"from this source, and Terraform runs it as it would run a released one.",
	base: true,
	steps: []step{
		{
			does: "find Terraform or OpenTofu", holds: "found one that runs",
			run: func(ctx context.Context, s *stage) (string, error) {
				err := s.findTerraform(ctx)
				return fmt.Sprintf("%s %s", s.cli.Product, s.cli.Version), err
			},
		},
		{
			does: "go build", holds: "the provider and the sandbox are built",
			run: func(ctx context.Context, s *stage) (string, error) { return "", s.build(ctx) },
		},
		{
			does: "flow-sandbox, as a process of its own", holds: "Flow answers, and has no integration",
			run: func(ctx context.Context, s *stage) (string, error) {
				if err := s.startSandbox(ctx); err != nil {
					return "", err
				}
				return fmt.Sprintf("Flow          %s\nAzure DevOps  %s", s.sandbox.FlowBaseURL, s.sandbox.AzureDevOpsEndpoint),
					nothingIn(ctx, s)
			},
		},
		{
			does: "terraform validate, with the connection as code", holds: "valid, and nothing to remark",
			run: func(ctx context.Context, s *stage) (string, error) {
				if err := s.configure(standard); err != nil {
					return "", err
				}
				result, err := s.terraform.Validate(ctx)
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
func nothingIn(ctx context.Context, s *stage) error {
	all, err := s.flow.integrations(ctx)
	if err == nil && len(all) > 0 {
		err = fmt.Errorf("Flow has %d integrations: %+v", len(all), all)
	}
	return err
}
