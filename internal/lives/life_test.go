package lives_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// step is one thing that happens in a life: a verb, and a number from which it takes what is left open.
type step struct {
	verb string
	n    int
}

// String returns the step as in a script.
func (s step) String() string { return s.verb + ":" + strconv.Itoa(s.n) }

// script formats steps for variableScript.
func script(steps []step) string {
	words := make([]string, len(steps))
	for i, s := range steps {
		words[i] = s.String()
	}
	return strings.Join(words, " ")
}

func parseScript(text string) ([]step, error) {
	var steps []step
	for word := range strings.FieldsSeq(text) {
		verb, number, _ := strings.Cut(word, ":")
		n, err := strconv.Atoi(number)
		if _, known := verbs[verb]; !known || err != nil {
			return nil, fmt.Errorf("%q is not a step", word)
		}
		steps = append(steps, step{verb, n})
	}
	return steps, nil
}

// stepsOf returns the steps of a seed's life, which ends with an apply.
func stepsOf(seed uint64, count int) []step {
	random := rand.New(rand.NewPCG(seed, 0))
	var steps []step
	for range count {
		steps = append(steps, step{deck[random.IntN(len(deck))], random.IntN(1000)})
	}
	return append(steps, step{"apply", 0})
}

// life is a workspace of Flow, and a configuration for a part of it.
type life struct {
	testing.TB // of this life: a failure ends it, see failure
	s          *acctest.Sandbox
	tf         *terraform
	blocks     map[string]block
	faulty     bool // a fault is set for the next apply
	story      []string

	ctx      context.Context //nolint:containedctx // It stands in for the test's.
	cleanups []func()
}

// failure is why a life ended early.
type failure struct{ text string }

// The methods of testing.TB that acctest calls end the life instead of the test.

func (l *life) Helper()                           {}
func (l *life) Context() context.Context          { return l.ctx }
func (l *life) Cleanup(f func())                  { l.cleanups = append(l.cleanups, f) }
func (l *life) Fatal(arguments ...any)            { panic(failure{fmt.Sprint(arguments...)}) }
func (l *life) Fatalf(f string, arguments ...any) { panic(failure{fmt.Sprintf(f, arguments...)}) }
func (l *life) Errorf(f string, arguments ...any) { panic(failure{fmt.Sprintf(f, arguments...)}) }

// tellf adds to the story that a failure prints.
func (l *life) tellf(format string, arguments ...any) {
	l.story = append(l.story, fmt.Sprintf(format, arguments...))
}

// live takes the steps in a workspace of their own. It returns the story so far, and what was wrong, "" for nothing.
func live(ctx context.Context, steps []step) (story []string, wrong string) {
	l := &life{ctx: ctx, blocks: map[string]block{}}
	defer func() {
		switch reason := recover().(type) {
		case nil:
		case failure:
			wrong = reason.text
		default:
			panic(reason)
		}
		story = l.story
	}()
	defer func() {
		for _, f := range slices.Backward(l.cleanups) {
			f()
		}
	}()
	l.begin()
	for _, s := range steps {
		l.tellf("%-12s", s)
		verbs[s.verb](l, s.n)
	}
	return nil, ""
}

// organizations returns the default world with an organization for each address, all like contoso: a second integration of one
// organization is warned of, and plans wait a while for whoever may hold the first.
func organizations() *scenario.Scenario {
	world := scenario.Default()
	for _, address := range addresses {
		like := world.Organizations[0]
		like.Name = organizationOf(address)
		like.Tokens = slices.DeleteFunc(slices.Clone(like.Tokens), func(token scenario.Token) bool { return token.Name != "full" })
		like.Tokens[0].Name = tokenOf(address)
		world.Organizations = append(world.Organizations, like)
	}
	return world
}

func organizationOf(address string) string { return "contoso-" + address }
func tokenOf(address string) string        { return "full-" + address }

// begin starts the sandbox, with a neighbor whom no configuration is about.
func (l *life) begin() {
	l.s = l.start()
	l.tf = &terraform{state: map[string]held{}, provider: func() *acctest.Protocol { return l.s.Protocol(l, nil) }}
	neighbor, err := l.s.Flow().AddIntegration(flowserver.Integration{
		Name: "Neighbor", URL: "https://dev.azure.com/fabrikam", Username: "Svc-Flow@fabrikam.com", Token: l.s.Token("fabrikam"), Services: flowserver.AllServices,
	})
	if err != nil {
		l.Fatal(err)
	}
	for _, found := range l.s.Flow().Objects(flowserver.Repositories, neighbor.ID) {
		if err := l.s.Flow().Import(flowserver.Repositories, neighbor.ID, found.Path); err != nil {
			l.Fatal(err)
		}
	}
}

// place is where a sandbox has its two servers.
type place struct{ flow, azureDevOps string }

// places are those of lives that are over. A sandbox at new addresses each time would make the cache of the SDK grow that the
// sandbox asks Azure DevOps with, and hide a leak.
var places = make(chan place, livesTogether)

// start starts a sandbox where one has been before, if there is such a place and it is free.
func (l *life) start() *acctest.Sandbox {
	var at place
	select {
	case at = <-places:
	default:
	}
	options := sandbox.Options{Scenario: organizations(), FlowAddress: at.flow, AzureDevOpsAddress: at.azureDevOps}
	started, err := sandbox.Start(l.ctx, options)
	if err != nil {
		options.FlowAddress, options.AzureDevOpsAddress = "", ""
		started, err = sandbox.Start(l.ctx, options)
	}
	if err != nil {
		l.Fatal(err)
	}
	l.Cleanup(func() {
		if err := started.Close(); err != nil {
			l.Fatal(err)
		}
		select {
		case places <- place{hostOf(started.FlowBaseURL()), hostOf(started.AzureDevOpsEndpoint())}:
		default:
		}
	})
	return &acctest.Sandbox{Sandbox: started}
}

func hostOf(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return parsed.Host
}

// shrinkTime bounds the search for a shorter script.
const shrinkTime = time.Minute

// shrink returns a shorter script that fails as well, with its story.
func shrink(ctx context.Context, steps []step) ([]step, []string, string) {
	story, wrong := live(ctx, steps)
	end := time.Now().Add(shrinkTime)
	for size := max(len(steps)/2, 1); size >= 1; {
		shorter := false
		for from := 0; from+size <= len(steps) && time.Now().Before(end); {
			candidate := slices.Delete(slices.Clone(steps), from, from+size)
			if itsStory, why := live(ctx, candidate); why != "" {
				steps, story, wrong, shorter = candidate, itsStory, why, true
			} else {
				from += size
			}
		}
		if size == 1 && !shorter || time.Now().After(end) {
			break
		}
		size = max(size/2, 1)
	}
	return steps, story, wrong
}
