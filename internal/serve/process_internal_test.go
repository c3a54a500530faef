package serve

import (
	"os"
	"strings"
	"testing"
)

func TestTheFrameworkLogsAsMuchAsTheUserWantsToSee(t *testing.T) {
	for name, test := range map[string]struct {
		sdk, own, all, want string
	}{
		"no log":                    {"", "", "", "OFF"},
		"everything":                {"", "", "TRACE", "TRACE"},
		"less of providers":         {"", "WARN", "TRACE", "WARN"},
		"something else of the SDK": {"DEBUG", "WARN", "TRACE", "DEBUG"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TF_LOG_SDK", test.sdk)
			t.Setenv("TF_LOG_PROVIDER", test.own)
			t.Setenv("TF_LOG", test.all)
			limitFrameworkLog()
			if got := os.Getenv("TF_LOG_SDK"); got != test.want {
				t.Errorf("the framework logs at %q, want %q", got, test.want)
			}
		})
	}
}

func TestAnyOfTheLogVariablesWantsALog(t *testing.T) {
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "TF_LOG") {
			t.Setenv(name, "")
		}
	}
	if wantsLog() {
		t.Error("a log is wanted without any of them")
	}
	for _, name := range []string{"TF_LOG", "TF_LOG_PROVIDER", "TF_LOG_PROVIDER_FLOW", "TF_LOG_SDK_FRAMEWORK"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, "DEBUG")
			if !wantsLog() {
				t.Error("no log is wanted")
			}
		})
	}
}
