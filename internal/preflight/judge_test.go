package preflight

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

const ownerEmail = "Svc-Flow@contoso.com"

// sound is the evidence about a credential with which nothing is wrong.
func sound() Evidence {
	return Evidence{
		Organization: "contoso",
		Credential:   azuredevops.VerdictAccepted,
		Connection: answered(azuredevops.ConnectionData{AuthenticatedUser: azuredevops.Identity{
			DisplayName: "Flow Service", Account: ownerEmail, SubjectDescriptor: "aad.X",
		}}),
		Permissions:  answered(azuredevops.Permissions{ViewInstance: true, EditInstance: true, EditHooks: true}),
		Profile:      answered(azuredevops.Profile{EmailAddress: ownerEmail}),
		GraphUser:    answered(azuredevops.GraphUser{MailAddress: ownerEmail, PrincipalName: ownerEmail}),
		Identity:     answered(azuredevops.Identity{Mail: ownerEmail, Account: ownerEmail}),
		Teams:        answered(struct{}{}),
		Processes:    answered(struct{}{}),
		Builds:       answered(struct{}{}),
		Code:         answered(struct{}{}),
		Repositories: answered(map[string]int{"p1": 3, "p2": 1}),
		Counted:      true,
		Projects:     answered(azuredevops.ProjectList{Projects: []azuredevops.Project{{ID: "P1", Name: "Payments"}, {ID: "p2", Name: "Platform"}}, Complete: true}),
	}
}

func answered[T any](value T) Answer[T] { return Answer[T]{Value: value, Outcome: OutcomeAnswered} }

func failed[T any](err error) Answer[T] {
	var none T
	return answerOf(none, err)
}

func statusError(status int, message string) error {
	return &httpclient.Error{
		Service: "Azure DevOps", Operation: "ask for it in contoso", Kind: httpclient.KindStatus, Status: status, Message: message,
		RequestID: "5a1e", Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}},
	}
}

var (
	errScope       = statusError(401, "")
	errPermission  = statusError(403, "TF50309: The account does not have sufficient permissions.")
	errPolicy      = statusError(403, "VS403463: The conditional access policy has failed.")
	errMaintenance = statusError(503, "")
	errTimeout     = &httpclient.Error{Service: "Azure DevOps", Operation: "ask for it in contoso", Kind: httpclient.KindTimeout, Attempts: 1, Sent: true}
)

// everything expects all services of the owner's own e-mail.
func everything() Expectation {
	return Expectation{CountRepositories: true, Email: ownerEmail, Services: Services{Repos: true, PullRequests: true, Tickets: true, Webhooks: true}}
}

type judgement struct {
	name     string
	evidence func(*Evidence)
	expect   func(*Expectation)
	// want lists the findings as "<severity> <field> <check>", and says what stands in one of them.
	want  []string
	texts []string
	not   []string
}

func (test judgement) run(t *testing.T) {
	t.Helper()
	evidence, expectation := sound(), everything()
	if test.evidence != nil {
		test.evidence(&evidence)
	}
	if test.expect != nil {
		test.expect(&expectation)
	}
	report := Judge(evidence, expectation)
	var got, texts []string
	for _, finding := range report.Findings {
		got = append(got, fmt.Sprintf("%s %s %s", finding.Severity, finding.Field, finding.Check))
		texts = append(texts, finding.Summary+"\n"+finding.Detail+"\n"+finding.Remedy)
		checkStyle(t, finding)
	}
	if diff := cmp.Diff(test.want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s\n%s", diff, strings.Join(texts, "\n\n"))
	}
	all := strings.Join(texts, "\n\n")
	for _, text := range test.texts {
		if !strings.Contains(all, text) {
			t.Errorf("nothing says %q:\n%s", text, all)
		}
	}
	for _, text := range test.not {
		if strings.Contains(all, text) {
			t.Errorf("it says %q:\n%s", text, all)
		}
	}
}

