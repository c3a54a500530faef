package flowserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// A literalClient makes the calls that a public client of April 2020 made, which was generated from the vendor's own
// description of the API: the same paths, parameters and bodies, and nothing else. It shares no code with the provider.
type literalClient struct {
	t    *testing.T
	base string
	key  string
}

type literalVendorIntegration struct {
	Name            string   `json:"name"`
	Vendor          string   `json:"vendor"`
	AuthType        string   `json:"auth_type"`
	EnabledServices []string `json:"enabled_services"`
	URL             string   `json:"url,omitempty"`
	Username        string   `json:"username,omitempty"`
	Password        string   `json:"password,omitempty"`
	Token           string   `json:"token,omitempty"`
}

type literalManualIntegration struct {
	Name            string   `json:"name"`
	EnabledServices []string `json:"enabled_services"`
	URL             string   `json:"url,omitempty"`
	Username        string   `json:"username,omitempty"`
	Password        string   `json:"password,omitempty"`
}

// literalPatchIntegration has a textual authData, which is required.
type literalPatchIntegration struct {
	Name     string `json:"name,omitempty"`
	AuthData string `json:"authData"`
}

type literalImportRepo struct {
	AvailableRepoID string `json:"available_repo_id"`
}

type literalImportProject struct {
	ProjectID int64 `json:"project_id"`
}

type literalPatchRepo struct {
	Name       string   `json:"name,omitempty"`
	IgnoreList string   `json:"ignore_list,omitempty"`
	Blocked    bool     `json:"blocked"`
	OwnerName  string   `json:"owner_name,omitempty"`
	Tags       []string `json:"tags,omitempty"`
}

type literalIntegration struct {
	ID                 int64    `json:"id"`
	Name               string   `json:"name"`
	VendorType         string   `json:"vendor_type"`
	EnabledSourceTypes []string `json:"enabled_source_types"`
}

// literalRow is a row of the four lists of repositories and ticket projects.
type literalRow struct {
	ID            int64  `json:"id"`
	Name          string `json:"name"`
	IntegrationID int64  `json:"integration_id"`
	VendorType    string `json:"vendor_type"`
	IgnoreList    string `json:"ignore_list"`
}

type literalList struct {
	Count   int          `json:"count"`
	Next    *string      `json:"next"`
	Results []literalRow `json:"results"`
}

// call sends a request and decodes the answer, whose status must be this one.
func (c literalClient) call(method, path string, body any, status int, answer any) {
	c.t.Helper()
	content := new(bytes.Buffer)
	if body != nil {
		if err := json.NewEncoder(content).Encode(body); err != nil {
			c.t.Fatal(err)
		}
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, content)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.key)
	r.Header.Set("Accept", "application/json")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if response.StatusCode != status {
		c.t.Fatalf("%s %s: got %d %s, want %d", method, path, response.StatusCode, data, status)
	}
	if answer == nil {
		return
	}
	if err := json.Unmarshal(data, answer); err != nil {
		c.t.Fatalf("%s %s: %v in %s", method, path, err, data)
	}
}

// windows lists everything with limit and offset.
func (c literalClient) windows(path, ordering string, limit int) []literalRow {
	c.t.Helper()
	var rows []literalRow
	for {
		var list literalList
		query := url.Values{"limit": {strconv.Itoa(limit)}, "offset": {strconv.Itoa(len(rows))}, "ordering": {ordering}}
		c.call(http.MethodGet, path+"?"+query.Encode(), nil, http.StatusOK, &list)
		if rows = append(rows, list.Results...); list.Next == nil {
			return rows
		}
	}
}

// pages lists everything with page and page_size.
func (c literalClient) pages(path, ordering string, size int) []literalRow {
	c.t.Helper()
	var rows []literalRow
	for page := 1; ; page++ {
		var list literalList
		query := url.Values{"page": {strconv.Itoa(page)}, "page_size": {strconv.Itoa(size)}, "ordering": {ordering}}
		c.call(http.MethodGet, path+"?"+query.Encode(), nil, http.StatusOK, &list)
		if rows = append(rows, list.Results...); list.Next == nil {
			return rows
		}
	}
}

