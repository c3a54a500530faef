package selector

// Find says which of the names given to NewIndex p selects, in the order of the names, case ignored.
func (ix *Index) Find(p Pattern) []int { return ix.at(ix.find(p, nil)) }
