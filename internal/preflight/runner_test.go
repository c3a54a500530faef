package preflight

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
)

func TestResourcesThatShareACredentialShareItsEvidence(t *testing.T) {
	o := newOrganization(t)
	var runner Runner
	var resources sync.WaitGroup
	for i := range 50 {
		resources.Go(func() {
			expectation := everything()
			var want []string
			if i%2 == 1 {
				expectation.Email, want = "me@contoso.com", []string{"error email_is_owners"}
			}
			report, err := runner.Run(t.Context(), o.client(), expectation)
			if err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(want, checks(report)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
	resources.Wait()
	if got := o.count(""); got != 10 {
		t.Errorf("%d requests for 50 resources, want ten", got)
	}
}

// An unchanged and a changed resource with one credential ask for everything once, and for the count once.
func TestOnlyTheCountIsAddedForAChangedResource(t *testing.T) {
	for name, order := range map[string][]bool{"unchanged first": {false, true, false}, "changed first": {true, false, true}} {
		t.Run(name, func(t *testing.T) {
			o := newOrganization(t)
			var runner Runner
			for _, count := range order {
				expectation := everything()
				expectation.CountRepositories = count
				if report, err := runner.Run(t.Context(), o.client(), expectation); err != nil || len(report.Findings) > 0 {
					t.Errorf("%v, error %v", report, err)
				}
			}
			if all, repositories := o.count(""), o.count("repositories"); repositories != 1 || all != 10+o.count("pullrequests") {
				t.Errorf("%d requests, %d of them for repositories", all, repositories)
			}
		})
	}
}

// A caller with more time than the one that gathers is not left with what that one got.
func TestEvidenceOfAShortTimeIsNotKept(t *testing.T) {
	o := newOrganization(t)
	o.overrides["processes"] = first(hanging, answer(answers["processes"]))
	var runner Runner
	hasty, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if report, err := runner.Run(hasty, o.client(), everything()); err != nil || !cmp.Equal(checks(report), []string{"warning completeness"}) {
		t.Errorf("in a short time: %v, error %v", checks(report), err)
	}
	if report, err := runner.Run(t.Context(), o.client(), everything()); err != nil || len(report.Findings) > 0 {
		t.Errorf("with more time: %v, error %v", checks(report), err)
	}
}

func TestEachCredentialHasEvidenceOfItsOwn(t *testing.T) {
	o := newOrganization(t)
	var runner Runner
	for _, token := range []string{legacyToken, wholeToken, legacyToken} {
		client := azuredevops.New(azuredevops.Options{Organization: "contoso", Token: token, Endpoint: o.server.URL})
		if _, err := runner.Run(t.Context(), client, everything()); err != nil {
			t.Fatal(err)
		}
	}
	if got := o.count(""); got != 20 {
		t.Errorf("%d requests for two credentials, want twenty", got)
	}
}

func TestARunThatWasCanceledIsForgotten(t *testing.T) {
	o := newOrganization(t)
	arrived := make(chan struct{})
	o.overrides["processes"] = first(func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		hanging(w, r)
	}, answer(answers["processes"]))
	var runner Runner
	ctx, cancel := context.WithCancel(t.Context())
	var resources sync.WaitGroup
	resources.Go(func() {
		if _, err := runner.Run(ctx, o.client(), everything()); !errors.Is(err, context.Canceled) {
			t.Errorf("the canceled run ended with %v", err)
		}
	})
	<-arrived
	// One that joined the canceled gathering, and one that comes after it.
	resources.Go(func() {
		report, err := runner.Run(t.Context(), o.client(), everything())
		if err != nil || len(report.Findings) > 0 {
			t.Errorf("the other run ended with %v, %v", checks(report), err)
		}
	})
	cancel()
	resources.Wait()
	report, err := runner.Run(t.Context(), o.client(), everything())
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("the next run ended with %v, %v", checks(report), err)
	}
	if got := o.count("processes"); got != 2 {
		t.Errorf("asked %d times, want once by the canceled run and once for the others", got)
	}
}

func TestARunStopsAtItsBudgetAndKeepsWhatItHas(t *testing.T) {
	o := newOrganization(t)
	o.overrides["processes"] = hanging
	runner := Runner{Budget: 500 * time.Millisecond}
	for range 2 {
		report, err := runner.Run(t.Context(), o.client(), everything())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"warning completeness"}, checks(report)); diff != "" {
			t.Errorf("findings (-want +got):\n%s", diff)
		}
	}
	if got := o.count("connectionData"); got != 1 {
		t.Errorf("gathered %d times, want once", got)
	}
}

func TestADeadlineOfTheCallerIsAWarning(t *testing.T) {
	o := newOrganization(t)
	o.overrides["connectionData"] = hanging
	var runner Runner
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	report, err := runner.Run(ctx, o.client(), everything())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"warning completeness"}, checks(report)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}
