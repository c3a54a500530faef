package flowserver

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func namesOf(rows []object, fields ...string) []string {
	var all []string
	for _, row := range rows {
		text := ""
		for _, field := range fields {
			text += "/" + fmt.Sprint(row[field])
		}
		all = append(all, text[1:])
	}
	return all
}

func TestDiscoveryFindsRepositoriesAndTicketProjects(t *testing.T) {
	w := start(t, nil)
	w.connect()
	want := []string{"Archive/attic", "Data Science/notebooks", "Payments/api", "Payments/ledger", "Payments/web", "Platform/docs", "Platform/images", "Platform/terraform"}
	if diff := cmp.Diff(want, namesOf(w.rows("available_repos/?ordering=owner_name,name"), "owner_name", "name")); diff != "" {
		t.Errorf("repositories (-want +got):\n%s", diff)
	}
	want = []string{"Archive/false", "Data Science/true", "Legacy/true", "Payments/true", "Platform/true"}
	if diff := cmp.Diff(want, namesOf(w.rows("available_ticket_projects/?ordering=name"), "name", "vendor_supported")); diff != "" {
		t.Errorf("ticket projects (-want +got):\n%s", diff)
	}
}

func TestAvailableReposAreFiltered(t *testing.T) {
	w := start(t, nil)
	w.connect()
	w.importRepo("api")
	for query, want := range map[string][]string{
		"imported=true": {"api"}, "owner_name=Platform": {"docs", "images", "terraform"}, "name=web": {"web"},
		"search=data note": {"notebooks"}, "excluded=true": nil, "integration=2": nil,
		"imported=false&owner_name=Payments": {"ledger", "web"},
	} {
		if diff := cmp.Diff(want, namesOf(w.rows("available_repos/?ordering=name&"+strings.ReplaceAll(query, " ", "%20")), "name")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
}

func TestAnImportIsProcessedAfterItsTime(t *testing.T) {
	w := start(t, func(o *Options) { o.ProcessingTime = time.Hour })
	w.connect()
	repo := w.importRepo("api")
	read := w.must(http.StatusOK, "GET", repo, nil)
	if read["progress_status"] != "Processing" || read["last_fully_updated_at"] != nil {
		t.Errorf("at first: %v", read)
	}
	if err := w.flow.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	read = w.must(http.StatusOK, "GET", repo, nil)
	if read["progress_status"] != "Healthy" || read["last_fully_updated_at"] == nil || read["blocked"] != false {
		t.Errorf("afterwards: %v", read)
	}
}

func TestTheWorkerMovesThingsAlongByItself(t *testing.T) {
	w := start(t, func(o *Options) { o.DiscoveryDelay, o.ProcessingTime = 20*time.Millisecond, 20*time.Millisecond })
	w.connect()
	eventually(t, func() bool { return len(w.rows("available_repos/?ordering=id")) > 0 })
	repo := w.importRepo("api")
	eventually(t, func() bool { return w.must(http.StatusOK, "GET", repo, nil)["progress_status"] == "Healthy" })
}

// eventually waits for background work, up to a time that only a broken one needs.
func eventually(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); {
		if time.Now().After(deadline) {
			t.Fatal("it has not happened in 10 seconds")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestAnImportedRepositoryCarriesBothIDs(t *testing.T) {
	w := start(t, nil)
	w.connect()
	w.importRepo("web")
	repo := w.importRepo("api")
	available := w.rows("available_repos/?ordering=id&name=api")[0]
	if available["imported"] != true || fmt.Sprintf("repos/%v/", available["project_id"]) != repo {
		t.Errorf("available: %v, imported as %s", available, repo)
	}
	got := w.call("POST", "repos/import_repo/", adminKey, object{"available_repo_id": fmt.Sprint(available["id"])})
	if got.status != http.StatusBadRequest {
		t.Errorf("a second import: got %d %s", got.status, got.text)
	}
	if w.must(http.StatusOK, "GET", "integrations/1/", nil)["has_repos"] != true {
		t.Error("has_repos is false")
	}
}

func TestARepositoryIsRenamedAndRemovedInFlow(t *testing.T) {
	w := start(t, nil)
	w.connect()
	repo := w.importRepo("api")
	changed := w.must(http.StatusOK, "PATCH", repo, object{"name": "Public API", "ignore_list": "vendor/*"})
	if changed["name"] != "Public API" || changed["ignore_list"] != "vendor/*" {
		t.Errorf("got %v", changed)
	}
	if err := w.flow.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if read := w.must(http.StatusOK, "GET", repo, nil); read["name"] != "Public API" {
		t.Errorf("a look-up has taken the name away: %v", read)
	}
	w.must(http.StatusNoContent, "DELETE", repo, nil)
	if available := w.rows("available_repos/?ordering=id&name=api")[0]; available["imported"] != false || available["project_id"] != nil {
		t.Errorf("afterwards: %v", available)
	}
}

func TestPullRequestsAreIngestedUnderTheSixMonthRule(t *testing.T) {
	w := start(t, nil)
	w.connect()
	for _, name := range []string{"api", "web", "ledger"} {
		w.importRepo(name)
	}
	want := []RepositoryIngestion{
		{1, 1, "Payments", "api", 2, 1},    // one is seven months old
		{1, 2, "Payments", "web", 2, 0},    // the old one was abandoned last month
		{1, 3, "Payments", "ledger", 0, 1}, // only an old one
	}
	if diff := cmp.Diff(want, w.flow.Ingestion().Repositories); diff != "" {
		t.Errorf("after the import (-want +got):\n%s", diff)
	}
	if err := w.flow.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, w.flow.Ingestion().Repositories); diff != "" {
		t.Errorf("after a later look-up (-want +got):\n%s", diff)
	}
}

func TestWithoutTheServiceNoPullRequestsAreIngested(t *testing.T) {
	w := start(t, nil)
	path := w.connect(with("enabled_services", []string{"repo"}))
	w.importRepo("api")
	if got := w.flow.Ingestion().Repositories[0].PullRequests; got != 0 {
		t.Errorf("%d pull requests", got)
	}
	w.must(http.StatusOK, "PATCH", path, object{"enabled_services": []string{"repo", "pull_request"}})
	if got := w.flow.Ingestion().Repositories[0].PullRequests; got != 2 {
		t.Errorf("switched on: %d pull requests, want 2", got)
	}
}

func TestWorkItemsAreTickets(t *testing.T) {
	w := start(t, nil)
	w.connect()
	available := w.rows("available_ticket_projects/?ordering=id&name=Payments")[0]
	imported := w.must(http.StatusCreated, "POST", "ticket_projects/import_project/", object{"project_id": available["id"]})
	if diff := cmp.Diff([]TicketIngestion{{1, 1, "Payments", 3}}, w.flow.Ingestion().TicketProjects); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if row := w.rows("available_ticket_projects/?ordering=id&name=Payments")[0]; row["imported"] != true || row["ticket_project_id"] != imported["id"] {
		t.Errorf("available: %v", row)
	}
	path := fmt.Sprintf("ticket_projects/%v/", imported["id"])
	w.must(http.StatusOK, "GET", path, nil)
	w.must(http.StatusCreated, "POST", path+"delete_project/", object{})
	if got := w.call("GET", path, adminKey, nil); got.status != http.StatusNotFound {
		t.Errorf("afterwards: %d", got.status)
	}
}

func TestAnUnsupportedTicketProjectIsNotImported(t *testing.T) {
	w := start(t, nil)
	w.connect()
	available := w.rows("available_ticket_projects/?ordering=id&name=Archive")[0]
	got := w.call("POST", "ticket_projects/import_project/", adminKey, object{"project_id": available["id"]})
	if got.status != http.StatusBadRequest || !cmp.Equal(got.body, any(object{"project_id": []any{"Vendor not supported"}})) {
		t.Errorf("got %d %s", got.status, got.text)
	}
}

func TestExpiredCredentialsBlockUntilTheRepositoryIsQueuedAgain(t *testing.T) {
	w := start(t, nil)
	path := w.connect()
	repo := w.importRepo("api")
	setToken := func(name string) {
		t.Helper()
		if err := w.flow.ChangeIntegration(1, func(i *Integration) { i.Token = token(name) }); err != nil {
			t.Fatal(err)
		}
	}
	setToken("expired")
	read := w.must(http.StatusOK, "GET", repo, nil)
	if read["blocked"] != true || read["progress_status"] != "Failed" || read["last_fetch_failure_reason"] != messageDenied || read["fetches_failing_since"] == nil {
		t.Errorf("expired: %v", read)
	}
	w.must(http.StatusOK, "PATCH", path, object{"authData": object{"token": token("full")}})
	if read := w.must(http.StatusOK, "GET", repo, nil); read["blocked"] != true {
		t.Errorf("replaced: %v", read)
	}
	w.must(http.StatusCreated, "POST", repo+"update_repo/", object{})
	read = w.must(http.StatusOK, "GET", repo, nil)
	if read["blocked"] != false || read["progress_status"] != "Healthy" || read["last_fetch_failure_reason"] != nil || read["fetches_failing_since"] != nil {
		t.Errorf("queued again: %v", read)
	}
}

func TestDataAndWorkSurviveARestart(t *testing.T) {
	slow := func(o *Options) { o.ProcessingTime = 50 * time.Millisecond }
	w := start(t, slow)
	w.connect(with("webhooks_enabled", true))
	repo := w.importRepo("api")
	before := w.flow.Integrations()
	w.stop()
	w.open(slow)
	if diff := cmp.Diff(before, w.flow.Integrations()); diff != "" {
		t.Errorf("integrations (-before +after):\n%s", diff)
	}
	eventually(t, func() bool { return w.must(http.StatusOK, "GET", repo, nil)["progress_status"] == "Healthy" })
	if available := w.rows("available_repos/?ordering=id&name=api")[0]; available["imported"] != true {
		t.Errorf("available: %v", available)
	}
}

func TestTheControlAPIStandsInForThePersonInTheUserInterface(t *testing.T) {
	w := start(t, nil)
	w.connect()
	w.importRepo("api")
	control := func(method, path, body string) answer {
		t.Helper()
		return w.call(method, "/_sandbox/"+path, "", body)
	}
	if got := control("PATCH", "integrations/1", `{"name":"By hand","services":{"tickets":false}}`); got.status != http.StatusNoContent {
		t.Errorf("got %d %s", got.status, got.text)
	}
	if i := w.flow.Integrations()[0]; i.Name != "By hand" || i.Services != (Services{Repos: true, PullRequests: true}) {
		t.Errorf("got %v", i)
	}
	for body, want := range map[string]int{`{"color":"red"}`: 400, `{`: 400, `{"services":{"ticket":false}}`: 400} {
		if got := control("PATCH", "integrations/1", body); got.status != want {
			t.Errorf("%s: got %d %s", body, got.status, got.text)
		}
	}
	if got := control("PATCH", "integrations/9", `{}`); got.status != http.StatusNotFound {
		t.Errorf("got %d %s", got.status, got.text)
	}
	if got := control("POST", "integrations", `{"name":"Other","url":"https://dev.azure.com/fabrikam","auth_method":"oauth","services":{"webhooks":false}}`); got.status != http.StatusCreated || got.text != `{"id":2}` {
		t.Errorf("got %d %s", got.status, got.text)
	}
	if i := w.flow.Integrations()[1]; i.Name != "Other" || i.AuthType != AuthOAuth || i.Organization() != "fabrikam" || i.Services != AllServices || i.Webhooks {
		t.Errorf("got %v", i)
	}
	if got := control("POST", "integrations", `{"name":"Other"}`); got.status != http.StatusBadRequest || !strings.Contains(got.text, "a name and a url") {
		t.Errorf("got %d %s", got.status, got.text)
	}
	if got := control("PATCH", "integrations/2", `{"url":"https://dev.azure.com/contoso"}`); got.status != http.StatusNoContent || w.flow.Integrations()[1].Organization() != "contoso" {
		t.Errorf("got %d %s", got.status, got.text)
	}
	for _, want := range []int{http.StatusNoContent, http.StatusNotFound} {
		if got := control("DELETE", "integrations/2", ""); got.status != want || len(w.flow.Integrations()) != 1 {
			t.Errorf("got %d %s", got.status, got.text)
		}
	}
	if got := control("POST", "sync", ""); got.status != http.StatusNoContent {
		t.Errorf("got %d %s", got.status, got.text)
	}
	repositories := control("GET", "ingestion", "").body.(object)["repositories"].([]any)
	if repositories[0].(object)["pull_requests_left_out"] != 1.0 {
		t.Errorf("got %v", repositories)
	}
}
