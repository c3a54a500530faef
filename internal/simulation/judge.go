package simulation

import (
	"fmt"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
)

const (
	// slack is how much longer than its time limit an operation may take.
	slack = time.Minute
	// hopeless is how long an operation may go on against a fault that lasts.
	hopeless = 15 * time.Minute
)

// judge returns what must not be of a run.
func (r *run) judge(without *Usual) []string {
	problems := slices.Concat(r.judgeTime(), r.judgeRequests(), r.judgeContents(), r.judgeSuccess(without), r.judgeMessages())
	if r.operation.after != nil {
		problems = append(problems, r.judgeState()...)
		problems = append(problems, r.judgeContinuation()...)
	}
	return problems
}

// judgeTime looks for waits without an end.
func (r *run) judgeTime() []string {
	var problems []string
	if r.took > r.operation.limit+slack {
		problems = append(problems, fmt.Sprintf("it took %s, and may take %s", r.took, r.operation.limit))
	}
	if r.injection != nil && !r.injection.Fault.Patient && r.took > hopeless {
		problems = append(problems, fmt.Sprintf("it went on for %s although nothing asked it to wait", r.took))
	}
	if len(r.log) >= maxExchanges {
		problems = append(problems, fmt.Sprintf("it sent %d requests", len(r.log)))
	}
	return problems
}

// judgeRequests looks for requests that must not have been sent.
func (r *run) judgeRequests() []string {
	var problems []string
	for _, host := range r.network.strangers {
		problems = append(problems, "it turned to another host: "+host)
	}
	for at, e := range r.log {
		if e.Server != "Flow" || repeatable(e.Method) || harmlessTwice(e) {
			continue
		}
		for before := at - 1; before >= 0; before-- {
			if earlier := r.log[before]; earlier.series() == e.series() && earlier.Body == e.Body {
				if !r.mayFollow(before, at) {
					problems = append(problems, fmt.Sprintf("%s was sent again after status %d", e.series(), earlier.Status))
				}
				break
			}
		}
	}
	return problems
}

// harmlessTwice reports whether a POST may be repeated: one that removes an object by its id, or queues it to be read again.
func harmlessTwice(e Exchange) bool {
	return strings.HasSuffix(e.Path, "/delete_project/") || strings.HasSuffix(e.Path, "/update_repo/")
}

// mayFollow reports whether a write may be sent that is the same as an earlier one: Flow did not take that, or a list that was
// read in between shows that it had no effect.
func (r *run) mayFollow(earlier, later int) bool {
	first := r.log[earlier]
	isCreation := strings.HasSuffix(first.Path, "/create_with_vendor/")
	switch {
	case first.Status == http.StatusTooManyRequests, first.Fault != nil && first.Fault.connect != nil:
		return true
	case first.Status == http.StatusServiceUnavailable && first.RetryAfter != "" && !isCreation:
		return true
	}
	return slices.ContainsFunc(r.log[earlier:later], func(e Exchange) bool { return e.Method == http.MethodGet && e.IsList && e.Status == http.StatusOK })
}

// judgeContents looks for what is gone from Flow, or there twice.
func (r *run) judgeContents() []string {
	var problems []string
	if !r.operation.removes {
		for id, name := range r.before.integrations {
			if _, left := r.after.integrations[id]; !left {
				problems = append(problems, fmt.Sprintf("integration %d, %q, is gone", id, name))
			}
		}
		problems = append(problems, gone("repository", r.before.repositories, r.after.repositories)...)
		problems = append(problems, gone("ticket project", r.before.ticketProjects, r.after.ticketProjects)...)
	}
	names := map[string]bool{}
	for _, name := range r.after.integrations {
		if names[name] {
			problems = append(problems, fmt.Sprintf("there are two integrations %q", name))
		}
		names[name] = true
	}
	return problems
}

func gone(what string, before, after []string) []string {
	var problems []string
	after = slices.Clone(after)
	for _, name := range before {
		at := slices.Index(after, name)
		if at < 0 {
			problems = append(problems, fmt.Sprintf("%s %q is gone", what, name))
			continue
		}
		after = slices.Delete(after, at, at+1)
	}
	return problems
}

