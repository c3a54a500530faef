package leakhunt_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/leakhunt"
	"github.com/flow-community/terraform-provider-flow/internal/provider"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// panicVariable makes this test's executable a provider that panics when it sends a write.
const panicVariable = "FLOW_TEST_PANIC"

func TestMain(m *testing.M) {
	if os.Getenv(panicVariable) == "" {
		acctest.Main(m)
		return
	}
	options := providerserver.ServeOpts{Address: "registry.terraform.io/flow-community/flow"}
	if err := providerserver.Serve(context.Background(), provider.NewThrough("test", panics{}), options); err != nil {
		panic(err)
	}
}

// panics is a transport with a defect.
type panics struct{}

// RoundTrip implements http.RoundTripper.
func (panics) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method == http.MethodPost && strings.Contains(request.URL.Path, "create_with_vendor") {
		panic("a defect of the provider")
	}
	return http.DefaultTransport.RoundTrip(request)
}

// oddKey is an API key that looks different in every encoding. The provider accepts it.
const oddKey = `k%41"q'\b${s}<&>?=+/~9Xw2Lm7Rt4Vz`

// world is a sandbox with secrets, and what was collected that may hold one.
type world struct {
	*acctest.Sandbox
	secrets []leakhunt.Secret
	traces  []trace
}

type trace struct {
	name    string
	content []byte
}

// startWorld starts a sandbox whose API key is odd. Its secrets are all that the scenario knows: a new kind of secret is added
// here.
func startWorld(t *testing.T, options sandbox.Options) *world {
	t.Helper()
	all := scenario.Default()
	all.Workspace.APIKeys[0].Key = oddKey
	options.Scenario = all
	w := &world{Sandbox: acctest.Start(t, options)}
	for _, key := range all.Workspace.APIKeys {
		w.secrets = append(w.secrets, leakhunt.Secret{Name: "API key " + key.Name, Value: key.Key})
	}
	for _, organization := range all.Organizations {
		for _, token := range organization.Tokens {
			w.secrets = append(w.secrets, leakhunt.Secret{Name: "token " + token.Name, Value: w.Token(token.Name)})
		}
	}
	return w
}

func (w *world) collect(name string, content []byte) {
	w.traces = append(w.traces, trace{name, content})
}

