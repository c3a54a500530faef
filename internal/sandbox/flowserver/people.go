package flowserver

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Object is a repository or ticket project of an integration, as the user interface lists it.
type Object struct {
	Path      string // <project>/<repository>, or <project> for a ticket project
	Supported bool   // false: "Vendor not supported"
	Excluded  bool   // by a rule
	Disabled  bool   // in Azure DevOps
	Imported  bool

	// Of what is imported:
	Progress      string // "Processing", "Healthy", "Rate limited" or "Failed"
	Blocked       bool   // until it is updated by hand
	FailureReason string
	LastProcessed time.Time // zero: never
	Ingested      int       // pull requests of a repository, or tickets of a ticket project
	LeftOut       int       // pull requests that the six-month rule leaves out
}

// Integration returns an integration by its id, and whether it exists.
func (s *Server) Integration(id int64) (Integration, bool) { return s.integrations.Get(id) }

// Objects returns what an integration has discovered or imported, by path.
func (s *Server) Objects(kind Kind, integration int64) []Object {
	c := s.collectionOf(kind)
	var objects []Object
	for _, d := range c.availableFrom(integration) {
		object := Object{
			Path: pathOf(kind, d.OwnerName, d.Name), Supported: d.Supported, Excluded: d.Excluded, Disabled: d.Disabled,
		}
		if id, ok := c.importOf(d.ID); ok {
			p, _ := c.imported.Get(id)
			object.imported(p)
		}
		objects = append(objects, object)
	}
	for _, p := range c.importedFrom(integration) {
		if _, known := c.available.Get(p.AvailableID); !known { // Azure DevOps no longer has it.
			object := Object{Path: pathOf(kind, p.OwnerName, p.Name), Supported: true}
			object.imported(p)
			objects = append(objects, object)
		}
	}
	slices.SortFunc(objects, func(a, b Object) int { return cmp.Compare(strings.ToLower(a.Path), strings.ToLower(b.Path)) })
	return objects
}

func (o *Object) imported(p project) {
	o.Imported, o.Progress, o.Blocked, o.FailureReason = true, p.Progress, p.Blocked, p.FailureReason
	o.LastProcessed, o.Ingested, o.LeftOut = p.LastProcessed, p.Ingested, p.LeftOut
}

// Update queues an imported repository again, which also unblocks it.
func (s *Server) Update(integration int64, path string) error {
	for _, p := range s.repos.importedFrom(integration) {
		if pathOf(Repositories, p.OwnerName, p.Name) == path {
			_, err := s.requeue(context.Background(), p)
			return err
		}
	}
	return fmt.Errorf("integration %d has not imported %s: %w", integration, path, errNotFound)
}

// requeue queues an imported repository again, and returns it as it is afterwards.
func (s *Server) requeue(ctx context.Context, p project) (project, error) {
	unlock := s.busy.lock(p.IntegrationID)
	_, err := s.repos.imported.Update(p.ID, func(queued *project) {
		now := time.Now().UTC()
		queued.queue(now.Add(s.options.ProcessingTime), now)
		p = *queued
	})
	unlock()
	if err != nil {
		return p, err
	}
	s.enqueueProject(processRepo, p)
	s.settle(ctx, s.options.ProcessingTime)
	if now, ok := s.repos.imported.Get(p.ID); ok {
		p = now
	}
	return p, nil
}

// TestConnection is the button of the set-up page. It returns "" if the connection works, or else the page's message.
func (s *Server) TestConnection(ctx context.Context, i Integration) string {
	if refused := s.test(ctx, i); refused != nil {
		return refused.sentence
	}
	return ""
}

// Status returns the state of an integration's connection now, in the words of connection_status, and a sentence about it.
func (s *Server) Status(ctx context.Context, i Integration) (status, detail string) {
	return s.status(ctx, i)
}
