package adointegration

import (
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/adourl"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/identity"
	"github.com/flow-community/terraform-provider-flow/internal/nullable"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// model is the resource as Terraform holds it.
type model struct {
	Name                         types.String   `tfsdk:"name"`
	BaseURL                      types.String   `tfsdk:"base_url"`
	Email                        types.String   `tfsdk:"email"`
	PersonalAccessTokenWO        types.String   `tfsdk:"personal_access_token_wo"`
	PersonalAccessTokenWOVersion types.Int64    `tfsdk:"personal_access_token_wo_version"`
	PersonalAccessToken          types.String   `tfsdk:"personal_access_token"`
	PersonalAccessTokenExpiresOn types.String   `tfsdk:"personal_access_token_expires_on"`
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

// observed returns the model with what Flow has. What Flow does not return remains as it was, and so does the e-mail of a
// connection by OAuth, which belongs to the consent and cannot be set. Flow may name the address to consent at only once.
func (m model) observed(i flow.Integration) model {
	m.ID = types.StringValue(identity.FormatID(i.ID))
	m.Name = types.StringValue(i.Name)
	if m.Email.IsUnknown() || i.Email != "" && (i.AuthMethod != authOAuth || m.Email.IsNull()) {
		m.Email = nullable.Text(i.Email)
	}
	m.AuthMethod = types.StringValue(i.AuthMethod)
	m.Services = observedServices(m.Services, i)
	m.VendorType = types.StringValue(i.VendorType)
	m.CreatedAt = nullable.Text(i.CreatedAt)
	m.CreatedBy = nullable.Text(i.CreatedBy)
	if i.AuthorizationURL != "" || i.AuthMethod != authOAuth || m.AuthorizationURL.IsUnknown() {
		m.AuthorizationURL = nullable.Text(i.AuthorizationURL)
	}
	// Flow may return no URL, and the same organization may be spelled otherwise: neither is drift.
	if i.BaseURL != "" && !sameOrganization(i.BaseURL, m.BaseURL.ValueString()) {
		m.BaseURL = types.StringValue(i.BaseURL)
	}
	m.Organization = organizationOf(m.BaseURL)
	if m.CredentialRevision.IsNull() || m.CredentialRevision.IsUnknown() {
		m.CredentialRevision = types.Int64Value(0)
	}
	return m
}

// written returns the model after Flow has carried out a plan. What was planned remains: Terraform accepts nothing else. If
// Flow has something else, the next refresh shows the difference.
func (m model) written(i flow.Integration) model {
	written := m.observed(i)
	written.Name, written.BaseURL, written.AuthMethod, written.Services = m.Name, m.BaseURL, m.AuthMethod, m.Services
	if !m.Email.IsUnknown() {
		written.Email = m.Email
	}
	if !m.AuthorizationURL.IsUnknown() {
		written.AuthorizationURL = m.AuthorizationURL
	}
	written.Organization = organizationOf(m.BaseURL)
	return written
}

// creation returns what to create. The token is "" for a connection by OAuth, whose e-mail is that of the consent.
func (m model) creation(token string) flow.NewIntegration {
	wanted := flow.NewIntegration{
		Name:       m.Name.ValueString(),
		BaseURL:    adourl.Organization(organizationOf(m.BaseURL).ValueString()).BaseURL(),
		AuthMethod: m.AuthMethod.ValueString(),
		Token:      token,
		Services:   servicesOf(m.Services),
	}
	if !m.byOAuth() {
		wanted.Email = m.Email.ValueString()
	}
	return wanted
}

// changeTo returns what to change in Flow to make m what wanted is, except for the token. What Flow does not tell is not
// switched because of that.
func (m model) changeTo(wanted model) flow.IntegrationChange {
	change := flow.IntegrationChange{Name: changedText(m.Name, wanted.Name)}
	if !wanted.byOAuth() {
		change.Email = changedText(m.Email, wanted.Email)
	}
	is, want := adoptedServices(m.Services, wanted.Services), servicesOf(wanted.Services)
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

// knownName returns the name, or a placeholder for one that is known only after apply.
func (m model) knownName() string {
	if m.Name.IsUnknown() {
		return "NAME"
	}
	return m.Name.ValueString()
}

func (m model) id() (int64, diag.Diagnostics) {
	id, err := identity.ParseID(m.ID.ValueString())
	if err != nil {
		return 0, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("id"), "Invalid id in the state",
			wording.Sentence(err.Error())+"\n\nRemove the resource from the state, and import it by its id or name.")}
	}
	return id, nil
}
