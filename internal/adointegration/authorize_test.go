package adointegration_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
)

const authorizeAction = "flow_authorize_ado_integration"

// whileWaiting invokes the action, and does something once it waits for a consent.
func whileWaiting(t *testing.T, s *acctest.Sandbox, config acctest.Values, do func()) (progress []string, said string) {
	t.Helper()
	s.Flow().Traffic().Reset()
	done := make(chan struct{})
	go func() {
		defer close(done)
		acctest.Eventually(t, "the action looks at the connection", func() bool {
			for _, request := range s.Flow().Traffic().Requests() {
				if strings.HasSuffix(request.Path, "/connection_status/") && request.Status != 0 {
					return true
				}
			}
			return false
		})
		do()
	}()
	progress, diagnostics := s.Protocol(t, nil).Invoke(t.Context(), authorizeAction, config)
	<-done
	return progress, acctest.Sentences(diagnostics)
}

func TestTheActionWaitsForAPerson(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		dialect  string
		config   func(address string) acctest.Values
		do       func(*testing.T, *acctest.Sandbox)
		progress []string
		said     string
	}{
		"who consents": {
			do:       func(t *testing.T, s *acctest.Sandbox) { t.Helper(); consents(t, s, "") },
			progress: []string{"Open ADDRESS in a browser, sign in to Azure DevOps, and consent. Waiting for that.", `Integration 1 ("Contoso") is authorized.`},
		},
		"who refuses": {
			do: func(t *testing.T, s *acctest.Sandbox) {
				t.Helper()
				if err := s.Flow().Refuse(t.Context(), 1); err != nil {
					t.Error(err)
				}
			},
			progress: []string{"Open ADDRESS in a browser, sign in to Azure DevOps, and consent. Waiting for that."},
			said: `ERROR: The connection was not authorized: Flow's connection status of integration 1 ("Contoso") is "pending_authorization": The consent was refused (access_denied).` +
				"\n\nTo ask again, run `terraform apply -invoke=action.flow_authorize_ado_integration.<name>`, or open the integration's authorization_url in a browser and apply.\n",
		},
		"who chooses another organization": {
			do:       func(t *testing.T, s *acctest.Sandbox) { t.Helper(); consents(t, s, "fabrikam") },
			progress: []string{"Open ADDRESS in a browser, sign in to Azure DevOps, and consent. Waiting for that."},
			said: `ERROR: The connection was not authorized: Flow's connection status of integration 1 ("Contoso") is "failed_integration": ` +
				"The consent is for https://dev.azure.com/fabrikam, but the integration is for https://dev.azure.com/contoso.\n\n" +
				"To ask again, run `terraform apply -invoke=action.flow_authorize_ado_integration.<name>`, or open the integration's authorization_url in a browser and apply.\n",
		},
		"who does nothing": {
			config:   func(string) acctest.Values { return acctest.Values{"timeouts": map[string]any{"invoke": "1s"}} },
			do:       func(*testing.T, *acctest.Sandbox) {},
			progress: []string{"Open ADDRESS in a browser, sign in to Azure DevOps, and consent. Waiting for that."},
			said: `ERROR: The connection was not authorized: Nobody consented to the connection of integration 1 ("Contoso") in time. Raise timeouts.invoke if people need longer. ` +
				"The integration is kept.\n\nTo ask again, run `terraform apply -invoke=action.flow_authorize_ado_integration.<name>`, or open the integration's authorization_url in a browser and apply.\n",
		},
		"whom only the state tells the address": {
			dialect:  "oauth-url-once",
			config:   func(address string) acctest.Values { return acctest.Values{"authorization_url": address} },
			do:       func(t *testing.T, s *acctest.Sandbox) { t.Helper(); consents(t, s, "") },
			progress: []string{"Open ADDRESS in a browser, sign in to Azure DevOps, and consent. Waiting for that.", `Integration 1 ("Contoso") is authorized.`},
		},
		"whom nothing tells the address": {
			dialect:  "oauth-url-once",
			do:       func(t *testing.T, s *acctest.Sandbox) { t.Helper(); consents(t, s, "") },
			progress: []string{"Waiting for a person to authorize integration 1 in Flow under Settings > Integrations > Contoso.", `Integration 1 ("Contoso") is authorized.`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{})
			addByOAuth(t, s)
			consentAt := s.Flow().AuthorizationURL(s.Integration(t))
			if test.dialect != "" {
				s.Speak(t, test.dialect)
			}
			config := acctest.Values{}
			if test.config != nil {
				config = test.config(consentAt)
			}
			config["integration_id"] = "1"
			progress, said := whileWaiting(t, s, config, func() { test.do(t, s) })
			if want := strings.ReplaceAll(strings.Join(test.progress, "\n"), "ADDRESS", consentAt); strings.Join(progress, "\n") != want {
				t.Errorf("it showed\n%s\nwant\n%s", strings.Join(progress, "\n"), want)
			}
			if said != test.said {
				t.Errorf("it said\n%s\nwant\n%s", said, test.said)
			}
		})
	}
}

