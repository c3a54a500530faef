package adointegration

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/deadline"
	"github.com/flow-community/terraform-provider-flow/internal/nullable"
	"github.com/flow-community/terraform-provider-flow/internal/preflight"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
)

var (
	_ ephemeral.EphemeralResourceWithConfigure      = (*CredentialCheck)(nil)
	_ ephemeral.EphemeralResourceWithValidateConfig = (*CredentialCheck)(nil)
)

// CredentialCheck is the ephemeral resource flow_ado_credential_check: only the plan-time checks of a credential, with their
// outcome as values. It needs Azure DevOps and not Flow.
type CredentialCheck struct {
	data *providerdata.Data
}

// NewCredentialCheck makes the ephemeral resource for the provider's registration.
func NewCredentialCheck() ephemeral.EphemeralResource { return &CredentialCheck{} }

// credentialCheck is the ephemeral resource as Terraform holds it.
type credentialCheck struct {
	BaseURL             types.String `tfsdk:"base_url"`
	PersonalAccessToken types.String `tfsdk:"personal_access_token"`
	Email               types.String `tfsdk:"email"`
	Services            types.Object `tfsdk:"services"`

	Organization types.String        `tfsdk:"organization"`
	OK           types.Bool          `tfsdk:"ok"`
	Complete     types.Bool          `tfsdk:"complete"`
	Accepted     types.Bool          `tfsdk:"accepted"`
	Identity     *checkedIdentity    `tfsdk:"identity"`
	Scopes       map[string]*bool    `tfsdk:"scopes"`
	Rights       *checkedRights      `tfsdk:"rights"`
	Findings     []credentialFinding `tfsdk:"findings"`
}

type checkedIdentity struct {
	ID             types.String `tfsdk:"id"`
	DisplayName    types.String `tfsdk:"display_name"`
	EmailAddresses []string     `tfsdk:"email_addresses"`
}

type checkedRights struct {
	ViewInstance      *bool `tfsdk:"view_instance_level_information"`
	EditInstance      *bool `tfsdk:"edit_instance_level_information"`
	EditSubscriptions *bool `tfsdk:"edit_subscriptions"`
	Webhooks          *bool `tfsdk:"webhooks"`
}

type credentialFinding struct {
	Check    string `tfsdk:"check"`
	Field    string `tfsdk:"field"`
	Severity string `tfsdk:"severity"`
	Summary  string `tfsdk:"summary"`
	Detail   string `tfsdk:"detail"`
	Remedy   string `tfsdk:"remedy"`
}

// checkedToken is the argument of the token that is checked.
const checkedToken = "personal_access_token"

// Metadata implements ephemeral.EphemeralResource.
func (c *CredentialCheck) Metadata(_ context.Context, request ephemeral.MetadataRequest, response *ephemeral.MetadataResponse) {
	response.TypeName = request.ProviderTypeName + "_ado_credential_check"
}

// Schema implements ephemeral.EphemeralResource.
func (c *CredentialCheck) Schema(_ context.Context, _ ephemeral.SchemaRequest, response *ephemeral.SchemaResponse) {
	response.Schema = credentialCheckSchema()
}

// Configure implements ephemeral.EphemeralResourceWithConfigure.
func (c *CredentialCheck) Configure(_ context.Context, request ephemeral.ConfigureRequest, response *ephemeral.ConfigureResponse) {
	data, diagnostics := providerdata.From(request.ProviderData)
	response.Diagnostics.Append(diagnostics...)
	c.data = data
}

// ValidateConfig implements ephemeral.EphemeralResourceWithValidateConfig. Only what cannot be checked at all is an error.
func (c *CredentialCheck) ValidateConfig(ctx context.Context, request ephemeral.ValidateConfigRequest, response *ephemeral.ValidateConfigResponse) {
	var config credentialCheck
	response.Diagnostics.Append(request.Config.Get(ctx, &config)...)
	if response.Diagnostics.HasError() {
		return
	}
	response.Diagnostics.Append(refusals(config.connection().offlineFindings())...)
}

