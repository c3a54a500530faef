package adointegration

import (
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/preflight"
)

// model is the resource as Terraform holds it.
type model struct {
	Name                         types.String   `tfsdk:"name"`
	BaseURL                      types.String   `tfsdk:"base_url"`
	Email                        types.String   `tfsdk:"email"`
	PersonalAccessTokenWO        types.String   `tfsdk:"personal_access_token_wo"`
	PersonalAccessTokenWOVersion types.Int64    `tfsdk:"personal_access_token_wo_version"`
	PersonalAccessToken          types.String   `tfsdk:"personal_access_token"`
	AuthMethod                   types.String   `tfsdk:"auth_method"`
	Services                     types.Object   `tfsdk:"services"`
	DeletionProtection           types.Bool     `tfsdk:"deletion_protection"`
	Timeouts                     timeouts.Value `tfsdk:"timeouts"`

	ID                 types.String `tfsdk:"id"`
	Organization       types.String `tfsdk:"organization"`
	VendorType         types.String `tfsdk:"vendor_type"`
	CreatedAt          types.String `tfsdk:"created_at"`
	CreatedBy          types.String `tfsdk:"created_by"`
	AuthorizationURL   types.String `tfsdk:"authorization_url"`
	CredentialRevision types.Int64  `tfsdk:"credential_revision"`
}

// fromFlow writes what Flow says of the integration into the model. It is the only mapping in this direction, so that
// create, read, update and import agree. What Flow does not tell stays as it was, and so does the e-mail of a connection by
// OAuth, which belongs to the consent and cannot be set.
func (m *model) fromFlow(read flow.Integration) {
	m.ID = types.StringValue(formatID(read.ID))
	m.Name = types.StringValue(read.Name)
	if read.Email != "" && (read.AuthMethod != authOAuth || m.Email.IsNull()) {
		m.Email = types.StringValue(read.Email)
	}
	m.AuthMethod = types.StringValue(read.AuthMethod)
	m.Services = servicesObject(read.Services)
	m.VendorType = types.StringValue(read.VendorType)
	m.CreatedAt = textOrNull(read.CreatedAt)
	m.CreatedBy = textOrNull(read.CreatedBy)
	m.AuthorizationURL = textOrNull(read.AuthorizationURL)
	// Flow may answer without a URL, and the same organization may be spelled otherwise: neither is drift.
	if read.BaseURL != "" && !sameOrganization(read.BaseURL, m.BaseURL.ValueString()) {
		m.BaseURL = types.StringValue(read.BaseURL)
	}
	m.Organization = organizationOf(m.BaseURL)
	if m.CredentialRevision.IsNull() || m.CredentialRevision.IsUnknown() {
		m.CredentialRevision = types.Int64Value(0)
	}
}

// changeTo is what has to be told to Flow to make m what wanted is, but for the token.
func (m model) changeTo(wanted model) flow.IntegrationChange {
	change := flow.IntegrationChange{Name: changedText(m.Name, wanted.Name)}
	if wanted.AuthMethod.ValueString() != authOAuth {
		change.Email = changedText(m.Email, wanted.Email)
	}
	is, want := servicesOf(m.Services), servicesOf(wanted.Services)
	if is.Webhooks != want.Webhooks {
		change.Webhooks = &want.Webhooks
	}
	if is.Webhooks = want.Webhooks; is != want {
		change.Services = &want
	}
	return change
}

func changedText(is, wanted types.String) *string {
	if is.Equal(wanted) {
		return nil
	}
	return wanted.ValueStringPointer()
}

// servicesObject is the inverse of servicesOf.
func servicesObject(services flow.Services) types.Object {
	return types.ObjectValueMust(serviceAttributes, map[string]attr.Value{
		"repos":         types.BoolValue(services.Repos),
		"pull_requests": types.BoolValue(services.PullRequests),
		"tickets":       types.BoolValue(services.Tickets),
		"webhooks":      types.BoolValue(services.Webhooks),
	})
}

func allServices() types.Object {
	return servicesObject(flow.Services{Repos: true, PullRequests: true, Tickets: true, Webhooks: true})
}

// servicesOf reads a services object; what is unknown or null counts as off, see unknownServices.
func servicesOf(object types.Object) flow.Services {
	on := func(name string) bool {
		value, ok := object.Attributes()[name].(types.Bool)
		return ok && value.ValueBool()
	}
	return flow.Services{Repos: on("repos"), PullRequests: on("pull_requests"), Tickets: on("tickets"), Webhooks: on("webhooks")}
}

// chosenServices reads a services object of a configuration, in which what is left out is on.
func chosenServices(object types.Object) preflight.Services {
	on := func(name string) bool {
		value, ok := object.Attributes()[name].(types.Bool)
		return !ok || value.IsNull() || value.ValueBool()
	}
	return preflight.Services{Repos: on("repos"), PullRequests: on("pull_requests"), Tickets: on("tickets"), Webhooks: on("webhooks")}
}

// unknownServices marks the toggles whose value is not known yet.
func unknownServices(object types.Object) preflight.Services {
	unknown := func(name string) bool {
		value, ok := object.Attributes()[name]
		return object.IsUnknown() || ok && value.IsUnknown()
	}
	return preflight.Services{
		Repos: unknown("repos"), PullRequests: unknown("pull_requests"), Tickets: unknown("tickets"), Webhooks: unknown("webhooks"),
	}
}

// organizationOf names the organization of a base URL; unknown while the URL is, null for a URL of another form.
func organizationOf(baseURL types.String) types.String {
	if baseURL.IsUnknown() {
		return types.StringUnknown()
	}
	organization, findings := preflight.ParseBaseURL(baseURL.ValueString())
	if len(findings) > 0 {
		return types.StringNull()
	}
	return types.StringValue(string(organization))
}

// sameOrganization compares base URLs as Azure DevOps does: without regard to case and to a slash at the end.
func sameOrganization(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "/"), strings.TrimSuffix(b, "/"))
}

func textOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

func formatID(id int64) string { return strconv.FormatInt(id, 10) }
