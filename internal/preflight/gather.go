package preflight

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
	"github.com/flow-community/terraform-provider-flow/internal/wait"
)

// unauthorizedPause is the pause before a 401 is asked again.
const unauthorizedPause = 100 * time.Millisecond

var errNoDescriptor = errors.New("Azure DevOps named no subject descriptor for the token's owner")

// Gather asks Azure DevOps all that Judge needs to know, and counts the repositories if it is told to. It makes ten requests
// that only read, in two round trips: first who the token's owner is and what they may do, then everything else at once.
// Ten requests in two trips fit the provider's default limit of eight at once, which is why the rights do not wait for the
// second.
//
// It asks more only where something is off: again after each 401 without a reason, and in the form for projects where the
// organization does not know a probe. A token that is not accepted is not used any further.
//
// It always returns. Calls that were not answered before the context ended, or at all, are marked so in the evidence.
func Gather(ctx context.Context, client *azuredevops.Client, countRepositories bool) Evidence {
	evidence := Evidence{Organization: client.Organization()}
	firstTrip, stop := context.WithCancel(ctx)
	defer stop()

	var asked sync.WaitGroup
	asked.Go(func() { evidence.Permissions = answerOf(client.EvaluatePermissions(firstTrip)) })
	evidence.Connection = ask(ctx, client.ConnectionData)
	evidence.Credential = azuredevops.JudgeCredential(evidence.Connection.Value, evidence.Connection.Err)
	if evidence.Credential != azuredevops.VerdictAccepted {
		stop()
		asked.Wait()
		evidence.Permissions, evidence.Counted = Answer[azuredevops.Permissions]{}, true
		return evidence
	}
	if countRepositories {
		// The list also shows whether the scope Code is there.
		asked.Go(func() { evidence.count(ctx, client) })
	} else {
		asked.Go(func() { evidence.Code = ask(ctx, probe(client.ProbePullRequests)) })
	}
	secondTrip(ctx, client, &evidence, &asked)
	asked.Wait()

	if silentUnauthorized(evidence.Permissions.Err) {
		evidence.Permissions = answerOf(client.EvaluatePermissions(ctx))
	}
	evidence.probeProject(ctx, client)
	return evidence
}

// count counts the repositories of each project.
func (e *Evidence) count(ctx context.Context, client *azuredevops.Client) {
	e.Repositories = ask(ctx, client.RepositoryCounts)
	e.Code = Answer[struct{}]{Outcome: e.Repositories.Outcome, Err: e.Repositories.Err}
	e.Counted = true
}

// secondTrip starts the calls that only an accepted token is used for. Each goroutine writes a field of its own.
func secondTrip(ctx context.Context, client *azuredevops.Client, e *Evidence, asked *sync.WaitGroup) {
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

// probeProject repeats in a project the probes that the organization does not know.
func (e *Evidence) probeProject(ctx context.Context, client *azuredevops.Client) {
	project, ok := e.anyProject()
	if !ok {
		return
	}
	for _, unknown := range []struct {
		answer *Answer[struct{}]
		probe  func(context.Context, string) error
	}{
		{&e.Builds, client.ProbeProjectBuilds},
		{&e.Code, client.ProbeProjectPullRequests},
	} {
		if absent(unknown.answer.Err) {
			*unknown.answer = ask(ctx, probe(func(ctx context.Context) error { return unknown.probe(ctx, project) }))
		}
	}
}

// anyProject returns the id of a project that the token's owner sees.
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
	if silentUnauthorized(err) && wait.For(ctx, slog.New(slog.DiscardHandler), unauthorizedPause, "Azure DevOps") == nil {
		value, err = call(ctx)
	}
	return answerOf(value, err)
}

func probe(call func(context.Context) error) func(context.Context) (struct{}, error) {
	return func(ctx context.Context) (struct{}, error) { return struct{}{}, call(ctx) }
}