// TestAnActionThatFailedIsInvokedAgain: with more time, and a person who consents, it ends well, and the plan is clean.
func TestAnActionThatFailedIsInvokedAgain(t *testing.T) {
	t.Parallel()
	s, w := createByOAuth(t, nil)
	config := acctest.Values{"integration_id": "1", "timeouts": map[string]any{"invoke": "1s"}}
	_, diagnostics := s.Protocol(t, nil).Invoke(t.Context(), authorizeAction, config)
	if said := acctest.Sentences(diagnostics); !strings.Contains(said, "Raise timeouts.invoke if people need longer.") || !strings.Contains(said, "To ask again, run `terraform apply -invoke=") {
		t.Errorf("it says\n%s", said)
	}
	config["timeouts"] = map[string]any{"invoke": "1m"}
	if _, said := whileWaiting(t, s, config, func() { consents(t, s, "") }); said != "" {
		t.Errorf("it says\n%s", said)
	}
	expectKept(t, s, w)
}

// TestAnActionIsGivenAnIntegrationByOAuth: one with a token needs no consent.
func TestAnActionIsGivenAnIntegrationByOAuth(t *testing.T) {
	t.Parallel()
	s, w := createByOAuth(t, nil)
	consents(t, s, "")
	w.MustApply("-refresh-only")
	byHand(t, s, "By token")
	p := s.Protocol(t, nil)
	_, diagnostics := p.Invoke(t.Context(), authorizeAction, acctest.Values{"integration_id": "2"})
	if said := acctest.Sentences(diagnostics); !strings.Contains(said, `Remove the action, or give it an integration with auth_method = "oauth".`) {
		t.Errorf("it says\n%s", said)
	}
	if _, diagnostics = p.Invoke(t.Context(), authorizeAction, acctest.Values{"integration_id": "1"}); len(diagnostics) > 0 {
		t.Errorf("it says\n%s", acctest.Sentences(diagnostics))
	}
	w.ExpectEmptyPlan()
}

func TestTheActionHasNothingToWaitFor(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	byHand(t, s, "By token")
	p := s.Protocol(t, nil)
	for id, want := range map[string]string{
		"1":     "Not a connection by OAuth",
		"7":     "Could not read the integration",
		"seven": "Invalid Attribute Value Match",
	} {
		if _, diagnostics := p.Invoke(t.Context(), authorizeAction, acctest.Values{"integration_id": id}); len(diagnostics) != 1 || diagnostics[0].Summary != want {
			t.Errorf("%s: want %q, got\n%s", id, want, acctest.Sentences(diagnostics))
		}
	}
	if err := s.Flow().RemoveIntegration(1); err != nil {
		t.Fatal(err)
	}
	addByOAuth(t, s)
	consents(t, s, "")
	progress, diagnostics := p.Invoke(t.Context(), authorizeAction, acctest.Values{"integration_id": "2"})
	if len(diagnostics) > 0 || len(progress) != 1 || progress[0] != `Integration 2 ("Contoso") is authorized already.` {
		t.Errorf("it showed %v and said\n%s", progress, acctest.Sentences(diagnostics))
	}
}

// authorized is a configuration in which the action is triggered by the creation, and the import waits for its trigger.
func authorized(s *acctest.Sandbox) []string {
	return []string{byOAuth(s, nil), `
		resource "terraform_data" "consent" {
		  input = flow_ado_integration.main.id
		  lifecycle {
		    action_trigger {
		      events  = [after_create]
		      actions = [action.flow_authorize_ado_integration.main]
		    }
		  }
		}
		action "flow_authorize_ado_integration" "main" {
		  config {
		    integration_id    = flow_ado_integration.main.id
		    authorization_url = flow_ado_integration.main.authorization_url
		  }
		}
		resource "flow_repo_import" "payments" {
		  integration_id = flow_ado_integration.main.id
		  include        = ["Payments/*"]
		  depends_on     = [terraform_data.consent]
		}`}
}

