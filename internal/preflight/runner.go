package preflight

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
	"github.com/flow-community/terraform-provider-flow/internal/singlecall"
)

// defaultBudget is how long a plan waits for all answers about one credential. Azure DevOps may ask a throttled client to
// come back in many minutes; a plan continues with a warning instead.
const defaultBudget = time.Minute

// Runner makes the online checks, gathering the evidence about each credential once in its life, however many resources
// share the credential. The zero value is ready for use, and safe for concurrent use.
type Runner struct {
	// Budget limits the time of gathering evidence about one credential. Zero means one minute.
	Budget time.Duration

	calls    singleflight.Group
	mutex    sync.Mutex
	evidence map[string]Evidence
}

// Run judges the client's credential by what is expected of it. The only error is the context's, when it was canceled;
// that Azure DevOps cannot be asked is a finding.
func (r *Runner) Run(ctx context.Context, client *azuredevops.Client, expectation Expectation) (Report, error) {
	evidence, err := r.Evidence(ctx, client, expectation.CountRepositories)
	if err != nil {
		return Report{}, err
	}
	return Judge(evidence, expectation), nil
}

// Evidence returns what is known about the client's credential, gathering what nobody has asked for yet. The only error is
// the context's, when it was canceled.
func (r *Runner) Evidence(ctx context.Context, client *azuredevops.Client, countRepositories bool) (Evidence, error) {
	for {
		evidence, err := singlecall.Do(ctx, &r.calls, client.Fingerprint(), func(ctx context.Context) (Evidence, error) {
			return r.gather(ctx, client, countRepositories)
		})
		switch {
		case errors.Is(ctx.Err(), context.Canceled):
			return Evidence{}, ctx.Err()
		case err != nil && evidence.Organization == "":
			return unanswered(client), nil
		case err == nil && countRepositories && !evidence.Counted:
			continue // Another caller has gathered it without the count.
		}
		return evidence, nil
	}
}

// unanswered is the evidence of a caller whose time ends while another one gathers.
func unanswered(client *azuredevops.Client) Evidence {
	return Evidence{
		Organization: client.Organization(),
		Connection:   Answer[azuredevops.ConnectionData]{Err: errors.New("Azure DevOps gave no complete answer in time")},
	}
}

// gather returns the evidence, which is remembered unless the caller's time was too short. Then it also returns the
// context's error.
func (r *Runner) gather(ctx context.Context, client *azuredevops.Client, countRepositories bool) (Evidence, error) {
	evidence, found := r.known(client.Fingerprint())
	if found && (evidence.Counted || !countRepositories) {
		return evidence, nil
	}
	bounded, cancel := context.WithTimeout(ctx, cmp.Or(r.Budget, defaultBudget))
	defer cancel()
	if found {
		evidence.count(bounded, client)
	} else {
		evidence = Gather(bounded, client, countRepositories)
	}
	if ctx.Err() == nil {
		r.remember(client.Fingerprint(), evidence)
	}
	return evidence, ctx.Err()
}

func (r *Runner) known(key string) (Evidence, bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	evidence, ok := r.evidence[key]
	return evidence, ok
}

func (r *Runner) remember(key string, evidence Evidence) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.evidence == nil {
		r.evidence = map[string]Evidence{}
	}
	r.evidence[key] = evidence
}