// checkStyle holds for every finding: a short summary without a period, and whole sentences elsewhere.
func checkStyle(t *testing.T, finding Finding) {
	t.Helper()
	if finding.Summary == "" || len(finding.Summary) > 70 || strings.ContainsAny(finding.Summary, "\n") || strings.HasSuffix(finding.Summary, ".") {
		t.Errorf("summary %q", finding.Summary)
	}
	if finding.Detail == "" || finding.Remedy == "" || finding.Check == "" || finding.Field == "" {
		t.Errorf("finding %+v is incomplete", finding)
	}
	if finding.Advisory && finding.Severity != SeverityWarning {
		t.Errorf("%s is advisory, and an error", finding.Check)
	}
	for _, odd := range []string{"%!", "..", "  ", ": .", " ."} {
		if strings.Contains(finding.Detail+"\n"+finding.Remedy, odd) {
			t.Errorf("%q in %q / %q", odd, finding.Detail, finding.Remedy)
		}
	}
}

func runAll(t *testing.T, tests []judgement) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, test.run)
	}
}

func TestJudgeFindsNothingWrongWithASoundCredential(t *testing.T) {
	runAll(t, []judgement{
		{name: "all services"},
		{name: "no webhooks, without administrator rights", evidence: func(e *Evidence) {
			e.Permissions.Value = azuredevops.Permissions{ViewInstance: true}
		}, expect: func(e *Expectation) { e.Services.Webhooks = false }},
		{name: "permission denied where only the scope matters", evidence: func(e *Evidence) {
			e.Teams, e.Processes, e.Builds = failed[struct{}](errPermission), failed[struct{}](errPermission), failed[struct{}](statusError(404, "TF200016"))
		}},
	})
}

func TestJudgeReportsOnlyTheCredentialWhenItIsNotAccepted(t *testing.T) {
	tokenError := []string{"error token token_accepted"}
	verdict := func(verdict azuredevops.Verdict, err error) func(*Evidence) {
		return func(e *Evidence) {
			*e = Evidence{Organization: "contoso", Credential: verdict, Connection: failed[azuredevops.ConnectionData](err)}
		}
	}
	rejection := []string{
		`Flow would answer "Authorization denied"`, "mistyped, revoked, expired, or issued for another organization", "All accessible organizations",
		"1 December 2026", "User settings > Personal access tokens (https://dev.azure.com/contoso/_usersSettings/tokens)", "Work Items (Read)",
	}
	runAll(t, []judgement{
		{
			name: "no organization", evidence: verdict(azuredevops.VerdictNoOrganization, statusError(404, "")), want: []string{"error base_url organization_exists"},
			texts: []string{`"contoso"`, "https://dev.azure.com/<organization>"},
		},
		{name: "anonymous", evidence: verdict(azuredevops.VerdictAnonymous, nil), want: tokenError, texts: append(rejection, "anonymous")},
		{name: "sign-in page", evidence: verdict(azuredevops.VerdictSignIn, &httpclient.Error{Kind: httpclient.KindRedirect}), want: tokenError, texts: append(rejection, "a page to sign in")},
		{name: "401", evidence: verdict(azuredevops.VerdictRejected, errScope), want: tokenError, texts: append(rejection, "HTTP 401 (activity id 5a1e)")},
		{
			name: "401 with a sentence", evidence: verdict(azuredevops.VerdictRejected, statusError(401, "TF400813: Not authorized.")), want: tokenError,
			texts: append(rejection, `"TF400813: Not authorized." (activity id 5a1e)`),
		},
		{
			name: "expired", evidence: verdict(azuredevops.VerdictExpired, statusError(401, "Access Denied: The Personal Access Token used has expired.")), want: tokenError,
			texts: []string{"Token has expired", `Flow would answer "Authorization denied"`, "Access Denied: The Personal Access Token used has expired (activity id 5a1e).", "Regenerate", "User settings > Personal access tokens"},
			not:   []string{"mistyped"},
		},
		{
			name: "conditional access", evidence: verdict(azuredevops.VerdictRefused, errPolicy), want: []string{"error token no_refusal"},
			texts: []string{
				"Azure DevOps knows the token's owner and refuses this machine, which runs Terraform, access to organization contoso: " +
					"VS403463: The conditional access policy has failed (activity id 5a1e). Flow connects from other, fixed addresses: whether the policy refuses them as well is not known.",
				"Ask an administrator to allow the account from this machine and from Flow's addresses: Organization settings > Policies",
				`set preflight = "off" in the provider block.`,
			},
		},
		{name: "refused without a sentence", evidence: verdict(azuredevops.VerdictRefused, statusError(403, "")), want: []string{"error token no_refusal"}, texts: []string{"HTTP 403 without a reason"}},
	})
}

