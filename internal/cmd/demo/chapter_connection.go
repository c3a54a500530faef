package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
)

var connection = chapter{
	title: "One apply connects the organization",
	why:   "Flow tries the connection with the same token. That it accepts it shows that the checks ask for the right things.",
	steps: []step{
		{
			does: "terraform apply", holds: "Flow has the integration as configured, made by one request",
			run: func(ctx context.Context, s *stage) (string, error) {
				if err := s.configure(standard); err != nil {
					return "", err
				}
				if err := s.flow.forget(ctx); err != nil {
					return "", err
				}
				advice, err := apply(ctx, s)
				if err != nil {
					return "", err
				}
				request, err := created(ctx, s)
				return request + "\n\n" + advice, err
			},
		},
		{does: "terraform plan", holds: "nothing to do", run: emptyPlan},
	},
}

var allServices = []string{"repo", "pull_request", "ticket"}

// created checks the integration that Flow has, and that one request made it.
func created(ctx context.Context, s *stage) (string, error) {
	if err := asConfigured(ctx, s); err != nil {
		return "", err
	}
	writes, err := s.flow.writes(ctx)
	if err == nil && (len(writes) != 1 || writes[0].Method != http.MethodPost) {
		err = fmt.Errorf("Flow was sent %v, want one POST", writes)
	}
	if err != nil {
		return "", err
	}
	return wrap("Flow got: "+writes[0].String(), lineWidth), nil
}

// asConfigured checks that what Flow has is what the standard configuration says.
func asConfigured(ctx context.Context, s *stage) error {
	got, err := s.flow.theIntegration(ctx)
	if err != nil {
		return err
	}
	if got.Name != integrationName || got.URL != organizationURL || got.Username != serviceAccount ||
		!slices.Equal(got.Services, allServices) || !got.Webhooks {
		return fmt.Errorf("Flow has %+v, which is not what is configured", got)
	}
	return nil
}
