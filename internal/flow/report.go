package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// Result is how what was seen of a workspace compares with an assumption.
type Result string

// The results of an observation.
const (
	// Holds means that the workspace does what is assumed.
	Holds Result = "holds"
	// Differs means that it does something else.
	Differs Result = "differs"
	// Unseen means that reads do not show it, or that there is nothing to see it on.
	Unseen Result = "cannot be seen"
)

// Observation compares a workspace with one assumption.
type Observation struct {
	Assumption string
	Result     Result
	// Seen is what was seen: types, words of the API and counts of fields, no value that tells whose workspace it is.
	Seen string
}

// Report compares the workspace with each assumption of this package, as far as reads show. It sends no write.
func (c *Client) Report(ctx context.Context) []Observation {
	r := reporter{client: c, ctx: ctx}
	r.look()
	report := make([]Observation, len(assumptions))
	for i, one := range assumptions {
		result, seen := one.check(&r)
		report[i] = Observation{one.text, result, seen}
	}
	return report
}

// assumptions are what Report looks at, in its order.
var assumptions = []struct {
	text  string
	check func(*reporter) (Result, string)
}{
	{"Lists have a count, and pages that follow each other", (*reporter).paging},
	{"A page holds as many rows, and only the fields, that were asked for", (*reporter).pageSize},
	{`vendor_type of Azure DevOps is "azure_devops"`, (*reporter).vendor},
	{"enabled_source_types is a list of the words repo, pull_request and ticket", (*reporter).words},
	{"webhooks_enabled is true or false", (*reporter).webhooks},
	{"connection_status is an object with a status", (*reporter).connection},
	{"Integrations can be created by POST", func(r *reporter) (Result, string) { return r.offers(http.MethodPost, createPath...) }},
	{"A creation takes webhooks_enabled", (*reporter).creationFields},
	{"An integration can be changed by PATCH", func(r *reporter) (Result, string) { return r.offersOnIntegration(http.MethodPatch) }},
	{"An integration can be deleted by DELETE", func(r *reporter) (Result, string) { return r.offersOnIntegration(http.MethodDelete) }},
	{"A creation takes auth_type oauth", (*reporter).oauth},
	{"A PATCH changes services and webhooks", unseen},
	{"A PATCH needs authData only for the connection, as an object with what changes", unseen},
	{"Repositories can be imported by POST", func(r *reporter) (Result, string) { return r.offers(http.MethodPost, "repos", "import_repo") }},
	{"Ticket projects can be imported by POST", func(r *reporter) (Result, string) {
		return r.offers(http.MethodPost, "ticket_projects", "import_project")
	}},
	{"Repositories are ordered by project_id", (*reporter).order},
	{"available_repos is filtered by integration", func(r *reporter) (Result, string) { return r.filter("available_repos") }},
	{"ticket_projects is filtered by integration, or tells the integration of each", func(r *reporter) (Result, string) { return r.filter("ticket_projects") }},
	{"The list of an integration that does not exist is empty", (*reporter).unknownIntegration},
	{"An imported row of available_repos tells the id of the repository", (*reporter).importedID},
	{"Repositories tell their status in progress_status", func(r *reporter) (Result, string) { return r.progress("repos") }},
	{"Ticket projects tell their status in progress_status", func(r *reporter) (Result, string) { return r.progress("ticket_projects") }},
	{"A row is imported as soon as its import is answered", unseen},
	{"An OAuth integration is created before the consent, and has an address for it", unseen},
	{"Answers carry X-Request-Id", (*reporter).requestID},
}

func unseen(*reporter) (Result, string) { return Unseen, "only a write shows it" }

// reporter reads what the observations are made on.
type reporter struct {
	client       *Client
	ctx          context.Context //nolint:containedctx // It lives as long as one call of Report.
	integrations []map[string]json.RawMessage
	header       http.Header
	// own is an integration of Azure DevOps; nil if there is none.
	own map[string]json.RawMessage
	// unread is why the integrations could not be read; nil if they were.
	unread error
}

