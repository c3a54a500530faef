package main

import "context"

var drift = chapter{
	title: "What is changed by hand shows, and is mended",
	why:   "A service that somebody switched off in Flow is an ordinary difference in the next plan, on that switch alone.",
	steps: []step{
		{
			does: "somebody switches tickets off in Flow", holds: "Flow has them off",
			run: func(ctx context.Context, s *stage) (string, error) {
				existing, err := s.flow.theIntegration(ctx)
				if err != nil {
					return "", err
				}
				if err := s.flow.change(ctx, existing.ID, `{"enabled_services":["repo","pull_request"]}`); err != nil {
					return "", err
				}
				if asConfigured(ctx, s) == nil {
					return "", errUnchanged
				}
				return "", nil
			},
		},
		{
			does: "terraform plan", holds: "an update in place of exactly that switch",
			run: func(ctx context.Context, s *stage) (string, error) { return updateOf(ctx, s, "services.tickets") },
		},
		{
			does: "terraform apply", holds: "one request that holds the services and nothing else",
			run: func(ctx context.Context, s *stage) (string, error) {
				return applied(ctx, s, `PATCH {"enabled_services":["repo","pull_request","ticket"]}`)
			},
		},
		{does: "terraform plan", holds: "nothing to do", run: emptyPlan},
	},
}

// applied applies, and checks what Flow was sent and that it is as configured afterwards.
func applied(ctx context.Context, s *stage, want ...string) (string, error) {
	if err := s.flow.forget(ctx); err != nil {
		return "", err
	}
	if _, err := apply(ctx, s); err != nil {
		return "", err
	}
	shown, err := wrote(ctx, s, want...)
	if err != nil {
		return "", err
	}
	return shown, asConfigured(ctx, s)
}
