package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// workers is how many requests the provider has on the way at once, as its documentation says.
	workers = 8
	// importFactor is what the project promises of a first import, against what the latency alone takes.
	importFactor = 1.25
)

// measureImport compares a first import with one by plain workers, each from nothing.
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
	ideal := duration(time.Duration(b.Imports) * b.Latency / workers)
	name := fmt.Sprintf("time to import %d repositories at %s", b.Imports, b.Latency)
	b.report.Measurements = append(b.report.Measurements,
		beside(name, duration(median(provider)), "the latency alone", ideal).atMost(ideal.times(importFactor)),
		beside(name, duration(median(provider)), fmt.Sprintf("%d plain workers", workers), duration(median(plain))),
	)
	return nil
}

// importOnce takes the time of one import, in an organization of its own, and sees that it is complete.
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
	if err := o.delay(ctx, b.Latency); err != nil {
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
