package preflight

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
)

// secondThought is the pause before a 401 is asked again.
const secondThought = 100 * time.Millisecond

var errNoDescriptor = errors.New("Azure DevOps named no subject descriptor for the token's owner")

// Gather asks Azure DevOps all that Judge needs to know. It makes ten requests, all of which only read, and is two round
// trips deep: first who the token's owner is and what they may do, then everything else at once. Ten requests in two trips
// fit the provider's default limit of eight at once, which is why the rights do not wait for the second.
//
// Only where something is off does it ask more: once more after each 401 that gives no reason, and the project form of the
// build probe where the organization does not know the other. A token that is not accepted is not used any further.
//
// It always returns; what the context's end, or anything else, left unanswered is marked so in the evidence.
func Gather(ctx context.Context, client *azuredevops.Client) Evidence {
	evidence := Evidence{Organization: client.Organization()}
	firstTrip, giveUp := context.WithCancel(ctx)
	defer giveUp()

	var asked sync.WaitGroup
	asked.Go(func() { evidence.Permissions = answerOf(client.EvaluatePermissions(firstTrip)) })
	evidence.Connection = ask(ctx, client.ConnectionData)
	evidence.Credential = azuredevops.JudgeCredential(evidence.Connection.Value, evidence.Connection.Err)
	if evidence.Credential != azuredevops.VerdictAccepted {
		giveUp()
		asked.Wait()
		evidence.Permissions = Answer[azuredevops.Permissions]{}
		return evidence
	}
	secondTrip(ctx, client, &evidence, &asked)
	asked.Wait()

	if silentUnauthorized(evidence.Permissions.Err) {
		evidence.Permissions = answerOf(client.EvaluatePermissions(ctx))
	}
	if project, ok := evidence.anyProject(); ok && absent(evidence.Builds.Err) {
		evidence.Builds = ask(ctx, probe(func(ctx context.Context) error { return client.ProbeProjectBuilds(ctx, project) }))
	}
	return evidence
}

// secondTrip starts all that only an accepted token is used for. Each goroutine writes a field of its own.
func secondTrip(ctx context.Context, client *azuredevops.Client, e *Evidence, asked *sync.WaitGroup) {
	asked.Go(func() { e.Repositories = ask(ctx, client.RepositoryCounts) })
	asked.Go(func() { e.Projects = ask(ctx, client.Projects) })
	asked.Go(func() { e.Profile = ask(ctx, client.Profile) })
	asked.Go(func() { e.Teams = ask(ctx, probe(client.ProbeTeams)) })
	asked.Go(func() { e.Processes = ask(ctx, probe(client.ProbeProcesses)) })
	asked.Go(func() { e.Builds = ask(ctx, probe(client.ProbeBuilds)) })

	me := e.Connection.Value.AuthenticatedUser.SubjectDescriptor
	if me == "" {
		e.GraphUser.Err, e.Identity.Err = errNoDescriptor, errNoDescriptor
		return
	}
	asked.Go(func() {
		e.GraphUser = ask(ctx, func(ctx context.Context) (azuredevops.GraphUser, error) { return client.GraphUser(ctx, me) })
	})
	asked.Go(func() {
		e.Identity = ask(ctx, func(ctx context.Context) (azuredevops.Identity, error) { return client.Identity(ctx, me) })
	})
}

// anyProject gives the id of a project that the token's owner sees.
func (e Evidence) anyProject() (string, bool) {
	if projects := e.Projects.Value.Projects; len(projects) > 0 {
		return projects[0].ID, true
	}
	ids := slices.Sorted(maps.Keys(e.Repositories.Value))
	if len(ids) == 0 {
		return "", false
	}
	return ids[0], true
}

// ask makes a call, and makes it once more when it was answered by a 401 without a reason.
func ask[T any](ctx context.Context, call func(context.Context) (T, error)) Answer[T] {
	value, err := call(ctx)
	if silentUnauthorized(err) && pause(ctx, secondThought) {
		value, err = call(ctx)
	}
	return answerOf(value, err)
}

func probe(call func(context.Context) error) func(context.Context) (struct{}, error) {
	return func(ctx context.Context) (struct{}, error) { return struct{}{}, call(ctx) }
}

// pause waits, and tells whether the context allowed it.
func pause(ctx context.Context, duration time.Duration) bool {
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
