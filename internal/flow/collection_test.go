package flow_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient/httpclienttest"
)

// always answers every request.
func always(answer func(w http.ResponseWriter, r *http.Request)) *workspace {
	return &workspace{fault: func(w http.ResponseWriter, r *http.Request, _ func()) bool {
		answer(w, r)
		return true
	}}
}

// rows is a list of n rows that pages by number or by offset, whichever is asked for.
func rows(n int) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		size, _ := strconv.Atoi(query.Get("page_size") + query.Get("limit"))
		from, _ := strconv.Atoi(query.Get("offset"))
		if page, err := strconv.Atoi(query.Get("page")); err == nil {
			from = (page - 1) * size
		}
		answer := map[string]any{"count": n, "next": nil}
		results := []map[string]any{}
		for id := from + 1; id <= min(from+size, n); id++ {
			results = append(results, map[string]any{"id": id, "name": fmt.Sprint("r", id), "owner_name": "P", "integration_id": query.Get("integration")})
		}
		if answer["results"] = results; from+size < n {
			answer["next"] = "http://elsewhere.test/"
		}
		send(w, http.StatusOK, answer)
	}
}

// kinds are both kinds of collections, with the calls by which they differ.
var kinds = map[string]struct {
	of                                   func(*flow.Client) *flow.Collection
	available, imported, doImport, body  string
	remove                               string
	availableFields, importedFields, one string
	importedOrder                        string
}{
	"repositories": {
		(*flow.Client).Repos, "available_repos/", "repos/", "POST repos/import_repo/", `{"available_repo_id":"7"}`, "DELETE repos/70/",
		"id,name,owner_name,integration_id,imported,excluded,project_id",
		"id,project_id,name,owner_name,integration_id,progress_status,processing,blocked,last_fully_updated_at,last_fetch_failure_reason,fetches_failing_since", "repository", "project_id",
	},
	"ticket projects": {
		(*flow.Client).TicketProjects, "available_ticket_projects/", "ticket_projects/", "POST ticket_projects/import_project/", `{"project_id":7}`,
		"POST ticket_projects/70/delete_project/",
		"id,name,owner_name,integration_id,imported,excluded,vendor_supported,ticket_project_id", "id,name,integration_id,progress_status,processing,last_fully_updated_at", "ticket project", "id",
	},
}

var wantedRepo = flow.Available{ID: 7, ImportedID: 70, Owner: "Pay ments", Name: "api"}

func TestCollectionsAreListedToTheirEnd(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := always(rows(2500))
				collection := kind.of(start(t, server))
				available, err := collection.Available(t.Context(), 12)
				if err != nil || len(available) != 2500 || available[2499] != (flow.Available{ID: 2500, Name: "r2500", Owner: "P", IntegrationID: 12}) {
					t.Errorf("%d rows available, error %v", len(available), err)
				}
				imported, err := collection.Imported(t.Context(), 12)
				if err != nil || len(imported) != 2500 || imported[2499] != (flow.Imported{ID: 2500, Name: "r2500", Owner: "P", IntegrationID: 12}) {
					t.Errorf("%d rows imported, error %v", len(imported), err)
				}
				var want []string
				for page := range 3 {
					query := url.Values{"fields": {kind.availableFields}, "integration": {"12"}, "ordering": {"id"}, "page": {strconv.Itoa(page + 1)}, "page_size": {"1000"}}
					want = append(want, "GET "+kind.available+"?"+query.Encode())
				}
				for page := range 3 {
					query := url.Values{"fields": {kind.importedFields}, "integration": {"12"}, "ordering": {kind.importedOrder}, "limit": {"1000"}, "offset": {strconv.Itoa(page * 1000)}}
					want = append(want, "GET "+kind.imported+"?"+query.Encode())
				}
				if diff := cmp.Diff(want, server.requests); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestCollectionsAreImportedAndRemoved(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := always(func(w http.ResponseWriter, r *http.Request) {
					if r.Method == http.MethodDelete {
						w.WriteHeader(http.StatusNoContent)
						return
					}
					send(w, http.StatusCreated, map[string]any{"id": "70"})
				})
				collection := kind.of(start(t, server))
				if err := collection.Import(t.Context(), 12, wantedRepo); err != nil {
					t.Errorf("importing: %v", err)
				}
				if err := collection.Remove(t.Context(), 12, wantedRepo); err != nil {
					t.Errorf("removing: %v", err)
				}
				if diff := cmp.Diff([]string{kind.doImport, kind.remove}, server.requests); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
				assertJSON(t, server.bodies[0], kind.body)
			})
		})
	}
}

