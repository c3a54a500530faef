package azuredevops_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

const testToken = "t0psecret-token-value-of-this-test"

const subject = "aad.ZDYyNDVmMjAtMmFmOC03NGY0LTk0NTEtODEwN2NiMjc2N2Ri"

// answering starts a server that gives every request the same answer, and a client for it.
func answering(t *testing.T, handler http.HandlerFunc) *azuredevops.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return azuredevops.New(azuredevops.Options{
		Organization: "contoso",
		Token:        testToken,
		Endpoint:     server.URL + "/",
		HTTP:         httpclient.Options{UserAgent: "provider/1.2"},
	})
}

func sendJSON(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8; api-version=7.1")
		_, _ = io.WriteString(w, body)
	}
}

func TestEachCallAsksTheRightHostInTheRightVersion(t *testing.T) {
	list := `{"count":0,"value":[]}`
	evaluations := `{"evaluations":[
		{"securityNamespaceId":"3E65F728-f8bc-4ecd-8764-7e378b19bfa7","token":"NAMESPACE:","permissions":1,"value":true},
		{"securityNamespaceId":"3e65f728-f8bc-4ecd-8764-7e378b19bfa7","token":"NAMESPACE:","permissions":2,"value":false},
		{"securityNamespaceId":"cb594ebe-87dd-4fc9-ac2c-6a10a4c92046","token":"PublisherSecurity","permissions":3,"value":true}]}`
	identities := `{"count":1,"value":[{"id":"81fa","descriptor":"Microsoft.IdentityModel.Claims.ClaimsIdentity;7a39\\svc@contoso.com",
		"subjectDescriptor":"aad.X","providerDisplayName":"Flow Service","properties":{
		"Account":{"$type":"System.String","$value":"svc@contoso.com"},"Mail":{"$type":"System.String","$value":"Svc@contoso.com"},
		"ComplianceValidated":{"$type":"System.DateTime","$value":"2026-01-01T00:00:00"},"Count":{"$type":"System.Int32","$value":3}}}]}`
	tests := map[string]struct {
		call   func(context.Context, *azuredevops.Client) (any, error)
		answer string
		header http.Header
		method string
		uri    string
		want   any
	}{
		"connection data": {
			call: func(ctx context.Context, c *azuredevops.Client) (any, error) { return c.ConnectionData(ctx) },
			answer: `{"authenticatedUser":{"id":"d6245f20","descriptor":"Microsoft.IdentityModel.Claims.ClaimsIdentity;45aa\\svc@contoso.com",
				"subjectDescriptor":"aad.X","providerDisplayName":"Flow Service","properties":{}},"instanceId":"10fe"}`,
			uri: "/dev.azure.com/contoso/_apis/connectionData?api-version=7.1-preview",
			want: azuredevops.ConnectionData{AuthenticatedUser: azuredevops.Identity{
				ID: "d6245f20", Descriptor: `Microsoft.IdentityModel.Claims.ClaimsIdentity;45aa\svc@contoso.com`,
				SubjectDescriptor: "aad.X", DisplayName: "Flow Service", Account: "svc@contoso.com",
			}},
		},
		"permissions": {
			call:   func(ctx context.Context, c *azuredevops.Client) (any, error) { return c.EvaluatePermissions(ctx) },
			answer: evaluations, method: http.MethodPost,
			uri:  "/dev.azure.com/contoso/_apis/security/permissionevaluationbatch?api-version=7.1",
			want: azuredevops.Permissions{ViewInstance: true, EditHooks: true},
		},
		"profile": {
			call:   func(ctx context.Context, c *azuredevops.Client) (any, error) { return c.Profile(ctx) },
			answer: "\xef\xbb\xbf" + `{"displayName":"Flow Service","emailAddress":"Svc@contoso.com"}`,
			uri:    "/vssps.dev.azure.com/contoso/_apis/profile/profiles/me?api-version=7.1",
			want:   azuredevops.Profile{EmailAddress: "Svc@contoso.com"},
		},
		"graph user": {
			call:   func(ctx context.Context, c *azuredevops.Client) (any, error) { return c.GraphUser(ctx, subject) },
			answer: `{"principalName":"svc@contoso.com","mailAddress":null}`,
			uri:    "/vssps.dev.azure.com/contoso/_apis/graph/users/" + subject + "?api-version=7.1-preview.1",
			want:   azuredevops.GraphUser{PrincipalName: "svc@contoso.com"},
		},
		"identity": {
			call:   func(ctx context.Context, c *azuredevops.Client) (any, error) { return c.Identity(ctx, subject) },
			answer: identities,
			uri:    "/vssps.dev.azure.com/contoso/_apis/identities?api-version=7.1&queryMembership=None&subjectDescriptors=" + subject,
			want: azuredevops.Identity{
				ID: "81fa", Descriptor: `Microsoft.IdentityModel.Claims.ClaimsIdentity;7a39\svc@contoso.com`, SubjectDescriptor: "aad.X",
				DisplayName: "Flow Service", Account: "svc@contoso.com", Mail: "Svc@contoso.com",
			},
		},
		"identity of nobody": {
			call:   func(ctx context.Context, c *azuredevops.Client) (any, error) { return c.Identity(ctx, subject) },
			answer: `{"count":1,"value":[null]}`,
			uri:    "/vssps.dev.azure.com/contoso/_apis/identities?api-version=7.1&queryMembership=None&subjectDescriptors=" + subject,
			want:   azuredevops.Identity{},
		},
		"projects": {
			call:   func(ctx context.Context, c *azuredevops.Client) (any, error) { return c.Projects(ctx) },
			answer: `{"count":1,"value":[{"id":"6ce9","name":"Payments","state":"wellFormed"}]}`,
			uri:    "/dev.azure.com/contoso/_apis/projects?%24top=1000&api-version=7.1",
			want:   azuredevops.ProjectList{Projects: []azuredevops.Project{{ID: "6ce9", Name: "Payments"}}, Complete: true},
		},
		"projects, cut": {
			call:   func(ctx context.Context, c *azuredevops.Client) (any, error) { return c.Projects(ctx) },
			answer: `{"count":1,"value":[{"id":"6ce9","name":"Payments"}]}`,
			header: http.Header{"x-ms-continuationtoken": {"1"}},
			uri:    "/dev.azure.com/contoso/_apis/projects?%24top=1000&api-version=7.1",
			want:   azuredevops.ProjectList{Projects: []azuredevops.Project{{ID: "6ce9", Name: "Payments"}}},
		},
		"repository counts": {
			call:   func(ctx context.Context, c *azuredevops.Client) (any, error) { return c.RepositoryCounts(ctx) },
			answer: `{"count":3,"value":[{"name":"api","project":{"id":"AB"}},{"name":"web","project":{"id":"ab"}},{"name":"docs","project":{"id":"cd"}}]}`,
			uri:    "/dev.azure.com/contoso/_apis/git/repositories?api-version=7.1",
			want:   map[string]int{"ab": 2, "cd": 1},
		},
		"teams": {
			call:   func(ctx context.Context, c *azuredevops.Client) (any, error) { return nil, c.ProbeTeams(ctx) },
			answer: list, uri: "/dev.azure.com/contoso/_apis/teams?%24top=1&api-version=7.1-preview.3",
		},
		"processes": {
			call:   func(ctx context.Context, c *azuredevops.Client) (any, error) { return nil, c.ProbeProcesses(ctx) },
			answer: list, uri: "/dev.azure.com/contoso/_apis/work/processes?api-version=7.1",
		},
		"builds": {
			call:   func(ctx context.Context, c *azuredevops.Client) (any, error) { return nil, c.ProbeBuilds(ctx) },
			answer: `{}`, uri: "/dev.azure.com/contoso/_apis/build/resourceusage?api-version=7.1-preview.2",
		},
		"builds of a project": {
			call: func(ctx context.Context, c *azuredevops.Client) (any, error) {
				return nil, c.ProbeProjectBuilds(ctx, "6c/e9")
			},
			answer: list, uri: "/dev.azure.com/contoso/6c%2Fe9/_apis/build/definitions?%24top=1&api-version=7.1",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var seen *http.Request
			client := answering(t, func(w http.ResponseWriter, r *http.Request) {
				seen = r
				for name, values := range test.header {
					w.Header()[http.CanonicalHeaderKey(name)] = values
				}
				sendJSON(test.answer)(w, r)
			})
			got, err := test.call(t.Context(), client)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			method := test.method
			if method == "" {
				method = http.MethodGet
			}
			if seen.Method != method || seen.RequestURI != test.uri {
				t.Errorf("request was %s %s, want %s %s", seen.Method, seen.RequestURI, method, test.uri)
			}
			want := map[string]string{
				"Authorization":         "Basic " + base64.StdEncoding.EncodeToString([]byte(":"+testToken)),
				"X-TFS-FedAuthRedirect": "Suppress",
				"Accept":                "application/json",
				"User-Agent":            "provider/1.2",
			}
			for name, value := range want {
				if got := seen.Header.Get(name); got != value {
					t.Errorf("header %s is %q, want %q", name, got, value)
				}
			}
		})
	}
}

