package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

var adoption = chapter{
	title: "What exists is adopted, not built twice",
	why: "A second integration on an organization counts its pull requests twice. So one that exists is found at plan time, and " +
		"the error holds the import block that takes it over. That takes no token.",
	steps: []step{
		{
			does: "terraform state rm " + address, holds: "Terraform has forgotten it, Flow has not",
			run: func(ctx context.Context, s *stage) (string, error) {
				result, err := s.terraform.Run(ctx, "state", "rm", address)
				if err != nil {
					return "", err
				}
				if result.ExitCode != 0 {
					return "", unexpected(result, "want exit status 0, got %d", result.ExitCode)
				}
				if err := emptyState(ctx, s); err != nil {
					return "", err
				}
				return "", asConfigured(ctx, s)
			},
		},
		{
			does: "terraform plan, which would make another one", holds: "refused on name, with an import block",
			run: proposeImport,
		},
		{
			does: "terraform plan, with the block and no token", holds: "one import, no change",
			run: func(ctx context.Context, s *stage) (string, error) {
				if err := s.configure(changed(func(c *configuration) { c.Import, c.Token = s.importing, "" })); err != nil {
					return "", err
				}
				change, err := plannedChange(ctx, s)
				if err == nil && (!change.Actions.NoOp() || change.Importing == nil) {
					err = fmt.Errorf("want an import without a change, got %v of %v", change.Actions, differencesOf(change))
				}
				return "", err
			},
		},
		{
			does: "terraform apply", holds: "imported, and Flow was asked for no change",
			run: func(ctx context.Context, s *stage) (string, error) { return applied(ctx, s) },
		},
		{
			does: "terraform plan, without the block", holds: "nothing to do",
			run: func(ctx context.Context, s *stage) (string, error) {
				if err := s.configure(adopted); err != nil {
					return "", err
				}
				return emptyPlan(ctx, s)
			},
		},
	},
}

var adopted = changed(func(c *configuration) { c.Token = "" })

// proposeImport plans the same integration anew and keeps the import block that the refusal holds.
func proposeImport(ctx context.Context, s *stage) (string, error) {
	if err := s.configure(standard); err != nil {
		return "", err
	}
	result, err := s.terraform.Plan(ctx)
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
	s.importing = "import {" + block + "\n}"
	return shown, nil
}

var errUnchanged = errors.New("nothing has changed")

// emptyState checks that Terraform's state has no resource.
func emptyState(ctx context.Context, s *stage) error {
	result, err := s.terraform.Run(ctx, "state", "list")
	if err == nil && (result.ExitCode != 0 || strings.TrimSpace(result.Output) != "") {
		err = unexpected(result, "want an empty state, got exit status %d", result.ExitCode)
	}
	return err
}