func TestAnImportWithoutADescriptionIsAnImport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := always(func(w http.ResponseWriter, _ *http.Request) { raw(w, 201, "application/json", "") })
		if err := start(t, server).Repos().Import(t.Context(), 12, wantedRepo); err != nil {
			t.Error(err)
		}
	})
}

func TestListsOfCollectionsAreSharedUntilSomethingIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := always(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				send(w, http.StatusCreated, map[string]any{"id": 70})
				return
			}
			rows(1)(w, r)
		})
		client := start(t, server)
		read := func(integrations ...int64) {
			for _, integration := range integrations {
				_, err := client.Repos().Available(t.Context(), integration)
				_, err2 := client.Repos().Imported(t.Context(), integration)
				if err != nil || err2 != nil {
					t.Errorf("%v %v", err, err2)
				}
			}
		}
		expect := func(what string, available, imported int) {
			t.Helper()
			if a, i := server.count("GET available_repos/"), server.count("GET repos/"); a != available || i != imported {
				t.Errorf("%s: %d and %d lists were read, want %d and %d", what, a, i, available, imported)
			}
		}
		read(12, 12, 13, 12)
		expect("two integrations", 2, 2)
		if err := client.Repos().Import(t.Context(), 12, wantedRepo); err != nil {
			t.Error(err)
		}
		read(12, 13)
		expect("after an import into one of them", 2, 3)
		client.Repos().RefreshAvailable(12)
		client.Repos().RefreshImported(12)
		read(12, 13)
		expect("one of them forgotten", 3, 4)
		name := "x"
		_, _ = client.UpdateIntegration(t.Context(), 13, flow.IntegrationChange{Name: &name})
		read(12, 13)
		expect("the other one changed", 4, 5)
	})
}

func TestWritesOfCollectionsThatFailSayOnWhat(t *testing.T) {
	tests := map[string]struct {
		answer func(http.ResponseWriter)
		check  func(error) bool
		repeat bool
	}{
		"refused": {func(w http.ResponseWriter) {
			send(w, 400, map[string]any{"available_repo_id": []string{"It is imported already."}})
		}, isPlain(400), false},
		"403":               {func(w http.ResponseWriter) { send(w, 403, map[string]any{}) }, isWriteRefused(403), false},
		"405":               {func(w http.ResponseWriter) { send(w, 405, map[string]any{}) }, isWriteRefused(405), false},
		"500":               {func(w http.ResponseWriter) { send(w, 500, map[string]any{}) }, isPlain(500), true},
		"504":               {func(w http.ResponseWriter) { send(w, 504, map[string]any{}) }, isPlain(504), false},
		"broken connection": {httpclienttest.Break, isKind(httpclient.KindUnreachable), true},
		"page":              {func(w http.ResponseWriter) { raw(w, 200, "text/html", "<html>") }, isKind(httpclient.KindForeign), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := always(func(w http.ResponseWriter, _ *http.Request) { test.answer(w) })
				err := start(t, server).Repos().Import(t.Context(), 12, wantedRepo)
				if !test.check(err) || flow.MayRepeat(err) != test.repeat {
					t.Errorf("error %v (%T), may be repeated: %t", err, err, flow.MayRepeat(err))
				}
				if want := `could not import repository "Pay ments/api": Flow `; err == nil || err.Error()[:len(want)] != want {
					t.Errorf("error %v, want it to begin %s", err, want)
				}
				if len(server.seen()) != 1 {
					t.Errorf("requests %v", server.seen())
				}
			})
		})
	}
}

