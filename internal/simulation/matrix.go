package simulation

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// Count counts cells.
type Count struct {
	Tried int `json:"tried"`
	// Survived ended as if nothing had been, and Reported with an error that says what to do.
	Survived int `json:"survived"`
	Reported int `json:"reported"`
	Bad      int `json:"bad"`
}

func (c *Count) add(v Verdict) {
	c.Tried++
	switch {
	case len(v.Problems) > 0:
		c.Bad++
	case v.Reported:
		c.Reported++
	default:
		c.Survived++
	}
}

// Bad is a cell with problems.
type Bad struct {
	Cell     string   `json:"cell"`
	Problems []string `json:"problems"`
	Said     string   `json:"said"`
}

// Matrix is what became of many cells. It is safe for concurrent use.
type Matrix struct {
	mutex  sync.Mutex
	counts map[[2]string]*Count // by operation and fault
	bad    []Bad
}

// Add adds a cell.
func (m *Matrix) Add(c Cell, v Verdict) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.counts == nil {
		m.counts = map[[2]string]*Count{}
	}
	at := [2]string{c.Operation.Name, c.Injection.Fault.Name}
	if m.counts[at] == nil {
		m.counts[at] = &Count{}
	}
	m.counts[at].add(v)
	if len(v.Problems) > 0 {
		m.bad = append(m.bad, Bad{c.String(), v.Problems, v.Said})
	}
}

// Total counts all cells.
func (m *Matrix) Total() Count {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.sum(func(string, string) bool { return true })
}

// sum needs the lock.
func (m *Matrix) sum(of func(operation, fault string) bool) Count {
	var total Count
	for at, count := range m.counts {
		if of(at[0], at[1]) {
			total.Tried += count.Tried
			total.Survived += count.Survived
			total.Reported += count.Reported
			total.Bad += count.Bad
		}
	}
	return total
}

// axes returns the operations and the faults of a matrix. It needs the lock.
func (m *Matrix) axes() (operations, faults []string) {
	for at := range m.counts {
		operations, faults = append(operations, at[0]), append(faults, at[1])
	}
	slices.Sort(operations)
	slices.Sort(faults)
	return slices.Compact(operations), slices.Compact(faults)
}

// Print writes the matrix: how many cells were tried of each operation with each fault, and how many of them are bad.
func (m *Matrix) Print(w io.Writer) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	operations, faults := m.axes()
	_, _ = fmt.Fprintf(w, "%3s  %-48s %7s %9s %9s %5s\n", "", "fault", "tried", "survived", "reported", "bad")
	for number, fault := range faults {
		c := m.sum(func(_, of string) bool { return of == fault })
		_, _ = fmt.Fprintf(w, "%3d  %-48s %7d %9d %9d %5d\n", number+1, fault, c.Tried, c.Survived, c.Reported, c.Bad)
	}
	c := m.sum(func(string, string) bool { return true })
	_, _ = fmt.Fprintf(w, "%3s  %-48s %7d %9d %9d %5d\n\n%-48s", "", "all", c.Tried, c.Survived, c.Reported, c.Bad, "operation, cells tried with each fault")
	for number := range faults {
		_, _ = fmt.Fprintf(w, "%4d", number+1)
	}
	for _, operation := range operations {
		_, _ = fmt.Fprintf(w, "\n%-48s", operation)
		for _, fault := range faults {
			_, _ = fmt.Fprintf(w, "%4s", m.shown(operation, fault))
		}
	}
	_, _ = io.WriteString(w, "\n")
	for _, one := range m.bad {
		_, _ = fmt.Fprintf(w, "\nbad: %s\n  %s\n", one.Cell, strings.Join(one.Problems, "\n  "))
	}
}

// shown is how many cells were tried, or with a mark how many of them are bad. It needs the lock.
func (m *Matrix) shown(operation, fault string) string {
	count := m.counts[[2]string{operation, fault}]
	switch {
	case count == nil:
		return "."
	case count.Bad > 0:
		return fmt.Sprintf("%d!", count.Bad)
	}
	return fmt.Sprint(count.Tried)
}

// JSON encodes the matrix.
func (m *Matrix) JSON() ([]byte, error) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	type row struct {
		Operation string `json:"operation"`
		Fault     string `json:"fault"`
		Count
	}
	encoded := struct {
		Total Count `json:"total"`
		Cells []row `json:"cells"`
		Bad   []Bad `json:"bad"`
	}{Total: m.sum(func(string, string) bool { return true }), Cells: []row{}, Bad: m.bad}
	operations, faults := m.axes()
	for _, operation := range operations {
		for _, fault := range faults {
			if count := m.counts[[2]string{operation, fault}]; count != nil {
				encoded.Cells = append(encoded.Cells, row{operation, fault, *count})
			}
		}
	}
	return json.MarshalIndent(encoded, "", "  ")
}
