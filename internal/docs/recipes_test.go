package docs

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandboxprocess"
	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// version is what the tests install the provider as.
const version = "0.0.1"

// TestTheRecipesForTestingModulesWork runs the scripts of the guide as they stand, one after the other, in the folder of the
// module that it speaks of.
func TestTheRecipesForTestingModulesWork(t *testing.T) {
	acctest.Needs(t, acctest.WriteOnly)
	module := t.TempDir()
	if err := os.CopyFS(module, os.DirFS(filepath.Join(root, "examples/modules/ado-organization"))); err != nil {
		t.Fatal(err)
	}
	if _, err := sandboxprocess.Build(t.Context(), module); err != nil {
		t.Fatal(err)
	}
	environment := installed(t)
	scripts := scriptsOf(t, "docs/guides/test-your-modules.md")
	if len(scripts) != 2 {
		t.Fatalf("the guide has %d scripts", len(scripts))
	}
	// The sandbox of the first one serves the second one too: it ends with the shell.
	script := strings.Join(scripts, "\n") + "\n"
	command := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script)
	command.Dir = module
	command.Env = slices.Concat(environment, []string{"TF_VAR_organization=contoso", "TF_VAR_email=Svc-Flow@contoso.com", "TF_CLI_ARGS=-no-color"})
	terraformcli.OwnGroup(command)
	said, err := command.CombinedOutput()
	if err != nil || !strings.Contains(string(said), "0 failed") || !strings.Contains(string(said), "Token lacks scopes that Flow requires") {
		t.Errorf("%v\n%s", err, said)
	}
}

// TestTheNightlyJobFailsBeforeATokenExpires runs the script of the guide on rotation for two days of expiry.
func TestTheNightlyJobFailsBeforeATokenExpires(t *testing.T) {
	acctest.Needs(t, acctest.WriteOnly)
	box := acctest.Start(t, sandbox.Options{})
	box.Environment(t)
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(root, "examples/rotate-token"))); err != nil {
		t.Fatal(err)
	}
	environment := installed(t)
	script := strings.Join(scriptsOf(t, "docs/guides/rotate-token.md"), "\n")
	for days, fails := range map[int]bool{3: true, 300: false} {
		command := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", "terraform init >&2\n"+script)
		command.Dir = folder
		command.Env = slices.Concat(environment, []string{
			"TF_VAR_ado_pat=" + box.Token("full"), "TF_VAR_ado_pat_expires_on=" + time.Now().UTC().AddDate(0, 0, days).Format(time.DateOnly),
		})
		said, err := command.Output()
		if (err != nil) != fails || strings.Contains(string(said), "Token expires soon") != fails {
			t.Errorf("%d days before, the job ends with %v:\n%s", days, err, said)
		}
	}
}

// scriptsOf returns the shell blocks of a page.
func scriptsOf(t *testing.T, path string) []string {
	t.Helper()
	all := pages(t)
	at := slices.IndexFunc(all, func(p page) bool { return p.path == path })
	if at < 0 {
		t.Fatalf("there is no %s", path)
	}
	var scripts []string
	for _, b := range all[at].blocks {
		if b.language == "shell" {
			scripts = append(scripts, b.text)
		}
	}
	return scripts
}

// installed returns an environment in which terraform is the program that tests run, and finds the provider in a mirror.
func installed(t *testing.T) []string {
	t.Helper()
	cli, err := terraformcli.Find(t.Context(), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	folder := filepath.Join(dir, "mirror", cli.Product.RegistryHost(), "flow-community", "flow", version, runtime.GOOS+"_"+runtime.GOARCH)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := terraformcli.BuildProgram(t.Context(), folder, terraformcli.ProviderProgram+"_v"+version, "."); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(cli.Path, filepath.Join(dir, "terraform")); err != nil {
		t.Fatal(err)
	}
	configuration := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.Join(dir, "mirror"))
	file := filepath.Join(dir, "cli.tfrc")
	if err := os.WriteFile(file, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	return append(terraformcli.Environment(os.Environ()), "TF_CLI_CONFIG_FILE="+file, "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}
