package main

import (
	"context"
	"fmt"
)

// secondToken is a second token of the service account in the sandbox's world.
const secondToken = "full-2"

var rotation = section{
	title: "The token is replaced in place",
	why: "Tokens expire after a year at the latest. A new token with a higher version is an update: the integration keeps its " +
		"id and its data.",
	steps: []step{
		{
			does: "terraform plan, with a new token and version 2", want: "in-place update of the version",
			run: func(ctx context.Context, e *environment) (string, error) {
				if err := e.configure(rotated); err != nil {
					return "", err
				}
				return updateOf(ctx, e, "credential_revision", "personal_access_token_wo_version")
			},
		},
		{
			does: "terraform apply", want: "same integration, one request with the new token",
			run: func(ctx context.Context, e *environment) (string, error) {
				before, err := e.flow.onlyIntegration(ctx)
				if err != nil {
					return "", err
				}
				shown, err := applied(ctx, e, `PATCH {"authData":{"token":"<token `+secondToken+`>"}}`)
				if err != nil {
					return "", err
				}
				after, err := e.flow.onlyIntegration(ctx)
				if err == nil && after.ID != before.ID {
					err = fmt.Errorf("integration %d was replaced by integration %d", before.ID, after.ID)
				}
				return shown, err
			},
		},
		{does: "terraform plan", want: "no changes", run: emptyPlan},
	},
}

var rotated = changed(func(c *configuration) { c.Token, c.Version = secondToken, 2 })
