package planmemory

import (
	"sync"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
)

// Imports remembers what the plan of an import has to know of its integration and of other imports. The zero value is ready
// for use, and safe for concurrent use.
type Imports struct {
	mutex    sync.Mutex
	services map[int64]flow.Services
	planned  map[Import]bool
	left     map[Import]bool
}

// Import is an import without its address, which Terraform does not tell.
type Import struct {
	Type        string
	Integration int64
	// Selectors are include and exclude, however they are ordered.
	Selectors string
	// Exists is set for one that the state holds. Terraform plans a replacement twice, and only once with its state.
	Exists bool
}

// PlanServices remembers which services of an integration are on once the plan is applied.
func (i *Imports) PlanServices(integration int64, services flow.Services) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if i.services == nil {
		i.services = map[int64]flow.Services{}
	}
	i.services[integration] = services
}

// PlannedServices returns what PlanServices remembers; no service of an integration that is not planned.
func (i *Imports) PlannedServices(integration int64) flow.Services {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	return i.services[integration]
}

// Plan remembers an import, and reports whether another one was the same.
func (i *Imports) Plan(one Import) (again bool) { return i.add(&i.planned, one) }

// LeaveToApply remembers that the selectors could not be checked in the plan.
func (i *Imports) LeaveToApply(one Import) { i.add(&i.left, one) }

// LeftToApply reports whether the selectors are still to be checked.
func (i *Imports) LeftToApply(one Import) bool {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	return i.left[one]
}

func (i *Imports) add(to *map[Import]bool, one Import) (again bool) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if *to == nil {
		*to = map[Import]bool{}
	}
	again, (*to)[one] = (*to)[one], true
	return again
}
