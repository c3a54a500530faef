package adoserver

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/store"
)

const contoso = "/dev.azure.com/contoso/"

func TestOnlyReadableProjectsAreVisible(t *testing.T) {
	f := start(t)
	all := []string{"Payments", "Platform", "Data Science", "Legacy", "Archive"}
	for token, want := range map[string][]string{"full": all, "reader": all, "outsider": nil} {
		if diff := cmp.Diff(want, f.names(token, contoso+"_apis/projects")); diff != "" {
			t.Errorf("%s: %s", token, diff)
		}
	}
	if got := f.names("outsider", contoso+"_apis/git/repositories"); got != nil {
		t.Errorf("the outsider sees repositories: %v", got)
	}
	if got := f.names("full", contoso+"_apis/projects?stateFilter=deleted"); got != nil {
		t.Errorf("deleted projects: %v", got)
	}
}

func TestPathsAndQueryNamesIgnoreCase(t *testing.T) {
	f := start(t)
	got := f.names("full", "/dev.azure.com/Contoso/data%20science/_APIS/Git/Repositories?API-VERSION=7.1")
	if diff := cmp.Diff([]string{"notebooks"}, got); diff != "" {
		t.Error(diff)
	}
	if got := f.names("full", contoso+"_apis/teams?$TOP=2&$Skip=1&api-version=7.1-preview.3"); len(got) != 2 || got[0] != "Platform Team" {
		t.Errorf("teams: %v", got)
	}
}

func TestContinuationTokensReachAllPages(t *testing.T) {
	f := start(t, func(o *Options) { o.PageSize = 2 })
	for _, path := range []string{
		contoso + "_apis/projects",
		contoso + "Payments/_apis/build/definitions",
		"/vssps.dev.azure.com/contoso/_apis/graph/users",
		"/vssps.dev.azure.com/contoso/_apis/graph/groups",
	} {
		whole := f.names("full", path+"?$top=1000")
		var paged []string
		next := ""
		for range 20 {
			var page struct {
				Value []struct{ Name, DisplayName string }
			}
			header := f.get("full", path+"?continuationToken="+next, &page)
			if len(page.Value) > 2 {
				t.Errorf("%s: a page of %d", path, len(page.Value))
			}
			for _, item := range page.Value {
				paged = append(paged, item.Name+item.DisplayName)
			}
			if next = header.Get("x-ms-continuationtoken"); next == "" {
				break
			}
		}
		if diff := cmp.Diff(whole, paged); diff != "" || len(whole) < 3 {
			t.Errorf("%s: %d items, %s", path, len(whole), diff)
		}
	}
	for _, query := range []string{"continuationToken=x", "$top=-1", "$top=many", "$skip=-1"} {
		if r := f.send(request{path: contoso + "_apis/projects?" + query, token: "full"}); r.status != http.StatusBadRequest {
			t.Errorf("%s: %d", query, r.status)
		}
	}
}

func TestPullRequestsOfTheWholeOrganization(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	f := start(t, func(o *Options) { o.Now = func() time.Time { return now } })
	count := func(query string) int {
		var page struct{ Count int }
		f.get("full", contoso+"_apis/git/pullrequests?"+query, &page)
		return page.Count
	}
	sixMonths := now.AddDate(0, -6, 0).Format(time.RFC3339)
	for query, want := range map[string]int{
		"":                                  4,
		"searchCriteria.status=all":         8,
		"searchCriteria.status=completed":   3,
		"$top=1":                            1,
		"searchCriteria.status=all&$top=3":  3,
		"searchCriteria.status=all&$skip=6": 2,
		"searchCriteria.status=all&searchCriteria.minTime=" + sixMonths:                                          5,
		"searchCriteria.status=all&searchCriteria.queryTimeRangeType=closed&searchCriteria.minTime=" + sixMonths: 3,
		"searchCriteria.status=all&searchCriteria.sourceRefName=refs/heads/none":                                 0,
	} {
		if got := count(query); got != want {
			t.Errorf("%q: %d, want %d", query, got, want)
		}
	}
	if r := f.send(request{path: contoso + "_apis/git/pullrequests?searchCriteria.status=lost", token: "full"}); r.status != 400 {
		t.Errorf("an unknown status: %d", r.status)
	}
}

func TestOrganizationLookUpNeedsNoCredential(t *testing.T) {
	f := start(t)
	lookup := "/dev.azure.com/_apis/resourceAreas/79134C72-4A58-4B42-976C-04E7115F32BF?api-version=5.0-preview.1&accountName="
	if r := f.send(request{path: lookup + "Contoso"}); r.status != 200 || !strings.Contains(r.body, f.url+contoso) {
		t.Errorf("got %d %s", r.status, r.body)
	}
	if r := f.send(request{path: lookup + "nobody"}); r.status != 200 || strings.TrimSpace(r.body) != "null" {
		t.Errorf("got %d %q", r.status, r.body)
	}
}

