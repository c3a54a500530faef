package flowserver

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/core"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/git"
)

// lookUp reads what an integration's organization contains, and updates what was imported.
func (s *Server) lookUp(ctx context.Context, id int64) {
	defer s.busy.lock(id)()
	i, ok := s.integrations.Get(id)
	if !ok || i.Manual || !s.mayConnect(i) {
		return
	}
	now := time.Now().UTC()
	reposFailed, ticketsFailed := s.survey(ctx, i, now)
	if ctx.Err() != nil { // the server is closing: the look-up is repeated after its next start
		return
	}
	if !reposFailed || !ticketsFailed {
		i.LatestLookup = now
		if i.FirstLookup.IsZero() {
			i.FirstLookup = now
		}
		s.refresh(ctx, i, now)
	}
	i.DiscoverAt = s.nextLookUp(i, now, reposFailed && ticketsFailed)
	if s.integrations.Put(id, i) == nil && !i.DiscoverAt.IsZero() {
		s.queue.push(task{i.DiscoverAt, lookUp, id})
	}
}

// nextLookUp returns when the next look-up is due. The first one is retried until it succeeds, later ones only if there
// is an interval.
func (s *Server) nextLookUp(i Integration, now time.Time, failed bool) time.Time {
	interval := s.options.SyncInterval
	switch {
	case interval == 0 && failed && i.FirstLookup.IsZero():
		return now.Add(retryDelay)
	case interval == 0:
		return time.Time{}
	case failed:
		return now.Add(min(retryDelay, interval))
	}
	return now.Add(interval)
}

// survey updates both available_* lists, and blocks what can no longer be reached. It reports for which kind it failed. A
// service that is off is not looked up, which is no failure.
func (s *Server) survey(ctx context.Context, i Integration, now time.Time) (reposFailed, ticketsFailed bool) {
	for _, found := range s.connect(ctx, i) {
		switch found.status {
		case statusFailedRepo, statusFailedPullRequest:
			reposFailed = true
			s.suspend(s.repos, i.ID, found, now)
		case statusFailedTicket:
			ticketsFailed = true
			s.suspend(s.tickets, i.ID, found, now)
		default:
			s.suspend(s.repos, i.ID, found, now)
			s.suspend(s.tickets, i.ID, found, now)
			return true, true
		}
	}
	o := s.organization(i)
	projects, err := o.projects(ctx)
	if err != nil {
		return true, true
	}
	if i.Services.Tickets && !ticketsFailed {
		ticketsFailed = s.reconcile(s.tickets, i.ID, s.ticketProjects(i, projects), now) != nil
	}
	if (i.Services.Repos || i.Services.PullRequests) && !reposFailed {
		repositories, err := o.repositories(ctx)
		reposFailed = err != nil || s.reconcile(s.repos, i.ID, repositoriesOf(i, repositories), now) != nil
	}
	return reposFailed, ticketsFailed
}

func (s *Server) ticketProjects(i Integration, projects []core.TeamProjectReference) []discovery {
	found := make([]discovery, 0, len(projects))
	for _, p := range projects {
		found = append(found, discovery{
			IntegrationID: i.ID, VendorID: p.Id.String(), Name: *p.Name,
			OwnerName: *p.Name, OwnerVendorID: p.Id.String(),
			WebURL:    i.URL + "/" + *p.Name,
			Supported: s.ticketsSupported(i.Organization(), *p.Name),
		})
	}
	return found
}

func repositoriesOf(i Integration, repositories []git.GitRepository) []discovery {
	found := make([]discovery, 0, len(repositories))
	for _, r := range repositories {
		found = append(found, repositoryOf(i.ID, r))
	}
	return found
}

func repositoryOf(integration int64, r git.GitRepository) discovery {
	d := discovery{
		IntegrationID: integration, VendorID: r.Id.String(), Name: *r.Name,
		OwnerName: *r.Project.Name, OwnerVendorID: r.Project.Id.String(),
		Private: true, Supported: true,
	}
	if r.Project.Visibility != nil {
		d.Private = *r.Project.Visibility != core.ProjectVisibilityValues.Public
	}
	d.Disabled = r.IsDisabled != nil && *r.IsDisabled
	if r.RemoteUrl != nil {
		d.CloneURL = *r.RemoteUrl
	}
	if r.WebUrl != nil {
		d.WebURL = *r.WebUrl
	}
	return d
}

