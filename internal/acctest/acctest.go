// Package acctest runs the provider under real Terraform against a sandbox of the test's own.
package acctest

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/flow-community/terraform-provider-flow/internal/provider"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

// Sandbox is a test's own Flow workspace and Azure DevOps organizations.
type Sandbox struct {
	*sandbox.Sandbox
}

// Start starts a sandbox that ends with the test. By default, discovery and processing take no time.
func Start(t testing.TB, options sandbox.Options) *Sandbox {
	t.Helper()
	started, err := sandbox.Start(t.Context(), options)
	if err != nil {
		t.Fatalf("starting the sandbox: %v", err)
	}
	t.Cleanup(func() {
		if err := started.Close(); err != nil {
			t.Errorf("closing the sandbox: %v", err)
		}
	})
	return &Sandbox{started}
}

// Source is the block that names the provider's source. ProviderConfig begins with it.
const Source = "terraform {\n  required_providers {\n    flow = {\n      source = \"flow-community/flow\"\n    }\n  }\n}\n"

// ProviderConfig returns the provider's configuration for this sandbox, with additional arguments.
func (s *Sandbox) ProviderConfig(arguments ...string) string {
	return s.ProviderConfigWithKey(s.APIKey(), arguments...)
}

// ProviderConfigWithKey is ProviderConfig with another API key.
func (s *Sandbox) ProviderConfigWithKey(key string, arguments ...string) string {
	return Source + fmt.Sprintf("provider \"flow\" {\n  base_url = %q\n  api_key = %q\n  azure_devops_endpoint = %q\n  %s\n}\n",
		s.FlowBaseURL(), key, s.AzureDevOpsEndpoint(), strings.Join(arguments, "\n  "))
}

// Environment sets the variables that configure the provider for this sandbox. The test must not be parallel.
func (s *Sandbox) Environment(t *testing.T) {
	t.Helper()
	t.Setenv("FLOW_BASE_URL", s.FlowBaseURL())
	t.Setenv("FLOW_API_KEY", s.APIKey())
	t.Setenv("FLOW_AZURE_DEVOPS_ENDPOINT", s.AzureDevOpsEndpoint())
}

// Speak makes Flow speak these dialects from now on, and no others.
func (s *Sandbox) Speak(t testing.TB, dialects ...string) {
	t.Helper()
	if err := s.Flow().Speak(dialects...); err != nil {
		t.Fatal(err)
	}
}

// Writes returns the requests to Flow other than reads, in order.
func (s *Sandbox) Writes() []traffic.Request {
	return slices.DeleteFunc(s.Flow().Traffic().Requests(), func(r traffic.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodOptions })
}

// Integration returns the workspace's only integration; none, or more than one, fails the test.
func (s *Sandbox) Integration(t testing.TB) flowserver.Integration {
	t.Helper()
	all := s.Flow().Integrations()
	if len(all) != 1 {
		t.Fatalf("Flow has %d integrations, want one", len(all))
	}
	return all[0]
}

// Run runs the steps of a test with the machine's Terraform. The test may bring providers besides this one.
func Run(t *testing.T, testCase resource.TestCase) {
	t.Helper()
	command(t)
	factories := map[string]func() (tfprotov6.ProviderServer, error){
		"flow": providerserver.NewProtocol6WithError(provider.New("test")()),
		// It stores its configuration in the state, where tests can read ephemeral values.
		"echo": echoprovider.NewProviderServer(),
	}
	maps.Copy(factories, testCase.ProtoV6ProviderFactories)
	testCase.ProtoV6ProviderFactories = factories
	resource.UnitTest(t, testCase)
}

// init unsets a CLI configuration file that does not exist, as terraformcli does: Terraform would warn about it in every
// output.
func init() {
	if file, set := os.LookupEnv("TF_CLI_CONFIG_FILE"); set {
		if _, err := os.Stat(file); err != nil {
			_ = os.Unsetenv("TF_CLI_CONFIG_FILE")
		}
	}
	_ = os.Setenv("TF_ACC_PROVIDER_NAMESPACE", "flow-community")
}

// Eventually waits until a condition holds; it fails the test after ten seconds.
func Eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("timed out waiting for: %s", what)
}
