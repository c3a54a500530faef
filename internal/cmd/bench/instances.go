package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// instancesFactor limits many instances to the time of as many that do nothing, plus what reading, selecting and comparing
// may add before users feel it. Selectors are there so that nobody needs a thousand instances, so memory has no limit.
const instancesFactor = 1.6

// forEach puts before a block the names that it has an instance for.
func forEach(block string) string {
	return `locals {
  repositories = jsondecode(file("repositories.json"))
}

` + block
}

// terraformData uses Terraform's own resource, which needs no provider process.
var terraformData = forEach(`resource "terraform_data" "one" {
  for_each = local.repositories
  input    = each.value
}
`)

var doNothing = forEach(header + `resource "flow_nothing" "one" {
  for_each = local.repositories
  name     = each.value
}
`)

func repoImports(integration string) string {
	return forEach(header + fmt.Sprintf(`resource "flow_repo_import" "one" {
  for_each       = local.repositories
  integration_id = %q
  include        = [each.value]
}
`, integration))
}

// measureInstances compares many flow_repo_import of one repository each with as many do-nothing resources.
func (b *bench) measureInstances(ctx context.Context) (err error) {
	o, err := b.connect(ctx, "instances", max(b.Instances, b.Sizes[0]))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.End()) }()
	var workspaces []*workspace
	for _, kind := range []struct {
		name, providers, configuration string
		instances                      int
	}{
		{"terraform-data", providers, terraformData, b.Instances},
		{"nothing", emptyProviders, doNothing, b.Instances},
		{"repo-import", providers, repoImports(o.id), b.Instances},
		{"one-repo-import", providers, repoImports(o.id), 1},
		{"some-repo-imports", providers, repoImports(o.id), min(fewInstances, b.Instances)},
	} {
		w, err := b.newWorkspace(kind.name, b.path(kind.providers), kind.configuration, o.environment()...)
		if err != nil {
			return err
		}
		if err := w.writeNames(o.repositories, kind.instances); err != nil {
			return err
		}
		if err := w.apply(ctx); err != nil {
			return err
		}
		workspaces = append(workspaces, w)
	}
	nothing, all, one, few := workspaces[1], workspaces[2], workspaces[3], workspaces[4]
	times, err := compare(ctx, b.Rounds, workspaces[0].planNothing, nothing.planNothing, all.planNothing)
	if err != nil {
		return err
	}
	data, floor, imports := duration(times[0]), duration(times[1]), duration(times[2])
	tuned, err := compare(ctx, 3*b.Rounds, few.planNothing, few.untuned)
	if err != nil {
		return err
	}
	var used [3]footprint
	for i, w := range []*workspace{nothing, all, one} {
		if used[i], err = w.footprint(ctx, o); err != nil {
			return err
		}
	}
	ofNothing, ofAll, ofOne := used[0], used[1], used[2]
	plan := fmt.Sprintf("of a no-op plan, %d flow_repo_import", b.Instances)
	b.report.Measurements = append(b.report.Measurements,
		compared("time "+plan, imports, "do-nothing resources", floor).atMost(floor.times(instancesFactor)),
		compared("time "+plan, imports, "terraform_data", data),
		compared("requests "+plan, ofAll.Requests, "one instance", ofOne.Requests).atMost(ofOne.Requests),
		compared("peak memory of the provider "+plan, ofAll.Peak, "do-nothing resources", ofNothing.Peak),
		compared(fmt.Sprintf("time of a no-op plan, %d flow_repo_import", fewInstances), duration(tuned[0]), "without tuning", duration(tuned[1])),
	)
	return nil
}

// fewInstances is how many a configuration usually has at the most.
const fewInstances = 20

// untuned plans with the settings that the provider changes when it starts.
func (w *workspace) untuned(ctx context.Context) error {
	tuned := w.Env
	defer func() { w.Env = tuned }()
	w.Env = append(slices.Clone(tuned), "TF_LOG_SDK=TRACE", "GOGC=100")
	return w.planNothing(ctx)
}

// writeNames writes the file of names for that many instances.
func (w *workspace) writeNames(repositories page, instances int) error {
	names := make(map[string]string, instances)
	for _, repository := range repositories.Results[:instances] {
		names[fmt.Sprintf("repository-%d", repository.ID)] = repository.Owner + "/" + repository.Name
	}
	content, err := json.Marshal(names)
	if err != nil {
		return err
	}
	return w.Write("repositories.json", string(content))
}
