package flow_test

import (
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
)

// A Flow that fails shows nothing of its API: neither a difference, nor that there is nothing to look at.
func TestAFailureIsNoFindingOfTheReport(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request){
		"401":  func(w http.ResponseWriter, _ *http.Request) { send(w, 401, map[string]any{"detail": "Invalid token."}) },
		"403":  func(w http.ResponseWriter, _ *http.Request) { send(w, 403, map[string]any{"detail": "No."}) },
		"429":  func(w http.ResponseWriter, _ *http.Request) { send(w, 429, map[string]any{}) },
		"500":  func(w http.ResponseWriter, _ *http.Request) { send(w, 500, map[string]any{}) },
		"503":  func(w http.ResponseWriter, _ *http.Request) { send(w, 503, map[string]any{}) },
		"page": func(w http.ResponseWriter, _ *http.Request) { raw(w, 200, "text/html", "<title>Sign in</title>") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := always(answer)
				for _, one := range start(t, server).Report(t.Context()) {
					if one.Result != flow.Unseen || one.Seen == "there is no integration of Azure DevOps" {
						t.Errorf("%q %s: %s", one.Assumption, one.Result, one.Seen)
					}
				}
			})
		})
	}
}
