package flow

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// What has no public source belongs into this file or dialect.go, so that a workspace that disagrees is a change of these
// files. Facts that the vendor documents, or that public clients show, are beside the calls themselves. The guide "How sure
// each API call is" describes both for users.

// Words of "enabled_services" on writes. Reads are assumed to use the same words in "enabled_source_types".
const (
	serviceRepos        = "repo"
	servicePullRequests = "pull_request"
	serviceTickets      = "ticket"
)

// serviceWords maps each spelling of a service on reads, in lower case, to the word of writes: the vendor's help page shows
// the words of the user interface in this field.
var serviceWords = map[string]string{
	"repo": serviceRepos, "repos": serviceRepos, "repository": serviceRepos, "repositories": serviceRepos,
	"pr": servicePullRequests, "prs": servicePullRequests, "pull_request": servicePullRequests, "pull_requests": servicePullRequests,
	"pull request": servicePullRequests, "pull requests": servicePullRequests,
	"ticket": serviceTickets, "tickets": serviceTickets,
}

// createBody is the body of POST integrations/create_with_vendor/. The names of the fields were seen in a public client,
// except for webhooks_enabled, whose place here is assumed.
type createBody struct {
	Name            string   `json:"name"`
	Vendor          string   `json:"vendor"`
	AuthType        string   `json:"auth_type"`
	EnabledServices []string `json:"enabled_services"`
	WebhooksEnabled *bool    `json:"webhooks_enabled,omitempty"`
	URL             string   `json:"url"`
	Username        string   `json:"username,omitempty"`
	Token           string   `json:"token,omitempty"`
}

// changeBody is the body of PATCH integrations/{id}/, holding only what changes. That services and webhooks are switched
// by this call is assumed.
type changeBody struct {
	Name            *string   `json:"name,omitempty"`
	AuthData        any       `json:"authData,omitempty"`
	EnabledServices *[]string `json:"enabled_services,omitempty"`
	WebhooksEnabled *bool     `json:"webhooks_enabled,omitempty"`
}

// lookUp is what an integration says about the first look-up of its projects and repositories. The fields are documented;
// that both are null or false before the first look-up has ended is assumed.
type lookUp struct {
	SourceProjectsLastUpdated text `json:"source_projects_last_updated"`
	HasRepos                  flag `json:"has_repos"`
}

// settledAfter is how long a list of what an integration offers has to stay as it is to count as complete, should Flow
// never say that it has looked: it is not certain that the fields of lookUp mean it.
const settledAfter = 2 * time.Minute

func (l lookUp) done() bool { return l.SourceProjectsLastUpdated != "" || l.HasRepos.on }

// The fields in which an imported row of the available_* lists is assumed to carry its id as an imported one.
const (
	fieldRepoID          = "project_id"
	fieldTicketProjectID = "ticket_project_id"
)

// UnmarshalJSON decodes a row of available_repos or available_ticket_projects. Most fields are known from the filters and
// orderings of these lists in a public client. Assumed are the two above and vendor_supported, which counts as true where
// it is missing.
func (a *Available) UnmarshalJSON(raw []byte) error {
	var wire struct {
		ID              number `json:"id"`
		Name            text   `json:"name"`
		OwnerName       text   `json:"owner_name"`
		IntegrationID   id     `json:"integration_id"`
		Imported        flag   `json:"imported"`
		Excluded        flag   `json:"excluded"`
		VendorSupported flag   `json:"vendor_supported"`
		RepoID          id     `json:"project_id"`
		TicketProjectID id     `json:"ticket_project_id"`
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return err
	}
	*a = Available{
		ID:            int64(wire.ID),
		Name:          string(wire.Name),
		Owner:         string(wire.OwnerName),
		IntegrationID: int64(wire.IntegrationID),
		Imported:      wire.Imported.on,
		ImportedID:    int64(cmp.Or(wire.RepoID, wire.TicketProjectID)),
		Excluded:      wire.Excluded.on,
		Unsupported:   wire.VendorSupported.told && !wire.VendorSupported.on,
	}
	return nil
}

// progress holds the fields that say how far Flow is with something imported.
type progress struct {
	Status           text `json:"progress_status"`
	ProcessingStatus text `json:"processing_status"`
	LastUpdated      text `json:"last_fully_updated_at"`
}

// processing is progress as an object of its own. Anything else in its place does not tell.
type processing struct{ progress }

