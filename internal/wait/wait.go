// Package wait holds the program's pauses. Each ends with its context, and a long one says in the log what it waits for.
package wait

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// announceAfter is how long a wait may be silent, and how often it is logged from then on.
const announceAfter = 10 * time.Second

// For pauses. It returns the context's error if that ends first. A pause of more than ten seconds logs, while it goes
// on, what is waited for, such as "Flow's rate limit".
func For(ctx context.Context, logger *slog.Logger, pause time.Duration, what string) error {
	if pause > announceAfter {
		defer Announce(ctx, logger, what)()
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Announce logs every ten seconds what is waited for, until the returned function is called.
func Announce(ctx context.Context, logger *slog.Logger, what string) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		start := time.Now()
		ticks := time.NewTicker(announceAfter)
		defer ticks.Stop()
		for {
			select {
			case <-ticks.C:
				logger.InfoContext(ctx, "still waiting", "for", what, "waited", time.Since(start).Round(time.Second).String())
			case <-ctx.Done():
				return
			}
		}
	}()
	return cancel
}

// Outlast returns a context with the values of ctx that ends later: by as much as grace returns, which is called when ctx has
// ended. The returned function releases it.
func Outlast(ctx context.Context, grace func() time.Duration) (context.Context, context.CancelFunc) {
	outlasting, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace(), cancel) })
	return outlasting, func() {
		stop()
		cancel()
	}
}

// Interrupted reports whether ctx has ended before its time, as Terraform's Ctrl-C does it.
func Interrupted(ctx context.Context) bool { return errors.Is(ctx.Err(), context.Canceled) }
