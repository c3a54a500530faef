package adointegration

import (
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// notTold ends the description of an attribute that may be null.
const notTold = " Null when Azure DevOps did not say."

func credentialCheckSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Makes the [plan-time checks](../guides/plan-time-checks.md) of a credential by themselves, and gives their outcome as values: " +
			"whose token it is, its scopes and rights, and what is wrong. Nothing of it is stored in the plan or the state. It asks Azure DevOps only, so neither Flow's workspace nor an API key is needed, " +
			"and the provider's `preflight` does not switch it off.\n\n" +
			"Whatever Azure DevOps answers, the check itself does not fail: `ok` and the other attributes are for conditions. Only a value that cannot be right in any organization, " +
			"such as a placeholder for a token, is an error. Terraform shows nothing of an ephemeral value in the message of a failed condition, " +
			"so what would make Flow refuse the credential is also shown as a warning.\n\n" +
			"Put conditions where the outcome counts, as in the example, and not into the `lifecycle` of the check itself: with them there, `terraform show -json` crashes in several versions of Terraform, " +
			"1.11 and 1.13 among them.",
		Attributes: map[string]schema.Attribute{
			"base_url": schema.StringAttribute{
				MarkdownDescription: "Address of the organization, exactly of the form `https://dev.azure.com/<organization>`; the function `ado_base_url` makes it of any other.",
				Required:            true,
			},
			"personal_access_token": schema.StringAttribute{
				MarkdownDescription: "Personal access token to check. Give it by an ephemeral variable or resource: Terraform writes the values of ordinary variables into saved plans.",
				Required:            true,
				Sensitive:           true,
			},
			"email": schema.StringAttribute{
				MarkdownDescription: "E-mail address that the token's owner is expected to have, upper and lower case included. Not compared unless it is given.",
				Optional:            true,
			},
			"services": schema.SingleNestedAttribute{
				MarkdownDescription: "What Flow is to read with the credential, which decides what it needs. Everything is on unless it is switched off here.",
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
				"What Azure DevOps did not answer counts as fine here; see `complete`."),
			"complete": outcome("Whether Azure DevOps answered everything that it was asked. If not, one of the findings says what is missing and why."),
			"accepted": outcome("Whether Azure DevOps accepts the token at all." + notTold),
			"identity": schema.SingleNestedAttribute{
				MarkdownDescription: "The account that the token belongs to. Null and empty inside unless the token is accepted.",
				Computed:            true,
				Attributes: map[string]schema.Attribute{
					"id":           schema.StringAttribute{MarkdownDescription: "Id of the account in Azure DevOps.", Computed: true},
					"display_name": schema.StringAttribute{MarkdownDescription: "Name of the account.", Computed: true},
					"email_addresses": schema.ListAttribute{
						MarkdownDescription: "The account's addresses as Azure DevOps spells them, each once. The first is most like the one that Flow asks for; any of them passes for it.",
						ElementType:         types.StringType,
						Computed:            true,
					},
				},
			},
			"scopes": schema.MapAttribute{
				MarkdownDescription: "Whether the token has each of the six scopes, by the name on its page in Azure DevOps: `Code (Read)`, `Build (Read)`, `Graph (Read)`, `Identity (Read)`, " +
					"`Project and Team (Read)` and `Work Items (Read)`. A value is null when Azure DevOps did not say.",
				ElementType: types.BoolType,
				Computed:    true,
			},
			"rights": schema.SingleNestedAttribute{
				MarkdownDescription: "Effective rights of the account on the organization, groups and denials included.",
				Computed:            true,
				Attributes: map[string]schema.Attribute{
					"view_instance_level_information": outcome("The right *View instance-level information*, which Flow always needs." + notTold),
					"edit_instance_level_information": outcome("The right *Edit instance-level information*." + notTold),
					"edit_subscriptions":              outcome("The right to view and edit the service hooks of all projects." + notTold),
					"webhooks":                        outcome("All of these, which Flow needs to create webhooks. Project Collection Administrators have them." + notTold),
				},
			},
			"findings": schema.ListNestedAttribute{
				MarkdownDescription: "What is wrong or deserves a look, in the order in which to mend it. The same as in the plan-time checks, and none of it holds the token.",
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
		"field":    text("The argument that it is about: `base_url`, `personal_access_token`, `email` or `services.webhooks`."),
		"severity": text("`error` for what would make Flow refuse the credential, else `warning`."),
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
	return schema.BoolAttribute{MarkdownDescription: description + " On unless it is `false`.", Optional: true}
}
