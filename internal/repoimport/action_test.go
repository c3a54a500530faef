package repoimport_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

const (
	updateAction = "flow_update_repos"
	updatePath   = "/v3/customer/core/repos/*/update_repo/"
)

// withImports is a sandbox in which these repositories are imported, with the ids 1, 2 and so on.
func withImports(t *testing.T, paths ...string) *acctest.Sandbox {
	t.Helper()
	s := start(t, sandbox.Options{})
	for _, path := range paths {
		byHand(t, s.Flow().Import(flowserver.Repositories, 1, path))
	}
	return s
}

// setToken changes the credential of the integration, and lets Flow notice what comes of it.
func setToken(t *testing.T, s *acctest.Sandbox, name string) {
	t.Helper()
	byHand(t, s.Flow().ChangeIntegration(1, func(i *flowserver.Integration) { i.Token = s.Token(name) }))
	sync(t, s)
}

// queued are the ids of the repositories that Flow was asked to read again, in the order of the ids.
func queued(s *acctest.Sandbox) []string {
	ids := map[string]bool{}
	for _, request := range s.Writes() {
		if _, rest, found := strings.Cut(request.Path, "/repos/"); found && strings.HasSuffix(rest, "/update_repo/") {
			ids[strings.TrimSuffix(rest, "/update_repo/")] = true
		}
	}
	return slices.Sorted(maps.Keys(ids))
}

func TestUpdateQueuesWhatIsSelected(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config   acctest.Values
		queued   []string
		progress []string
	}{
		"all": {nil, []string{"1", "2", "3"}, []string{
			"1 of 3 repositories queued for an update.", "2 of 3 repositories queued for an update.", "3 of 3 repositories queued for an update.",
		}},
		"selected, of which one is not imported": {
			acctest.Values{"include": []any{"Payments/*"}, "exclude": []any{"*/web"}}, []string{"1"}, []string{"1 of 1 repositories queued for an update."},
		},
		"only blocked": {acctest.Values{"only_blocked": true}, []string{"2"}, []string{
			"1 of 3 imported repositories are blocked.", "1 of 1 repositories queued for an update.",
		}},
		"only blocked, and none is": {acctest.Values{"only_blocked": true, "exclude": []any{"*/web"}}, nil, []string{
			"0 of 2 imported repositories are blocked.", "There is nothing to queue.",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := withImports(t, "Payments/api", "Payments/web", "Platform/docs")
			byHand(t, s.AzureDevOps().DisableRepository("contoso", "Payments", "web", true), s.Flow().Sync(t.Context()))
			config := acctest.Values{"integration_id": "1"}
			maps.Copy(config, test.config)
			progress, diagnostics := s.Protocol(t, nil).Invoke(t.Context(), updateAction, config)
			if len(diagnostics) > 0 {
				t.Fatal(acctest.Sentences(diagnostics))
			}
			if diff := cmp.Diff(test.progress, progress); diff != "" {
				t.Errorf("progress (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.queued, queued(s)); diff != "" {
				t.Errorf("queued (-want +got):\n%s", diff)
			}
		})
	}
}

// TestUpdateSeesWhatIsBlockedNow: not what was blocked when the same provider listed it last.
func TestUpdateSeesWhatIsBlockedNow(t *testing.T) {
	t.Parallel()
	s := withImports(t, "Payments/api")
	p := s.Protocol(t, nil)
	config := acctest.Values{"integration_id": "1", "only_blocked": true}
	_, _ = p.Invoke(t.Context(), updateAction, config)
	setToken(t, s, "expired")
	if _, diagnostics := p.Invoke(t.Context(), updateAction, config); len(diagnostics) > 0 || len(queued(s)) != 1 {
		t.Errorf("queued %v: %s", queued(s), acctest.Sentences(diagnostics))
	}
}

func TestUpdateSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	p := withImports(t).Protocol(t, nil)
	for want, config := range map[string]acctest.Values{
		"Flow has no integration 7":            {"integration_id": "7"},
		"Invalid Attribute Value Match":        {"integration_id": "seven"},
		`Invalid selector "a"`:                 {"integration_id": "1", "include": []any{"a"}},
		`Invalid selector "b"`:                 {"integration_id": "1", "exclude": []any{"b"}},
		"No selector in include":               {"integration_id": "1", "include": []any{}},
		`Selector "Payment/*" matches nothing`: {"integration_id": "1", "include": []any{"Payments/api", "Payment/*"}},
		"Invalid timeout for invoke":           {"integration_id": "1", "timeouts": map[string]any{"invoke": "soon"}},
	} {
		_, diagnostics := p.Invoke(t.Context(), updateAction, config)
		if len(diagnostics) != 1 || diagnostics[0].Summary != want {
			t.Errorf("%v: want %q, got\n%s", config, want, acctest.Sentences(diagnostics))
		}
	}
}