func TestJudgeWarnsOfWhatCouldNotBeAsked(t *testing.T) {
	incomplete := []string{"warning base_url completeness"}
	runAll(t, []judgement{
		{name: "nothing answered", evidence: func(e *Evidence) {
			*e = Evidence{Organization: "contoso", Connection: failed[azuredevops.ConnectionData](errTimeout)}
		}, want: incomplete, texts: []string{
			"the organization, the token, whose token it is", "gave no complete answer in time",
			"Nothing is known to be wrong. Run the plan again later.\nTo plan without these checks, set preflight = \"off\" in the provider block.",
		}},
		{name: "nothing but a proxy's page", evidence: func(e *Evidence) {
			err := &httpclient.Error{
				Service: "Azure DevOps", Operation: "check the token in contoso", Kind: httpclient.KindForeign, Status: 403, Method: "GET", URL: "https://dev.azure.com/contoso/_apis/connectionData",
				Header: http.Header{"Content-Type": {"text/html"}}, Proxy: "http://proxy.example.com:3128",
			}
			*e = Evidence{Organization: "contoso", Connection: failed[azuredevops.ConnectionData](err)}
		}, want: incomplete, texts: []string{
			"These were not checked:\n- the organization, the token, whose token it is, the token's scopes, the rights of its owner, the projects: could not check the token in contoso: " +
				"Azure DevOps could not be asked: dev.azure.com through the proxy http://proxy.example.com:3128 answered HTTP 403 Forbidden with a page that is not from the Azure DevOps API " +
				"(GET https://dev.azure.com/contoso/_apis/connectionData)\n" +
				"Nothing is known to be wrong. Ask whoever runs the proxy http://proxy.example.com:3128 to allow dev.azure.com, or list it in NO_PROXY if it can be reached without the proxy.\n" +
				"To plan without these checks, set preflight = \"off\" in the provider block.",
		}},
		{name: "maintenance of everything behind the first call", evidence: func(e *Evidence) {
			*e = Evidence{
				Organization: "contoso", Credential: azuredevops.VerdictAccepted, Connection: answered(azuredevops.ConnectionData{}),
				Permissions: failed[azuredevops.Permissions](errMaintenance), Profile: failed[azuredevops.Profile](errMaintenance),
				GraphUser: failed[azuredevops.GraphUser](errMaintenance), Identity: failed[azuredevops.Identity](errMaintenance),
				Teams: failed[struct{}](errMaintenance), Processes: failed[struct{}](errMaintenance), Builds: failed[struct{}](errMaintenance),
				Code: failed[struct{}](errMaintenance), Repositories: failed[map[string]int](errMaintenance), Projects: failed[azuredevops.ProjectList](errMaintenance),
			}
		}, want: incomplete, texts: []string{
			"- whether the e-mail is the token owner's, Code (Read), Build (Read), Graph (Read), Identity (Read), Project and Team (Read), Work Items (Read), the rights that webhooks need, the projects that the token's owner sees: ",
			"HTTP 503",
		}},
		{name: "never asked", evidence: func(e *Evidence) { e.Processes = Answer[struct{}]{} }, want: incomplete, texts: []string{"- Work Items (Read): Azure DevOps was not asked"}},
		{
			name: "a 429 of a scope that nothing needs is not missed", evidence: func(e *Evidence) { e.Processes = failed[struct{}](statusError(429, "TF400733")) },
			expect: func(e *Expectation) { e.Services.Tickets = false },
		},
		{name: "a timeout beside a missing scope", evidence: func(e *Evidence) {
			e.Builds, e.Teams = failed[struct{}](errTimeout), failed[struct{}](errScope)
		}, want: []string{"error token token_scopes", "warning base_url completeness"}, texts: []string{"it lacks Project and Team (Read).", "- Build (Read): "}},
		{
			name: "view right", evidence: func(e *Evidence) { e.Permissions = failed[azuredevops.Permissions](errTimeout) },
			expect: func(e *Expectation) { e.Services.Webhooks = false }, want: incomplete, texts: []string{`"View instance-level information"`},
		},
		{name: "a page in place of an answer", evidence: func(e *Evidence) {
			e.Code = failed[struct{}](&httpclient.Error{Service: "Azure DevOps", Operation: "list", Kind: httpclient.KindNotJSON, Status: 200, Header: http.Header{"Content-Type": {"text/html"}}})
		}, want: incomplete, texts: []string{"Code (Read)", "an HTML page instead of JSON"}},
		{name: "projects denied", evidence: func(e *Evidence) { e.Projects = failed[azuredevops.ProjectList](errPermission) }, want: incomplete, texts: []string{"the projects that the token's owner sees", "TF50309"}},
	})
}

