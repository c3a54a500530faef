package planmemory

import "sync"

// Creations remembers the names of the integrations that a run creates. Each creation is planned once in a run. The zero
// value is ready for use, and safe for concurrent use.
type Creations struct {
	mutex sync.Mutex
	names map[string]bool
}

// Plan registers the creation of an integration of this name, and reports whether the same run creates another one.
func (c *Creations) Plan(name string) (another bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.names == nil {
		c.names = map[string]bool{}
	}
	another = c.names[name]
	c.names[name] = true
	return another
}
