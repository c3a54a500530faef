package flowserver

import (
	"slices"
	"time"
)

// organizationID is the id of the one Flow workspace that the sandbox has.
const organizationID = 1

// A service is a part of an integration that can be switched: its word in the API, its name in the user interface, its switch.
type service struct {
	word, shown string
	of          func(*Services) *bool
}

var switches = []service{
	{"repo", "Repos", func(s *Services) *bool { return &s.Repos }},
	{"pull_request", "PRs", func(s *Services) *bool { return &s.PullRequests }},
	{"ticket", "Tickets", func(s *Services) *bool { return &s.Tickets }},
}

// each returns a text for every service that is on. It is never nil, so JSON has a list.
func (s Services) each(text func(service) string) []string {
	texts := []string{}
	for _, service := range switches {
		if *service.of(&s) {
			texts = append(texts, text(service))
		}
	}
	return texts
}

func (s Services) words() []string { return s.each(func(s service) string { return s.word }) }
func (s Services) shown() []string { return s.each(func(s service) string { return s.shown }) }

// servicesFrom returns the services with these words, or the first unknown word.
func servicesFrom(words []string) (on Services, unknown string) {
	for _, word := range words {
		i := slices.IndexFunc(switches, func(s service) bool { return s.word == word })
		if i < 0 {
			return on, word
		}
		*switches[i].of(&on) = true
	}
	return on, ""
}

// stamp returns a time as Flow writes it, with microseconds and without a zone, or null for the zero time.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000000")
}

// orNull returns the text, or null if it is empty.
func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// orNullID returns the id, or null if it is 0.
func orNullID(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}

// integrationView returns all documented fields. The secret is not one of them.
func (s *Server) integrationView(i Integration) object {
	url := s.ShownURL(i)
	organization, _ := organizationOf(url)
	if s.options.HideURL {
		url = ""
	}
	shown := object{
		"id": i.ID, "name": i.Name, "org": organizationID,
		"vendor_type": s.vendorOf(i), "auth_type": i.AuthType,
		"webhooks_enabled":     i.Webhooks,
		"enabled_source_types": i.Services.words(), "source_type_names": i.Services.shown(),
		"created_at": stamp(i.CreatedAt), "updated_at": stamp(i.UpdatedAt),
		"created_by": i.CreatedBy, "updated_by": orNull(i.UpdatedBy),
		"username": i.Username, "url": url,
		"vendor_meta":                  object{"organization": organization},
		"has_repos":                    s.repos.importedBy(i.ID) > 0,
		"excluded_project_owners":      []string{},
		"source_projects_last_updated": stamp(i.LatestLookup),
		"agent_enabled":                false,
	}
	if address := s.AuthorizationURL(i); address != "" {
		shown["authorization_url"] = address
	}
	return s.behavior().show(viewIntegration, shown)
}

// storedIntegrationView returns an integration as every answer but its creation's shows it.
func (s *Server) storedIntegrationView(i Integration) object {
	return s.behavior().show(viewStoredIntegration, s.integrationView(i))
}

func (s *Server) availableRepoView(d discovery) object {
	project, imported := s.shownImport(s.repos, d)
	return s.behavior().show(viewAvailableRepo, object{
		"id": d.ID, "name": d.Name, "owner_name": d.OwnerName, "owner_vendor_id": d.OwnerVendorID,
		"integration_id": d.IntegrationID, "vendor_type": s.vendor(),
		"imported": imported, "project_id": orNullID(project), "excluded": d.Excluded,
		"auto_import_enabled": false, "show_in_repos_page": imported, "updated_at": stamp(d.UpdatedAt),
	})
}

func (s *Server) availableTicketProjectView(d discovery) object {
	project, imported := s.shownImport(s.tickets, d)
	return s.behavior().show(viewAvailableTicketProject, object{
		"id": d.ID, "name": d.Name, "owner_name": d.OwnerName, "owner_vendor_id": d.OwnerVendorID, "url": d.WebURL,
		"integration_id": d.IntegrationID, "vendor_type": s.vendor(), "vendor_supported": d.Supported,
		"imported": imported, "ticket_project_id": orNullID(project), "excluded": d.Excluded,
		"auto_import_enabled": false, "updated_at": stamp(d.UpdatedAt),
	})
}

// shownImport returns the id of what was imported from the discovery, once Flow shows it.
func (s *Server) shownImport(c *collection, d discovery) (id int64, imported bool) {
	id, imported = c.importOf(d.ID)
	if lag := s.behavior().importLag; imported && lag > 0 {
		if p, ok := c.imported.Get(id); ok && time.Since(p.CreatedAt) < lag {
			return 0, false
		}
	}
	return id, imported
}

func (s *Server) repoView(p project) object {
	tags := []object{}
	for _, tag := range p.Tags {
		tags = append(tags, object{"name": tag})
	}
	return s.behavior().show(viewRepo, object{
		"id": p.ID, "name": p.Name, "owner_name": p.OwnerName,
		"url": p.URL, "web_url": p.WebURL, "clean_url": p.WebURL,
		"integration_id": p.IntegrationID, "vendor_type": s.vendor(),
		"is_private": p.Private, "blocked": p.Blocked, "progress_status": p.Progress,
		"last_fully_updated_at": stamp(p.LastProcessed), "last_processing_success_at": stamp(p.LastProcessed),
		"last_fetch_failure_reason": orNull(p.FailureReason), "fetches_failing_since": stamp(p.FailingSince),
		"oldest_commit_date": nil, "youngest_commit_date": nil, // the sandbox's repositories have no commits
		"ignore_list": p.IgnoreList, "tags": tags,
		"created_at": stamp(p.CreatedAt), "updated_at": stamp(p.UpdatedAt), "added_by": p.AddedBy,
	})
}

func (s *Server) ticketProjectView(p project) object {
	supported := true
	if available, ok := s.tickets.available.Get(p.AvailableID); ok {
		supported = available.Supported
	}
	return s.behavior().show(viewTicketProject, object{
		"id": p.ID, "name": p.Name, "url": p.WebURL,
		"integration_id": p.IntegrationID, "vendor_type": s.vendor(), "vendor_supported": supported,
		"auto_import_enabled": false, "progress_status": p.Progress,
		"last_fully_updated_at": stamp(p.LastProcessed),
		"created_at":            stamp(p.CreatedAt), "updated_at": stamp(p.UpdatedAt),
	})
}
