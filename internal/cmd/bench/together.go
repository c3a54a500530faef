package main

import (
	"context"
	"fmt"
	"time"
)

// Limits of a no-op plan of an integration and its import in one configuration.
const (
	// roundTrips is what the plan has to wait for one after the other, besides the provider's start: one listing of
	// integrations, two rounds of checks in Azure DevOps, and three for ten pages of repositories, the first of which returns
	// their count and the nine others come eight at once.
	roundTrips = 6
	// roundTripTolerance is noise between two medians on a busy machine; it is too small to hide another round trip.
	roundTripTolerance = 0.5
)

// measureTogether plans an integration and its import in one configuration, as users have them.
func (b *bench) measureTogether(ctx context.Context, o *organization) error {
	w := o.integration
	if err := w.Write("import.tf", importAll("flow_ado_integration.main.id")); err != nil {
		return err
	}
	if err := w.apply(ctx); err != nil {
		return err
	}
	near, far, err := b.planNearAndFar(ctx, o)
	if err != nil {
		return err
	}
	peak, err := w.planPeak(ctx)
	if err != nil {
		return err
	}
	plan := fmt.Sprintf("of a no-op plan with the integration, %d repositories", o.repositories.Count)
	trips := quantity{(far - near).Seconds() / b.PlanLatency.Seconds(), inTrips}
	b.report.Measurements = append(b.report.Measurements,
		compared(fmt.Sprintf("time %s, at %s of latency", plan, b.PlanLatency), duration(far), "without latency", duration(near)),
		compared("round trips "+plan, trips, "necessary", quantity{roundTrips, inTrips}).
			atMost(quantity{roundTrips + roundTripTolerance, inTrips}),
		compared("peak memory of the provider "+plan, size(peak), "import alone", b.report.Growth[len(b.report.Growth)-1].Peak).
			atMost(size(peakLimit)),
	)
	return nil
}

// planNearAndFar returns the time of a no-op plan without latency, and with it on each answer of Flow and Azure DevOps.
func (b *bench) planNearAndFar(ctx context.Context, o *organization) (near, far time.Duration, err error) {
	planAt := func(latency time.Duration) timed {
		return func(ctx context.Context) error {
			if err := o.delay(ctx, latency); err != nil {
				return err
			}
			return o.integration.planNothing(ctx)
		}
	}
	times, err := compare(ctx, b.Rounds, planAt(0), planAt(b.PlanLatency))
	if err != nil {
		return 0, 0, err
	}
	return times[0], times[1], o.delay(ctx, 0)
}
