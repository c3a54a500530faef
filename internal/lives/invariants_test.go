package lives_test

import (
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
)

// snapshot is what there is in Flow, and which of it the state has.
type snapshot struct {
	integrations map[int64]flowserver.Integration
	imported     map[flowserver.Kind]map[int64][]string
	managed      map[string]held
}

var kinds = map[string]flowserver.Kind{repoType: flowserver.Repositories, ticketType: flowserver.TicketProjects}

func (l *life) snapshot() snapshot {
	taken := snapshot{
		integrations: map[int64]flowserver.Integration{}, imported: map[flowserver.Kind]map[int64][]string{}, managed: maps.Clone(l.tf.state),
	}
	for _, kind := range kinds {
		taken.imported[kind] = map[int64][]string{}
	}
	for _, i := range l.s.Flow().Integrations() {
		taken.integrations[i.ID] = i
		for _, kind := range kinds {
			names := []string{}
			for _, object := range l.s.Flow().Objects(kind, i.ID) {
				if object.Imported {
					names = append(names, object.Path)
				}
			}
			taken.imported[kind][i.ID] = slices.Sorted(slices.Values(names))
		}
	}
	return taken
}

func idOf(object held) int64 {
	text, _ := object.State["id"].(string)
	id, _ := strconv.ParseInt(text, 10, 64)
	return id
}

// ours reports whether the state has the integration.
func ours(state map[string]held, id int64) bool {
	for _, object := range state {
		if object.of == "" && idOf(object) == id {
			return true
		}
	}
	return false
}

func (l *life) same(before snapshot) bool { return l.difference(before) == "" }

func (l *life) difference(before snapshot) string {
	after := l.snapshot()
	return cmp.Diff(before.integrations, after.integrations) + cmp.Diff(before.imported, after.imported)
}

// checkRemovals checks that nothing that is imported was removed unless a plan destroys it: what was is imported again in the
// same apply, but its history is lost.
func (l *life) checkRemovals(before snapshot, changes []change) {
	if slices.ContainsFunc(changes, func(c change) bool {
		return c.action == deletes || c.action == replaces && !before.managed[c.address].tainted
	}) {
		return
	}
	for _, write := range l.s.Writes() {
		if write.Method == http.MethodDelete || strings.HasSuffix(write.Path, "/delete_project/") {
			l.Fatalf("Flow was sent %s, and no plan destroys that: %v", write.Line(), changes)
		}
	}
}

// checkUntouched checks what must hold after any apply, whatever failed: what is not Terraform's is as it was, and nothing is
// deleted that no plan destroys.
func (l *life) checkUntouched(before snapshot, changes []change) {
	l.checkRemovals(before, changes)
	after := l.snapshot()
	destroyed := map[int64]bool{}
	for _, c := range changes {
		if object, held := before.managed[c.address]; held && (c.action == deletes || c.action == replaces) {
			destroyed[idOf(object)] = object.of == "" || destroyed[idOf(object)]
		}
	}
	for id, integration := range before.integrations {
		left, exists := after.integrations[id]
		switch {
		case !exists && !destroyed[id]:
			l.Fatalf("integration %d (%q) is gone", id, integration.Name)
		case !exists:
		case !ours(before.managed, id) && !ours(l.tf.state, id):
			if diff := cmp.Diff(integration, left); diff != "" {
				l.Fatalf("integration %d, which is not Terraform's, has changed:\n%s", id, diff)
			}
			for _, kind := range kinds {
				if diff := cmp.Diff(before.imported[kind][id], after.imported[kind][id]); diff != "" {
					l.Fatalf("imports of integration %d, which is not Terraform's, have changed:\n%s", id, diff)
				}
			}
		}
	}
}