// TestOneApplyWithTheAction: from Terraform 1.16 on, what depends on the trigger waits for the action.
func TestOneApplyWithTheAction(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.AwaitedActions)
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(authorized(s)...)
	done := consentsLater(t, s)
	result := w.MustApply()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if count := w.Attributes("flow_repo_import.payments")["repository_count"]; count == 0.0 || !strings.Contains(result.Output, "and consent. Waiting for that.") {
		t.Errorf("%v repositories, and the output\n%s", count, result.Output)
	}
	w.ExpectEmptyPlan()
}

// TestTwoAppliesWithTheAction: before, they run beside it, and say what they wait for; the second apply does the rest.
func TestTwoAppliesWithTheAction(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.Actions)
	if acctest.Has(t, acctest.AwaitedActions) {
		t.Skip("dependents wait for actions in this version of Terraform, see TestOneApplyWithTheAction")
	}
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(authorized(s)...)
	done := consentsLater(t, s)
	first, err := w.Apply(t.Context())
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range first.Errors() {
		if said.Summary != "Integration 1 waits for a person's consent" {
			t.Errorf("the first apply says %s\n%s", said.Summary, said.Detail)
		}
	}
	w.MustApply()
	w.ExpectEmptyPlan()
}

// TestTerraformShowsHowAnInvocationEnded: without a consent in time, with a refusal, and with a consent.
func TestTerraformShowsHowAnInvocationEnded(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.Actions)
	s, w := createByOAuth(t, nil)
	invoke := "-invoke=action." + authorizeAction + ".main"
	configure := func(limit string) {
		w.Configure(byOAuth(s, nil), fmt.Sprintf("action %q \"main\" {\n  config {\n    integration_id = \"1\"\n    timeouts = { invoke = %q }\n  }\n}\n", authorizeAction, limit))
	}
	configure("1s")
	if said := only(t, w.FailedApply(invoke)); !strings.Contains(said.Detail, "Nobody consented to the connection of integration 1 (\"Contoso\") in time.") {
		t.Errorf("it says %s\n%s", said.Summary, said.Detail)
	}
	configure("1m")
	s.Flow().Traffic().Reset()
	done := whenAsked(t, s, func() error { return s.Flow().Refuse(t.Context(), 1) })
	if said := only(t, w.FailedApply(invoke)); !strings.Contains(said.Detail, "The consent was refused (access_denied).") {
		t.Errorf("it says %s\n%s", said.Summary, said.Detail)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	s.Flow().Traffic().Reset()
	done = consentsLater(t, s)
	w.MustApply(invoke)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	expectKept(t, s, w)
}

// TestThreeStepsWithoutActions: open the address, and apply again.
func TestThreeStepsWithoutActions(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(byOAuth(s, nil), fmt.Sprintf("resource \"flow_repo_import\" \"payments\" {\n  integration_id = %s.id\n  include = [\"Payments/*\"]\n  timeouts = { create = \"20s\" }\n}\n", address))
	said := only(t, w.FailedApply())
	if said.Summary != "Integration 1 waits for a person's consent" || !strings.Contains(said.Detail, s.AzureDevOpsEndpoint()) || !strings.Contains(said.Detail, "Then apply again.") {
		t.Errorf("it says %s\n%s", said.Summary, said.Detail)
	}
	if writes := s.Writes(); len(writes) != 1 {
		t.Errorf("Flow was sent %v", writes)
	}
	consents(t, s, "")
	w.MustApply()
	w.ExpectEmptyPlan()
	s.Integration(t)
}

// consentsLater consents once there is an integration that somebody asks about.
func consentsLater(t *testing.T, s *acctest.Sandbox) <-chan error {
	t.Helper()
	return whenAsked(t, s, func() error { return s.Flow().Consent(t.Context(), 1, "", "") })
}

// whenAsked does something once somebody asks about the connection.
func whenAsked(t *testing.T, s *acctest.Sandbox, do func() error) <-chan error {
	t.Helper()
	done := make(chan error, 1)
	go func() {
		acctest.Eventually(t, "the action waits", func() bool {
			for _, request := range s.Flow().Traffic().Requests() {
				if strings.HasSuffix(request.Path, "/connection_status/") {
					return true
				}
			}
			return false
		})
		done <- do()
	}()
	return done
}