// TestAnUpdateOfNothingSaysWhy: a call of which nothing can come is no success.
func TestAnUpdateOfNothingSaysWhy(t *testing.T) {
	t.Parallel()
	p := withImports(t, "Platform/docs").Protocol(t, nil)
	const lists = "\n\nCorrect or remove the selector. The data source flow_repos lists what there is to select; what was created or renamed in Azure DevOps recently appears there after Flow's next look-up.\n"
	for want, include := range map[string]string{
		"WARNING: No repository to update: No repository of integration 1 that include and exclude select is imported, so nothing was queued.\n\n" +
			"Import repositories with flow_repo_import first, or correct the selectors.\n": "Payments/*",
		`ERROR: Selector "Nope/*" matches nothing: Flow has discovered no repository that this selector matches in integration 1. ` +
			`It has the projects "Archive", "Data Science", "Payments" and "Platform".` + lists: "Nope/*",
		`ERROR: Selector "Platfrm/*" matches nothing: Flow has discovered no repository that this selector matches in integration 1. Did you mean "Platform/*"?` + lists: "Platfrm/*",
	} {
		progress, diagnostics := p.Invoke(t.Context(), updateAction, acctest.Values{"integration_id": "1", "include": []any{include}})
		if got := acctest.Sentences(diagnostics); got != want || len(progress) > 0 {
			t.Errorf("%s says %q %v, want %q", include, got, progress, want)
		}
	}
}

// TestAnUpdateThatFailsInPartNamesEach: with Flow's reason.
func TestAnUpdateThatFailsInPartNamesEach(t *testing.T) {
	t.Parallel()
	s := withImports(t, "Payments/api", "Payments/web", "Platform/docs")
	s.Flow().Traffic().Inject(traffic.Fault{
		Method: http.MethodPost, Path: strings.Replace(updatePath, "*", "2", 1), Status: http.StatusBadRequest,
		ContentType: "application/json", Body: `{"detail":"It is being processed."}`,
	})
	progress, diagnostics := s.Protocol(t, nil).Invoke(t.Context(), updateAction, acctest.Values{"integration_id": "1"})
	if len(diagnostics) != 1 || diagnostics[0].Summary != "1 of 3 repositories could not be queued for an update" {
		t.Fatal(acctest.Sentences(diagnostics))
	}
	for _, part := range []string{"HTTP 400", "It is being processed.\n  - Payments/web\n", "-invoke=action.flow_update_repos."} {
		if !strings.Contains(diagnostics[0].Detail, part) {
			t.Errorf("it does not say %q:\n%s", part, diagnostics[0].Detail)
		}
	}
	if last := progress[len(progress)-1]; last != "2 of 3 repositories queued for an update, 1 failed." {
		t.Errorf("the last message is %q", last)
	}
}

// updating is a sandbox with so many imported repositories, whose updates take their time.
func updating(t *testing.T, repositories int, latency time.Duration) *acctest.Sandbox {
	t.Helper()
	s := start(t, sandbox.Options{Scale: scenario.Scale{Projects: 1, Repos: repositories}, ProcessingTime: time.Hour})
	for n := range repositories {
		byHand(t, s.Flow().Import(flowserver.Repositories, 1, fmt.Sprintf("Generated 0001/service-%05d", n+1)))
	}
	s.Flow().Traffic().Inject(traffic.Fault{Method: http.MethodPost, Path: updatePath, Latency: latency})
	return s
}

func TestAnUpdateThatIsInterruptedEndsAtOnce(t *testing.T) {
	t.Parallel()
	s := updating(t, 100, 100*time.Millisecond)
	p := s.Protocol(t, acctest.Values{"max_concurrent_requests": 2})
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	go func() {
		acctest.Eventually(t, "the first updates", func() bool { return len(s.Writes()) >= 4 })
		interrupt()
	}()
	begin := time.Now()
	_, diagnostics := p.Invoke(ctx, updateAction, acctest.Values{"integration_id": "1"})
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("it took %s", took)
	}
	if len(diagnostics) != 1 || !strings.Contains(diagnostics[0].Detail, "Terraform was interrupted: invoke the action again to continue.") {
		t.Error(acctest.Sentences(diagnostics))
	}
	if sent := len(queued(s)); sent >= 50 {
		t.Errorf("%d updates were sent", sent)
	}
}