// checkNew checks that what an apply has made is in the state or named by an error, and made once.
func (l *life) checkNew(before snapshot, said []*acctest.Diagnostic) {
	names := map[string]bool{}
	for _, i := range l.s.Flow().Integrations() {
		if _, existed := before.integrations[i.ID]; existed {
			continue
		}
		if names[i.Name] {
			l.Fatalf("integration %d (%q) was made twice", i.ID, i.Name)
		}
		names[i.Name] = true
		if !ours(l.tf.state, i.ID) && !strings.Contains(acctest.Sentences(said), strconv.Quote(i.Name)) {
			l.Fatalf("neither state nor error names integration %d (%q), which this apply has made", i.ID, i.Name)
		}
	}
}

// checkAll checks what must hold after an apply that succeeded: Flow is as configured, without anything more, and the next
// plan is empty.
func (l *life) checkAll(before snapshot, changes []change) {
	l.checkUntouched(before, changes)
	after := l.snapshot()
	l.checkNew(before, nil)
	for address, b := range l.blocks {
		if b.of == "" {
			l.checkIntegration(address, b, after)
		}
	}
	for id := range after.integrations {
		for resource, kind := range kinds {
			l.checkImports(id, resource, kind, before, after)
		}
	}
	for address := range l.tf.state {
		if _, configured := l.blocks[address]; !configured {
			l.Fatalf("the state has %s, and the configuration does not", address)
		}
	}
	changes, said := l.tf.plan(l.blocks)
	if len(changes) > 0 || len(said) > 0 {
		l.Fatalf("the plan after the apply is not empty: %v\n%s", changes, acctest.Sentences(said))
	}
	if diff := cmp.Diff(after.integrations, l.snapshot().integrations); diff != "" {
		l.Fatalf("a plan changed Flow:\n%s", diff)
	}
}

// checkIntegration checks that Flow has what a block says.
func (l *life) checkIntegration(address string, b block, after snapshot) {
	object, held := l.tf.state[address]
	found, exists := after.integrations[idOf(object)]
	if !held || !exists {
		l.Fatalf("%s is not in the state, or not in Flow: %v", address, object.State["id"])
	}
	services, _ := b.arguments["services"].(map[string]any)
	got := map[string]any{
		"repos": found.Services.Repos, "pull_requests": found.Services.PullRequests, "tickets": found.Services.Tickets, "webhooks": found.Webhooks,
	}
	if diff := cmp.Diff(services, got); diff != "" || found.Name != b.arguments["name"] {
		l.Fatalf("%s: Flow has the name %q, want %q; services (-want +got):\n%s", address, found.Name, b.arguments["name"], diff)
	}
}

// checkImports checks what is imported of an integration: what was, without what a destroyed block removes, and what blocks
// select.
func (l *life) checkImports(id int64, resource string, kind flowserver.Kind, before, after snapshot) {
	want := map[string]bool{}
	for _, name := range before.imported[kind][id] {
		want[name] = true
	}
	for address, object := range before.managed {
		_, stays := l.tf.state[address]
		if object.resource == resource && !stays && idOf(object) == id && object.State["on_destroy"] == "remove" {
			maps.DeleteFunc(want, func(name string, _ bool) bool { return selected(object.State["include"], name) })
		}
	}
	for address, b := range l.blocks {
		if b.resource != resource || idOf(l.tf.state[address]) != id {
			continue
		}
		for _, object := range l.s.Flow().Objects(kind, id) {
			if object.Supported && selected(b.arguments["include"], object.Path) {
				want[object.Path] = true
			}
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), after.imported[kind][id], cmpopts.EquateEmpty()); diff != "" {
		l.Fatalf("imports of integration %d by %s (-want +got):\n%s", id, resource, diff)
	}
}

// selected is a second reading of what selectors match.
func selected(include any, name string) bool {
	patterns, _ := include.([]any)
	return slices.ContainsFunc(patterns, func(pattern any) bool {
		text, _ := pattern.(string)
		matches, err := path.Match(strings.ToLower(text), strings.ToLower(name))
		return err == nil && matches
	})
}
