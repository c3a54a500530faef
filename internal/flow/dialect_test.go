package flow_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient/httpclienttest"
)

// refusing answers 400 to a write until it accepts the body.
func refusing(field, sentence string, accepts func(body map[string]any) bool) *workspace {
	server := &workspace{integrations: []map[string]any{described(12, "Main")}}
	server.fault = func(w http.ResponseWriter, r *http.Request, _ func()) bool {
		if r.Method == http.MethodGet {
			return false
		}
		var body map[string]any
		_ = json.Unmarshal([]byte(server.bodies[len(server.bodies)-1]), &body)
		if accepts(body) {
			return false
		}
		send(w, http.StatusBadRequest, map[string]any{field: []string{sentence}})
		return true
	}
	return server
}

func TestAConnectionIsSentInTheFormThatTheWorkspaceTakes(t *testing.T) {
	isText := func(body map[string]any) bool { _, text := body["authData"].(string); return text }
	isWhole := func(body map[string]any) bool {
		parts, _ := body["authData"].(map[string]any)
		if text, ok := body["authData"].(string); ok {
			_ = json.Unmarshal([]byte(text), &parts)
		}
		return len(parts) == 3
	}
	const object, text = `{"authData":{"token":"new"}}`, `{"authData":"{\"token\":\"new\"}"}`
	const whole = `{"authData":{"username":"e","token":"new","url":"u"}}`
	const wholeText = `{"authData":"{\"username\":\"e\",\"token\":\"new\",\"url\":\"u\"}"}`
	for name, test := range map[string]struct {
		accepts func(map[string]any) bool
		bodies  []string
	}{
		"an object": {func(body map[string]any) bool { return !isText(body) }, []string{object, object}},
		"a text":    {isText, []string{object, text, text}},
		"all of it": {isWhole, []string{object, text, whole, whole}},
		"all of it, as text": {
			func(body map[string]any) bool { return isWhole(body) && isText(body) }, []string{object, text, whole, wholeText, wholeText},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := refusing("authData", "Not a valid string.", test.accepts)
				client := start(t, server)
				secret := "new"
				change := flow.IntegrationChange{Token: &secret, Whole: &flow.Connection{Email: "e", BaseURL: "u", Token: secret}}
				for range 2 { // What worked is remembered.
					if _, err := client.UpdateIntegration(t.Context(), 12, change); err != nil {
						t.Fatal(err)
					}
				}
				var sent []string
				for i, request := range server.requests {
					if request == "PATCH integrations/12/" {
						sent = append(sent, server.bodies[i])
					}
				}
				if diff := cmp.Diff(test.bodies, sent); diff != "" {
					t.Errorf("bodies (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestAConnectionIsNotAddedToAnotherChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := refusing("authData", "This field is required.", func(map[string]any) bool { return false })
		name := "Renamed"
		_, err := start(t, server).UpdateIntegration(t.Context(), 12, flow.IntegrationChange{Name: &name})
		if _, demanded := errors.AsType[*flow.ConnectionDemandedError](err); !demanded {
			t.Errorf("error %v", err)
		}
		if sent := server.count("PATCH integrations/12/"); sent != 1 {
			t.Errorf("it was sent %d times", sent)
		}
	})
}

func TestACreationIsSentInTheFormThatTheWorkspaceTakes(t *testing.T) {
	for name, test := range map[string]struct {
		field   string
		accepts func(map[string]any) bool
		sends   int
		fails   bool
	}{
		"without webhooks":    {"webhooks_enabled", func(body map[string]any) bool { _, given := body["webhooks_enabled"]; return !given }, 2, false},
		"with another vendor": {"vendor", func(body map[string]any) bool { return body["vendor"] == "vsts" }, 2, false},
		"with no vendor":      {"vendor", func(map[string]any) bool { return false }, 5, true},
		"with another name":   {"name", func(map[string]any) bool { return false }, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := refusing(test.field, "No.", func(body map[string]any) bool { return body["auth_type"] == nil || test.accepts(body) })
				server.integrations = nil
				_, err := start(t, server).CreateIntegration(t.Context(), wanted)
				if (err != nil) != test.fails {
					t.Errorf("error %v", err)
				}
				if sent := server.count(creation); sent != test.sends {
					t.Errorf("it was sent %d times, want %d", sent, test.sends)
				}
				if _, refused := errors.AsType[*flow.VendorRefusedError](err); refused != (name == "with no vendor") {
					t.Errorf("error %v", err)
				}
			})
		})
	}
}