// rawPage is a page whose rows are not understood.
type rawPage struct {
	Count   *number                      `json:"count"`
	Results []map[string]json.RawMessage `json:"results"`
}

func (r *reporter) look() {
	page, header, err := r.list("integrations", url.Values{"ordering": {"id"}, "limit": {"1000"}})
	if err != nil {
		r.unread = err
		return
	}
	r.integrations, r.header = page.Results, header
	for _, row := range page.Results {
		encoded, err := json.Marshal(row)
		var read Integration
		if err == nil && json.Unmarshal(encoded, &read) == nil && r.client.isAzureDevOps(read) && r.own == nil {
			r.own = row
		}
	}
}

func (r *reporter) list(object string, query url.Values) (rawPage, http.Header, error) {
	var page rawPage
	response, err := r.client.http.JSON(r.ctx, httpclient.Request{
		Operation: "look at " + object, Method: http.MethodGet, URL: r.client.endpoint(object), Query: query,
	}, &page)
	if err != nil {
		return page, nil, err
	}
	return page, response.Header, nil
}

// id returns the id of the integration that is looked at, as text; "" if there is none.
func (r *reporter) id() string {
	var own id
	if raw, found := r.own["id"]; !found || own.UnmarshalJSON(raw) != nil || own == 0 {
		return ""
	}
	return formatID(int64(own))
}

// without says why there is no integration to look at.
func (r *reporter) without(reason string) (Result, string) {
	if r.unread != nil {
		return Unseen, "the list of integrations could not be read"
	}
	return Unseen, reason
}

const noIntegration = "there is no integration of Azure DevOps"

// failed says how a request ended, without the server's words. Only a refusal of the request itself shows something of the
// API: a Flow that is down, is rate limiting, or does not accept the key is no other Flow.
func failed(err error) (Result, string) {
	status := httpclient.StatusOf(err)
	switch {
	case status == 0:
		return Unseen, "Flow could not be asked"
	case status >= http.StatusInternalServerError, status == http.StatusTooManyRequests, status == http.StatusUnauthorized, status == http.StatusForbidden:
		return Unseen, fmt.Sprintf("Flow answered HTTP %d", status)
	}
	return Differs, fmt.Sprintf("HTTP %d", status)
}

func (r *reporter) paging() (Result, string) {
	first, _, err := r.list("available_repos", url.Values{"ordering": {"id"}, "page_size": {"1"}, "page": {"1"}})
	switch {
	case err != nil:
		return failed(err)
	case first.Count == nil:
		return Differs, "no count"
	case *first.Count < 2:
		return Unseen, "there are fewer than two rows"
	}
	second, _, err := r.list("available_repos", url.Values{"ordering": {"id"}, "page_size": {"1"}, "page": {"2"}})
	switch {
	case err != nil:
		return failed(err)
	case len(first.Results) > 0 && len(second.Results) > 0 && string(first.Results[0]["id"]) == string(second.Results[0]["id"]):
		return Differs, "the second page is the first"
	}
	return Holds, "a count, and two different pages"
}

func (r *reporter) pageSize() (Result, string) {
	page, _, err := r.list("available_repos", url.Values{"ordering": {"id"}, "fields": {"id"}, "page_size": {"1000"}, "page": {"1"}})
	switch {
	case err != nil:
		return failed(err)
	case len(page.Results) == 0:
		return Unseen, "there are no rows"
	case len(page.Results[0]) > 1:
		return Differs, fmt.Sprintf("%d fields instead of one", len(page.Results[0]))
	case page.Count != nil && len(page.Results) < min(int(*page.Count), pageSize):
		return Differs, fmt.Sprintf("%d rows a page", len(page.Results))
	}
	return Holds, "as asked for"
}