func TestJudgeComparesTheEmailWithItsOwners(t *testing.T) {
	wrong := []string{"error email email_is_owners"}
	guest := func(e *Evidence) {
		e.Profile.Value.EmailAddress = "Guest@fabrikam.com"
		e.GraphUser.Value = azuredevops.GraphUser{MailAddress: "guest@mail.fabrikam.com", PrincipalName: "guest_fabrikam.com#EXT#@contoso.com"}
		e.Identity.Value = azuredevops.Identity{Mail: "guest.mail@fabrikam.com", Account: "guest.account@fabrikam.com"}
		e.Connection.Value.AuthenticatedUser.Account = "guest.connection@fabrikam.com"
	}
	email := func(email string) func(*Expectation) { return func(e *Expectation) { e.Email = email } }
	tests := []judgement{
		{
			name: "other case", expect: email("svc-flow@contoso.com"), want: wrong,
			texts: []string{"E-mail differs in case", `Azure DevOps has "Svc-Flow@contoso.com"`, `the configuration "svc-flow@contoso.com"`, `Set the e-mail to "Svc-Flow@contoso.com".`},
		},
		{
			name: "other account", expect: email("me@contoso.com"), want: wrong,
			texts: []string{"Token belongs to another account", `belongs to "Svc-Flow@contoso.com" (Flow Service)`, `"me@contoso.com"`}, not: []string{"also known as"},
		},
		{
			name: "other account, of several addresses", evidence: guest, expect: email("me@contoso.com"), want: wrong,
			texts: []string{`"Guest@fabrikam.com" (Flow Service), also known as "guest@mail.fabrikam.com", "guest.mail@fabrikam.com", "guest_fabrikam.com#EXT#@contoso.com"`},
		},
		{
			name: "case of the best source is suggested", evidence: func(e *Evidence) { e.Connection.Value.AuthenticatedUser.Account = "SVC-FLOW@CONTOSO.COM" },
			expect: email("svc-flow@contoso.com"), want: wrong, texts: []string{`Set the e-mail to "Svc-Flow@contoso.com".`},
		},
		{name: "unknown", expect: func(e *Expectation) { e.Email, e.Unknown.Email = "", true }},
		{name: "judged by the rest when scopes hide the sources", evidence: func(e *Evidence) {
			e.GraphUser, e.Identity = failed[azuredevops.GraphUser](errScope), failed[azuredevops.Identity](errScope)
		}, expect: email("svc-flow@contoso.com"), want: append(wrong, "error token token_scopes")},
		{
			name: "judged by the rest when the graph denies", evidence: func(e *Evidence) { e.GraphUser = failed[azuredevops.GraphUser](errPermission) },
			expect: email("me@contoso.com"), want: wrong,
		},
		{
			name: "not judged while a source may still match", evidence: func(e *Evidence) { e.Profile = failed[azuredevops.Profile](errMaintenance) },
			expect: email("me@contoso.com"), want: []string{"warning base_url completeness"}, texts: []string{"whether the e-mail is the token owner's"},
		},
		{name: "a match settles it, whatever did not answer", evidence: func(e *Evidence) { e.Profile = failed[azuredevops.Profile](errMaintenance) }},
		{name: "no address anywhere", evidence: func(e *Evidence) {
			e.Profile, e.GraphUser, e.Identity = answered(azuredevops.Profile{}), answered(azuredevops.GraphUser{}), answered(azuredevops.Identity{})
			e.Connection = answered(azuredevops.ConnectionData{})
		}, want: []string{"warning base_url completeness"}, texts: []string{"names no address"}},
	}
	tests = append(tests,
		judgement{name: "the profile's", evidence: guest, expect: email("Guest@fabrikam.com")},
		judgement{
			name: "a sign-in name in another case", evidence: guest, expect: email("Guest.Account@fabrikam.com"), want: wrong,
			texts: []string{`Set the e-mail to "Guest@fabrikam.com", the first of the account's addresses`},
		},
		judgement{
			name: "an account without an address in its profile", expect: email("guest.account@fabrikam.com"),
			evidence: func(e *Evidence) { guest(e); e.Profile.Value.EmailAddress = "" },
		},
	)
	for _, address := range []string{
		"guest@mail.fabrikam.com", "guest_fabrikam.com#EXT#@contoso.com", "guest.mail@fabrikam.com",
		"guest.account@fabrikam.com", "guest.connection@fabrikam.com",
	} {
		tests = append(tests, judgement{
			name: "another one than the profile's: " + address, evidence: guest, expect: email(address), want: []string{"warning email email_is_owners"},
			texts: []string{"E-mail is not the one of the Azure profile", `Set the e-mail to "Guest@fabrikam.com".`},
		})
	}
	runAll(t, tests)
}

