package adointegration_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

const (
	createPath = "/v3/customer/core/integrations/create_with_vendor/"
	listPath   = "/v3/customer/core/integrations/"
	objectPath = "/v3/customer/core/integrations/*/"
)

// TestLostAnswersLeaveOneIntegration breaks the answer to the creation in every way: Flow has one integration
// afterwards, whose id is in the state.
func TestLostAnswersLeaveOneIntegration(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault traffic.Fault
		posts int
	}{
		"reset after it took effect":   {traffic.Fault{Reset: traffic.ResetAfter}, 1},
		"truncated":                    {traffic.Fault{Truncate: true}, 1},
		"reset before it took effect":  {traffic.Fault{Reset: traffic.ResetBefore}, 2},
		"bad gateway, nothing created": {traffic.Fault{Status: http.StatusBadGateway}, 2},
		"unavailable, after a pause":   {traffic.Fault{Status: http.StatusServiceUnavailable, RetryAfter: "1"}, 2},
		"throttled":                    {traffic.Fault{Status: http.StatusTooManyRequests, RetryAfter: "1"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{})
			test.fault.Method, test.fault.Path, test.fault.Times = "POST", createPath, 1
			s.Flow().Traffic().Inject(test.fault)
			w := acctest.NewWorkspace(t)
			w.Configure(integration(s, nil))
			w.MustApply()
			s.Integration(t)
			if writes := s.Writes(); len(writes) != test.posts {
				t.Errorf("the creation was sent %d times, want %d", len(writes), test.posts)
			}
			if plan := w.MustPlan(); plan.ExitCode != 0 {
				t.Errorf("the plan afterwards is not empty:\n%s", plan.Output)
			}
		})
	}
}

// TestBrokenAnswersAreNamed makes Flow answer in every wrong way: the error says which server, which request, which
// status, and what to do; and the plan is clean when that was done, and the failure has passed.
func TestBrokenAnswersAreNamed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault traffic.Fault
		says  []string
	}{
		"HTML": {
			traffic.Fault{Status: 200, ContentType: "text/html", Body: "<html>Sign in</html>"},
			[]string{"Could not list the integrations: Flow could not be asked: 127.0.0.1:", " answered HTTP 200 OK with a page that is not from the Flow API", "GET http://127.0.0.1", listPath, "Check the provider's workspace or base_url"},
		},
		"empty": {
			traffic.Fault{Status: 200, ContentType: "application/json"},
			[]string{"Flow answered HTTP 200 OK with an empty body", "GET http://127.0.0.1", "Try again"},
		},
		"not what was expected": {
			traffic.Fault{Status: 200, ContentType: "application/json", Body: `{"results": 3}`},
			[]string{"Flow answered HTTP 200 OK with something that could not be understood", "GET http://127.0.0.1", "report it"},
		},
		"truncated": {
			traffic.Fault{Truncate: true},
			[]string{"Flow's answer broke off before its end", "GET http://127.0.0.1", "Try again. If it happens again, check whether a proxy changes the answers, and report it with the log of TF_LOG=DEBUG."},
		},
		"server error": {
			traffic.Fault{Status: 500, ContentType: "text/html", Body: "<h1>Server Error (500)</h1>"},
			[]string{"Flow answered HTTP 500 Internal Server Error (after 6 attempts)", "GET http://127.0.0.1", "the fault is on Flow's side"},
		},
		"slow": {
			traffic.Fault{Latency: 1_200 * time.Millisecond},
			[]string{"Flow gave no complete answer in time", "GET http://127.0.0.1", "raise the provider's request_timeout"},
		},
		"key revoked": {
			traffic.Fault{Status: 401, ContentType: "application/json", Body: `{"detail":"Invalid token."}`},
			[]string{"Flow answered HTTP 401 Unauthorized", "Invalid token.", "Check the provider's api_key (or FLOW_API_KEY)"},
		},
		"no right to see it": {
			traffic.Fault{Status: 403, ContentType: "application/json", Body: `{"detail":"You do not have permission to perform this action."}`},
			[]string{"Flow answered HTTP 403 Forbidden", "You do not have permission to perform this action.", "Give the API key's user a role"},
		},
		"nothing there": {
			traffic.Fault{Status: 404, ContentType: "text/html", Body: "<h1>Not Found</h1>"},
			[]string{" answered HTTP 404 Not Found with a page that is not from the Flow API", "Check the provider's workspace or base_url, spelling included."},
		},
		"no such object": {
			traffic.Fault{Status: 404, ContentType: "application/json", Body: `{"detail":"Not found."}`},
			[]string{"Check the provider's workspace or base_url: this address has no such object."},
		},
		"redirect": {
			traffic.Fault{Status: 302, ContentType: "application/json", Body: "{}"},
			[]string{"Check the provider's workspace or base_url"},
		},
		"a part of the list": {
			traffic.Fault{Status: 200, ContentType: "application/json", Body: `{"count":9,"next":null,"previous":null,"results":[]}`},
			[]string{"Try again. If it happens again, report it with the data source flow_api_report"},
		},
		"too many requests": {
			traffic.Fault{Status: 429, RetryAfter: "3600"},
			[]string{"Try again later, with a smaller max_concurrent_requests or -parallelism"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{})
			w := acctest.NewWorkspace(t)
			w.Configure(s.ProviderConfig(`request_timeout = "1s"`), resourceBlock(s, "main", nil))
			w.MustApply()
			test.fault.Path = listPath
			s.Flow().Traffic().Inject(test.fault)
			plan := w.MustPlan()
			acctest.Expect(t, plan, acctest.Said{Severity: failure, Summary: "Could not read the integration", Detail: test.says})
			if state, err := w.Run(t.Context(), "state", "list"); err != nil || strings.TrimSpace(state.Output) != address {
				t.Errorf("the integration is no longer in the state: %s %v", state.Output, err)
			}
			w.Configure(s.ProviderConfig(`request_timeout = "1m"`, "max_concurrent_requests = 1"), resourceBlock(s, "main", nil))
			if name != "slow" { // There it is what the message says that helps.
				s.Flow().Traffic().ClearFaults()
			}
			w.ExpectEmptyPlan()
		})
	}
}

