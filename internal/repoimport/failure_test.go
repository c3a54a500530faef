package repoimport_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
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

// generated is a sandbox with so many more repositories, all of which the configuration imports.
func generated(t *testing.T, repositories int) *acctest.Sandbox {
	t.Helper()
	// Processing would take most of a test's time.
	return start(t, sandbox.Options{Scale: scenario.Scale{Projects: 2, Repos: repositories}, ProcessingTime: time.Hour})
}

var allGenerated = attributes{"include": `["Generated */*"]`}

// refusal is Flow's answer to an import that it does not accept.
func refusal(times int) traffic.Fault {
	return traffic.Fault{
		Method: http.MethodPost, Path: importPath, Times: times,
		Status: http.StatusBadRequest, ContentType: "application/json", Body: `{"available_repo_id":["The repository is too large."]}`,
	}
}

// expectEachImportedOnce checks the log of requests: no repository is sent twice, those aside that a fault hit.
func expectEachImportedOnce(t *testing.T, s *acctest.Sandbox, want int) {
	t.Helper()
	if got := len(imported(s)); got != want {
		t.Errorf("Flow has %d repositories, want %d", got, want)
	}
	seen := map[string]int{}
	for _, request := range s.Writes() {
		if request.Method == http.MethodPost && !request.Faulted {
			seen[request.Body]++
		}
	}
	for body, times := range seen {
		if times > 1 {
			t.Errorf("%s was sent %d times", body, times)
		}
	}
}

// TestAPartialFailureKeepsWhatWasDone: 3 of 500 are refused.
func TestAPartialFailureKeepsWhatWasDone(t *testing.T) {
	t.Parallel()
	const repositories = 500
	s := generated(t, repositories)
	s.Flow().Traffic().Inject(refusal(3))
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, allGenerated.with(attributes{"on_destroy": `"remove"`})))
	failed := w.FailedApply()
	acctest.Expect(t, failed, acctest.Said{
		Severity: failure, Summary: "3 of 500 repositories could not be imported",
		Detail: []string{
			`Flow answered HTTP 400 Bad Request`, "available_repo_id: The repository is too large.", "Correct what Flow's message names",
			"the replacement removes nothing from Flow", "the next apply imports what is missing",
		},
	})
	detail := failed.Diagnostics[0].Detail
	var missing []any
	done := imported(s)
	for n := 1; n <= repositories; n++ {
		path := fmt.Sprintf("Generated %04d/service-%05d", (n-1)%2+1, n)
		if !slices.Contains(done, path) {
			missing = append(missing, path)
		}
	}
	slices.SortFunc(missing, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	if named := fmt.Sprintf("too large.\n  - %s\n  - %s\n  - %s\n\n", missing...); !strings.Contains(detail, named) {
		t.Errorf("it does not name these below their reason: %s\n%s", named, detail)
	}
	kept := w.Attributes(address)
	if count := kept["repository_count"]; count != repositories-3.0 {
		t.Errorf("the state counts %v repositories, want %d", count, repositories-3)
	}
	if diff := cmp.Diff(map[string]any{"count": 3.0, "sample": missing}, kept["pending"]); diff != "" {
		t.Errorf("pending (-want +got):\n%s", diff)
	}
	if pending := acctest.Attribute(w.OnlyChange().Before, "pending"); acctest.Attribute(pending, "count") != 3.0 {
		t.Errorf("the next plan shows as pending %v", pending)
	}
	w.MustApply()
	w.ExpectEmptyPlan()
	expectEachImportedOnce(t, s, repositories)
	for _, request := range s.Writes() {
		if request.Method == http.MethodDelete {
			t.Errorf("the replacement of the tainted resource sent %s %s", request.Method, request.Path)
		}
	}
}

// TestAPartialFailureOfAnUpdate taints nothing.
func TestAPartialFailureOfAnUpdate(t *testing.T) {
	t.Parallel()
	s := generated(t, 10)
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["Payments/*"]`}))
	w.MustApply()
	s.Flow().Traffic().Inject(refusal(3))
	w.Configure(repoImport(s, attributes{"include": `["Payments/*", "Generated */*"]`}))
	acctest.Expect(t, w.FailedApply(), acctest.Said{
		Severity: failure, Summary: "3 of 10 repositories could not be imported", Detail: []string{"The next plan shows what is missing as pending"},
	})
	change := w.OnlyChange()
	if !change.Actions.Update() || acctest.Attribute(change.Before, "repository_count") != 10.0 {
		t.Errorf("the next plan would %v, with %v repositories", change.Actions, acctest.Attribute(change.Before, "repository_count"))
	}
	w.MustApply()
	w.ExpectEmptyPlan()
	expectEachImportedOnce(t, s, 13)
}

// TestDestroyingAnIncompleteResourceRemoves: unlike replacing it.
func TestDestroyingAnIncompleteResourceRemoves(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	s.Flow().Traffic().Inject(refusal(1))
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["Payments/*"]`, "on_destroy": `"remove"`}))
	w.FailedApply()
	w.MustApply("-destroy")
	expectImported(t, s)
}