func TestJudgeReportsMissingRights(t *testing.T) {
	webhooks, view := []string{"error services.webhooks webhook_rights"}, []string{"error token instance_view_right"}
	rights := func(view, edit, hooks bool) func(*Evidence) {
		return func(e *Evidence) {
			e.Permissions.Value = azuredevops.Permissions{ViewInstance: view, EditInstance: edit, EditHooks: hooks}
		}
	}
	off := func(e *Expectation) { e.Services.Webhooks = false }
	unknown := func(e *Expectation) { e.Unknown.Services.Webhooks = true }
	runAll(t, []judgement{
		{name: "webhooks of a reader", evidence: rights(true, false, false), want: webhooks, texts: []string{
			ownerEmail + " lacks:", `"Edit instance-level information"`, `"Edit Subscriptions"`, "Project Collection Administrators", "Organization settings > Permissions", "switch webhooks off",
		}, not: []string{`"View instance-level information"`}},
		{name: "webhooks without the hooks' right", evidence: rights(true, true, false), want: webhooks, not: []string{`"Edit instance-level information"`}},
		{name: "webhooks without the instance's right", evidence: rights(true, false, true), want: webhooks, not: []string{"Edit Subscriptions"}},
		{name: "webhooks of an outsider", evidence: rights(false, false, false), want: webhooks, texts: []string{"Or switch webhooks off, which are on by default:\n\nservices = { webhooks = false }\n\nWithout webhooks, set \"View instance-level information\" to Allow"}},
		{name: "webhooks of a reader who has other services off", evidence: rights(true, false, false), expect: func(e *Expectation) { e.Services.Tickets = false }, want: webhooks, texts: []string{
			"services = { tickets = false, webhooks = false }",
		}},
		{name: "no webhooks, an outsider", evidence: rights(false, false, false), expect: off, want: view, texts: []string{`"View instance-level information"`, "Organization settings > Permissions"}},
		{name: "no webhooks, a reader", evidence: rights(true, false, false), expect: off},
		{name: "webhooks unknown", evidence: rights(false, false, false), expect: unknown},
		{name: "webhooks unknown, rights not answered", evidence: func(e *Evidence) { e.Permissions = failed[azuredevops.Permissions](errTimeout) }, expect: unknown},
	})
}

