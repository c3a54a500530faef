package flowserver

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/servicehooks"
)

func TestAnIntegrationShowsEveryDocumentedField(t *testing.T) {
	w := start(t, nil)
	created := w.must(http.StatusCreated, "POST", "integrations/create_with_vendor/", newIntegration())
	volatile := cmpopts.IgnoreMapEntries(func(name string, _ any) bool {
		return slices.Contains([]string{"created_at", "updated_at", "source_projects_last_updated"}, name)
	})
	want := object{
		"id": 1.0, "name": "Contoso", "org": 1.0, "vendor_type": "azure_devops", "auth_type": "access_token",
		"webhooks_enabled": false, "enabled_source_types": []any{"repo", "pull_request", "ticket"},
		"source_type_names": []any{"Repos", "PRs", "Tickets"}, "created_by": "admin", "updated_by": nil,
		"username": flowEmail, "vendor_meta": object{"organization": "contoso"}, "has_repos": false,
		"excluded_project_owners": []any{}, "url": contosoURL, "agent_enabled": false,
	}
	if diff := cmp.Diff(want, created, volatile); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	read := w.must(http.StatusOK, "GET", "integrations/1/", nil)
	if diff := cmp.Diff(want, read, volatile); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
	for _, name := range []string{"created_at", "updated_at", "source_projects_last_updated"} {
		if _, err := time.Parse("2006-01-02T15:04:05.000000", fmt.Sprint(read[name])); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheURLCanComeBackEmpty(t *testing.T) {
	w := start(t, func(o *Options) { o.HideURL = true })
	if read := w.must(http.StatusOK, "GET", w.connect(), nil); read["url"] != "" {
		t.Errorf("url is %q", read["url"])
	}
}

func TestNamesNeedNotBeUnique(t *testing.T) {
	w := start(t, nil)
	w.connect()
	w.connect()
	if rows := w.rows("integrations/?ordering=id&name=Contoso"); len(rows) != 2 {
		t.Errorf("%d integrations of that name", len(rows))
	}
}

func TestAConnectionIsRefusedWithTheSetUpPagesMessages(t *testing.T) {
	w := start(t, nil)
	owner := func(name string) string {
		switch name {
		case "reader":
			return "reader@contoso.com"
		case "outsider":
			return "outsider@contoso.com"
		}
		return flowEmail
	}
	tests := map[string]struct {
		change []func(object)
		want   string // "": accepted
	}{
		"wrong case of the e-mail": {[]func(object){with("username", strings.ToLower(flowEmail))}, messageFailed},
		"somebody else's e-mail":   {[]func(object){with("username", "reader@contoso.com")}, messageFailed},
		"an unknown organization":  {[]func(object){with("url", "https://dev.azure.com/nobody")}, messageFailed},
		"the other form of URL":    {[]func(object){with("url", "https://contoso.visualstudio.com")}, messageFailed},
		"a project's URL":          {[]func(object){with("url", contosoURL+"/Payments")}, messageFailed},
		"plain http":               {[]func(object){with("url", "http://dev.azure.com/contoso")}, messageFailed},
		"an unknown token":         {[]func(object){with("token", strings.Repeat("x", 52))}, messageDenied},
		"anonymous":                {[]func(object){with("url", "https://dev.azure.com/fabrikam")}, messageDenied},
		"a last slash":             {[]func(object){with("url", contosoURL+"/")}, ""},
		"capitals in the URL":      {[]func(object){with("url", "https://dev.azure.com/Contoso")}, ""},
		"no Work Items, no need":   {[]func(object){with("token", token("no-work")), with("enabled_services", []string{"repo"})}, ""},
		"no Code, no need":         {[]func(object){with("token", token("no-code")), with("enabled_services", []string{"ticket"})}, ""},
		"its own organization":     {[]func(object){with("token", token("fabrikam")), with("username", "Svc-Flow@fabrikam.com"), with("url", "https://dev.azure.com/fabrikam")}, ""},
	}
	for name, want := range map[string]string{
		"full": "", "reader": "",
		"no-code": messageDenied, "no-build": messageDenied, "no-graph": messageDenied, "no-identity": messageDenied,
		"no-project": messageDenied, "no-work": messageDenied, "outsider": messageDenied, "expired": messageDenied,
		"revoked": messageDenied, "fabrikam": messageDenied, "conditional-access": messageDenied,
	} {
		test := tests["token "+name]
		test.change, test.want = []func(object){with("token", token(name)), with("username", owner(name))}, want
		tests["token "+name] = test
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := w.call("POST", "integrations/create_with_vendor/", adminKey, newIntegration(test.change...))
			if test.want == "" {
				if got.status != http.StatusCreated {
					t.Errorf("got %d %s, want 201", got.status, got.text)
				}
				return
			}
			want := object{"non_field_errors": []any{test.want}}
			if got.status != http.StatusBadRequest || !cmp.Equal(got.body, any(want)) {
				t.Errorf("got %d %s, want 400 %v", got.status, got.text, want)
			}
		})
	}
}