func TestProfileShowsTheExactEmail(t *testing.T) {
	f := start(t)
	var profile struct{ EmailAddress, ID string }
	f.get("full", "/vssps.dev.azure.com/contoso/_apis/profile/profiles/me?api-version=7.1", &profile)
	if profile.EmailAddress != "Svc-Flow@contoso.com" {
		t.Errorf("got %+v", profile)
	}
	if err := f.SetAccountEmail("contoso", "svc-flow@contoso.com", "svc-FLOW@contoso.com"); err != nil {
		t.Fatal(err)
	}
	f.get("full", "/vssps.dev.azure.com/contoso/_apis/profile/profiles/"+profile.ID, &profile)
	if profile.EmailAddress != "svc-FLOW@contoso.com" {
		t.Errorf("after the change: %+v", profile)
	}
}

func TestUnknownIdentityIsNull(t *testing.T) {
	f := start(t)
	r := f.send(request{path: "/vssps.dev.azure.com/contoso/_apis/identities?subjectDescriptors=aad.nobody", token: "full"})
	if diff := cmp.Diff(`{"count":1,"value":[null]}`, strings.TrimSpace(r.body)); diff != "" {
		t.Error(diff)
	}
}

// snapshot returns what an administrator can read of the organization.
func snapshot(f *fixture) []string {
	var bodies []string
	for _, path := range []string{
		"_apis/projects", "_apis/git/repositories", "_apis/git/pullrequests?searchCriteria.status=all",
		"_apis/hooks/subscriptions", "Payments/_apis/wit/workitems?ids=1,2,3", "_apis/connectionData",
	} {
		r := f.send(request{path: contoso + path, token: "full"})
		bodies = append(bodies, fmt.Sprint(r.status, strings.ReplaceAll(r.body, f.url, "")))
		bodies[len(bodies)-1] = strings.ReplaceAll(bodies[len(bodies)-1], strings.TrimPrefix(f.url, "http://"), "")
	}
	return bodies
}

func TestWorldSurvivesARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data")
	data, err := store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	f := startOn(t, data)
	for name, change := range map[string]func() error{
		"rename":  func() error { return f.RenameRepository("contoso", "Payments", "web", "shop") },
		"move":    func() error { return f.MoveRepository("contoso", "Payments", "ledger", "Archive") },
		"disable": func() error { return f.DisableRepository("contoso", "Platform", "docs", true) },
		"delete":  func() error { return f.DeleteRepository("contoso", "Payments", "api") },
		"project": func() error {
			return f.CreateProject("contoso", scenario.Project{Name: "New", Readers: []string{"reader@contoso.com"}})
		},
		"token": func() error { return f.SetTokenState("no-code", scenario.TokenRevoked) },
	} {
		if err := change(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	if _, err := f.CreateRepository("contoso", "New", "first"); err != nil {
		t.Fatal(err)
	}
	if _, err := f.CreatePullRequest("contoso", "New", "first", scenario.PullRequest{Title: "T", Author: "reader@contoso.com"}); err != nil {
		t.Fatal(err)
	}
	if _, err := f.CreateWorkItem("contoso", "New", scenario.WorkItem{Type: "Bug", Title: "T", State: "New"}); err != nil {
		t.Fatal(err)
	}
	issued, err := f.IssueToken("contoso", scenario.Token{Name: "second", Owner: "Svc-Flow@contoso.com"})
	if err != nil {
		t.Fatal(err)
	}
	if r := f.subscribe("full", subscription("", "https://hooks.example.com/")); r.status != 200 {
		t.Fatal(r.body)
	}
	before := snapshot(f)
	if err := data.Close(); err != nil {
		t.Fatal(err)
	}

	data, err = store.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { data.Close() })
	again := startOn(t, data)
	if diff := cmp.Diff(before, snapshot(again)); diff != "" {
		t.Error(diff)
	}
	if r := again.send(request{path: connectionData, token: "no-code"}); r.status != 401 {
		t.Errorf("the revoked token: %d", r.status)
	}
	if name, known := again.TokenName(issued); !known || name != "token second" {
		t.Errorf("the issued token is %q, %v", name, known)
	}
	if got := again.names("reader", contoso+"New/_apis/git/repositories"); len(got) != 1 {
		t.Errorf("a reader of the new project sees %v", got)
	}
}

func TestChangesAreVisibleAtOnce(t *testing.T) {
	f := start(t)
	id, err := f.CreateRepository("contoso", "payments", "new")
	if err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		name   string
		change func() error
		want   []string
	}{
		{"created", func() error { return nil }, []string{"api", "web", "ledger", "new"}},
		{"renamed", func() error { return f.RenameRepository("contoso", "Payments", "NEW", "newer") }, []string{"api", "web", "ledger", "newer"}},
		{"moved away", func() error { return f.MoveRepository("contoso", "Payments", "newer", "Platform") }, []string{"api", "web", "ledger"}},
		{"deleted", func() error { return f.DeleteRepository("contoso", "Payments", "web") }, []string{"api", "ledger"}},
	}
	for _, step := range steps {
		if err := step.change(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if diff := cmp.Diff(step.want, f.names("full", contoso+"Payments/_apis/git/repositories")); diff != "" {
			t.Errorf("%s: %s", step.name, diff)
		}
	}
	var moved struct {
		ID      string
		Project struct{ Name string }
	}
	f.get("full", contoso+"_apis/git/repositories/"+id, &moved)
	if moved.ID != id || moved.Project.Name != "Platform" {
		t.Errorf("the moved repository is %+v", moved)
	}
	if err := f.DisableRepository("contoso", "Platform", "newer", true); err != nil {
		t.Fatal(err)
	}
	if r := f.send(request{path: contoso + "_apis/git/repositories/" + id, token: "full"}); !strings.Contains(r.body, `"isDisabled":true`) {
		t.Errorf("disabled: %s", r.body)
	}
}

