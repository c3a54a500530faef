package azuredevops

import (
	"errors"
	"net/http"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// Verdict is what Azure DevOps' answer to ConnectionData shows about a credential.
//
// That call needs no scope, so whether it succeeds depends on nothing but the organization and the credential.
type Verdict int

// The verdicts. The zero value claims nothing.
const (
	// VerdictUndecided is an answer that says nothing about the credential: none at all, throttling, maintenance,
	// or something that Azure DevOps did not send.
	VerdictUndecided Verdict = iota
	// VerdictAccepted is an identity of its own.
	VerdictAccepted
	// VerdictAnonymous is the anonymous identity, which an organization with public projects returns for unknown tokens.
	VerdictAnonymous
	// VerdictSignIn is a sign-in page, or a redirect to one.
	VerdictSignIn
	// VerdictExpired is a 401 that says that the token has expired.
	VerdictExpired
	// VerdictRejected is any other 401: mistyped, expired, revoked, or issued for another organization.
	VerdictRejected
	// VerdictRefused is a 403: the owner is known and a policy, such as conditional access, refuses them.
	VerdictRefused
	// VerdictNoOrganization is a 404: there is no such organization.
	VerdictNoOrganization
)

// Identity of the anonymous user, the same in every organization.
const (
	anonymousID         = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"
	anonymousDescriptor = "System:PublicAccess"
)

// JudgeCredential classifies what ConnectionData returned.
func JudgeCredential(connection ConnectionData, err error) Verdict {
	if err == nil {
		return judgeUser(connection.AuthenticatedUser)
	}
	var failed *httpclient.Error
	if !errors.As(err, &failed) {
		return VerdictUndecided
	}
	switch failed.Kind {
	case httpclient.KindRedirect, httpclient.KindNotJSON:
		return VerdictSignIn
	case httpclient.KindStatus:
		return judgeStatus(failed)
	}
	return VerdictUndecided
}

func judgeUser(user Identity) Verdict {
	switch {
	case user.ID == anonymousID, strings.HasPrefix(user.Descriptor, anonymousDescriptor):
		return VerdictAnonymous
	case user.ID == "" && user.Descriptor == "":
		return VerdictUndecided
	}
	return VerdictAccepted
}

func judgeStatus(failed *httpclient.Error) Verdict {
	switch failed.Status {
	case http.StatusUnauthorized:
		if saysExpired(failed.Message) || saysExpired(serviceError(failed.Header)) {
			return VerdictExpired
		}
		return VerdictRejected
	case http.StatusForbidden:
		return VerdictRefused
	case http.StatusNotFound:
		return VerdictNoOrganization
	}
	return VerdictUndecided
}

func saysExpired(sentence string) bool {
	return strings.Contains(strings.ToLower(sentence), "expired")
}

// Denial is why a call other than ConnectionData failed, when the credential itself is accepted.
type Denial int

// The denials.
const (
	// DenialNone is a failure that denies nothing: no answer, throttling, an answer that makes no sense.
	DenialNone Denial = iota
	// DenialScope is a 401: the token lacks the scope. Azure DevOps answers a missing scope so, never with 403.
	DenialScope
	// DenialPermission is a 403 by access control, or a 404 about an object: the scope was enough to get that far.
	DenialPermission
	// DenialPolicy is any other 403 of Azure DevOps, such as one by conditional access.
	DenialPolicy
)

// Denied classifies the error of a call.
func Denied(err error) Denial {
	var failed *httpclient.Error
	if !errors.As(err, &failed) || failed.Kind != httpclient.KindStatus {
		return DenialNone
	}
	switch {
	case failed.Status == http.StatusUnauthorized:
		return DenialScope
	case failed.Status == http.StatusForbidden && byAccessControl(failed.Message):
		return DenialPermission
	case failed.Status == http.StatusForbidden:
		return DenialPolicy
	// Only of an object: an unknown route is answered with a page.
	case failed.Status == http.StatusNotFound && strings.Contains(failed.Header.Get("Content-Type"), "json"):
		return DenialPermission
	}
	return DenialNone
}

// byAccessControl recognizes the sentences of an access control list that says no, as other clients of Azure DevOps have
// recorded them.
func byAccessControl(sentence string) bool {
	for _, mark := range []string{"needs the following permission", "TF50309", "TF401027", "Access Denied"} {
		if strings.Contains(sentence, mark) {
			return true
		}
	}
	return false
}
