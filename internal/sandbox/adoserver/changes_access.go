package adoserver

import (
	"fmt"
	"slices"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// Changes of tokens, accounts and groups.

// IssueToken creates a token for an account and returns its secret.
func (s *Server) IssueToken(org string, token scenario.Token) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.findOrganization(org)
	if err != nil {
		return "", err
	}
	owner, err := o.findAccount(token.Owner)
	if err != nil {
		return "", err
	}
	secret := scenario.Secret(o.Name, token.Name)
	if s.world.tokens[secret] != nil {
		return "", fmt.Errorf("the token %q exists already", token.Name)
	}
	row := tokenRow{
		ID: s.world.tables.tokens.NextID(), Organization: o.Name, Name: token.Name, Owner: owner.Email,
		Scopes: token.Scopes, State: token.State, ConditionalAccess: token.ConditionalAccess,
	}
	if row.Scopes == nil {
		row.Scopes = scenario.RequiredScopes
	}
	if row.State == "" {
		row.State = scenario.TokenActive
	}
	if err := s.world.tables.tokens.Put(row.ID, row); err != nil {
		return "", err
	}
	s.world.addToken(row)
	return secret, nil
}

// SetTokenState makes the token of that name active, expired or revoked.
func (s *Server) SetTokenState(name string, state scenario.TokenState) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, token := range s.world.tokens {
		if token.Name != name {
			continue
		}
		row := *token
		row.State = state
		if err := s.world.tables.tokens.Put(row.ID, row); err != nil {
			return err
		}
		*token = row
		return nil
	}
	return notFound("token", name)
}

// SetAccountEmail changes an account's e-mail, and its sign-in name if that was the same.
func (s *Server) SetAccountEmail(org, email, to string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.findOrganization(org)
	if err != nil {
		return err
	}
	a, err := o.findAccount(email)
	if err != nil {
		return err
	}
	if other := o.accountsByEmail[strings.ToLower(to)]; other != nil && other != a {
		return fmt.Errorf("the account %q exists already", to)
	}
	row := a.accountRow
	if row.SignInName == row.Email {
		row.SignInName = to
	}
	row.Email = to
	if err := s.world.tables.accounts.Put(row.ID, row); err != nil {
		return err
	}
	if err := s.moveTokens(o, a.Email, to); err != nil {
		return err
	}
	delete(o.accountsByEmail, strings.ToLower(a.Email))
	a.accountRow = row
	o.accountsByEmail[strings.ToLower(to)] = a
	return nil
}

func (s *Server) moveTokens(o *organization, from, to string) error {
	for _, token := range s.world.tokens {
		if token.Organization != o.Name || token.Owner != from {
			continue
		}
		row := *token
		row.Owner = to
		if err := s.world.tables.tokens.Put(row.ID, row); err != nil {
			return err
		}
		*token = row
	}
	return nil
}

// SetGroupMember adds an account or group to a group of the organization, or removes it.
func (s *Server) SetGroupMember(org, group, member string, in bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.findOrganization(org)
	if err != nil {
		return err
	}
	g := o.group(group)
	if g == nil {
		return notFound("group", group)
	}
	descriptor := ""
	if a := o.accountsByEmail[strings.ToLower(member)]; a != nil {
		descriptor = a.Descriptor
	} else if inner := o.group(member); inner != nil {
		descriptor = inner.Descriptor
	} else {
		return notFound("account or group", member)
	}
	row := *g
	row.Members = slices.DeleteFunc(slices.Clone(g.Members), func(d string) bool { return d == descriptor })
	if in {
		row.Members = append(row.Members, descriptor)
	}
	if err := s.world.tables.groups.Put(row.ID, row); err != nil {
		return err
	}
	*g = row
	o.containers[descriptor] = slices.DeleteFunc(o.containers[descriptor], func(other *groupRow) bool { return other == g })
	if in {
		o.containers[descriptor] = append(o.containers[descriptor], g)
	}
	return nil
}

// group returns the group of the organization, not of a project, with that name.
func (o *organization) group(name string) *groupRow {
	for _, g := range o.groups {
		if g.Project == "" && strings.EqualFold(g.Name, name) {
			return g
		}
	}
	return nil
}
