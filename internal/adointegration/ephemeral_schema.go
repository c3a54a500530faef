package adointegration

import (
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// notKnown ends the description of an attribute that may be null.
const notKnown = " Null if Azure DevOps did not say."

func credentialCheckSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Makes only the [plan-time checks](../guides/plan-time-checks.md) of a credential, and returns their outcome as values: " +
			"whose token it is, its scopes and rights, and what is wrong. Nothing is stored in the plan or the state. It asks only Azure DevOps, so it needs neither Flow's workspace nor an API key, " +
			"and the provider's `preflight` does not turn it off.\n\n" +
			"The check does not fail, whatever Azure DevOps answers: use `ok` and the other attributes in conditions. Only a value that is wrong in any organization, " +
			"such as a placeholder instead of a token, is an error. Terraform shows no ephemeral value in the message of a failed condition, " +
			"so a warning also shows what would make Flow refuse the credential.\n\n" +
			"Put conditions where the outcome matters, as in the example, and not into the `lifecycle` of the check: with them there, `terraform show -json` crashes in several versions of Terraform, " +
			"including 1.11 and 1.13.",
		Attributes: map[string]schema.Attribute{
			"base_url": schema.StringAttribute{
				MarkdownDescription: "Address of the organization, in the form `https://dev.azure.com/<organization>`. The function `ado_base_url` converts any other form.",
				Required:            true,
			},
			"personal_access_token": schema.StringAttribute{
				MarkdownDescription: "Personal access token to check. Use an ephemeral variable or resource: Terraform writes the values of other variables into saved plans.",
				Required:            true,
				Sensitive:           true,
			},
			"email": schema.StringAttribute{
				MarkdownDescription: "Expected e-mail address of the token's owner, in upper and lower case as in the Azure profile. Not compared if omitted.",
				Optional:            true,
			},
			"services": schema.SingleNestedAttribute{
				MarkdownDescription: "What Flow reads with the credential, which decides what it needs. Everything is on by default.",
				Optional:            true,
				Attributes: map[string]schema.Attribute{
					"repos":         expected(describeRepos),
					"pull_requests": expected(describePullRequests),
					"tickets":       expected(describeTickets),
					"webhooks":      expected(describeWebhooks),
				},
			},

			"organization": schema.StringAttribute{MarkdownDescription: describeOrganization, Computed: true},
			"ok": outcome("Whether nothing was found that would make Flow refuse the credential: no finding has the severity `error`. " +
				"Unanswered questions count as fine here; see `complete`."),
			"complete": outcome("Whether Azure DevOps answered all questions. If not, one of the findings says what is missing and why."),
			"accepted": outcome("Whether Azure DevOps accepts the token at all." + notKnown),
			"identity": schema.SingleNestedAttribute{
				MarkdownDescription: "The account that the token belongs to. Its attributes are null or empty unless the token is accepted.",
				Computed:            true,
				Attributes: map[string]schema.Attribute{
					"id":           schema.StringAttribute{MarkdownDescription: "Id of the account in Azure DevOps.", Computed: true},
					"display_name": schema.StringAttribute{MarkdownDescription: "Name of the account.", Computed: true},
					"email_addresses": schema.ListAttribute{
						MarkdownDescription: "The account's addresses as Azure DevOps spells them. The first is the closest to the one that Flow asks for; any of them passes the check.",
						ElementType:         types.StringType,
						Computed:            true,
					},
				},
			},
			"scopes": schema.MapAttribute{
				MarkdownDescription: "Whether the token has each of the six scopes, by its name in Azure DevOps: `Code (Read)`, `Build (Read)`, `Graph (Read)`, `Identity (Read)`, " +
					"`Project and Team (Read)` and `Work Items (Read)`. A value is null if Azure DevOps did not say.",
				ElementType: types.BoolType,
				Computed:    true,
			},
			"rights": schema.SingleNestedAttribute{
				MarkdownDescription: "Effective rights of the account on the organization, groups and denials included.",
				Computed:            true,
				Attributes: map[string]schema.Attribute{
					"view_instance_level_information": outcome("The right *View instance-level information*, which Flow always needs." + notKnown),
					"edit_instance_level_information": outcome("The right *Edit instance-level information*." + notKnown),
					"edit_subscriptions":              outcome("The right to view and edit the service hooks of all projects." + notKnown),
					"webhooks":                        outcome("All of these, which Flow needs to create webhooks. Project Collection Administrators have them." + notKnown),
				},
			},
			"findings": schema.ListNestedAttribute{
				MarkdownDescription: "What is wrong, or may be, in the order to fix it. The same as in the plan-time checks. None of it contains the token.",
				Computed:            true,
				NestedObject:        findingObject(),
			},
		},
	}
}

func findingObject() schema.NestedAttributeObject {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{MarkdownDescription: description, Computed: true}
	}
	return schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
		"check": text("Stable name of the check: `token_format`, `service_choice`, `organization_exists`, `token_accepted`, `no_refusal`, `email_is_owners`, `token_scopes`, " +
			"`webhook_rights`, `instance_view_right`, `visible_projects`, `git_repositories`, or `completeness` for what could not be checked."),
		"field":    text("The argument concerned: `base_url`, `personal_access_token`, `email` or `services.webhooks`."),
		"severity": text("`error` if Flow would refuse the credential, otherwise `warning`."),
		"summary":  text("One short line."),
		"detail":   text("What was found."),
		"remedy":   text("What to do, and where."),
	}}
}

// outcome is what a check found.
func outcome(description string) schema.BoolAttribute {
	return schema.BoolAttribute{MarkdownDescription: description, Computed: true}
}

// expected is a service that is on unless it is switched off.
func expected(description string) schema.BoolAttribute {
	return schema.BoolAttribute{MarkdownDescription: description + " Defaults to `true`.", Optional: true}
}
