package flowserver

import (
	"context"
	"errors"
	"fmt"
)

// Kind is what Flow discovers and imports.
type Kind int

// The two kinds.
const (
	Repositories Kind = iota
	TicketProjects
)

func (s *Server) collectionOf(kind Kind) *collection {
	if kind == TicketProjects {
		return s.tickets
	}
	return s.repos
}

// pathOf returns the name that the methods below use: <project>/<repository>, or <project> for a ticket project.
func pathOf(kind Kind, project, name string) string {
	if kind == TicketProjects {
		return name
	}
	return project + "/" + name
}

// Import imports what was discovered as if in the user interface, without a request in the log.
func (s *Server) Import(kind Kind, integration int64, path string) error {
	found, err := s.discovered(kind, integration, path)
	if err != nil {
		return err
	}
	_, refused, err := s.importFrom(s.collectionOf(kind), found, uiUser)
	if refused != "" {
		err = errors.New(refused)
	}
	if err != nil {
		return fmt.Errorf("import %s: %w", path, err)
	}
	s.settle(context.Background(), s.options.ProcessingTime)
	return nil
}

// Remove removes what was imported as if in the user interface, with its data. It remains available.
func (s *Server) Remove(kind Kind, integration int64, path string) error {
	c := s.collectionOf(kind)
	for _, p := range c.importedFrom(integration) {
		if pathOf(kind, p.OwnerName, p.Name) == path {
			defer s.busy.lock(integration)()
			return c.remove(p)
		}
	}
	return fmt.Errorf("integration %d has not imported %s: %w", integration, path, errNotFound)
}

// Exclude adds an exclusion rule for what was discovered, or removes it. Rules exist only in the user interface.
func (s *Server) Exclude(kind Kind, integration int64, path string, excluded bool) error {
	found, err := s.discovered(kind, integration, path)
	if err != nil {
		return err
	}
	defer s.busy.lock(integration)()
	_, err = s.collectionOf(kind).available.Update(found.ID, func(d *discovery) { d.Excluded = excluded })
	return err
}

func (s *Server) discovered(kind Kind, integration int64, path string) (discovery, error) {
	for _, d := range s.collectionOf(kind).availableFrom(integration) {
		if pathOf(kind, d.OwnerName, d.Name) == path {
			return d, nil
		}
	}
	return discovery{}, fmt.Errorf("integration %d has not discovered %s: %w", integration, path, errNotFound)
}

// Imported returns the names of all that is imported, in the order of the imports.
func (s *Server) Imported(kind Kind) []string {
	paths := []string{}
	for _, p := range s.collectionOf(kind).imported.List() {
		paths = append(paths, pathOf(kind, p.OwnerName, p.Name))
	}
	return paths
}