func TestAPatchChangesWhatItNamesAndNothingElse(t *testing.T) {
	tests := map[string]struct {
		patch object
		want  func(*Integration)
	}{
		"name":     {object{"name": "Other"}, func(i *Integration) { i.Name = "Other" }},
		"services": {object{"enabled_services": []string{"repo"}}, func(i *Integration) { i.Services = Services{Repos: true} }},
		"nothing":  {object{"color": "red"}, func(*Integration) {}},
		"token":    {object{"authData": object{"token": token("full")}}, func(*Integration) {}},
		"account": {object{"authData": object{"token": token("reader"), "username": "reader@contoso.com"}}, func(i *Integration) {
			i.Token, i.Username = token("reader"), "reader@contoso.com"
		}},
		"url": {object{"authData": object{"url": contosoURL + "/"}}, func(i *Integration) { i.URL = contosoURL + "/" }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := start(t, nil)
			path := w.connect()
			want := w.flow.Integrations()[0]
			test.want(&want)
			w.must(http.StatusOK, "PATCH", path, test.patch)
			ignored := cmpopts.IgnoreFields(Integration{}, "UpdatedAt", "UpdatedBy", "LatestLookup")
			if diff := cmp.Diff(want, w.flow.Integrations()[0], ignored); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNewCredentialsAreTestedWithWhatIsKept(t *testing.T) {
	w := start(t, nil)
	path := w.connect()
	before := w.flow.Integrations()
	for name, test := range map[string]struct {
		authData object
		want     string
	}{
		"another account's token":  {object{"token": token("reader")}, messageFailed},
		"an expired token":         {object{"token": token("expired")}, messageDenied},
		"another e-mail":           {object{"username": "reader@contoso.com"}, messageFailed},
		"a URL of the wrong shape": {object{"url": "https://contoso.visualstudio.com"}, messageFailed},
	} {
		got := w.call("PATCH", path, adminKey, object{"authData": test.authData})
		if got.status != http.StatusBadRequest || !cmp.Equal(got.body, any(object{"non_field_errors": []any{test.want}})) {
			t.Errorf("%s: got %d %s", name, got.status, got.text)
		}
	}
	if diff := cmp.Diff(before, w.flow.Integrations()); diff != "" {
		t.Errorf("the integration has changed:\n%s", diff)
	}
}

func TestAnotherOrganizationRemovesTheDataOfTheOldOne(t *testing.T) {
	w := start(t, nil)
	path := w.connect()
	w.importRepo("api")
	w.must(http.StatusOK, "PATCH", path, object{"authData": object{
		"url": "https://dev.azure.com/fabrikam", "username": "Svc-Flow@fabrikam.com", "token": token("fabrikam"),
	}})
	if rows := w.rows("repos/?ordering=id"); len(rows) != 0 {
		t.Errorf("%d repositories are left", len(rows))
	}
	if rows := w.rows("available_repos/?ordering=id"); len(rows) != 1 || rows[0]["name"] != "samples" {
		t.Errorf("available: %v", rows)
	}
}

func TestARemovedOrganizationHasToWait(t *testing.T) {
	w := start(t, func(o *Options) { o.ReaddDelay = time.Hour })
	path := w.connect()
	w.importRepo("api")
	if got := w.call("DELETE", path, adminKey, nil); got.status != http.StatusNoContent || got.text != "" {
		t.Fatalf("got %d %s", got.status, got.text)
	}
	for _, list := range []string{"integrations/", "repos/", "available_repos/", "available_ticket_projects/"} {
		if rows := w.rows(list + "?ordering=id"); len(rows) != 0 {
			t.Errorf("%s still holds %d rows", list, len(rows))
		}
	}
	got := w.call("POST", "integrations/create_with_vendor/", adminKey, newIntegration())
	if got.status != http.StatusBadRequest || !strings.Contains(got.text, "The organization contoso was removed from Flow and cannot be added again before ") {
		t.Errorf("got %d %s", got.status, got.text)
	}
	w.connect(with("url", "https://dev.azure.com/fabrikam"), with("username", "Svc-Flow@fabrikam.com"), with("token", token("fabrikam")))
}

func TestWithoutADelayARemovedOrganizationComesBack(t *testing.T) {
	w := start(t, nil)
	w.must(http.StatusNoContent, "DELETE", w.connect(), nil)
	if path := w.connect(); path != "integrations/2/" {
		t.Errorf("the second one is %s: an id must not be used twice", path)
	}
}

func TestWebhooksAreSubscriptionsInAzureDevOps(t *testing.T) {
	w := start(t, nil)
	steps := []struct {
		does  string
		patch object
		want  []string
	}{
		{"all on", nil, []string{"git.pullrequest.created", "git.pullrequest.merged", "git.pullrequest.updated", "git.push", "workitem.created", "workitem.deleted", "workitem.updated"}},
		{"tickets off", object{"enabled_services": []string{"repo", "pull_request"}}, []string{"git.pullrequest.created", "git.pullrequest.merged", "git.pullrequest.updated", "git.push"}},
		{"webhooks off", object{"webhooks_enabled": false}, []string{}},
		{"webhooks on", object{"webhooks_enabled": true}, []string{"git.pullrequest.created", "git.pullrequest.merged", "git.pullrequest.updated", "git.push"}},
	}
	path := w.connect(with("webhooks_enabled", true))
	for _, step := range steps {
		if step.patch != nil {
			w.must(http.StatusOK, "PATCH", path, step.patch)
		}
		if diff := cmp.Diff(step.want, w.subscribed()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", step.does, diff)
		}
	}
	w.must(http.StatusNoContent, "DELETE", path, nil)
	if left := w.subscribed(); len(left) != 0 {
		t.Errorf("after the removal: %v", left)
	}
}

// subscribed lists the events that contoso has subscriptions for.
func (w *world) subscribed() []string {
	w.t.Helper()
	client := servicehooks.NewClient(w.t.Context(), azuredevops.NewPatConnection(w.flow.options.AzureDevOpsEndpoint+"/dev.azure.com/contoso", token("full")))
	all, err := client.ListSubscriptions(w.t.Context(), servicehooks.ListSubscriptionsArgs{})
	if err != nil {
		w.t.Fatal(err)
	}
	names := []string{}
	for _, subscription := range *all {
		names = append(names, *subscription.EventType)
	}
	slices.Sort(names)
	return names
}

func TestWebhooksTakeAnAdministrator(t *testing.T) {
	w := start(t, nil)
	asReader := []func(object){with("token", token("reader")), with("username", "reader@contoso.com")}
	want := object{"webhooks_enabled": []any{messageNoWebhooks}}
	got := w.call("POST", "integrations/create_with_vendor/", adminKey, newIntegration(append(asReader, with("webhooks_enabled", true))...))
	if got.status != http.StatusBadRequest || !cmp.Equal(got.body, any(want)) || len(w.flow.Integrations()) != 0 {
		t.Errorf("creating: got %d %s and %d integrations", got.status, got.text, len(w.flow.Integrations()))
	}
	path := w.connect(asReader...)
	got = w.call("PATCH", path, adminKey, object{"webhooks_enabled": true})
	if got.status != http.StatusBadRequest || !cmp.Equal(got.body, any(want)) || w.flow.Integrations()[0].Webhooks {
		t.Errorf("changing: got %d %s", got.status, got.text)
	}
	if left := w.subscribed(); len(left) != 0 {
		t.Errorf("subscriptions: %v", left)
	}
}

func TestConnectionStatusTellsWhatTheCredentialCanDoNow(t *testing.T) {
	tests := map[string]struct {
		change         func(*Integration)
		status, detail string
	}{
		"nothing wrong":         {func(*Integration) {}, "healthy", ""},
		"expired":               {func(i *Integration) { i.Token = token("expired") }, "failed_integration", messageDenied},
		"another e-mail":        {func(i *Integration) { i.Username = "svc-flow@contoso.com" }, "failed_integration", messageFailed},
		"no Code":               {func(i *Integration) { i.Token = token("no-code") }, "failed_repo", messageDenied},
		"no Work Items":         {func(i *Integration) { i.Token = token("no-work") }, "failed_ticket_project", messageDenied},
		"no Work Items, no use": {func(i *Integration) { i.Token, i.Services.Tickets = token("no-work"), false }, "healthy", ""},
		"no Code, only PRs":     {func(i *Integration) { i.Token, i.Services.Repos = token("no-code"), false }, "failed_pull_request_project", messageDenied},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := start(t, nil)
			path := w.connect()
			if err := w.flow.ChangeIntegration(1, test.change); err != nil {
				t.Fatal(err)
			}
			got := w.must(http.StatusOK, "GET", path+"connection_status/", nil)
			if got["status"] != test.status || got["detail"] != test.detail || got["checked_at"] == nil {
				t.Errorf("got %v, want %s %q", got, test.status, test.detail)
			}
		})
	}
}

func TestAnIntegrationIsProcessingUntilItsFirstLookUp(t *testing.T) {
	w := start(t, func(o *Options) { o.DiscoveryDelay = time.Hour })
	path := w.connect()
	if got := w.must(http.StatusOK, "GET", path+"connection_status/", nil); got["status"] != "processing" {
		t.Errorf("got %v", got)
	}
	if rows := w.rows("available_repos/?ordering=id"); len(rows) != 0 {
		t.Errorf("%d repositories already", len(rows))
	}
	if err := w.flow.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.must(http.StatusOK, "GET", path+"connection_status/", nil); got["status"] != "healthy" {
		t.Errorf("got %v", got)
	}
}

func TestChangesOfTheUserInterfaceAreNotInTheLog(t *testing.T) {
	w := start(t, nil)
	made, err := w.flow.AddIntegration(Integration{Name: "By hand", URL: contosoURL, Username: flowEmail, Token: token("expired"), Services: AllServices})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.flow.ChangeIntegration(made.ID, func(i *Integration) { i.Name, i.Services.Tickets = "Renamed", false }); err != nil {
		t.Fatal(err)
	}
	read := w.must(http.StatusOK, "GET", "integrations/1/", nil)
	if read["name"] != "Renamed" || !cmp.Equal(read["enabled_source_types"], any([]any{"repo", "pull_request"})) {
		t.Errorf("got %v", read)
	}
	if err := w.flow.RemoveIntegration(made.ID); err != nil {
		t.Fatal(err)
	}
	if err := w.flow.RemoveIntegration(made.ID); err == nil {
		t.Error("removing twice is no error")
	}
	if log := w.flow.Traffic().Requests(); len(log) != 1 {
		t.Errorf("the log holds %d requests, want the one GET", len(log))
	}
}
