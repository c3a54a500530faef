package flowserver

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/store"
)

// listAvailable serves a list of what could be imported. Filters and orderings are those of a public client.
func (s *Server) listAvailable(w http.ResponseWriter, r request, c *collection, view func(discovery) object) {
	imported := func(d discovery) bool { _, ok := s.shownImport(c, d); return ok }
	integration := func(d discovery) int64 { return d.IntegrationID }
	listing[discovery]{
		id: discovery.id, view: view, paging: s.behavior().page(pageNumber),
		search: func(d discovery) []string { return []string{d.Name, d.OwnerName} },
		filters: allOf(
			ids("id", discovery.id), byIntegration(s, integration),
			flag("imported", imported), flag("excluded", func(d discovery) bool { return d.Excluded }),
			texts("name", discovery.name), texts("owner_name", discovery.owner),
			texts("owner_vendor_id", func(d discovery) string { return d.OwnerVendorID }),
			texts("vendor_type", func(discovery) string { return s.vendor() }),
		),
		orderings: map[string]func(a, b discovery) int{
			"id": ordered(discovery.id), "name": ordered(discovery.name), "owner_name": ordered(discovery.owner),
			"owner_vendor_id": ordered(func(d discovery) string { return d.OwnerVendorID }),
			"integration_id":  ordered(integration), "integration__name": ordered(named(s, integration)),
			"updated_at":  func(a, b discovery) int { return a.UpdatedAt.Compare(b.UpdatedAt) },
			"vendor_type": alike[discovery], "user_id": alike[discovery], "auto_import_enabled": alike[discovery],
			"show_in_repos_page": alike[discovery],
		},
	}.serve(w, r.Request, c.available.List())
}

func (d discovery) id() int64     { return d.ID }
func (d discovery) name() string  { return d.Name }
func (d discovery) owner() string { return d.OwnerName }

func (p project) id() int64          { return p.ID }
func (p project) name() string       { return p.Name }
func (p project) owner() string      { return p.OwnerName }
func (p project) integration() int64 { return p.IntegrationID }
func (p project) progress() string   { return p.Progress }
func (p project) addedBy() string    { return p.AddedBy }

// listRepos knows the id only as project_id. An ordering by id is dropped like any other that it does not know.
func (s *Server) listRepos(w http.ResponseWriter, r request) {
	listing[project]{
		id: project.id, view: s.repoView, paging: s.behavior().page(limitOffset),
		search: func(p project) []string { return []string{p.Name, p.OwnerName} },
		filters: allOf(
			ids("project_id", project.id), byIntegration(s, project.integration),
			texts("integration__name", named(s, project.integration)),
			texts("name", project.name), texts("project__name", project.name), texts("owner_name", project.owner),
			texts("project__url", func(p project) string { return p.URL }),
			texts("project__vendor_type", func(project) string { return s.vendor() }),
			texts("added_by", project.addedBy),
			map[string]filter[project]{"tags": containsWord(func(p project) []string { return p.Tags })},
		),
		orderings: map[string]func(a, b project) int{
			"project_id": ordered(project.id), "project__name": ordered(project.name),
			"owner_name": ordered(project.owner), "sortable_state": ordered(project.progress),
			"last_failure_or_success_at": func(a, b project) int { return a.lastAttempt().Compare(b.lastAttempt()) },
			"vendor_type":                alike[project], "youngest_commit_date": alike[project], "oldest_commit_date": alike[project],
		},
	}.serve(w, r.Request, s.repos.imported.List())
}

// listTicketProjects ignores `integration` by default.
func (s *Server) listTicketProjects(w http.ResponseWriter, r request) {
	filterByIntegration := map[string]filter[project]{}
	if s.behavior().filtersTickets {
		filterByIntegration = byIntegration(s, project.integration)
	}
	listing[project]{
		id: project.id, view: s.ticketProjectView, paging: s.behavior().page(limitOffset),
		search: func(p project) []string { return []string{p.Name} },
		filters: allOf(
			ids("id", project.id), filterByIntegration,
			texts("integration__name", named(s, project.integration)), texts("name", project.name),
			texts("url", func(p project) string { return p.WebURL }),
			texts("vendor_type", func(project) string { return s.vendor() }),
			texts("added_by", project.addedBy),
		),
		orderings: map[string]func(a, b project) int{
			"id": ordered(project.id), "name": ordered(project.name), "integration__name": ordered(named(s, project.integration)),
			"processing__updated_at":            func(a, b project) int { return a.UpdatedAt.Compare(b.UpdatedAt) },
			"processing__processing_status__id": ordered(project.progress),
			"parent_id":                         alike[project], "vendor_type": alike[project],
		},
	}.serve(w, r.Request, s.tickets.imported.List())
}

// named returns a function for the name of a record's integration.
func named[T any](s *Server, integration func(T) int64) func(T) string {
	return func(record T) string {
		i, _ := s.integrations.Get(integration(record))
		return i.Name
	}
}

func (s *Server) listAvailableRepos(w http.ResponseWriter, r request) {
	s.listAvailable(w, r, s.repos, s.availableRepoView)
}

func (s *Server) listAvailableTicketProjects(w http.ResponseWriter, r request) {
	s.listAvailable(w, r, s.tickets, s.availableTicketProjectView)
}

func (s *Server) getRepo(w http.ResponseWriter, r request) { getImported(w, r, s.repos, s.repoView) }

func (s *Server) getTicketProject(w http.ResponseWriter, r request) {
	getImported(w, r, s.tickets, s.ticketProjectView)
}

