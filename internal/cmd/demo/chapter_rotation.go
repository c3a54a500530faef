package main

import (
	"context"
	"fmt"
)

// secondToken is a second token of the service account in the sandbox's world.
const secondToken = "full-2"

var rotation = chapter{
	title: "The token is changed in place",
	why: "Tokens end after a year at the latest. A new one and a raised version are an update: the integration, with all its " +
		"data, stays the one that it is.",
	steps: []step{
		{
			does: "terraform plan, with a new token and version 2", holds: "an update in place of the version, no replacement",
			run: func(ctx context.Context, s *stage) (string, error) {
				if err := s.configure(rotated); err != nil {
					return "", err
				}
				return updateOf(ctx, s, "credential_revision", "personal_access_token_wo_version")
			},
		},
		{
			does: "terraform apply", holds: "the same integration, one request with the new token",
			run: func(ctx context.Context, s *stage) (string, error) {
				before, err := s.flow.theIntegration(ctx)
				if err != nil {
					return "", err
				}
				shown, err := applied(ctx, s, `PATCH {"authData":{"token":"<token `+secondToken+`>"}}`)
				if err != nil {
					return "", err
				}
				after, err := s.flow.theIntegration(ctx)
				if err == nil && after.ID != before.ID {
					err = fmt.Errorf("integration %d has become integration %d", before.ID, after.ID)
				}
				return shown, err
			},
		},
		{does: "terraform plan", holds: "nothing to do", run: emptyPlan},
	},
}

var rotated = changed(func(c *configuration) { c.Token, c.Version = secondToken, 2 })
