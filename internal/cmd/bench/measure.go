package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// timed is something to take the time of.
type timed func(context.Context) error

// compare returns the median time of each run. It runs them in turn, round after round, so that other load on the machine
// affects all of them alike.
func compare(ctx context.Context, rounds int, runs ...timed) ([]time.Duration, error) {
	times := make([][]time.Duration, len(runs))
	for range rounds {
		for i, run := range runs {
			start := time.Now()
			if err := run(ctx); err != nil {
				return nil, err
			}
			times[i] = append(times[i], time.Since(start))
		}
	}
	medians := make([]time.Duration, len(runs))
	for i := range times {
		medians[i] = median(times[i])
	}
	return medians, nil
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return (times[(len(times)-1)/2] + times[len(times)/2]) / 2
}

// unit is the unit of a quantity.
type unit string

const (
	inSeconds  unit = "s"
	inBytes    unit = "B"
	inRequests unit = "requests"
	inTrips    unit = "round trips"
)

// quantity is a measured value.
type quantity struct {
	Value float64 `json:"value"`
	Unit  unit    `json:"unit"`
}

func duration(d time.Duration) quantity         { return quantity{d.Seconds(), inSeconds} }
func size(n int64) quantity                     { return quantity{float64(n), inBytes} }
func count(n int) quantity                      { return quantity{float64(n), inRequests} }
func (q quantity) times(f float64) quantity     { return quantity{q.Value * f, q.Unit} }
func (q quantity) plus(other quantity) quantity { return quantity{q.Value + other.Value, q.Unit} }

// String formats the quantity for people; sizes in decimal units, as the limits are.
func (q quantity) String() string {
	switch {
	case q.Unit == inBytes && q.Value >= 1e6:
		return fmt.Sprintf("%.1f MB", q.Value/1e6)
	case q.Unit == inBytes:
		return fmt.Sprintf("%.1f kB", q.Value/1e3)
	case q.Unit == inSeconds && q.Value < 0.1:
		return fmt.Sprintf("%.1f ms", q.Value*1e3)
	case q.Unit == inSeconds:
		return fmt.Sprintf("%.2f s", q.Value)
	case q.Unit == inTrips:
		return fmt.Sprintf("%.1f", q.Value)
	}
	return fmt.Sprintf("%.0f", q.Value)
}

// measurement is one line of the report.
type measurement struct {
	Name  string   `json:"name"`
	Value quantity `json:"value"`
	// Baseline was measured in the same run.
	Baseline      string   `json:"baseline"`
	BaselineValue quantity `json:"baseline_value"`
	Ratio         float64  `json:"ratio"`
	// AtMost is the limit; nil if there is none.
	AtMost *quantity `json:"at_most,omitempty"`
	Held   bool      `json:"held"`
}

// compared returns a measurement without a limit. The ratio to a baseline of zero is 0.
func compared(name string, value quantity, baseline string, baselineValue quantity) measurement {
	m := measurement{Name: name, Value: value, Baseline: baseline, BaselineValue: baselineValue, Held: true}
	if baselineValue.Value > 0 {
		m.Ratio = value.Value / baselineValue.Value
	}
	return m
}

// atMost sets the limit.
func (m measurement) atMost(limit quantity) measurement {
	m.AtMost, m.Held = &limit, m.Value.Value <= limit.Value
	return m
}
