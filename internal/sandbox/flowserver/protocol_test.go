package flowserver

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestErrorsHaveTheShapesOfDjangoRESTFramework(t *testing.T) {
	w := start(t, nil)
	integration := w.connect()
	detail := func(sentence string) object { return object{"detail": sentence} }
	field := func(name, sentence string) object { return object{name: []any{sentence}} }
	create := "integrations/create_with_vendor/"
	tests := map[string]struct {
		method, path, key string
		body              any
		status            int
		want              any
	}{
		"no key":                  {"GET", "integrations/", "", nil, 401, detail("Authentication credentials were not provided.")},
		"an unknown key":          {"GET", "integrations/", "stolen", nil, 401, detail("Invalid token.")},
		"an unknown id":           {"GET", "integrations/99/", adminKey, nil, 404, detail("Not found.")},
		"an id that is no number": {"GET", "integrations/main/", adminKey, nil, 404, detail("Not found.")},
		"patching an unknown id":  {"PATCH", "integrations/99/", adminKey, object{}, 404, detail("Not found.")},
		"deleting an unknown id":  {"DELETE", "integrations/99/", adminKey, nil, 404, detail("Not found.")},
		"status of an unknown id": {"GET", "integrations/99/connection_status/", adminKey, nil, 404, detail("Not found.")},
		"an unknown repo":         {"GET", "repos/99/", adminKey, nil, 404, detail("Not found.")},
		"an unknown repo's name":  {"PATCH", "repos/99/", adminKey, object{"name": "x"}, 404, detail("Not found.")},
		"deleting no repo":        {"DELETE", "repos/99/", adminKey, nil, 404, detail("Not found.")},
		"updating no repo":        {"POST", "repos/99/update_repo/", adminKey, object{}, 404, detail("Not found.")},
		"no ticket project":       {"GET", "ticket_projects/99/", adminKey, nil, 404, detail("Not found.")},
		"deleting no project":     {"POST", "ticket_projects/99/delete_project/", adminKey, object{}, 404, detail("Not found.")},
		"creating by the list":    {"POST", "integrations/", adminKey, object{}, 405, detail(`Method "POST" not allowed.`)},
		"replacing":               {"PUT", integration, adminKey, object{}, 405, detail(`Method "PUT" not allowed.`)},
		"deleting by DELETE":      {"DELETE", "ticket_projects/1/", adminKey, nil, 405, detail(`Method "DELETE" not allowed.`)},
		"no JSON":                 {"POST", create, adminKey, "{", 400, detail("JSON parse error - unexpected EOF")},
		"no object":               {"POST", create, adminKey, "[]", 400, field("non_field_errors", "Invalid data. Expected a dictionary, but got list.")},
		"no name":                 {"POST", create, adminKey, newIntegration(without("name")), 400, field("name", "This field is required.")},
		"an empty name":           {"POST", create, adminKey, newIntegration(with("name", "")), 400, field("name", "This field may not be blank.")},
		"a null name":             {"POST", create, adminKey, newIntegration(with("name", nil)), 400, field("name", "This field may not be null.")},
		"a list for a name":       {"POST", create, adminKey, newIntegration(with("name", []string{})), 400, field("name", "Not a valid string.")},
		"another vendor":          {"POST", create, adminKey, newIntegration(with("vendor", "vss")), 400, field("vendor", `"vss" is not a valid choice.`)},
		"a password":              {"POST", create, adminKey, newIntegration(with("auth_type", "userpass")), 400, field("auth_type", `"userpass" is not a valid choice.`)},
		"no services":             {"POST", create, adminKey, newIntegration(without("enabled_services")), 400, field("enabled_services", "This field is required.")},
		"an unknown service":      {"POST", create, adminKey, newIntegration(with("enabled_services", []string{"wiki"})), 400, field("enabled_services", `"wiki" is not a valid choice.`)},
		"services as a text":      {"POST", create, adminKey, newIntegration(with("enabled_services", "repo")), 400, field("enabled_services", `Expected a list of items but got type "str".`)},
		"no token":                {"POST", create, adminKey, newIntegration(without("token")), 400, field("token", "This field is required.")},
		"no e-mail":               {"POST", create, adminKey, newIntegration(without("username")), 400, field("username", "This field is required.")},
		"no URL":                  {"POST", create, adminKey, newIntegration(without("url")), 400, field("url", "This field is required.")},
		"webhooks as a text":      {"POST", create, adminKey, newIntegration(with("webhooks_enabled", "yes")), 400, field("webhooks_enabled", "Must be a valid boolean.")},
		"credentials as a text":   {"PATCH", integration, adminKey, object{"authData": "x"}, 400, field("authData", `Expected a dictionary of items but got type "str".`)},
		"an empty new token":      {"PATCH", integration, adminKey, object{"authData": object{"token": ""}}, 400, field("token", "This field may not be blank.")},
		"a repo that is not":      {"POST", "repos/import_repo/", adminKey, object{"available_repo_id": "99"}, 400, field("available_repo_id", `Invalid pk "99" - object does not exist.`)},
		"a project that is not":   {"POST", "ticket_projects/import_project/", adminKey, object{"project_id": 99}, 400, field("project_id", `Invalid pk "99" - object does not exist.`)},
		"an import of nothing":    {"POST", "repos/import_repo/", adminKey, object{}, 400, field("available_repo_id", "This field is required.")},
		"a page that is not":      {"GET", "available_repos/?page=99", adminKey, nil, 404, detail("Invalid page.")},
		"a filter of no number":   {"GET", "available_repos/?integration=x", adminKey, nil, 400, field("integration", "Enter a number.")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := w.call(test.method, test.path, test.key, test.body)
			if got.status != test.status {
				t.Errorf("got %d %s, want %d", got.status, got.text, test.status)
			}
			if diff := cmp.Diff(test.want, got.body); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEveryMistakeOfARequestIsNamedAtOnce(t *testing.T) {
	w := start(t, nil)
	got := w.call("POST", "integrations/create_with_vendor/", adminKey, object{"auth_type": "access_token"})
	required := []any{"This field is required."}
	want := object{"name": required, "vendor": required, "enabled_services": required, "url": required, "username": required, "token": required}
	if diff := cmp.Diff(any(want), got.body); got.status != 400 || diff != "" {
		t.Errorf("status %d, body (-want +got):\n%s", got.status, diff)
	}
}

func TestAnswersNameTheAllowedMethods(t *testing.T) {
	w := start(t, nil)
	for path, want := range map[string]string{
		"integrations/":                       "GET, HEAD, OPTIONS",
		"integrations/create_with_vendor/":    "POST, OPTIONS",
		"integrations/7/":                     "GET, PATCH, DELETE, HEAD, OPTIONS",
		"available_repos/7/":                  "GET, HEAD, OPTIONS",
		"repos/7/":                            "GET, PATCH, DELETE, HEAD, OPTIONS",
		"repos/7/update_repo/":                "POST, OPTIONS",
		"ticket_projects/7/":                  "GET, HEAD, OPTIONS",
		"ticket_projects/7/delete_project/":   "POST, OPTIONS",
		"integrations/manual_https_create/":   "POST, OPTIONS",
		"available_ticket_projects/?page=999": "GET, HEAD, OPTIONS",
	} {
		for method, key := range map[string]string{"GET": adminKey, "PUT": adminKey, "OPTIONS": readonlyKey, "POST": readonlyKey, "PATCH": "unknown"} {
			if got := w.call(method, path, key, object{}); got.header.Get("Allow") != want {
				t.Errorf("%s %s: got %d with Allow %q, want %q", method, path, got.status, got.header.Get("Allow"), want)
			}
		}
	}
}

func TestOptionsDescribeTheFieldsForThoseWhoMayWrite(t *testing.T) {
	w := start(t, nil)
	const create = "integrations/create_with_vendor/"
	shown := w.must(http.StatusOK, "OPTIONS", create, nil)
	actions, _ := shown["actions"].(object)
	fields, _ := actions["POST"].(object)
	vendor := object{
		"type": "choice", "required": true, "read_only": false, "label": "Vendor", "choices": []any{
			object{"value": "github", "display_name": "GitHub"},
			object{"value": "azure_devops", "display_name": "Azure DevOps Services"},
			object{"value": "azure_devops_server", "display_name": "Azure DevOps Server"},
			object{"value": "jira", "display_name": "Jira"},
		},
	}
	if diff := cmp.Diff(any(vendor), fields["vendor"]); diff != "" {
		t.Errorf("vendor (-want +got):\n%s", diff)
	}
	webhooks := object{"type": "boolean", "required": false, "read_only": false, "label": "Webhooks enabled"}
	if diff := cmp.Diff(any(webhooks), fields["webhooks_enabled"]); diff != "" {
		t.Errorf("webhooks_enabled (-want +got):\n%s", diff)
	}
	for path, name := range map[string]string{
		"integrations/": "Integration List", "ticket_projects/7/": "Ticket Project Instance", "repos/import_repo/": "Import Repo", create: "Create With Vendor",
	} {
		got := w.call("OPTIONS", path, readonlyKey, nil).body
		want := object{"name": name, "description": "", "renders": []any{"application/json"}, "parses": []any{"application/json"}}
		if diff := cmp.Diff(any(want), got); diff != "" {
			t.Errorf("%s with a view-only key (-want +got):\n%s", path, diff)
		}
	}
	if got := w.call("OPTIONS", create, "", nil); got.status != http.StatusUnauthorized {
		t.Errorf("without a key: got %d", got.status)
	}
}

func TestOtherContentTypesAreRefused(t *testing.T) {
	w := start(t, nil)
	r, _ := http.NewRequest("POST", w.url+BasePath+"integrations/create_with_vendor/", strings.NewReader("name=x"))
	r.Header.Set("Authorization", "Bearer "+adminKey)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if got := w.send(r); got.status != http.StatusUnsupportedMediaType {
		t.Errorf("got %d %s, want 415", got.status, got.text)
	}
}

func TestAViewOnlyKeyReadsAndWritesNothing(t *testing.T) {
	w := start(t, nil)
	integration := w.connect()
	repo := w.importRepo("api")
	for _, path := range []string{"integrations/", integration, integration + "connection_status/", "available_repos/", "repos/", repo, "available_ticket_projects/", "ticket_projects/"} {
		if got := w.call("GET", path, readonlyKey, nil); got.status != http.StatusOK {
			t.Errorf("GET %s: got %d %s", path, got.status, got.text)
		}
	}
	before := w.flow.Integrations()
	for _, call := range [][2]string{
		{"POST", "integrations/create_with_vendor/"},
		{"PATCH", integration},
		{"DELETE", integration},
		{"POST", "repos/import_repo/"},
		{"PATCH", repo},
		{"DELETE", repo},
		{"POST", repo + "update_repo/"},
		{"POST", "ticket_projects/import_project/"},
		{"POST", "ticket_projects/1/delete_project/"},
	} {
		got := w.call(call[0], call[1], readonlyKey, newIntegration())
		want := object{"detail": "You do not have permission to perform this action."}
		if got.status != http.StatusForbidden || !cmp.Equal(got.body, any(want)) {
			t.Errorf("%s %s: got %d %s", call[0], call[1], got.status, got.text)
		}
	}
	if diff := cmp.Diff(before, w.flow.Integrations()); diff != "" {
		t.Errorf("integrations have changed:\n%s", diff)
	}
}

func TestAPathWithoutItsLastSlashIsRedirectedAndAPostIsLost(t *testing.T) {
	w := start(t, nil)
	for _, method := range []string{"GET", "POST"} {
		got := w.call(method, "integrations?name=x", adminKey, nil)
		if got.status != http.StatusMovedPermanently || got.header.Get("Location") != BasePath+"integrations/?name=x" {
			t.Errorf("%s: got %d to %q", method, got.status, got.header.Get("Location"))
		}
	}
	if got := w.call("POST", "integrations/create_with_vendor", adminKey, newIntegration()); got.status != http.StatusMovedPermanently {
		t.Errorf("POST: got %d", got.status)
	}
	if made := w.flow.Integrations(); len(made) != 0 {
		t.Errorf("%d integrations were made", len(made))
	}
}

func TestPathsOutsideTheAPIAreAPage(t *testing.T) {
	w := start(t, nil)
	for _, path := range []string{"nothing/", "nothing", "integrations//", "integrations/1/nothing/"} {
		got := w.call("GET", path, adminKey, nil)
		if got.status != http.StatusNotFound || !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: got %d %s", path, got.status, got.header.Get("Content-Type"))
		}
	}
}

func TestNoAnswerAndNoLogHoldsASecret(t *testing.T) {
	w := start(t, nil)
	integration := w.connect()
	w.must(http.StatusOK, "PATCH", integration, object{"authData": object{"token": token("full")}})
	var texts []string
	for _, path := range []string{"integrations/", integration, integration + "connection_status/"} {
		texts = append(texts, w.call("GET", path, adminKey, nil).text)
	}
	for _, request := range w.flow.Traffic().Requests() {
		texts = append(texts, fmt.Sprint(request))
	}
	for _, text := range texts {
		for _, secret := range []string{token("full"), adminKey} {
			if strings.Contains(text, secret) {
				t.Errorf("a secret is in %s", text)
			}
		}
	}
	patch := w.flow.Traffic().Requests()[1]
	if patch.Credential != "<api key admin>" || patch.Body != `{"authData":{"token":"<token full>"}}` {
		t.Errorf("the log says %s and %s", patch.Credential, patch.Body)
	}
}
