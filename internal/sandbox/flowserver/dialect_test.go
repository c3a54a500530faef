package flowserver

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

const createPath = "integrations/create_with_vendor/"

// reply returns what a call with the admin key answers: the body, or status and body of a refusal.
func (w *world) reply(method, path string, body any) any {
	w.t.Helper()
	got := w.call(method, path, adminKey, body)
	if got.status >= http.StatusBadRequest {
		return fmt.Sprintf("%d %s", got.status, got.text)
	}
	return got.body
}

// shown returns some fields of a reply that is an object, in this order, and the reply itself if it is none.
func shown(reply any, fields ...string) any {
	o, ok := reply.(object)
	if !ok {
		return reply
	}
	values := []any{}
	for _, field := range fields {
		value, there := o[field]
		if !there {
			value = "missing"
		}
		values = append(values, value)
	}
	return values
}

// integrationShows returns a function for some fields of the integration.
func integrationShows(fields ...string) func(*world) any {
	return func(w *world) any { return shown(w.reply("GET", "integrations/1/", nil), fields...) }
}

// patched returns a function for some fields of the integration after a PATCH, or for the refusal.
func patched(patch object, fields ...string) func(*world) any {
	return func(w *world) any {
		if refused, ok := w.reply("PATCH", "integrations/1/", patch).(string); ok {
			return refused
		}
		return integrationShows(fields...)(w)
	}
}

// created returns a function for some fields of a second integration, or for the refusal.
func created(fields []string, changes ...func(object)) func(*world) any {
	return func(w *world) any { return shown(w.reply("POST", createPath, newIntegration(changes...)), fields...) }
}

func connectionStatus(w *world) any {
	reply := w.reply("GET", "integrations/1/connection_status/", nil)
	if o, ok := reply.(object); ok {
		delete(o, "checked_at")
	}
	return reply
}

// importedRepo imports a repository and returns some fields of it, of the answer, and of its available row.
func importedRepo(w *world) any {
	available := w.rows("available_repos/?name=api")[0]
	answer := w.reply("POST", "repos/import_repo/", object{"available_repo_id": fmt.Sprint(available["id"])})
	row := w.rows("repos/?ordering=id")[0]
	return []any{
		shown(row, "id", "project_id", "progress_status"), shown(answer, "id", "name"),
		shown(w.rows("available_repos/?name=api")[0], "imported", "project_id"),
	}
}

func importedTickets(w *world) any {
	available := w.rows("available_ticket_projects/?name=Payments")[0]
	answer := w.reply("POST", "ticket_projects/import_project/", object{"project_id": available["id"]})
	row := w.rows("ticket_projects/?ordering=id")[0]
	return []any{
		shown(row, "id", "progress_status"), shown(answer, "id", "name"),
		shown(w.rows("available_ticket_projects/?name=Payments")[0], "imported", "ticket_project_id"),
	}
}

