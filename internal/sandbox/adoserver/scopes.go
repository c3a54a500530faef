package adoserver

import "slices"

// Scopes as the REST reference names them.
const (
	scopeBase       = "vso.base" // every token has it
	scopeProfile    = "vso.profile"
	scopeHooks      = "vso.hooks"
	scopeHooksWrite = "vso.hooks_write"
	scopeCode       = "vso.code"
	scopeBuild      = "vso.build"
	scopeWork       = "vso.work"
	scopeProject    = "vso.project"
	scopeGraph      = "vso.graph"
	scopeIdentity   = "vso.identity"
	scopeSecurity   = "vso.security_manage"
	scopeFull       = "app_token"
)

// inherited has the scopes that a scope includes directly
// (https://learn.microsoft.com/azure/devops/integrate/get-started/authentication/oauth#scopes).
var inherited = map[string][]string{
	scopeProfile:    {scopeBase},
	scopeHooks:      {scopeProfile},
	scopeHooksWrite: {scopeHooks},

	scopeCode:         {scopeHooksWrite},
	"vso.code_write":  {scopeCode},
	"vso.code_manage": {"vso.code_write"},
	"vso.code_full":   {"vso.code_manage"},

	scopeBuild:          {scopeHooksWrite},
	"vso.build_execute": {scopeBuild},

	scopeWork:        {scopeHooksWrite},
	"vso.work_write": {scopeWork},
	"vso.work_full":  {"vso.work_write"},

	scopeProject:         {scopeBase},
	"vso.project_write":  {scopeProject},
	"vso.project_manage": {"vso.project_write"},

	scopeGraph:         {scopeBase},
	"vso.graph_manage": {scopeGraph},

	scopeIdentity:         {scopeBase},
	"vso.identity_manage": {scopeIdentity},
}

// granted reports whether a token with these scopes has one of the wanted scopes.
func granted(scopes, wanted []string) bool {
	if slices.Contains(scopes, scopeFull) || slices.Contains(wanted, scopeBase) {
		return true
	}
	all := expand(scopes)
	return slices.ContainsFunc(wanted, func(scope string) bool { return all[scope] })
}

// expand returns the scopes and all that they include. Every token has scopeBase.
func expand(scopes []string) map[string]bool {
	all := map[string]bool{scopeBase: true}
	for pending := slices.Clone(scopes); len(pending) > 0; {
		scope := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		if !all[scope] {
			all[scope] = true
			pending = append(pending, inherited[scope]...)
		}
	}
	return all
}

// checkScope refuses a token that lacks the operation's scope, with an empty 401 and not 403.
func (c *call) checkScope() error {
	if c.token == nil || c.operation.public { // Anonymous: authenticate has checked that the operation is open to it
		return nil
	}
	if !granted(c.token.Scopes, c.operation.scopes) {
		return c.emptyUnauthorized()
	}
	return nil
}
