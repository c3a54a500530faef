package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandboxprocess"
)

// pageSize is the largest page that Flow returns.
const pageSize = 1000

// sandbox is flow-sandbox as a separate process.
type sandbox struct {
	*sandboxprocess.Process
	flow  sandboxprocess.Client
	token string // with every scope, of an administrator
}

// startSandbox starts the program with that many repositories, those of the default world included, a hundred to a project.
func startSandbox(ctx context.Context, program string, repositories int) (*sandbox, error) {
	projects, existing := defaultSize()
	generated := repositories - existing
	if generated < 0 {
		return nil, fmt.Errorf("%d repositories: the default world has %d", repositories, existing)
	}
	process, err := sandboxprocess.Start(ctx, program, os.Stderr,
		"--projects", strconv.Itoa(max(1, repositories/100-projects)), "--repos", strconv.Itoa(generated),
		// Flow processes repositories on its own machines; the sandbox would do so on this one, while an import is measured.
		"--discovery-delay=0", "--processing-time=24h", "--sync-interval=0")
	if err != nil {
		return nil, err
	}
	token, err := process.Token("full")
	if err != nil {
		return nil, errors.Join(err, process.End())
	}
	return &sandbox{process, process.Client(), token}, nil
}

// defaultSize returns the size of the default world's first organization, to which generated projects are added.
func defaultSize() (projects, repositories int) {
	organization := scenario.Default().Organizations[0]
	for _, project := range organization.Projects {
		repositories += len(project.Repositories)
	}
	return len(organization.Projects), repositories
}

// environment returns the provider's settings.
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

// integration returns the id of the only integration.
func (s *sandbox) integration(ctx context.Context) (string, error) {
	var list page
	if err := s.flow.Call(ctx, http.MethodGet, "integrations/", nil, &list); err != nil {
		return "", err
	}
	if list.Count != 1 {
		return "", fmt.Errorf("Flow has %d integrations", list.Count)
	}
	return strconv.FormatInt(list.Results[0].ID, 10), nil
}

// repositories lists all available repositories, page after page.
func (s *sandbox) repositories(ctx context.Context) (all page, pages int, err error) {
	for pages = 1; ; pages++ {
		var list page
		if err := s.flow.Call(ctx, http.MethodGet, fmt.Sprintf("available_repos/?ordering=id&page=%d&page_size=%d", pages, pageSize), nil, &list); err != nil {
			return page{}, 0, err
		}
		all.Count, all.Results = list.Count, append(all.Results, list.Results...)
		if len(all.Results) >= all.Count {
			return all, pages, nil
		}
	}
}

// discovered waits until Flow has discovered that many repositories.
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

// importAll imports the repositories with that many workers.
func (s *sandbox) importAll(ctx context.Context, repositories page, workers int) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for _, repository := range repositories.Results {
		group.Go(func() error {
			body := map[string]string{"available_repo_id": strconv.FormatInt(repository.ID, 10)}
			return s.flow.Call(ctx, http.MethodPost, "repos/import_repo/", body, nil)
		})
	}
	return group.Wait()
}

// delay makes Flow and Azure DevOps take that long for each answer to the provider. What Flow asks of Azure DevOps while it
// answers takes no longer than before.
func (s *sandbox) delay(ctx context.Context, latency time.Duration) error {
	faults := []map[string]string{{"latency": latency.String(), "client": "terraform-provider-flow"}}
	return errors.Join(
		s.flow.Call(ctx, http.MethodPut, "/_sandbox/faults", faults, nil),
		s.flow.Call(ctx, http.MethodPut, s.AzureDevOpsEndpoint+"/_sandbox/faults", faults, nil),
	)
}

// clearRequests clears Flow's request log.
func (s *sandbox) clearRequests(ctx context.Context) error {
	return s.flow.Call(ctx, http.MethodDelete, "/_sandbox/requests", nil, nil)
}

// requests returns the number of requests to Flow since its log was cleared.
func (s *sandbox) requests(ctx context.Context) (int, error) {
	var log []json.RawMessage
	err := s.flow.Call(ctx, http.MethodGet, "/_sandbox/requests", nil, &log)
	return len(log), err
}
