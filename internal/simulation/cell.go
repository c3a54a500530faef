package simulation

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
)

// Cell is one operation that meets one fault at one of its requests.
type Cell struct {
	Operation Operation
	Injection Injection
}

// String names a cell, so that it can be tried again.
func (c Cell) String() string {
	lasting := "once"
	if c.Injection.Lasting {
		lasting = "lasting"
	}
	return fmt.Sprintf("%s | %s, %s | %s, occurrence %d", c.Operation.Name, c.Injection.Fault.Name, lasting, c.Injection.Series, c.Injection.Occurrence+1)
}

// Verdict is what became of a cell.
type Verdict struct {
	// Reported is set if the operation ended with an error, and not as if nothing had been.
	Reported bool
	// Problems are what must not be; none if the cell is fine.
	Problems []string
	// Said are the diagnostics.
	Said string
}

// Usual is how an operation goes without a fault.
type Usual struct {
	end End
	log []Exchange
}

// Laboratory is a sandbox in which cells are tried, one after the other.
type Laboratory struct {
	sandbox *acctest.Sandbox
	outside *outside
	client  *http.Client
}

// NewLaboratory starts one that ends with the test. It must not be made under the clock of testing/synctest.
func NewLaboratory(t testing.TB) *Laboratory {
	t.Helper()
	l := &Laboratory{sandbox: acctest.Start(t, sandbox.Options{}), outside: startOutside()}
	transport := &http.Transport{MaxIdleConnsPerHost: outsiders}
	l.client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	t.Cleanup(func() {
		l.outside.stop()
		transport.CloseIdleConnections()
	})
	return l
}

// run has an operation carried out in a world of its own, and what follows under the same clock.
func (l *Laboratory) run(t *testing.T, o Operation, injection *Injection, then func(r *run)) {
	t.Helper()
	if err := start(l.sandbox, o.integrations); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, sandbox: l.sandbox, network: startNetwork(t, l.sandbox, l.outside, l.client)}
		r := &run{world: w, operation: o, injection: injection}
		if o.before != nil {
			var diagnostics []*acctest.Diagnostic
			if r.prior, diagnostics = w.provider().Apply(o.resource, acctest.Instance{}, o.before(w)); acctest.HasError(diagnostics) {
				t.Fatalf("%s cannot be prepared: %s", o.Name, acctest.Sentences(diagnostics))
			}
		}
		r.before = r.contents()
		w.network.inject(injection)
		begin := time.Now()
		r.end = o.act(w, w.provider(), r.prior)
		r.took = time.Since(begin)
		r.log = w.network.log()
		w.network.inject(nil)
		r.after = r.contents()
		then(r)
	})
}

// run is an operation that was carried out.
type run struct {
	*world
	operation Operation
	injection *Injection

	prior         acctest.Instance
	end           End
	took          time.Duration
	log           []Exchange
	before, after contents
}

func (r *run) contents() contents {
	var found contents
	r.network.outside.run(func() { found = contentsOf(r.sandbox) })
	return found
}

// Clean carries out an operation without a fault, and returns the cells that follow from its requests: each fault at the
// first, the middle and the last request of each series, once and lasting.
func (l *Laboratory) Clean(t *testing.T, o Operation, faults []Fault) (*Usual, []Cell) {
	t.Helper()
	var found Usual
	l.run(t, o, nil, func(r *run) {
		if r.end.Failed() {
			t.Fatalf("%s fails without a fault: %s", o.Name, acctest.Sentences(r.end.Diagnostics))
		}
		for _, problem := range r.judge(&Usual{end: r.end, log: r.log}) {
			t.Errorf("%s, without a fault: %s", o.Name, problem)
		}
		found = Usual{end: r.end, log: r.log}
	})
	var cells []Cell
	for _, series := range seriesOf(found.log) {
		for i := range faults {
			if faults[i].ListsOnly && !series.isList {
				continue
			}
			for _, occurrence := range positions(series.length) {
				for _, lasting := range []bool{false, true} {
					if lasting && faults[i].Costly {
						continue
					}
					cells = append(cells, Cell{o, Injection{Fault: &faults[i], Series: series.name, Occurrence: occurrence, Lasting: lasting}})
				}
			}
		}
	}
	return &found, cells
}

// series is a number of requests that differ only in what they ask for.
type series struct {
	name   string
	length int
	isList bool
}

func seriesOf(log []Exchange) []series {
	var all []series
	index := map[string]int{}
	for _, e := range log {
		at, known := index[e.series()]
		if !known {
			at = len(all)
			index[e.series()] = at
			all = append(all, series{name: e.series()})
		}
		all[at].length++
		all[at].isList = all[at].isList || e.IsList
	}
	return all
}

// positions returns the first, the middle and the last of a number of requests.
func positions(length int) []int {
	switch {
	case length < 2:
		return []int{0}
	case length == 2:
		return []int{0, 1}
	}
	return []int{0, length / 2, length - 1}
}

// Try tries a cell.
func (l *Laboratory) Try(t *testing.T, c Cell, without *Usual) Verdict {
	t.Helper()
	var verdict Verdict
	l.run(t, c.Operation, &c.Injection, func(r *run) {
		verdict = Verdict{Reported: r.end.Failed(), Problems: r.judge(without), Said: acctest.Sentences(r.end.Diagnostics)}
	})
	return verdict
}
