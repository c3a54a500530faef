package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Limits of a no-op plan.
const (
	// planFactor allows noise and the longer list in memory, over the plan of the smallest organization plus the time to list
	// the largest one: a plan that does anything else for each repository exceeds it.
	planFactor = 1.5
	// peakLimit is for small CI runners, where several providers run at once. It is about twice what the provider
	// takes with ten repositories, and too little to hold Azure DevOps' list of 10,000 as one answer.
	peakLimit = 60e6
	// stateLimit keeps names of repositories out of the state, which Terraform reads, compares and uploads whole.
	stateLimit = 20e3
)

// integrationConfiguration connects the sandbox's first organization.
const integrationConfiguration = header + `variable "ado_pat" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "flow_ado_integration" "main" {
  name                     = "Contoso Azure DevOps"
  base_url                 = "https://dev.azure.com/contoso"
  email                    = "Svc-Flow@contoso.com"
  personal_access_token_wo = var.ado_pat
}
`

// importAll returns a block that imports all repositories; integration is the expression for the integration's id.
func importAll(integration string) string {
	return `
resource "flow_repo_import" "all" {
  integration_id = ` + integration + `
  include        = ["*/*"]
}
`
}

// organization is a sandbox that is connected to Flow, and the workspace that connected it.
type organization struct {
	*sandbox
	name         string
	integration  *workspace
	id           string // of the integration
	repositories page
}

// connect starts a sandbox with that many repositories and connects it.
func (b *bench) connect(ctx context.Context, name string, repositories int) (*organization, error) {
	s, err := startSandbox(ctx, b.sandboxProgram, repositories)
	if err != nil {
		return nil, err
	}
	o := &organization{sandbox: s, name: name}
	if err := b.integrate(ctx, o, repositories); err != nil {
		return nil, errors.Join(err, s.End())
	}
	return o, nil
}

func (b *bench) integrate(ctx context.Context, o *organization, repositories int) (err error) {
	if o.integration, err = b.newWorkspace(o.name+"-integration", b.path(providers), integrationConfiguration, o.environment()...); err != nil {
		return err
	}
	if err := o.integration.apply(ctx); err != nil {
		return err
	}
	if o.id, err = o.sandbox.integration(ctx); err != nil {
		return err
	}
	o.repositories, err = o.discovered(ctx, repositories)
	return err
}

// importer returns a workspace that imports all of the organization's repositories.
func (b *bench) importer(o *organization) (*workspace, error) {
	return b.newWorkspace(o.name+"-import", b.path(providers), header+importAll(strconv.Quote(o.id)), o.environment()...)
}

// measureGrowth compares no-op plans of organizations of all sizes.
func (b *bench) measureGrowth(ctx context.Context) (err error) {
	organizations := make([]*organization, len(b.Sizes))
	importers := make([]*workspace, len(b.Sizes))
	imports := make([]time.Duration, len(b.Sizes))
	defer func() {
		for _, o := range organizations {
			if o != nil {
				err = errors.Join(err, o.End())
			}
		}
	}()
	var runs []timed
	for i, repositories := range b.Sizes {
		o, err := b.connect(ctx, fmt.Sprintf("growth-%d", repositories), repositories)
		if err != nil {
			return err
		}
		organizations[i] = o
		if importers[i], err = b.importer(o); err != nil {
			return err
		}
		first, err := compare(ctx, 1, importers[i].apply)
		if err != nil {
			return err
		}
		imports[i] = first[0]
		list := func(ctx context.Context) error { _, _, err := o.sandbox.repositories(ctx); return err }
		runs = append(runs, list, importers[i].planNothing, o.integration.planNothing)
	}
	times, err := compare(ctx, b.Rounds, runs...)
	if err != nil {
		return err
	}
	for i, o := range organizations {
		used, err := importers[i].footprint(ctx, o)
		if err != nil {
			return err
		}
		b.report.Growth = append(b.report.Growth, growth{
			Repositories: b.Sizes[i],
			Import:       duration(imports[i]),
			Listing:      duration(times[3*i]),
			Plan:         duration(times[3*i+1]),
			Integration:  duration(times[3*i+2]),
			footprint:    used,
		})
	}
	largest := organizations[len(organizations)-1]
	if err := b.judgeGrowth(ctx, organizations[0], largest); err != nil {
		return err
	}
	return b.measureTogether(ctx, largest)
}

// footprint measures what a no-op plan takes besides time.
func (w *workspace) footprint(ctx context.Context, o *organization) (footprint, error) {
	if err := o.clearRequests(ctx); err != nil {
		return footprint{}, err
	}
	if err := w.planNothing(ctx); err != nil {
		return footprint{}, err
	}
	sent, err := o.requests(ctx)
	if err != nil {
		return footprint{}, err
	}
	peak, err := w.planPeak(ctx)
	if err != nil {
		return footprint{}, err
	}
	state, err := w.stateSize()
	return footprint{Requests: count(sent), Peak: size(peak), State: size(state)}, err
}

// judgeGrowth compares the largest organization with the others.
func (b *bench) judgeGrowth(ctx context.Context, smallest, largest *organization) error {
	_, fewPages, err := smallest.sandbox.repositories(ctx)
	if err != nil {
		return err
	}
	_, manyPages, err := largest.sandbox.repositories(ctx)
	if err != nil {
		return err
	}
	rows := b.report.Growth
	few, many, before := rows[0], rows[len(rows)-1], rows[max(0, len(rows)-2)]
	of := func(g growth) string { return fmt.Sprintf("%d repositories", g.Repositories) }
	plan := fmt.Sprintf("of a no-op plan, %d repositories", many.Repositories)
	linear := many.Listing.Value / before.Listing.Value
	b.report.Measurements = append(b.report.Measurements,
		compared("time "+plan, many.Plan, of(few), few.Plan).atMost(few.Plan.times(planFactor).plus(many.Listing)),
		compared("time "+plan, many.Plan, of(before), before.Plan).atMost(before.Plan.times(linear)),
		compared("requests "+plan, many.Requests, "pages of the listing", count(manyPages)).
			atMost(few.Requests.plus(count(manyPages-fewPages))),
		compared("peak memory of the provider "+plan, many.Peak, of(few), few.Peak).atMost(size(peakLimit)),
		compared("state "+plan, many.State, of(few), few.State).atMost(size(stateLimit)),
		compared("time "+plan+", integration alone", many.Integration, of(few), few.Integration),
	)
	return nil
}