// reconcile updates a collection with what was found. Rows are matched by Azure DevOps' id, so a renamed repository keeps
// its row. What was imported and is deleted, moved or disabled remains and is blocked (facts: the product's behavior).
func (s *Server) reconcile(c *collection, integration int64, found []discovery, now time.Time) error {
	before := map[string]discovery{}
	for _, d := range c.availableFrom(integration) {
		before[d.VendorID] = d
	}
	current := make(map[string]discovery, len(found))
	changed := map[int64]discovery{}
	for _, d := range found {
		was, known := before[d.VendorID]
		d.ID, d.CreatedAt, d.UpdatedAt, d.Excluded = was.ID, was.CreatedAt, was.UpdatedAt, was.Excluded
		if !known {
			d.ID, d.CreatedAt = c.available.NextID(), now
		}
		if d != was {
			d.UpdatedAt = now
			changed[d.ID] = d
		}
		current[d.VendorID] = d
	}
	if err := s.follow(c, integration, before, current, now); err != nil {
		return err
	}
	if err := c.available.PutAll(changed); err != nil {
		return err
	}
	return forget(c, before, current)
}

// forget removes what no longer exists and was never imported.
func forget(c *collection, before, current map[string]discovery) error {
	for vendorID, d := range before {
		if _, still := current[vendorID]; still {
			continue
		}
		if _, imported := c.importOf(d.ID); imported {
			continue
		}
		if err := c.available.Delete(d.ID); err != nil {
			return err
		}
	}
	return nil
}

// follow applies changes to what was imported. What is blocked remains blocked until somebody queues it again.
func (s *Server) follow(c *collection, integration int64, before, current map[string]discovery, now time.Time) error {
	changed := map[int64]project{}
	for _, p := range c.importedFrom(integration) {
		if p.Blocked {
			continue
		}
		was := p
		d, exists := current[p.VendorID]
		if reason := p.unreachable(d, exists); reason != "" {
			p.block(reason, now)
		} else {
			p.adopt(d, before[p.VendorID].Name)
		}
		if !equalProjects(p, was) {
			p.UpdatedAt = now
			changed[p.ID] = p
		}
	}
	return c.imported.PutAll(changed)
}

func equalProjects(a, b project) bool {
	tags := slices.Equal(a.Tags, b.Tags)
	return tags && a.Name == b.Name && a.OwnerName == b.OwnerName && a.URL == b.URL && a.WebURL == b.WebURL &&
		a.Private == b.Private && a.Blocked == b.Blocked && a.Progress == b.Progress
}

// unreachable returns why a project can no longer be fetched, or "".
func (p *project) unreachable(d discovery, exists bool) string {
	switch {
	case !exists:
		return "Not found in Azure DevOps: it was deleted, or the account cannot see it any more."
	case d.OwnerVendorID != p.OwnerVendorID:
		return "Moved in Azure DevOps from the project " + p.OwnerName + " to " + d.OwnerName + "."
	case d.Disabled:
		return "Disabled in Azure DevOps."
	}
	return ""
}

// adopt copies names and addresses. A name that somebody set in Flow is kept.
func (p *project) adopt(d discovery, oldName string) {
	if p.Name == oldName {
		p.Name = d.Name
	}
	p.OwnerName, p.OwnerVendorID = d.OwnerName, d.OwnerVendorID
	p.URL, p.WebURL, p.Private = d.CloneURL, d.WebURL, d.Private
}

// suspend marks what was imported and cannot be reached: as blocked if the credential was refused, as rate limited if Azure
// DevOps limits requests. Without an answer, it changes nothing.
func (s *Server) suspend(c *collection, integration int64, found finding, now time.Time) {
	changed := map[int64]project{}
	for _, p := range c.importedFrom(integration) {
		switch {
		case p.Blocked:
			continue
		case found.kind == failureLimited:
			p.Progress = progressRateLimited
		case found.kind == failureDenied, found.kind == failureMissing:
			p.block(found.detail, now)
		default:
			continue
		}
		changed[p.ID] = p
	}
	_ = c.imported.PutAll(changed) // if this fails, the next look-up does the same
}

// ticketsSupported reports whether Flow supports a ticket project. Only the scenario knows.
func (s *Server) ticketsSupported(organization, project string) bool {
	for _, o := range s.options.Scenario.Organizations {
		for _, p := range o.Projects {
			if strings.EqualFold(o.Name, organization) && strings.EqualFold(p.Name, project) {
				return p.TicketsSupported()
			}
		}
	}
	return true
}
