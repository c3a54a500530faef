package adoserver

import (
	"slices"
	"strings"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/store"
)

// world holds all organizations: the tables, and indexes of them for answering requests. Server.mu guards it.
type world struct {
	tables        tables
	organizations map[string]*organization // by lower-case name
	tokens        map[string]*tokenRow     // by secret
}

type organization struct {
	organizationRow

	projects      []*project
	projectsByKey map[string]*project    // by GUID and by lower-case name
	repositories  map[string]*repository // by GUID
	pullRequests  map[int64]*pullRequest
	workItems     map[int64]*workItem

	accounts        []*account
	accountsByEmail map[string]*account // by lower-case e-mail
	groups          []*groupRow
	subjects        map[string]subject     // accounts and groups, by descriptor and by GUID
	containers      map[string][]*groupRow // a subject's descriptor to the groups it is directly in

	subscriptions []*subscriptionRow
}

type project struct {
	projectRow
	repositories []*repository
	workItems    []*workItem
	readers      *groupRow
	managers     *groupRow // Project Administrators
}

type repository struct {
	repositoryRow
	project      *project
	pullRequests []*pullRequest
}

type pullRequest struct {
	pullRequestRow
	repository *repository
}

type workItem struct {
	workItemRow
	project *project
}

type account struct{ accountRow }

// subject is an account or a group.
type subject interface {
	descriptor() string
	guid() string
}

func (a *account) descriptor() string  { return a.Descriptor }
func (a *account) guid() string        { return a.GUID }
func (g *groupRow) descriptor() string { return g.Descriptor }
func (g *groupRow) guid() string       { return g.GUID }

type tables struct {
	organizations *store.Table[organizationRow]
	accounts      *store.Table[accountRow]
	groups        *store.Table[groupRow]
	tokens        *store.Table[tokenRow]
	projects      *store.Table[projectRow]
	repositories  *store.Table[repositoryRow]
	pullRequests  *store.Table[pullRequestRow]
	workItems     *store.Table[workItemRow]
	subscriptions *store.Table[subscriptionRow]
	// seeded has a row once the whole scenario is stored.
	seeded *store.Table[time.Time]
}

func openTables(s *store.Store) (tables, error) {
	var t tables
	var failed error
	open := func(err error) {
		if failed == nil {
			failed = err
		}
	}
	open(openTable(s, "ado_organizations", &t.organizations))
	open(openTable(s, "ado_accounts", &t.accounts))
	open(openTable(s, "ado_groups", &t.groups))
	open(openTable(s, "ado_tokens", &t.tokens))
	open(openTable(s, "ado_projects", &t.projects))
	open(openTable(s, "ado_repositories", &t.repositories))
	open(openTable(s, "ado_pull_requests", &t.pullRequests))
	open(openTable(s, "ado_work_items", &t.workItems))
	open(openTable(s, "ado_subscriptions", &t.subscriptions))
	open(openTable(s, "ado_seeded", &t.seeded))
	return t, failed
}

func openTable[T any](s *store.Store, name string, into **store.Table[T]) error {
	table, err := store.OpenTable[T](s, name)
	*into = table
	return err
}

func openWorld(s *store.Store, from *scenario.Scenario, now time.Time) (*world, error) {
	t, err := openTables(s)
	if err != nil {
		return nil, err
	}
	if t.seeded.Len() == 0 {
		// After a start that was killed halfway, this writes the same rows again.
		if err := seed(t, from, now); err != nil {
			return nil, err
		}
	}
	w := &world{tables: t, organizations: map[string]*organization{}, tokens: map[string]*tokenRow{}}
	w.index()
	return w, nil
}

