package preflight

import (
	"fmt"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// globalTokens is Microsoft's announcement about tokens that are valid in all organizations of their owner.
const globalTokens = `Tokens for "All accessible organizations" cease to work on 1 December 2026.`

// credentialFinding says why Azure DevOps does not take the token; false when it does, or when it did not say.
func credentialFinding(evidence Evidence) (Finding, bool) {
	err := evidence.Connection.Err
	switch evidence.Credential {
	case azuredevops.VerdictNoOrganization:
		return noOrganization(evidence.Organization), true
	case azuredevops.VerdictRefused:
		return refusal(evidence.Organization, err), true
	case azuredevops.VerdictExpired:
		return expired(evidence.Organization, err), true
	case azuredevops.VerdictAnonymous:
		return rejected(evidence.Organization, "it answers as to somebody anonymous, as organizations with public projects do to an unknown token"), true
	case azuredevops.VerdictSignIn:
		return rejected(evidence.Organization, "it answers with a page to sign in instead of data"), true
	case azuredevops.VerdictRejected:
		sentence, activity := ownWords(err)
		how := "it answers HTTP 401" + activity
		if sentence != "" {
			how = fmt.Sprintf("it answers HTTP 401, %q%s", sentence, activity)
		}
		return rejected(evidence.Organization, how), true
	}
	return Finding{}, false
}

func noOrganization(organization string) Finding {
	return Finding{
		Check: CheckOrganization, Field: FieldBaseURL, Severity: SeverityError,
		Summary: "Azure DevOps organization not found",
		Detail:  fmt.Sprintf("Azure DevOps answers HTTP 404: there is no organization %q.", organization),
		Remedy:  "Write the base URL as https://dev.azure.com/<organization>, with the organization spelled as in the address that the browser shows for it.",
	}
}

func expired(organization string, err error) Finding {
	sentence, activity := ownWords(err)
	if sentence == "" {
		sentence = "The token has expired"
	}
	return Finding{
		Check: CheckTokenAccepted, Field: FieldToken, Severity: SeverityError,
		Summary: "Token has expired",
		Detail:  fmt.Sprintf(`Flow would answer "Authorization denied". Azure DevOps says: %s%s.`, unstopped(sentence), activity),
		Remedy:  "Regenerate the token at " + tokenPage(organization) + ", and give the new value here.",
	}
}

func rejected(organization, how string) Finding {
	return Finding{
		Check: CheckTokenAccepted, Field: FieldToken, Severity: SeverityError,
		Summary: "Azure DevOps rejects the token",
		Detail: fmt.Sprintf(`Flow would answer "Authorization denied". Azure DevOps does not know the token in organization %s: %s. `+
			"The token is mistyped, revoked, expired, or issued for another organization; Azure DevOps does not say which. %s",
			organization, how, globalTokens),
		Remedy: fmt.Sprintf("Look the token up at %s. If it is not there or has expired, create one for organization %s with %s.",
			tokenPage(organization), organization, enumerateScopes(allScopes)),
	}
}

func enumerateScopes(scopes []scope) string {
	names := make([]string, len(scopes))
	for i, one := range scopes {
		names[i] = string(one)
	}
	return wording.Enumerate(names)
}
