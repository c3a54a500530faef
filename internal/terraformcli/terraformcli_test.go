package terraformcli

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fake writes an executable with a version command.
func fake(t *testing.T, path, answer string) string {
	t.Helper()
	return script(t, path, "echo '"+answer+"'\necho 'on some_platform'")
}

func script(t *testing.T, path, body string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// elsewhere makes an empty folder the working directory and the only one on the PATH.
func elsewhere(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("PATH", dir)
	t.Setenv(PathVariable, "")
	return dir
}

// repository makes a folder the working directory that has the module for OpenTofu, without a network.
func repository(t *testing.T) string {
	t.Helper()
	dir := elsewhere(t)
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1") // nothing listens there
	if err := os.MkdirAll(filepath.Join(dir, openTofuModule), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, openTofuModule, "go.mod"), []byte("module tofu\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestTheVariableWinsOverThePath(t *testing.T) {
	dir := elsewhere(t)
	fake(t, filepath.Join(dir, "terraform"), "Terraform v1.11.4")
	want := fake(t, filepath.Join(dir, "named", "mine"), "OpenTofu v1.12.6")
	t.Setenv(PathVariable, filepath.Join("named", "mine"))

	got, err := Find(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(CLI{Path: want, Product: OpenTofu, Version: "1.12.6"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAVariableThatNamesNothingUsableIsAnError(t *testing.T) {
	dir := elsewhere(t)
	fake(t, filepath.Join(dir, "terraform"), "Terraform v1.11.4")
	for name, path := range map[string]string{
		"missing":         filepath.Join(dir, "missing"),
		"another program": fake(t, filepath.Join(dir, "other"), "Packer v1.14.0"),
		"broken":          script(t, filepath.Join(dir, "broken"), "exit 3"),
	} {
		t.Setenv(PathVariable, path)
		if got, err := Find(t.Context(), nil); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %+v, %v; want an error that names %s", name, got, err, path)
		}
	}
}

func TestTerraformOnThePathComesBeforeOpenTofu(t *testing.T) {
	dir := elsewhere(t)
	want := fake(t, filepath.Join(dir, "terraform"), "Terraform v1.16.0-rc1")
	fake(t, filepath.Join(dir, "tofu"), "OpenTofu v1.12.6")

	got, err := Find(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(CLI{Path: want, Product: Terraform, Version: "1.16.0-rc1"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAnExecutableThatDoesNotRunIsPassedOver(t *testing.T) {
	dir := elsewhere(t)
	script(t, filepath.Join(dir, "terraform"), "echo 'no version set' >&2; exit 126")
	want := fake(t, filepath.Join(dir, "tofu"), "OpenTofu v1.12.6")

	got, err := Find(t.Context(), nil)
	if err != nil || got.Path != want {
		t.Errorf("got %+v, %v; want %s", got, err, want)
	}
}

func TestWhatWasFetchedEarlierIsFoundAgain(t *testing.T) {
	dir := repository(t)
	fetched, err := newFetcher(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(fetched.cache) // any folder in the repository
	fake(t, fetched.tofu, "OpenTofu v1.12.6")
	if got, err := Find(t.Context(), nil); err != nil || got.Path != fetched.tofu {
		t.Errorf("got %+v, %v; want the OpenTofu built earlier", got, err)
	}
	fake(t, fetched.terraform, "Terraform v1.16.1")
	if got, err := Find(t.Context(), nil); err != nil || got.Path != fetched.terraform {
		t.Errorf("got %+v, %v; want the Terraform downloaded earlier", got, err)
	}

	if err := os.WriteFile(filepath.Join(dir, openTofuModule, "go.mod"), []byte("module newer\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	newer, err := newFetcher(nil)
	if err != nil {
		t.Fatal(err)
	}
	if newer.tofu == fetched.tofu {
		t.Error("another version of OpenTofu has the same path")
	}
}

func TestWithoutARegistryOpenTofuIsBuilt(t *testing.T) {
	dir := repository(t)
	// A fake go command, which writes an executable to the path after -o.
	script(t, filepath.Join(dir, "go"), `while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\necho OpenTofu v1.12.6\n' > "$2"
/bin/chmod +x "$2"`)
	var progress strings.Builder

	got, err := Find(t.Context(), &progress)
	if err != nil {
		t.Fatal(err)
	}
	if got.Product != OpenTofu || filepath.Dir(got.Path) != filepath.Join(dir, ".cache", "terraform") {
		t.Errorf("got %+v", got)
	}
	for _, want := range []string{"downloading Terraform", "Building OpenTofu"} {
		if !strings.Contains(progress.String(), want) {
			t.Errorf("the progress %q does not mention %q", progress.String(), want)
		}
	}
}

func TestOpenTofuIsFoundWhateverElseThereIs(t *testing.T) {
	dir := repository(t)
	fetched, err := newFetcher(nil)
	if err != nil {
		t.Fatal(err)
	}
	built := fake(t, fetched.tofu, "OpenTofu v1.12.6")
	terraform := fake(t, filepath.Join(dir, "terraform"), "Terraform v1.16.1")
	named := fake(t, filepath.Join(dir, "named", "tofu"), "OpenTofu v1.12.7")
	for variable, want := range map[string]string{"": built, terraform: built, named: named} {
		t.Setenv(PathVariable, variable)
		if got, err := FindOpenTofu(t.Context(), nil); err != nil || got.Path != want {
			t.Errorf("with %s=%s: got %+v, %v; want %s", PathVariable, variable, got, err, want)
		}
	}
}

func TestNothingFoundSaysWhyForEachPlace(t *testing.T) {
	dir := repository(t)
	script(t, filepath.Join(dir, "go"), "echo 'no module proxy' >&2; exit 1")

	_, err := Find(t.Context(), nil)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		PathVariable, "terraform on the PATH: not found", "tofu on the PATH: not found",
		"the newest Terraform release: ", "OpenTofu built from source: exit status 1\nno module proxy",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in: %v", want, err)
		}
	}
}

func TestOutsideTheRepositoryNothingIsFetched(t *testing.T) {
	elsewhere(t)
	if _, err := Find(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "not in the repository") {
		t.Errorf("got %v", err)
	}
}

func TestEnvironmentDropsAConfigurationFileThatIsMissing(t *testing.T) {
	present := filepath.Join(t.TempDir(), "present.tfrc")
	if err := os.WriteFile(present, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ base, want []string }{
		"missing": {
			[]string{"A=1", "TF_CLI_CONFIG_FILE=" + present + "x", "B=2"},
			[]string{"A=1", "B=2", "CHECKPOINT_DISABLE=1"},
		},
		"present": {
			[]string{"TF_CLI_CONFIG_FILE=" + present},
			[]string{"TF_CLI_CONFIG_FILE=" + present, "CHECKPOINT_DISABLE=1"},
		},
		"asked for the version service": {
			[]string{"CHECKPOINT_DISABLE=", "A=1"},
			[]string{"A=1", "CHECKPOINT_DISABLE=1"},
		},
	} {
		base := slices.Clone(c.base)
		if diff := cmp.Diff(c.want, Environment(c.base)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if diff := cmp.Diff(base, c.base); diff != "" {
			t.Errorf("%s: it changed its argument: %s", name, diff)
		}
	}
}

func TestIsolateUnsetsWhatWouldChangeARun(t *testing.T) {
	for name, want := range map[string]string{"TF_WORKSPACE": "", "FLOW_PREFLIGHT": "", "HTTPS_PROXY": "set"} {
		t.Setenv(name, "set") // which also restores it
		if err := Isolate(); err != nil {
			t.Fatal(err)
		}
		if got := os.Getenv(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestShellEnvironmentSurvivesTheShell(t *testing.T) {
	t.Setenv(configFileVariable, filepath.Join(t.TempDir(), "missing"))
	cli := CLI{Path: "/it's here/$HOME/tofu", Product: OpenTofu}
	printed := `printf '%s|%s|%s|%s' "$TF_ACC_TERRAFORM_PATH" "$TF_ACC_PROVIDER_HOST" "$CHECKPOINT_DISABLE" "${TF_CLI_CONFIG_FILE-unset}"`

	out, err := exec.CommandContext(t.Context(), "/bin/sh", "-c", cli.ShellEnvironment()+printed).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if want := cli.Path + "|registry.opentofu.org|1|unset"; string(out) != want {
		t.Errorf("got %q, want %q", out, want)
	}
}

func TestRegistryHost(t *testing.T) {
	if got := Terraform.RegistryHost(); got != "registry.terraform.io" {
		t.Errorf("Terraform takes providers from %s", got)
	}
}
