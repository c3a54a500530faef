package adoserver

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func wiqlItems() []*workItem {
	start := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	item := func(id int64, project, kind, title, state string, days int) *workItem {
		when := start.AddDate(0, 0, days)
		return &workItem{
			workItemRow{ID: id, Type: kind, Title: title, State: state, Created: when, Changed: when},
			namedProject(project),
		}
	}
	return []*workItem{
		item(3, "Payments", "Bug", "It's broken", "New", 0),
		item(1, "Payments", "Task", "Write", "Active", 10),
		item(2, "Platform", "Bug", "Zone", "Closed", 20),
	}
}

func namedProject(name string) *project { return &project{projectRow: projectRow{Name: name}} }

func TestWIQL(t *testing.T) {
	tests := []struct {
		query string
		want  []int64
	}{
		{"SELECT [System.Id] FROM WorkItems", []int64{1, 2, 3}},
		{"select System.Id, [System.Title] from workitems where [System.TeamProject] = 'payments'", []int64{1, 3}},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project AND [System.WorkItemType] = 'Bug'", []int64{2}},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.State] IN ('New', 'Closed') ORDER BY [System.Id] DESC", []int64{3, 2}},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.State] NOT IN ('New')", []int64{1, 2}},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.State] <> 'New' AND ([System.Id] = 1 OR [System.Id] = 3)", []int64{1}},
		{"SELECT [System.Id] FROM WorkItems WHERE NOT [System.Id] > 1", []int64{1}},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.Title] CONTAINS 'it''s'", []int64{3}},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.ChangedDate] >= '2026-06-11'", []int64{1, 2}},
		{"SELECT [System.Id] FROM WorkItems WHERE [System.ChangedDate] < @today - 10", []int64{3}},
		{"SELECT [System.Id] FROM WorkItems ORDER BY [System.WorkItemType], [System.ChangedDate] DESC", []int64{2, 3, 1}},
	}
	for _, test := range tests {
		query, err := parseWIQL(test.query, "Platform", time.Date(2026, 6, 21, 15, 0, 0, 0, time.UTC))
		if err != nil {
			t.Errorf("%s: %v", test.query, err)
			continue
		}
		got := each(query.run(wiqlItems()), func(w *workItem) int64 { return w.ID })
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.query, diff)
		}
	}
}

func TestWIQLRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, text := range []string{
		"", "SELECT", "DELETE FROM WorkItems", "SELECT [System.Id] FROM WorkItemLinks",
		"SELECT [System.Nope] FROM WorkItems",
		"SELECT [System.Id] FROM WorkItems WHERE",
		"SELECT [System.Id] FROM WorkItems WHERE [System.Id] UNDER 1",
		"SELECT [System.Id] FROM WorkItems WHERE [System.Id] IN (1",
		"SELECT [System.Id] FROM WorkItems WHERE ([System.Id] = 1",
		"SELECT [System.Id] FROM WorkItems WHERE [System.Title] = 'open",
		"SELECT [System.Id] FROM WorkItems nonsense",
		"SELECT [System.Id] FROM WorkItems WHERE " + strings.Repeat("(", 40_000),
	} {
		_, err := parseWIQL(text, "", time.Time{})
		var refused *apiError
		if !errors.As(err, &refused) || refused.status != 400 {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzWIQL(f *testing.F) {
	f.Add("SELECT [System.Id] FROM WorkItems WHERE [System.Id] IN (1, 2) AND NOT [System.Title] CONTAINS 'x' ORDER BY [System.Id] DESC")
	f.Add("SELECT [System.Id] FROM WorkItems WHERE [System.ChangedDate] >= @today - 3")
	f.Fuzz(func(t *testing.T, text string) {
		query, err := parseWIQL(text, "P", time.Time{})
		if err == nil {
			query.run(wiqlItems())
		}
	})
}