func TestAnIntegrationOfAzureDevOpsIsRecognized(t *testing.T) {
	for _, test := range []struct {
		vendor, address, configured string
		want                        bool
	}{
		{"azure_devops", "", "", true},
		{"Azure DevOps", "", "", true},
		{"VSTS", "", "", true},
		{"azure-devops-services", "", "", true},
		{"azure_devops_server", "", "", false},
		{"azure_devops_server", "https://dev.azure.com/contoso", "", false},
		{"tfs", "https://contoso.visualstudio.com", "", false},
		{"git", "https://dev.azure.com/contoso", "", false},
		{"boards", "https://dev.azure.com/contoso", "", true},
		{"boards", "https://Contoso.VisualStudio.com/", "", true},
		{"boards", "https://dev.azure.com.example.com/contoso", "", false},
		{"boards", "", "", false},
		{"boards", "", "Boards", true},
		{"", "https://dev.azure.com/contoso", "", false},
	} {
		synctest.Test(t, func(t *testing.T) {
			one := described(12, "Main")
			one["vendor_type"], one["url"] = test.vendor, test.address
			client := flow.New(flow.Options{
				BaseURL: &url.URL{Scheme: "http", Host: "flow.test", Path: api}, APIKey: apiKey, AzureDevOpsVendor: test.configured,
				HTTP: httpclient.Options{Transport: httpclienttest.Serve(t, &workspace{integrations: []map[string]any{one}})},
			})
			all, err := client.Integrations(t.Context())
			if err != nil || all[0].AzureDevOps != test.want {
				t.Errorf("%+v: %t, error %v", test, all[0].AzureDevOps, err)
			}
		})
	}
}

func TestAListOfAllIntegrationsIsNotTakenForThatOfOne(t *testing.T) {
	rowsOf := func(query url.Values, filters bool, integration any) map[string]any {
		results := []any{}
		for id := range 3 {
			if owner := 12 + id%2; !filters || query.Get("integration") == fmt.Sprint(owner) {
				row := map[string]any{"id": id + 1, "name": fmt.Sprint("r", id), "owner_name": "P"}
				if integration != nil {
					row["integration_id"] = owner
				}
				results = append(results, row)
			}
		}
		return map[string]any{"count": len(results), "next": nil, "results": results}
	}
	for name, test := range map[string]struct {
		filters     bool
		integration any
		rows        int
		want        error
	}{
		"filtered":                  {true, nil, 2, nil},
		"filtered, and said":        {true, "said", 2, nil},
		"not filtered, but said":    {false, "said", 2, nil},
		"neither filtered nor said": {false, nil, 0, flow.ErrFilterIgnored},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &workspace{integrations: []map[string]any{described(12, "Main"), described(13, "Other")}}
				server.fault = func(w http.ResponseWriter, r *http.Request, _ func()) bool {
					if r.URL.Path != api+"available_repos/" {
						return false
					}
					send(w, http.StatusOK, rowsOf(r.URL.Query(), test.filters, test.integration))
					return true
				}
				rows, err := start(t, server).Repos().Available(t.Context(), 12)
				if len(rows) != test.rows || !errors.Is(err, test.want) {
					t.Errorf("%d rows, error %v; want %d and %v", len(rows), err, test.rows, test.want)
				}
			})
		})
	}
}

func TestTheConnectionStatusIsReadInAnyShape(t *testing.T) {
	for raw, want := range map[string]struct {
		status, detail string
		failed         bool
	}{
		`{"status":"healthy","detail":"All well.","checked_at":"a"}`:     {"healthy", "All well.", false},
		`{"status":{"id":3,"name":"Failed repo"}}`:                       {"Failed repo", "", true},
		`{"repo":"healthy","ticket":{"status":"failed_ticket_project"}}`: {"repo: healthy, ticket: failed_ticket_project", "", true},
		`"Healthy"`:       {"Healthy", "", false},
		`["a"]`:           {`["a"]`, "", false},
		`{}`:              {"", "", false},
		`null`:            {"", "", false},
		`{"status":null}`: {"status: ", "", false},
	} {
		var got flow.ConnectionStatus
		if err := json.Unmarshal([]byte(raw), &got); err != nil || got.Status != want.status || got.Detail != want.detail || got.Failed() != want.failed {
			t.Errorf("%s is %+v (failed: %t), error %v", raw, got, got.Failed(), err)
		}
	}
}

func TestWhatFlowSaysOfItsCallsIsAskedOnceAndIsNoProof(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		allow  string
		lacks  bool
	}{
		"offered":             {200, "POST, OPTIONS", false},
		"not offered":         {200, "OPTIONS", true},
		"no OPTIONS either":   {405, "GET", true},
		"no header":           {200, "", false},
		"no right to ask":     {403, "", false},
		"fault of the server": {500, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := always(func(w http.ResponseWriter, _ *http.Request) {
					if test.allow != "" {
						w.Header().Set("Allow", test.allow)
					}
					send(w, test.status, map[string]any{})
				})
				client := start(t, server)
				for range 2 {
					if got := client.LacksCreation(t.Context()); got != test.lacks {
						t.Errorf("lacks it: %t", got)
					}
				}
				if test.status < 500 && server.count("OPTIONS integrations/create_with_vendor/") != 1 {
					t.Errorf("requests %v", server.seen())
				}
			})
		})
	}
}
