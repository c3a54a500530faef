package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

var adoption = section{
	title: "An existing integration is imported, not created twice",
	why: "A second integration on an organization counts its pull requests twice. The plan finds the first one, and the error " +
		"has the import block for it. The import needs no token.",
	steps: []step{
		{
			does: "terraform state rm " + address, want: "no longer in the state, still in Flow",
			run: func(ctx context.Context, e *environment) (string, error) {
				result, err := e.terraform.Run(ctx, "state", "rm", address)
				if err != nil {
					return "", err
				}
				if result.ExitCode != 0 {
					return "", unexpected(result, "want exit status 0, got %d", result.ExitCode)
				}
				if err := emptyState(ctx, e); err != nil {
					return "", err
				}
				return "", asConfigured(ctx, e)
			},
		},
		{
			does: "terraform plan, which would create it again", want: "error on name, with an import block",
			run: proposeImport,
		},
		{
			does: "terraform plan, with the block and no token", want: "one import, no changes",
			run: func(ctx context.Context, e *environment) (string, error) {
				if err := e.configure(changed(func(c *configuration) { c.Import, c.Token = e.importBlock, "" })); err != nil {
					return "", err
				}
				change, err := plannedChange(ctx, e)
				if err == nil && (!change.Actions.NoOp() || change.Importing == nil) {
					err = fmt.Errorf("want an import without changes, got %v of %v", change.Actions, differencesOf(change))
				}
				return "", err
			},
		},
		{
			does: "terraform apply", want: "imported, no write request to Flow",
			run: func(ctx context.Context, e *environment) (string, error) { return applied(ctx, e) },
		},
		{
			does: "terraform plan, without the block", want: "no changes",
			run: func(ctx context.Context, e *environment) (string, error) {
				if err := e.configure(adopted); err != nil {
					return "", err
				}
				return emptyPlan(ctx, e)
			},
		},
	},
}

var adopted = changed(func(c *configuration) { c.Token = "" })

// proposeImport plans to create the same integration again, and keeps the import block of the error.
func proposeImport(ctx context.Context, e *environment) (string, error) {
	if err := e.configure(standard); err != nil {
		return "", err
	}
	result, err := e.terraform.Plan(ctx)
	if err != nil {
		return "", err
	}
	shown, err := refusal{"An integration of this name exists", "name", []string{integrationName, "import {"}}.in(result)
	if err != nil {
		return "", err
	}
	_, block, _ := strings.Cut(result.Errors()[0].Detail, "import {")
	block, _, closed := strings.Cut(block, "\n}")
	if !closed {
		return "", unexpected(result, "the import block has no end")
	}
	e.importBlock = "import {" + block + "\n}"
	return shown, nil
}

var errUnchanged = errors.New("nothing has changed")

// emptyState checks that Terraform's state has no resource.
func emptyState(ctx context.Context, e *environment) error {
	result, err := e.terraform.Run(ctx, "state", "list")
	if err == nil && (result.ExitCode != 0 || strings.TrimSpace(result.Output) != "") {
		err = unexpected(result, "want an empty state, got exit status %d", result.ExitCode)
	}
	return err
}