func TestPermissionsAreAskedForWithoutTheAdministratorsBypass(t *testing.T) {
	var body map[string]any
	client := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		sendJSON(`{"evaluations":[]}`)(w, r)
	})
	if _, err := client.EvaluatePermissions(t.Context()); err == nil || !strings.Contains(err.Error(), "lacks permission 1") {
		t.Errorf("an answer without evaluations gave error %v", err)
	}
	collection, hooks := "3e65f728-f8bc-4ecd-8764-7e378b19bfa7", "cb594ebe-87dd-4fc9-ac2c-6a10a4c92046"
	want := map[string]any{
		"alwaysAllowAdministrators": false,
		"evaluations": []any{
			map[string]any{"securityNamespaceId": collection, "token": "NAMESPACE:", "permissions": 1.0},
			map[string]any{"securityNamespaceId": collection, "token": "NAMESPACE:", "permissions": 2.0},
			map[string]any{"securityNamespaceId": hooks, "token": "PublisherSecurity", "permissions": 3.0},
		},
	}
	if diff := cmp.Diff(want, body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

func TestPermissionsAreAskedForAgainAfterABreakdown(t *testing.T) {
	asked := 0
	client := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if asked++; asked == 1 {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		sendJSON(`{"evaluations":[]}`)(w, r)
	})
	// The evaluation only reads, although it is a POST.
	_, _ = client.EvaluatePermissions(t.Context())
	if asked != 2 {
		t.Errorf("asked %d times, want twice", asked)
	}
}

