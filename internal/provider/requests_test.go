package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
)

// A plan without changes sends Flow what it needs to see drift, and nothing to find out how this workspace answers.
func TestAPlanWithoutChangesAsksFlowOnlyForWhatDrifts(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(life{name: "Contoso", email: "Svc-Flow@contoso.com", token: "full", version: 1, imports: true}.config(s))
	w.MustApply()
	before := len(s.Flow().Traffic().Requests())
	w.ExpectEmptyPlan()
	var sent []string
	for _, request := range s.Flow().Traffic().Requests()[before:] {
		sent = append(sent, request.Method+" "+strings.TrimPrefix(request.Path, "/v3/customer/core"))
	}
	slices.Sort(sent)
	want := []string{"GET /available_repos/", "GET /available_ticket_projects/", "GET /integrations/", "GET /integrations/1/connection_status/"}
	if !slices.Equal(sent, want) {
		t.Errorf("Flow was sent %q, want %q", sent, want)
	}
}
