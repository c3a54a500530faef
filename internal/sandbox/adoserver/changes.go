package adoserver

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// Changes of the world. The case of names does not matter. Each change is stored before it is visible.

func notFound(kind, name string) error { return fmt.Errorf("there is no %s %q", kind, name) }

func (s *Server) findOrganization(name string) (*organization, error) {
	if org := s.world.organization(name); org != nil {
		return org, nil
	}
	return nil, notFound("organization", name)
}

func (s *Server) findProject(org, name string) (*project, error) {
	o, err := s.findOrganization(org)
	if err != nil {
		return nil, err
	}
	if p := o.projectsByKey[strings.ToLower(name)]; p != nil {
		return p, nil
	}
	return nil, notFound("project", org+"/"+name)
}

func (s *Server) findRepository(org, project, name string) (*repository, error) {
	p, err := s.findProject(org, project)
	if err != nil {
		return nil, err
	}
	if r := p.repository(name); r != nil {
		return r, nil
	}
	return nil, notFound("repository", org+"/"+project+"/"+name)
}

// findAccount returns the account of an organization with that e-mail.
func (o *organization) findAccount(email string) (*account, error) {
	if a := o.accountsByEmail[strings.ToLower(email)]; a != nil {
		return a, nil
	}
	return nil, notFound("account", email)
}

// CreateProject creates a project with its groups, and without the repositories and work items of p. Readers and administrators
// are accounts by e-mail.
func (s *Server) CreateProject(org string, p scenario.Project) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := s.findOrganization(org)
	if err != nil {
		return err
	}
	if o.projectsByKey[strings.ToLower(p.Name)] != nil {
		return fmt.Errorf("the project %q exists already", p.Name)
	}
	readers, err := o.descriptors(p.Readers)
	if err != nil {
		return err
	}
	administrators, err := o.descriptors(p.Administrators)
	if err != nil {
		return err
	}
	t := s.world.tables
	id := t.projects.NextID()
	row := newProject(o.Name, p, guid("project", o.Name, p.Name, strconv.FormatInt(id, 10)), s.options.Now().UTC())
	row.ID = id
	if err := t.projects.Put(id, row); err != nil {
		return err
	}
	s.world.addProject(row)
	for _, group := range projectGroups(row, administrators, readers) {
		group.ID = t.groups.NextID()
		if err := t.groups.Put(group.ID, group); err != nil {
			return err
		}
		s.world.addGroup(group)
	}
	return nil
}

func (o *organization) descriptors(emails []string) ([]string, error) {
	var found []string
	for _, email := range emails {
		a, err := o.findAccount(email)
		if err != nil {
			return nil, err
		}
		found = append(found, a.Descriptor)
	}
	return found, nil
}

// SetProjectPublic makes a project public or private.
func (s *Server) SetProjectPublic(org, project string, public bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.findProject(org, project)
	if err != nil {
		return err
	}
	row := p.projectRow
	row.Public = public
	if err := s.world.tables.projects.Put(row.ID, row); err != nil {
		return err
	}
	p.projectRow = row
	return nil
}

// CreateRepository creates an empty repository and returns its GUID.
func (s *Server) CreateRepository(org, project, name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.findProject(org, project)
	if err != nil {
		return "", err
	}
	if p.repository(name) != nil {
		return "", fmt.Errorf("the repository %q exists already", name)
	}
	id := s.world.tables.repositories.NextID()
	row := repositoryRow{
		ID: id, GUID: guid("repository", p.GUID, name, strconv.FormatInt(id, 10)),
		Project: p.GUID, Name: name, Created: s.options.Now().UTC(),
	}
	if err := s.world.tables.repositories.Put(id, row); err != nil {
		return "", err
	}
	s.world.addRepository(p, row)
	return row.GUID, nil
}

// DeleteRepository deletes a repository and its pull requests.
func (s *Server) DeleteRepository(org, project, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.findRepository(org, project, name)
	if err != nil {
		return err
	}
	o := s.world.organization(org)
	for _, pr := range r.pullRequests {
		if err := s.world.tables.pullRequests.Delete(pr.ID); err != nil {
			return err
		}
		delete(o.pullRequests, pr.ID)
	}
	r.pullRequests = nil
	if err := s.world.tables.repositories.Delete(r.ID); err != nil {
		return err
	}
	delete(o.repositories, r.GUID)
	r.project.remove(r)
	return nil
}

func (p *project) remove(r *repository) {
	p.repositories = slices.DeleteFunc(p.repositories, func(other *repository) bool { return other == r })
}

// RenameRepository renames a repository. It keeps its GUID.
func (s *Server) RenameRepository(org, project, name, to string) error {
	return s.changeRepository(org, project, name, func(r *repository, row *repositoryRow) error {
		if other := r.project.repository(to); other != nil && other != r {
			return fmt.Errorf("the repository %q exists already", to)
		}
		row.Name = to
		return nil
	})
}

// DisableRepository disables or enables a repository.
func (s *Server) DisableRepository(org, project, name string, disabled bool) error {
	return s.changeRepository(org, project, name, func(_ *repository, row *repositoryRow) error {
		row.Disabled = disabled
		return nil
	})
}

// MoveRepository moves a repository to another project. It keeps its GUID.
func (s *Server) MoveRepository(org, project, name, toProject string) error {
	return s.changeRepository(org, project, name, func(_ *repository, row *repositoryRow) error {
		target, err := s.findProject(org, toProject)
		if err != nil {
			return err
		}
		if other := target.repository(name); other != nil && target.GUID != row.Project {
			return fmt.Errorf("the repository %q exists already in %q", name, toProject)
		}
		row.Project = target.GUID
		return nil
	})
}

// changeRepository stores the changed row before it is visible.
func (s *Server) changeRepository(org, project, name string, change func(*repository, *repositoryRow) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.findRepository(org, project, name)
	if err != nil {
		return err
	}
	row := r.repositoryRow
	if err := change(r, &row); err != nil {
		return err
	}
	if err := s.world.tables.repositories.Put(row.ID, row); err != nil {
		return err
	}
	if row.Project != r.Project {
		r.project.remove(r)
		r.project = s.world.project(row.Project)
		r.project.repositories = append(r.project.repositories, r)
		// The order is the same after a restart.
		slices.SortFunc(r.project.repositories, func(a, b *repository) int { return cmp.Compare(a.ID, b.ID) })
	}
	r.repositoryRow = row
	return nil
}

// CreatePullRequest creates a pull request and returns its number.
func (s *Server) CreatePullRequest(org, project, repository string, pr scenario.PullRequest) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.findRepository(org, project, repository)
	if err != nil {
		return 0, err
	}
	o := s.world.organization(org)
	author, err := o.findAccount(pr.Author)
	if err != nil {
		return 0, err
	}
	row := newPullRequest(r.GUID, author.GUID, pr, s.options.Now().UTC())
	row.ID = s.world.tables.pullRequests.NextID()
	if err := s.world.tables.pullRequests.Put(row.ID, row); err != nil {
		return 0, err
	}
	o.addPullRequest(r, row)
	return row.ID, nil
}

// CreateWorkItem creates a work item and returns its number.
func (s *Server) CreateWorkItem(org, project string, item scenario.WorkItem) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.findProject(org, project)
	if err != nil {
		return 0, err
	}
	row := newWorkItem(p.GUID, item, s.options.Now().UTC())
	row.ID = s.world.tables.workItems.NextID()
	if err := s.world.tables.workItems.Put(row.ID, row); err != nil {
		return 0, err
	}
	s.world.addWorkItem(row)
	return row.ID, nil
}