func asText(o object) string {
	text, err := json.Marshal(o)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func fullToken() object { return object{"token": token("full")} }

func wholeAuthData() object {
	return object{"token": token("full"), "username": flowEmail, "url": contosoURL}
}

// A difference is what the same calls show by default and in a dialect. The workspace has the integration 1 with contoso.
type difference struct {
	dialect         string
	what            string
	see             func(*world) any
	byDefault, then any
}

var everyService = []any{"repo", "pull_request", "ticket"}

var differences = []difference{
	{
		"patch-drops-unknown", "services and webhooks", patched(object{"enabled_services": []string{"repo"}, "webhooks_enabled": true}, "enabled_source_types", "webhooks_enabled"),
		[]any{[]any{"repo"}, true},
		[]any{everyService, false},
	},
	{"patch-drops-unknown", "a name", patched(object{"name": "Other"}, "name"), []any{"Other"}, []any{"Other"}},
	{
		"patch-needs-authdata", "a name alone", patched(object{"name": "Other"}, "name"),
		[]any{"Other"},
		`400 {"authData":["This field is required."]}`,
	},
	{"patch-needs-authdata", "a name and authData", patched(object{"name": "Other", "authData": fullToken()}, "name"), []any{"Other"}, []any{"Other"}},
	{"authdata-text", "an object", patched(object{"authData": fullToken()}, "name"), []any{"Contoso"}, `400 {"authData":["Not a valid string."]}`},
	{"authdata-text", "a text", patched(object{"authData": asText(fullToken())}, "name"), []any{"Contoso"}, []any{"Contoso"}},
	{"authdata-text", "no authData", patched(object{"name": "Other"}, "name"), []any{"Other"}, []any{"Other"}},
	{
		"authdata-whole", "an object of one field", patched(object{"authData": fullToken()}, "name"),
		[]any{"Contoso"},
		`400 {"authData":["username, token and url are required."]}`,
	},
	{
		"authdata-whole", "a text of one field", patched(object{"authData": asText(fullToken())}, "name"),
		[]any{"Contoso"},
		`400 {"authData":["username, token and url are required."]}`,
	},
	{"authdata-whole", "a whole object", patched(object{"authData": wholeAuthData()}, "name"), []any{"Contoso"}, []any{"Contoso"}},
	{"authdata-whole", "a whole text", patched(object{"authData": asText(wholeAuthData())}, "name"), []any{"Contoso"}, []any{"Contoso"}},
	{
		"create-rejects-unknown", "webhooks", created([]string{"webhooks_enabled"}, with("webhooks_enabled", true)),
		[]any{true},
		`400 {"webhooks_enabled":["Unknown field."]}`,
	},
	{"create-rejects-unknown", "no webhooks", created([]string{"id"}), []any{2.0}, []any{2.0}},
	{"create-rejects-unknown", "OPTIONS", optionsName("webhooks_enabled"), true, false},
	{
		"create-drops-unknown", "webhooks", created([]string{"webhooks_enabled"}, with("webhooks_enabled", true)),
		[]any{true},
		[]any{false},
	},
	{"create-drops-unknown", "OPTIONS", optionsName("webhooks_enabled"), true, false},
	{"unique-names", "a creation", created([]string{"id"}), []any{2.0}, `400 {"name":["integration with this name already exists."]}`},
	{"unique-names", "a change to its own name", patched(object{"name": "Contoso"}, "name"), []any{"Contoso"}, []any{"Contoso"}},
	{"unique-names", "a change to another's name", renameSecond, "", `400 {"name":["integration with this name already exists."]}`},
	{"vendor:vsts", "reading", integrationShows("vendor_type"), []any{"azure_devops"}, []any{"vsts"}},
	{"vendor:vsts", "creating", created([]string{"vendor_type"}), []any{"azure_devops"}, `400 {"vendor":["\"azure_devops\" is not a valid choice."]}`},
	{
		"vendor:vsts", "creating with the other slug", created([]string{"vendor_type"}, with("vendor", "vsts")),
		`400 {"vendor":["\"vsts\" is not a valid choice."]}`,
		[]any{"vsts"},
	},
	{"vendor:vsts", "filtering", counted("integrations/?vendor_type=vsts"), 0.0, 1.0},
	{"vendor:vsts", "available repositories", rowsShow("available_repos/?name=api", "vendor_type"), []any{"azure_devops"}, []any{"vsts"}},
	{"oauth-no-url", "a creation", hasAuthorizationURL, true, false},
	{"oauth-url-once", "a creation", hasAuthorizationURL, true, true},
	{"oauth-url-once", "reading", laterHasAuthorizationURL("GET", "integrations/2/", nil), true, false},
	{"oauth-url-once", "a change", laterHasAuthorizationURL("PATCH", "integrations/2/", object{"name": "Other"}), true, false},
	{
		"oauth-refused", "a creation", created([]string{"id"}, with("auth_type", "oauth"), without("username"), without("token")),
		[]any{2.0},
		`400 {"auth_type":["Authorize the connection before you create the integration."]}`,
	},
	{"oauth-refused", "a creation with a token", created([]string{"id"}), []any{2.0}, []any{2.0}},
	{"read-only", "a change", patched(object{"name": "Other"}, "name"), []any{"Other"}, `405 {"detail":"Method \"PATCH\" not allowed."}`},
	{"read-only", "a creation", created([]string{"id"}), []any{2.0}, `405 {"detail":"Method \"POST\" not allowed."}`},
	{"read-only", "Allow", allows("integrations/1/"), "GET, PATCH, DELETE, HEAD, OPTIONS", "GET, HEAD, OPTIONS"},
	{"read-only", "Allow of a creation", allows(createPath), "POST, OPTIONS", "OPTIONS"},
	{"read-only", "reading", integrationShows("name"), []any{"Contoso"}, []any{"Contoso"}},
	{"words:display", "reading", integrationShows("enabled_source_types"), []any{everyService}, []any{[]any{"Repo", "PRs", "Tickets"}}},
	{"words:text", "reading", integrationShows("enabled_source_types"), []any{everyService}, []any{"repo,pull_request,ticket"}},
	{
		"words:objects", "reading", integrationShows("enabled_source_types"),
		[]any{everyService},
		[]any{[]any{object{"id": 1.0, "name": "repo"}, object{"id": 2.0, "name": "pull_request"}, object{"id": 3.0, "name": "ticket"}}},
	},
	{"words:numbers", "reading", integrationShows("enabled_source_types"), []any{everyService}, []any{[]any{1.0, 2.0, 3.0}}},
	{"words:unknown", "reading", integrationShows("enabled_source_types"), []any{everyService}, []any{[]any{"code", "review", "issue"}}},
	{"words:null", "reading", integrationShows("enabled_source_types"), []any{everyService}, []any{nil}},
	{"words:missing", "reading", integrationShows("enabled_source_types"), []any{everyService}, []any{"missing"}},
	{"words:missing", "the answer of a creation", created([]string{"enabled_source_types"}), []any{everyService}, []any{"missing"}},
	{
		"nested-processing", "a repository", afterImport("repos/1/", "progress_status", "last_fully_updated_at", "blocked"),
		[]any{"Healthy", "some time", false},
		[]any{"missing", "missing", false},
	},
	{
		"nested-processing", "a ticket project", afterImport("ticket_projects/1/", "progress_status", "processing"),
		[]any{"Healthy", "missing"},
		[]any{"missing", object{"updated_at": "some time", "processing_status": object{"id": 2.0, "name": "Healthy"}}},
	},
	{
		"no-imported-id", "repositories", importedRepo,
		[]any{[]any{1.0, "missing", "Healthy"}, []any{1.0, "api"}, []any{true, 1.0}},
		[]any{[]any{1.0, "missing", "Healthy"}, []any{"missing", "api"}, []any{true, "missing"}},
	},
	{
		"no-imported-id", "ticket projects", importedTickets,
		[]any{[]any{1.0, "Healthy"}, []any{1.0, "Payments"}, []any{true, 1.0}},
		[]any{[]any{1.0, "Healthy"}, []any{"missing", "Payments"}, []any{true, "missing"}},
	},
	{
		"repos-no-id", "repositories", importedRepo,
		[]any{[]any{1.0, "missing", "Healthy"}, []any{1.0, "api"}, []any{true, 1.0}},
		[]any{[]any{"missing", 1.0, "Healthy"}, []any{"missing", "api"}, []any{true, 1.0}},
	},
	{
		"status-shape", "connection_status", connectionStatus,
		object{"status": "healthy", "detail": ""},
		object{
			"repo": object{"status": "healthy", "detail": ""}, "pull_request": object{"status": "healthy", "detail": ""},
			"ticket": object{"status": "healthy", "detail": ""},
		},
	},
	{
		"status-shape", "connection_status of one failed service", statusWithToken("no-work"),
		object{"status": "failed_ticket_project", "detail": messageDenied},
		object{
			"repo": object{"status": "healthy", "detail": ""}, "pull_request": object{"status": "healthy", "detail": ""},
			"ticket": object{"status": "failed_ticket_project", "detail": messageDenied},
		},
	},
	{
		"status-shape", "connection_status with an expired token", statusWithToken("expired"),
		object{"status": "failed_integration", "detail": messageDenied},
		object{
			"repo":         object{"status": "failed_integration", "detail": messageDenied},
			"pull_request": object{"status": "failed_integration", "detail": messageDenied},
			"ticket":       object{"status": "failed_integration", "detail": messageDenied},
		},
	},
	{"status-word", "connection_status", connectionStatus, object{"status": "healthy", "detail": ""}, "healthy"},
	{
		"slow-import", "repositories", importedRepo,
		[]any{[]any{1.0, "missing", "Healthy"}, []any{1.0, "api"}, []any{true, 1.0}},
		[]any{[]any{1.0, "missing", "Healthy"}, []any{1.0, "api"}, []any{false, nil}},
	},
	{
		"slow-import", "ticket projects", importedTickets,
		[]any{[]any{1.0, "Healthy"}, []any{1.0, "Payments"}, []any{true, 1.0}},
		[]any{[]any{1.0, "Healthy"}, []any{1.0, "Payments"}, []any{false, nil}},
	},
	{"repos-by-id", "pages", reposByPage("id"), []string{"web", "web"}, []string{"api", "web"}},
	{"repos-by-id", "pages in the opposite order", reposByPage("-id"), []string{"web", "web"}, []string{"web", "api"}},
	{"repos-by-id", "pages by project_id", reposByPage("project_id"), []string{"api", "web"}, []string{"api", "web"}},
	{"repos-by-id", "a filter", afterImportCount("repos/?id=99"), 1.0, 0.0},
	{"repos-by-id", "a filter for several", afterImportCount("repos/?id__in=98,99"), 1.0, 0.0},
	{"tickets-integration-filter", "another integration", afterImportCount("ticket_projects/?integration=2"), 1.0, 0.0},
	{"available-no-integration-filter", "repositories of another integration", counted("available_repos/?integration=2"), 0.0, 8.0},
	{"available-no-integration-filter", "ticket projects of another integration", counted("available_ticket_projects/?integration=2"), 0.0, 5.0},
	{"available-no-integration-filter", "another filter", counted("available_repos/?integration=2&name=api"), 0.0, 1.0},
	{
		"unknown-integration-400", "repositories", counted("available_repos/?integration=2"), 0.0,
		`400 {"integration":["Select a valid choice. That choice is not one of the available choices."]}`,
	},
	{
		"unknown-integration-400", "imported repositories", counted("repos/?integration=2"), 0.0,
		`400 {"integration":["Select a valid choice. That choice is not one of the available choices."]}`,
	},
	{"unknown-integration-400", "ticket projects, which have no such filter", counted("ticket_projects/?integration=2"), 0.0, 0.0},
	{"unknown-integration-400", "an integration that exists", counted("available_repos/?integration=1"), 8.0, 8.0},
	{"page-cap", "fields", rowsShow("available_repos/?name=api&fields=name", "owner_name"), []any{"missing"}, []any{"Payments"}},
	{"page-stuck", "the second page", rowsShow("available_repos/?ordering=id&page_size=7&page=2", "id"), []any{8.0}, []any{1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0}},
	{"page-stuck", "a page that does not exist", rowsShow("available_repos/?ordering=id&page_size=8&page=2", "name"), `404 {"detail":"Invalid page."}`, []any{"api", "web", "ledger", "terraform", "images", "docs", "notebooks", "attic"}},
	{"page-stuck", "the only page's next", onlyPagesNext, nil, "/v3/customer/core/integrations/?limit=10"},
}

func optionsName(field string) func(*world) any {
	return func(w *world) any {
		actions := w.must(http.StatusOK, "OPTIONS", createPath, nil)["actions"].(object)
		_, named := actions["POST"].(object)[field]
		return named
	}
}

func renameSecond(w *world) any {
	second, err := w.flow.AddIntegration(Integration{Name: "Second", URL: contosoURL, Username: flowEmail, Token: token("full")})
	if err != nil {
		w.t.Fatal(err)
	}
	refused, _ := w.reply("PATCH", fmt.Sprintf("integrations/%d/", second.ID), object{"name": "Contoso"}).(string)
	return refused
}

func counted(path string) func(*world) any {
	return func(w *world) any {
		reply := w.reply("GET", path, nil)
		if o, ok := reply.(object); ok {
			return o["count"]
		}
		return reply
	}
}

// rowsShow returns a function for one field of all rows.
func rowsShow(path, field string) func(*world) any {
	return func(w *world) any {
		reply := w.reply("GET", path, nil)
		o, ok := reply.(object)
		if !ok {
			return reply
		}
		var values []any
		for _, row := range o["results"].([]any) {
			values = append(values, shown(row, field).([]any)...)
		}
		return values
	}
}

func hasAuthorizationURL(w *world) any {
	_, there := w.must(http.StatusCreated, "POST", createPath, newIntegration(with("auth_type", "oauth"), without("username"), without("token")))["authorization_url"]
	return there
}

// laterHasAuthorizationURL returns a function for whether an answer about an OAuth integration has the address after its
// creation.
func laterHasAuthorizationURL(method, path string, body any) func(*world) any {
	return func(w *world) any {
		hasAuthorizationURL(w)
		_, there := w.must(http.StatusOK, method, path, body)["authorization_url"]
		return there
	}
}

func allows(path string) func(*world) any {
	return func(w *world) any { return w.call("GET", path, adminKey, nil).header.Get("Allow") }
}

// importBoth imports the repository api and the ticket project Payments, as the user interface does.
func (w *world) importBoth() {
	w.t.Helper()
	for kind, path := range map[Kind]string{Repositories: "Payments/api", TicketProjects: "Payments"} {
		if err := w.flow.Import(kind, 1, path); err != nil {
			w.t.Fatal(err)
		}
	}
}

func afterImport(path string, fields ...string) func(*world) any {
	return func(w *world) any {
		w.importBoth()
		return withoutTimes(shown(w.reply("GET", path, nil), fields...))
	}
}

// withoutTimes replaces times, which no test can know.
func withoutTimes(value any) any {
	switch value := value.(type) {
	case string:
		if _, err := time.Parse("2006-01-02T15:04:05.000000", value); err == nil {
			return "some time"
		}
	case []any:
		for i := range value {
			value[i] = withoutTimes(value[i])
		}
	case object:
		for name := range value {
			value[name] = withoutTimes(value[name])
		}
	}
	return value
}

func afterImportCount(path string) func(*world) any {
	return func(w *world) any {
		w.importBoth()
		return counted(path)(w)
	}
}

func statusWithToken(name string) func(*world) any {
	return func(w *world) any {
		if err := w.flow.ChangeIntegration(1, func(i *Integration) { i.Token = token(name) }); err != nil {
			w.t.Fatal(err)
		}
		return connectionStatus(w)
	}
}

// reposByPage imports two repositories and returns a function for their names, one page each.
func reposByPage(ordering string) func(*world) any {
	return func(w *world) any {
		for _, path := range []string{"Payments/api", "Payments/web"} {
			if err := w.flow.Import(Repositories, 1, path); err != nil {
				w.t.Fatal(err)
			}
		}
		var names []string
		for offset := range 2 {
			names = append(names, namesOf(w.rows(fmt.Sprintf("repos/?ordering=%s&limit=1&offset=%d", ordering, offset)), "name")...)
		}
		return names
	}
}

func onlyPagesNext(w *world) any {
	next := w.must(http.StatusOK, "GET", "integrations/?limit=10", nil)["next"]
	if text, ok := next.(string); ok {
		return strings.TrimPrefix(text, w.url)
	}
	return next
}

func TestEachDialectDiffersFromTheDefault(t *testing.T) {
	t.Parallel()
	for _, d := range differences {
		t.Run(d.dialect+"/"+d.what, func(t *testing.T) {
			t.Parallel()
			for _, test := range []struct {
				dialects []string
				want     any
			}{{nil, d.byDefault}, {[]string{d.dialect}, d.then}} {
				w := start(t, nil)
				w.connect()
				if err := w.flow.Speak(test.dialects...); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(test.want, d.see(w)); diff != "" {
					t.Errorf("dialects %v (-want +got):\n%s", test.dialects, diff)
				}
			}
		})
	}
}

func TestEveryDialectIsTested(t *testing.T) {
	for _, name := range DialectNames() {
		if !slices.ContainsFunc(differences, func(d difference) bool { return d.dialect == name && !cmp.Equal(d.byDefault, d.then) }) {
			t.Errorf("no test shows what %s changes", name)
		}
	}
}

func TestASlowImportShowsInTheEnd(t *testing.T) {
	t.Parallel()
	w := start(t, func(o *Options) { o.Dialects = []string{"slow-import"} })
	w.connect()
	w.importRepo("api")
	if got := counted("available_repos/?imported=true")(w); got != 0.0 {
		t.Errorf("%v rows are imported at once", got)
	}
	eventually(t, func() bool { return counted("available_repos/?imported=true")(w) == 1.0 })
}

func TestPagesAreCappedAtAHundredRows(t *testing.T) {
	for dialect, want := range map[string][]int{"": {128, 10}, "page-cap": {100, 10}} {
		w := start(t, func(o *Options) {
			o.Scenario = scenario.Default().Scaled(scenario.Scale{Projects: 1, Repos: 120})
			o.Dialects = strings.Fields(dialect)
		})
		w.connect()
		got := []int{len(w.rows("available_repos/?ordering=id&page_size=1000")), len(w.rows("available_repos/?ordering=id&page_size=10"))}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("dialect %q (-want +got):\n%s", dialect, diff)
		}
		if dialect == "" {
			continue
		}
		next, _ := w.must(http.StatusOK, "GET", "available_repos/?ordering=id&page_size=1000&fields=id", nil)["next"].(string)
		if rows := w.rows(strings.TrimPrefix(next, w.url)); len(rows) != 28 {
			t.Errorf("%s has %d rows", next, len(rows))
		}
	}
}

