package flow

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient/httpclienttest"
)

// fields are all the names that the client reads in Flow's objects, but for the id.
var fields = []string{
	"name", "vendor_type", "auth_type", "url", "username", "webhooks_enabled", "enabled_source_types", "created_at", "created_by",
	"authorization_url", "source_projects_last_updated", "has_repos", "owner_name", "integration_id", "imported", "excluded",
	"vendor_supported", "project_id", "ticket_project_id", "blocked", "last_fetch_failure_reason", "fetches_failing_since", "processing",
	"progress_status", "processing_status", "last_fully_updated_at",
}

// Whatever one field of an object holds, the object is read: one odd row must not make the whole list unreadable.
func FuzzFieldOfAnObject(f *testing.F) {
	for _, seed := range []string{`null`, `true`, `"x"`, `1e400`, `{}`, `{"name":null}`, `[[1]]`, `{"progress_status":{"name":"Failed"}}`, `[{"name":7}]`, `"12.0"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		if !json.Valid(value) {
			return
		}
		for _, field := range fields {
			object := fmt.Appendf(nil, `{"id":12,%q:%s}`, field, value)
			var integration Integration
			if err := json.Unmarshal(object, &integration); err != nil || integration.ID != 12 {
				t.Errorf("%s is read as integration %+v, %v", object, integration, err)
			}
			var available Available
			if err := json.Unmarshal(object, &available); err != nil || available.ID != 12 {
				t.Errorf("%s is read as available row %+v, %v", object, available, err)
			}
			var imported Imported
			if err := json.Unmarshal(object, &imported); err != nil || imported.ID != 12 && field != "project_id" {
				t.Errorf("%s is read as imported row %+v, %v", object, imported, err)
			}
		}
	})
}

func FuzzConnectionStatus(f *testing.F) {
	for _, seed := range []string{`null`, `"healthy"`, `{"status":"failed_integration","detail":{"name":"x"}}`, `{"repos":{"status":"Failed"},"tickets":"ok"}`, `[1]`, `{}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var status ConnectionStatus
		if err := json.Unmarshal(raw, &status); (err == nil) != json.Valid(raw) {
			t.Errorf("%q is read as %+v, %v", raw, status, err)
		}
	})
}

// What Flow says of its calls never fails anything.
func FuzzWhatFlowSaysOfACall(f *testing.F) {
	f.Add([]byte(`{"actions":{"POST":{"vendor":{"choices":[{"value":"vsts"},{"value":null}]}}}}`), "GET, POST")
	f.Add([]byte(`{"actions":{"POST":[]}}`), ",,")
	f.Fuzz(func(t *testing.T, body []byte, allow string) {
		described := fieldsIn(body)
		for field, choices := range map[string][]string{fieldVendor: described.vendors, fieldAuthType: described.authMethods} {
			if len(choices) > 0 && !slices.Contains(described.fields, field) {
				t.Errorf("%q has the choices %q of %s, and the fields %q", body, choices, field, described.fields)
			}
		}
		for _, method := range methodsIn(http.Header{"Allow": {allow}}) {
			if method == "" || method != strings.ToUpper(method) || strings.Contains(method, ",") {
				t.Errorf("%q holds the method %q", allow, method)
			}
		}
	})
}

// A list of any shape ends, after no more requests than its count asks for, and brings no row twice.
func FuzzListEnds(f *testing.F) {
	for _, seed := range []string{
		`{"count":3,"next":"http://evil.test/?page=2","results":[{"id":1}]}`, `{"next":"x","results":[{"id":1},{"id":1}]}`,
		`{"count":-1,"results":[]}`, `{"count":null,"next":null,"results":[{}]}`, `{"count":9223372036854775807,"results":[{"id":1}]}`, `[]`, `{"count":"2.0","results":[{"id":"7"}]}`,
		`{"next":"","results":[{}]}`, // found by fuzzing: 200,000 pages of one row that has no id
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var shape struct {
			Count   number            `json:"count"`
			Results []json.RawMessage `json:"results"`
		}
		if json.Unmarshal(body, &shape) == nil && shape.Count > 100 && shape.Count < maxRows {
			return // as many requests are in order
		}
		requests := 0
		client := New(Options{BaseURL: &url.URL{Scheme: "http", Host: "flow.test", Path: APIPath}, HTTP: httpclient.Options{
			Transport: httpclienttest.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				requests++
				if r.Host != "flow.test" {
					t.Errorf("%s was asked", r.Host)
				}
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write(body)
			})),
		}})
		rows, err := client.Integrations(t.Context())
		if most := maxReads * (1 + int(min(max(shape.Count, 1), 100))); requests > most {
			t.Errorf("%q takes %d requests, at most %d", body, requests, most)
		}
		seen := map[int64]bool{}
		for _, row := range rows {
			if err == nil && row.ID != 0 && seen[row.ID] {
				t.Errorf("%q has row %d twice", body, row.ID)
			}
			seen[row.ID] = true
		}
	})
}
