package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// scopeNames are the names of the scopes on the page for personal access tokens.
var scopeNames = map[string]string{
	"vso.code": "Code", "vso.build": "Build", "vso.graph": "Graph",
	"vso.identity": "Identity", "vso.project": "Project and Team", "vso.work": "Work Items",
}

// note returns one line on what a token can be used for.
func note(organization scenario.Organization, token scenario.Token) string {
	return fmt.Sprintf("%s, %s; %s", organization.Name, standing(organization, token.Owner), condition(token))
}

// standing returns what the owner may do in the organization.
func standing(organization scenario.Organization, email string) string {
	if administers(organization, email, scenario.AdministratorsGroup, map[string]bool{}) {
		return email + ", administrator"
	}
	readable := 0
	for _, project := range organization.Projects {
		if slices.Contains(project.Readers, email) || slices.Contains(project.Administrators, email) || project.Visibility == scenario.Public {
			readable++
		}
	}
	if readable == 0 {
		return email + ", sees no project"
	}
	return fmt.Sprintf("%s, reads %d of %d projects", email, readable, len(organization.Projects))
}

// administers reports whether a group contains a member, directly or through groups. seen ends cycles.
func administers(organization scenario.Organization, member, group string, seen map[string]bool) bool {
	if seen[group] {
		return false
	}
	seen[group] = true
	for _, g := range organization.Groups {
		if g.Name != group {
			continue
		}
		for _, name := range g.Members {
			if name == member || administers(organization, member, name, seen) {
				return true
			}
		}
	}
	return false
}

// condition returns the token's state or, if Azure DevOps accepts it, its scopes.
func condition(token scenario.Token) string {
	if token.State != scenario.TokenActive {
		return string(token.State)
	}
	if token.ConditionalAccess {
		return "refused by conditional access"
	}
	var missing []string
	for _, scope := range scenario.RequiredScopes {
		if !slices.Contains(token.Scopes, scope) {
			missing = append(missing, scopeNames[scope]+" (Read)")
		}
	}
	if len(missing) == 0 {
		return "every scope that Flow needs"
	}
	return "lacks the scope " + strings.Join(missing, ", ")
}
