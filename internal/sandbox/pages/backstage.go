package pages

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/adoserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/oauthserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

const backstagePath = "/backstage"

// backstage is what Flow does not have: the other side of an integration, and what goes wrong.
type backstage struct {
	Tokens       []shownToken
	Consents     []oauthserver.Consent
	Accounts     []account
	Repositories []adoserver.RepositoryInfo
	Hidden       int // repositories beyond maxRows
	Projects     []string
	Faults       []shownFault
	FaultKinds   []faultKind
	Dialects     []shownDialect
}

type shownToken struct {
	adoserver.TokenInfo
	Secret string
	States []scenario.TokenState // others than its own
}

type account struct{ Organization, Email string }

type shownFault struct {
	Server string
	traffic.Fault
}

type shownDialect struct {
	Name, Purpose string
	On            bool
}

// faultKind is a fault that can be set on the page.
type faultKind struct {
	Word, Label string
	fault       traffic.Fault
}

var faultKinds = []faultKind{
	{"limit", "429, rate limited", traffic.Fault{Status: http.StatusTooManyRequests, RetryAfter: "2"}},
	{"down", "503, unavailable", traffic.Fault{Status: http.StatusServiceUnavailable, RetryAfter: "2"}},
	{"error", "500, server error", traffic.Fault{Status: http.StatusInternalServerError}},
	{"page", "A page of a proxy", traffic.Fault{Status: http.StatusOK, ContentType: "text/html", Body: "<html><body>Sign in to the network</body></html>"}},
	{"slow", "Five seconds late", traffic.Fault{Latency: 5 * time.Second}},
	{"lost", "Answer lost after the effect", traffic.Fault{Reset: traffic.ResetAfter}},
	{"refused", "Connection reset before the effect", traffic.Fault{Reset: traffic.ResetBefore}},
	{"truncated", "Answer cut in half", traffic.Fault{Truncate: true}},
}

func (p *Pages) addBackstage() {
	p.mux.HandleFunc("GET "+backstagePath, p.showBackstage)
	p.mux.HandleFunc("GET "+backstagePath+"/requests", p.showRequests)
	for path, action := range map[string]func(r *http.Request) (notice string, err error){
		"/tokens":       p.setToken,
		"/tokens/new":   p.newToken,
		"/consents":     p.revokeConsent,
		"/repositories": p.changeRepository,
		"/look-up": func(r *http.Request) (string, error) {
			return "Flow has looked up everything.", p.Flow.Sync(r.Context())
		},
		"/faults":         p.addFault,
		"/faults/remove":  p.removeFaults,
		"/dialects":       p.setDialects,
		"/requests/clear": p.clearRequests,
	} {
		p.do(backstagePath+path, func(r *http.Request) (string, string, error) {
			notice, err := action(r)
			return backstagePath, notice, err
		})
	}
	p.do(ResetPath, func(*http.Request) (string, string, error) {
		return "/", "The sandbox is as it was at its first start.", p.Reset()
	})
}

func (p *Pages) showBackstage(w http.ResponseWriter, r *http.Request) {
	shown := backstage{Consents: p.AzureDevOps.OAuth().Consents(), Repositories: p.AzureDevOps.Repositories(), FaultKinds: faultKinds}
	for _, token := range p.AzureDevOps.Tokens() {
		one := shownToken{TokenInfo: token, Secret: scenario.Secret(token.Organization, token.Name)}
		for _, state := range []scenario.TokenState{scenario.TokenActive, scenario.TokenExpired, scenario.TokenRevoked} {
			if state != token.State {
				one.States = append(one.States, state)
			}
		}
		shown.Tokens = append(shown.Tokens, one)
	}
	for _, organization := range p.AzureDevOps.Organizations() {
		for _, email := range p.AzureDevOps.Accounts(organization) {
			shown.Accounts = append(shown.Accounts, account{organization, email})
		}
	}
	for _, repository := range shown.Repositories {
		if project := repository.Organization + "/" + repository.Project; !slices.Contains(shown.Projects, project) {
			shown.Projects = append(shown.Projects, project)
		}
	}
	if len(shown.Repositories) > maxRows {
		shown.Hidden, shown.Repositories = len(shown.Repositories)-maxRows, shown.Repositories[:maxRows]
	}
	for server, recorder := range p.recorders() {
		for _, fault := range recorder.Faults() {
			shown.Faults = append(shown.Faults, shownFault{server, fault})
		}
	}
	spoken := p.Flow.Spoken()
	for _, dialect := range flowserver.Dialects() {
		names := dialect.Values
		if names == nil {
			names = []string{dialect.Name}
		}
		for _, name := range names {
			shown.Dialects = append(shown.Dialects, shownDialect{name, strings.ReplaceAll(dialect.Purpose, "`", ""), slices.Contains(spoken, name)})
		}
	}
	p.show(w, r, http.StatusOK, "backstage.html", page{Title: "Backstage", Area: "backstage", Data: shown})
}

