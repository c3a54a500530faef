package lives_test

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

const (
	integrationType = "flow_ado_integration"
	repoType        = "flow_repo_import"
	ticketType      = "flow_ticket_project_import"
)

// verbs are what can happen. Each takes what it leaves open from a number, and does nothing where it does not apply.
var verbs map[string]func(l *life, n int)

func init() { // apply is among them, and calls nothing of them
	verbs = map[string]func(l *life, n int){
		"integration": (*life).configureIntegration,
		"repos":       (*life).configureRepos,
		"tickets":     (*life).configureTickets,
		"forget":      (*life).forget,
		"apply":       (*life).apply,
		"rename":      (*life).renameByHand,
		"toggle":      (*life).toggleByHand,
		"delete":      (*life).deleteByHand,
		"add":         (*life).addByHand,
		"drop":        (*life).dropByHand,
		"take":        (*life).takeByHand,
		"grow":        (*life).grow,
		"fault":       (*life).fault,
		"speak":       (*life).speak,
	}
}

// deck holds each verb as often as it should come.
var deck = []string{
	"integration", "integration", "integration", "repos", "repos", "repos", "tickets", "tickets", "forget", "forget",
	"apply", "apply", "apply", "apply", "apply", "apply",
	"rename", "toggle", "delete", "add", "drop", "take", "grow", "fault", "fault", "speak",
}

// pick returns an element that a number chooses, and what is left of the number.
func pick[T any](from []T, n *int) T {
	chosen := from[*n%len(from)]
	*n /= len(from)
	return chosen
}

var addresses = []string{"a", "b"}

func (l *life) configureIntegration(n int) {
	name := pick(addresses, &n)
	address := "integration." + name
	on := func() bool { return pick([]bool{true, true, false}, &n) }
	l.blocks[address] = block{resource: integrationType, arguments: acctest.Values{
		"name": "Contoso " + address + pick([]string{"", " II"}, &n), "base_url": "https://dev.azure.com/" + organizationOf(name), "email": "Svc-Flow@contoso.com",
		"personal_access_token_wo": l.s.Token(tokenOf(name)),
		"deletion_protection":      pick([]bool{true, false}, &n),
		"services":                 map[string]any{"repos": true, "pull_requests": on(), "tickets": true, "webhooks": on()},
	}}
	l.tellf("   %s = %v", address, withoutToken(l.blocks[address].arguments))
}

func withoutToken(arguments acctest.Values) acctest.Values {
	shown := maps.Clone(arguments)
	delete(shown, "personal_access_token_wo")
	return shown
}

func (l *life) configureRepos(n int) {
	l.configureImport(repoType, "repos.", [][]any{{"*/*"}, {"Payments/*"}, {"*/api", "Platform/t*"}, {"Platform/*"}}, n)
}

func (l *life) configureTickets(n int) {
	l.configureImport(ticketType, "tickets.", [][]any{{"P*"}, {"Payments"}, {"Platform", "Data*"}}, n)
}

func (l *life) configureImport(resource, prefix string, includes [][]any, n int) {
	name := pick(addresses, &n)
	if _, exists := l.blocks["integration."+name]; !exists {
		return
	}
	l.blocks[prefix+name] = block{resource: resource, of: "integration." + name, arguments: acctest.Values{
		"include": pick(includes, &n), "on_destroy": pick([]string{"keep", "remove"}, &n),
	}}
	l.tellf("   %s%s = %v", prefix, name, l.blocks[prefix+name].arguments)
}

// forget removes a block, and those that need it.
func (l *life) forget(n int) {
	if len(l.blocks) == 0 {
		return
	}
	address := pick(slices.Sorted(maps.Keys(l.blocks)), &n)
	delete(l.blocks, address)
	maps.DeleteFunc(l.blocks, func(_ string, b block) bool { return b.of == address })
	l.tellf("   without %s", address)
}

// managed returns the id of one of the integrations in the state.
func (l *life) managed(n *int) (int64, bool) {
	var ids []int64
	for _, address := range l.tf.addresses() {
		if object := l.tf.state[address]; object.of == "" {
			ids = append(ids, idOf(object))
		}
	}
	ids = slices.DeleteFunc(ids, func(id int64) bool {
		_, exists := l.s.Flow().Integration(id)
		return !exists
	})
	if len(ids) == 0 {
		return 0, false
	}
	return pick(ids, n), true
}

// mustByHandf is for what a person does in Flow or Azure DevOps.
func (l *life) mustByHandf(err error, format string, arguments ...any) {
	l.tellf("   by hand: "+format, arguments...)
	if err != nil {
		l.Fatalf("by hand: %v", err)
	}
}

