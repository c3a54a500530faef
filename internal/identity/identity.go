// Package identity holds the resource identity of this provider's resources: what Terraform 1.12 and later keep beside the
// state, and what an import block may give instead of an id.
package identity

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/lazyregexp"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// Identity is the identity of every resource. Each workspace counts its ids from 1, hence the workspace.
type Identity struct {
	ID        types.String `tfsdk:"id"`
	Workspace types.String `tfsdk:"workspace"`
}

// Schema returns the schema of Identity, with a description of the id.
func Schema(describeID string) identityschema.Schema {
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id": identityschema.StringAttribute{
			Description:       describeID,
			RequiredForImport: true,
		},
		"workspace": identityschema.StringAttribute{
			Description: "The Flow workspace: its name, or the host name of the provider's base_url if that is not the address of a workspace. " +
				"Optional in an import block; if given, it has to be the workspace that the provider is configured for.",
			OptionalForImport: true,
		},
	}}
}

// ParseID reads the id of an integration, of which there is one spelling: "012" would be another identity of integration 12.
// Its error names what was given.
func ParseID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 || FormatID(id) != text {
		return 0, fmt.Errorf(`%q is not the id of an integration, which is a whole number such as "12"`, text)
	}
	return id, nil
}

// idForm is the form of an integration's id.
var idForm = lazyregexp.New(`^[1-9][0-9]{0,17}$`)

// ValidID checks an argument that is the id of an integration.
func ValidID() validator.String {
	return stringvalidator.RegexMatches(idForm(), `must be the id of an integration, a whole number such as "12"`)
}

// IntegrationID reads the argument integration_id.
func IntegrationID(argument types.String) (int64, diag.Diagnostics) {
	id, err := ParseID(argument.ValueString())
	if err != nil {
		return 0, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("integration_id"), "Invalid integration id",
			wording.Sentence(err.Error())+"\n\nLook up the id with the data source flow_ado_integrations.")}
	}
	return id, nil
}

// FormatID is the inverse of ParseID.
func FormatID(id int64) string { return strconv.FormatInt(id, 10) }

// Workspace identifies the Flow workspace that the provider is configured for; "" if that is not known.
type Workspace string

// WorkspaceAt returns the workspace at the address of a Customer API: its name, "acme" for https://acme.appfireflow.com,
// and the host name of any other address. Case does not matter in either. Scheme, port and path are no part of it: they
// say how a workspace is reached, and an identity has to outlive a change of that.
func WorkspaceAt(address *url.URL) Workspace {
	if address == nil {
		return ""
	}
	host := strings.TrimSuffix(strings.ToLower(address.Hostname()), ".")
	name, isOwn := strings.CutSuffix(host, "."+flow.WorkspaceDomain)
	if isOwn && !strings.Contains(name, ".") {
		return Workspace(name)
	}
	return Workspace(host)
}

// Identity returns the identity of the object with this id.
func (w Workspace) Identity(id string) Identity {
	return Identity{ID: types.StringValue(id), Workspace: types.StringValue(string(w))}
}

// Set writes the identity of the object with this id into a response. The response holds what Terraform stored before: an
// object that was stored for another workspace is an error, see Check.
func (w Workspace) Set(ctx context.Context, stored *tfsdk.ResourceIdentity, id string) diag.Diagnostics {
	diagnostics := w.Check(ctx, stored)
	if !diagnostics.HasError() {
		diagnostics.Append(stored.Set(ctx, w.Identity(id))...)
	}
	return diagnostics
}

// Check refuses an identity of another workspace. There, the same id is another object or none: it would be taken for
// deleted and created again, or be changed and deleted in place of the one that is meant. An identity without a workspace,
// as in a state that an older Terraform wrote, passes, and so does every one while the workspace is not known: then there
// is no client.
func (w Workspace) Check(ctx context.Context, stored *tfsdk.ResourceIdentity) diag.Diagnostics {
	if stored == nil || stored.Raw.IsNull() || w == "" {
		return nil
	}
	var identity Identity
	diagnostics := stored.Get(ctx, &identity)
	if workspace := identity.Workspace.ValueString(); workspace != "" && !strings.EqualFold(workspace, string(w)) {
		diagnostics.AddError("Object of another Flow workspace", fmt.Sprintf(
			"Its identity says that object %s belongs to the workspace %q, but the provider is configured for %q.\n\n"+
				"Correct the provider's workspace or base_url, or the environment variables that are used instead. "+
				"If this is the same workspace at a new address, run `terraform state rm` with the address of the object, and import it again.",
			identity.ID.ValueString(), workspace, w))
	}
	return diagnostics
}

// ImportID returns the id of what is to be imported: the request's, or the one in its identity. An identity of another
// workspace is an error, see Check.
func (w Workspace) ImportID(ctx context.Context, request resource.ImportStateRequest) (string, diag.Diagnostics) {
	if request.ID != "" || request.Identity == nil || request.Identity.Raw.IsNull() {
		return request.ID, nil
	}
	diagnostics := w.Check(ctx, request.Identity)
	var wanted Identity
	diagnostics.Append(request.Identity.Get(ctx, &wanted)...)
	return wanted.ID.ValueString(), diagnostics
}