func isKind(kind httpclient.Kind) func(error) bool {
	return func(err error) bool {
		var failed *httpclient.Error
		return errors.As(err, &failed) && failed.Kind == kind
	}
}

func TestARepositoryIsQueuedForAnUpdate(t *testing.T) {
	const call = "POST repos/70/update_repo/"
	for name, test := range map[string]struct {
		answers  []int
		requests int
		fails    bool
	}{
		"accepted": {[]int{201}, 1, false},
		// An answer that was lost may hide that it is queued, and queueing it twice is harmless.
		"a bad gateway first": {[]int{502, 201}, 2, false},
		"throttled first":     {[]int{429, 201}, 2, false},
		"gone":                {[]int{404}, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				answers := test.answers
				server := always(func(w http.ResponseWriter, _ *http.Request) {
					send(w, answers[0], map[string]any{"detail": "told"})
					answers = answers[1:]
				})
				err := start(t, server).UpdateRepo(t.Context(), 70)
				if _, refused := errors.AsType[*flow.WriteRefusedError](err); refused != test.fails || (err != nil) != test.fails {
					t.Errorf("error %v", err)
				}
				if diff := cmp.Diff(slices.Repeat([]string{call}, test.requests), server.requests); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestADiscoveredIntegrationIsToldFromAFreshOne(t *testing.T) {
	for name, test := range map[string]struct {
		fields map[string]any
		want   bool
	}{
		"fresh":                     {map[string]any{"source_projects_last_updated": nil, "has_repos": false}, false},
		"nothing told":              {nil, false},
		"looked up":                 {map[string]any{"source_projects_last_updated": "2024-10-08T17:49:34.204286"}, true},
		"has repositories, no time": {map[string]any{"source_projects_last_updated": nil, "has_repos": true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				integration := described(12, "Main")
				maps.Copy(integration, test.fields)
				client := start(t, &workspace{integrations: []map[string]any{integration}})
				listed, err := client.Integration(t.Context(), 12)
				complete, err2 := client.Repos().Complete(t.Context(), 12)
				if listed.Discovered != test.want || complete != test.want || err != nil || err2 != nil {
					t.Errorf("listed %t, complete %t, errors %v %v", listed.Discovered, complete, err, err2)
				}
			})
		})
	}
}

func TestRowsOfCollectionsAreReadInEveryFormThatTheDocumentationLeavesOpen(t *testing.T) {
	for raw, want := range map[string]flow.Available{
		`{"id":7,"name":"api","owner_name":"Payments","imported":false,"excluded":false,"project_id":null}`: {ID: 7, Name: "api", Owner: "Payments"},
		`{"id":"7","name":"api","imported":true,"excluded":true,"project_id":70.0}`:                         {ID: 7, Name: "api", Imported: true, Excluded: true, ImportedID: 70},
		`{"id":7,"name":12,"imported":true,"vendor_supported":true,"ticket_project_id":"70"}`:               {ID: 7, Name: "12", Imported: true, ImportedID: 70},
		`{"id":7,"name":"Archive","imported":null,"vendor_supported":false,"ticket_project_id":null}`:       {ID: 7, Name: "Archive", Unsupported: true},
		`{"id":7,"name":{"name":"api"},"imported":"True","integration_id":"12","project_id":"x"}`:           {ID: 7, Name: "api", Imported: true, IntegrationID: 12},
	} {
		var got flow.Available
		if err := json.Unmarshal([]byte(raw), &got); err != nil || got != want {
			t.Errorf("%s gave %+v, error %v", raw, got, err)
		}
	}
	for raw, want := range map[string]flow.Imported{
		`{"id":70,"name":"api","owner_name":"Payments","progress_status":"Processing","blocked":false,"last_fully_updated_at":null,"last_fetch_failure_reason":null,"fetches_failing_since":null}`: {ID: 70, Name: "api", Owner: "Payments", Status: "Processing"},
		`{"id":"70","progress_status":"Failed","blocked":true,"last_fully_updated_at":"a","last_fetch_failure_reason":"b","fetches_failing_since":"c"}`:                                            {ID: 70, Status: "Failed", Blocked: true, LastUpdated: "a", FailureReason: "b", FailingSince: "c"},
		`{"id":3,"project_id":70,"name":"api","integration_id":12,"processing":{"updated_at":"a","processing_status":{"id":4,"name":"Healthy"}}}`:                                                  {ID: 70, Name: "api", IntegrationID: 12, Status: "Healthy"},
		`{"id":70,"name":"api","processing":true}`:                                 {ID: 70, Name: "api"},
		`{"id":70,"name":"api","processing":"Healthy","progress_status":"Failed"}`: {ID: 70, Name: "api", Status: "Failed"},
	} {
		var got flow.Imported
		if err := json.Unmarshal([]byte(raw), &got); err != nil || got != want {
			t.Errorf("%s gave %+v, error %v", raw, got, err)
		}
	}
	for _, raw := range []string{`{"id":null}`, `{"id":"x"}`, `[]`} {
		if err := json.Unmarshal([]byte(raw), new(flow.Available)); err == nil {
			t.Errorf("%s gave no error", raw)
		}
	}
}

func TestProgressOfWhatIsImported(t *testing.T) {
	for want, rows := range map[flow.Progress][]flow.Imported{
		flow.ProgressUnknown: {{}},
		flow.Processing:      {{Status: "Processing"}, {Status: "Rate limited"}, {Status: "queued"}},
		flow.Processed:       {{Status: "Healthy"}, {Status: "HEALTHY"}, {LastUpdated: "2024"}, {Status: "Processing", LastUpdated: "2024"}},
		flow.Failed:          {{Status: "Failed"}, {Status: "failed", LastUpdated: "2024"}, {Blocked: true}, {Status: "Healthy", Blocked: true}},
	} {
		for _, row := range rows {
			if got := row.Progress(); got != want {
				t.Errorf("%+v has progress %d, want %d", row, got, want)
			}
		}
	}
}

// importing answers an import with a body, and lists repository 7 as imported under id 70 once relisted is set.
func importing(answer string, relisted *bool) *workspace {
	return always(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			raw(w, http.StatusCreated, "application/json", answer)
			return
		}
		row := map[string]any{"id": 7, "name": "api", "owner_name": "P", "integration_id": 12, "imported": *relisted}
		if *relisted {
			row["project_id"] = 70
		}
		send(w, http.StatusOK, map[string]any{"count": 1, "next": nil, "results": []any{row}})
	})
}

