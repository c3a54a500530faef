package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// instancesFactor is what the project promises of many instances, against as many that do nothing.
const instancesFactor = 1.25

// forEach gives a configuration with an instance for each name in a file.
func forEach(block string) string {
	return `locals {
  repositories = jsondecode(file("repositories.json"))
}

` + block
}

// terraformData is Terraform's own resource, which needs no provider.
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

// measureInstances compares many flow_repo_import of one repository each with as many resources that do nothing.
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
	} {
		w, err := b.newWorkspace(kind.name, b.path(kind.providers), kind.configuration, o.environment()...)
		if err != nil {
			return err
		}
		if err := w.write(o.repositories, kind.instances); err != nil {
			return err
		}
		if err := w.apply(ctx); err != nil {
			return err
		}
		workspaces = append(workspaces, w)
	}
	nothing, all, one := workspaces[1], workspaces[2], workspaces[3]
	times, err := compare(ctx, b.Rounds, workspaces[0].planNothing, nothing.planNothing, all.planNothing)
	if err != nil {
		return err
	}
	data, floor, imports := duration(times[0]), duration(times[1]), duration(times[2])
	var taken [3]footprint
	for i, w := range []*workspace{nothing, all, one} {
		if taken[i], err = w.footprint(ctx, o); err != nil {
			return err
		}
	}
	ofNothing, ofAll, ofOne := taken[0], taken[1], taken[2]
	with := fmt.Sprintf("of a no-op plan of %d flow_repo_import", b.Instances)
	b.report.Measurements = append(b.report.Measurements,
		beside("time "+with, imports, "as many that do nothing", floor).atMost(floor.times(instancesFactor)),
		beside("time "+with, imports, "as many terraform_data", data),
		beside("requests "+with, ofAll.Requests, "those of one", ofOne.Requests).atMost(ofOne.Requests),
		beside("peak memory of the provider "+with, ofAll.Peak, "as many that do nothing", ofNothing.Peak),
	)
	return nil
}

// write writes the names of so many repositories, by keys of their own.
func (w *workspace) write(repositories page, instances int) error {
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
