package adointegration

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/flowerror"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// ImportState implements resource.ResourceWithImportState, by id ("12"), by name ("name=Contoso Azure DevOps") or by identity.
func (r *Resource) ImportState(ctx context.Context, request resource.ImportStateRequest, response *resource.ImportStateResponse) {
	client, diagnostics := r.data.Flow()
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	wanted, diagnostics := r.data.Workspace().ImportID(ctx, request)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	matcher := importMatcher
	if request.ID == "" {
		matcher = idMatcher
	}
	matches, err := matcher(wanted)
	if err != nil {
		response.Diagnostics.AddError("Invalid import id", wording.Sentence(err.Error()))
		return
	}
	existing, err := client.Integrations(ctx)
	if err != nil {
		response.Diagnostics.Append(flowerror.Diagnostic("Could not look for the integration to import", err, placeList))
		return
	}
	found, err := theOne(existing, wanted, matches)
	if err != nil {
		response.Diagnostics.AddError("Cannot import "+strconv.Quote(wanted), err.Error())
		return
	}
	response.Diagnostics.Append(beginImport(ctx, &response.State, formatID(found.ID))...)
	response.Diagnostics.Append(r.data.Workspace().Set(ctx, response.Identity, formatID(found.ID))...)
}

// beginImport writes what an imported integration is before it is read: its id, and the default of what is Terraform's alone,
// which Flow does not know; so a plan after the import is empty.
func beginImport(ctx context.Context, resource interface {
	SetAttribute(ctx context.Context, at path.Path, value any) diag.Diagnostics
}, id string,
) diag.Diagnostics {
	diagnostics := resource.SetAttribute(ctx, path.Root("id"), id)
	diagnostics.Append(resource.SetAttribute(ctx, path.Root("deletion_protection"), true)...)
	return diagnostics
}

const nameImport = "name="

// importMatcher understands the id of an import command or block.
func importMatcher(importID string) (func(flow.Integration) bool, error) {
	if name, ok := strings.CutPrefix(importID, nameImport); ok && name != "" {
		return func(i flow.Integration) bool { return i.Name == name }, nil
	}
	if matches, err := idMatcher(importID); err == nil {
		return matches, nil
	}
	return nil, fmt.Errorf(`%q is neither the id of an integration, such as "12", nor a name, such as "name=Contoso Azure DevOps". `+
		"The data source flow_ado_integrations lists the ids", importID)
}

// idMatcher understands the id of an identity.
func idMatcher(importID string) (func(flow.Integration) bool, error) {
	id, err := strconv.ParseInt(importID, 10, 64)
	if err != nil || id < 1 {
		return nil, fmt.Errorf(`%q is not the id of an integration, such as "12". The data source flow_ado_integrations lists the ids`, importID)
	}
	return func(i flow.Integration) bool { return i.ID == id }, nil
}

// theOne picks the Azure DevOps integration that an import or a look-up means.
func theOne(existing []flow.Integration, wanted string, matches func(flow.Integration) bool) (flow.Integration, error) {
	var found, ofOtherVendors []flow.Integration
	for _, integration := range existing {
		switch {
		case !matches(integration):
		case integration.VendorType == flow.VendorAzureDevOps:
			found = append(found, integration)
		default:
			ofOtherVendors = append(ofOtherVendors, integration)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return flow.Integration{}, fmt.Errorf("Flow has %d integrations %s; choose one by its id. %s", len(found), strconv.Quote(wanted), choice(found))
	case len(ofOtherVendors) > 0:
		other := ofOtherVendors[0]
		return flow.Integration{}, fmt.Errorf("Flow's integration %d (%q) connects %q, not Azure DevOps Services. %s", other.ID, other.Name, other.VendorType, choice(existing))
	}
	return flow.Integration{}, fmt.Errorf("Flow has no integration %s. %s", strconv.Quote(wanted), choice(existing))
}

// longestChoice bounds how many integrations an error lists.
const longestChoice = 10

// choice lists the Azure DevOps integrations that could have been meant.
func choice(existing []flow.Integration) string {
	candidates := slices.DeleteFunc(slices.Clone(existing), func(i flow.Integration) bool { return i.VendorType != flow.VendorAzureDevOps })
	if len(candidates) == 0 {
		return "This workspace has no Azure DevOps integration that the API key's user may see."
	}
	var list strings.Builder
	for n, candidate := range candidates {
		if n == longestChoice {
			fmt.Fprintf(&list, "\n  and %d more", len(candidates)-n)
			break
		}
		fmt.Fprintf(&list, "\n  %d  %q", candidate.ID, candidate.Name)
	}
	return "The Azure DevOps integrations that this API key's user may see:" + list.String()
}
