package flow

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestIntegrationsAreReadInEveryFormThatTheDocumentationLeavesOpen(t *testing.T) {
	all, hooks := Services{Repos: true, PullRequests: true, Tickets: true}, Services{Webhooks: true}
	everything := Services{Repos: true, PullRequests: true, Tickets: true, Webhooks: true}
	tests := map[string]struct {
		json string
		want Integration
	}{
		"as on the vendor's page": {
			`{"id":12,"name":"Main","org":3,"vendor_type":"azure_devops","auth_type":"access_token","webhooks_enabled":true,
			"enabled_source_types":["Repo","PRs","Tickets"],"source_type_names":["Repo"],"created_at":"2024-10-08T17:49:34.204286",
			"created_by":"Jo","updated_by":4,"username":"Svc-Flow@contoso.com","vendor_meta":{},"has_repos":true,"excluded_project_owners":[],
			"url":"https://dev.azure.com/contoso","agent_enabled":false}`,
			Integration{
				ID: 12, Name: "Main", VendorType: "azure_devops", AuthMethod: "access_token", BaseURL: "https://dev.azure.com/contoso",
				Email: "Svc-Flow@contoso.com", CreatedAt: "2024-10-08T17:49:34.204286", CreatedBy: "Jo",
				Services: Services{Repos: true, PullRequests: true, Tickets: true, Webhooks: true}, Discovered: true,
			},
		},
		"id as double":            {`{"id":12.0}`, Integration{ID: 12, Untold: everything}},
		"id as text":              {`{"id":"12"}`, Integration{ID: 12, Untold: everything}},
		"id as double in text":    {`{"id":"12.0"}`, Integration{ID: 12, Untold: everything}},
		"id beyond 53 bits":       {`{"id":9007199254740993}`, Integration{ID: 9007199254740993, Untold: everything}},
		"nulls":                   {`{"id":12,"name":null,"auth_type":null,"url":null,"username":null,"webhooks_enabled":null,"enabled_source_types":null,"created_by":null}`, Integration{ID: 12, Untold: everything}},
		"creator as id":           {`{"id":12,"created_by":44}`, Integration{ID: 12, CreatedBy: "44", Untold: everything}},
		"words of writes":         {`{"id":12,"enabled_source_types":["repo","pull_request","ticket"]}`, Integration{ID: 12, Services: all, Untold: hooks}},
		"display words":           {`{"id":12,"enabled_source_types":["Repos","Pull Requests","Tickets"]}`, Integration{ID: 12, Services: all, Untold: hooks}},
		"any case":                {`{"id":12,"enabled_source_types":["REPO","prs","tIcKeT"]}`, Integration{ID: 12, Services: all, Untold: hooks}},
		"one text":                {`{"id":12,"enabled_source_types":"Repo, PRs ,Tickets"}`, Integration{ID: 12, Services: all, Untold: hooks}},
		"list of one text":        {`{"id":12,"enabled_source_types":["repo,ticket"]}`, Integration{ID: 12, Services: Services{Repos: true, Tickets: true}, Untold: hooks}},
		"one word":                {`{"id":12,"enabled_source_types":"pull_request"}`, Integration{ID: 12, Services: Services{PullRequests: true}, Untold: hooks}},
		"empty list":              {`{"id":12,"enabled_source_types":[]}`, Integration{ID: 12, Untold: hooks}},
		"empty text":              {`{"id":12,"enabled_source_types":""}`, Integration{ID: 12, Untold: hooks}},
		"words that mean nothing": {`{"id":12,"enabled_source_types":["commits","repositor",null]}`, Integration{ID: 12, UnknownWords: []string{"commits", "repositor"}, Untold: everything}},
		"one word unknown":        {`{"id":12,"enabled_source_types":["repo","wiki"],"webhooks_enabled":false}`, Integration{ID: 12, UnknownWords: []string{"wiki"}, Services: Services{Repos: true}, Untold: Services{PullRequests: true, Tickets: true}}},
		"numbers":                 {`{"id":12,"enabled_source_types":[1,2]}`, Integration{ID: 12, UnknownWords: []string{"1", "2"}, Untold: everything}},
		"an object":               {`{"id":12,"enabled_source_types":{"repo":true}}`, Integration{ID: 12, UnknownWords: []string{`{"repo":true}`}, Untold: everything}},
		"objects with a name":     {`{"id":12,"enabled_source_types":[{"id":1,"name":"Repo"},{"name":"PRs"},{"name":"Tickets"}]}`, Integration{ID: 12, Services: all, Untold: hooks}},
		"missing":                 {`{"id":12}`, Integration{ID: 12, Untold: everything}},
		"webhooks as text":        {`{"id":12,"enabled_source_types":[],"webhooks_enabled":"True"}`, Integration{ID: 12, Services: Services{Webhooks: true}}},
		"webhooks as an object":   {`{"id":12,"enabled_source_types":[],"webhooks_enabled":{"repo":true}}`, Integration{ID: 12, Untold: hooks}},
		"everything of no shape":  {`{"id":12,"name":7,"vendor_type":{"name":"vsts"},"auth_type":["oauth"],"url":{"a":1},"has_repos":"yes"}`, Integration{ID: 12, Name: "7", VendorType: "vsts", AuthMethod: `["oauth"]`, BaseURL: `{"a":1}`, Untold: everything}},
		"address of consent":      {`{"id":12,"authorization_url":"https://login.test/"}`, Integration{ID: 12, AuthorizationURL: "https://login.test/", Untold: everything}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := Integration{Name: "from before", Services: Services{Webhooks: true}}
			if err := json.Unmarshal([]byte(test.json), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestIntegrationsThatCannotBeReadAreErrors(t *testing.T) {
	for raw, want := range map[string]string{
		`{"id":"twelve"}`: `"twelve" is not an id`,
		`{"id":12.5}`:     `12.5 is not an id`,
		`{"id":null}`:     `null is not an id`,
		`{"id":{}}`:       `{} is not an id`,
	} {
		var got Integration
		if err := json.Unmarshal([]byte(raw), &got); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gave error %v, want %s", raw, err, want)
		}
	}
}

func FuzzIntegration(f *testing.F) {
	for _, seed := range []string{
		`{}`, `null`, `[]`, `{"id":12.0,"enabled_source_types":"Repo,PRs"}`, `{"id":"12","webhooks_enabled":true,"enabled_source_types":["repo"]}`,
		`{"id":1e3}`, `{"created_by":{"a":[1]}}`, `{"name":"\ud800"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var got, again Integration
		if json.Unmarshal(raw, &got) != nil {
			return
		}
		// What was read is what is read again from Flow's own form of it.
		words := append(got.Services.words(), got.UnknownWords...)
		if got.Untold.Repos && got.UnknownWords == nil {
			words = nil
		}
		encoded, err := json.Marshal(map[string]any{
			"id": got.ID, "name": got.Name, "vendor_type": got.VendorType, "auth_type": got.AuthMethod, "url": got.BaseURL,
			"username": got.Email, "webhooks_enabled": told(got.Services.Webhooks, got.Untold.Webhooks), "enabled_source_types": words,
			"created_at": got.CreatedAt, "created_by": got.CreatedBy, "authorization_url": got.AuthorizationURL,
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(encoded, &again); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, again); diff != "" {
			t.Errorf("%s was read in two ways:\n%s", raw, diff)
		}
	})
}

// told is a flag as Flow writes it; null if it does not tell.
func told(on, untold bool) any {
	if untold {
		return nil
	}
	return on
}

func FuzzNumber(f *testing.F) {
	for _, seed := range []string{`12`, `"12"`, `12.0`, `"12.0"`, `.0`, `1e3`, `-0`, `""`, `"`, `null`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var value number
		if value.UnmarshalJSON([]byte(raw)) != nil {
			return
		}
		var again number
		if err := again.UnmarshalJSON([]byte(formatID(int64(value)))); err != nil || again != value {
			t.Errorf("%q was read as %d, and that as %d (%v)", raw, value, again, err)
		}
	})
}

func FuzzWords(f *testing.F) {
	for _, seed := range []string{`null`, `""`, `"a,b"`, `["a","b,c",null]`, `[1]`, `{}`, `" , "`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var got words
		if got.UnmarshalJSON(raw) != nil {
			return
		}
		for _, word := range got.list {
			if word == "" || strings.TrimSpace(word) != word || strings.Contains(word, ",") {
				t.Errorf("%q holds the word %q", raw, word)
			}
		}
		joined, err := json.Marshal(strings.Join(got.list, ","))
		if err != nil {
			t.Fatal(err)
		}
		var again words
		if err := again.UnmarshalJSON(joined); err != nil || !slices.Equal(got.list, again.list) {
			t.Errorf("%q is %q, and joined %q (%v)", raw, got.list, again.list, err)
		}
	})
}

func TestErrorAnswersAreReadInAllShapesOfDjangoRESTFramework(t *testing.T) {
	for body, want := range map[string]string{
		`{"detail":"Invalid token."}`:                                     "Invalid token.",
		`{"detail":"Method \"POST\" not allowed."}`:                       `Method "POST" not allowed.`,
		`{"non_field_errors":["Authorization denied"]}`:                   "Authorization denied",
		`{"name":["This field is required.","Too short."],"url":["No."]}`: "name: This field is required. name: Too short. url: No.",
		`{"name":"Taken.","detail":"Bad."}`:                               "Bad. name: Taken.",
		`{"authData":{"token":["Authorization denied"]}}`:                 "authData.token: Authorization denied",
		`{"authData":{"non_field_errors":["No."]}}`:                       "authData: No.",
		`{"errors":[{"detail":"One."},{"detail":"Two."}]}`:                "errors: One. errors: Two.",
		`["One.","Two."]`: "One. Two.",
		`"One."`:          "One.",
		`{"detail":null}`: "",
		`{"code":5}`:      "",
		`{}`:              "",
		`null`:            "",
		``:                "",
		`<html>`:          "",
		`{"detail":"cut`:  "",
		`{"name":[""]}`:   "",
	} {
		if got := errorSentence([]byte(body)); got != want {
			t.Errorf("%s gave %q, want %q", body, got, want)
		}
	}
}

func FuzzErrorSentence(f *testing.F) {
	for _, seed := range []string{`{"detail":"No."}`, `{"a":[{"b":["c"]}]}`, `[[["x"]]]`, `{"":{"":"x"}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		if sentence := errorSentence(body); sentence != "" && !json.Valid(body) {
			t.Errorf("%q is no JSON and says %q", body, sentence)
		}
	})
}
