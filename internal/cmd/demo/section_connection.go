package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
)

var connection = section{
	title: "One apply connects the organization",
	why:   "Flow tests the connection with the same token, so its answer confirms the plan-time checks.",
	steps: []step{
		{
			does: "terraform apply", want: "Flow has the integration as configured, created by one request",
			run: func(ctx context.Context, e *environment) (string, error) {
				if err := e.configure(standard); err != nil {
					return "", err
				}
				if err := e.flow.clearLog(ctx); err != nil {
					return "", err
				}
				warning, err := apply(ctx, e)
				if err != nil {
					return "", err
				}
				request, err := created(ctx, e)
				return request + "\n\n" + warning, err
			},
		},
		{does: "terraform plan", want: "no changes", run: emptyPlan},
	},
}

var allServices = []string{"repo", "pull_request", "ticket"}

// created checks the integration in Flow, and that one request created it.
func created(ctx context.Context, e *environment) (string, error) {
	if err := asConfigured(ctx, e); err != nil {
		return "", err
	}
	writes, err := e.flow.writes(ctx)
	if err == nil && (len(writes) != 1 || writes[0].Method != http.MethodPost) {
		err = fmt.Errorf("Flow got the write requests %v, want one POST", writes)
	}
	if err != nil {
		return "", err
	}
	return wrap(sentPrefix+writes[0].String(), lineWidth), nil
}

// asConfigured checks that Flow has what the standard configuration says.
func asConfigured(ctx context.Context, e *environment) error {
	got, err := e.flow.onlyIntegration(ctx)
	if err != nil {
		return err
	}
	if got.Name != integrationName || got.URL != organizationURL || got.Username != serviceAccount ||
		!slices.Equal(got.Services, allServices) || !got.Webhooks {
		return fmt.Errorf("Flow has %+v, which differs from the configuration", got)
	}
	return nil
}
