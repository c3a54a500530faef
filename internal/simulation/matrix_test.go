package simulation_test

import (
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/simulation"
)

// What the matrix is about, see the targets faults and test of the GNUmakefile.
const (
	// allVariable names a file: all cells are tried, and written there as JSON. Otherwise a sample is tried.
	allVariable = "FLOW_TEST_FAULTS"
	// cellVariable is a part of the names of the cells to try.
	cellVariable = "FLOW_TEST_CELL"
	seedVariable = "FLOW_TEST_SEED"
)

// sampleTime bounds a sample.
const sampleTime = 45 * time.Second

// TestNoFaultLosesAnything tries each operation with each fault, on each of its requests in turn.
func TestNoFaultLosesAnything(t *testing.T) {
	seed := seedOf(t)
	all, only := os.Getenv(allVariable), os.Getenv(cellVariable)
	deadline := time.Now().Add(sampleTime)
	if all != "" || only != "" {
		deadline = time.Now().Add(24 * time.Hour)
	}
	var matrix simulation.Matrix
	t.Run("cells", func(t *testing.T) {
		operations := simulation.Operations()
		random := rand.New(rand.NewPCG(seed, 0))
		random.Shuffle(len(operations), func(i, j int) { operations[i], operations[j] = operations[j], operations[i] })
		laboratories := make(chan *simulation.Laboratory, runtime.GOMAXPROCS(0))
		for range cap(laboratories) {
			laboratories <- simulation.NewLaboratory(t)
		}
		for number, o := range operations {
			if named, _, _ := strings.Cut(only, " | "); strings.Contains(only, " | ") && !strings.Contains(o.Name, named) {
				continue
			}
			t.Run(o.Name, func(t *testing.T) {
				t.Parallel()
				l := <-laboratories
				defer func() { laboratories <- l }()
				if time.Now().After(deadline) {
					return // The next seed begins with others.
				}
				without, cells := l.Clean(t, o, simulation.Faults())
				order := rand.New(rand.NewPCG(seed, uint64(number)))
				order.Shuffle(len(cells), func(i, j int) { cells[i], cells[j] = cells[j], cells[i] })
				if all == "" && only == "" {
					cells = cells[:min(len(cells), 12)]
				}
				for _, cell := range cells {
					if !strings.Contains(cell.String(), only) || time.Now().After(deadline) {
						continue
					}
					verdict := simulation.Verdict{Problems: []string{"the call of the provider failed"}}
					t.Run(cell.String(), func(t *testing.T) { verdict = l.Try(t, cell, without) })
					matrix.Add(cell, verdict)
				}
			})
		}
	})
	report(t, &matrix, all)
	if total := matrix.Total(); total.Bad > 0 || total.Tried == 0 {
		t.Errorf("%d of %d cells are bad; try them again with %s=%d", total.Bad, total.Tried, seedVariable, seed)
	}
}

func seedOf(t *testing.T) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv(seedVariable); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("%s: %v", seedVariable, err)
		}
	}
	t.Logf("%s=%d", seedVariable, seed)
	return seed
}

func report(t *testing.T, matrix *simulation.Matrix, file string) {
	t.Helper()
	var text strings.Builder
	matrix.Print(&text)
	t.Log("\n" + text.String())
	if file == "" {
		return
	}
	encoded, err := matrix.JSON()
	if err == nil {
		err = os.WriteFile(file, encoded, 0o600)
	}
	if err != nil {
		t.Error(err)
	}
}
