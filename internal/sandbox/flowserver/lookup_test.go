package flowserver

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

// sync takes the next step of the background work.
func (w *world) sync() {
	w.t.Helper()
	if err := w.flow.Sync(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

func TestChangesInAzureDevOpsShowInFlow(t *testing.T) {
	tests := map[string]struct {
		change    func(*world) error
		available []string // of Payments and Platform, afterwards
		name      string   // of the imported repository
		reason    string   // a part of last_fetch_failure_reason; "": it is healthy
		again     string   // the same after it was queued again
	}{
		"a new repository": {
			change:    func(w *world) error { _, err := w.ado.CreateRepository("contoso", "Payments", "new"); return err },
			available: []string{"Payments/api", "Payments/ledger", "Payments/new", "Payments/web"}, name: "api",
		},
		"renamed": {
			change:    func(w *world) error { return w.ado.RenameRepository("contoso", "Payments", "api", "gateway") },
			available: []string{"Payments/gateway", "Payments/ledger", "Payments/web"}, name: "gateway",
		},
		"another one deleted": {
			change:    func(w *world) error { return w.ado.DeleteRepository("contoso", "Payments", "web") },
			available: []string{"Payments/api", "Payments/ledger"}, name: "api",
		},
		"deleted": {
			change:    func(w *world) error { return w.ado.DeleteRepository("contoso", "Payments", "api") },
			available: []string{"Payments/api", "Payments/ledger", "Payments/web"}, name: "api",
			reason: "Not found in Azure DevOps", again: "Not found in Azure DevOps",
		},
		"moved": {
			change:    func(w *world) error { return w.ado.MoveRepository("contoso", "Payments", "api", "Data Science") },
			available: []string{"Payments/ledger", "Payments/web"}, name: "api",
			reason: "Moved in Azure DevOps from the project Payments to Data Science.",
		},
		"disabled": {
			change:    func(w *world) error { return w.ado.DisableRepository("contoso", "Payments", "api", true) },
			available: []string{"Payments/api", "Payments/ledger", "Payments/web"}, name: "api",
			reason: "Disabled in Azure DevOps.", again: "in Azure DevOps",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := start(t, nil)
			w.connect()
			repo := w.importRepo("api")
			id := w.rows("available_repos/?ordering=id&name=api")[0]["id"]
			if err := test.change(w); err != nil {
				t.Fatal(err)
			}
			w.sync()
			if diff := cmp.Diff(test.available, namesOf(w.rows("available_repos/?ordering=name&owner_name=Payments"), "owner_name", "name")); diff != "" {
				t.Errorf("available (-want +got):\n%s", diff)
			}
			if row := w.rows(fmt.Sprintf("available_repos/?id=%v", id)); len(row) != 1 || row[0]["imported"] != true {
				t.Errorf("its row is %v", row)
			}
			w.expectState(repo, test.name, test.reason)
			w.must(http.StatusCreated, "POST", repo+"update_repo/", object{})
			w.expectState(repo, test.name, test.again)
		})
	}
}

// expectState checks a repository's name and whether it is healthy, or blocked for that reason.
func (w *world) expectState(repo, name, reason string) {
	w.t.Helper()
	read := w.must(http.StatusOK, "GET", repo, nil)
	progress := "Healthy"
	if reason != "" {
		progress = "Failed"
	}
	if read["name"] != name || read["progress_status"] != progress || read["blocked"] != (reason != "") {
		w.t.Errorf("got %v, want %s, %s", read, name, progress)
	}
	if got := fmt.Sprint(read["last_fetch_failure_reason"]); reason != "" && !strings.Contains(got, reason) {
		w.t.Errorf("the reason is %q, want %q", got, reason)
	}
}

func TestLaterPullRequestsAreIngested(t *testing.T) {
	w := start(t, nil)
	w.connect()
	w.importRepo("images")
	_, err := w.ado.CreatePullRequest("contoso", "Platform", "images", scenario.PullRequest{Title: "New", Author: flowEmail, Status: "active"})
	if err != nil {
		t.Fatal(err)
	}
	if before := w.flow.Ingestion().Repositories[0].PullRequests; before != 0 {
		t.Errorf("%d pull requests before the look-up", before)
	}
	w.sync()
	if after := w.flow.Ingestion().Repositories[0].PullRequests; after != 1 {
		t.Errorf("%d pull requests after the look-up, want 1", after)
	}
}

func TestLookUpsAreRepeatedAtTheirInterval(t *testing.T) {
	w := start(t, func(o *Options) { o.SyncInterval = 20 * time.Millisecond })
	w.connect()
	if _, err := w.ado.CreateRepository("contoso", "Platform", "new"); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return len(w.rows("available_repos/?ordering=id&name=new")) == 1 })
}