func (s *Server) getAvailableRepo(w http.ResponseWriter, r request) {
	getFrom(w, r, s.repos.available, s.availableRepoView)
}

func (s *Server) getAvailableTicketProject(w http.ResponseWriter, r request) {
	getFrom(w, r, s.tickets.available, s.availableTicketProjectView)
}

func getImported(w http.ResponseWriter, r request, c *collection, view func(project) object) {
	getFrom(w, r, c.imported, view)
}

func getFrom[T any](w http.ResponseWriter, r request, records *store.Table[T], view func(T) object) {
	record, ok := records.Get(r.id)
	if !ok {
		writeNotFound(w)
		return
	}
	writeJSON(w, http.StatusOK, pick(view(record), r.URL.Query()))
}

// importRepo reads a field that is a string, and importTicketProject one that is a number. Django REST Framework accepts both
// forms for either.
func (s *Server) importRepo(w http.ResponseWriter, r request) {
	s.importProject(w, r, s.repos, "available_repo_id", s.repoView)
}

func (s *Server) importTicketProject(w http.ResponseWriter, r request) {
	s.importProject(w, r, s.tickets, "project_id", s.ticketProjectView)
}

func (s *Server) importProject(w http.ResponseWriter, r request, c *collection, field string, view func(project) object) {
	b, ok := s.readBody(w, r)
	if !ok {
		return
	}
	text := b.requiredText(field)
	if !b.valid(w) {
		return
	}
	id, err := strconv.ParseInt(text, 10, 64)
	d, known := c.available.Get(id)
	if err != nil || !known {
		writeRefusal(w, &refusal{field, fmt.Sprintf("Invalid pk %q - object does not exist.", text)})
		return
	}
	p, refused, err := s.importFrom(c, d, r.user)
	switch {
	case err != nil:
		writeError(w, err)
		return
	case refused != "":
		writeRefusal(w, &refusal{field, refused})
		return
	}
	s.settle(r.Context(), s.options.ProcessingTime)
	if now, ok := c.imported.Get(p.ID); ok {
		p = now
	}
	writeJSON(w, http.StatusCreated, s.behavior().show(viewImport, view(p)))
}

// importFrom imports one discovery and queues its processing. It returns in refused why it cannot be imported.
func (s *Server) importFrom(c *collection, d discovery, user string) (p project, refused string, err error) {
	defer s.busy.lock(d.IntegrationID)()
	if _, ok := s.integrations.Get(d.IntegrationID); !ok {
		return p, "The integration was removed.", nil
	}
	if !d.Supported {
		return p, "Vendor not supported", nil
	}
	if d.Excluded {
		return p, "It is excluded by a rule.", nil
	}
	now := time.Now().UTC()
	p = project{
		IntegrationID: d.IntegrationID, AvailableID: d.ID, VendorID: d.VendorID,
		Name: d.Name, OwnerName: d.OwnerName, OwnerVendorID: d.OwnerVendorID,
		URL: d.CloneURL, WebURL: d.WebURL, Private: d.Private,
		CreatedAt: now, AddedBy: user,
	}
	p.queue(now.Add(s.options.ProcessingTime), now)
	p, added, err := c.add(p)
	if err != nil {
		return p, "", err
	}
	if !added {
		return p, "It is imported already.", nil
	}
	s.enqueueProject(s.kindOf(c), p)
	return p, "", nil
}

func (s *Server) kindOf(c *collection) taskKind {
	if c == s.tickets {
		return processTicket
	}
	return processRepo
}

func (s *Server) patchRepo(w http.ResponseWriter, r request) {
	p, ok := s.repos.imported.Get(r.id)
	if !ok {
		writeNotFound(w)
		return
	}
	b, ok := s.readBody(w, r)
	if !ok {
		return
	}
	name, renamed := b.text("name")
	ignore, ignored := b.values["ignore_list"].(string)
	if !b.valid(w) {
		return
	}
	unlock := s.busy.lock(p.IntegrationID)
	_, err := s.repos.imported.Update(r.id, func(p *project) {
		if renamed {
			p.Name = name
		}
		if ignored {
			p.IgnoreList = ignore
		}
		p.UpdatedAt = time.Now().UTC()
	})
	unlock()
	if err != nil {
		writeError(w, err)
		return
	}
	getImported(w, r, s.repos, s.repoView)
}

func (s *Server) deleteRepo(w http.ResponseWriter, r request) {
	s.deleteImported(w, r, s.repos, func() { w.WriteHeader(http.StatusNoContent) })
}

func (s *Server) deleteTicketProject(w http.ResponseWriter, r request) {
	s.deleteImported(w, r, s.tickets, func() { writeJSON(w, http.StatusCreated, object{}) })
}

func (s *Server) deleteImported(w http.ResponseWriter, r request, c *collection, done func()) {
	p, ok := c.imported.Get(r.id)
	if !ok {
		writeNotFound(w)
		return
	}
	unlock := s.busy.lock(p.IntegrationID)
	err := c.remove(p)
	unlock()
	if err != nil {
		writeError(w, err)
		return
	}
	done()
}

// updateRepo queues a repository again. Nothing else unblocks it.
func (s *Server) updateRepo(w http.ResponseWriter, r request) {
	p, ok := s.repos.imported.Get(r.id)
	if !ok {
		writeNotFound(w)
		return
	}
	p, err := s.requeue(r.Context(), p)
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusCreated, s.repoView(p))
}