func TestAnUpdateHasATimeLimit(t *testing.T) {
	t.Parallel()
	s := updating(t, 30, 100*time.Millisecond)
	_, diagnostics := s.Protocol(t, acctest.Values{"max_concurrent_requests": 1}).Invoke(t.Context(), updateAction,
		acctest.Values{"integration_id": "1", "timeouts": map[string]any{"invoke": "500ms"}})
	if len(diagnostics) != 1 || !strings.Contains(diagnostics[0].Detail, "It timed out: raise timeouts.invoke, or invoke the action again to continue.") {
		t.Error(acctest.Sentences(diagnostics))
	}
}

// TestANewCredentialUnblocksInTheSameApply: the action is triggered by what only a new credential changes.
func TestANewCredentialUnblocksInTheSameApply(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.Actions, acctest.WriteOnly)
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	configure := func(version int) {
		w.Configure(s.ProviderConfig(), fmt.Sprintf(`
			resource "flow_ado_integration" "main" {
			  name                             = "Contoso"
			  base_url                         = "https://dev.azure.com/contoso"
			  email                            = "Svc-Flow@contoso.com"
			  personal_access_token_wo         = %q
			  personal_access_token_wo_version = %d
			}
			resource "terraform_data" "credential" {
			  input = flow_ado_integration.main.credential_revision
			  lifecycle {
			    action_trigger {
			      events  = [after_update]
			      actions = [action.flow_update_repos.blocked]
			    }
			  }
			}
			action "flow_update_repos" "blocked" {
			  config {
			    integration_id = flow_ado_integration.main.id
			    only_blocked   = true
			  }
			}`, s.Token("full"), version))
	}
	configure(1)
	w.MustApply()
	byHand(t, s.Flow().Import(flowserver.Repositories, 1, "Payments/api"), s.Flow().Import(flowserver.Repositories, 1, "Payments/web"))
	setToken(t, s, "expired")
	if got := blockedRepos(t, s); got != 2 {
		t.Fatalf("the expired token blocks %d repositories", got)
	}
	configure(2)
	result := w.MustApply()
	if !strings.Contains(result.Output, "2 of 2 repositories queued for an update.") {
		t.Errorf("Terraform shows no progress:\n%s", result.Output)
	}
	if got := blockedRepos(t, s); got != 0 {
		t.Errorf("%d repositories are still blocked", got)
	}
	if diff := cmp.Diff([]string{"1", "2"}, queued(s)); diff != "" {
		t.Errorf("queued (-want +got):\n%s", diff)
	}
	w.ExpectEmptyPlan()
}

// blockedRepos asks the provider how many repositories are blocked.
func blockedRepos(t *testing.T, s *acctest.Sandbox) int {
	t.Helper()
	count := 0
	for _, repo := range repos(t, s, "imported = true") {
		if repo["blocked"] == true {
			count++
		}
	}
	return count
}

func TestTerraformInvokesAnUpdateByHand(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.Actions)
	s := withImports(t, "Payments/api", "Platform/docs")
	w := acctest.NewWorkspace(t)
	w.Configure(s.ProviderConfig(), `
		action "flow_update_repos" "payments" {
		  config {
		    integration_id = "1"
		    include        = ["Payments/*"]
		  }
		}`)
	w.MustApply()
	if got := queued(s); len(got) > 0 {
		t.Errorf("without a trigger, %v were queued", got)
	}
	w.MustApply("-invoke=action.flow_update_repos.payments")
	if diff := cmp.Diff([]string{"1"}, queued(s)); diff != "" {
		t.Errorf("queued (-want +got):\n%s", diff)
	}
}

// TestTerraformEndsAnUpdateThatIsInterrupted: Ctrl-C reaches the action. What the action says then gets lost on the way in
// Terraform 1.16, which may even end with success.
func TestTerraformEndsAnUpdateThatIsInterrupted(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.Actions)
	s := updating(t, 200, 100*time.Millisecond)
	w := acctest.NewWorkspace(t)
	w.Configure(s.ProviderConfig("max_concurrent_requests = 1"), "action \"flow_update_repos\" \"all\" {\n  config {\n    integration_id = \"1\"\n  }\n}\n")
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	interrupted := make(chan time.Time, 1)
	go func() {
		acctest.Eventually(t, "the first updates", func() bool { return len(s.Writes()) >= 4 })
		interrupted <- time.Now()
		interrupt()
	}()
	if result, err := w.Apply(ctx, "-invoke=action.flow_update_repos.all"); err != nil && !errors.Is(err, context.Canceled) || ctx.Err() == nil {
		t.Fatalf("it was not interrupted (%v):\n%s", err, result.Output)
	}
	if took := time.Since(<-interrupted); took > 5*time.Second {
		t.Errorf("it took %s to end", took)
	}
	if sent := len(queued(s)); sent >= 100 {
		t.Errorf("%d updates were sent", sent)
	}
}