// judgeSuccess looks for failures that need not be, and for successes that are none.
func (r *run) judgeSuccess(without *Usual) []string {
	if r.end.Failed() {
		if r.hasToSucceed() {
			return []string{"it failed, although the request could be sent again: " + acctest.Sentences(r.end.Diagnostics)}
		}
		return nil
	}
	if r.operation.claims != nil {
		return r.judgeClaims(without)
	}
	var problems []string
	if got, want := stable(r.end.Instance.State), stable(without.end.Instance.State); !reflect.DeepEqual(got, want) {
		problems = append(problems, fmt.Sprintf("it succeeded with the state\n%v\ninstead of\n%v", got, want))
	}
	if got, want := stable(r.end.Result), stable(without.end.Result); !reflect.DeepEqual(got, want) {
		problems = append(problems, fmt.Sprintf("it succeeded with\n%v\ninstead of\n%v", got, want))
	}
	return problems
}

// judgeClaims looks for what a fault has made the operation claim.
func (r *run) judgeClaims(without *Usual) []string {
	if r.injection != nil && r.injection.Fault.ListsOnly {
		return nil // Such a list is no failure, but another Flow.
	}
	result, _ := r.end.Result.(acctest.Values)
	usual, _ := without.end.Result.(acctest.Values)
	known := r.operation.claims(usual)
	var problems []string
	for _, claim := range r.operation.claims(result) {
		if !slices.Contains(known, claim) {
			problems = append(problems, "it claims, of a server that fails: "+claim)
		}
	}
	return problems
}

func (r *run) hasToSucceed() bool {
	if r.injection == nil {
		return true
	}
	fault := r.injection.Fault
	if fault.Harmless {
		return true
	}
	method := strings.Fields(strings.TrimPrefix(strings.TrimPrefix(r.injection.Series, "Azure DevOps "), "Flow "))[0]
	return !r.injection.Lasting && fault.Passes && (repeatable(method) || fault.Status == http.StatusTooManyRequests)
}

// volatile are the attributes that tell the time, or are drawn at random.
var volatile = []string{"authorization_url", "created_at", "checked_at", "last_updated", "last_fully_updated", "updated_at", "credential_revision"}

// stable returns a value without what differs from one run to the next.
func stable(value any) any {
	switch value := value.(type) {
	case acctest.Values:
		return stable(map[string]any(value))
	case []acctest.Values:
		all := make([]any, len(value))
		for i, one := range value {
			all[i] = stable(one)
		}
		return all
	case map[string]any:
		all := make(map[string]any, len(value))
		for name, one := range value {
			if !slices.Contains(volatile, name) {
				all[name] = stable(one)
			}
		}
		return all
	case []any:
		all := make([]any, len(value))
		for i, one := range value {
			all[i] = stable(one)
		}
		return all
	}
	return value
}

var (
	namesRequest = regexp.MustCompile(`\((GET|HEAD|OPTIONS|POST|PATCH|PUT|DELETE) https?://`)
	// tellsWhatToDo begins a sentence of advice.
	tellsWhatToDo = regexp.MustCompile(`(?im)(^|[.:] )(Adopt|Apply|Ask|Check|Correct|Give|Import|Is the sandbox running|List|Look|Name|Plan|Put|Raise|Read|Remove|Run|Set|Sign|Start|Try|Wait)\b`)
)

// judgeMessages looks for errors that do not name server, request, status and remedy.
func (r *run) judgeMessages() []string {
	var problems []string
	if r.injection == nil {
		return nil
	}
	for _, one := range r.end.Diagnostics {
		if one.Severity != tfprotov6.DiagnosticSeverityError {
			continue
		}
		var lacks []string
		server, _, _ := strings.Cut(r.injection.Series, " /")
		server = server[:strings.LastIndex(server, " ")]
		if !strings.Contains(one.Detail, server) {
			lacks = append(lacks, "the server")
		}
		if !namesRequest.MatchString(one.Detail) {
			lacks = append(lacks, "the request")
		}
		if status := r.injection.Fault.Status; status != 0 && !strings.Contains(one.Detail, strconv.Itoa(status)) && !strings.Contains(one.Detail, "asked for no further requests") {
			lacks = append(lacks, "the status")
		}
		if !tellsWhatToDo.MatchString(one.Detail) {
			lacks = append(lacks, "the remedy")
		}
		if len(lacks) > 0 {
			problems = append(problems, fmt.Sprintf("an error lacks %s: %s: %s", strings.Join(lacks, ", "), one.Summary, one.Detail))
		}
	}
	return problems
}

