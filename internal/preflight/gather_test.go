package preflight

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// checks are the findings' checks, with their severities.
func checks(report Report) []string {
	var all []string
	for _, finding := range report.Findings {
		all = append(all, finding.Severity.String()+" "+string(finding.Check))
	}
	return all
}

func gatherWithin(t *testing.T, limit time.Duration, client *azuredevops.Client) Evidence {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	return Gather(ctx, client, true)
}

func TestGatherIsTwoRoundTripsOfTenRequestsWithinTheDefaultLimit(t *testing.T) {
	o := newOrganization(t)
	barrier := newBarrier(t, 2, 8)
	o.before = func(path string) {
		trip := 1
		if slices.Index(paths, path) < 2 {
			trip = 0
		}
		barrier.arrive(trip)
	}
	evidence := gatherWithin(t, 10*time.Second, o.clientWith(httpclient.Options{Limiter: httpclient.NewLimiter(8)}))
	if got := checks(Judge(evidence, everything())); got != nil {
		t.Errorf("findings %v", got)
	}
	for _, path := range paths {
		if got := o.count(path); got != 1 {
			t.Errorf("%s was asked %d times, want once", path, got)
		}
	}
	if got := o.count(""); got != 10 {
		t.Errorf("%d requests, want ten", got)
	}
}

// A plan without changes asks for no list that grows with the organization.
func TestGatherWithoutACountAsksForNoRepositories(t *testing.T) {
	o := newOrganization(t)
	evidence := Gather(t.Context(), o.client(), false)
	if got := checks(Judge(evidence, everything())); got != nil {
		t.Errorf("findings %v", got)
	}
	if all, repositories, probes := o.count(""), o.count("repositories"), o.count("pullrequests"); all != 10 || repositories != 0 || probes != 1 {
		t.Errorf("%d requests, %d for repositories and %d for pull requests; want 10, 0 and 1", all, repositories, probes)
	}
}

func TestCodeIsProbedInAProjectWhereTheOrganizationDoesNotKnowTheProbe(t *testing.T) {
	o := newOrganization(t)
	var inProject bool
	o.overrides["pullrequests"] = func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/p1/") {
			inProject = true
			status(401, "")(w, r)
			return
		}
		status(404, "<html>", "Content-Type", "text/html")(w, r)
	}
	evidence := Gather(t.Context(), o.client(), false)
	if diff := cmp.Diff([]string{"error token_scopes"}, checks(Judge(evidence, everything()))); diff != "" || !inProject {
		t.Errorf("asked in the project: %t; findings (-want +got):\n%s", inProject, diff)
	}
}

func TestGatherUsesARejectedTokenNoFurther(t *testing.T) {
	const page = "<!DOCTYPE html><title>Azure DevOps Services | Sign In</title>"
	tests := map[string]struct {
		answer http.HandlerFunc
		want   string
		// asked is how often the connection data are asked for.
		asked int
	}{
		"silent 401":        {status(401, "", "ActivityId", "5a1e"), "error token_accepted", 2},
		"expired":           {status(401, "The Personal Access Token used has expired.", "Content-Type", "text/plain"), "error token_accepted", 1},
		"sign-in page, 200": {status(200, page, "Content-Type", "text/html"), "error token_accepted", 1},
		"sign-in page, 203": {status(203, page, "Content-Type", "text/html"), "error token_accepted", 1},
		"redirect":          {status(302, page, "Location", "https://spsprod.vssps.visualstudio.com/_signin"), "error token_accepted", 1},
		"anonymous": {
			answer(`{"authenticatedUser":{"id":"aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa","descriptor":"System:PublicAccess;aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"}}`),
			"error token_accepted", 1,
		},
		"no organization":                 {status(404, "The resource cannot be found.", "Content-Type", "text/plain"), "error organization_exists", 1},
		"conditional access":              {status(403, `{"message":"VS403463: The policy has failed."}`, "Content-Type", "application/json"), "error no_refusal", 1},
		"throttled beyond the deadline":   {status(429, "", "Retry-After", "3600"), "warning completeness", 1},
		"unavailable beyond the deadline": {status(503, "<html>", "Retry-After", "3600", "Content-Type", "text/html"), "warning completeness", 1},
		"empty":                           {status(200, "", "Content-Type", "application/json"), "warning completeness", 1},
		"valid JSON that breaks off":      {answer(`{"authenticatedUser":{`), "warning completeness", 1},
		"JSON of another shape":           {answer(`[]`), "warning completeness", 1},
		"a refusal as a page":             {status(403, "<html>", "Content-Type", "text/html"), "error no_refusal", 1},
		"a proxy's page, 200":             {foreign(200, page, "Content-Type", "text/html"), "warning completeness", 1},
		"a proxy's page, 401":             {foreign(401, page, "Content-Type", "text/html"), "warning completeness", 1},
		"a proxy's page, 403":             {foreign(403, page, "Content-Type", "text/html"), "warning completeness", 1},
		"a proxy's page, 404":             {foreign(404, page, "Content-Type", "text/html"), "warning completeness", 1},
		"a gateway's redirect, 307":       {foreign(307, "", "Location", "https://gateway.corp-proxy.example/"), "warning completeness", 1},
		"a captive portal, 511":           {foreign(511, page, "Content-Type", "text/html"), "warning completeness", 1},
		"a throttled 401":                 {status(401, "", "Retry-After", "3600"), "warning completeness", 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			o := newOrganization(t)
			o.overrides["connectionData"] = test.answer
			evidence := gatherWithin(t, 5*time.Second, o.client())
			if diff := cmp.Diff([]string{test.want}, checks(Judge(evidence, everything()))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if got := o.count("connectionData"); got != test.asked {
				t.Errorf("asked %d times, want %d", got, test.asked)
			}
			for _, path := range paths[2:] {
				if o.count(path) > 0 {
					t.Errorf("%s was asked with a token that was not accepted", path)
				}
			}
		})
	}
}