func TestDialectsCombine(t *testing.T) {
	w := start(t, func(o *Options) {
		o.Dialects = []string{"words:display", "authdata-whole", "vendor:vsts", "authdata-text", "patch-needs-authdata"}
	})
	created := w.must(http.StatusCreated, "POST", createPath, newIntegration(with("vendor", "vsts")))
	if diff := cmp.Diff(any([]any{"vsts", []any{"Repo", "PRs", "Tickets"}}), shown(created, "vendor_type", "enabled_source_types")); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	for body, want := range map[string]string{
		`{"name": "Other"}`:                         `400 {"authData":["This field is required."]}`,
		asText(object{"authData": wholeAuthData()}): `400 {"authData":["Not a valid string."]}`,
		asText(object{"authData": fullToken()}):     `400 {"authData":["Not a valid string.","username, token and url are required."]}`,
		`{"authData": "{}"}`:                        `400 {"authData":["username, token and url are required."]}`,
	} {
		if got := w.reply("PATCH", "integrations/1/", body); got != want {
			t.Errorf("%s: got %v, want %s", body, got, want)
		}
	}
	w.must(http.StatusOK, "PATCH", "integrations/1/", object{"authData": asText(wholeAuthData())})
	if err := w.flow.Speak("repos-no-id", "no-imported-id"); err != nil {
		t.Fatal(err)
	}
	first := importedRepo(w).([]any)
	if diff := cmp.Diff([]any{"missing", 1.0, "Healthy"}, first[0]); diff != "" {
		t.Errorf("imported (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]any{"missing", "api"}, first[1]); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	if err := w.flow.Speak("available-no-integration-filter", "unknown-integration-400"); err != nil {
		t.Fatal(err)
	}
	if got := counted("available_repos/?integration=99")(w); got != 8.0 {
		t.Errorf("an ignored filter refuses: %v", got)
	}
	if err := w.flow.Speak("tickets-integration-filter", "unknown-integration-400"); err != nil {
		t.Fatal(err)
	}
	want := `400 {"integration":["Select a valid choice. That choice is not one of the available choices."]}`
	if got := w.reply("GET", "ticket_projects/?integration=99", nil); got != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

// TestAnyCombinationReadsAndListsWithoutAnError: what a dialect changes never breaks the server itself.
func TestAnyCombinationReadsAndListsWithoutAnError(t *testing.T) {
	w := start(t, nil)
	w.connect()
	w.importBoth()
	names := DialectNames()
	for i, first := range names {
		for _, second := range names[i+1:] {
			if err := w.flow.Speak(first, second); err != nil {
				if !strings.Contains(err.Error(), "contradict") {
					t.Error(err)
				}
				continue
			}
			for _, path := range []string{"integrations/", "integrations/1/", "repos/", "repos/1/", "ticket_projects/", "ticket_projects/1/", "available_repos/", "available_ticket_projects/1/"} {
				if got := w.call("GET", path, adminKey, nil); got.status != http.StatusOK {
					t.Errorf("%s and %s, GET %s: got %d %s", first, second, path, got.status, got.text)
				}
			}
		}
	}
}

func TestUnknownAndContradictoryDialectsAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		names []string
		want  string
	}{
		"unknown":       {[]string{"page-cap", "klingon"}, `there is no dialect "klingon"; the dialects are patch-drops-unknown, `},
		"no value":      {[]string{"vendor"}, `there is no dialect "vendor"`},
		"unknown form":  {[]string{"words:loud"}, `there is no dialect "words:loud"`},
		"contradiction": {[]string{"words:null", "words:text"}, "words:null and words:text contradict each other"},
	} {
		t.Run(name, func(t *testing.T) {
			w := start(t, func(o *Options) { o.Dialects = []string{"page-stuck"} })
			err := w.flow.Speak(test.names...)
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if diff := cmp.Diff([]string{"page-stuck"}, w.flow.Spoken()); diff != "" {
				t.Errorf("spoken (-want +got):\n%s", diff)
			}
			if err := CheckDialects(test.names); err == nil {
				t.Error("CheckDialects accepts them")
			}
			if _, err := New(Options{Dialects: test.names}); err == nil {
				t.Error("a server starts with them")
			}
		})
	}
	if err := CheckDialects([]string{"page-cap", "page-cap"}); err != nil {
		t.Errorf("the same name twice: %v", err)
	}
}