func (r *reporter) vendor() (Result, string) {
	if r.own == nil {
		return r.without(noIntegration)
	}
	var slug text
	_ = slug.UnmarshalJSON(r.own["vendor_type"])
	if slug == defaultVendor {
		return Holds, string(slug)
	}
	return Differs, fmt.Sprintf("%q", slug)
}

func (r *reporter) words() (Result, string) {
	if r.own == nil {
		return r.without(noIntegration)
	}
	raw, found := r.own["enabled_source_types"]
	if !found {
		return Differs, "no such field"
	}
	var list []string
	var read words
	_ = read.UnmarshalJSON(raw)
	seen := shape(raw) + ": " + strings.Join(read.list, ", ")
	isWord := func(word string) bool { return serviceWords[word] == word }
	if json.Unmarshal(raw, &list) == nil && list != nil && !slices.ContainsFunc(list, func(word string) bool { return !isWord(word) }) {
		return Holds, seen
	}
	return Differs, seen
}

func (r *reporter) webhooks() (Result, string) {
	if r.own == nil {
		return r.without(noIntegration)
	}
	return expect(r.own, "webhooks_enabled", "true or false")
}

// expect reports whether a field has a shape.
func expect(row map[string]json.RawMessage, field, want string) (Result, string) {
	raw, found := row[field]
	if !found {
		return Differs, "no such field"
	}
	if shape(raw) == want {
		return Holds, want
	}
	return Differs, shape(raw)
}

// shape says of what kind a value is.
func shape(raw json.RawMessage) string {
	var list []json.RawMessage
	var object map[string]json.RawMessage
	switch {
	case string(raw) == "null":
		return "null"
	case string(raw) == "true" || string(raw) == "false":
		return "true or false"
	case json.Unmarshal(raw, &list) == nil:
		if len(list) > 0 {
			return "a list of values, each " + shape(list[0])
		}
		return "an empty list"
	case json.Unmarshal(raw, &object) == nil:
		return "an object with " + strings.Join(knownFields(object), ", ")
	case len(raw) > 0 && raw[0] == '"':
		return "a text"
	}
	return "a number"
}

// knownFields returns the names of an object's fields. Those that are no word of the API are counted, since they may be
// names of a customer.
func knownFields(object map[string]json.RawMessage) []string {
	words := []string{"id", "name", "status", "detail", "checked_at", "updated_at", "processing_status", "progress_status", "last_fully_updated_at"}
	var known []string
	for _, field := range slices.Sorted(maps.Keys(object)) {
		if slices.Contains(words, field) || serviceWords[field] != "" {
			known = append(known, field)
		}
	}
	if others := len(object) - len(known); others > 0 {
		known = append(known, fmt.Sprintf("%d other fields", others))
	}
	return known
}

func (r *reporter) connection() (Result, string) {
	if r.id() == "" {
		return r.without(noIntegration)
	}
	var raw json.RawMessage
	_, err := r.client.http.JSON(r.ctx, httpclient.Request{
		Operation: "look at a connection status", Method: http.MethodGet, URL: r.client.endpoint("integrations", r.id(), "connection_status"),
	}, &raw)
	if err != nil {
		return failed(err)
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) == nil && object["status"] != nil {
		return Holds, shape(raw)
	}
	return Differs, shape(raw)
}

func (r *reporter) offers(method string, path ...string) (Result, string) {
	methods := r.client.route(r.ctx, path...).methods
	switch {
	case len(methods) == 0:
		return Unseen, "Flow does not say which methods it allows"
	case slices.Contains(methods, method):
		return Holds, strings.Join(methods, ", ")
	}
	return Differs, strings.Join(methods, ", ")
}

func (r *reporter) offersOnIntegration(method string) (Result, string) {
	if r.id() == "" {
		return r.without(noIntegration)
	}
	return r.offers(method, "integrations", r.id())
}

