package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/sandboxprocess"
)

// flowAPI reads and changes Flow outside of Terraform.
type flowAPI struct{ sandboxprocess.Client }

// integration has the fields of Flow's integration that steps check.
type integration struct {
	ID       int64    `json:"id"`
	Name     string   `json:"name"`
	URL      string   `json:"url"`
	Username string   `json:"username"`
	Services []string `json:"enabled_source_types"`
	Webhooks bool     `json:"webhooks_enabled"`
	Created  string   `json:"created_at"`
}

// integrations returns all integrations.
func (f flowAPI) integrations(ctx context.Context) ([]integration, error) {
	var page struct {
		Results []integration `json:"results"`
	}
	err := f.Call(ctx, http.MethodGet, "integrations/?ordering=id&limit=1000", nil, &page)
	return page.Results, err
}

// onlyIntegration returns Flow's only integration. None, or more than one, is an error.
func (f flowAPI) onlyIntegration(ctx context.Context) (integration, error) {
	all, err := f.integrations(ctx)
	if err != nil {
		return integration{}, err
	}
	if len(all) != 1 {
		return integration{}, fmt.Errorf("Flow has %d integrations, want one: %+v", len(all), all)
	}
	return all[0], nil
}

// change sends a PATCH for an integration.
func (f flowAPI) change(ctx context.Context, id int64, body any) error {
	return f.Call(ctx, http.MethodPatch, fmt.Sprintf("integrations/%d/", id), body, nil)
}

// loggedRequest is a request in the sandbox's log, which names secrets instead of holding them.
type loggedRequest struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Body   string `json:"body"`
	Status int    `json:"status"`
}

// String adds spaces to the body, where lines can be broken.
func (r loggedRequest) String() string {
	words := []string{r.Method, r.Path, strings.ReplaceAll(r.Body, `,"`, `, "`), fmt.Sprintf("(%d)", r.Status)}
	return strings.Join(slices.DeleteFunc(words, func(word string) bool { return word == "" }), " ")
}

// writes returns the write requests since the log was cleared, in order.
func (f flowAPI) writes(ctx context.Context) ([]loggedRequest, error) {
	var all []loggedRequest
	err := f.Call(ctx, http.MethodGet, requestLog, nil, &all)
	return slices.DeleteFunc(all, func(r loggedRequest) bool { return r.Method == http.MethodGet || r.Method == http.MethodOptions }), err
}

// clearLog clears the request log.
func (f flowAPI) clearLog(ctx context.Context) error {
	return f.Call(ctx, http.MethodDelete, requestLog, nil, nil)
}

const requestLog = "/_sandbox/requests"
