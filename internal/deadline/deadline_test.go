package deadline_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/flow-community/terraform-provider-flow/internal/deadline"
)

func TestAnOperationEndsInItsTime(t *testing.T) {
	for name, test := range map[string]struct {
		configured deadline.Configured
		want       time.Duration
	}{
		"nothing to configure": {nil, deadline.Read},
		"configured":           {func(context.Context, time.Duration) (time.Duration, diag.Diagnostics) { return time.Hour, nil }, time.Hour},
		"left out": {func(_ context.Context, otherwise time.Duration) (time.Duration, diag.Diagnostics) {
			return otherwise, nil
		}, deadline.Read},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				ctx, cancel, diagnostics := deadline.Within(t.Context(), test.configured, deadline.Read)
				defer cancel()
				<-ctx.Done()
				if got := time.Since(start); got != test.want || diagnostics.HasError() {
					t.Errorf("it ended after %s with %v, want %s", got, diagnostics, test.want)
				}
			})
		})
	}
}