func (p *processing) UnmarshalJSON(raw []byte) error {
	_ = json.Unmarshal(raw, &p.progress)
	return nil
}

// UnmarshalJSON decodes a row of repos or ticket_projects. The fields of repositories are documented, but for owner_name.
// Assumed are also that ticket projects carry progress_status and last_fully_updated_at, that a repository may carry its id
// as project_id, by which the list is ordered, and what processing holds, whose fields are known from orderings only.
func (i *Imported) UnmarshalJSON(raw []byte) error {
	var wire struct {
		ID            id         `json:"id"`
		ProjectID     id         `json:"project_id"`
		Name          text       `json:"name"`
		OwnerName     text       `json:"owner_name"`
		IntegrationID id         `json:"integration_id"`
		Blocked       flag       `json:"blocked"`
		FailureReason text       `json:"last_fetch_failure_reason"`
		FailingSince  text       `json:"fetches_failing_since"`
		Processing    processing `json:"processing"`
		progress
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return err
	}
	*i = Imported{
		ID:            int64(cmp.Or(wire.ProjectID, wire.ID)),
		Name:          string(wire.Name),
		Owner:         string(wire.OwnerName),
		IntegrationID: int64(wire.IntegrationID),
		Status:        string(cmp.Or(wire.Status, wire.ProcessingStatus, wire.Processing.Status, wire.Processing.ProcessingStatus)),
		Blocked:       wire.Blocked.on,
		LastUpdated:   string(cmp.Or(wire.LastUpdated, wire.Processing.LastUpdated)),
		FailureReason: string(wire.FailureReason),
		FailingSince:  string(wire.FailingSince),
	}
	return nil
}

// Progress is Flow's progress with the first processing of what was imported.
type Progress int

const (
	// ProgressUnknown is the progress of a ticket project for which Flow reports none.
	ProgressUnknown Progress = iota
	// Processing has not ended.
	Processing
	// Processed means that its data can be viewed.
	Processed
	// Failed is not tried again until somebody fixes the cause.
	Failed
)

// Progress reads the fields above. The words of the status are those of the vendor's pages (Processing, Healthy, Rate
// limited, Failed); that the API uses them too, in any case, is assumed.
func (i Imported) Progress() Progress {
	switch status := strings.ToLower(i.Status); {
	case i.Blocked, status == "failed":
		return Failed
	case i.LastUpdated != "", status == "healthy":
		return Processed
	case status == "":
		return ProgressUnknown
	}
	return Processing
}

// The sentences with which Flow refuses a connection. They are those of the set-up page's connection test; that creating
// an integration and changing its credentials answer 400 with the same ones is assumed.
const (
	sentenceAuthorizationDenied = "Authorization denied"
	sentenceErrorOccurred       = "An error has occurred"
)

// errorSentence returns the sentences of an error answer, assumed to have one of the shapes of Django REST Framework:
// {"detail": "…"}, lists of sentences by field, of which a field may have fields again, or a list of sentences.
func errorSentence(body []byte) string {
	return strings.Join(sentencesIn(body, ""), " ")
}

func sentencesIn(raw json.RawMessage, field string) []string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) == nil {
		var sentences []string
		for _, name := range sortedKeys(fields) {
			inner := field
			if name != "detail" && name != "non_field_errors" {
				inner = strings.TrimPrefix(field+"."+name, ".")
			}
			sentences = append(sentences, sentencesIn(fields[name], inner)...)
		}
		return sentences
	}
	var several []json.RawMessage
	if json.Unmarshal(raw, &several) == nil {
		var sentences []string
		for _, one := range several {
			sentences = append(sentences, sentencesIn(one, field)...)
		}
		return sentences
	}
	var sentence string
	switch {
	case json.Unmarshal(raw, &sentence) != nil || sentence == "":
		return nil
	case field != "":
		sentence = field + ": " + sentence
	}
	return []string{sentence}
}

// errorFields returns the names of the fields that an error answer is about.
func errorFields(body []byte) []string {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return nil
	}
	delete(fields, "detail")
	delete(fields, "non_field_errors")
	return sortedKeys(fields)
}

// requestID is assumed to be in the header that most Django deployments use.
func requestID(header http.Header) string { return header.Get("X-Request-Id") }

// number decodes the id by which an object is told from others. It may arrive as a number or as text: the vendor's pages
// call ids "double".
type number int64