func TestA401ThatIsThrottlingIsAskedAgain(t *testing.T) {
	for _, header := range []string{"Retry-After", "X-RateLimit-Resource"} {
		asked := 0
		client := answering(t, func(w http.ResponseWriter, r *http.Request) {
			if asked++; asked == 1 {
				w.Header().Set(header, "1")
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			sendJSON(`{"value":[]}`)(w, r)
		})
		if err := client.ProbeTeams(t.Context()); err != nil || asked != 2 {
			t.Errorf("%s: asked %d times, error %v", header, asked, err)
		}
	}
}

func TestAListThatIsHalfReadIsNoShortList(t *testing.T) {
	half := func(w http.ResponseWriter) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, `{"count":2,"value":[{"project":{"id":"ab"}},`)
	}
	for name, second := range map[string]http.HandlerFunc{
		"then empty":  sendJSON(""),
		"then a page": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
		"then fewer":  sendJSON(`{"count":2,"value":[{"project":{"id":"ab"}}]}`),
	} {
		asked := 0
		client := answering(t, func(w http.ResponseWriter, r *http.Request) {
			if asked++; asked == 1 {
				half(w)
				return
			}
			second(w, r)
		})
		if counts, err := client.RepositoryCounts(t.Context()); err == nil || counts != nil || asked != 2 {
			t.Errorf("%s: counts %v after %d requests, error %v", name, counts, asked, err)
		}
	}
}

func TestAFullPageOfProjectsMayNotBeAllOfThem(t *testing.T) {
	project := `{"id":"6ce9","name":"Payments"}`
	for count, complete := range map[int]bool{999: true, 1000: false} {
		list, err := answering(t, sendJSON(`{"value":[`+project+strings.Repeat(","+project, count-1)+`]}`)).Projects(t.Context())
		if err != nil || len(list.Projects) != count || list.Complete != complete {
			t.Errorf("%d projects: %d listed, complete %v, error %v", count, len(list.Projects), list.Complete, err)
		}
	}
}

