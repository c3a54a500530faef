package wait_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/wait"
)

func TestAPauseEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := wait.For(ctx, slog.New(slog.DiscardHandler), time.Hour, "nothing"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the pause ended with %v", err)
		}
		if err := wait.For(t.Context(), slog.New(slog.DiscardHandler), time.Hour, "nothing"); err != nil {
			t.Errorf("the pause ended with %v", err)
		}
	})
}

func TestOnlyALongPauseIsLogged(t *testing.T) {
	for name, test := range map[string]struct {
		pause time.Duration
		lines int
	}{
		"short": {9 * time.Second, 0},
		"long":  {35 * time.Second, 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				logger := slog.New(slog.NewTextHandler(&log, nil))
				if err := wait.For(t.Context(), logger, test.pause, "Flow's rate limit"); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Minute) // Nothing is logged once the pause is over.
				synctest.Wait()
				if got := strings.Count(log.String(), `for="Flow's rate limit"`); got != test.lines {
					t.Errorf("logged %d times, want %d:\n%s", got, test.lines, log.String())
				}
			})
		})
	}
}
