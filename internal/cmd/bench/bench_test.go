package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestMain lets the test binary run as the provider, as the program itself does.
func TestMain(m *testing.M) {
	if provider := os.Getenv(watchedVariable); provider != "" {
		os.Exit(watch(provider))
	}
	os.Exit(m.Run())
}

// TestEveryMeasurementIsMade runs all of it in a tiny size. It checks only values that are the same on every machine, so no
// times.
func TestEveryMeasurementIsMade(t *testing.T) {
	if os.Getenv("TF_ACC") == "" {
		t.Skip("runs Terraform: set TF_ACC=1")
	}
	for _, variable := range os.Environ() { // a run changes these
		if name, value, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "TF_") || strings.HasPrefix(name, "FLOW_") {
			t.Setenv(name, value)
		}
	}
	tiny := extent{
		Sizes: []int{10, 12, 14}, PlanLatency: time.Millisecond,
		Imports: 10, ImportLatency: time.Millisecond, Instances: 3, Rounds: 1,
	}
	r, err := run(t.Context(), tiny, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range r.Measurements {
		names = append(names, m.Name+", compared with "+m.Baseline)
		if m.Value.Unit == inTrips {
			continue // a difference of times
		}
		if m.Value.Value <= 0 || m.BaselineValue.Value <= 0 || m.Ratio <= 0 {
			t.Errorf("%s: %s, compared with %s", m.Name, m.Value, m.BaselineValue)
		}
		if m.Value.Unit != inSeconds && m.Name != "idle memory" && !m.Held { // memory at the start varies with the machine's load
			t.Errorf("%s: %s, at most %s", m.Name, m.Value, m.AtMost)
		}
	}
	if want := slices.Compact(slices.Sorted(slices.Values(names))); len(want) != 19 || len(names) != len(want) {
		t.Errorf("%d measurements:\n%s", len(names), strings.Join(names, "\n"))
	}
	var sizes []int
	for _, g := range r.Growth {
		sizes = append(sizes, g.Repositories)
		for _, q := range []quantity{g.Import, g.Listing, g.Plan, g.Requests, g.Peak, g.State, g.Integration} {
			if q.Value <= 0 {
				t.Errorf("at %d repositories, a value is missing: %+v", g.Repositories, g)
			}
		}
	}
	if diff := cmp.Diff(tiny.Sizes, sizes); diff != "" {
		t.Errorf("the table of growth (-want +got):\n%s", diff)
	}
}

func TestAReportNamesWhatIsExceeded(t *testing.T) {
	held := compared("time", duration(1500*time.Millisecond), "less", duration(time.Second)).atMost(duration(2 * time.Second))
	exceeded := compared("memory", size(120e6), "less", size(60e6)).atMost(size(100e6))
	free := compared("state", size(900), "nothing", size(0))
	r := report{
		Terraform: "Terraform 1.2.3", System: "plan9/arm64, 4 processors",
		Growth:       []growth{{10, duration(2 * time.Second), duration(time.Second), duration(time.Second), footprint{count(3), size(2e6), size(1e3)}, duration(time.Second)}},
		Measurements: []measurement{held, exceeded, free},
	}
	var out strings.Builder
	if err := r.print(&out); err != nil {
		t.Fatal(err)
	}
	const want = `
Terraform 1.2.3 on plan9/arm64, 4 processors

  repositories  first import  listing  no-op plan  requests  peak memory   state  flow_ado_integration alone
            10        2.00 s   1.00 s      1.00 s         3       2.0 MB  1.0 kB                      1.00 s

measured  value     baseline of the same run  value    ratio  limit
time      1.50 s    less                      1.00 s   1.50   2.00 s    held
memory    120.0 MB  less                      60.0 MB  2.00   100.0 MB  EXCEEDED
state     0.9 kB    nothing                   0.0 kB   0.00
`
	if diff := cmp.Diff(want, withoutTrailingSpace(out.String())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if r.held() {
		t.Error("an exceeded limit counts as held")
	}
	r.Measurements = []measurement{held, free}
	if !r.held() {
		t.Error("held limits count as exceeded")
	}
}

func TestARunThatBreaksOffReportsWhatItHas(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := run(ctx, extent{}, t.Output()); r == nil || !errors.Is(err, context.Canceled) {
		t.Errorf("the report is %v, the error %v", r, err)
	}
}

func TestOnlyTheStepsThatAreNamedAreMade(t *testing.T) {
	for only, want := range map[string]int{"": 5, "start": 2, "^(Many|First)": 3} {
		if steps, err := (&bench{extent: extent{Only: only}}).steps(); err != nil || len(steps) != want {
			t.Errorf("%q: %d steps (%v), want %d", only, len(steps), err, want)
		}
	}
	for _, only := range []string{"(", "Last import"} {
		if steps, err := (&bench{extent: extent{Only: only}}).steps(); err == nil {
			t.Errorf("%q: %d steps and no error", only, len(steps))
		}
	}
}

func withoutTrailingSpace(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

func TestASavedReportCanBeRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "commands.json")
	want := report{
		Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Terraform: "Terraform 1.2.3",
		Growth:       []growth{{Repositories: 10, footprint: footprint{Requests: count(3)}}},
		Measurements: []measurement{compared("time", duration(time.Second), "less", duration(time.Second)).atMost(duration(time.Second))},
	}
	if err := want.save(path); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got report
	if err := json.Unmarshal(content, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(growth{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMedian(t *testing.T) {
	for _, test := range []struct{ times, want string }{
		{"3s", "3s"},
		{"9s 1s 2s", "2s"},
		{"4s 1s 3s 100s", "3.5s"},
	} {
		var times []time.Duration
		for field := range strings.FieldsSeq(test.times) {
			d, err := time.ParseDuration(field)
			if err != nil {
				t.Fatal(err)
			}
			times = append(times, d)
		}
		if got := median(times); got.String() != test.want {
			t.Errorf("median of %s is %s, want %s", test.times, got, test.want)
		}
	}
}

func TestTheHighestPeakCounts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "peaks")
	for _, peak := range []int64{10, 3_000, 200} {
		if err := appendPeak(path, peak); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := highestPeak(path); got != 3_000 || err != nil {
		t.Errorf("%d, %v", got, err)
	}
	if _, err := highestPeak(path + "-missing"); err == nil {
		t.Error("no error without a file")
	}
}