// recorders are the request logs of both servers, by the name of the service.
func (p *Pages) recorders() map[string]*traffic.Recorder {
	return map[string]*traffic.Recorder{"Flow": p.Flow.Traffic(), "Azure DevOps": p.AzureDevOps.Traffic()}
}

func (p *Pages) setToken(r *http.Request) (notice string, err error) {
	name, state := r.PostFormValue("name"), scenario.TokenState(r.PostFormValue("state"))
	return fmt.Sprintf("Token %s is %s.", name, state), p.AzureDevOps.SetTokenState(name, state)
}

func (p *Pages) newToken(r *http.Request) (notice string, err error) {
	organization, owner, _ := strings.Cut(r.PostFormValue("account"), "/")
	name := strings.TrimSpace(r.PostFormValue("name"))
	if name == "" {
		return "", errors.New("a name is required")
	}
	_, err = p.AzureDevOps.IssueToken(organization, scenario.Token{Name: name, Owner: owner})
	return fmt.Sprintf("Token %s is issued. Its secret is in the table.", name), err
}

func (p *Pages) revokeConsent(r *http.Request) (notice string, err error) {
	id, _ := strconv.ParseInt(r.PostFormValue("id"), 10, 64) // 0 is nobody's
	return "The consent is revoked.", p.AzureDevOps.OAuth().Revoke(id)
}

func (p *Pages) changeRepository(r *http.Request) (notice string, err error) {
	organization, project, name := r.PostFormValue("organization"), r.PostFormValue("project"), strings.TrimSpace(r.PostFormValue("name"))
	switch r.PostFormValue("do") {
	case "create":
		organization, project, _ = strings.Cut(r.PostFormValue("project"), "/")
		if name == "" {
			return "", errors.New("a name is required")
		}
		_, err := p.AzureDevOps.CreateRepository(organization, project, name)
		return name + " is created.", err
	case "rename":
		to := strings.TrimSpace(r.PostFormValue("to"))
		return name + " is renamed to " + to + ".", p.AzureDevOps.RenameRepository(organization, project, name, to)
	case "disable":
		return name + " is disabled.", p.AzureDevOps.DisableRepository(organization, project, name, true)
	case "enable":
		return name + " is enabled.", p.AzureDevOps.DisableRepository(organization, project, name, false)
	case "delete":
		return name + " is deleted.", p.AzureDevOps.DeleteRepository(organization, project, name)
	}
	return "", errors.New("there is no such action")
}

func (p *Pages) addFault(r *http.Request) (notice string, err error) {
	recorder := p.recorders()[r.PostFormValue("server")]
	i := slices.IndexFunc(faultKinds, func(k faultKind) bool { return k.Word == r.PostFormValue("kind") })
	times, err := strconv.Atoi(r.PostFormValue("times"))
	if recorder == nil || i < 0 || err != nil || times < 0 {
		return "", errors.New("choose a server, a fault and a number of requests")
	}
	fault := faultKinds[i].fault
	fault.Path, fault.Times = r.PostFormValue("path"), times
	if err := fault.Validate(); err != nil {
		return "", err
	}
	recorder.Inject(fault)
	return "The fault is set.", nil
}

func (p *Pages) removeFaults(*http.Request) (notice string, err error) {
	for _, recorder := range p.recorders() {
		recorder.ClearFaults()
	}
	return "All faults are removed.", nil
}

func (p *Pages) setDialects(r *http.Request) (notice string, err error) {
	if err := r.ParseForm(); err != nil {
		return "", err
	}
	return "The dialects are set.", p.Flow.Speak(r.PostForm["dialect"]...)
}

func (p *Pages) clearRequests(*http.Request) (notice string, err error) {
	for _, recorder := range p.recorders() {
		recorder.Reset()
	}
	return "The request log is empty.", nil
}

// shownRequest is a row of the request log.
type shownRequest struct {
	Server string
	traffic.Request
	Line, Outcome string
}

// showRequests shows the latest requests to both servers, newest first.
func (p *Pages) showRequests(w http.ResponseWriter, r *http.Request) {
	var rows []shownRequest
	for server, recorder := range p.recorders() {
		for _, request := range recorder.Requests() {
			rows = append(rows, shownRequest{server, request, request.Line(), request.Outcome()})
		}
	}
	slices.SortStableFunc(rows, func(a, b shownRequest) int { return b.Time.Compare(a.Time) })
	p.show(w, r, http.StatusOK, "requests.html", page{Title: "Request log", Area: "backstage", Data: rows[:min(len(rows), maxRows)]})
}