// collectFiles adds all files of a folder.
func (w *world) collectFiles(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if err == nil {
			w.collect(filepath.Base(path), content)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// handedOut are the elements of pages whose purpose is to hand out the sandbox's tokens.
var handedOut = regexp.MustCompile(`<code class="secret"[^>]*>[^<]*</code>`)

// collectSandbox adds what the sandbox writes: the log of requests, with their URLs, and all pages.
func (w *world) collectSandbox(t *testing.T) {
	t.Helper()
	flow, azureDevOps := w.ControlURLs()
	for name, address := range map[string]string{"requests to Flow": flow, "requests to Azure DevOps": azureDevOps} {
		for _, accept := range []string{"application/json", "text/plain"} {
			w.collect(name+" as "+accept, get(t, address+"requests", accept))
		}
	}
	link := regexp.MustCompile(`href="(/[^"]*)"`)
	seen := map[string]bool{}
	for next := []string{"/"}; len(next) > 0; next = next[1:] {
		if seen[next[0]] {
			continue
		}
		seen[next[0]] = true
		page := get(t, strings.TrimSuffix(w.PagesURL(), "/")+next[0], "text/html")
		w.collect("page "+next[0], handedOut.ReplaceAll(page, nil))
		for _, found := range link.FindAllSubmatch(page, -1) {
			next = append(next, string(found[1]))
		}
	}
}

func get(t *testing.T, address, accept string) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// expectClean searches everything that was collected. It also searches for something that must be there, in each of the kinds
// of places that are named: a search of nothing finds nothing.
func (w *world) expectClean(t *testing.T, places ...string) {
	t.Helper()
	hunt, searched := leakhunt.New(w.secrets...), map[string]bool{}
	for _, one := range w.traces {
		if len(one.content) > 0 {
			searched[one.name] = true
		}
		for _, found := range hunt.Search(one.name, one.content) {
			t.Error(found)
		}
	}
	for _, place := range places {
		if !searched[place] {
			t.Errorf("%s was not searched", place)
		}
	}
}

// secretVariables are those by which secrets come into the configurations: Terraform writes the values of other variables
// into saved plans.
const secretVariables = `
variable "token" {
  type      = string
  ephemeral = true
}
`

// integration is a configuration whose secrets come by the environment.
func (w *world) integration(more string) string {
	return acctest.Source + fmt.Sprintf("provider \"flow\" {\n  base_url = %q\n  azure_devops_endpoint = %q\n}\n", w.FlowBaseURL(), w.AzureDevOpsEndpoint()) +
		secretVariables + `
resource "flow_ado_integration" "main" {
  name                     = "Contoso"
  base_url                 = "https://dev.azure.com/contoso"
  email                    = "Svc-Flow@contoso.com"
  personal_access_token_wo = var.token
  deletion_protection      = false
}
` + more
}

const check = `
ephemeral "flow_ado_credential_check" "main" {
  base_url              = "https://dev.azure.com/contoso"
  personal_access_token = var.token
}
`

// terraform runs Terraform with a token and an API key, and collects what it prints.
func (w *world) terraform(t *testing.T, workspace *terraformcli.Workspace, token, key string, arguments ...string) terraformcli.Result {
	t.Helper()
	log := filepath.Join(workspace.Dir, "trace.log")
	environment := workspace.Env
	workspace.Env = append(slices.Clone(environment), "TF_LOG=TRACE", "TF_LOG_PATH="+log, "TF_VAR_token="+token, "FLOW_API_KEY="+key, "GOTRACEBACK=all")
	defer func() { workspace.Env = environment }()
	result, err := workspace.Run(t.Context(), arguments...)
	if err != nil {
		t.Fatal(err)
	}
	w.collect("output of "+arguments[0], []byte(result.Output))
	return result
}

func succeeded(t *testing.T, result terraformcli.Result) {
	t.Helper()
	if result.ExitCode != 0 && result.ExitCode != 2 {
		t.Fatalf("it ended with %d:\n%s", result.ExitCode, result.Output)
	}
}

// TestNothingLeaksInALife goes through checks, creation, rotation, import, failures and destruction with every log on, and then
// searches everything that is left.
func TestNothingLeaksInALife(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.WriteOnly, acctest.EphemeralResources)
	w := startWorld(t, sandbox.Options{})
	workspace := acctest.NewWorkspace(t)
	workspace.Configure(w.integration(check))
	plan := []string{"plan", "-input=false", "-out=" + terraformcli.PlanFile}
	apply := []string{"apply", "-json", "-input=false", terraformcli.PlanFile}

	w.terraform(t, workspace.Workspace, w.Token("revoked"), oddKey, plan...)
	for _, token := range []string{"full", "full-2"} {
		succeeded(t, w.terraform(t, workspace.Workspace, w.Token(token), oddKey, plan...))
		succeeded(t, w.terraform(t, workspace.Workspace, "", oddKey, "show", "-json", terraformcli.PlanFile))
		succeeded(t, w.terraform(t, workspace.Workspace, w.Token(token), oddKey, apply...))
	}
	if w.Integration(t).Token != w.Token("full-2") {
		t.Fatal("the life did not come as far as a rotation")
	}
	succeeded(t, w.terraform(t, workspace.Workspace, "", oddKey, "show", "-json"))
	importing := acctest.NewWorkspace(t)
	importing.Configure(w.integration(""))
	succeeded(t, w.terraform(t, importing.Workspace, w.Token("full-2"), oddKey, "import", "-input=false", "flow_ado_integration.main", "name=Contoso"))
	w.collectFiles(t, importing.Dir)
	w.collectSandbox(t)
	w.terraform(t, workspace.Workspace, w.Token("full-2"), "wrong-key-"+oddKey, "destroy", "-json", "-auto-approve", "-input=false")
	succeeded(t, w.terraform(t, workspace.Workspace, w.Token("full-2"), oddKey, "destroy", "-json", "-auto-approve", "-input=false"))
	w.collectFiles(t, workspace.Dir)
	w.collectSandbox(t)
	w.secrets = append(w.secrets, leakhunt.Secret{Name: "the wrong key", Value: "wrong-key-" + oddKey})
	w.expectClean(t, "output of plan", "output of apply", "output of show", "output of import", "output of destroy", "trace.log",
		"terraform.tfstate", "terraform.tfstate.backup", terraformcli.PlanFile, "requests to Flow as application/json", "page /")
}

// TestNothingLeaksByOAuth goes through consent, look-ups with the tokens of the consent, and its revocation. Those tokens are in
// the sandbox's data, and have to be nowhere else.
func TestNothingLeaksByOAuth(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "sandbox.bolt")
	w := startWorld(t, sandbox.Options{DataFile: file})
	workspace := acctest.NewWorkspace(t)
	workspace.Configure(acctest.Source, fmt.Sprintf("provider \"flow\" {\n  base_url = %q\n  azure_devops_endpoint = %q\n}\n", w.FlowBaseURL(), w.AzureDevOpsEndpoint()), `
		resource "flow_ado_integration" "main" {
		  name                = "Contoso"
		  base_url            = "https://dev.azure.com/contoso"
		  auth_method         = "oauth"
		  deletion_protection = false
		}`)
	plan := func() {
		succeeded(t, w.terraform(t, workspace.Workspace, "", oddKey, "plan", "-input=false", "-out="+terraformcli.PlanFile))
	}
	plan()
	succeeded(t, w.terraform(t, workspace.Workspace, "", oddKey, "apply", "-json", "-input=false", terraformcli.PlanFile))
	if err := w.Flow().Consent(t.Context(), 1, "", ""); err != nil {
		t.Fatal(err)
	}
	w.addTokensOfConsents(t, file)
	if err := w.Flow().Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	plan()
	if err := w.Flow().RevokeConsent(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	plan()
	succeeded(t, w.terraform(t, workspace.Workspace, "", oddKey, "show", "-json"))
	w.collectFiles(t, workspace.Dir)
	w.collectSandbox(t)
	w.expectClean(t, "output of plan", "output of apply", "output of show", "trace.log", "terraform.tfstate", terraformcli.PlanFile, "requests to Flow as application/json", "page /")
}

// addTokensOfConsents adds the tokens in the sandbox's data to the secrets.
func (w *world) addTokensOfConsents(t *testing.T, file string) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	tokens := regexp.MustCompile(`"(access|refresh)_token":"([^"]+)"`).FindAllSubmatch(data, -1)
	if len(tokens) < 2 {
		t.Fatalf("the sandbox's data hold %d tokens of consents", len(tokens))
	}
	for _, token := range tokens {
		w.secrets = append(w.secrets, leakhunt.Secret{Name: string(token[1]) + " token", Value: string(token[2])})
	}
}

