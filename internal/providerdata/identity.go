package providerdata

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
)

// Identity is the resource identity of every resource of this provider: what Terraform 1.12 and later keep beside the
// state, and what an import block may give instead of an id. Ids are counted in each workspace anew, hence the workspace.
type Identity struct {
	ID        types.String `tfsdk:"id"`
	Workspace types.String `tfsdk:"workspace"`
}

// IdentitySchema is the schema of Identity for a resource whose id is described so.
func IdentitySchema(describeID string) identityschema.Schema {
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id": identityschema.StringAttribute{
			Description:       describeID,
			RequiredForImport: true,
		},
		"workspace": identityschema.StringAttribute{
			Description: "The Flow workspace: its name, or the host name of the provider's base_url where that is not a workspace's own address. " +
				"In an import block it may be left out; given, it has to be the workspace that the provider is configured for.",
			OptionalForImport: true,
		},
	}}
}

// Workspace identifies the Flow workspace that the provider is configured for. It is the workspace's name, "acme" for
// https://acme.appfireflow.com, whether the provider's workspace or base_url tells it; for any other address it is the host
// name. Case does not matter in either. Scheme, port and path are no part of it: they are how a workspace is reached, and
// an identity has to outlive a change of that. It is empty where Flow gives no client.
func (d *Data) Workspace() string {
	if d.config.FlowURL == nil {
		return ""
	}
	host := strings.TrimSuffix(strings.ToLower(d.config.FlowURL.Hostname()), ".")
	name, isOwn := strings.CutSuffix(host, "."+flow.WorkspaceDomain)
	if isOwn && !strings.Contains(name, ".") {
		return name
	}
	return host
}

// Identify writes the identity of the object with this id into a response. The response holds what Terraform stored
// before: an object that was stored for another workspace is an error, see CheckWorkspace.
func (d *Data) Identify(ctx context.Context, identity *tfsdk.ResourceIdentity, id string) diag.Diagnostics {
	diagnostics := d.CheckWorkspace(ctx, identity)
	if !diagnostics.HasError() {
		diagnostics.Append(identity.Set(ctx, d.identity(id))...)
	}
	return diagnostics
}

func (d *Data) identity(id string) Identity {
	return Identity{ID: types.StringValue(id), Workspace: types.StringValue(d.Workspace())}
}

// CheckWorkspace refuses an identity that names another workspace than the provider's. There, the same id is another
// object or none: it would be taken for deleted and made anew, or be changed and deleted in place of the one that is meant.
// An identity that says nothing, as in a state that an older Terraform wrote, passes, and so does every one while Flow's
// address is not known: then there is no client to do harm with.
func (d *Data) CheckWorkspace(ctx context.Context, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	if identity == nil || identity.Raw.IsNull() || d.config.FlowURL == nil {
		return nil
	}
	var stored Identity
	diagnostics := identity.Get(ctx, &stored)
	if workspace := stored.Workspace.ValueString(); workspace != "" && !strings.EqualFold(workspace, d.Workspace()) {
		diagnostics.AddError("Object of another Flow workspace", fmt.Sprintf(
			"Its identity says that object %s belongs to the workspace %q, but the provider is configured for %q. "+
				"Correct the provider's workspace or base_url, or the environment variables that stand in for them. "+
				"If this is the same workspace at a new address, remove the object from the state (a removed block with destroy = false) and import it again.",
			stored.ID.ValueString(), workspace, d.Workspace()))
	}
	return diagnostics
}

// ImportID gives the id of what is to be imported: the request's, or the one in its identity if it has none. An identity of
// another workspace is an error, see CheckWorkspace.
func (d *Data) ImportID(ctx context.Context, request resource.ImportStateRequest) (string, diag.Diagnostics) {
	if request.ID != "" || request.Identity == nil || request.Identity.Raw.IsNull() {
		return request.ID, nil
	}
	diagnostics := d.CheckWorkspace(ctx, request.Identity)
	var wanted Identity
	diagnostics.Append(request.Identity.Get(ctx, &wanted)...)
	return wanted.ID.ValueString(), diagnostics
}