func TestTheCallersHeaderIsLeftAlone(t *testing.T) {
	header := http.Header{"X-Other": {"1"}}
	azuredevops.New(azuredevops.Options{Organization: "contoso", Token: testToken, HTTP: httpclient.Options{Header: header}})
	if diff := cmp.Diff(http.Header{"X-Other": {"1"}}, header); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
}

func TestWithoutAnEndpointTheHostsOfAzureDevOpsAreAsked(t *testing.T) {
	client := azuredevops.New(azuredevops.Options{Organization: "contoso", Token: testToken})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for want, call := range map[string]func(context.Context) error{
		"https://dev.azure.com/contoso/_apis/teams": client.ProbeTeams,
		"https://vssps.dev.azure.com/contoso/_apis/profile/profiles/me": func(ctx context.Context) error {
			_, err := client.Profile(ctx)
			return err
		},
	} {
		var failed *httpclient.Error
		if err := call(ctx); !errors.As(err, &failed) || failed.URL != want {
			t.Errorf("the error is %v, want one about %s", err, want)
		}
	}
}

func TestTheTokenIsNeverPrinted(t *testing.T) {
	// A proxy that repeats the request it received, in each of the places that a message is taken from.
	client := answering(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-TFS-ServiceError", testToken+r.Header.Get("Authorization"))
		w.Header().Set("ActivityId", testToken[3:20]+" "+base64.StdEncoding.EncodeToString([]byte("me:"+testToken)))
		if strings.Contains(r.URL.Path, "teams") {
			w.Header().Set("Content-Type", "text/plain")
		}
		w.WriteHeader(http.StatusForbidden)
		_, _ = fmt.Fprintf(w, `{"message":"%s %s"}`, testToken, r.Header.Get("Authorization"))
	})
	options := azuredevops.Options{
		Organization: "contoso", Token: testToken,
		HTTP: httpclient.Options{Header: http.Header{"X-Secret": {testToken}}},
	}
	var log bytes.Buffer
	for _, logger := range []*slog.Logger{
		slog.New(slog.NewTextHandler(&log, nil)), slog.New(slog.NewJSONHandler(&log, nil)),
	} {
		logger.Info("made", "client", client, "options", options, "both", []any{client, options})
	}
	printed := []string{log.String()}
	for _, value := range []any{client, *client, options, &options, []any{client, options}, map[string]any{"o": options}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
			printed = append(printed, fmt.Sprintf(verb, value))
		}
		encoded, _ := json.Marshal(value)
		printed = append(printed, string(encoded))
	}
	for _, err := range []error{client.ProbeTeams(t.Context()), client.ProbeProcesses(t.Context())} {
		printed = append(printed, err.Error())
		if failed, ok := errors.AsType[*httpclient.Error](err); ok {
			printed = append(printed, failed.Message, failed.RequestID, fmt.Sprint(failed.Header))
		}
	}
	secrets := []string{testToken, testToken[3:20], base64.StdEncoding.EncodeToString([]byte("me:" + testToken))[8:28], base64.StdEncoding.EncodeToString([]byte(":" + testToken)), fmt.Sprintf("%x", testToken)}
	for _, text := range printed {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("the token is in %q", text)
			}
		}
	}
}

func TestTheFingerprintTellsCredentialsApart(t *testing.T) {
	fingerprint := func(organization, token, endpoint string) string {
		return azuredevops.New(azuredevops.Options{Organization: organization, Token: token, Endpoint: endpoint}).Fingerprint()
	}
	base := fingerprint("contoso", "abc", "")
	if fingerprint("Contoso", "abc", "") != base {
		t.Error("the case of the organization changes the fingerprint")
	}
	if strings.Contains(base, "abc") {
		t.Error("the fingerprint holds the token")
	}
	for _, other := range []string{
		fingerprint("contoso", "abd", ""), fingerprint("contos", "oabc", ""), fingerprint("contoso", "ABC", ""),
		fingerprint("contoso", "abc", "http://127.0.0.1:1"),
	} {
		if other == base {
			t.Error("another credential has the same fingerprint")
		}
	}
}
