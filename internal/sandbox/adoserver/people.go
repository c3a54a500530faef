package adoserver

import (
	"cmp"
	"slices"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/oauthserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// TokenInfo describes a personal access token without its secret.
type TokenInfo struct {
	Organization, Name, Owner string
	State                     scenario.TokenState
	Scopes                    []string
	ConditionalAccess         bool // The organization's policy refuses it.
}

// Tokens returns the tokens of all organizations, by organization and in the order in which they were issued.
func (s *Server) Tokens() []TokenInfo {
	s.mu.RLock()
	defer s.mu.RUnlock()
	rows := s.world.tables.tokens.List()
	slices.SortStableFunc(rows, func(a, b tokenRow) int { return strings.Compare(a.Organization, b.Organization) })
	tokens := make([]TokenInfo, len(rows))
	for i, row := range rows {
		tokens[i] = TokenInfo{row.Organization, row.Name, row.Owner, row.State, row.Scopes, row.ConditionalAccess}
	}
	return tokens
}

// RepositoryInfo describes a Git repository.
type RepositoryInfo struct {
	Organization, Project, Name string
	Disabled                    bool
}

// Repositories returns the repositories of all organizations, by organization, project and name.
func (s *Server) Repositories() []RepositoryInfo {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var repositories []RepositoryInfo
	for _, organization := range s.world.organizations {
		for _, project := range organization.projects {
			for _, r := range project.repositories {
				repositories = append(repositories, RepositoryInfo{organization.Name, project.Name, r.Name, r.Disabled})
			}
		}
	}
	slices.SortFunc(repositories, func(a, b RepositoryInfo) int {
		return cmp.Or(strings.Compare(a.Organization, b.Organization), strings.Compare(a.Project, b.Project), strings.Compare(a.Name, b.Name))
	})
	return repositories
}

// Accounts returns the e-mails of an organization's accounts.
func (s *Server) Accounts(organization string) []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := s.world.organization(organization)
	if found == nil {
		return nil
	}
	emails := make([]string, len(found.accounts))
	for i, account := range found.accounts {
		emails[i] = account.Email
	}
	return emails
}

// whoSignsIn returns all accounts, by organization and e-mail.
func (s *Server) whoSignsIn() []oauthserver.Account {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all []oauthserver.Account
	for _, organization := range s.world.organizations {
		for _, a := range organization.accounts {
			all = append(all, oauthserver.Account{ID: a.GUID, Email: a.Email, Name: a.DisplayName, Organization: organization.Name})
		}
	}
	slices.SortFunc(all, func(a, b oauthserver.Account) int {
		return cmp.Or(strings.Compare(a.Organization, b.Organization), strings.Compare(a.Email, b.Email))
	})
	return all
}

// Organizations returns the names of all organizations, sorted.
func (s *Server) Organizations() []string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var names []string
	for _, organization := range s.world.organizations {
		names = append(names, organization.Name)
	}
	slices.Sort(names)
	return names
}