// finds fails the test unless the list has the row with each filter alone, written "name=value".
func (c literalClient) finds(path string, id int64, filters ...string) {
	c.t.Helper()
	for _, filter := range filters {
		name, value, _ := strings.Cut(filter, "=")
		var list literalList
		c.call(http.MethodGet, path+"?"+url.Values{name: {value}}.Encode(), nil, http.StatusOK, &list)
		found := false
		for _, row := range list.Results {
			found = found || row.ID == id
		}
		if !found {
			c.t.Errorf("%s?%s does not have %d", path, filter, id)
		}
	}
}

// orders fails the test unless each ordering returns as many different rows over two pages as one page has.
func (c literalClient) orders(list func(path, ordering string, size int) []literalRow, path string, orderings ...string) {
	c.t.Helper()
	for _, field := range orderings {
		for _, ordering := range []string{field, "-" + field} {
			ids := map[int64]bool{}
			for _, row := range list(path, ordering, 1) {
				ids[row.ID] = true
			}
			if want := len(list(path, ordering, 1000)); len(ids) != want || want < 2 {
				c.t.Errorf("%s ordered by %s has %d different rows, want %d, more than one", path, ordering, len(ids), want)
			}
		}
	}
}

func TestALiteralClientCanUseEveryCall(t *testing.T) {
	w := start(t, nil)
	c := literalClient{t, w.url + "/v3/customer/core/", adminKey}
	contoso := c.usesIntegrations()
	c.usesRepos(contoso)
	c.usesTicketProjects(contoso)
	c.call(http.MethodDelete, fmt.Sprintf("integrations/%d/", contoso), nil, http.StatusNoContent, nil)
}

// usesIntegrations leaves one integration and returns its id.
func (c literalClient) usesIntegrations() int64 {
	c.t.Helper()
	var created, manual, changed, read literalIntegration
	c.call(http.MethodPost, "integrations/create_with_vendor/", literalVendorIntegration{
		Name: "Contoso", Vendor: "azure_devops", AuthType: "access_token", EnabledServices: []string{"repo", "ticket", "pull_request"},
		URL: contosoURL, Username: flowEmail, Token: token("full"),
	}, http.StatusCreated, &created)
	c.call(http.MethodPost, "integrations/manual_https_create/", literalManualIntegration{
		Name: "Old server", EnabledServices: []string{"repo"}, URL: "https://git.example.com/", Username: "flow", Password: "secret",
	}, http.StatusCreated, &manual)

	path := fmt.Sprintf("integrations/%d/", created.ID)
	authData, err := json.Marshal(map[string]string{"username": flowEmail, "token": token("full"), "url": contosoURL})
	if err != nil {
		c.t.Fatal(err)
	}
	c.call(http.MethodPatch, path, literalPatchIntegration{Name: "Contoso 2", AuthData: string(authData)}, http.StatusOK, &changed)
	c.call(http.MethodGet, path, nil, http.StatusOK, &read)
	if changed.Name != "Contoso 2" || read.Name != "Contoso 2" || read.ID != created.ID {
		c.t.Errorf("changed %+v, read %+v", changed, read)
	}
	c.finds("integrations/", created.ID, fmt.Sprint("id=", created.ID), fmt.Sprint("id__in=", created.ID, ",99"),
		"name=Contoso 2", "name__in=Contoso 2,Fabrikam", "name__icontains=TOSO", "name__startswith=Con",
		"vendor_type=azure_devops", "vendor_type__icontains=DevOps", "vendor_type__in=azure_devops,github", "vendor_type__startswith=azure",
		"integration_type=azure_devops", "integration_type__in=azure_devops", "enabled_source_types=ticket", "audit_created_by=admin",
		"source_projects_last_updated__gt=2020-01-01", "search=contoso")
	c.orders(c.windows, "integrations/", "id", "name", "vendor_type", "audit_created_by__name")
	c.call(http.MethodDelete, fmt.Sprintf("integrations/%d/", manual.ID), nil, http.StatusNoContent, nil)
	return created.ID
}