// index builds the indexes from the tables.
func (w *world) index() {
	for _, row := range w.tables.organizations.List() {
		w.organizations[strings.ToLower(row.Name)] = &organization{
			organizationRow: row,
			projectsByKey:   map[string]*project{},
			repositories:    map[string]*repository{},
			pullRequests:    map[int64]*pullRequest{},
			workItems:       map[int64]*workItem{},
			accountsByEmail: map[string]*account{},
			subjects:        map[string]subject{},
			containers:      map[string][]*groupRow{},
		}
	}
	for _, row := range w.tables.accounts.List() {
		w.addAccount(row)
	}
	for _, row := range w.tables.tokens.List() {
		w.addToken(row)
	}
	for _, row := range w.tables.projects.List() {
		w.addProject(row)
	}
	for _, row := range w.tables.groups.List() {
		w.addGroup(row)
	}
	w.indexRepositories()
	for _, row := range w.tables.workItems.List() {
		w.addWorkItem(row)
	}
	for _, row := range w.tables.subscriptions.List() {
		org := w.organization(row.Organization)
		org.subscriptions = append(org.subscriptions, &row)
	}
}

func (w *world) indexRepositories() {
	for _, row := range w.tables.repositories.List() {
		if p := w.project(row.Project); p != nil {
			w.addRepository(p, row)
		}
	}
	for _, row := range w.tables.pullRequests.List() {
		for _, org := range w.organizations {
			if r, found := org.repositories[row.Repository]; found {
				org.addPullRequest(r, row)
			}
		}
	}
}

func (w *world) organization(name string) *organization {
	return w.organizations[strings.ToLower(name)]
}

// project returns the project of any organization with that GUID.
func (w *world) project(guid string) *project {
	for _, org := range w.organizations {
		if p, found := org.projectsByKey[guid]; found {
			return p
		}
	}
	return nil
}

func (w *world) addAccount(row accountRow) {
	org := w.organization(row.Organization)
	a := &account{row}
	org.accounts = append(org.accounts, a)
	org.accountsByEmail[strings.ToLower(row.Email)] = a
	org.subjects[row.Descriptor], org.subjects[row.GUID] = a, a
}

func (w *world) addToken(row tokenRow) {
	w.tokens[scenario.Secret(row.Organization, row.Name)] = &row
}

func (w *world) addProject(row projectRow) {
	org := w.organization(row.Organization)
	p := &project{projectRow: row}
	org.projects = append(org.projects, p)
	org.projectsByKey[row.GUID], org.projectsByKey[strings.ToLower(row.Name)] = p, p
}

func (w *world) addGroup(row groupRow) {
	org := w.organization(row.Organization)
	g := &row
	org.groups = append(org.groups, g)
	org.subjects[g.Descriptor], org.subjects[g.GUID] = g, g
	for _, member := range g.Members {
		org.containers[member] = append(org.containers[member], g)
	}
	p, found := org.projectsByKey[row.Project]
	switch {
	case !found:
	case g.Administers:
		p.managers = g
	case g.Reads:
		p.readers = g
	}
}

func (w *world) addRepository(p *project, row repositoryRow) {
	r := &repository{repositoryRow: row, project: p}
	p.repositories = append(p.repositories, r)
	w.organization(p.Organization).repositories[row.GUID] = r
}

func (o *organization) addPullRequest(r *repository, row pullRequestRow) {
	pr := &pullRequest{pullRequestRow: row, repository: r}
	r.pullRequests = append(r.pullRequests, pr)
	o.pullRequests[row.ID] = pr
}

func (w *world) addWorkItem(row workItemRow) {
	p := w.project(row.Project)
	if p == nil {
		return
	}
	item := &workItem{workItemRow: row, project: p}
	p.workItems = append(p.workItems, item)
	w.organization(p.Organization).workItems[row.ID] = item
}

// allowsAnonymous reports whether the organization has a public project, and therefore accepts requests without a credential.
func (o *organization) allowsAnonymous() bool {
	return slices.ContainsFunc(o.projects, func(p *project) bool { return p.Public })
}

// repository returns the repository of the project with that GUID or name.
func (p *project) repository(key string) *repository {
	for _, r := range p.repositories {
		if strings.EqualFold(r.Name, key) || strings.EqualFold(r.GUID, key) {
			return r
		}
	}
	return nil
}