// TestNothingLeaksOfOddSecrets uses secrets that are refused: some before they are sent, and some by a server that repeats
// everything that it was sent, in every encoding.
func TestNothingLeaksOfOddSecrets(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.WriteOnly)
	flow, azureDevOps := httptest.NewServer(http.HandlerFunc(repeat)), httptest.NewServer(http.HandlerFunc(repeat))
	t.Cleanup(flow.Close)
	t.Cleanup(azureDevOps.Close)
	for name, test := range map[string]struct {
		tokens, keys []string
		says         string
	}{
		"refused before they are sent": {[]string{"newline", "8-bit"}, []string{oddKey}, "a line break in"},
		"keys that are not sent":       {[]string{"percent"}, []string{odd["newline"], odd["8-bit"]}, "control character"},
		"refused by a server": {
			[]string{"percent", "quotes", "backslash", "HTML", "template", "very long", "short"}, []string{oddKey, odd["very long"]}, "Repeated:",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := startWorld(t, sandbox.Options{})
			workspace := acctest.NewWorkspace(t)
			config := acctest.Source + fmt.Sprintf("provider \"flow\" {\n  base_url = %q\n  azure_devops_endpoint = %q\n}\n", flow.URL+"/v3/customer/core/", azureDevOps.URL)
			for number, token := range test.tokens {
				w.secrets = append(w.secrets, leakhunt.Secret{Name: token, Value: odd[token]})
				workspace.Env = append(workspace.Env, fmt.Sprintf("TF_VAR_token_%d=%s", number, odd[token]))
				config += oddIntegration(number)
			}
			workspace.Configure(config)
			for _, key := range test.keys {
				w.secrets = append(w.secrets, leakhunt.Secret{Name: "API key", Value: key})
				result := w.terraform(t, workspace.Workspace, "", key, "plan", "-input=false", "-no-color")
				if result.ExitCode != 1 || !strings.Contains(result.Output, test.says) {
					t.Errorf("it does not say %q:\n%s", test.says, result.Output)
				}
			}
			w.collectFiles(t, workspace.Dir)
			w.expectClean(t, "output of plan", "trace.log")
		})
	}
}