func TestARemovalThatFailsInPartIsGoneOnWith(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["Payments/*"]`, "on_destroy": `"remove"`}))
	w.MustApply()
	s.Flow().Traffic().Inject(traffic.Fault{
		Method: http.MethodDelete, Path: "/v3/customer/core/repos/*/", Times: 1, Status: http.StatusBadRequest,
		ContentType: "application/json", Body: `{"detail":"It is being processed."}`,
	})
	failed := w.FailedApply("-destroy")
	acctest.Expect(t, failed,
		acctest.Said{Severity: warning, Summary: "3 repositories will be removed from Flow", Detail: []string{
			"data:\n  - Payments/api\n  - Payments/ledger\n  - Payments/web\n\n",
		}},
		acctest.Said{Severity: failure, Summary: "1 of 3 repositories could not be removed", Detail: []string{
			"HTTP 400", "It is being processed.\n  - Payments/", "Run `terraform destroy` again",
		}})
	if left := imported(s); len(left) != 1 {
		t.Errorf("Flow still has %v", left)
	}
	w.MustApply("-destroy")
	expectImported(t, s)
}

// TestWritesThatTheWorkspaceDoesNotAcceptEndEarly: after twenty consecutive refusals, no more are sent, and the reason is shown once.
func TestWritesThatTheWorkspaceDoesNotAcceptEndEarly(t *testing.T) {
	t.Parallel()
	s := generated(t, 100)
	w := acctest.NewWorkspace(t)
	w.Configure(s.ProviderConfigWithKey(s.ReadonlyAPIKey()), resourceBlock("all", allGenerated))
	failed := w.FailedApply()
	acctest.Expect(t, failed, acctest.Said{
		Severity: failure, Summary: "100 of 100 repositories could not be imported",
		Detail: []string{
			"HTTP 403 Forbidden", "You do not have permission to perform this action.\n  - Generated 0001/service-00001\n", "This workspace does not accept this write by API with this key",
			"by hand in Flow under Settings > Integrations", "were not tried: stopped after 20 consecutive failures",
		},
	})
	if told := strings.Count(failed.Diagnostics[0].Detail, "403"); told != 1 {
		t.Errorf("it gives the reason %d times:\n%s", told, failed.Diagnostics[0].Detail)
	}
	if writes := len(s.Writes()); writes >= 40 {
		t.Errorf("Flow refused %d writes", writes)
	}
}

// TestOverlappingSelectorsImportEachOnce: two resources at the same time.
func TestOverlappingSelectorsImportEachOnce(t *testing.T) {
	t.Parallel()
	s := generated(t, 100)
	s.Flow().Traffic().Inject(traffic.Fault{Latency: 5 * time.Millisecond})
	w := acctest.NewWorkspace(t)
	w.Configure(s.ProviderConfig(), resourceBlock("all", nil), resourceBlock("some", allGenerated))
	w.MustApply()
	w.ExpectEmptyPlan()
	expectEachImportedOnce(t, s, 100+len(everything))
	if writes := len(s.Writes()); writes != 100+len(everything) {
		t.Errorf("Flow got %d writes, want one for each repository", writes)
	}
}

// TestLostAnswers breaks the answers to imports in every way: each repository is imported once.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]traffic.Fault{
		"reset after it took effect":  {Reset: traffic.ResetAfter},
		"reset before it took effect": {Reset: traffic.ResetBefore},
		"truncated":                   {Truncate: true},
		"bad gateway":                 {Status: http.StatusBadGateway},
		"a page":                      {Status: http.StatusInternalServerError, ContentType: "text/html", Body: "<h1>Server Error (500)</h1>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := generated(t, 30)
			fault.Method, fault.Path, fault.Times = http.MethodPost, importPath, 5
			s.Flow().Traffic().Inject(fault)
			w := acctest.NewWorkspace(t)
			w.Configure(repoImport(s, allGenerated))
			acctest.Expect(t, w.MustApply())
			w.ExpectEmptyPlan()
			expectEachImportedOnce(t, s, 30)
			tookEffect := fault.Reset == traffic.ResetAfter || fault.Truncate
			if writes := len(s.Writes()); tookEffect && writes != 30 {
				t.Errorf("Flow got %d writes, want one for each of 30", writes)
			}
		})
	}
}

// TestRetryAfterHoldsAllWorkersBack: no request is sent before the time that Flow names.
func TestRetryAfterHoldsAllWorkersBack(t *testing.T) {
	t.Parallel()
	s := generated(t, 60)
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, allGenerated))
	go func() {
		acctest.Eventually(t, "20 imports", func() bool { return len(imported(s)) >= 20 })
		s.Flow().Traffic().Inject(traffic.Fault{
			Method: http.MethodPost, Path: importPath, Times: 1, Status: http.StatusTooManyRequests, RetryAfter: "2",
			ContentType: "application/json", Body: `{"detail":"Request was throttled. Expected available in 2 seconds."}`,
		})
	}()
	s.Flow().Traffic().Inject(traffic.Fault{Method: http.MethodPost, Path: importPath, Latency: 20 * time.Millisecond, Times: 40})
	w.MustApply()
	expectEachImportedOnce(t, s, 60)
	requests := s.Flow().Traffic().Requests()
	throttled := slices.IndexFunc(requests, func(r traffic.Request) bool { return r.Status == http.StatusTooManyRequests })
	if throttled < 0 {
		t.Fatal("no request was throttled: the test began too late")
	}
	// What had been sent when the answer came may arrive after it; 100 ms are more than enough for that.
	from, to := requests[throttled].Time.Add(100*time.Millisecond), requests[throttled].Time.Add(2*time.Second)
	for _, request := range requests {
		if request.Time.After(from) && request.Time.Before(to) {
			t.Errorf("%s %s was sent %s after the 429", request.Method, request.Path, request.Time.Sub(requests[throttled].Time))
		}
	}
}

// TestAnApplyThatIsEndedIsGoneOnWith: by Ctrl-C, and by a kill that lets nobody say goodbye.
func TestAnApplyThatIsEndedIsGoneOnWith(t *testing.T) {
	t.Parallel()
	const repositories = 500
	for name, signal := range map[string]os.Signal{"interrupted": os.Interrupt, "killed": os.Kill} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := generated(t, repositories)
			slow := s.Flow().Traffic().Inject(traffic.Fault{Method: http.MethodPost, Path: importPath, Latency: 50 * time.Millisecond})
			w := acctest.NewWorkspace(t)
			w.Signal = signal
			w.Configure(repoImport(s, allGenerated.with(attributes{"on_destroy": `"remove"`})))
			ctx, end := context.WithCancelCause(t.Context())
			ended := errors.New("ended by the test")
			go func() {
				acctest.Eventually(t, "a part of the imports", func() bool { return len(imported(s)) >= repositories/4 })
				end(ended)
			}()
			begin := time.Now()
			result, err := w.Apply(ctx)
			if err != nil || !errors.Is(context.Cause(ctx), ended) || result.ExitCode == 0 {
				t.Fatalf("the apply was not ended (%v):\n%s", err, result.Output)
			}
			if took := time.Since(begin); took > 20*time.Second {
				t.Errorf("it took %s", took)
			}
			if signal == os.Interrupt {
				if count, _ := w.Attributes(address)["repository_count"].(float64); count < repositories/4 || count >= repositories {
					t.Errorf("the state counts %v repositories", count)
				}
			}
			if got := len(imported(s)); got >= repositories {
				t.Fatalf("all %d repositories were imported before the end", got)
			}
			slow()
			w.MustApply()
			w.ExpectEmptyPlan()
			if got := len(imported(s)); got != repositories {
				t.Errorf("Flow has %d repositories, want %d", got, repositories)
			}
			seen := map[string]int{}
			for _, request := range s.Writes() {
				// What was cut off before Flow had it is sent again.
				if request.Status == http.StatusCreated {
					seen[request.Body]++
				}
				if request.Method == http.MethodDelete || request.Status == http.StatusBadRequest {
					t.Errorf("Flow got %s %s %s, and answered %d", request.Method, request.Path, request.Body, request.Status)
				}
			}
			for body, times := range seen {
				if times != 1 {
					t.Errorf("%s was imported %d times", body, times)
				}
			}
		})
	}
}

// TestWhatIsImportedMeanwhileByHandIsNoFailure: Flow refuses to import it again.
func TestWhatIsImportedMeanwhileByHandIsNoFailure(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["Payments/*"]`}))
	s.Flow().Traffic().Inject(traffic.Fault{Method: http.MethodPost, Path: importPath, Latency: 300 * time.Millisecond})
	go func() {
		acctest.Eventually(t, "the imports are under way", func() bool { return len(s.Writes()) > 0 })
		_ = s.Flow().Import(flowserver.Repositories, 1, "Payments/api")
	}()
	acctest.Expect(t, w.MustApply())
	w.ExpectEmptyPlan()
	expectImported(t, s, "Payments/api", "Payments/ledger", "Payments/web")
}
