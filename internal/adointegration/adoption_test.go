package adointegration_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

// addByOAuth creates an integration by OAuth in Flow, to which nobody has consented yet.
func addByOAuth(t *testing.T, s *acctest.Sandbox) {
	t.Helper()
	if _, err := s.Flow().AddIntegration(flowserver.Integration{
		Name: "Contoso", URL: "https://dev.azure.com/contoso", AuthType: flowserver.AuthOAuth, Services: flowserver.AllServices, Webhooks: true,
	}); err != nil {
		t.Fatal(err)
	}
}

// TestOAuthConnectionsAreAdopted: what a person has connected in Flow is imported and managed without a token.
func TestOAuthConnectionsAreAdopted(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	addByOAuth(t, s)
	consents(t, s, "")
	acctest.Run(t, resource.TestCase{Steps: []resource.TestStep{
		{
			Config:       byOAuth(s, nil),
			ResourceName: address, ImportState: true, ImportStateId: "name=Contoso", ImportStatePersist: true,
		},
		{Config: byOAuth(s, nil), ConfigPlanChecks: emptyPlan},
		{Config: byOAuth(s, attributes{"email": `"Svc-Flow@contoso.com"`}), ConfigPlanChecks: emptyPlan},
		{
			Config:      integration(s, nil),
			ExpectError: says("Integration is protected against deletion", `To keep it, set auth_method = "oauth", as Flow has it`),
		},
		{
			PreConfig: s.Flow().Traffic().Reset,
			Config:    byOAuth(s, attributes{"name": `"By Terraform"`, "deletion_protection": "false"}),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("credential_revision"), knownvalue.Int64Exact(0)),
			},
		},
	}})
	if sent := s.Writes()[0].Body; sent != `{"name":"By Terraform"}` {
		t.Errorf("the change sent %s", sent)
	}
}

// TestFlowWithoutTheURL: Flow may answer without the base URL. The last known one stays, and an import takes it from the
// configuration without telling Flow.
func TestFlowWithoutTheURL(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{HideURL: true})
	w := acctest.NewWorkspace(t)
	w.Configure(integration(s, nil))
	w.MustApply()
	if plan := w.MustPlan(); plan.ExitCode != 0 {
		t.Fatalf("the plan after the creation is not empty:\n%s", plan.Output)
	}
	if _, err := w.Run(t.Context(), "state", "rm", address); err != nil {
		t.Fatal(err)
	}
	w.Configure(integration(s, nil), "import {\n  to = flow_ado_integration.main\n  id = \"1\"\n}\n")
	s.Flow().Traffic().Reset()
	w.MustApply()
	if writes := s.Writes(); len(writes) > 0 {
		t.Errorf("the import sent %v", writes)
	}
	if plan := w.MustPlan(); plan.ExitCode != 0 {
		t.Errorf("the plan after the import is not empty:\n%s", plan.Output)
	}
}

// TestInterrupt: an apply that is interrupted while Flow is slow ends within seconds, and says how to go on.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(integration(s, nil))
	s.Flow().Traffic().Inject(traffic.Fault{Method: "POST", Latency: time.Minute})
	ctx, interrupt := context.WithCancelCause(t.Context())
	interrupted := errors.New("interrupted by the test")
	var begin time.Time
	go func() {
		acctest.Eventually(t, "the creation is under way", func() bool { return len(s.Writes()) == 1 })
		begin = time.Now()
		interrupt(interrupted)
	}()
	result, _ := w.Apply(ctx)
	if !errors.Is(context.Cause(ctx), interrupted) || result.ExitCode == 0 {
		t.Fatalf("the apply was not interrupted:\n%s", result.Output)
	}
	// Five seconds, and what Terraform needs for its own end on a busy machine.
	if took := time.Since(begin); took > 6*time.Second {
		t.Errorf("the interrupted apply took %s", took)
	}
	const block = "import {\n  to = flow_ado_integration.main # this resource's address\n  id = \"name=Contoso\"\n}"
	if said := result.Errors(); len(said) == 0 || !strings.Contains(said[0].Detail, block) {
		t.Errorf("no error with an import block:\n%s", result.Output)
	}
	state, err := w.Run(t.Context(), "state", "list")
	if err != nil {
		t.Fatal(err)
	}
	if kept, made := state.Output != "", len(s.Flow().Integrations()) > 0; kept != made {
		t.Errorf("the state has %q while Flow has %d integrations", state.Output, len(s.Flow().Integrations()))
	}
}
