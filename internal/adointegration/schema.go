package adointegration

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// The values of auth_method.
const (
	authAccessToken = "access_token"
	authOAuth       = "oauth"
)

// Descriptions that the resource and the data sources share.
const (
	describeID               = "Id of the integration in Flow."
	describeOrganization     = "Name of the Azure DevOps organization."
	describeVendorType       = "Flow's name for the kind of integration: `azure_devops`."
	describeCreatedAt        = "When the integration was created, as Flow gives it: without a time zone."
	describeCreatedBy        = "Who created the integration, as Flow gives it."
	describeAuthorizationURL = "Where a person consents to an OAuth connection; null for a connection by token."
	describeRepos            = "Whether Flow reads repositories."
	describePullRequests     = "Whether Flow reads pull requests. Those without activity in the six months before the first processing are never read."
	describeTickets          = "Whether Flow reads work items, which it calls tickets."
	describeWebhooks         = "Whether Azure DevOps tells Flow of changes at once. It takes a token whose owner is a Project Collection Administrator."
)

// serviceAttributes are the types of the services object.
var serviceAttributes = map[string]attr.Type{
	"repos":         types.BoolType,
	"pull_requests": types.BoolType,
	"tickets":       types.BoolType,
	"webhooks":      types.BoolType,
}

func resourceSchema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Connects an Azure DevOps Services organization to Flow, and keeps the connection as configured.\n\n" +
			"URL, e-mail and token are checked against Azure DevOps when Terraform plans: what Flow would refuse with \"Authorization denied\" or " +
			"\"An error has occurred\" is an error on the argument that is wrong. See the guide *Plan-time checks*.",
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{
				MarkdownDescription: "Name of the integration in Flow. No other integration of the workspace may have it.",
				Required:            true,
				Validators:          []validator.String{trimmedText{}},
			},
			"base_url": schema.StringAttribute{
				MarkdownDescription: "Address of the organization, exactly of the form `https://dev.azure.com/<organization>`. " +
					"Another organization is another integration, so changing it replaces the integration.",
				Required:      true,
				PlanModifiers: []planmodifier.String{sameIntegration{}},
			},
			"email": schema.StringAttribute{
				MarkdownDescription: "E-mail address of the token's owner, in the very spelling of their Azure profile: Flow compares upper and lower case.",
				Required:            true,
			},
			"personal_access_token_wo": schema.StringAttribute{
				MarkdownDescription: "Personal access token of the service account, with the scopes Code, Build, Graph, Identity, Project and Team, and Work Items (all *Read*). " +
					"Write-only: it is in no plan and no state. Needs Terraform 1.11 or OpenTofu 1.11. It is needed to create the integration, and not after an import.",
				Optional:  true,
				Sensitive: true,
				WriteOnly: true,
				Validators: []validator.String{
					stringvalidator.ConflictsWith(path.MatchRoot("personal_access_token")),
				},
			},
			"personal_access_token_wo_version": schema.Int64Attribute{
				MarkdownDescription: "Raise it to send `personal_access_token_wo` again. When it is given, it alone decides; when it is not, the provider " +
					"notices a changed token by a keyed digest of the one that it sent last.",
				Optional: true,
				Validators: []validator.Int64{
					int64validator.AlsoRequires(path.MatchRoot("personal_access_token_wo")),
				},
			},
			"personal_access_token": schema.StringAttribute{
				MarkdownDescription: "The same token for versions of Terraform that lack write-only arguments. It is **stored in the state**, so prefer `personal_access_token_wo`.",
				Optional:            true,
				Sensitive:           true,
			},
			"auth_method": schema.StringAttribute{
				MarkdownDescription: "How Flow signs in: `access_token` (the default) or `oauth`. A connection by OAuth takes a person's consent in a browser: " +
					"make it in Flow and import it; its name and services are managed from then on.",
				Optional:      true,
				Computed:      true,
				Default:       stringdefault.StaticString(authAccessToken),
				Validators:    []validator.String{stringvalidator.OneOf(authAccessToken, authOAuth)},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"services": schema.SingleNestedAttribute{
				MarkdownDescription: "What the integration reads. Everything is on unless it is switched off here.",
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
					"and Flow does not take the organization back for 24 hours or more. To delete, set it to `false`, apply, and then destroy.",
				Optional: true,
				Computed: true,
				Default:  booldefault.StaticBool(true),
			},
			"timeouts": timeoutsAttribute(ctx),

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
				MarkdownDescription: "How often this resource has sent a token to Flow; 0 after an import. A plan that sends one shows it here, since the token itself is not shown.",
				Computed:            true,
			},
		},
	}
}

// timeoutsAttribute is the field's standard attribute, to which its module gives no description of its own.
func timeoutsAttribute(ctx context.Context) schema.Attribute {
	attribute := timeouts.Attributes(ctx, timeouts.Opts{Create: true, Read: true, Update: true, Delete: true})
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = "How long each operation may take, such as `10m`. Reading may take 5 minutes unless it is said here, and everything else 10."
		return nested
	}
	return attribute
}

// computed is an attribute that Flow sets once and for all.
func computed(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description,
		Computed:            true,
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

// toggle is a service that is on by default. The default is what makes a service that was switched off elsewhere show.
func toggle(description string) schema.BoolAttribute {
	return schema.BoolAttribute{
		MarkdownDescription: description + " Defaults to `true`.",
		Optional:            true,
		Computed:            true,
		Default:             booldefault.StaticBool(true),
	}
}
