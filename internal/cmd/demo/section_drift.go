package main

import "context"

var drift = section{
	title: "Changes made by hand are found and fixed",
	why:   "A service that somebody switched off in Flow is a difference in the next plan, on that argument alone.",
	steps: []step{
		{
			does: "switch tickets off in Flow", want: "Flow has them off",
			run: func(ctx context.Context, e *environment) (string, error) {
				existing, err := e.flow.onlyIntegration(ctx)
				if err != nil {
					return "", err
				}
				if err := e.flow.change(ctx, existing.ID, map[string]any{"enabled_services": []string{"repo", "pull_request"}}); err != nil {
					return "", err
				}
				if asConfigured(ctx, e) == nil {
					return "", errUnchanged
				}
				return "", nil
			},
		},
		{
			does: "terraform plan", want: "in-place update of that argument alone",
			run: func(ctx context.Context, e *environment) (string, error) { return updateOf(ctx, e, "services.tickets") },
		},
		{
			does: "terraform apply", want: "one request with the services and nothing else",
			run: func(ctx context.Context, e *environment) (string, error) {
				return applied(ctx, e, `PATCH {"enabled_services":["repo","pull_request","ticket"]}`)
			},
		},
		{does: "terraform plan", want: "no changes", run: emptyPlan},
	},
}

// applied applies, and checks the write requests that Flow got and the integration that it has afterwards.
func applied(ctx context.Context, e *environment, want ...string) (string, error) {
	if err := e.flow.clearLog(ctx); err != nil {
		return "", err
	}
	if _, err := apply(ctx, e); err != nil {
		return "", err
	}
	shown, err := wrote(ctx, e, want...)
	if err != nil {
		return "", err
	}
	return shown, asConfigured(ctx, e)
}
