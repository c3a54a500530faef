package main

import (
	"context"
	"fmt"

	"github.com/google/go-cmp/cmp"
)

var restart = chapter{
	title: "The sandbox survives a crash",
	why:   "It keeps its data in a file, so one can stop it and go on with it, in CI or over days.",
	steps: []step{
		{
			does: "kill -9 the sandbox", holds: "Flow does not answer any more",
			run: func(ctx context.Context, s *stage) (_ string, err error) {
				if s.before, err = s.flow.theIntegration(ctx); err != nil {
					return "", err
				}
				if err := s.sandbox.Kill(); err != nil {
					return "", err
				}
				s.sandbox = nil
				if _, err := s.flow.integrations(ctx); err == nil {
					return "", errUnchanged
				}
				return "", nil
			},
		},
		{
			does: "start it again on the same file", holds: "Flow has the same integration",
			run: func(ctx context.Context, s *stage) (string, error) {
				if err := s.startSandbox(ctx); err != nil {
					return "", err
				}
				after, err := s.flow.theIntegration(ctx)
				if diff := cmp.Diff(s.before, after); err == nil && diff != "" {
					err = fmt.Errorf("the integration is another one (-before +after):\n%s", diff)
				}
				return "", err
			},
		},
		{
			does: "terraform plan", holds: "nothing to do",
			run: func(ctx context.Context, s *stage) (string, error) {
				if err := s.configure(rotated); err != nil { // The ports are others now.
					return "", err
				}
				return emptyPlan(ctx, s)
			},
		},
	},
}
