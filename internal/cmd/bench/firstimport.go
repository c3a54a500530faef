package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// workers is the default of the provider's max_concurrent_requests.
	workers = 8
	// importFactor limits a first import to the time that its requests take at that latency, plus a quarter for Terraform's
	// start, the listing and the provider's own work: users wait for Flow, not for the provider.
	importFactor = 1.25
)

// measureImport compares a first import with one by plain workers, each in a new organization.
func (b *bench) measureImport(ctx context.Context) error {
	var provider, plain []time.Duration
	for round := range min(b.Rounds, 3) {
		for _, kind := range []struct {
			name  string
			times *[]time.Duration
			run   func(*organization, *workspace) timed
		}{
			{"plain", &plain, func(o *organization, _ *workspace) timed {
				return func(ctx context.Context) error { return o.importAll(ctx, o.repositories, workers) }
			}},
			{"provider", &provider, func(_ *organization, w *workspace) timed { return w.apply }},
		} {
			took, err := b.importOnce(ctx, fmt.Sprintf("%s-%d", kind.name, round), kind.run)
			if err != nil {
				return err
			}
			*kind.times = append(*kind.times, took)
		}
	}
	ideal := duration(time.Duration(b.Imports) * b.ImportLatency / workers)
	name := fmt.Sprintf("time to import %d repositories, at %s of latency", b.Imports, b.ImportLatency)
	b.report.Measurements = append(b.report.Measurements,
		compared(name, duration(median(provider)), "latency alone", ideal).atMost(ideal.times(importFactor)),
		compared(name, duration(median(provider)), fmt.Sprintf("%d plain workers", workers), duration(median(plain))),
	)
	return nil
}

// importOnce returns the time of one import into a new organization, and checks that it is complete.
func (b *bench) importOnce(ctx context.Context, name string, importing func(*organization, *workspace) timed) (took time.Duration, err error) {
	o, err := b.connect(ctx, name, b.Imports)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, o.End()) }()
	importer, err := b.importer(o)
	if err != nil {
		return 0, err
	}
	if err := o.delay(ctx, b.ImportLatency); err != nil {
		return 0, err
	}
	times, err := compare(ctx, 1, importing(o, importer))
	if err != nil {
		return 0, err
	}
	list, _, err := o.sandbox.repositories(ctx)
	if err != nil {
		return 0, err
	}
	for _, repository := range list.Results {
		if !repository.Imported {
			return 0, fmt.Errorf("%s/%s was not imported", repository.Owner, repository.Name)
		}
	}
	return times[0], nil
}
