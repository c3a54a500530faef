package singlecall_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/flow-community/terraform-provider-flow/internal/singlecall"
)

func TestConcurrentCallersShareACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var group singleflight.Group
		var calls atomic.Int64
		failure := errors.New("HTTP 401")
		var callers sync.WaitGroup
		for range 10 {
			callers.Go(func() {
				_, err := singlecall.Do(t.Context(), &group, "list", func(context.Context) (int, error) {
					calls.Add(1)
					time.Sleep(time.Second)
					return 0, failure
				})
				if !errors.Is(err, failure) {
					t.Errorf("got %v", err)
				}
			})
		}
		callers.Wait()
		if calls.Load() != 1 {
			t.Errorf("made %d calls, want one", calls.Load())
		}
	})
}

// A caller with a minute does not fail because the one that made the call had a second.
func TestACallerIsNotEndedByTheTimeOfAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var group singleflight.Group
		slow := func(ctx context.Context) (string, error) {
			select {
			case <-time.After(10 * time.Second):
				return "rows", nil
			case <-ctx.Done():
				return "", ctx.Err()
			}
		}
		var callers sync.WaitGroup
		callers.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if _, err := singlecall.Do(ctx, &group, "list", slow); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the caller with a second got %v", err)
			}
		})
		time.Sleep(time.Millisecond)
		callers.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if rows, err := singlecall.Do(ctx, &group, "list", slow); rows != "rows" || err != nil {
				t.Errorf("the caller with a minute got %q, %v", rows, err)
			}
		})
		callers.Wait()
	})
}

func TestACallerWaitsNoLongerThanItsOwnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var group singleflight.Group
		release := make(chan struct{})
		go func() {
			_, _ = singlecall.Do(t.Context(), &group, "list", func(context.Context) (int, error) { <-release; return 0, nil })
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := singlecall.Do(ctx, &group, "list", func(context.Context) (int, error) { return 1, nil }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		close(release)
	})
}
