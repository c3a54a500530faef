package preflight

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/adourl"
	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// Judge compares what Azure DevOps answered with what is expected. It makes no request.
//
// A finding is an error only where the evidence is certain: what Azure DevOps did not answer is named in one warning.
func Judge(evidence Evidence, expectation Expectation) Report {
	j := &judge{evidence: evidence, expectation: expectation, report: Report{ProfileEmail: evidence.Profile.Value.EmailAddress}}
	if finding, rejected := credentialFinding(evidence); rejected {
		j.add(finding)
		return j.report
	}
	if evidence.Credential == azuredevops.VerdictUndecided {
		for _, check := range []string{
			"the organization", "the token", "whose token it is", "the token's scopes", "the rights of its owner", "the projects",
		} {
			j.gap(check, evidence.Connection.Err)
		}
	} else {
		j.refusals()
		j.email()
		j.scopes()
		j.rights()
		j.projects()
		j.repositories()
	}
	j.completeness()
	return j.report
}

// judge collects findings about one credential.
type judge struct {
	evidence    Evidence
	expectation Expectation
	report      Report
	gaps        []gap
}

// gap is a group of checks that one failure prevented.
type gap struct {
	reason string
	advice string
	checks []string
}

func (j *judge) add(finding Finding) { j.report.Findings = append(j.report.Findings, finding) }

// gap notes that a check could not be made. A refusal by policy has a finding of its own, and so no gap.
func (j *judge) gap(check string, err error) {
	if azuredevops.Denied(err) == azuredevops.DenialPolicy {
		return
	}
	reason, advice := "Azure DevOps was not asked", ""
	if err != nil {
		reason = err.Error()
	}
	if failed, ok := errors.AsType[*httpclient.Error](err); ok {
		advice = failed.Advice()
	}
	for i := range j.gaps {
		if j.gaps[i].reason == reason {
			j.gaps[i].checks = append(j.gaps[i].checks, check)
			return
		}
	}
	j.gaps = append(j.gaps, gap{reason: reason, advice: advice, checks: []string{check}})
}

func (j *judge) completeness() {
	if len(j.gaps) == 0 {
		return
	}
	lines, advice := []string{"These were not checked:"}, "Run the plan again later."
	for _, gap := range slices.Backward(j.gaps) {
		lines = slices.Insert(lines, 1, fmt.Sprintf("- %s: %s", strings.Join(gap.checks, ", "), gap.reason))
		advice = cmp.Or(gap.advice, advice)
	}
	j.add(Finding{
		Check: CheckCompleteness, Field: FieldBaseURL, Severity: SeverityWarning,
		Summary: "Azure DevOps could not be asked about everything",
		Detail:  strings.Join(lines, "\n"),
		Remedy:  "Nothing is known to be wrong. " + advice + "\n" + withoutChecks,
	})
}

// withoutChecks is the way on where Azure DevOps can be reached by Flow only.
const withoutChecks = `To plan without these checks, set preflight = "off" in the provider block.`

// tokenPage is where a person manages tokens.
func (j *judge) tokenPage() string { return tokenPage(j.evidence.Organization) }

func tokenPage(organization string) string {
	return fmt.Sprintf("User settings > Personal access tokens (%s/_usersSettings/tokens)", adourl.Organization(organization).BaseURL())
}

// refusals reports the policies that refuse calls of an accepted token, each sentence of Azure DevOps once.
func (j *judge) refusals() {
	var seen []string
	for _, one := range j.evidence.results() {
		if one.outcome != OutcomeRefused {
			continue
		}
		if sentence, _ := ownWords(one.err); !slices.Contains(seen, sentence) {
			seen = append(seen, sentence)
			j.add(refusal(j.evidence.Organization, one.err))
		}
	}
}

func refusal(organization string, err error) Finding {
	sentence, activity := ownWords(err)
	if sentence == "" {
		sentence = "HTTP 403 without a reason"
	}
	return Finding{
		Check: CheckRefusal, Field: FieldToken, Severity: SeverityError,
		Summary: "Azure DevOps refuses the token's owner",
		Detail: fmt.Sprintf("Azure DevOps knows the token's owner and refuses this machine, which runs Terraform, access to organization %s: %s%s. "+
			"Flow connects from other, fixed addresses: whether the policy refuses them as well is not known.", organization, unstopped(sentence), activity),
		Remedy: "Ask an administrator to allow the account from this machine and from Flow's addresses: Organization settings > Policies in Azure DevOps, " +
			"and the conditional access policies of Microsoft Entra. The activity id lets them find the refusal.\n" +
			"If only Flow is to be allowed, plan without these checks: set preflight = \"off\" in the provider block.",
	}
}

// ownWords returns Azure DevOps' own sentence, and its activity id as a remark to put behind it.
func ownWords(err error) (sentence, activity string) {
	var failed *httpclient.Error
	if !errors.As(err, &failed) {
		return "", ""
	}
	if failed.RequestID != "" {
		activity = fmt.Sprintf(" (activity id %s)", failed.RequestID)
	}
	return failed.Message, activity
}

// unstopped drops the period of a sentence that goes on.
func unstopped(sentence string) string { return strings.TrimSuffix(sentence, ".") }
