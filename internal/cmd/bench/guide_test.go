package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestTheGuideStatesTheLimits keeps the page on large organizations in step with what is measured.
func TestTheGuideStatesTheLimits(t *testing.T) {
	guide, err := os.ReadFile("../../../templates/guides/large-organizations.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []string{
		fmt.Sprintf("| %g times the plan with ten, and the time in which Flow lists 10,000 |", planFactor),
		fmt.Sprintf("| memory of the provider | %g MB |", peakLimit/1e6),
		fmt.Sprintf("| size of the state | %g kB |", stateLimit/1e3),
		fmt.Sprintf("| %g times that of 1,000 resources that do nothing |", instancesFactor),
	} {
		if !strings.Contains(string(guide), row) {
			t.Errorf("the guide does not say %q", row)
		}
	}
	if sizes := fmt.Sprint(full.Sizes, full.Instances); sizes != "[10 100 1000 10000] 1000" {
		t.Errorf("the guide speaks of other sizes than %s", sizes)
	}
	if importFactor != 1.25 || workers != 8 {
		t.Error("the guide speaks of a quarter, and of eight requests at once")
	}
}
