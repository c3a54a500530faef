package main

import (
	"context"
	"fmt"

	"github.com/google/go-cmp/cmp"
)

var restart = section{
	title: "The sandbox survives a crash",
	why:   "It keeps its data in a file, so you can stop it and continue later.",
	steps: []step{
		{
			does: "kill -9 the sandbox", want: "Flow no longer answers",
			run: func(ctx context.Context, e *environment) (_ string, err error) {
				if e.before, err = e.flow.onlyIntegration(ctx); err != nil {
					return "", err
				}
				if err := e.sandbox.Kill(); err != nil {
					return "", err
				}
				e.sandbox = nil
				if _, err := e.flow.integrations(ctx); err == nil {
					return "", errUnchanged
				}
				return "", nil
			},
		},
		{
			does: "start it again with the same file", want: "Flow has the same integration",
			run: func(ctx context.Context, e *environment) (string, error) {
				if err := e.startSandbox(ctx); err != nil {
					return "", err
				}
				after, err := e.flow.onlyIntegration(ctx)
				if diff := cmp.Diff(e.before, after); err == nil && diff != "" {
					err = fmt.Errorf("the integration has changed (-before +after):\n%s", diff)
				}
				return "", err
			},
		},
		{
			does: "terraform plan", want: "no changes",
			run: func(ctx context.Context, e *environment) (string, error) {
				if err := e.configure(rotated); err != nil { // The ports have changed.
					return "", err
				}
				return emptyPlan(ctx, e)
			},
		},
	},
}
