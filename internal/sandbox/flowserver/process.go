package flowserver

import (
	"context"
	"time"

	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/git"
)

// ingestionMonths is how old a pull request's last activity may be at the integration's initial processing (facts: the
// vendor's set-up page).
const ingestionMonths = 6

// process finishes what is queued for one imported repository or ticket project.
func (s *Server) process(ctx context.Context, c *collection, id int64) {
	p, ok := c.imported.Get(id)
	if !ok {
		return
	}
	defer s.busy.lock(p.IntegrationID)()
	p, ok = c.imported.Get(id)
	i, known := s.integrations.Get(p.IntegrationID)
	if !ok || !known {
		return
	}
	fetch := s.fetchRepo
	on := i.Services.Repos || i.Services.PullRequests
	if c == s.tickets {
		fetch, on = s.fetchTickets, i.Services.Tickets
	}
	if !on { // it remains queued until the service is switched on
		return
	}
	now := time.Now().UTC()
	reason, err := fetch(ctx, i, &p)
	switch {
	case ctx.Err() != nil: // the server is closing: it remains queued for its next start
		return
	case err != nil:
		s.postpone(c, &p, err, now)
	case reason != "":
		p.block(reason, now)
	default:
		p.processed(now)
	}
	_ = c.imported.Put(id, p) // if this fails, it is still queued and is processed again
}

// postpone handles a failed fetch: it blocks the project if Azure DevOps refused, and otherwise queues it again.
func (s *Server) postpone(c *collection, p *project, err error, now time.Time) {
	found := findingOf(err, statusFailedRepo)
	switch found.kind {
	case failureDenied:
		p.block(found.detail, now)
		return
	case failureMissing:
		p.block(p.unreachable(discovery{}, false), now)
		return
	case failureLimited:
		p.Progress = progressRateLimited
	case failureOther:
		p.Progress, p.FailureReason = progressFailed, found.detail
	}
	if p.FailingSince.IsZero() {
		p.FailingSince = now
	}
	p.ProcessAt, p.UpdatedAt = now.Add(retryDelay), now
	s.enqueueProject(s.kindOf(c), *p)
}

// fetchRepo reads a repository and its pull requests. It returns a reason if the repository cannot be fetched.
func (s *Server) fetchRepo(ctx context.Context, i Integration, p *project) (reason string, err error) {
	o := s.organization(i)
	repository, err := o.git().GetRepository(ctx, git.GetRepositoryArgs{RepositoryId: &p.VendorID})
	if err != nil {
		return "", err
	}
	d := repositoryOf(i.ID, *repository)
	if d.Disabled {
		return p.unreachable(discovery{OwnerVendorID: p.OwnerVendorID, Disabled: true}, true), nil
	}
	if available, ok := s.repos.available.Get(p.AvailableID); ok {
		p.adopt(d, available.Name)
	}
	if !i.Services.PullRequests {
		return "", nil
	}
	pullRequests, err := o.pullRequests(ctx, p.VendorID)
	if err != nil {
		return "", err
	}
	p.ingest(pullRequests, i.FirstLookup)
	return "", nil
}

func (s *Server) fetchTickets(ctx context.Context, i Integration, p *project) (reason string, err error) {
	p.Ingested, err = s.organization(i).workItems(ctx, p.VendorID)
	return "", err
}

// refresh reads the imported projects again. One that cannot be read keeps its data until the next look-up.
func (s *Server) refresh(ctx context.Context, i Integration, now time.Time) {
	if i.Services.PullRequests {
		s.refreshPullRequests(ctx, i, now)
	}
	if i.Services.Tickets {
		s.refreshTickets(ctx, i, now)
	}
}

// refreshPullRequests makes one request for each Azure DevOps project, not for each repository.
func (s *Server) refreshPullRequests(ctx context.Context, i Integration, now time.Time) {
	byOwner := map[string][]project{}
	for _, p := range s.repos.importedFrom(i.ID) {
		if p.current() {
			byOwner[p.OwnerVendorID] = append(byOwner[p.OwnerVendorID], p)
		}
	}
	o := s.organization(i)
	changed := map[int64]project{}
	for owner, repos := range byOwner {
		pullRequests, err := o.projectPullRequests(ctx, owner)
		if err != nil {
			continue
		}
		byRepository := map[string][]git.GitPullRequest{}
		for _, pr := range pullRequests {
			id := pr.Repository.Id.String()
			byRepository[id] = append(byRepository[id], pr)
		}
		for _, p := range repos {
			p.ingest(byRepository[p.VendorID], i.FirstLookup)
			p.processed(now)
			changed[p.ID] = p
		}
	}
	_ = s.repos.imported.PutAll(changed) // if this fails, the next look-up does the same
}

func (s *Server) refreshTickets(ctx context.Context, i Integration, now time.Time) {
	changed := map[int64]project{}
	for _, p := range s.tickets.importedFrom(i.ID) {
		if !p.current() {
			continue
		}
		if _, err := s.fetchTickets(ctx, i, &p); err == nil {
			p.processed(now)
			changed[p.ID] = p
		}
	}
	_ = s.tickets.imported.PutAll(changed) // likewise
}

// current reports whether a project was processed and is neither blocked nor queued.
func (p *project) current() bool {
	return !p.Blocked && p.ProcessAt.IsZero() && !p.LastProcessed.IsZero()
}

// ingest counts pull requests under the six-month rule, from the integration's initial processing.
func (p *project) ingest(pullRequests []git.GitPullRequest, initial time.Time) {
	since := initial.AddDate(0, -ingestionMonths, 0)
	p.Ingested, p.LeftOut = 0, 0
	for _, pr := range pullRequests {
		if lastActivity(pr).Before(since) {
			p.LeftOut++
		} else {
			p.Ingested++
		}
	}
}

// lastActivity returns the latest time that a list of pull requests has: when it was closed, or else when it was created.
func lastActivity(pr git.GitPullRequest) time.Time {
	var latest time.Time
	if pr.CreationDate != nil {
		latest = pr.CreationDate.Time
	}
	if pr.ClosedDate != nil && pr.ClosedDate.Time.After(latest) {
		latest = pr.ClosedDate.Time
	}
	return latest
}
