package preflight

import "github.com/flow-community/terraform-provider-flow/internal/wording"

// scope is one of the six scopes that Flow's set-up page asks for, by its name on the token page of Azure DevOps.
type scope string

const (
	scopeCode     scope = "Code (Read)"
	scopeBuild    scope = "Build (Read)"
	scopeGraph    scope = "Graph (Read)"
	scopeIdentity scope = "Identity (Read)"
	scopeProject  scope = "Project and Team (Read)"
	scopeWork     scope = "Work Items (Read)"
)

// allScopes are in the order of Flow's set-up page.
var allScopes = []scope{scopeCode, scopeBuild, scopeGraph, scopeIdentity, scopeProject, scopeWork}

// need says how much a scope matters for an expectation.
type need int

const (
	needUnknown need = iota
	needRequired
	needIdle
)

// needOf decides which scope serves which service. Code is read for repositories and pull requests and Work Items for
// tickets, and nothing else of Flow's documented services reads them. Build, Graph, Identity, and Project and Team belong
// to no toggle: the set-up page asks for them to connect at all.
func (e Expectation) needOf(s scope) need {
	switch s {
	case scopeCode:
		return anyOf(toggle{e.Services.Repos, e.Unknown.Services.Repos}, toggle{e.Services.PullRequests, e.Unknown.Services.PullRequests})
	case scopeWork:
		return anyOf(toggle{e.Services.Tickets, e.Unknown.Services.Tickets})
	}
	return needRequired
}

type toggle struct{ on, unknown bool }

func anyOf(toggles ...toggle) need {
	verdict := needIdle
	for _, one := range toggles {
		switch {
		case one.unknown:
			verdict = needUnknown
		case one.on:
			return needRequired
		}
	}
	return verdict
}

func (e Evidence) scopeResult(s scope) result {
	switch s {
	case scopeCode:
		return e.Code.result()
	case scopeBuild:
		return e.Builds.result()
	case scopeGraph:
		return e.GraphUser.result()
	case scopeIdentity:
		return e.Identity.result()
	case scopeProject:
		return e.Teams.result()
	default:
		return e.Processes.result()
	}
}

// scopes reports all missing scopes at once, so that one new token fixes all of them.
func (j *judge) scopes() {
	var missing, idle []string
	for _, one := range allScopes {
		need := j.expectation.needOf(one)
		switch result := j.evidence.scopeResult(one); {
		case need == needUnknown:
		case result.outcome == OutcomeUnanswered && need == needRequired:
			j.gap(string(one), result.err)
		case result.outcome == OutcomeNoScope && need == needRequired:
			missing = append(missing, string(one))
		case result.outcome == OutcomeNoScope:
			idle = append(idle, string(one))
		}
	}
	remedy := "Edit the token at " + j.tokenPage() + ", or create a new one, and add " + wording.Enumerate(append(missing, idle...)) + "."
	if len(missing) > 0 {
		j.add(Finding{
			Check: CheckScopes, Field: FieldToken, Severity: SeverityError,
			Summary: "Token lacks scopes that Flow requires",
			Detail:  "Azure DevOps accepts the token, and it lacks " + wording.Enumerate(missing) + ".",
			Remedy:  remedy,
		})
	}
	if len(idle) > 0 {
		j.add(Finding{
			Check: CheckScopes, Field: FieldToken, Severity: SeverityWarning, Advisory: true,
			Summary: "Token lacks scopes of services that are off",
			Detail:  "The token lacks " + wording.Enumerate(idle) + ". As configured, no service needs it; a service that is switched on later may.",
			Remedy:  remedy,
		})
	}
}