func TestDialectsAreSwitchedWhileTheServerRuns(t *testing.T) {
	w := start(t, nil)
	w.connect()
	dialects := func(method, body string) answer {
		t.Helper()
		return w.call(method, "/_sandbox/dialects", "", body)
	}
	vendor := func() any { return integrationShows("vendor_type")(w).([]any)[0] }
	steps := []struct {
		method, body string
		status       int
		spoken       []any
		vendor       string
	}{
		{"PUT", `["vendor:vsts", "page-cap"]`, http.StatusNoContent, []any{"vendor:vsts", "page-cap"}, "vsts"},
		{"PUT", `["klingon"]`, http.StatusBadRequest, []any{"vendor:vsts", "page-cap"}, "vsts"},
		{"PUT", `"page-cap"`, http.StatusBadRequest, []any{"vendor:vsts", "page-cap"}, "vsts"},
		{"PUT", `["page-cap"]`, http.StatusNoContent, []any{"page-cap"}, "azure_devops"},
		{"DELETE", "", http.StatusNoContent, []any{}, "azure_devops"},
	}
	for _, step := range steps {
		if got := dialects(step.method, step.body); got.status != step.status {
			t.Errorf("%s %s: got %d %s", step.method, step.body, got.status, got.text)
		}
		if diff := cmp.Diff(any(step.spoken), dialects("GET", "").body); diff != "" {
			t.Errorf("after %s %s (-want +got):\n%s", step.method, step.body, diff)
		}
		if got := vendor(); got != step.vendor {
			t.Errorf("after %s %s: the vendor is %v, want %s", step.method, step.body, got, step.vendor)
		}
	}
}

