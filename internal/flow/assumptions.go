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

// This file holds what this package assumes about Flow without a public source: a real workspace that disagrees is a
// change of this file. Facts that the vendor documents, or that public clients show, are beside the calls themselves. The
// guide "How sure each API call is" describes both for users.

// VendorAzureDevOps is Flow's slug for Azure DevOps Services, both as "vendor" on creation and as "vendor_type" on reads.
const VendorAzureDevOps = "azure_devops"

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
	WebhooksEnabled bool     `json:"webhooks_enabled"`
	URL             string   `json:"url"`
	Username        string   `json:"username"`
	Token           string   `json:"token"`
}

// changeBody is the body of PATCH integrations/{id}/, holding only what changes. That services and webhooks are switched
// by this call, and the fields of authData, are assumed.
type changeBody struct {
	Name            *string   `json:"name,omitempty"`
	AuthData        *authData `json:"authData,omitempty"`
	EnabledServices *[]string `json:"enabled_services,omitempty"`
	WebhooksEnabled *bool     `json:"webhooks_enabled,omitempty"`
}

// authData holds the parts of a connection that change; Flow is assumed to keep the others.
type authData struct {
	Username *string `json:"username,omitempty"`
	Token    *string `json:"token,omitempty"`
}

// connectionStatusBody is the answer of GET integrations/{id}/connection_status/. The call is documented, its answer is not.
type connectionStatusBody struct {
	Status    string `json:"status"`
	Detail    string `json:"detail"`
	CheckedAt string `json:"checked_at"`
}

// lookUp is what an integration says about the first look-up of its projects and repositories. The fields are documented;
// that both are null or false before the first look-up has ended is assumed.
type lookUp struct {
	SourceProjectsLastUpdated text `json:"source_projects_last_updated"`
	HasRepos                  bool `json:"has_repos"`
}

// settledAfter is how long a list of what an integration offers has to stay as it is to count as complete, should Flow
// never say that it has looked: it is not certain that the fields of lookUp mean it.
const settledAfter = 2 * time.Minute

func (l lookUp) done() bool { return l.SourceProjectsLastUpdated != "" || l.HasRepos }

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
		ID              number  `json:"id"`
		Name            text    `json:"name"`
		OwnerName       text    `json:"owner_name"`
		Imported        bool    `json:"imported"`
		Excluded        bool    `json:"excluded"`
		VendorSupported *bool   `json:"vendor_supported"`
		RepoID          *number `json:"project_id"`
		TicketProjectID *number `json:"ticket_project_id"`
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return err
	}
	importedID := cmp.Or(wire.RepoID, wire.TicketProjectID, new(number))
	*a = Available{
		ID:          int64(wire.ID),
		Name:        string(wire.Name),
		Owner:       string(wire.OwnerName),
		Imported:    wire.Imported,
		ImportedID:  int64(*importedID),
		Excluded:    wire.Excluded,
		Unsupported: wire.VendorSupported != nil && !*wire.VendorSupported,
	}
	return nil
}

// UnmarshalJSON decodes a row of repos or ticket_projects. The fields of repositories are documented, but for owner_name;
// that ticket projects carry progress_status and last_fully_updated_at as well is assumed.
func (i *Imported) UnmarshalJSON(raw []byte) error {
	var wire struct {
		ID            number `json:"id"`
		Name          text   `json:"name"`
		OwnerName     text   `json:"owner_name"`
		Status        text   `json:"progress_status"`
		Blocked       bool   `json:"blocked"`
		LastUpdated   text   `json:"last_fully_updated_at"`
		FailureReason text   `json:"last_fetch_failure_reason"`
		FailingSince  text   `json:"fetches_failing_since"`
	}
	if err := json.Unmarshal(raw, &wire); err != nil {
		return err
	}
	*i = Imported{
		ID:            int64(wire.ID),
		Name:          string(wire.Name),
		Owner:         string(wire.OwnerName),
		Status:        string(wire.Status),
		Blocked:       wire.Blocked,
		LastUpdated:   string(wire.LastUpdated),
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

// requestID is assumed to be in the header that most Django deployments use.
func requestID(header http.Header) string { return header.Get("X-Request-Id") }

// number decodes an id that may arrive as a number or as text: the vendor's pages call ids "double".
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

// text decodes a field that may arrive as text, as a number (created_by may be a name or a user's id) or as null.
type text string

func (t *text) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil
	}
	var value string
	if json.Unmarshal(raw, &value) != nil {
		value = string(raw)
	}
	*t = text(value)
	return nil
}

// words decodes a list that may arrive as a list or as one comma-separated text: the vendor's pages call arrays "string".
type words []string

func (w *words) UnmarshalJSON(raw []byte) error {
	*w = nil
	values, err := stringsOf(raw)
	if err != nil {
		return err
	}
	for _, value := range values {
		for word := range strings.SplitSeq(value, ",") {
			if word = strings.TrimSpace(word); word != "" {
				*w = append(*w, word)
			}
		}
	}
	return nil
}

// stringsOf returns the strings of a JSON list, or a single string. Anything else is an error: otherwise services would
// seem to be off, and Terraform would switch them on.
func stringsOf(raw json.RawMessage) ([]string, error) {
	var many []string
	if json.Unmarshal(raw, &many) == nil {
		return many, nil
	}
	var one string
	if json.Unmarshal(raw, &one) != nil {
		return nil, fmt.Errorf("%s is neither a text nor a list of texts", raw)
	}
	return []string{one}, nil
}

// Failed reports whether Flow cannot read what the integration connects. The words are assumed.
func (s ConnectionStatus) Failed() bool {
	return strings.HasPrefix(strings.ToLower(s.Status), "failed")
}
