package preflight

import (
	"context"
	"errors"
	"fmt"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// CheckOrganizationExists looks the client's organization up without a credential. The only error is the context's, when it
// was canceled; that Azure DevOps cannot be asked is a finding.
func CheckOrganizationExists(ctx context.Context, client *azuredevops.Client) ([]Finding, error) {
	bounded, cancel := context.WithTimeout(ctx, defaultBudget)
	defer cancel()
	exists, err := client.OrganizationExists(bounded)
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return nil, ctx.Err()
	case err != nil:
		return []Finding{notLookedUp(client.Organization(), err)}, nil
	case !exists:
		finding := noOrganization(client.Organization())
		finding.Detail = fmt.Sprintf("Azure DevOps finds no organization %q.", client.Organization())
		return []Finding{finding}, nil
	}
	return nil, nil
}

func notLookedUp(organization string, err error) Finding {
	remedy := "Run the plan again later."
	if failed, ok := errors.AsType[*httpclient.Error](err); ok {
		remedy = failed.Advice()
	}
	return Finding{
		Check: CheckOrganization, Field: FieldBaseURL, Severity: SeverityWarning,
		Summary: "Azure DevOps could not be asked about the organization",
		Detail:  fmt.Sprintf("It is not known whether there is an organization %q: %s", organization, err),
		Remedy:  "Nothing is known to be wrong. " + remedy + "\n" + withoutChecks,
	}
}
