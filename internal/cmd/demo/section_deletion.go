package main

import (
	"context"
	"fmt"

	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

var deletion = section{
	title: "Deletion is guarded",
	why: "Deleting an integration loses its data, and Flow refuses the organization for a day afterwards. So it takes two " +
		"deliberate steps.",
	steps: []step{
		{
			does: "terraform destroy", want: "refused, says how to proceed; no write request to Flow",
			run: func(ctx context.Context, e *environment) (string, error) {
				result, err := destroy(ctx, e)
				if err != nil {
					return "", err
				}
				shown, err := refusal{"Integration is protected against deletion", "", []string{"set deletion_protection = false, apply, and try again"}}.in(result)
				if err != nil {
					return "", err
				}
				if _, err := wrote(ctx, e); err != nil {
					return "", err
				}
				return shown, asConfigured(ctx, e)
			},
		},
		{
			does: "terraform apply, with deletion_protection = false", want: "applied, no write request to Flow",
			run: func(ctx context.Context, e *environment) (string, error) {
				if err := e.configure(changed(func(c *configuration) { c.Token, c.Unprotected = "", true })); err != nil {
					return "", err
				}
				return applied(ctx, e)
			},
		},
		{
			does: "terraform destroy", want: "no integration in Flow, no resource in the state",
			run: func(ctx context.Context, e *environment) (string, error) {
				existing, err := e.flow.onlyIntegration(ctx)
				if err != nil {
					return "", err
				}
				result, err := destroy(ctx, e)
				if err != nil {
					return "", err
				}
				if result.ExitCode != 0 {
					return "", unexpected(result, "the destroy failed with exit status %d", result.ExitCode)
				}
				return destroyed(ctx, e, existing)
			},
		},
	},
}

// destroy runs terraform destroy with an empty request log.
func destroy(ctx context.Context, e *environment) (terraformcli.Result, error) {
	if err := e.flow.clearLog(ctx); err != nil {
		return terraformcli.Result{}, err
	}
	return e.terraform.Destroy(ctx)
}

// destroyed checks that one request deleted the integration, and that neither Flow nor the state has it.
func destroyed(ctx context.Context, e *environment, gone integration) (string, error) {
	shown, err := wrote(ctx, e, "DELETE")
	if err != nil {
		return "", err
	}
	if err := nothingIn(ctx, e); err != nil {
		return "", fmt.Errorf("after deleting integration %d: %w", gone.ID, err)
	}
	return shown, emptyState(ctx, e)
}