func (l *life) renameByHand(n int) {
	if id, ok := l.managed(&n); ok {
		l.mustByHandf(l.s.Flow().ChangeIntegration(id, func(i *flowserver.Integration) { i.Name += "!" }), "renamed integration %d", id)
	}
}

func (l *life) toggleByHand(n int) {
	id, ok := l.managed(&n)
	if !ok {
		return
	}
	toggle := pick([]func(i *flowserver.Integration){
		func(i *flowserver.Integration) { i.Webhooks = !i.Webhooks },
		func(i *flowserver.Integration) { i.Services.PullRequests = !i.Services.PullRequests },
	}, &n)
	l.mustByHandf(l.s.Flow().ChangeIntegration(id, toggle), "switched a service of integration %d", id)
}

func (l *life) deleteByHand(n int) {
	if id, ok := l.managed(&n); ok {
		l.mustByHandf(l.s.Flow().RemoveIntegration(id), "deleted integration %d", id)
	}
}

// addByHand makes an integration that Terraform does not know, perhaps with a configured name.
func (l *life) addByHand(n int) {
	address := pick(addresses, &n)
	name := "Contoso integration." + address
	_, err := l.s.Flow().AddIntegration(flowserver.Integration{
		Name: name, URL: "https://dev.azure.com/" + organizationOf(address), Username: "Svc-Flow@contoso.com", Token: l.s.Token(tokenOf(address)), Services: flowserver.AllServices,
	})
	if slices.ContainsFunc(l.s.Flow().Integrations(), func(i flowserver.Integration) bool { return i.Name == name }) && err == nil {
		l.mustByHandf(err, "added integration %q", name)
	}
}

// dropByHand removes something imported, and takeByHand imports something.
func (l *life) dropByHand(n int) {
	l.withObject(&n, true, "removed", l.s.Flow().Remove)
}

func (l *life) takeByHand(n int) {
	l.withObject(&n, false, "imported", l.s.Flow().Import)
}

func (l *life) withObject(n *int, imported bool, did string, do func(flowserver.Kind, int64, string) error) {
	id, ok := l.managed(n)
	if !ok {
		return
	}
	kind := pick([]flowserver.Kind{flowserver.Repositories, flowserver.TicketProjects}, n)
	objects := slices.DeleteFunc(l.s.Flow().Objects(kind, id), func(o flowserver.Object) bool { return o.Imported != imported || !o.Supported })
	if len(objects) > 0 {
		path := pick(objects, n).Path
		l.mustByHandf(do(kind, id, path), "%s %s of integration %d", did, path, id)
	}
}

// grow adds a repository in Azure DevOps, which Flow discovers.
func (l *life) grow(n int) {
	name := fmt.Sprintf("new-%d", len(l.story))
	_, err := l.s.AzureDevOps().CreateRepository(organizationOf(pick(addresses, &n)), pick([]string{"Payments", "Platform"}, &n), name)
	l.mustByHandf(err, "repository %s", name)
	l.mustByHandf(l.s.Flow().Sync(l.ctx), "synchronized")
}

// fault breaks requests until the next apply is over: reads once, so that they are retried quickly, and writes more often.
func (l *life) fault(n int) {
	fault := pick([]traffic.Fault{
		{Method: http.MethodPost, Times: 1, Reset: traffic.ResetAfter},
		{Method: http.MethodPost, Times: 2, Status: http.StatusBadRequest, ContentType: "application/json", Body: `{"detail":"Not now."}`},
		{Method: http.MethodPost, Times: 1, Truncate: true},
		{Method: http.MethodPatch, Times: 1, Reset: traffic.ResetAfter},
		{Method: http.MethodPatch, Times: 1, Status: http.StatusInternalServerError},
		{Method: http.MethodDelete, Times: 1, Reset: traffic.ResetAfter},
		{Method: http.MethodDelete, Times: 1, Status: http.StatusForbidden, ContentType: "application/json", Body: `{"detail":"Not you."}`},
		{Method: http.MethodGet, Times: 1, Status: http.StatusBadGateway, ContentType: "text/html", Body: "<html>Bad gateway"},
		{Method: http.MethodGet, Times: 1, Truncate: true},
		{Times: 1, Status: http.StatusTooManyRequests},
	}, &n)
	l.s.Flow().Traffic().Inject(fault)
	l.faulty = true
	l.tellf("   fault %s %d, reset %d, truncated %t", fault.Method, fault.Status, fault.Reset, fault.Truncate)
}

