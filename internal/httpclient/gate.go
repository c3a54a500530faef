package httpclient

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/wait"
)

// gate holds back all requests to a server until the time that the server has named with Retry-After: a limit on the key is
// a limit on every worker that uses it.
type gate struct {
	mutex sync.Mutex
	until time.Time
}

func (g *gate) close(until time.Time) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if until.After(g.until) {
		g.until = until
	}
}

// closedFor returns how long no request may be sent; it is not positive while the gate is open.
func (g *gate) closedFor() time.Duration {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return time.Until(g.until)
}

// pass waits until the gate is open. It does not begin a wait that would end after the context.
func (g *gate) pass(ctx context.Context, logger *slog.Logger, service string) error {
	for {
		closed := g.closedFor()
		if closed <= 0 {
			return ctx.Err()
		}
		if !affordable(ctx, closed) {
			return &heldBackError{closed}
		}
		if err := wait.For(ctx, logger, closed, service+"'s rate limit"); err != nil {
			return err
		}
	}
}

// heldBackError is the error of a request that was not sent, because its time ends before the server wants to be asked again.
type heldBackError struct{ wait time.Duration }

func (e *heldBackError) Error() string {
	return fmt.Sprintf("no request may be sent for another %s", e.wait.Round(time.Second))
}