func TestJudgeLooksAtTheProjects(t *testing.T) {
	list := func(count int, complete bool) func(*Evidence) {
		return func(e *Evidence) {
			projects := []azuredevops.Project{{ID: "p1", Name: "Payments"}}
			for i := range count {
				projects = append(projects, azuredevops.Project{ID: fmt.Sprintf("t%d", i), Name: fmt.Sprintf("TFVC %02d", i)})
			}
			e.Projects.Value = azuredevops.ProjectList{Projects: projects, Complete: complete}
		}
	}
	warning := []string{"warning base_url git_repositories"}
	runAll(t, []judgement{
		{
			name: "none visible", evidence: func(e *Evidence) {
				e.Projects.Value, e.Repositories.Value = azuredevops.ProjectList{Complete: true}, map[string]int{}
			},
			want: []string{"error token visible_projects"}, texts: []string{"sees no project", "Readers group of the projects", "Project settings > Permissions"},
		},
		{name: "one without Git", evidence: list(1, true), want: warning, texts: []string{`In 1 of the 2 projects`, `"TFVC 00". Flow`}},
		{name: "ten without Git", evidence: list(10, true), want: warning, texts: []string{"In 10 of the 11 projects", `"TFVC 09". Flow`}, not: []string{"more"}},
		{name: "twelve without Git", evidence: list(12, true), want: warning, texts: []string{"In 12 of the 13 projects", `"TFVC 09", and 2 more`}, not: []string{"TFVC 10"}},
		{name: "not judged when the list was cut", evidence: list(12, false)},
		{name: "not judged without Code", evidence: func(e *Evidence) { list(3, true)(e); scopeCases[scopeCode](e) }, want: []string{"error token token_scopes"}},
		{name: "of no interest when nothing is read from repositories", evidence: list(3, true), expect: func(e *Expectation) { e.Services.Repos, e.Services.PullRequests = false, false }},
		{name: "of interest while that is unknown", evidence: list(3, true), expect: func(e *Expectation) { e.Unknown.Services = Services{Repos: true, PullRequests: true} }, want: warning},
	})
}

func TestJudgeReportsARefusalBehindTheFirstCallOnce(t *testing.T) {
	runAll(t, []judgement{
		{name: "one sentence of several calls", evidence: func(e *Evidence) {
			e.Profile, e.GraphUser, e.Projects = failed[azuredevops.Profile](errPolicy), failed[azuredevops.GraphUser](errPolicy), failed[azuredevops.ProjectList](errPolicy)
		}, want: []string{"error token no_refusal"}, texts: []string{"VS403463", "5a1e"}},
		{name: "two sentences", evidence: func(e *Evidence) {
			e.Profile, e.Teams = failed[azuredevops.Profile](errPolicy), failed[struct{}](statusError(403, "TF400898: An internal rule."))
		}, want: []string{"error token no_refusal", "error token no_refusal"}},
	})
}

func TestJudgeReportsSeveralMistakesInOneRun(t *testing.T) {
	judgement{
		evidence: func(e *Evidence) {
			scopeCases[scopeWork](e)
			e.Permissions.Value = azuredevops.Permissions{}
			e.Projects.Value, e.Repositories.Value = azuredevops.ProjectList{Complete: true}, nil
		},
		expect: func(e *Expectation) { e.Email = "svc-flow@contoso.com" },
		want: []string{
			"error email email_is_owners", "error token token_scopes", "error services.webhooks webhook_rights", "error token visible_projects",
		},
	}.run(t)
}

func TestOnlyWhatSomebodyMayHaveChosenIsAdvisory(t *testing.T) {
	evidence, expectation := sound(), everything()
	scopeCases[scopeWork](&evidence)
	expectation.Services.Tickets = false
	evidence.Projects.Value.Projects = append(evidence.Projects.Value.Projects, azuredevops.Project{ID: "t", Name: "Legacy"})
	evidence.Builds = failed[struct{}](errors.New("no answer"))
	got := map[Check]bool{}
	for _, finding := range Judge(evidence, expectation).Findings {
		got[finding.Check] = finding.Advisory
	}
	want := map[Check]bool{CheckScopes: true, CheckGitRepositories: true, CheckCompleteness: false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("advisory (-want +got):\n%s", diff)
	}
}

func TestCheckServicesWarnsOfServicesThatDoNothing(t *testing.T) {
	if findings := CheckServices(Services{}, Services{}); len(findings) != 1 || findings[0].Severity != SeverityWarning || findings[0].Summary != "All services are off" {
		t.Errorf("all off: %v", findings)
	}
	if findings := CheckServices(Services{Webhooks: true}, Services{}); len(findings) != 1 || findings[0].Severity != SeverityWarning || findings[0].Field != FieldWebhooks {
		t.Errorf("webhooks alone: %v", findings)
	}
	for _, quiet := range []struct{ services, unknown Services }{
		{unknown: Services{Repos: true}},
		{services: Services{Webhooks: true, Tickets: true}},
		{services: Services{Repos: true}},
		{services: Services{Webhooks: true}, unknown: Services{Repos: true}},
	} {
		if findings := CheckServices(quiet.services, quiet.unknown); len(findings) > 0 {
			t.Errorf("%+v: %v", quiet, findings)
		}
	}
}
