package bulkimport

import (
	"slices"
	"sync"

	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

// Claims remembers what the resources of one run of Terraform keep imported, and what they are planned to remove, so that
// none removes what another one keeps. Terraform tells a provider no addresses, and calls it for several resources at
// once: a claim is made before anything is listed, and compared afterwards, so of two that conflict at least one sees the
// other. The zero value is ready for use, and safe for concurrent use.
type Claims struct {
	mutex  sync.Mutex
	claims []claim
}

// Claim is what becomes of what a set of selectors matches.
type Claim int

const (
	// PlannedToKeep is the claim of a resource that a plan creates, changes or leaves as it is.
	PlannedToKeep Claim = iota
	// Kept is the claim of a resource that was created or changed.
	Kept
	// PlannedToRemove is the claim of a resource that a plan destroys, and that removes with it what it matches.
	PlannedToRemove
)

type claim struct {
	kind        Claim
	integration int64
	set         selector.Set
}

// Make makes a claim.
func (c *Claims) Make(kind Claim, integration int64, set selector.Set) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.claims = append(c.claims, claim{kind, integration, set})
}

// Split separates the items of an integration that are claimed from the others.
func (c *Claims) Split(kind Claim, integration int64, catalog *Catalog, items []Item) (claimed, unclaimed []Item) {
	c.mutex.Lock()
	claims := slices.Clone(c.claims)
	c.mutex.Unlock()
	ids := map[int64]bool{}
	for _, one := range claims {
		if one.kind == kind && one.integration == integration {
			catalog.mark(ids, one.set)
		}
	}
	for _, item := range items {
		if ids[item.ID] {
			claimed = append(claimed, item)
		} else {
			unclaimed = append(unclaimed, item)
		}
	}
	return claimed, unclaimed
}
