package preflight

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

var errNoAddress = errors.New("Azure DevOps names no address of the token's owner")

// emailSource is one place where Azure DevOps keeps an address of the token's owner.
type emailSource struct {
	address string
	result  result
}

// emailSources are in the order in which they resemble what Flow's set-up page asks for, "the exact email format seen in
// your Azure user profile". Which of them Flow itself compares with is not documented, and for guests and Microsoft
// accounts they differ, so any of them
// passes, and another one than the profile's with a warning.
func (e Evidence) emailSources() []emailSource {
	return []emailSource{
		{e.Profile.Value.EmailAddress, e.Profile.result()},
		{e.GraphUser.Value.MailAddress, e.GraphUser.result()},
		{e.Identity.Value.Mail, e.Identity.result()},
		{e.GraphUser.Value.PrincipalName, e.GraphUser.result()},
		{e.Identity.Value.Account, e.Identity.result()},
		{e.Connection.Value.AuthenticatedUser.Account, e.Connection.result()},
	}
}

// ownerAddresses are the known addresses, the best first, each once.
func (e Evidence) ownerAddresses() []string {
	var addresses []string
	for _, source := range e.emailSources() {
		if source.address != "" && !slices.Contains(addresses, source.address) {
			addresses = append(addresses, source.address)
		}
	}
	return addresses
}

func (j *judge) email() {
	if j.expectation.Unknown.Email {
		return
	}
	email, addresses := j.expectation.Email, j.evidence.ownerAddresses()
	if slices.Contains(addresses, email) {
		j.profileAddress(email)
		return
	}
	// A source that did not answer may hold the very spelling that is configured. One that the token may not read leaves
	// the judgement to the others, for nothing will change about it.
	for _, source := range j.evidence.emailSources() {
		if source.result.outcome == OutcomeUnanswered {
			j.gap("whether the e-mail is the token owner's", source.result.err)
			return
		}
	}
	if len(addresses) == 0 {
		j.gap("whether the e-mail is the token owner's", errNoAddress)
		return
	}
	j.add(j.emailFinding(email, addresses))
}

// profileAddress warns of an address of the owner's that is not the one of the Azure profile. An account may have none there.
func (j *judge) profileAddress(email string) {
	profile := j.evidence.Profile.Value.EmailAddress
	if profile == "" || profile == email {
		return
	}
	j.add(Finding{
		Check: CheckEmailOwner, Field: FieldEmail, Severity: SeverityWarning, Advisory: true,
		Summary: "E-mail is not the one of the Azure profile",
		Detail: fmt.Sprintf("Flow asks for the e-mail as seen in the Azure profile, which is %q. The configuration has %q, another address of the same account, "+
			"so Flow may refuse to connect.", profile, email),
		Remedy: fmt.Sprintf("Set the e-mail to %q.", profile),
	})
}

func (j *judge) emailFinding(email string, addresses []string) Finding {
	finding := Finding{Check: CheckEmailOwner, Field: FieldEmail, Severity: SeverityError}
	sameLetters := func(address string) bool { return strings.EqualFold(address, email) }
	if i := slices.IndexFunc(addresses, sameLetters); i >= 0 {
		finding.Summary = "E-mail differs in case from the token owner's"
		finding.Detail = fmt.Sprintf("Upper and lower case matter in Flow's e-mail field. Azure DevOps has %q, the configuration %q.", addresses[i], email)
		finding.Remedy = fmt.Sprintf("Set the e-mail to %q.", addresses[0])
		if i > 0 {
			finding.Remedy = fmt.Sprintf("Set the e-mail to %q, the first of the account's addresses: Flow asks for the one of the Azure profile.", addresses[0])
		}
		return finding
	}
	owner := fmt.Sprintf("%q", addresses[0])
	if name := j.evidence.Connection.Value.AuthenticatedUser.DisplayName; name != "" {
		owner += " (" + name + ")"
	}
	if others := addresses[1:]; len(others) > 0 {
		owner += fmt.Sprintf(", also known as %s", wording.Enumerate(wording.Quoted(others)))
	}
	finding.Summary = "Token belongs to another account"
	finding.Detail = fmt.Sprintf("Flow requires the e-mail of the token's owner. The token belongs to %s; the configured e-mail is %q.", owner, email)
	finding.Remedy = fmt.Sprintf("Set the e-mail to %q, or give a token that %s created.", addresses[0], email)
	return finding
}
