package preflight

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
)

// defaultBudget is how long a plan waits for all answers about one credential. Azure DevOps may ask a throttled client to
// come back in many minutes; a plan goes on with a warning instead.
const defaultBudget = time.Minute

// Runner makes the online checks, gathering the evidence about each credential once in its life, however many resources
// share the credential. The zero value is ready for use, and safe for concurrent use.
type Runner struct {
	// Budget bounds the gathering of evidence about one credential. Zero means one minute.
	Budget time.Duration

	flights  singleflight.Group
	mutex    sync.Mutex
	evidence map[string]Evidence
}

// Run judges the client's credential by what is expected of it. The only error is the context's, when it was canceled;
// that Azure DevOps cannot be asked is a finding.
func (r *Runner) Run(ctx context.Context, client *azuredevops.Client, expectation Expectation) (Report, error) {
	evidence, err := r.Evidence(ctx, client)
	if err != nil {
		return Report{}, err
	}
	return Judge(evidence, expectation), nil
}

// errAbandoned says that the caller whose context a gathering ran under went away, which says nothing to the others.
var errAbandoned = errors.New("the gathering was abandoned")

// Evidence gives what is known about the client's credential, gathering it if nobody has done so. The only error is the
// context's, when it was canceled.
func (r *Runner) Evidence(ctx context.Context, client *azuredevops.Client) (Evidence, error) {
	key := client.Fingerprint()
	for {
		flight := r.flights.DoChan(key, func() (any, error) {
			if evidence, ok := r.known(key); ok {
				return evidence, nil
			}
			return r.gatherNow(ctx, client)
		})
		select {
		case <-ctx.Done():
			return withoutAnswer(ctx, client)
		case landed := <-flight:
			if !errors.Is(landed.Err, errAbandoned) {
				return landed.Val.(Evidence), nil
			}
			if ctx.Err() != nil {
				return withoutAnswer(ctx, client)
			}
		}
	}
}

// withoutAnswer is what is known when the context ends first: nothing, which is worth a warning after a deadline, and not
// worth saying after an interrupt.
func withoutAnswer(ctx context.Context, client *azuredevops.Client) (Evidence, error) {
	if errors.Is(ctx.Err(), context.Canceled) {
		return Evidence{}, ctx.Err()
	}
	return Evidence{
		Organization: client.Organization(),
		Connection:   Answer[azuredevops.ConnectionData]{Err: errors.New("Azure DevOps gave no complete answer in time")},
	}, nil
}

func (r *Runner) gatherNow(ctx context.Context, client *azuredevops.Client) (Evidence, error) {
	budget := r.Budget
	if budget == 0 {
		budget = defaultBudget
	}
	bounded, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	evidence := Gather(bounded, client)
	if errors.Is(ctx.Err(), context.Canceled) {
		return Evidence{}, errAbandoned
	}
	r.remember(client.Fingerprint(), evidence)
	return evidence, nil
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
