package adointegration

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/preflight"
)

// organizationOf returns the organization of a base URL; unknown while the URL is, null for a URL of another form.
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

// sameOrganization compares base URLs as Azure DevOps does: regardless of case and of a slash at the end.
func sameOrganization(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "/"), strings.TrimSuffix(b, "/"))
}

// isOtherOrganization compares the base URLs of an integration before and after. A URL that is not known before, because
// Flow did not return it on import, or not known after, is not another organization.
func isOtherOrganization(before, after types.String) bool {
	return !before.IsNull() && !after.IsUnknown() && !sameOrganization(before.ValueString(), after.ValueString())
}

// sameIntegration is the plan modifier of base_url: another organization replaces the integration, and another spelling of
// the same organization is no change.
type sameIntegration struct{}

// Description implements planmodifier.Describer.
func (sameIntegration) Description(context.Context) string {
	return "Another organization replaces the integration; another spelling of the same one is no change."
}

// MarkdownDescription implements planmodifier.Describer.
func (m sameIntegration) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

// PlanModifyString implements planmodifier.String.
func (sameIntegration) PlanModifyString(_ context.Context, request planmodifier.StringRequest, response *planmodifier.StringResponse) {
	switch {
	case request.StateValue.IsNull() || request.PlanValue.IsUnknown():
	case isOtherOrganization(request.StateValue, request.PlanValue):
		response.RequiresReplace = true
	default:
		response.PlanValue = request.StateValue
	}
}
