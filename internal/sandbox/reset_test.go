package sandbox_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

func send(t *testing.T, method, address string) (status int, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(content)
}

// controls returns the addresses of both control APIs by server.
func controls(s *sandbox.Sandbox) map[string]string {
	flow, azureDevOps := s.ControlURLs()
	return map[string]string{"Flow": flow, "Azure DevOps": azureDevOps}
}

func TestResetStartsOver(t *testing.T) {
	s := start(t, sandbox.Options{DataFile: filepath.Join(t.TempDir(), "sandbox.db"), Latency: time.Millisecond})
	for server, control := range controls(s) {
		t.Run(server, func(t *testing.T) {
			added, err := s.Flow().AddIntegration(contoso(s))
			if err != nil {
				t.Fatal(err)
			}
			if added.ID != 1 {
				t.Errorf("the integration's id is %d", added.ID)
			}
			if err := s.AzureDevOps().RenameRepository("contoso", "Payments", "api", "gateway"); err != nil {
				t.Fatal(err)
			}
			if err := s.AzureDevOps().SetTokenState("full", scenario.TokenRevoked); err != nil {
				t.Fatal(err)
			}
			s.Flow().Traffic().Inject(traffic.Fault{Status: http.StatusTeapot})
			if status, body := send(t, http.MethodPost, control+"reset"); status != http.StatusNoContent {
				t.Fatalf("status %d: %s", status, body)
			}
			if left := s.Flow().Integrations(); len(left) > 0 {
				t.Errorf("integrations are left: %v", left)
			}
			if err := s.AzureDevOps().RenameRepository("contoso", "Payments", "api", "gateway"); err != nil {
				t.Errorf("the repository did not get its name back: %v", err)
			}
			for _, address := range controls(s) {
				if _, faults := send(t, http.MethodGet, address+"faults"); strings.TrimSpace(faults) != `[{"latency":"1ms"}]` {
					t.Errorf("faults at %s: %s", address, faults)
				}
			}
			if err := s.Reset(); err != nil { // for the next server, which also shows that a second one works
				t.Error(err)
			}
		})
	}
}

// What a person consented to is gone after a reset, and the old address leads nowhere.
func TestResetForgetsConsents(t *testing.T) {
	s := start(t, sandbox.Options{})
	byOAuth := func() string {
		i, err := s.Flow().AddIntegration(flowserver.Integration{
			Name: "Contoso", URL: "https://dev.azure.com/contoso", AuthType: flowserver.AuthOAuth, Services: flowserver.AllServices,
		})
		if err != nil {
			t.Fatal(err)
		}
		return s.Flow().AuthorizationURL(i)
	}
	accept := url.Values{"account": {"Svc-Flow@contoso.com"}, "organization": {"contoso"}, "decision": {"accept"}}
	consent := func(address string) (status int, page string) { return sendForm(t, address, accept) }
	first := byOAuth()
	if status, page := consent(first); status != http.StatusOK || !strings.Contains(page, "Healthy") {
		t.Errorf("a consent leads to the page: %d %s", status, page)
	}
	if err := s.Reset(); err != nil {
		t.Fatal(err)
	}
	if left := s.AzureDevOps().OAuth().Consents(); len(left) > 0 {
		t.Errorf("consents are left: %v", left)
	}
	second := byOAuth()
	if status, page := consent(first); status != http.StatusBadRequest {
		t.Errorf("the old address leads to: %d %s", status, page)
	}
	if status, page := consent(second); status != http.StatusOK || !strings.Contains(page, "Healthy") {
		t.Errorf("the new address leads to: %d %s", status, page)
	}
}

// sendForm sends a form, and returns where it leads to.
func sendForm(t *testing.T, address string, form url.Values) (status int, page string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(content)
}

// TestResetWaitsForRequests: one that wrote after the store is cleared would leave half an object in the new world.
func TestResetWaitsForRequests(t *testing.T) {
	s := start(t, sandbox.Options{})
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for range 10 {
				connect(t, s)
			}
		})
	}
	for range 5 {
		if status, body := send(t, http.MethodPost, controls(s)["Flow"]+"reset"); status != http.StatusNoContent {
			t.Errorf("status %d: %s", status, body)
		}
	}
	clients.Wait()
	if err := s.Reset(); err != nil {
		t.Error(err)
	}
	if left := s.Flow().Integrations(); len(left) > 0 {
		t.Errorf("integrations are left: %v", left)
	}
	connect(t, s)
	if left := s.Flow().Integrations(); len(left) != 1 || left[0].ID != 1 {
		t.Errorf("after a reset, the first integration is %v", left)
	}
}

// connect creates an integration over Flow's API, which refuses a second one for the same organization.
func connect(t *testing.T, s *sandbox.Sandbox) {
	t.Helper()
	body := fmt.Sprintf(`{"name": "Contoso", "vendor": "azure_devops", "auth_type": "access_token", "enabled_services": ["repo"],
		"url": "https://dev.azure.com/contoso", "username": "Svc-Flow@contoso.com", "token": %q}`, s.Token("full"))
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.FlowBaseURL()+"integrations/create_with_vendor/", strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return
	}
	r.Header.Set("Authorization", "Bearer "+s.APIKey())
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Error(err)
		return
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusCreated && response.StatusCode != http.StatusBadRequest {
		t.Errorf("creating an integration: %s", response.Status)
	}
}

// The index of each server and the guide list the same calls.
func TestTheGuideListsTheCallsOfEachServer(t *testing.T) {
	s := start(t, sandbox.Options{})
	page, err := os.ReadFile("../../templates/guides/sandbox.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string][]string{}
	for _, row := range regexp.MustCompile(`(?m)^\| (both|Flow|Azure DevOps) \| (.*) \| .* \|$`).FindAllStringSubmatch(string(page), -1) {
		for call := range strings.SplitSeq(strings.ReplaceAll(row[2], "`", ""), " · ") {
			for _, server := range []string{"Flow", "Azure DevOps"} {
				if row[1] == server || row[1] == "both" {
					documented[server] = append(documented[server], call)
				}
			}
		}
	}
	for _, server := range []string{"Flow", "Azure DevOps"} {
		status, index := send(t, http.MethodGet, controls(s)[server])
		if status != http.StatusOK {
			t.Errorf("%s: status %d", server, status)
		}
		var listed []string
		for line := range strings.Lines(index) {
			if fields := strings.Fields(line); len(fields) > 2 && strings.HasPrefix(fields[1], "/") {
				listed = append(listed, fields[0]+" "+fields[1])
			}
		}
		slices.Sort(listed)
		slices.Sort(documented[server])
		if diff := cmp.Diff(listed, documented[server]); diff != "" {
			t.Errorf("the calls of %s (-index +guide):\n%s", server, diff)
		}
	}
}