func TestOtherVendorsAreChoicesWithoutAConnection(t *testing.T) {
	w := start(t, nil)
	want := `400 {"non_field_errors":["An error has occurred"]}`
	if got := w.reply("POST", createPath, newIntegration(with("vendor", "github"))); got != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestOnlyTheNameOfAManualIntegrationCanBeChanged(t *testing.T) {
	w := start(t, nil)
	created := w.must(http.StatusCreated, "POST", "integrations/manual_https_create/", object{"name": "Old server", "enabled_services": []string{"repo"}, "url": "https://git.example.com"})
	if created["vendor_type"] != "manual" {
		t.Errorf("got %v", created)
	}
	path := fmt.Sprintf("integrations/%v/", created["id"])
	w.must(http.StatusOK, "PATCH", path, object{"name": "Git server"})
	want := `400 {"authData":["Only the name of a manual integration can be changed."]}`
	if got := w.reply("PATCH", path, object{"authData": fullToken()}); got != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if got := w.must(http.StatusOK, "GET", path+"connection_status/", nil); got["status"] != "healthy" {
		t.Errorf("got %v", got)
	}
	if err := w.flow.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.must(http.StatusNoContent, "DELETE", path, nil)
}

func TestTheLogHidesTheTokenInATextualAuthData(t *testing.T) {
	w := start(t, nil)
	w.must(http.StatusOK, "PATCH", w.connect(), object{"authData": asText(fullToken())})
	requests := w.flow.Traffic().Requests()
	if got, want := requests[len(requests)-1].Body, `{"authData":"{\"token\":\"<token full>\"}"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