func (r *reporter) creationFields() (Result, string) {
	fields := r.client.route(r.ctx, createPath...).fields
	switch {
	case len(fields) == 0:
		return Unseen, "Flow does not describe the fields"
	case slices.Contains(fields, fieldWebhooks):
		return Holds, strings.Join(fields, ", ")
	}
	return Differs, strings.Join(fields, ", ")
}

func (r *reporter) oauth() (Result, string) {
	methods := r.client.route(r.ctx, createPath...).authMethods
	switch {
	case len(methods) == 0:
		return Unseen, "Flow does not describe auth_type"
	case slices.Contains(methods, AuthOAuth):
		return Holds, strings.Join(methods, ", ")
	}
	return Differs, strings.Join(methods, ", ")
}

func (r *reporter) order() (Result, string) {
	ends := map[string]string{}
	for _, order := range []string{"project_id", "-project_id"} {
		page, _, err := r.list("repos", url.Values{"ordering": {order}, "limit": {"1"}, "offset": {"0"}})
		switch {
		case err != nil:
			return failed(err)
		case len(page.Results) == 0 || page.Count != nil && *page.Count < 2:
			return Unseen, "there are fewer than two repositories"
		}
		ends[order] = string(page.Results[0]["id"]) + string(page.Results[0]["project_id"])
	}
	if ends["project_id"] == ends["-project_id"] {
		return Differs, "the first is the same in both directions"
	}
	return Holds, "the first differs in both directions"
}

func (r *reporter) filter(object string) (Result, string) {
	if len(r.integrations) < 2 || r.id() == "" {
		return r.without("there are fewer than two integrations")
	}
	page, _, err := r.list(object, url.Values{"integration": {r.id()}, "ordering": {"id"}, "limit": {"1000"}, "page_size": {"1000"}})
	if err != nil {
		return failed(err)
	}
	if len(page.Results) == 0 {
		return Unseen, "there are no rows"
	}
	for _, row := range page.Results {
		var owner id
		if raw, told := row["integration_id"]; told {
			_ = owner.UnmarshalJSON(raw)
		}
		switch {
		case owner == 0:
			return Unseen, "rows do not tell their integration"
		case formatID(int64(owner)) != r.id() && object == "ticket_projects":
			return Holds, "not filtered, but rows tell their integration"
		case formatID(int64(owner)) != r.id():
			return Differs, "rows of other integrations are listed"
		}
	}
	return Holds, "only rows of the integration are listed"
}

func (r *reporter) unknownIntegration() (Result, string) {
	page, _, err := r.list("available_repos", url.Values{"integration": {"2147483647"}, "page_size": {"1"}, "page": {"1"}})
	switch {
	case err != nil:
		return failed(err)
	case len(page.Results) > 0:
		return Differs, "it has rows"
	}
	return Holds, "an empty list"
}

func (r *reporter) importedID() (Result, string) {
	page, _, err := r.list("available_repos", url.Values{"imported": {"true"}, "page_size": {"1000"}, "page": {"1"}})
	if err != nil {
		return failed(err)
	}
	for _, row := range page.Results {
		var imported flag
		if raw, told := row["imported"]; told && imported.UnmarshalJSON(raw) == nil && imported.on {
			return expect(row, fieldRepoID, "a number")
		}
	}
	return Unseen, "nothing is imported"
}

func (r *reporter) progress(object string) (Result, string) {
	page, _, err := r.list(object, url.Values{"limit": {"1"}, "offset": {"0"}})
	switch {
	case err != nil:
		return failed(err)
	case len(page.Results) == 0:
		return Unseen, "nothing is imported"
	}
	if raw, nested := page.Results[0]["processing"]; nested && page.Results[0]["progress_status"] == nil {
		return Differs, "processing, " + shape(raw)
	}
	return expect(page.Results[0], "progress_status", "a text")
}

func (r *reporter) requestID() (Result, string) {
	switch {
	case r.header == nil:
		return r.without(noIntegration)
	case requestID(r.header) == "":
		return Differs, "no such header"
	}
	return Holds, "the header is there"
}
