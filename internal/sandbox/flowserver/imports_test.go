package flowserver

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAPersonImportsAndRemovesWithoutARequest(t *testing.T) {
	w := start(t, nil)
	w.connect()
	w.flow.Traffic().Reset()
	for kind, paths := range map[Kind][]string{Repositories: {"Payments/web", "Platform/docs"}, TicketProjects: {"Payments", "Platform"}} {
		for _, path := range paths {
			if err := w.flow.Import(kind, 1, path); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.flow.Remove(kind, 1, paths[0]); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(paths[1:], w.flow.Imported(kind)); diff != "" {
			t.Errorf("imported (-want +got):\n%s", diff)
		}
		if err := w.flow.Import(kind, 1, paths[1]); err == nil {
			t.Errorf("%s was imported twice", paths[1])
		}
		for _, err := range []error{w.flow.Import(kind, 1, "Nothing/here"), w.flow.Import(kind, 2, paths[0]), w.flow.Remove(kind, 1, paths[0])} {
			if !errors.Is(err, errNotFound) {
				t.Errorf("error %v", err)
			}
		}
	}
	if requests := w.flow.Traffic().Requests(); len(requests) > 0 {
		t.Errorf("requests %v", requests)
	}
}

func TestAnExclusionRuleKeepsARepositoryOut(t *testing.T) {
	w := start(t, nil)
	w.connect()
	exclude := func(excluded bool) {
		t.Helper()
		if err := w.flow.Exclude(Repositories, 1, "Payments/api", excluded); err != nil {
			t.Fatal(err)
		}
	}
	excluded := func() []object {
		t.Helper()
		return w.rows("available_repos/?ordering=id&excluded=true")
	}
	exclude(true)
	if err := w.flow.Sync(t.Context()); err != nil { // the rule outlives a look-up
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"api"}, namesOf(excluded(), "name")); diff != "" {
		t.Errorf("excluded (-want +got):\n%s", diff)
	}
	body := object{"available_repo_id": fmt.Sprint(excluded()[0]["id"])}
	w.must(http.StatusBadRequest, "POST", "repos/import_repo/", body)
	exclude(false)
	if rows := excluded(); len(rows) > 0 {
		t.Errorf("still excluded: %v", rows)
	}
	w.importRepo("api")
}
