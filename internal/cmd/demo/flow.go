package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// flowAPI looks at Flow from outside Terraform, and changes it as a colleague would who knows nothing of Terraform.
type flowAPI struct {
	address string // ends with a slash
	key     string
}

// integration is what the story looks at of one.
type integration struct {
	ID       int64    `json:"id"`
	Name     string   `json:"name"`
	URL      string   `json:"url"`
	Username string   `json:"username"`
	Services []string `json:"enabled_source_types"`
	Webhooks bool     `json:"webhooks_enabled"`
	Created  string   `json:"created_at"`
}

// integrations are all that Flow has.
func (f flowAPI) integrations(ctx context.Context) ([]integration, error) {
	var page struct {
		Results []integration `json:"results"`
	}
	err := f.call(ctx, http.MethodGet, "integrations/?ordering=id&limit=1000", "", &page)
	return page.Results, err
}

// theIntegration is the only one that Flow has; another number of them is an error.
func (f flowAPI) theIntegration(ctx context.Context) (integration, error) {
	all, err := f.integrations(ctx)
	if err != nil {
		return integration{}, err
	}
	if len(all) != 1 {
		return integration{}, fmt.Errorf("Flow has %d integrations, not one: %+v", len(all), all)
	}
	return all[0], nil
}

// change sends a PATCH for an integration.
func (f flowAPI) change(ctx context.Context, id int64, body string) error {
	return f.call(ctx, http.MethodPatch, fmt.Sprintf("integrations/%d/", id), body, nil)
}

// sent is a request as the sandbox's log has it, which holds the names of secrets in their place.
type sent struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Body   string `json:"body"`
	Status int    `json:"status"`
}

// String has spaces in the body, where lines can be broken.
func (r sent) String() string {
	words := []string{r.Method, r.Path, strings.ReplaceAll(r.Body, `,"`, `, "`), fmt.Sprintf("(%d)", r.Status)}
	return strings.Join(slices.DeleteFunc(words, func(word string) bool { return word == "" }), " ")
}

// writes are the requests since forget that were to change something, in their order.
func (f flowAPI) writes(ctx context.Context) ([]sent, error) {
	var all []sent
	err := f.call(ctx, http.MethodGet, requestLog, "", &all)
	return slices.DeleteFunc(all, func(r sent) bool { return r.Method == http.MethodGet }), err
}

// forget empties the log of requests.
func (f flowAPI) forget(ctx context.Context) error {
	return f.call(ctx, http.MethodDelete, requestLog, "", nil)
}

const (
	requestLog  = "/_sandbox/requests" // on the same server, beside the API
	callTimeout = 30 * time.Second
)

// call makes one request, of a path relative to the API's address, and decodes the answer unless into is nil.
func (f flowAPI) call(ctx context.Context, method, path, body string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	base, err := url.Parse(f.address)
	if err != nil {
		return err
	}
	target, err := base.Parse(path)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, target.String(), bytes.NewBufferString(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+f.key)
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, target, err)
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s: HTTP %d: %s", method, target, response.StatusCode, answer)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(answer, into); err != nil {
		return fmt.Errorf("%s %s: %w", method, target, err)
	}
	return nil
}