// TestRefusedWritesSayWhatToDo: a workspace that does not accept a write by API is told from one that is broken.
func TestRefusedWritesSayWhatToDo(t *testing.T) {
	t.Parallel()
	t.Run("view-only key", func(t *testing.T) {
		t.Parallel()
		s := acctest.Start(t, sandbox.Options{})
		w := acctest.NewWorkspace(t)
		w.Configure(s.ProviderConfigWithKey(s.ReadonlyAPIKey()), resourceBlock(s, "main", nil))
		failed := w.FailedApply()
		acctest.Expect(t, failed, tfvcOnly, acctest.Said{
			Severity: failure, Summary: "Could not create the integration",
			Detail: []string{
				`Could not create integration "Contoso": Flow answered HTTP 403 Forbidden`, "You do not have permission to perform this action.",
				"This workspace does not accept this write by API with this key", "Reads and drift detection still work",
				"by hand in Flow under Settings > Integrations > Add Integration > Azure DevOps",
			},
		})
		acctest.Told(t, failed, "Give the API key's user the right, or do it by hand in Flow under …: the next plan sees it. Import what was created by hand:")
		byHand(t, s, "Contoso")
		arguments := attributes{"services": "{ webhooks = false }", "deletion_protection": "true"}
		w.Configure(s.ProviderConfigWithKey(s.ReadonlyAPIKey()), resourceBlock(s, "main", arguments), acctest.ToldBlock(t, failed, "import"))
		w.MustApply()
		expectKept(t, s, w)
	})
	for name, status := range map[string]int{"404": 404, "405": 405} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{})
			w := acctest.NewWorkspace(t)
			w.Configure(integration(s, unprotected(nil)))
			w.MustApply()
			s.Flow().Traffic().Inject(traffic.Fault{Method: "PATCH", Path: objectPath, Status: status, ContentType: "application/json", Body: `{"detail":"No."}`})
			s.Flow().Traffic().Inject(traffic.Fault{Method: "DELETE", Path: objectPath, Status: status, ContentType: "application/json", Body: `{"detail":"No."}`})
			advice := []string{fmt.Sprintf("Flow answered HTTP %d", status), "No.", "Reads and drift detection still work", "Settings > Integrations > the integration's name"}

			w.Configure(integration(s, unprotected(attributes{"name": `"Other"`})))
			acctest.Expect(t, w.FailedApply(), acctest.Said{Severity: failure, Summary: `Could not change integration 1 ("Contoso")`, Attribute: "", Detail: advice})
			w.Configure(integration(s, unprotected(nil)))
			acctest.Expect(t, terraformcli.Result{Diagnostics: w.FailedApply("-destroy").Errors()}, acctest.Said{Severity: failure, Summary: `Could not delete integration 1 ("Contoso")`, Detail: advice})
			s.Integration(t)
			if plan := w.MustPlan(); plan.ExitCode != 0 {
				t.Errorf("the integration is no longer managed:\n%s", plan.Output)
			}
		})
	}
}

// TestFlowsOwnRefusalsPointAtTheArgument: with the checks off, what Flow says on creation is on the argument it is about.
func TestFlowsOwnRefusalsPointAtTheArgument(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	for name, test := range map[string]struct {
		changes attributes
		want    acctest.Said
	}{
		"token": {attributes{"personal_access_token_wo": quoted(s.Token("revoked"))}, acctest.Said{
			Severity: failure, Summary: "Flow was denied access with this token", Attribute: "personal_access_token_wo",
			Detail: []string{"HTTP 400 Bad Request", "Authorization denied", "neither expired nor revoked"},
		}},
		"e-mail": {attributes{"email": `"svc-flow@contoso.com"`}, acctest.Said{
			Severity: failure, Summary: "Flow could not connect with this e-mail and base URL", Attribute: "email",
			Detail: []string{"HTTP 400 Bad Request", "An error has occurred", "upper and lower case included"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t)
			w.Configure(s.ProviderConfig(`preflight = "off"`), resourceBlock(s, "main", test.changes))
			acctest.Expect(t, w.FailedApply(), test.want)
		})
	}
}
