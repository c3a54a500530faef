package main

import (
	"cmp"
	"os"
	"runtime/debug"
)

const (
	// envSDKLog sets how much terraform-plugin-framework logs of its own steps (terraform-plugin-go names the variable).
	envSDKLog = "TF_LOG_SDK"
	// envGC sets how much the heap may grow, in percent, before it is collected (package runtime).
	envGC = "GOGC"
	// heapGrowth is used instead of Go's 100. The provider lives for seconds and keeps little, so that it would collect at
	// every doubling of next to nothing.
	heapGrowth = 400
)

// tune sets what Go and the framework are slow with by default, unless the environment says otherwise. It makes a plan of
// 20 flow_repo_import a quarter faster (`make bench`).
func tune() {
	limitSDKLog()
	if os.Getenv(envGC) == "" {
		debug.SetGCPercent(heapGrowth)
	}
}

// limitSDKLog makes the framework log its own steps only as far as the user wants to see a log. By default it writes all of
// them, and Terraform drops them.
func limitSDKLog() {
	if os.Getenv(envSDKLog) == "" {
		_ = os.Setenv(envSDKLog, cmp.Or(os.Getenv("TF_LOG_PROVIDER"), os.Getenv("TF_LOG"), "OFF"))
	}
}
