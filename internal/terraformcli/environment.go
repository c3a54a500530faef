package terraformcli

import (
	"errors"
	"os"
	"strings"
)

const configFileVariable = "TF_CLI_CONFIG_FILE"

// Environment returns base, a list of name=value, changed for Terraform and OpenTofu: without the request to HashiCorp's
// version service, and without a TF_CLI_CONFIG_FILE that names a missing file, about which each command would warn.
func Environment(base []string) []string {
	env := make([]string, 0, len(base)+1)
	for _, variable := range base {
		name, value, _ := strings.Cut(variable, "=")
		if name == checkpointVariable || name == configFileVariable && missing(value) {
			continue
		}
		env = append(env, variable)
	}
	return append(env, checkpointVariable+"=1")
}

const checkpointVariable = "CHECKPOINT_DISABLE"

// Isolate unsets what this process has inherited for Terraform or the provider, such as TF_WORKSPACE or FLOW_PREFLIGHT, which
// would change what a run does.
func Isolate() error {
	var errs []error
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "TF_") || strings.HasPrefix(name, "FLOW_") {
			errs = append(errs, os.Unsetenv(name))
		}
	}
	return errors.Join(errs...)
}

// ShellEnvironment returns lines for a POSIX shell that change its environment as Environment does, and make
// terraform-plugin-testing use this executable and its registry.
func (c CLI) ShellEnvironment() string {
	lines := []string{
		"export " + PathVariable + "=" + quote(c.Path),
		"export " + checkpointVariable + "=1",
		"export TF_ACC_PROVIDER_HOST=" + quote(c.Product.RegistryHost()),
	}
	if value, set := os.LookupEnv(configFileVariable); set && missing(value) {
		lines = append(lines, "unset "+configFileVariable)
	}
	return strings.Join(lines, "\n") + "\n"
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, os.ErrNotExist)
}

func quote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