// oddIntegration is an integration with a token of its own. The credential check shows what Azure DevOps says.
func oddIntegration(number int) string {
	return fmt.Sprintf(`
variable "token_%[1]d" {
  type      = string
  ephemeral = true
}
resource "flow_ado_integration" "odd_%[1]d" {
  name                     = "Odd %[1]d"
  base_url                 = "https://dev.azure.com/contoso"
  email                    = "Svc-Flow@contoso.com"
  personal_access_token_wo = var.token_%[1]d
}
`, number)
}

// repeat refuses a request, and repeats all its secrets in every way that a server has.
func repeat(response http.ResponseWriter, r *http.Request) {
	_, credential, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	said := []string{credential, url.QueryEscape(credential), base64.StdEncoding.EncodeToString([]byte(credential))}
	if _, token, ok := r.BasicAuth(); ok {
		said = append(said, token, url.QueryEscape(token), token[len(token)/2:])
	}
	body, _ := io.ReadAll(r.Body)
	said = append(said, string(bytes.ReplaceAll(body, []byte{'"'}, []byte{'\''})))
	response.Header().Set("Content-Type", "application/json")
	for _, name := range []string{"X-Request-Id", "Activityid", "X-Vss-E2eid", "X-Tfs-Serviceerror"} {
		response.Header().Set(name, url.QueryEscape(credential))
	}
	response.WriteHeader(http.StatusBadRequest)
	_, _ = fmt.Fprintf(response, `{"detail":%[1]q,"message":%[1]q}`, "Repeated: "+strings.Join(said, ", "))
}

// TestNothingLeaksInAPanic: the stack trace of a provider that panics with secrets in its hands goes to the terminal.
func TestNothingLeaksInAPanic(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.WriteOnly)
	w := startWorld(t, sandbox.Options{})
	cli, err := terraformcli.Find(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	programs, err := panickingProvider()
	if err != nil {
		t.Fatal(err)
	}
	workspace, err := terraformcli.NewWorkspace(cli, t.TempDir(), programs)
	if err != nil {
		t.Fatal(err)
	}
	workspace.Env = append(workspace.Env, panicVariable+"=1")
	if err := workspace.Write("main.tf", w.integration("")); err != nil {
		t.Fatal(err)
	}
	result := w.terraform(t, workspace, w.Token("full"), oddKey, "apply", "-auto-approve", "-input=false")
	if result.ExitCode == 0 || !strings.Contains(result.Output, "goroutine ") || !strings.Contains(result.Output, "httpclient.") {
		t.Fatalf("it did not panic where it should:\n%s", result.Output)
	}
	w.collectFiles(t, workspace.Dir)
	w.expectClean(t, "output of apply", "trace.log")
}

// panickingProvider returns a folder in which this test's executable is the provider.
var panickingProvider = sync.OnceValues(func() (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	folder, err := os.MkdirTemp("", "terraform-provider-flow-*")
	if err != nil {
		return "", err
	}
	return folder, os.Symlink(self, filepath.Join(folder, terraformcli.Executable(terraformcli.ProviderProgram)))
})