func (n *number) UnmarshalJSON(raw []byte) error {
	text := strings.TrimSuffix(strings.Trim(string(raw), `"`), ".0")
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return fmt.Errorf("%s is not an id", raw)
	}
	*n = number(value)
	return nil
}

// id is a number that an object can do without: what cannot be read is 0.
type id int64

func (i *id) UnmarshalJSON(raw []byte) error {
	var n number
	_ = n.UnmarshalJSON(raw)
	*i = id(n)
	return nil
}

// text decodes a field that may arrive as text, as a number (created_by may be a name or a user's id), as an object with a
// name, or as null. Anything else is shown as it is.
type text string

func (t *text) UnmarshalJSON(raw []byte) error {
	var value string
	var named struct {
		Name *string `json:"name"`
	}
	switch {
	case string(raw) == "null":
		return nil
	case json.Unmarshal(raw, &value) == nil:
	case json.Unmarshal(raw, &named) == nil && named.Name != nil:
		value = *named.Name
	default:
		value = string(raw)
	}
	*t = text(value)
	return nil
}

// flag decodes a field that is true or false. What is missing, null or something else does not tell.
type flag struct{ on, told bool }

func (f *flag) UnmarshalJSON(raw []byte) error {
	on, err := strconv.ParseBool(strings.ToLower(strings.Trim(string(raw), `"`)))
	*f = flag{on, err == nil}
	return nil
}

// words decodes a list that may arrive as a list of texts or of objects with a name, or as one comma-separated text: the
// vendor's pages call arrays "string". What is missing or null does not tell.
type words struct {
	list []string
	told bool
}

func (w *words) UnmarshalJSON(raw []byte) error {
	*w = words{told: string(raw) != "null"}
	var values []text
	if json.Unmarshal(raw, &values) != nil {
		values = make([]text, 1)
		_ = values[0].UnmarshalJSON(raw)
	}
	for _, value := range values {
		for word := range strings.SplitSeq(string(value), ",") {
			if word = strings.TrimSpace(word); word != "" {
				w.list = append(w.list, word)
			}
		}
	}
	return nil
}

// services reads enabled_source_types and webhooks_enabled. A service counts as off only if all words are known: one that
// is not may stand for it. Otherwise Terraform would switch on what is on.
func (i *Integration) services(types words, webhooks flag) {
	on := map[string]bool{}
	for _, word := range types.list {
		if service, known := serviceWords[strings.ToLower(word)]; known {
			on[service] = true
		} else {
			i.UnknownWords = append(i.UnknownWords, word)
		}
	}
	i.Services = Services{Repos: on[serviceRepos], PullRequests: on[servicePullRequests], Tickets: on[serviceTickets], Webhooks: webhooks.on}
	untold := !types.told || len(i.UnknownWords) > 0
	i.Untold = Services{
		Repos: untold && !i.Services.Repos, PullRequests: untold && !i.Services.PullRequests, Tickets: untold && !i.Services.Tickets,
		Webhooks: !webhooks.told,
	}
}

// UnmarshalJSON reads the answer of GET integrations/{id}/connection_status/ in any shape: an object with a status and
// details, an object with a status for each service, or one word. What it cannot read is shown as it is.
func (s *ConnectionStatus) UnmarshalJSON(raw []byte) error {
	*s = ConnectionStatus{}
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil || fields == nil {
		var word text
		err := word.UnmarshalJSON(raw)
		s.Status = string(word)
		return err
	}
	field := func(name string) string {
		var value text
		if raw, given := fields[name]; given {
			_ = value.UnmarshalJSON(raw)
		}
		return string(value)
	}
	if s.Status, s.Detail, s.CheckedAt = field("status"), field("detail"), field("checked_at"); s.Status != "" {
		return nil
	}
	var parts []string
	for _, name := range sortedKeys(fields) {
		var part ConnectionStatus
		_ = part.UnmarshalJSON(fields[name])
		if part.Failed() {
			s.failed = true
		}
		parts = append(parts, name+": "+part.Status)
	}
	s.Status = strings.Join(parts, ", ")
	return nil
}

// Failed reports whether Flow cannot read what the integration connects. The words are assumed.
func (s ConnectionStatus) Failed() bool {
	return s.failed || strings.HasPrefix(strings.ToLower(s.Status), "failed")
}

// AwaitsConsent reports whether a person has yet to consent to the connection. The word is assumed.
func (s ConnectionStatus) AwaitsConsent() bool {
	return strings.Contains(strings.ToLower(s.Status), "pending_authorization")
}
