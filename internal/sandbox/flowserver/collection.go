package flowserver

import (
	"sync"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/store"
)

// A collection holds what Flow discovers and imports of one kind: repositories, or ticket projects. Besides the two
// tables, it has an index of imports, so that long lists need no search.
type collection struct {
	available *store.Table[discovery]
	imported  *store.Table[project]

	mu     sync.RWMutex
	origin map[int64]int64 // imported id by available id
	counts map[int64]int   // imported projects by integration
}

func openCollection(file *store.Store, name string) (*collection, error) {
	available, err := store.OpenTable[discovery](file, name+"_available")
	if err != nil {
		return nil, err
	}
	imported, err := store.OpenTable[project](file, name)
	if err != nil {
		return nil, err
	}
	c := &collection{available: available, imported: imported, origin: map[int64]int64{}, counts: map[int64]int{}}
	for _, p := range imported.List() {
		c.origin[p.AvailableID] = p.ID
		c.counts[p.IntegrationID]++
	}
	return c, nil
}

// importOf returns the id of what was imported from a discovery.
func (c *collection) importOf(available int64) (int64, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	id, ok := c.origin[available]
	return id, ok
}

// importedBy returns how many projects an integration has imported.
func (c *collection) importedBy(integration int64) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.counts[integration]
}

// add stores a new project under a new id. It returns false if the discovery is already imported.
func (c *collection) add(p project) (project, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, taken := c.origin[p.AvailableID]; taken {
		return project{}, false, nil
	}
	p.ID = c.imported.NextID()
	if err := c.imported.Put(p.ID, p); err != nil {
		return project{}, false, err
	}
	c.origin[p.AvailableID] = p.ID
	c.counts[p.IntegrationID]++
	return p, true, nil
}

// remove removes a project. What it was imported from remains available.
func (c *collection) remove(p project) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.imported.Delete(p.ID); err != nil {
		return err
	}
	if c.origin[p.AvailableID] == p.ID {
		delete(c.origin, p.AvailableID)
		c.counts[p.IntegrationID]--
	}
	return nil
}

// clear removes everything that belongs to an integration.
func (c *collection) clear(integration int64) error {
	for _, p := range c.importedFrom(integration) {
		if err := c.remove(p); err != nil {
			return err
		}
	}
	for _, d := range c.availableFrom(integration) {
		if err := c.available.Delete(d.ID); err != nil {
			return err
		}
	}
	return nil
}

func (c *collection) importedFrom(integration int64) []project {
	return only(c.imported.List(), func(p project) bool { return p.IntegrationID == integration })
}

func (c *collection) availableFrom(integration int64) []discovery {
	return only(c.available.List(), func(d discovery) bool { return d.IntegrationID == integration })
}

func only[T any](rows []T, keep func(T) bool) []T {
	var kept []T
	for _, row := range rows {
		if keep(row) {
			kept = append(kept, row)
		}
	}
	return kept
}
