// Package planmemory is what planning remembers from one resource to the next. Terraform tells a provider no addresses, and
// plans several resources at once. Each configured provider has a memory of its own.
package planmemory

import (
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Replacements recognizes the second half of a planned replacement. Terraform plans it first as a change of the existing
// object, and then, with the same configuration, as a creation, without saying that one replaces the other.
type Replacements struct {
	mutex   sync.Mutex
	configs map[string]tftypes.Value
}

// PlannedChange remembers the configuration with which a change of the object was planned.
func (r *Replacements) PlannedChange(id string, config tftypes.Value) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.configs == nil {
		r.configs = map[string]tftypes.Value{}
	}
	r.configs[id] = config
}

// Replaces reports whether a creation with this configuration replaces that object.
func (r *Replacements) Replaces(id string, config tftypes.Value) bool {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	planned, ok := r.configs[id]
	return ok && planned.Equal(config)
}