// Open implements ephemeral.EphemeralResource. Terraform opens it when all arguments are known, in each plan and each apply.
func (c *CredentialCheck) Open(ctx context.Context, request ephemeral.OpenRequest, response *ephemeral.OpenResponse) {
	var check credentialCheck
	response.Diagnostics.Append(request.Config.Get(ctx, &check)...)
	offline := check.connection().offlineFindings()
	response.Diagnostics.Append(refusals(offline)...)
	response.Diagnostics.Append(c.data.AzureDevOpsProblems()...)
	if response.Diagnostics.HasError() {
		return
	}
	check.Organization = organizationOf(check.BaseURL)
	ctx, cancel, _ := deadline.Within(ctx, nil, deadline.Read)
	defer cancel()
	evidence, err := c.data.Evidence(ctx, check.Organization.ValueString(), check.PersonalAccessToken.ValueString())
	if err != nil {
		response.Diagnostics.Append(interrupted())
		return
	}
	findings := slices.Concat(offline, preflight.Judge(evidence, check.expectation()).Findings)
	check.found(findings)
	check.summarize(evidence.Summary())
	response.Diagnostics.Append(diagnosticsOf(asReminders(findings), path.Root(checkedToken))...)
	response.Diagnostics.Append(response.Result.Set(ctx, check)...)
}

func (c credentialCheck) connection() connection {
	return connection{baseURL: c.BaseURL, email: c.Email, token: c.PersonalAccessToken, services: c.Services}
}

// expectation returns what to check. The e-mail is compared only if it is given.
func (c credentialCheck) expectation() preflight.Expectation {
	return preflight.Expectation{
		Email:    c.Email.ValueString(),
		Services: chosenServices(c.Services),
		Unknown:  preflight.Unknown{Email: c.Email.IsNull()},
	}
}

// refusals returns the errors among the offline findings.
func refusals(offline []preflight.Finding) diag.Diagnostics {
	wrong := slices.DeleteFunc(slices.Clone(offline), func(f preflight.Finding) bool { return f.Severity != preflight.SeverityError })
	return diagnosticsOf(wrong, path.Root(checkedToken))
}

// found records the findings, and their outcome.
func (c *credentialCheck) found(findings []preflight.Finding) {
	c.Findings = make([]credentialFinding, len(findings))
	ok, complete := true, true
	for i, finding := range findings {
		ok = ok && finding.Severity != preflight.SeverityError
		complete = complete && finding.Check != preflight.CheckCompleteness
		field := string(finding.Field)
		if finding.Field == preflight.FieldToken {
			field = checkedToken
		}
		c.Findings[i] = credentialFinding{
			Check: string(finding.Check), Field: field, Severity: finding.Severity.String(),
			Summary: finding.Summary, Detail: finding.Detail, Remedy: finding.Remedy,
		}
	}
	c.OK, c.Complete = types.BoolValue(ok), types.BoolValue(complete)
}

// summarize records what is known of the credential. Objects are never null, so that a condition may use their
// attributes.
func (c *credentialCheck) summarize(summary preflight.Summary) {
	c.Accepted = types.BoolPointerValue(summary.Accepted)
	c.Identity = &checkedIdentity{
		ID:             nullable.Text(summary.Owner.ID),
		DisplayName:    nullable.Text(summary.Owner.DisplayName),
		EmailAddresses: append([]string{}, summary.Owner.EmailAddresses...),
	}
	c.Scopes = summary.Scopes
	c.Rights = &checkedRights{
		ViewInstance:      summary.Rights.ViewInstance,
		EditInstance:      summary.Rights.EditInstance,
		EditSubscriptions: summary.Rights.EditSubscriptions,
		Webhooks:          summary.Rights.Webhooks,
	}
}
