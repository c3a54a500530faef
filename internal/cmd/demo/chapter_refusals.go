package main

import (
	"context"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

const tokenArgument = "personal_access_token_wo"

var refusals = chapter{
	title: "Mistakes are refused before anything happens",
	why: `Flow itself answers them with "Authorization denied" or "An error has occurred", once it is too late. Here the plan ` +
		"points at the line that is wrong and says what to do.",
	steps: []step{
		refused("terraform validate, with the organization's old URL", "refused on base_url, giving the right URL",
			changed(func(c *configuration) { c.BaseURL = "https://contoso.visualstudio.com" }), validate,
			refusal{"Base URL is not of the form https://dev.azure.com/<organization>", "base_url", []string{"Write it as " + organizationURL}}),
		refused("terraform plan, with the e-mail in lower case", "refused on email, with the right spelling",
			changed(func(c *configuration) { c.Email = strings.ToLower(serviceAccount) }), plan,
			refusal{"E-mail differs in case from the token owner's", "email", []string{`Set the e-mail to "` + serviceAccount + `"`}}),
		refused("terraform plan, with a token that lacks a scope", "refused on the token, naming Work Items",
			changed(func(c *configuration) { c.Token = "no-work" }), plan,
			refusal{"Token lacks scopes that Flow requires", tokenArgument, []string{"it lacks Work Items (Read)", "add Work Items (Read)"}}),
		refused("terraform plan, with an expired token", "refused on the token, saying where to renew it",
			changed(func(c *configuration) { c.Token = "expired" }), plan,
			refusal{"Token has expired", tokenArgument, []string{"Regenerate the token at", organizationURL + "/_usersSettings/tokens"}}),
		{
			does: "look into Flow", holds: "it was asked for no change, and has no integration", alone: true,
			run: func(ctx context.Context, s *stage) (string, error) {
				if _, err := wrote(ctx, s); err != nil {
					return "", err
				}
				return "", nothingIn(ctx, s)
			},
		},
	},
}

func validate(ctx context.Context, s *stage) (terraformcli.Result, error) {
	return s.terraform.Validate(ctx)
}

func plan(ctx context.Context, s *stage) (terraformcli.Result, error) { return s.terraform.Plan(ctx) }

// refused is a step in which Terraform has to refuse a configuration.
func refused(does, holds string, c configuration, command func(context.Context, *stage) (terraformcli.Result, error), want refusal) step {
	return step{does: does, holds: holds, alone: true, run: func(ctx context.Context, s *stage) (string, error) {
		if err := s.configure(c); err != nil {
			return "", err
		}
		result, err := command(ctx, s)
		if err != nil {
			return "", err
		}
		return want.in(result)
	}}
}
