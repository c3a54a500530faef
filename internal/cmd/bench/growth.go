package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
)

// What the project promises of a no-op plan.
const (
	planFactor = 1.5 // of the plan of the smallest organization, the listing aside
	peakLimit  = 100e6
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

// importAll is the block that imports all repositories of an integration, whose id is an expression.
func importAll(integration string) string {
	return `
resource "flow_repo_import" "all" {
  integration_id = ` + integration + `
  include        = ["*/*"]
}
`
}

// organization is a sandbox whose repositories Flow knows, and the workspace that connected it.
type organization struct {
	*sandbox
	name         string
	integration  *workspace
	id           string // of the integration
	repositories page
}

// connect starts a sandbox of that size and connects it.
func (b *bench) connect(ctx context.Context, name string, repositories int) (*organization, error) {
	s, err := startSandbox(ctx, b.path(sandboxes, executable(sandboxProgram)), repositories)
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

// importer gives a workspace that imports all of the organization's repositories.
func (b *bench) importer(o *organization) (*workspace, error) {
	return b.newWorkspace(o.name+"-import", b.path(providers), header+importAll(strconv.Quote(o.id)), o.environment()...)
}

// measureGrowth compares the no-op plans of organizations of all sizes.
func (b *bench) measureGrowth(ctx context.Context) (err error) {
	organizations := make([]*organization, len(b.Sizes))
	importers := make([]*workspace, len(b.Sizes))
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
		// Who imports them makes no difference to the plan, and this is the quickest.
		if err := o.importAll(ctx, o.repositories, workers); err != nil {
			return err
		}
		if importers[i], err = b.importer(o); err != nil {
			return err
		}
		if err := importers[i].apply(ctx); err != nil {
			return err
		}
		list := func(ctx context.Context) error { _, _, err := o.sandbox.repositories(ctx); return err }
		runs = append(runs, list, importers[i].planNothing, o.integration.planNothing)
	}
	times, err := compare(ctx, b.Rounds, runs...)
	if err != nil {
		return err
	}
	for i, o := range organizations {
		taken, err := importers[i].footprint(ctx, o)
		if err != nil {
			return err
		}
		b.report.Growth = append(b.report.Growth, growth{
			Repositories: b.Sizes[i],
			Listing:      duration(times[3*i]),
			Plan:         duration(times[3*i+1]),
			Integration:  duration(times[3*i+2]),
			footprint:    taken,
		})
	}
	return b.judgeGrowth(ctx, organizations[0], organizations[len(organizations)-1])
}

// footprint measures what a no-op plan takes in the organization besides time.
func (w *workspace) footprint(ctx context.Context, o *organization) (footprint, error) {
	if err := o.forgetRequests(ctx); err != nil {
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

// judgeGrowth holds the largest organization against the others.
func (b *bench) judgeGrowth(ctx context.Context, smallest, largest *organization) error {
	_, fewPages, err := smallest.sandbox.repositories(ctx)
	if err != nil {
		return err
	}
	_, manyPages, err := largest.sandbox.repositories(ctx)
	if err != nil {
		return err
	}
	peakOfBoth, err := largest.peakOfBoth(ctx)
	if err != nil {
		return err
	}
	rows := b.report.Growth
	few, many, before := rows[0], rows[len(rows)-1], rows[max(0, len(rows)-2)]
	of := func(g growth) string { return fmt.Sprintf("that of %d", g.Repositories) }
	with := fmt.Sprintf("of a no-op plan of %d repositories", many.Repositories)
	linear := many.Listing.Value / before.Listing.Value
	b.report.Measurements = append(b.report.Measurements,
		beside("time "+with, many.Plan, of(few), few.Plan).atMost(few.Plan.times(planFactor).plus(many.Listing)),
		beside("time "+with, many.Plan, of(before), before.Plan).atMost(before.Plan.times(linear)),
		beside("requests "+with, many.Requests, "pages of their listing", count(manyPages)).
			atMost(few.Requests.plus(count(manyPages-fewPages))),
		beside("peak memory of the provider "+with, many.Peak, of(few), few.Peak).atMost(size(peakLimit)),
		beside("the same with the integration in the configuration", peakOfBoth, "without", many.Peak).atMost(size(peakLimit)),
		beside("state "+with, many.State, of(few), few.State).atMost(size(stateLimit)),
		beside("time of a no-op plan of the integration alone", many.Integration, of(few), few.Integration),
	)
	return nil
}

// peakOfBoth gives the peak memory of the provider when the configuration has the integration and its import.
func (o *organization) peakOfBoth(ctx context.Context) (quantity, error) {
	if err := o.integration.Write("import.tf", importAll("flow_ado_integration.main.id")); err != nil {
		return quantity{}, err
	}
	if err := o.integration.apply(ctx); err != nil {
		return quantity{}, err
	}
	peak, err := o.integration.planPeak(ctx)
	return size(peak), err
}
