package flowserver

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// listAvailable serves the list of what could be imported, which both kinds have in the same form.
func listAvailable(w http.ResponseWriter, r request, c *collection, view func(discovery) object) {
	imported := func(d discovery) bool { _, ok := c.importOf(d.ID); return ok }
	excluded := func(d discovery) bool { return d.Excluded }
	listing[discovery]{
		id: discovery.id, view: view, paging: pageNumber,
		search: func(d discovery) []string { return []string{d.Name, d.OwnerName} },
		filters: map[string]filter[discovery]{
			"id": equalInt(discovery.id), "id__in": intIn(discovery.id),
			"integration": equalInt(func(d discovery) int64 { return d.IntegrationID }),
			"imported":    equalBool(imported), "excluded": equalBool(excluded),
			"name": equalString(discovery.name), "name__icontains": containsFold(discovery.name),
			"name__startswith": startsWith(discovery.name),
			"owner_name":       equalString(discovery.owner),
		},
		orderings: map[string]func(a, b discovery) int{
			"id": ordered(discovery.id), "name": ordered(discovery.name), "owner_name": ordered(discovery.owner),
			"updated_at": func(a, b discovery) int { return a.UpdatedAt.Compare(b.UpdatedAt) },
		},
	}.serve(w, r.Request, c.available.List())
}

func (d discovery) id() int64     { return d.ID }
func (d discovery) name() string  { return d.Name }
func (d discovery) owner() string { return d.OwnerName }

// listImported serves the list of what was imported; `id` and `project_id` are two names of one thing.
func listImported(w http.ResponseWriter, r request, c *collection, view func(project) object) {
	listing[project]{
		id: project.id, view: view, paging: limitOffset,
		search: func(p project) []string { return []string{p.Name, p.OwnerName} },
		filters: map[string]filter[project]{
			"id": equalInt(project.id), "id__in": intIn(project.id),
			"project_id": equalInt(project.id), "project_id__in": intIn(project.id),
			"integration": equalInt(func(p project) int64 { return p.IntegrationID }),
			"name":        equalString(project.name), "name__icontains": containsFold(project.name),
			"name__startswith": startsWith(project.name),
			"owner_name":       equalString(func(p project) string { return p.OwnerName }),
			"tags":             containsWord(func(p project) []string { return p.Tags }),
		},
		orderings: map[string]func(a, b project) int{
			"id": ordered(project.id), "name": ordered(project.name),
			"updated_at": func(a, b project) int { return a.UpdatedAt.Compare(b.UpdatedAt) },
		},
	}.serve(w, r.Request, c.imported.List())
}

func (p project) id() int64    { return p.ID }
func (p project) name() string { return p.Name }

func (s *Server) listAvailableRepos(w http.ResponseWriter, r request) {
	listAvailable(w, r, s.repos, s.availableRepoView)
}

func (s *Server) listRepos(w http.ResponseWriter, r request) {
	listImported(w, r, s.repos, repoView)
}

func (s *Server) listAvailableTicketProjects(w http.ResponseWriter, r request) {
	listAvailable(w, r, s.tickets, s.availableTicketProjectView)
}

func (s *Server) listTicketProjects(w http.ResponseWriter, r request) {
	listImported(w, r, s.tickets, s.ticketProjectView)
}

func (s *Server) getRepo(w http.ResponseWriter, r request) { getImported(w, r, s.repos, repoView) }

func (s *Server) getTicketProject(w http.ResponseWriter, r request) {
	getImported(w, r, s.tickets, s.ticketProjectView)
}

func getImported(w http.ResponseWriter, r request, c *collection, view func(project) object) {
	p, ok := c.imported.Get(r.id)
	if !ok {
		writeNotFound(w)
		return
	}
	writeJSON(w, http.StatusOK, pick(view(p), r.URL.Query()))
}

// importRepo takes the available repository's id as a string, unlike its sibling for ticket projects.
func (s *Server) importRepo(w http.ResponseWriter, r request) {
	s.importProject(w, r, s.repos, "available_repo_id", repoView)
}

func (s *Server) importTicketProject(w http.ResponseWriter, r request) {
	s.importProject(w, r, s.tickets, "project_id", s.ticketProjectView)
}

func (s *Server) importProject(w http.ResponseWriter, r request, c *collection, field string, view func(project) object) {
	b, ok := readBody(w, r.Request)
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
	writeJSON(w, http.StatusCreated, view(p))
}

// importFrom imports one discovery and queues its processing. refused says why it cannot be imported.
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
	b, ok := readBody(w, r.Request)
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
	getImported(w, r, s.repos, repoView)
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

// updateRepo queues a repository again, which is the only way out of being blocked.
func (s *Server) updateRepo(w http.ResponseWriter, r request) {
	p, ok := s.repos.imported.Get(r.id)
	if !ok {
		writeNotFound(w)
		return
	}
	unlock := s.busy.lock(p.IntegrationID)
	_, err := s.repos.imported.Update(r.id, func(queued *project) {
		now := time.Now().UTC()
		queued.queue(now.Add(s.options.ProcessingTime), now)
		p = *queued
	})
	unlock()
	if err != nil {
		writeError(w, err)
		return
	}
	s.enqueueProject(processRepo, p)
	s.settle(r.Context(), s.options.ProcessingTime)
	if now, ok := s.repos.imported.Get(r.id); ok {
		p = now
	}
	writeJSON(w, http.StatusCreated, repoView(p))
}
