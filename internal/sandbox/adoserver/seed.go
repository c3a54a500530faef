package adoserver

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

const day = 24 * time.Hour

// seeder converts a scenario into rows, numbered in the order of the scenario.
type seeder struct {
	now           time.Time
	organizations map[int64]organizationRow
	accounts      map[int64]accountRow
	groups        map[int64]groupRow
	tokens        map[int64]tokenRow
	projects      map[int64]projectRow
	repositories  map[int64]repositoryRow
	pullRequests  map[int64]pullRequestRow
	workItems     map[int64]workItemRow
}

// seed stores the scenario, and at the end that it is stored.
func seed(t tables, from *scenario.Scenario, now time.Time) error {
	s := &seeder{
		now:           now.UTC().Truncate(time.Second),
		organizations: map[int64]organizationRow{},
		accounts:      map[int64]accountRow{},
		groups:        map[int64]groupRow{},
		tokens:        map[int64]tokenRow{},
		projects:      map[int64]projectRow{},
		repositories:  map[int64]repositoryRow{},
		pullRequests:  map[int64]pullRequestRow{},
		workItems:     map[int64]workItemRow{},
	}
	for _, org := range from.Organizations {
		s.organization(org)
	}
	for _, write := range []func() error{
		func() error { return t.organizations.PutAll(s.organizations) },
		func() error { return t.accounts.PutAll(s.accounts) },
		func() error { return t.groups.PutAll(s.groups) },
		func() error { return t.tokens.PutAll(s.tokens) },
		func() error { return t.projects.PutAll(s.projects) },
		func() error { return t.repositories.PutAll(s.repositories) },
		func() error { return t.pullRequests.PutAll(s.pullRequests) },
		func() error { return t.workItems.PutAll(s.workItems) },
		func() error { return t.seeded.Put(1, s.now) },
	} {
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}

// add adds a row with the next number.
func add[T any](rows map[int64]T, row T, number func(*T, int64)) {
	id := int64(len(rows) + 1)
	number(&row, id)
	rows[id] = row
}

func (s *seeder) organization(org scenario.Organization) {
	row := organizationRow{
		GUID:         guid("organization", org.Name),
		Name:         org.Name,
		DeploymentID: guid("deployment"),
		TenantID:     guid("tenant", org.Name),
	}
	add(s.organizations, row, func(r *organizationRow, id int64) { r.ID = id })

	descriptors := map[string]string{} // of accounts and groups, by lower-case name
	for _, a := range org.Accounts {
		account := newAccount(org.Name, a)
		descriptors[strings.ToLower(a.Email)] = account.Descriptor
		add(s.accounts, account, func(r *accountRow, id int64) { r.ID = id })
	}
	s.organizationGroups(row, org, descriptors)
	for _, t := range org.Tokens {
		token := tokenRow{
			Organization: org.Name, Name: t.Name, Owner: t.Owner,
			Scopes: t.Scopes, State: t.State, ConditionalAccess: t.ConditionalAccess,
		}
		add(s.tokens, token, func(r *tokenRow, id int64) { r.ID = id })
	}
	for _, p := range org.Projects {
		s.project(org.Name, p, descriptors)
	}
}

func newAccount(org string, a scenario.Account) accountRow {
	return accountRow{
		GUID:         guid("identity", org, a.Email),
		Organization: org,
		Email:        a.Email,
		SignInName:   a.SignInName,
		DisplayName:  a.DisplayName,
		Descriptor:   userDescriptor(guid("cuid", org, a.Email)),
		OriginID:     guid("entra object", a.Email),
	}
}

const validUsersGroup = "Project Collection Valid Users"

// defaultGroups are further groups of every organization, which nobody is in, by the ends of their SIDs.
var defaultGroups = map[string]string{
	"Project Collection Service Accounts":       serviceAccountsRID,
	"Security Service Group":                    securityServiceRID,
	"Project Collection Build Service Accounts": buildServiceAccountsRID,
	"Project Collection Build Administrators":   buildAdministratorsRID,
}

// organizationGroups adds the scenario's groups and those that always exist.
func (s *seeder) organizationGroups(row organizationRow, org scenario.Organization, descriptors map[string]string) {
	groups := []scenario.Group{{Name: scenario.AdministratorsGroup}}
	for _, g := range org.Groups {
		if strings.EqualFold(g.Name, scenario.AdministratorsGroup) {
			groups[0] = g
			continue
		}
		groups = append(groups, g)
	}
	validUsers := scenario.Group{Name: validUsersGroup}
	for _, a := range org.Accounts {
		validUsers.Members = append(validUsers.Members, a.Email)
	}
	groups = append(groups, validUsers)
	for _, name := range slices.Sorted(maps.Keys(defaultGroups)) {
		if !slices.ContainsFunc(groups, func(g scenario.Group) bool { return strings.EqualFold(g.Name, name) }) {
			groups = append(groups, scenario.Group{Name: name})
		}
	}

	rows := make([]groupRow, len(groups))
	for i, g := range groups {
		rows[i] = organizationGroup(row, g)
		descriptors[strings.ToLower(g.Name)] = rows[i].Descriptor
	}
	for i, g := range groups {
		rows[i].Members = lookUp(descriptors, g.Members)
		add(s.groups, rows[i], func(r *groupRow, id int64) { r.ID = id })
	}
}

func organizationGroup(org organizationRow, g scenario.Group) groupRow {
	row := groupRow{
		GUID:         guid("group", org.Name, g.Name),
		Organization: org.Name,
		Name:         g.Name,
		Allow:        g.Allow,
		Deny:         g.Deny,
	}
	switch {
	case strings.EqualFold(g.Name, scenario.AdministratorsGroup):
		row.SID = domainSID(org.GUID) + administratorsRID
		row.Description = "Members of this application group can perform all privileged operations on the Team Project Collection."
		row.Administers = true
	case g.Name == validUsersGroup:
		row.SID = domainSID(org.GUID) + validUsersRID
		row.Description = "This application group contains all users and groups that have access to the Team Project Collection."
	case defaultGroups[g.Name] != "":
		row.SID = domainSID(org.GUID) + defaultGroups[g.Name]
	default:
		row.SID = customSID(org.GUID, row.GUID)
	}
	row.Descriptor = groupDescriptor(row.SID)
	return row
}

func lookUp(descriptors map[string]string, names []string) []string {
	var found []string
	for _, name := range names {
		found = append(found, descriptors[strings.ToLower(name)])
	}
	return found
}

func (s *seeder) project(org string, p scenario.Project, descriptors map[string]string) {
	row := newProject(org, p, guid("project", org, p.Name), s.now)
	add(s.projects, row, func(r *projectRow, id int64) { r.ID = id })
	for _, group := range projectGroups(row, lookUp(descriptors, p.Administrators), lookUp(descriptors, p.Readers)) {
		add(s.groups, group, func(r *groupRow, id int64) { r.ID = id })
	}
	for _, repo := range p.Repositories {
		s.repository(org, row, repo)
	}
	for _, item := range p.WorkItems {
		add(s.workItems, newWorkItem(row.GUID, item, s.now), func(r *workItemRow, id int64) { r.ID = id })
	}
}

func newProject(org string, p scenario.Project, id string, now time.Time) projectRow {
	row := projectRow{
		GUID: id, Organization: org, Name: p.Name, Description: p.Description,
		SourceControl: "Git", Public: p.Visibility == scenario.Public, Revision: 1, Updated: now,
	}
	if p.VersionControl == scenario.TFVC {
		row.SourceControl = "Tfvc"
	}
	return row
}

// projectGroups returns the two groups of a project that have rights here, and others that every project has.
func projectGroups(p projectRow, administrators, readers []string) []groupRow {
	managers := groupRow{
		GUID: guid("group", p.GUID, "administrators"), Organization: p.Organization, Project: p.GUID,
		Name:        "Project Administrators",
		Description: "Members of this group can perform all operations in the team project.",
		SID:         domainSID(p.GUID) + administratorsRID,
		Members:     administrators, Administers: true, Reads: true,
	}
	viewers := groupRow{
		GUID: guid("group", p.GUID, "readers"), Organization: p.Organization, Project: p.GUID,
		Name:        "Readers",
		Description: "Members of this group have access to the team project.",
		Members:     readers, Reads: true,
	}
	viewers.SID = customSID(p.GUID, viewers.GUID)
	managers.Descriptor, viewers.Descriptor = groupDescriptor(managers.SID), groupDescriptor(viewers.SID)
	groups := []groupRow{managers, viewers}
	for _, name := range []string{"Contributors", "Build Administrators", "Project Valid Users"} {
		groups = append(groups, projectGroup(p, guid("group", p.GUID, name), name))
	}
	// A team is a group with the team's id.
	return append(groups, projectGroup(p, teamID(p.GUID), teamName(p.Name)))
}

// projectGroup returns a group of a project that nobody is in.
func projectGroup(p projectRow, id, name string) groupRow {
	group := groupRow{GUID: id, Organization: p.Organization, Project: p.GUID, Name: name, SID: customSID(p.GUID, id)}
	group.Descriptor = groupDescriptor(group.SID)
	return group
}

func (s *seeder) repository(org string, p projectRow, repo scenario.Repository) {
	row := repositoryRow{
		GUID:     guid("repository", p.GUID, repo.Name),
		Project:  p.GUID,
		Name:     repo.Name,
		Disabled: repo.Disabled,
		Created:  s.now.Add(-365 * day),
	}
	add(s.repositories, row, func(r *repositoryRow, id int64) { r.ID = id })
	for _, pr := range repo.PullRequests {
		author := guid("identity", org, pr.Author)
		add(s.pullRequests, newPullRequest(row.GUID, author, pr, s.now), func(r *pullRequestRow, id int64) { r.ID = id })
	}
}

func newPullRequest(repository, author string, pr scenario.PullRequest, now time.Time) pullRequestRow {
	row := pullRequestRow{
		Repository: repository, Title: pr.Title, Author: author, Status: pr.Status,
		Created: now.Add(-time.Duration(pr.AgeDays) * day),
	}
	if row.Status == "" {
		row.Status = "active"
	}
	if row.Status != "active" {
		closed := pr.AgeDays
		if pr.ClosedDays != nil {
			closed = *pr.ClosedDays
		}
		row.Closed = now.Add(-time.Duration(closed) * day)
	}
	return row
}

func newWorkItem(project string, item scenario.WorkItem, now time.Time) workItemRow {
	created := now.Add(-time.Duration(item.AgeDays) * day)
	return workItemRow{Project: project, Type: item.Type, Title: item.Title, State: item.State, Created: created, Changed: created}
}