func TestAnImportShowsInTheListWithoutAFetch(t *testing.T) {
	for name, test := range map[string]struct {
		answer         string
		before, after  int64
		listedMeantime bool
	}{
		"with its id":                {`{"id":71}`, 71, 71, false},
		"without an id":              {`{"name":"api"}`, 0, 70, true},
		"with an id of null":         {`{"id":null}`, 0, 70, true},
		"without a body":             {``, 0, 70, true},
		"without an id, listed late": {``, 0, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				relisted := false
				server := importing(test.answer, &relisted)
				repos := start(t, server).Repos()
				expect := func(what string, want int64) {
					t.Helper()
					rows, err := repos.Available(t.Context(), 12)
					if err != nil || len(rows) != 1 || !rows[0].Imported || rows[0].ImportedID != want {
						t.Errorf("%s: %+v, error %v; want id %d", what, rows, err, want)
					}
				}
				if _, err := repos.Available(t.Context(), 12); err != nil {
					t.Fatal(err)
				}
				if err := repos.Import(t.Context(), 12, flow.Available{ID: 7}); err != nil {
					t.Fatal(err)
				}
				expect("after the import", test.before)
				if lists := server.count("GET available_repos/"); lists != 1 {
					t.Errorf("it was listed %d times", lists)
				}
				relisted = test.listedMeantime
				repos.RefreshAvailable(12)
				expect("after another fetch", test.after)
			})
		})
	}
}

func TestARemovalShowsUntilTheSameIsImportedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		relisted := true
		repos := start(t, importing(``, &relisted)).Repos()
		rows, err := repos.Available(t.Context(), 12)
		if err != nil || !rows[0].Imported {
			t.Fatalf("%+v, error %v", rows, err)
		}
		if err := repos.Remove(t.Context(), 12, rows[0]); err != nil {
			t.Fatal(err)
		}
		if imported, err := repos.IsImported(t.Context(), 12, 7); imported || err != nil {
			t.Errorf("it is still imported (%v)", err)
		}
		if err := repos.Import(t.Context(), 12, rows[0]); err != nil {
			t.Fatal(err)
		}
		repos.RefreshAvailable(12)
		if rows, err := repos.Available(t.Context(), 12); err != nil || !rows[0].Imported || rows[0].ImportedID != 70 {
			t.Errorf("%+v, error %v", rows, err)
		}
	})
}

// Should the field that reports the look-up not mean it.
func TestAListThatStaysTheSameCountsAsComplete(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		offered := 1
		server := always(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == api+"integrations/12/" {
				send(w, http.StatusOK, described(12, "Main"))
				return
			}
			rows(offered)(w, r)
		})
		repos := start(t, server).Repos()
		complete := func() bool {
			t.Helper()
			repos.RefreshAvailable(12)
			_, err := repos.Available(t.Context(), 12)
			complete, err2 := repos.Complete(t.Context(), 12)
			if err != nil || err2 != nil {
				t.Fatal(err, err2)
			}
			return complete
		}
		if complete() {
			t.Error("complete at once")
		}
		time.Sleep(time.Minute)
		offered = 2
		if complete() {
			t.Error("complete although a row has just appeared")
		}
		time.Sleep(2 * time.Minute)
		if !complete() {
			t.Error("not complete after two minutes without a change")
		}
	})
}

// A list that was fetched before Flow had looked is fetched again once it has.
func TestCompletenessIsKnownBeforeTheListIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		looked := false
		server := always(func(w http.ResponseWriter, r *http.Request) {
			integration := described(12, "Main")
			offered := 0
			if looked {
				integration["source_projects_last_updated"], offered = "2026-11-26T10:00:00", 3
			}
			if r.URL.Path == api+"integrations/12/" {
				send(w, http.StatusOK, integration)
				return
			}
			rows(offered)(w, r)
		})
		repos := start(t, server).Repos()
		if before, err := repos.Available(t.Context(), 12); err != nil || len(before) > 0 {
			t.Fatalf("%v, error %v", before, err)
		}
		looked = true
		if complete, err := repos.Complete(t.Context(), 12); err != nil || !complete {
			t.Fatalf("complete: %t, error %v", complete, err)
		}
		if after, err := repos.Available(t.Context(), 12); err != nil || len(after) != 3 {
			t.Errorf("%v, error %v", after, err)
		}
	})
}

// What a service brings that was switched on is there after Flow's next look-up, not after the last one.
func TestASwitchedOnServiceTakesANewLookUp(t *testing.T) {
	for name, test := range map[string]struct {
		services flow.Services
		want     bool
	}{
		"switched on":  {flow.Services{Repos: true, PullRequests: true, Tickets: true}, false},
		"switched off": {flow.Services{Repos: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				integration := described(12, "Main")
				integration["enabled_source_types"] = []string{"repo", "pull_request"}
				integration["source_projects_last_updated"] = "2026-11-26T10:00:00"
				client := start(t, &workspace{integrations: []map[string]any{integration}})
				if _, err := client.Integrations(t.Context()); err != nil {
					t.Fatal(err)
				}
				if _, err := client.UpdateIntegration(t.Context(), 12, flow.IntegrationChange{Services: &test.services}); err != nil {
					t.Fatal(err)
				}
				if complete, err := client.TicketProjects().Complete(t.Context(), 12); err != nil || complete != test.want {
					t.Errorf("complete: %t, error %v", complete, err)
				}
				integration["source_projects_last_updated"] = "2026-11-26T10:05:00"
				if complete, err := client.TicketProjects().Complete(t.Context(), 12); err != nil || !complete {
					t.Errorf("complete after the next look-up: %t, error %v", complete, err)
				}
			})
		})
	}
}
