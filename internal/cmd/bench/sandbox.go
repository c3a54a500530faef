package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandboxprocess"
)

const (
	// pageSize is the largest page that Flow gives.
	pageSize = 1000
	// customerAPI is where Flow's objects are, besides which the sandbox's address has its controls.
	customerAPI = "/v3/customer/core/"
)

// sandbox is flow-sandbox as a process of its own.
type sandbox struct {
	*sandboxprocess.Process
	token string // of an account that may do everything
}

// startSandbox starts the program with repositories in all, the default world's included, a hundred to a project.
func startSandbox(ctx context.Context, program string, repositories int) (*sandbox, error) {
	projects, here := defaultSize()
	generated := repositories - here
	if generated < 0 {
		return nil, fmt.Errorf("%d repositories: the default world alone has %d", repositories, here)
	}
	process, err := sandboxprocess.Start(ctx, program, os.Stderr,
		"--projects", strconv.Itoa(max(1, repositories/100-projects)), "--repos", strconv.Itoa(generated),
		// Flow answers an import at once and processes the repository later, on machines of its own; the sandbox would do it
		// on this one, while the import is being measured.
		"--discovery-delay=0", "--processing-time=24h", "--sync-interval=0")
	if err != nil {
		return nil, err
	}
	token, err := process.Token("full")
	if err != nil {
		return nil, errors.Join(err, process.End())
	}
	return &sandbox{process, token}, nil
}

// defaultSize counts what the generated projects are added to.
func defaultSize() (projects, repositories int) {
	organization := scenario.Default().Organizations[0]
	for _, project := range organization.Projects {
		repositories += len(project.Repositories)
	}
	return len(organization.Projects), repositories
}

// environment gives the provider's settings.
func (s *sandbox) environment() []string {
	return []string{
		"FLOW_BASE_URL=" + s.FlowBaseURL,
		"FLOW_API_KEY=" + s.APIKey(),
		"FLOW_AZURE_DEVOPS_ENDPOINT=" + s.AzureDevOpsEndpoint,
		"TF_VAR_ado_pat=" + s.token,
	}
}

// page is one page of a list.
type page struct {
	Count   int `json:"count"`
	Results []struct {
		ID       int64  `json:"id"`
		Name     string `json:"name"`
		Owner    string `json:"owner_name"`
		Imported bool   `json:"imported"`
	} `json:"results"`
}

// integration gives the id of the only integration.
func (s *sandbox) integration(ctx context.Context) (string, error) {
	var list page
	if err := s.call(ctx, http.MethodGet, customerAPI+"integrations/", nil, &list); err != nil {
		return "", err
	}
	if list.Count != 1 {
		return "", fmt.Errorf("Flow has %d integrations", list.Count)
	}
	return strconv.FormatInt(list.Results[0].ID, 10), nil
}

// repositories lists what can be imported, page by page, as anyone has to who wants to know it.
func (s *sandbox) repositories(ctx context.Context) (all page, pages int, err error) {
	for pages = 1; ; pages++ {
		var list page
		if err := s.call(ctx, http.MethodGet, fmt.Sprintf("%savailable_repos/?ordering=id&page=%d&page_size=%d", customerAPI, pages, pageSize), nil, &list); err != nil {
			return page{}, 0, err
		}
		all.Count, all.Results = list.Count, append(all.Results, list.Results...)
		if len(all.Results) >= all.Count {
			return all, pages, nil
		}
	}
}

// discovered waits until Flow knows of so many repositories.
func (s *sandbox) discovered(ctx context.Context, want int) (page, error) {
	for {
		list, _, err := s.repositories(ctx)
		if err != nil || list.Count == want {
			return list, err
		}
		if list.Count > want {
			return list, fmt.Errorf("Flow found %d repositories, not %d", list.Count, want)
		}
		select {
		case <-ctx.Done():
			return list, context.Cause(ctx)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// importAll imports the repositories by so many workers that do nothing else.
func (s *sandbox) importAll(ctx context.Context, repositories page, workers int) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for _, repository := range repositories.Results {
		group.Go(func() error {
			body := map[string]string{"available_repo_id": strconv.FormatInt(repository.ID, 10)}
			return s.call(ctx, http.MethodPost, customerAPI+"repos/import_repo/", body, nil)
		})
	}
	return group.Wait()
}

// delay makes Flow take so long for each answer.
func (s *sandbox) delay(ctx context.Context, latency time.Duration) error {
	faults := []map[string]string{{"latency": latency.String()}}
	return s.call(ctx, http.MethodPut, "/_sandbox/faults", faults, nil)
}

// forgetRequests empties Flow's log of requests.
func (s *sandbox) forgetRequests(ctx context.Context) error {
	return s.call(ctx, http.MethodDelete, "/_sandbox/requests", nil, nil)
}

// requests counts the requests to Flow since its log was emptied.
func (s *sandbox) requests(ctx context.Context) (int, error) {
	var log []json.RawMessage
	err := s.call(ctx, http.MethodGet, "/_sandbox/requests", nil, &log)
	return len(log), err
}

// client keeps a connection for each worker, as the provider does.
var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}

// call sends one request to Flow's address, with body as JSON unless it is nil, and decodes the answer unless into is.
func (s *sandbox) call(ctx context.Context, method, target string, body, into any) error {
	base, err := url.Parse(s.FlowBaseURL)
	if err != nil {
		return err
	}
	address, err := base.Parse(target)
	if err != nil {
		return err
	}
	var content bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&content).Encode(body); err != nil {
			return err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, address.String(), &content)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+s.APIKey())
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s: %s: %s", method, target, response.Status, answer)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}
