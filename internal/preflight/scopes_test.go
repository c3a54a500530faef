package preflight

import (
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
)

// scopeCases hides one scope each, as a token without it would.
var scopeCases = map[scope]func(*Evidence){
	scopeCode: func(e *Evidence) {
		e.Code, e.Repositories = failed[struct{}](errScope), failed[map[string]int](errScope)
	},
	scopeBuild:    func(e *Evidence) { e.Builds = failed[struct{}](errScope) },
	scopeGraph:    func(e *Evidence) { e.GraphUser = failed[azuredevops.GraphUser](errScope) },
	scopeIdentity: func(e *Evidence) { e.Identity = failed[azuredevops.Identity](errScope) },
	scopeProject:  func(e *Evidence) { e.Teams = failed[struct{}](errScope) },
	scopeWork:     func(e *Evidence) { e.Processes = failed[struct{}](errScope) },
}

func TestJudgeReportsMissingScopes(t *testing.T) {
	missing, idle := "error token token_scopes", "warning token token_scopes"
	without := func(scopes ...scope) func(*Evidence) {
		return func(e *Evidence) {
			for _, one := range scopes {
				scopeCases[one](e)
			}
		}
	}
	off := func(e *Expectation) { e.Services = Services{} }
	tests := []judgement{
		{
			name: "two at once, in one error", evidence: without(scopeWork, scopeCode), want: []string{missing},
			texts: []string{"it lacks Code (Read) and Work Items (Read).", "add Code (Read) and Work Items (Read)."},
		},
		{name: "all", evidence: func(e *Evidence) {
			without(allScopes...)(e)
			e.Profile, e.Projects = failed[azuredevops.Profile](errScope), failed[azuredevops.ProjectList](errScope)
		}, want: []string{missing}, texts: []string{"Code (Read), Build (Read), Graph (Read), Identity (Read), Project and Team (Read) and Work Items (Read)."}},
		{
			name: "all, with everything off", evidence: without(allScopes...), expect: off, want: []string{missing, idle},
			texts: []string{"it lacks Build (Read), Graph (Read), Identity (Read) and Project and Team (Read).", "The token lacks Code (Read) and Work Items (Read)."},
		},
		{
			name: "Work Items without tickets", evidence: without(scopeWork), expect: func(e *Expectation) { e.Services.Tickets = false }, want: []string{idle},
			texts: []string{"no service needs it"},
		},
		{name: "Code without repositories and pull requests", evidence: without(scopeCode), expect: func(e *Expectation) { e.Services.Repos, e.Services.PullRequests = false, false }, want: []string{idle}},
		{name: "Code for repositories", evidence: without(scopeCode), expect: func(e *Expectation) { e.Services.PullRequests = false }, want: []string{missing}},
		{name: "Code for pull requests", evidence: without(scopeCode), expect: func(e *Expectation) { e.Services.Repos = false }, want: []string{missing}},
		{name: "Work Items while tickets are unknown", evidence: without(scopeWork), expect: func(e *Expectation) { e.Unknown.Services.Tickets = true }},
		{
			name: "Code while pull requests are unknown and repositories off", evidence: without(scopeCode),
			expect: func(e *Expectation) { e.Services.Repos, e.Unknown.Services.PullRequests = false, true },
		},
		{name: "Code while pull requests are unknown and repositories on", evidence: without(scopeCode), expect: func(e *Expectation) { e.Unknown.Services.PullRequests = true }, want: []string{missing}},
	}
	for _, one := range allScopes {
		tests = append(tests, judgement{name: "only " + string(one), evidence: without(one), want: []string{missing}, texts: []string{
			"it lacks " + string(one) + ".", "add " + string(one) + ".", "User settings > Personal access tokens",
		}})
	}
	for _, one := range []scope{scopeBuild, scopeGraph, scopeIdentity, scopeProject} {
		tests = append(tests, judgement{name: string(one) + " with everything off", evidence: without(one), expect: off, want: []string{missing}})
	}
	runAll(t, tests)
}
