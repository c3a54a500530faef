package adointegration

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/identity"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// nameImport begins an import id that is a name.
const nameImport = "name="

// seeIDs says where the ids are.
const seeIDs = "The data source flow_ado_integrations lists the ids."

// importMatcher reads the id of an import command or block: an id, or a name.
func importMatcher(importID string) (func(flow.Integration) bool, error) {
	if name, ok := strings.CutPrefix(importID, nameImport); ok && name != "" {
		return func(i flow.Integration) bool { return i.Name == name }, nil
	}
	if matches, err := idMatcher(importID); err == nil {
		return matches, nil
	}
	return nil, fmt.Errorf(`%q is neither the id of an integration, such as "12", nor a name, such as "name=Contoso Azure DevOps". %s`, importID, seeIDs)
}

// idMatcher reads the id of an identity.
func idMatcher(importID string) (func(flow.Integration) bool, error) {
	id, err := identity.ParseID(importID)
	if err != nil {
		return nil, fmt.Errorf("%w. %s", err, seeIDs)
	}
	return func(i flow.Integration) bool { return i.ID == id }, nil
}

// findOne returns the Azure DevOps integration that an import or a look-up means.
func findOne(existing []flow.Integration, wanted string, matches func(flow.Integration) bool) (flow.Integration, error) {
	var found, ofOtherVendors []flow.Integration
	for _, integration := range existing {
		switch {
		case !matches(integration):
		case integration.AzureDevOps:
			found = append(found, integration)
		default:
			ofOtherVendors = append(ofOtherVendors, integration)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return flow.Integration{}, fmt.Errorf("Flow has %d integrations %s. Choose one by its id. %s", len(found), strconv.Quote(wanted), choice(found))
	case len(ofOtherVendors) > 0:
		other := ofOtherVendors[0]
		return flow.Integration{}, fmt.Errorf("Flow's integration %d (%q) connects %q, not Azure DevOps Services. %s", other.ID, other.Name, other.VendorType, choice(existing))
	}
	return flow.Integration{}, fmt.Errorf("Flow has no integration %s.%s %s", strconv.Quote(wanted), otherCase(existing, wanted), choice(existing))
}

// otherCase names the integration whose name differs from the wanted one in case alone.
func otherCase(existing []flow.Integration, wanted string) string {
	for _, i := range existing {
		if i.AzureDevOps && strings.EqualFold(nameImport+i.Name, wanted) {
			return fmt.Sprintf(" Names have to match in case: did you mean %q?", i.Name)
		}
	}
	return ""
}

// methodOf says how an integration signs in.
func methodOf(i flow.Integration) string {
	switch i.AuthMethod {
	case authOAuth:
		return "by OAuth"
	case authAccessToken:
		return "by access token"
	}
	return fmt.Sprintf("auth_type %q", i.AuthMethod)
}

// longestChoice bounds how many integrations an error lists.
const longestChoice = 10

// choice lists the Azure DevOps integrations that may have been meant.
func choice(existing []flow.Integration) string {
	candidates := slices.DeleteFunc(slices.Clone(existing), func(i flow.Integration) bool { return !i.AzureDevOps })
	if len(candidates) == 0 {
		return "This workspace has no Azure DevOps integration that the API key's user may see."
	}
	names := make([]string, len(candidates))
	for i, candidate := range candidates {
		names[i] = fmt.Sprintf("%d (%q%s, %s)", candidate.ID, candidate.Name, onOrganization(candidate), methodOf(candidate))
	}
	return "The Azure DevOps integrations that this API key's user may see:\n" + wording.Bullets(names, longestChoice)
}
