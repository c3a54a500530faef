package preflight_test

import (
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/preflight"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/adoserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/store"
)

// TestEveryTokenOfTheSandboxIsJudged holds this package's reading of Azure DevOps' documentation against the sandbox's.
func TestEveryTokenOfTheSandboxIsJudged(t *testing.T) {
	database, err := store.Open(filepath.Join(t.TempDir(), "sandbox.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = database.Close() })
	sandbox, err := adoserver.New(adoserver.Options{Store: database})
	if err != nil {
		t.Fatal(err)
	}

	const (
		owner   = "Svc-Flow@contoso.com"
		reader  = "reader@contoso.com"
		outside = "outsider@contoso.com"
		tfvc    = "warning base_url git_repositories"
		scopes  = "error token token_scopes"
	)
	rejected := []string{"error token token_accepted"}
	all := preflight.Services{Repos: true, PullRequests: true, Tickets: true, Webhooks: true}
	withoutWebhooks, withoutTickets, only := all, all, preflight.Services{}
	withoutWebhooks.Webhooks, withoutTickets.Tickets = false, false
	only.Tickets = true

	tests := []struct {
		name string
		// organization is where the token was issued, and asked the one that it is used in; empty means contoso.
		organization, asked string
		token, email        string
		services            preflight.Services
		want                []string
		text                string
	}{
		{name: "full", token: "full", email: owner, services: all, want: []string{tfvc}, text: `"Legacy"`},
		{name: "full, organization in another case", asked: "Contoso", token: "full", email: owner, services: all, want: []string{tfvc}},
		{name: "full, e-mail in another case", token: "full", email: strings.ToLower(owner), services: all, want: []string{"error email email_is_owners", tfvc}, text: owner},
		{name: "full, e-mail of another", token: "full", email: reader, services: all, want: []string{"error email email_is_owners", tfvc}, text: owner},
		{name: "no-code", token: "no-code", email: owner, services: all, want: []string{scopes}, text: "it lacks Code (Read)."},
		{name: "no-code, tickets only", token: "no-code", email: owner, services: only, want: []string{"warning token token_scopes"}},
		{name: "no-build", token: "no-build", email: owner, services: all, want: []string{scopes, tfvc}, text: "it lacks Build (Read)."},
		{name: "no-graph", token: "no-graph", email: owner, services: all, want: []string{scopes, tfvc}, text: "it lacks Graph (Read)."},
		{name: "no-identity", token: "no-identity", email: owner, services: all, want: []string{scopes, tfvc}, text: "it lacks Identity (Read)."},
		{name: "no-project", token: "no-project", email: owner, services: all, want: []string{scopes, tfvc}, text: "it lacks Project and Team (Read)."},
		{name: "no-work", token: "no-work", email: owner, services: all, want: []string{scopes, tfvc}, text: "it lacks Work Items (Read)."},
		{name: "no-work, no tickets", token: "no-work", email: owner, services: withoutTickets, want: []string{"warning token token_scopes", tfvc}},
		{name: "reader, webhooks", token: "reader", email: reader, services: all, want: []string{"error services.webhooks webhook_rights", tfvc}, text: "Edit Subscriptions"},
		{name: "reader, no webhooks", token: "reader", email: reader, services: withoutWebhooks, want: []string{tfvc}},
		{name: "outsider, webhooks", token: "outsider", email: outside, services: all, want: []string{"error services.webhooks webhook_rights", "error token visible_projects"}},
		{name: "outsider, no webhooks", token: "outsider", email: outside, services: withoutWebhooks, want: []string{"error token instance_view_right", "error token visible_projects"}},
		{name: "expired", token: "expired", email: owner, services: all, want: rejected, text: "has expired"},
		{name: "revoked", token: "revoked", email: owner, services: all, want: rejected, text: "1 December 2026"},
		{name: "conditional-access", token: "conditional-access", email: owner, services: all, want: []string{"error token no_refusal"}, text: "VS403463"},
		{name: "fabrikam's in contoso", organization: "fabrikam", token: "fabrikam", email: owner, services: all, want: rejected, text: "another organization"},
		{name: "contoso's in fabrikam", asked: "fabrikam", token: "full", email: owner, services: all, want: rejected},
		{name: "fabrikam", organization: "fabrikam", asked: "fabrikam", token: "fabrikam", email: "Svc-Flow@fabrikam.com", services: all},
		{name: "no such organization", asked: "contosso", token: "full", email: owner, services: all, want: []string{"error base_url organization_exists"}, text: `"contosso"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.organization == "" {
				test.organization = "contoso"
			}
			if test.asked == "" {
				test.asked = "contoso"
			}
			server := httptest.NewServer(sandbox)
			defer server.Close()
			client := azuredevops.New(azuredevops.Options{
				Organization: test.asked,
				Token:        scenario.Secret(test.organization, test.token),
				Endpoint:     server.URL,
				HTTP:         httpclient.Options{Limiter: httpclient.NewLimiter(8)},
			})
			sandbox.Traffic().Reset()
			report := preflight.Judge(preflight.Gather(t.Context(), client, true), preflight.Expectation{Email: test.email, Services: test.services})
			var got, details []string
			for _, finding := range report.Findings {
				got = append(got, finding.Severity.String()+" "+string(finding.Field)+" "+string(finding.Check))
				details = append(details, finding.Summary+": "+finding.Detail+" "+finding.Remedy)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s\n%s", diff, strings.Join(details, "\n"))
			}
			if !strings.Contains(strings.Join(details, "\n"), test.text) {
				t.Errorf("nothing says %q:\n%s", test.text, strings.Join(details, "\n"))
			}
			// The log is complete when the server has answered what was given up, too.
			server.Close()
			requests := map[string]int{}
			for _, request := range sandbox.Traffic().Requests() {
				requests[request.Path]++
			}
			if len(requests) > 10 {
				t.Errorf("%d different requests, want at most ten: %v", len(requests), requests)
			}
			for path, times := range requests {
				if times > 2 {
					t.Errorf("%s was asked %d times", path, times)
				}
			}
		})
	}
}
