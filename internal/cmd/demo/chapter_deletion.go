package main

import (
	"context"
	"fmt"
)

var deletion = chapter{
	title: "Deletion is guarded",
	why: "Deleting an integration loses its data, and Flow does not take the organization back for a day. So it takes two " +
		"deliberate steps.",
	steps: []step{
		{
			does: "terraform destroy", holds: "refused by deletion_protection, saying how to go on; Flow was asked for nothing",
			run: func(ctx context.Context, s *stage) (string, error) {
				if err := s.flow.forget(ctx); err != nil {
					return "", err
				}
				result, err := s.terraform.Destroy(ctx)
				if err != nil {
					return "", err
				}
				shown, err := refusal{"Integration is protected against deletion", "", []string{"set deletion_protection = false, apply, and try again"}}.in(result)
				if err != nil {
					return "", err
				}
				if _, err := wrote(ctx, s); err != nil {
					return "", err
				}
				return shown, asConfigured(ctx, s)
			},
		},
		{
			does: "terraform apply, with deletion_protection = false", holds: "done, a matter of Terraform's state alone",
			run: func(ctx context.Context, s *stage) (string, error) {
				if err := s.configure(changed(func(c *configuration) { c.Token, c.Unprotected = "", true })); err != nil {
					return "", err
				}
				return applied(ctx, s)
			},
		},
		{
			does: "terraform destroy", holds: "Flow has no integration, Terraform's state no resource",
			run: func(ctx context.Context, s *stage) (string, error) {
				existing, err := s.flow.theIntegration(ctx)
				if err != nil {
					return "", err
				}
				if err := s.flow.forget(ctx); err != nil {
					return "", err
				}
				result, err := s.terraform.Destroy(ctx)
				if err != nil {
					return "", err
				}
				if result.ExitCode != 0 {
					return "", unexpected(result, "the destroy failed with exit status %d", result.ExitCode)
				}
				return destroyed(ctx, s, existing)
			},
		},
	},
}

// destroyed checks that an integration was deleted by one request and is gone everywhere.
func destroyed(ctx context.Context, s *stage, gone integration) (string, error) {
	shown, err := wrote(ctx, s, "DELETE")
	if err != nil {
		return "", err
	}
	if err := nothingIn(ctx, s); err != nil {
		return "", fmt.Errorf("after deleting integration %d: %w", gone.ID, err)
	}
	return shown, emptyState(ctx, s)
}
