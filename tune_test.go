package main

import (
	"os"
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
			t.Setenv(envSDKLog, test.sdk)
			t.Setenv("TF_LOG_PROVIDER", test.own)
			t.Setenv("TF_LOG", test.all)
			limitSDKLog()
			if got := os.Getenv(envSDKLog); got != test.want {
				t.Errorf("the framework logs at %q, want %q", got, test.want)
			}
		})
	}
}
