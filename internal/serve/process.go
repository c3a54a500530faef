package serve

import (
	"cmp"
	"os"
	"runtime/debug"
	"slices"
	"strings"
)

const (
	// envSDKLog sets how much terraform-plugin-framework logs of its own steps (terraform-plugin-go names the variable).
	envSDKLog = "TF_LOG_SDK"
	// envGC sets how much the heap may grow, in percent, before it is collected (package runtime).
	envGC = "GOGC"
	// heapGrowth is used instead of Go's 100. The provider lives for seconds and keeps little, so that collecting at every
	// doubling of next to nothing takes a quarter of its time in a plan of a thousand resources, and saves 20 MB.
	heapGrowth = 400
)

// tune fits the process to what it is for, unless the user's environment says otherwise.
func tune() {
	limitFrameworkLog()
	if os.Getenv(envGC) == "" {
		debug.SetGCPercent(heapGrowth)
	}
}

// wantsLog tells whether the user wants to see any log, Terraform's or a provider's.
func wantsLog() bool {
	return slices.ContainsFunc(os.Environ(), func(variable string) bool {
		name, value, _ := strings.Cut(variable, "=")
		return strings.HasPrefix(name, "TF_LOG") && value != ""
	})
}

// limitFrameworkLog has the framework log its own steps only as far as the user wants to see a log. Left alone, it writes
// all of them whatever Terraform does with them then, which takes as long as the rest of a plan of a thousand resources.
func limitFrameworkLog() {
	if os.Getenv(envSDKLog) == "" {
		_ = os.Setenv(envSDKLog, cmp.Or(os.Getenv("TF_LOG_PROVIDER"), os.Getenv("TF_LOG"), "OFF"))
	}
}
