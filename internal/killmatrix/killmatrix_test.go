//go:build linux

package killmatrix_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

func TestMain(m *testing.M) { acctest.Main(m) }

const (
	// sampleSize is how many cells `make test` tries.
	sampleSize = 6
	// variableAll, set to anything, tries all cells, which takes minutes.
	variableAll = "FLOW_TEST_KILLS"
	// variableSeed chooses the sample.
	variableSeed = "FLOW_TEST_SEED"
	// variableReport names a file for the outcome of each cell, as JSON.
	variableReport = "FLOW_TEST_KILLS_REPORT"
)

// cell is one way in which an operation is ended.
type cell struct {
	operation operation
	write     int // of the operation's, from 0
	moment    traffic.Moment
	victim    victim
	signal    syscall.Signal
}

var (
	moments = map[traffic.Moment]string{
		traffic.BeforeEffect: "before effect", traffic.BeforeAnswer: "before answer", traffic.AfterAnswer: "after answer",
	}
	signals = map[syscall.Signal]string{syscall.SIGKILL: "SIGKILL", syscall.SIGINT: "SIGINT", syscall.SIGTERM: "SIGTERM"}
)

func (c cell) String() string {
	return fmt.Sprintf("%s, write %d, %s, %s to %s", c.operation.name, c.write+1, moments[c.moment], signals[c.signal], c.victim)
}

func cells() []cell {
	var all []cell
	for _, operation := range operations() {
		for _, write := range operation.writes {
			for moment := range moments {
				for _, victim := range []victim{provider, terraform} {
					for signal := range signals {
						all = append(all, cell{operation, write, moment, victim, signal})
					}
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b cell) int { return strings.Compare(a.String(), b.String()) })
	return all
}

// chosen returns all cells, or the sample of a seed.
func chosen(t *testing.T) []cell {
	t.Helper()
	all := cells()
	if os.Getenv(variableAll) != "" {
		return all
	}
	seed, err := strconv.ParseUint(cmp.Or(os.Getenv(variableSeed), strconv.FormatInt(time.Now().UnixNano(), 10)), 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", variableSeed, err)
	}
	t.Logf("%d of %d cells, repeat with %s=%d", sampleSize, len(all), variableSeed, seed)
	random := rand.New(rand.NewPCG(seed, 0))
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:sampleSize]
}

// outcome is what became of a cell.
type outcome struct {
	Operation string  `json:"operation"`
	Cell      string  `json:"cell"`
	Applies   int     `json:"applies"`       // until an apply succeeded
	Pasted    bool    `json:"pasted"`        // whether one of them needed an import block of a message
	EndedIn   float64 `json:"ended_in"`      // seconds from the signal that asks Terraform to end to its end
	Bad       string  `json:"bad,omitempty"` // what is wrong in the end
}

// TestWhateverIsKilledTheNextApplyMakesItGood tries the cells.
func TestWhateverIsKilledTheNextApplyMakesItGood(t *testing.T) {
	var (
		mutex    sync.Mutex
		outcomes []outcome
	)
	t.Run("cells", func(t *testing.T) {
		for _, c := range chosen(t) {
			t.Run(c.String(), func(t *testing.T) {
				t.Parallel()
				got := c.try(t)
				mutex.Lock()
				defer mutex.Unlock()
				outcomes = append(outcomes, got)
				if got.Bad != "" {
					t.Error(got.Bad)
				}
			})
		}
	})
	report(t, outcomes)
}

// report prints the table, and writes the file if one is wanted.
func report(t *testing.T, outcomes []outcome) {
	t.Helper()
	table := summarize(outcomes)
	t.Logf("the kill matrix:\n%s", table)
	path := os.Getenv(variableReport)
	if path == "" {
		return
	}
	slices.SortFunc(outcomes, func(a, b outcome) int { return strings.Compare(a.Cell, b.Cell) })
	content, err := json.MarshalIndent(outcomes, "", "  ")
	if err == nil {
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		t.Error(err)
	}
}

// summarize returns a row for each operation, and one for all.
func summarize(outcomes []outcome) string {
	rows := map[string][]outcome{}
	for _, o := range outcomes {
		rows[o.Operation] = append(rows[o.Operation], o)
	}
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 1, ' ', tabwriter.Debug)
	fmt.Fprintln(table, "| operation\t cells\t survived\t with a pasted block\t slowest end of Terraform when asked\t bad\t")
	for _, operation := range operations() {
		if of := rows[operation.name]; len(of) > 0 {
			writeRow(table, operation.name, of)
		}
	}
	writeRow(table, "all", outcomes)
	_ = table.Flush() // to a string
	return text.String()
}

func writeRow(table *tabwriter.Writer, name string, of []outcome) {
	var bad, pasted int
	var slowest float64
	for _, o := range of {
		slowest = max(slowest, o.EndedIn)
		if o.Pasted {
			pasted++
		}
		if o.Bad != "" {
			bad++
		}
	}
	fmt.Fprintf(table, "| %s\t %d\t %d\t %d\t %.1f s\t %d\t\n", name, len(of), len(of)-bad, pasted, slowest, bad)
}