// judgeState looks for objects that the state has lost.
func (r *run) judgeState() []string {
	state := r.end.Instance.State
	var problems []string
	switch id, _ := r.prior.State["id"].(string); {
	case id != "" && state == nil && r.exists(id) && r.operation.after(r.world) != nil:
		problems = append(problems, "the state has lost "+id)
	case id != "" && state != nil && state["id"] != id:
		problems = append(problems, fmt.Sprintf("the state has the id %v instead of %s", state["id"], id))
	}
	if r.operation.resource == "flow_ado_integration" && r.prior.State == nil {
		problems = append(problems, r.judgeCreation()...)
	}
	return problems
}

// judgeCreation looks for integrations that nobody knows of, or that Terraform would make anew.
func (r *run) judgeCreation() []string {
	state, said := r.end.Instance.State, acctest.Sentences(r.end.Diagnostics)
	var problems []string
	if r.end.Failed() && state != nil {
		problems = append(problems, "the creation failed with a state: Terraform would delete the integration and make another")
	}
	for id, name := range r.after.integrations {
		if _, old := r.before.integrations[id]; !old && state == nil && !strings.Contains(said, strconv.Quote(name)) {
			problems = append(problems, fmt.Sprintf("neither state nor message names integration %d, %q", id, name))
		}
	}
	return problems
}

// exists reports whether Flow has an integration, by the id in the state.
func (r *run) exists(id string) bool {
	number, err := strconv.ParseInt(id, 10, 64)
	_, found := r.after.integrations[number]
	return err == nil && found
}

// judgeContinuation continues without a fault, as a user does: it has to lead to what was wanted, and then to an empty plan.
// After a success nothing may be left to do.
func (r *run) judgeContinuation() []string {
	wanted, resource := r.operation.after(r.world), r.operation.resource
	p := r.provider()
	current, problem := r.refreshed(p)
	if problem != "" {
		return []string{problem}
	}
	if wanted == nil && current.State == nil {
		return nil
	}
	if !r.end.Failed() {
		planned, diagnostics := p.Plan(resource, current, wanted)
		if acctest.HasError(diagnostics) || !reflect.DeepEqual(planned.State, current.State) {
			return []string{fmt.Sprintf("after the success, a plan is not empty: %v\ninstead of\n%v\n%s", planned.State, current.State, acctest.Sentences(diagnostics))}
		}
	}
	p = r.provider()
	applied, diagnostics := p.Apply(resource, current, wanted)
	if acctest.HasError(diagnostics) {
		return []string{"continuing fails: " + acctest.Sentences(diagnostics)}
	}
	if wanted == nil {
		return nil
	}
	read, diagnostics := p.Read(resource, applied)
	planned, more := p.Plan(resource, read, wanted)
	if diagnostics = append(diagnostics, more...); acctest.HasError(diagnostics) || !reflect.DeepEqual(planned.State, read.State) {
		return []string{fmt.Sprintf("after continuing, a plan is not empty: %v\ninstead of\n%v\n%s", planned.State, read.State, acctest.Sentences(diagnostics))}
	}
	return nil
}

var importBlock = regexp.MustCompile(`(?s)import \{.*?\bid\s*=\s*"(\d+)"`)

// refreshed returns the state after a refresh, with what an error says that has to be imported.
func (r *run) refreshed(p *acctest.Protocol) (acctest.Instance, string) {
	wanted, resource := r.operation.after(r.world), r.operation.resource
	current := r.end.Instance
	if current.State != nil {
		read, diagnostics := p.Read(resource, current)
		if acctest.HasError(diagnostics) {
			return current, "the refresh afterwards fails: " + acctest.Sentences(diagnostics)
		}
		return read, ""
	}
	if wanted == nil {
		return current, ""
	}
	_, diagnostics := p.Plan(resource, current, wanted)
	block := importBlock.FindStringSubmatch(acctest.Sentences(diagnostics))
	switch {
	case !acctest.HasError(diagnostics):
		return current, ""
	case block == nil:
		return current, "the plan afterwards fails: " + acctest.Sentences(diagnostics)
	}
	imported, diagnostics := p.Import(resource, block[1], nil)
	if acctest.HasError(diagnostics) {
		return current, "what the plan says to import cannot be imported: " + acctest.Sentences(diagnostics)
	}
	read, diagnostics := p.Read(resource, imported)
	if acctest.HasError(diagnostics) {
		return current, "what was imported cannot be read: " + acctest.Sentences(diagnostics)
	}
	return read, ""
}