// speak changes Flow's dialect to one in which everything can be managed.
func (l *life) speak(n int) {
	names := pick([][]string{
		{},
		{"authdata-text"},
		{"create-rejects-unknown"},
		{"create-drops-unknown"},
		{"unique-names"},
		{"words:display"},
		{"words:text"},
		{"words:objects"},
		{"nested-processing"},
		{"no-imported-id"},
		{"repos-no-id"},
		{"status-word"},
		{"available-no-integration-filter"},
		{"unknown-integration-400"},
		{"page-cap"},
		{"tickets-integration-filter", "repos-by-id"},
		{"no-imported-id", "create-drops-unknown", "words:text"},
	}, &n)
	l.s.Speak(l, names...)
	l.tellf("   %v", names)
}

var conflict = regexp.MustCompile(`id = "(\d+)"`)

// apply applies until all is good, and checks what must hold. Each error has to be explained: by a fault, by protection
// against deletion, or by an integration that is there already; what the message says is done then.
func (l *life) apply(int) {
	for attempt := range 8 {
		before := l.snapshot()
		l.s.Flow().Traffic().Reset()
		protected := l.protectedAndGoing()
		changes, said := l.tf.apply(l.blocks)
		l.tellf("   %v, %d errors", changes, len(said))
		if l.faulty {
			l.checkUntouched(before, changes)
			l.checkNew(before, said)
			l.s.Flow().Traffic().ClearFaults()
			l.faulty = false
			continue
		}
		if len(said) == 0 {
			l.checkAll(before, changes)
			return
		}
		for _, d := range said {
			l.tellf("   %s: %s", d.Summary, firstLine(d.Detail))
		}
		if len(changes) == 0 && !l.same(before) {
			l.Fatalf("a plan that failed changed Flow:\n%s", l.difference(before))
		}
		if !l.follow(said, protected) || attempt == 7 {
			l.Fatalf("an error that nothing explains:\n%s", acctest.Sentences(said))
		}
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// protectedAndGoing returns the addresses of protected integrations whose blocks are gone.
func (l *life) protectedAndGoing() []string {
	var going []string
	for _, address := range l.tf.addresses() {
		object := l.tf.state[address]
		if _, stays := l.blocks[address]; object.of == "" && !stays && object.State["deletion_protection"] == true {
			going = append(going, address)
		}
	}
	return going
}

// follow does what the messages of an apply say. It reports whether that was anything.
func (l *life) follow(said []*acctest.Diagnostic, protected []string) (followed bool) {
	for _, d := range said {
		switch {
		case strings.Contains(d.Summary, "protected against deletion"):
			followed = l.unprotect(d, protected) || followed
		case strings.Contains(d.Summary, "An integration of this name exists"):
			followed = l.adoptOrRename(d) || followed
		}
	}
	return followed
}

// unprotect applies what protects the integration of the message no more, with everything else as it is, before its block
// goes. Another block may be without its integration, which somebody deleted.
func (l *life) unprotect(d *acctest.Diagnostic, addresses []string) (done bool) {
	for _, address := range addresses {
		object := l.tf.state[address]
		if !strings.Contains(d.Detail, fmt.Sprintf("integration %v (", object.State["id"])) {
			continue
		}
		arguments := acctest.Values{"deletion_protection": false}
		for _, name := range []string{"name", "base_url", "email", "services"} {
			arguments[name] = object.State[name]
		}
		p := l.tf.provider()
		changed, diagnostics := p.Apply(integrationType, object.Instance, arguments)
		if said := errorsIn(diagnostics); len(said) > 0 {
			l.Fatalf("unprotecting %s: %s", address, acctest.Sentences(said))
		}
		object.Instance = changed
		l.tf.state[address] = object
		l.tellf("   unprotected %s", address)
		done = true
	}
	return done
}

// adoptOrRename imports what a message offers at the address whose name it is, or chooses another name where that has an
// integration already.
func (l *life) adoptOrRename(d *acctest.Diagnostic) bool {
	found := conflict.FindStringSubmatch(d.Detail)
	if found == nil {
		return false
	}
	for address, b := range l.blocks {
		name, _ := b.arguments["name"].(string)
		if name == "" || !strings.Contains(d.Detail, fmt.Sprintf("%q", name)) {
			continue
		}
		if _, held := l.tf.state[address]; held {
			b.arguments["name"] = name + " III"
			l.tellf("   named %s anew", address)
			return true
		}
		said := l.tf.adopt(address, found[1])
		l.tellf("   adopted integration %s at %s: %s", found[1], address, acctest.Sentences(said))
		return len(said) == 0
	}
	return false
}