func (c literalClient) usesRepos(integration int64) {
	c.t.Helper()
	available := c.pages("available_repos/", "id", 3)
	if len(available) != 8 {
		c.t.Fatalf("%d repositories are available", len(available))
	}
	first := available[0]
	var one, imported, second, changed literalRow
	c.call(http.MethodGet, fmt.Sprintf("available_repos/%d/", first.ID), nil, http.StatusOK, &one)
	if one != first || one.IntegrationID != integration {
		c.t.Errorf("the available repository is %+v, in the list %+v", one, first)
	}
	c.finds("available_repos/", first.ID, fmt.Sprint("integration=", integration), "imported=false", "excluded=false", fmt.Sprint("id=", first.ID),
		fmt.Sprint("id__in=", first.ID), "name="+first.Name, "name__icontains="+first.Name, "owner_name=Payments", "owner_name__startswith=Pay",
		"source_type=repo", "show_forks=true", "vendor_type=azure_devops", "search="+first.Name)
	c.orders(c.pages, "available_repos/", "id", "user_id", "vendor_type", "owner_vendor_id", "integration_id", "integration__name", "name",
		"updated_at", "owner_name", "show_in_repos_page", "auto_import_enabled")

	c.call(http.MethodPost, "repos/import_repo/", literalImportRepo{strconv.FormatInt(first.ID, 10)}, http.StatusCreated, &imported)
	c.call(http.MethodPost, "repos/import_repo/", literalImportRepo{strconv.FormatInt(available[1].ID, 10)}, http.StatusCreated, &second)
	project := strconv.FormatInt(imported.ID, 10)
	c.finds("repos/", imported.ID, fmt.Sprint("integration=", integration), "integration__name=Contoso 2", "owner_name=Payments",
		"project__name="+first.Name, "project__url__icontains="+first.Name, "project__vendor_type=azure_devops", "project_id="+project,
		"project_id__in="+project+",99", "added_by=admin", "search="+first.Name)
	c.orders(c.windows, "repos/", "project_id", "youngest_commit_date", "oldest_commit_date", "project__name", "vendor_type", "owner_name",
		"sortable_state", "last_failure_or_success_at")

	path := "repos/" + project + "/"
	c.call(http.MethodGet, path, nil, http.StatusOK, &one)
	c.call(http.MethodPatch, path, literalPatchRepo{Name: "Public API", IgnoreList: "vendor/*", OwnerName: "Payments"}, http.StatusOK, &changed)
	if one.ID != imported.ID || changed.Name != "Public API" || changed.IgnoreList != "vendor/*" {
		c.t.Errorf("read %+v, changed %+v", one, changed)
	}
	c.call(http.MethodPost, path+"update_repo/", struct{}{}, http.StatusCreated, nil)
	c.call(http.MethodDelete, path, nil, http.StatusNoContent, nil)
}

func (c literalClient) usesTicketProjects(integration int64) {
	c.t.Helper()
	available := c.pages("available_ticket_projects/", "name", 2)
	if len(available) != 5 {
		c.t.Fatalf("%d ticket projects are available", len(available))
	}
	payments, platform := available[3], available[4]
	var one, imported, second literalRow
	c.call(http.MethodGet, fmt.Sprintf("available_ticket_projects/%d/", payments.ID), nil, http.StatusOK, &one)
	if one != payments {
		c.t.Errorf("the available ticket project is %+v, in the list %+v", one, payments)
	}
	c.finds("available_ticket_projects/", payments.ID, fmt.Sprint("integration=", integration), "imported=false", fmt.Sprint("id=", payments.ID), "name=Payments", "search=pay")

	c.call(http.MethodPost, "ticket_projects/import_project/", literalImportProject{payments.ID}, http.StatusCreated, &imported)
	c.call(http.MethodPost, "ticket_projects/import_project/", literalImportProject{platform.ID}, http.StatusCreated, &second)
	c.finds("ticket_projects/", imported.ID, fmt.Sprint("id=", imported.ID), fmt.Sprint("id__in=", imported.ID), "integration__name=Contoso 2",
		"name=Payments", "name__startswith=Pay", "url__icontains=payments", "vendor_type=azure_devops", "added_by=admin", "search=payments")
	c.orders(c.windows, "ticket_projects/", "id", "parent_id", "vendor_type", "name", "processing__updated_at", "integration__name",
		"processing__processing_status__id")
	path := fmt.Sprintf("ticket_projects/%d/", imported.ID)
	c.call(http.MethodGet, path, nil, http.StatusOK, &one)
	if one.Name != "Payments" {
		c.t.Errorf("the ticket project is %+v", one)
	}
	c.call(http.MethodPost, path+"delete_project/", struct{}{}, http.StatusCreated, nil)
	c.call(http.MethodGet, path, nil, http.StatusNotFound, nil)
}
