// Package singlecall makes a call once for all who want it at the same time.
package singlecall

import (
	"context"
	"errors"
	"sync/atomic"

	"golang.org/x/sync/singleflight"
)

// Do makes the call, or waits for the one that is under way for the same key of the group, and returns what it returned.
//
// Each caller's own context bounds how long it waits. So a call that failed because the time of the caller that made it
// ran out says nothing to the others: one of them makes it again. Such an error is the context's, or has a method
// OutOfTime that returns true.
func Do[T any](ctx context.Context, group *singleflight.Group, key string, call func(context.Context) (T, error)) (T, error) {
	for {
		var leads atomic.Bool
		pending := group.DoChan(key, func() (any, error) {
			leads.Store(true)
			return call(ctx)
		})
		var result singleflight.Result
		select {
		case result = <-pending:
		case <-ctx.Done():
			if !leads.Load() {
				var nothing T
				return nothing, ctx.Err()
			}
			result = <-pending // The call ends with the context, and its error says more than the context's.
		}
		if leads.Load() || !OutOfTime(result.Err) || ctx.Err() != nil {
			value, _ := result.Val.(T)
			return value, result.Err
		}
	}
}

// OutOfTime reports whether an error only says that its caller's time ran out, or that its caller was interrupted.
func OutOfTime(err error) bool {
	if own, ok := errors.AsType[interface {
		error
		OutOfTime() bool
	}](err); ok {
		return own.OutOfTime()
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}