func TestATokenThatExpiresLaterIsNoticed(t *testing.T) {
	w := start(t, nil)
	path := w.connect()
	repo := w.importRepo("api")
	if err := w.ado.SetTokenState("full", scenario.TokenExpired); err != nil {
		t.Fatal(err)
	}
	if got := w.must(http.StatusOK, "GET", path+"connection_status/", nil); got["status"] != "failed_integration" {
		t.Errorf("got %v", got)
	}
	w.sync()
	w.expectState(repo, "api", messageDenied)
}

func TestBeingRateLimitedBlocksNothing(t *testing.T) {
	w := start(t, nil)
	path := w.connect()
	repo := w.importRepo("api")
	remove := w.ado.Traffic().Inject(traffic.Fault{Status: http.StatusTooManyRequests, RetryAfter: "30", ContentType: "application/json", Body: `{"message":"TF400733"}`})
	w.sync()
	if read := w.must(http.StatusOK, "GET", repo, nil); read["progress_status"] != "Rate limited" || read["blocked"] != false {
		t.Errorf("got %v", read)
	}
	if got := w.must(http.StatusOK, "GET", path+"connection_status/", nil); got["status"] != "rate_limited" {
		t.Errorf("got %v", got)
	}
	remove()
	w.sync()
	w.expectState(repo, "api", "")
}

func TestAnImportThatFindsNoAnswerIsTriedAgain(t *testing.T) {
	w := start(t, nil)
	w.connect()
	remove := w.ado.Traffic().Inject(traffic.Fault{Reset: traffic.ResetBefore})
	repo := w.importRepo("api")
	read := w.must(http.StatusOK, "GET", repo, nil)
	if read["progress_status"] != "Failed" || read["blocked"] != false || read["last_fetch_failure_reason"] != messageFailed {
		t.Errorf("got %v", read)
	}
	remove()
	w.sync()
	w.expectState(repo, "api", "")
}

func TestAWriteTakesEffectThoughItsClientHasGone(t *testing.T) {
	w := start(t, nil)
	w.ado.Traffic().Inject(traffic.Fault{Path: "/dev.azure.com/contoso/_apis/connectionData", Latency: 60 * time.Millisecond})
	data, err := json.Marshal(newIntegration())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url+BasePath+"integrations/create_with_vendor/", bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+adminKey)
	r.Header.Set("Content-Type", "application/json")
	if _, err := http.DefaultTransport.RoundTrip(r); err == nil {
		t.Fatal("the answer came in time")
	}
	eventually(t, func() bool { return len(w.flow.Integrations()) == 1 })
}

func TestALookUpThatIsCutShortIsMadeAfterARestart(t *testing.T) {
	delayed := func(o *Options) { o.DiscoveryDelay = time.Millisecond }
	w := start(t, delayed)
	const projects = "/dev.azure.com/contoso/_apis/projects"
	w.ado.Traffic().Inject(traffic.Fault{Path: projects, Latency: time.Hour})
	if _, err := w.flow.AddIntegration(Integration{Name: "Contoso", URL: contosoURL, Username: flowEmail, Token: token("full"), Services: AllServices}); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool {
		return slices.ContainsFunc(w.ado.Traffic().Requests(), func(r traffic.Request) bool { return r.Path == projects })
	})
	w.stop()
	w.open(delayed)
	eventually(t, func() bool { return len(w.rows("available_repos/?ordering=id")) > 0 })
}

// fill makes that many repositories available.
func (w *world) fill(tb testing.TB, count int) {
	tb.Helper()
	rows := make(map[int64]discovery, count)
	for id := int64(1); id <= int64(count); id++ {
		rows[id] = discovery{ID: id, IntegrationID: 1, VendorID: fmt.Sprint(id), Name: fmt.Sprintf("repo-%05d", id), OwnerName: "Many", Supported: true}
	}
	if err := w.flow.repos.available.PutAll(rows); err != nil {
		tb.Fatal(err)
	}
}

func TestManyRepositoriesAreListedCompletely(t *testing.T) {
	const count = 2500
	w := start(t, nil)
	w.fill(t, count)
	seen := map[any]bool{}
	for page := 1; page <= (count+maxPageSize-1)/maxPageSize; page++ {
		for _, row := range w.rows(fmt.Sprintf("available_repos/?ordering=id&integration=1&page=%d&page_size=%d", page, maxPageSize)) {
			seen[row["id"]] = true
		}
	}
	if len(seen) != count {
		t.Errorf("%d rows, want %d", len(seen), count)
	}
}

// BenchmarkListing reads all of 20,000 repositories, a thousand at a time.
func BenchmarkListing(b *testing.B) {
	const count = 20_000
	w := start(b, nil)
	w.fill(b, count)
	for b.Loop() {
		for page := 1; page <= count/maxPageSize; page++ {
			w.must(http.StatusOK, "GET", fmt.Sprintf("available_repos/?ordering=id&integration=1&page=%d&page_size=%d", page, maxPageSize), nil)
		}
	}
}
