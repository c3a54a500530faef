package preflight

import (
	"context"
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/azuredevops"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// BenchmarkGather measures a gathering against a server that takes 100 ms for each answer, and the same ten calls one
// after the other. It reports both in round trips of that server, and the second as a multiple of the first.
func BenchmarkGather(b *testing.B) {
	const latency = 100 * time.Millisecond
	o := newOrganization(b)
	o.before = func(string) { time.Sleep(latency) }
	client := o.clientWith(httpclient.Options{Limiter: httpclient.NewLimiter(8)})
	if evidence := Gather(b.Context(), client, true); evidence.Credential != azuredevops.VerdictAccepted {
		b.Fatal(evidence.Connection.Err)
	}
	before := o.count("")
	var parallel, sequential time.Duration
	rounds := 0
	for b.Loop() {
		rounds++
		start := time.Now()
		Gather(b.Context(), client, true)
		parallel += time.Since(start)

		b.StopTimer()
		start = time.Now()
		if err := oneAfterTheOther(b.Context(), client); err != nil {
			b.Fatal(err)
		}
		sequential += time.Since(start)
		b.StartTimer()
	}
	b.ReportMetric(float64(o.count("")-before)/float64(2*rounds), "requests/gather")
	b.ReportMetric(float64(parallel)/float64(rounds)/float64(latency), "roundtrips/gather")
	b.ReportMetric(float64(sequential)/float64(rounds)/float64(latency), "roundtrips/sequence")
	b.ReportMetric(float64(sequential)/float64(parallel), "sequence/gather")
}

func oneAfterTheOther(ctx context.Context, client *azuredevops.Client) error {
	connection, err := client.ConnectionData(ctx)
	if err != nil {
		return err
	}
	me := connection.AuthenticatedUser.SubjectDescriptor
	for _, call := range []func() error{
		func() error { _, err := client.EvaluatePermissions(ctx); return err },
		func() error { _, err := client.Profile(ctx); return err },
		func() error { _, err := client.GraphUser(ctx, me); return err },
		func() error { _, err := client.Identity(ctx, me); return err },
		func() error { return client.ProbeTeams(ctx) },
		func() error { return client.ProbeProcesses(ctx) },
		func() error { return client.ProbeBuilds(ctx) },
		func() error { _, err := client.RepositoryCounts(ctx); return err },
		func() error { _, err := client.Projects(ctx); return err },
	} {
		if err := call(); err != nil {
			return err
		}
	}
	return nil
}
