package main

import (
	"context"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

const tokenArgument = "personal_access_token_wo"

var refusals = section{
	title: "Mistakes are errors at plan time",
	why: `Flow answers them with "Authorization denied" or "An error has occurred". The plan points at the line that is wrong ` +
		"and says what to do.",
	steps: []step{
		refused("terraform validate, with the organization's old URL", "error on base_url, with the right URL",
			changed(func(c *configuration) { c.BaseURL = "https://contoso.visualstudio.com" }), validate,
			refusal{"Base URL is not of the form https://dev.azure.com/<organization>", "base_url", []string{"Write it as " + organizationURL}}),
		refused("terraform plan, with the e-mail in lower case", "error on email, with the right spelling",
			changed(func(c *configuration) { c.Email = strings.ToLower(serviceAccount) }), plan,
			refusal{"E-mail differs in case from the token owner's", "email", []string{`Set the e-mail to "` + serviceAccount + `"`}}),
		refused("terraform plan, with a token that lacks a scope", "error on the token, names Work Items",
			changed(func(c *configuration) { c.Token = "no-work" }), plan,
			refusal{"Token lacks scopes that Flow requires", tokenArgument, []string{"it lacks Work Items (Read)", "add Work Items (Read)"}}),
		refused("terraform plan, with an expired token", "error on the token, says where to renew it",
			changed(func(c *configuration) { c.Token = "expired" }), plan,
			refusal{"Token has expired", tokenArgument, []string{"Regenerate the token at", organizationURL + "/_usersSettings/tokens"}}),
		{
			does: "check Flow", want: "no write requests, no integration", independent: true,
			run: func(ctx context.Context, e *environment) (string, error) {
				if _, err := wrote(ctx, e); err != nil {
					return "", err
				}
				return "", nothingIn(ctx, e)
			},
		},
	},
}

func validate(ctx context.Context, e *environment) (terraformcli.Result, error) {
	return e.terraform.Validate(ctx)
}

func plan(ctx context.Context, e *environment) (terraformcli.Result, error) {
	return e.terraform.Plan(ctx)
}

// refused is a step in which Terraform must refuse a configuration.
func refused(does, want string, c configuration, command func(context.Context, *environment) (terraformcli.Result, error), expected refusal) step {
	return step{does: does, want: want, independent: true, run: func(ctx context.Context, e *environment) (string, error) {
		if err := e.configure(c); err != nil {
			return "", err
		}
		result, err := command(ctx, e)
		if err != nil {
			return "", err
		}
		return expected.in(result)
	}}
}
