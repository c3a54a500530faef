package sandbox_test

import (
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

func start(t *testing.T, o sandbox.Options) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// contoso is a valid integration.
func contoso(s *sandbox.Sandbox) flowserver.Integration {
	return flowserver.Integration{
		Name: "Contoso", URL: "https://dev.azure.com/contoso", Username: "Svc-Flow@contoso.com",
		Token: s.Token("full"), Services: flowserver.AllServices,
	}
}

func TestBothServersAnswer(t *testing.T) {
	s := start(t, sandbox.Options{})
	for address, authorization := range map[string]string{
		s.FlowBaseURL() + "integrations/": "Bearer " + s.APIKey(),
		s.FlowBaseURL() + "repos/":        "Bearer " + s.ReadonlyAPIKey(),
		s.AzureDevOpsEndpoint() + "/dev.azure.com/contoso/_apis/projects?api-version=7.1": basic(s.Token("full")),
	} {
		r, err := http.NewRequest(http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", authorization)
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s: %s %s", address, response.Status, body)
		}
	}
	log := s.AzureDevOps().Traffic().Requests()
	if len(log) != 1 || log[0].Credential != "<token full>" {
		t.Errorf("the log of Azure DevOps: %v", log)
	}
}

func basic(token string) string {
	r := &http.Request{Header: http.Header{}}
	r.SetBasicAuth("", token)
	return r.Header.Get("Authorization")
}

func TestFlowUsesTheSandboxesAzureDevOps(t *testing.T) {
	s := start(t, sandbox.Options{Scale: scenario.Scale{Projects: 2, Repos: 20}})
	if _, err := s.Flow().AddIntegration(contoso(s)); err != nil {
		t.Fatal(err)
	}
	for _, request := range s.AzureDevOps().Traffic().Requests() {
		if request.Credential != "<token full>" {
			t.Errorf("%s %s carries %q", request.Method, request.Path, request.Credential)
		}
	}
	if s.Flow().Integrations()[0].LatestLookup.IsZero() {
		t.Error("the organization was not looked up")
	}
}

func TestTheSandboxListensOnLoopbackOnly(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "example.com:0", "127.0.0.1", ""} {
		s, err := sandbox.Start(t.Context(), sandbox.Options{AzureDevOpsAddress: address})
		if address == "" {
			if err != nil {
				t.Fatal(err)
			}
			for _, url := range []string{s.FlowBaseURL(), s.AzureDevOpsEndpoint()} {
				if !strings.HasPrefix(url, "http://127.0.0.1:") {
					t.Errorf("it listens on %s", url)
				}
			}
			_ = s.Close()
			continue
		}
		if err == nil {
			_ = s.Close()
			t.Errorf("%q was accepted", address)
			continue
		}
		if !strings.Contains(err.Error(), "Azure DevOps") || !strings.Contains(err.Error(), "127.0.0.1:8080") {
			t.Errorf("%q: the error lacks the server or an example: %v", address, err)
		}
	}
}

func TestAPortInUseIsAnError(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	s, err := sandbox.Start(t.Context(), sandbox.Options{FlowAddress: taken.Addr().String()})
	if err == nil {
		_ = s.Close()
		t.Fatal("the sandbox started")
	}
	if !strings.Contains(err.Error(), taken.Addr().String()) {
		t.Errorf("the error does not name the address: %v", err)
	}
}

func TestCloseRemovesATemporaryFileAndKeepsANamedOne(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	named := filepath.Join(t.TempDir(), "kept.db")
	for _, file := range []string{"", named} {
		s, err := sandbox.Start(t.Context(), sandbox.Options{DataFile: file})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("closing twice: %v", err)
		}
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
	if _, err := os.Stat(named); err != nil {
		t.Error(err)
	}
}

func TestANamedFileKeepsTheWorld(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sandbox.db")
	first := start(t, sandbox.Options{DataFile: file})
	if _, err := first.Flow().AddIntegration(contoso(first)); err != nil {
		t.Fatal(err)
	}
	if err := first.AzureDevOps().RenameRepository("contoso", "Payments", "api", "gateway"); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.Start(t.Context(), sandbox.Options{DataFile: file}); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("a second one on the same file: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second := start(t, sandbox.Options{DataFile: file})
	if integrations := second.Flow().Integrations(); len(integrations) != 1 || integrations[0].Name != "Contoso" {
		t.Errorf("integrations: %v", integrations)
	}
	if err := second.AzureDevOps().DeleteRepository("contoso", "Payments", "gateway"); err != nil {
		t.Errorf("the renamed repository: %v", err)
	}
}

func TestAnUnknownTokenPanics(t *testing.T) {
	s := start(t, sandbox.Options{})
	defer func() {
		if recover() == nil {
			t.Error("it did not panic")
		}
	}()
	s.Token("nobody's")
}
