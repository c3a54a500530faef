package httpclient

import (
	"context"
	"log/slog"

	"github.com/flow-community/terraform-provider-flow/internal/wait"
)

// Limiter bounds how many requests are in flight at once. Several clients may share one.
type Limiter struct {
	slots chan struct{}
}

// NewLimiter makes a Limiter for n requests at once; n below 1 counts as 1.
func NewLimiter(n int) *Limiter {
	return &Limiter{slots: make(chan struct{}, max(n, 1))}
}

// Size returns how many requests it lets through at once.
func (l *Limiter) Size() int { return cap(l.slots) }

// acquire waits for a slot, or for the end of the context.
func (l *Limiter) acquire(ctx context.Context, logger *slog.Logger) error {
	if l == nil {
		return nil
	}
	select {
	case l.slots <- struct{}{}:
		return nil
	default:
	}
	defer wait.Announce(ctx, logger, "one of the concurrent requests to end")()
	select {
	case l.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *Limiter) release() {
	if l != nil {
		<-l.slots
	}
}
