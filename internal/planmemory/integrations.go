package planmemory

import (
	"context"
	"sync"
	"time"
)

// Integrations remembers which integrations this run reads, keeps and destroys, by their ids, to recognize one object at
// two addresses: a renamed block without moved, a tainted or deposed object, two blocks that swapped their names. Each
// caller registers before it asks Flow, and compares afterwards. The zero value is ready for use, and safe for concurrent
// use.
type Integrations struct {
	mutex sync.Mutex
	byID  map[string]*integration
}

type integration struct{ kept, destroyed bool }

// Hold registers an integration that the state holds, or that is being imported.
func (i *Integrations) Hold(id string) { i.register(id, func(*integration) {}) }

// Held reports whether an integration was registered by Hold, Keep or Destroy.
func (i *Integrations) Held(id string) bool {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	return i.byID[id] != nil
}

// HeldWithin reports whether an integration is held now, or before the patience or the context ends. Terraform plans
// addresses concurrently, so one may be planned before the address that holds the integration has been read.
func (i *Integrations) HeldWithin(ctx context.Context, id string, patience time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ticks := time.NewTicker(patience / 20)
	defer ticks.Stop()
	for !i.Held(id) {
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return i.Held(id)
		}
	}
	return true
}

// Keep registers that an integration remains, and reports whether the same run destroys it.
func (i *Integrations) Keep(id string) (destroyed bool) {
	return i.register(id, func(one *integration) { one.kept = true }).destroyed
}

// Destroy registers that an integration is destroyed, and reports whether the same run keeps it.
func (i *Integrations) Destroy(id string) (kept bool) {
	return i.register(id, func(one *integration) { one.destroyed = true }).kept
}

func (i *Integrations) register(id string, change func(*integration)) integration {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if i.byID == nil {
		i.byID = map[string]*integration{}
	}
	if i.byID[id] == nil {
		i.byID[id] = &integration{}
	}
	change(i.byID[id])
	return *i.byID[id]
}
