package adoserver

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheControlAPIDoesWhatPeopleDoInAzureDevOps(t *testing.T) {
	f := start(t)
	for _, step := range []struct {
		method, path, body string
		want               []string // the repositories of Payments and Data Science afterwards
	}{
		{"PUT", "repositories/contoso/Payments/shop", "", []string{"api", "web", "ledger", "shop", "notebooks"}},
		{"PUT", "repositories/contoso/Data%20Science/r%C3%A9seau%20%26%20co", "", []string{"api", "web", "ledger", "shop", "notebooks", "réseau & co"}},
		{"PATCH", "repositories/contoso/payments/SHOP", `{"name": "store"}`, []string{"api", "web", "ledger", "store", "notebooks", "réseau & co"}},
		{"PATCH", "repositories/contoso/Payments/store", `{"project": "Data Science", "name": "shop"}`, []string{"api", "web", "ledger", "notebooks", "shop", "réseau & co"}},
		{"DELETE", "repositories/contoso/Payments/web", "", []string{"api", "ledger", "notebooks", "shop", "réseau & co"}},
		{"PATCH", "repositories/contoso/Payments/api", `{"disabled": true}`, []string{"api", "ledger", "notebooks", "shop", "réseau & co"}},
	} {
		if r := f.send(request{method: step.method, path: "/_sandbox/" + step.path, body: step.body}); r.status != http.StatusNoContent {
			t.Errorf("%s %s: %d %s", step.method, step.path, r.status, r.body)
		}
		got := append(f.names("full", contoso+"Payments/_apis/git/repositories"), f.names("full", contoso+"Data%20Science/_apis/git/repositories")...)
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", step.method, step.path, diff)
		}
	}
	if r := f.send(request{path: contoso + "Payments/_apis/git/repositories", token: "full"}); !strings.Contains(r.body, `"isDisabled":true`) {
		t.Errorf("none is disabled: %s", r.body)
	}
	for _, state := range []string{"revoked", "active", "expired"} {
		if r := f.send(request{method: "PATCH", path: "/_sandbox/tokens/full", body: `{"state": "` + state + `"}`}); r.status != http.StatusNoContent {
			t.Errorf("%s: %d %s", state, r.status, r.body)
		}
		accepted := f.send(request{path: contoso + "_apis/projects", token: "full"}).status == http.StatusOK
		if accepted != (state == "active") {
			t.Errorf("a token that is %s is accepted: %t", state, accepted)
		}
	}
	for _, r := range f.Traffic().Requests() {
		if strings.HasPrefix(r.Path, "/_sandbox/") {
			t.Errorf("the log has %s %s", r.Method, r.Path)
		}
	}
}

func TestTheControlAPIExplainsRefusals(t *testing.T) {
	f := start(t)
	for _, test := range []struct{ method, path, body, want string }{
		{"PUT", "repositories/contoso/Payments/API", "", `the repository "API" exists already`},
		{"PUT", "repositories/contoso/Nothing/x", "", `there is no project "contoso/Nothing"`},
		{"DELETE", "repositories/contoso/Payments/nope", "", `there is no repository`},
		{"PATCH", "repositories/contoso/Payments/api", `{"color": "red"}`, `unknown field "color"`},
		{"PATCH", "repositories/contoso/Payments/api", `[]`, "must be a JSON object"},
		{"PATCH", "tokens/nope", `{"state": "expired"}`, `there is no token "nope"`},
		{"PATCH", "tokens/full", `{"state": "lost"}`, `there is no state "lost"`},
	} {
		r := f.send(request{method: test.method, path: "/_sandbox/" + test.path, body: test.body})
		if r.status != http.StatusBadRequest || !strings.Contains(r.body, test.want) {
			t.Errorf("%s %s %s: %d %s, want 400 with %q", test.method, test.path, test.body, r.status, r.body, test.want)
		}
	}
}