func TestAPassing401OfTheRightsIsAskedAgain(t *testing.T) {
	o := newOrganization(t)
	o.overrides["permissionevaluationbatch"] = first(status(401, ""), answer(answers["permissionevaluationbatch"]))
	if got := checks(Judge(gatherWithin(t, 10*time.Second, o.client()), everything())); got != nil {
		t.Errorf("findings %v", got)
	}
}

func TestGatherWaitsForNothingElseOnceATokenIsRejected(t *testing.T) {
	o := newOrganization(t)
	arrived := make(chan struct{})
	o.overrides["permissionevaluationbatch"] = func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		hanging(w, r)
	}
	o.overrides["connectionData"] = func(w http.ResponseWriter, r *http.Request) {
		<-arrived
		status(404, "")(w, r)
	}
	start := time.Now()
	evidence := gatherWithin(t, 20*time.Second, o.client())
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
	if diff := cmp.Diff(Answer[azuredevops.Permissions]{}, evidence.Permissions); diff != "" {
		t.Errorf("permissions (-want +got):\n%s", diff)
	}
}

func TestGatherGoesOnAfterOddAnswersToOneCall(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer http.HandlerFunc
		want   []string
		text   string
		asked  int
	}{
		"byte order mark":        {answer("\xef\xbb\xbf" + `{"value":[]}`), nil, "", 1},
		"missing scope":          {status(401, ""), []string{"error token_scopes"}, "Work Items (Read)", 2},
		"a passing 401":          {first(status(401, ""), answer(`{"value":[]}`)), nil, "", 2},
		"denied by permission":   {status(403, `{"message":"Access Denied: it needs the following permission(s)"}`, "Content-Type", "application/json"), nil, "", 1},
		"refused by policy":      {status(403, `{"message":"VS403463: The policy has failed."}`, "Content-Type", "application/json"), []string{"error no_refusal"}, "VS403463", 1},
		"unknown route":          {status(404, "<html>", "Content-Type", "text/html"), []string{"warning completeness"}, "HTTP 404", 1},
		"a proxy's page":         {foreign(200, "<html><title>Website blocked</title>", "Content-Type", "text/html"), []string{"warning completeness"}, `a page titled "Website blocked" that is not from the Azure DevOps API`, 1},
		"a proxy's 404":          {foreign(404, "<html>", "Content-Type", "text/html"), []string{"warning completeness"}, "a page that is not from the Azure DevOps API", 1},
		"page":                   {status(200, "<html>", "Content-Type", "text/html"), []string{"warning completeness"}, "an HTML page instead of JSON", 1},
		"sign-in page":           {status(203, "<html>", "Content-Type", "text/html"), []string{"warning completeness"}, "HTTP 203", 1},
		"redirect":               {status(302, "", "Location", "https://login.example/x?y"), []string{"warning completeness"}, "login.example", 1},
		"empty":                  {status(200, ""), []string{"warning completeness"}, "an empty body", 1},
		"JSON that breaks off":   {answer(`{"value":[`), []string{"warning completeness"}, "broke off", 1},
		"recovered from a break": {first(truncated, answer(`{"value":[]}`)), nil, "", 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrganization(t)
			o.overrides["processes"] = test.answer
			evidence := gatherWithin(t, 10*time.Second, o.client())
			report := Judge(evidence, everything())
			if diff := cmp.Diff(test.want, checks(report)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if test.text != "" && !strings.Contains(report.Findings[0].Detail, test.text) {
				t.Errorf("detail %q does not say %q", report.Findings[0].Detail, test.text)
			}
			if got := o.count("processes"); got != test.asked {
				t.Errorf("asked %d times, want %d", got, test.asked)
			}
		})
	}
}

func TestGatherEndsWithTheContextAndSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"hanging":                       hanging,
		"unavailable without an end":    status(503, ""),
		"throttled beyond the deadline": status(429, "", "Retry-After", "3600"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOrganization(t)
			o.overrides["teams"] = handler
			start := time.Now()
			evidence := gatherWithin(t, 500*time.Millisecond, o.client())
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("it took %s", took)
			}
			report := Judge(evidence, everything())
			if diff := cmp.Diff([]string{"warning completeness"}, checks(report)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if detail := report.Findings[0].Detail; !strings.Contains(detail, "Project and Team (Read)") {
				t.Errorf("detail %q does not name the check", detail)
			}
		})
	}
}

func TestGatherOfAnUnreachableServerIsAWarning(t *testing.T) {
	o := newOrganization(t)
	client := o.client()
	o.server.Close()
	report := Judge(gatherWithin(t, 200*time.Millisecond, client), everything())
	if diff := cmp.Diff([]string{"warning completeness"}, checks(report)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

func TestBuildIsProbedInAProjectWhereTheOrganizationDoesNotKnowTheProbe(t *testing.T) {
	unknown := status(404, "<html>", "Content-Type", "text/html")
	tests := map[string]struct {
		overrides map[string]http.HandlerFunc
		want      []string
		inProject string
	}{
		"granted, 404": {map[string]http.HandlerFunc{"resourceusage": unknown}, nil, "definitions"},
		"granted, 400": {map[string]http.HandlerFunc{"resourceusage": status(400, `{"message":"VssInvalidPreviewVersionException"}`, "Content-Type", "application/json")}, nil, "definitions"},
		"missing":      {map[string]http.HandlerFunc{"resourceusage": unknown, "definitions": status(401, "")}, []string{"error token_scopes"}, "definitions"},
		"no project in the list, one among the repositories": {
			map[string]http.HandlerFunc{"resourceusage": unknown, "projects": answer(`{"value":[]}`)}, []string{"error visible_projects"}, "definitions",
		},
		"no project at all": {
			map[string]http.HandlerFunc{"resourceusage": unknown, "projects": answer(`{"value":[]}`), "repositories": answer(`{"value":[]}`)},
			[]string{"error visible_projects", "warning completeness"},
			"",
		},
		"401 needs no second way": {map[string]http.HandlerFunc{"resourceusage": status(401, "")}, []string{"error token_scopes"}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			o := newOrganization(t)
			o.overrides = test.overrides
			report := Judge(gatherWithin(t, 10*time.Second, o.client()), everything())
			if diff := cmp.Diff(test.want, checks(report)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if asked := o.count("definitions") > 0; asked != (test.inProject != "") {
				t.Errorf("the project's builds were asked for: %v", asked)
			}
		})
	}
}

func TestAnOwnerWithoutASubjectDescriptorIsCheckedAsFarAsPossible(t *testing.T) {
	o := newOrganization(t)
	o.overrides["connectionData"] = answer(strings.Replace(connectionData, "aad.X", "", 1))
	report := Judge(gatherWithin(t, 10*time.Second, o.client()), everything())
	if diff := cmp.Diff([]string{"warning completeness"}, checks(report)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if detail := report.Findings[0].Detail; !strings.Contains(detail, "Graph (Read), Identity (Read): Azure DevOps named no subject descriptor") {
		t.Errorf("detail %q", detail)
	}
}

func TestTensOfThousandsOfRepositoriesAreCounted(t *testing.T) {
	var body strings.Builder
	body.WriteString(`{"count":30000,"value":[`)
	for i := range 30000 {
		if i > 0 {
			body.WriteByte(',')
		}
		body.WriteString(`{"id":"278d5cd2-584d-4b63-824a-2ba458937249","name":"web","isDisabled":false,"size":728,"defaultBranch":"refs/heads/main","project":{"id":"p1","name":"Payments","state":"wellFormed"}}`)
	}
	body.WriteString("]}")
	o := newOrganization(t)
	o.overrides["repositories"] = answer(body.String())
	evidence := gatherWithin(t, 20*time.Second, o.client())
	if diff := cmp.Diff(map[string]int{"p1": 30000}, evidence.Repositories.Value); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}
