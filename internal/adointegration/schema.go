package adointegration

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/flow-community/terraform-provider-flow/internal/deadline"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
)

// The values of auth_method.
const (
	authAccessToken = flow.AuthAccessToken
	authOAuth       = flow.AuthOAuth
)

// Descriptions that the resource and the data sources share.
const (
	describeID               = "Id of the integration in Flow."
	describeOrganization     = "Name of the Azure DevOps organization."
	describeVendorType       = "Flow's name for the kind of integration: `azure_devops`."
	describeCreatedAt        = "When the integration was created, without a time zone."
	describeCreatedBy        = "Who created the integration, as Flow returns it."
	describeAuthorizationURL = "Where a person consents to a connection by OAuth; null for one by token, and where Flow names no address."
	describeRepos            = "Whether Flow reads repositories."
	describePullRequests     = "Whether Flow reads pull requests. Flow never reads those without activity in the six months before the first processing."
	describeTickets          = "Whether Flow reads work items, which Flow calls tickets."
	describeWebhooks         = "Whether Azure DevOps notifies Flow of changes. The token's owner has to be a Project Collection Administrator."
)

func resourceSchema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Connects an Azure DevOps Services organization to Flow, and keeps the connection as configured.\n\n" +
			"URL, e-mail and token are checked against Azure DevOps when Terraform plans: where Flow would answer \"Authorization denied\" or " +
			"\"An error has occurred\", the plan shows an error on the argument that is wrong. See the guide *Plan-time checks*.",
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{
				MarkdownDescription: "Name of the integration in Flow, unique in the workspace.",
				Required:            true,
				Validators:          []validator.String{trimmedText{}},
			},
			"base_url": schema.StringAttribute{
				MarkdownDescription: "Address of the organization, in the form `https://dev.azure.com/<organization>`. " +
					"Changing the organization replaces the integration.",
				Required:      true,
				PlanModifiers: []planmodifier.String{sameIntegration{}},
			},
			"email": schema.StringAttribute{
				MarkdownDescription: "E-mail address of the token's owner, exactly as in their Azure profile: the case matters to Flow. " +
					"Optional for a connection by OAuth, which has that of the person who consents.",
				Optional:      true,
				Computed:      true,
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"personal_access_token_wo": schema.StringAttribute{
				MarkdownDescription: "Personal access token of the service account, with the scopes Code, Build, Graph, Identity, Project and Team, and Work Items (all *Read*). " +
					"Write-only: it is in no plan and no state. Needs Terraform 1.11 or OpenTofu 1.11. Required to create the integration, not after an import.",
				Optional:  true,
				Sensitive: true,
				WriteOnly: true,
			},
			"personal_access_token_wo_version": schema.Int64Attribute{
				MarkdownDescription: "Increase it to send `personal_access_token_wo` again. If it is set, only its changes send the token. Otherwise the provider " +
					"recognizes a changed token by a keyed digest of the one that it sent last.",
				Optional: true,
				Validators: []validator.Int64{
					int64validator.AlsoRequires(path.MatchRoot("personal_access_token_wo")),
				},
			},
			"personal_access_token": schema.StringAttribute{
				MarkdownDescription: "The same token, for versions of Terraform without write-only arguments. It is **stored in the state**, so prefer `personal_access_token_wo`.",
				Optional:            true,
				Sensitive:           true,
			},
			expiryArgument: schema.StringAttribute{
				MarkdownDescription: "Day on which the token expires, as Azure DevOps showed it when the token was created: `2027-03-31`. Plans warn from 14 days before. " +
					"Azure DevOps does not tell it of an existing token. Only Terraform keeps it.",
				Optional:   true,
				Validators: []validator.String{calendarDay{}},
			},
			"auth_method": schema.StringAttribute{
				MarkdownDescription: "How Flow signs in: `access_token` (the default) or `oauth`. A connection by OAuth has no token. It reads nothing until a person " +
					"has opened `authorization_url` in a browser and consented; every plan warns until then. Changing the method replaces the integration.",
				Optional:      true,
				Computed:      true,
				Default:       stringdefault.StaticString(authAccessToken),
				Validators:    []validator.String{stringvalidator.OneOf(authAccessToken, authOAuth)},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"services": schema.SingleNestedAttribute{
				MarkdownDescription: "What the integration reads. Everything is on by default.",
				Optional:            true,
				Computed:            true,
				Default:             objectdefault.StaticValue(allServices()),
				Attributes: map[string]schema.Attribute{
					"repos":         toggle(describeRepos),
					"pull_requests": toggle(describePullRequests),
					"tickets":       toggle(describeTickets),
					"webhooks":      toggle(describeWebhooks),
				},
			},
			"deletion_protection": schema.BoolAttribute{
				MarkdownDescription: "Whether plans that delete or replace the integration are refused. Defaults to `true`, because deletion loses all of its data in Flow, " +
					"and Flow does not accept the organization again for 24 hours or more. To delete, set it to `false`, apply, and then destroy.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(true),
			},
			"timeouts": deadline.ResourceAttribute(ctx, "How long each operation may take, such as `10m`. The default is 5 minutes for reading, and 10 for everything else."),

			"id":           computed(describeID),
			"vendor_type":  computed(describeVendorType),
			"created_at":   computed(describeCreatedAt),
			"created_by":   computed(describeCreatedBy),
			"organization": schema.StringAttribute{MarkdownDescription: describeOrganization, Computed: true},
			"authorization_url": schema.StringAttribute{
				MarkdownDescription: describeAuthorizationURL,
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"credential_revision": schema.Int64Attribute{
				MarkdownDescription: "How often this resource has sent a token to Flow; 0 after an import. A plan that sends one shows the change here, since the token itself is not shown. " +
					"Without a version, every other change also shows it as known after apply.",
				Computed: true,
			},
		},
	}
}

// computed is an attribute that Flow sets once.
func computed(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description,
		Computed:            true,
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

// toggle is a service that is on by default. The default makes a service that was switched off elsewhere show as drift.
func toggle(description string) schema.BoolAttribute {
	return schema.BoolAttribute{
		MarkdownDescription: description + " Defaults to `true`.",
		Optional:            true,
		Computed:            true,
		Default:             booldefault.StaticBool(true),
	}
}
