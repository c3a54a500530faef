package preflight

import (
	"errors"
	"net/http"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// Evidence is what Azure DevOps answered about one token in one organization. It does not depend on what is expected of
// the token, so that resources with the same credential share it.
type Evidence struct {
	Organization string
	// Credential is the verdict on the token; unless it is azuredevops.VerdictAccepted, nothing else was asked.
	Credential azuredevops.Verdict
	Connection Answer[azuredevops.ConnectionData]

	Permissions Answer[azuredevops.Permissions]
	Profile     Answer[azuredevops.Profile]
	GraphUser   Answer[azuredevops.GraphUser]
	Identity    Answer[azuredevops.Identity]
	Teams       Answer[struct{}]
	Processes   Answer[struct{}]
	Builds      Answer[struct{}]
	// Code is whether the scope Code (Read) is there.
	Code     Answer[struct{}]
	Projects Answer[azuredevops.ProjectList]
	// Repositories counts Git repositories by project. The answer grows with the organization, so it is asked for only where
	// its finding is reported: Counted is set if it was, or if the token is not accepted.
	Repositories Answer[map[string]int]
	Counted      bool
}

// results returns the outcome of every call that an accepted token is used for.
func (e Evidence) results() []result {
	return []result{
		e.Permissions.result(), e.Profile.result(), e.GraphUser.result(), e.Identity.result(), e.Teams.result(),
		e.Processes.result(), e.Builds.result(), e.Code.result(), e.Projects.result(), e.Repositories.result(),
	}
}

// Answer is the outcome of one call: a value, or the reason for its absence.
type Answer[T any] struct {
	Value   T
	Outcome Outcome
	// Err is the error of the call, unless it was answered.
	Err error
}

// Outcome is what one call showed.
type Outcome int

// The outcomes. The zero value shows nothing.
const (
	// OutcomeUnanswered is a call that was not made, or not answered in a way that shows anything.
	OutcomeUnanswered Outcome = iota
	// OutcomeAnswered is a call with a value.
	OutcomeAnswered
	// OutcomeNoScope is a call that the token's scopes do not reach.
	OutcomeNoScope
	// OutcomeNoPermission is a call that the token's scopes reach, and the owner's rights do not.
	OutcomeNoPermission
	// OutcomeRefused is a call that a policy refuses.
	OutcomeRefused
)

func answerOf[T any](value T, err error) Answer[T] {
	if err == nil {
		return Answer[T]{Value: value, Outcome: OutcomeAnswered}
	}
	answer := Answer[T]{Err: err}
	switch azuredevops.Denied(err) {
	case azuredevops.DenialScope:
		answer.Outcome = OutcomeNoScope
	case azuredevops.DenialPermission:
		answer.Outcome = OutcomeNoPermission
	case azuredevops.DenialPolicy:
		answer.Outcome = OutcomeRefused
	}
	return answer
}

// result is an Answer without its value.
type result struct {
	outcome Outcome
	err     error
}

func (a Answer[T]) result() result { return result{outcome: a.Outcome, err: a.Err} }

// silentUnauthorized reports whether an error is a 401 without a message. Besides a missing scope, that can be throttling,
// so it is worth asking again.
func silentUnauthorized(err error) bool {
	var failed *httpclient.Error
	return errors.As(err, &failed) && httpclient.StatusOf(err) == http.StatusUnauthorized && failed.Message == ""
}

// absent reports whether an organization does not know a call: 400 and 404.
func absent(err error) bool {
	status := httpclient.StatusOf(err)
	return status == http.StatusBadRequest || status == http.StatusNotFound
}