func TestChangesRefuseMissingAndDuplicateObjects(t *testing.T) {
	f := start(t)
	for name, change := range map[string]func() error{
		"unknown organization": func() error { _, err := f.CreateRepository("nobody", "Payments", "x"); return err },
		"unknown project":      func() error { _, err := f.CreateRepository("contoso", "Nothing", "x"); return err },
		"second repository":    func() error { _, err := f.CreateRepository("contoso", "Payments", "API"); return err },
		"second project":       func() error { return f.CreateProject("contoso", scenario.Project{Name: "payments"}) },
		"unknown reader":       func() error { return f.CreateProject("contoso", scenario.Project{Name: "N", Readers: []string{"x@y"}}) },
		"rename over another":  func() error { return f.RenameRepository("contoso", "Payments", "api", "Web") },
		"move to nowhere":      func() error { return f.MoveRepository("contoso", "Payments", "api", "Nothing") },
		"unknown repository":   func() error { return f.DeleteRepository("contoso", "Payments", "nope") },
		"unknown token":        func() error { return f.SetTokenState("nope", scenario.TokenExpired) },
		"second token": func() error {
			_, err := f.IssueToken("contoso", scenario.Token{Name: "full", Owner: "reader@contoso.com"})
			return err
		},
		"unknown owner": func() error { _, err := f.IssueToken("contoso", scenario.Token{Name: "n", Owner: "x@y"}); return err },
		"unknown author": func() error {
			_, err := f.CreatePullRequest("contoso", "Payments", "api", scenario.PullRequest{})
			return err
		},
		"unknown group":     func() error { return f.SetGroupMember("contoso", "nope", "reader@contoso.com", true) },
		"unknown member":    func() error { return f.SetGroupMember("contoso", "Insight", "nope", true) },
		"e-mail of another": func() error { return f.SetAccountEmail("contoso", "reader@contoso.com", "outsider@contoso.com") },
	} {
		if err := change(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestTwentyThousandRepositoriesListQuickly(t *testing.T) {
	f := start(t, func(o *Options) { o.Scenario = scenario.Default().Scaled(scenario.Scale{Projects: 200, Repos: 20_000}) })
	started := time.Now()
	r := f.send(request{path: contoso + "_apis/git/repositories", token: "reader"})
	took := time.Since(started)
	var page struct{ Count int }
	if err := json.Unmarshal([]byte(r.body), &page); err != nil || page.Count != 20_008 {
		t.Errorf("%d repositories, %v", page.Count, err)
	}
	t.Logf("took %v", took)
	if took > 5*time.Second { // a wide margin for a busy machine under the race detector
		t.Errorf("took %v", took)
	}
}

func TestConcurrentReadsAndChanges(t *testing.T) {
	f := start(t)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for j := range 5 {
				name := fmt.Sprintf("r%d-%d", i, j)
				if _, err := f.CreateRepository("contoso", "Payments", name); err != nil {
					t.Error(err)
				}
				f.send(request{path: contoso + "_apis/git/repositories", token: "full"})
				f.subscribe("full", subscription("", "https://hooks.example.com/"))
				f.Subscriptions("contoso")
				if err := f.SetAccountEmail("contoso", "reader@contoso.com", "Reader@contoso.com"); err != nil {
					t.Error(err)
				}
				f.send(request{path: connectionData, token: "reader"})
			}
		})
	}
	wg.Wait()
	if got := f.names("full", contoso+"Payments/_apis/git/repositories"); len(got) != 3+20 {
		t.Errorf("%d repositories", len(got))
	}
}

func BenchmarkListRepositories(b *testing.B) {
	data, err := store.Open(filepath.Join(b.TempDir(), "data"))
	if err != nil {
		b.Fatal(err)
	}
	defer data.Close()
	s, err := New(Options{Store: data, Scenario: scenario.Default().Scaled(scenario.Scale{Projects: 200, Repos: 20_000})})
	if err != nil {
		b.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodGet, contoso+"_apis/git/repositories", http.NoBody)
	if err != nil {
		b.Fatal(err)
	}
	req.SetBasicAuth("", secret("full"))
	for b.Loop() {
		s.ServeHTTP(discard{http.Header{}}, req)
	}
}

// discard is an http.ResponseWriter without content.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}
