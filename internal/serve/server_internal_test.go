package serve

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/flow-community/terraform-provider-flow/internal/provider"
)

type keyType struct{}

// TestContextsOfEarlierCallsAreLetGo asks whether the garbage collector may have what was in a call's context.
func TestContextsOfEarlierCallsAreLetGo(t *testing.T) {
	for name, test := range map[string]struct {
		server tfprotov6.ProviderServer
		letsGo bool
	}{
		"as it is served": {newServer("test", true), true},
		"and with a log":  {newServer("test", false), true},
		// Should this one let go some day, the type server can go.
		"the framework by itself": {providerserver.NewProtocol6(provider.New("test")())(), false},
	} {
		t.Run(name, func(t *testing.T) {
			schemas, err := test.server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
			if err != nil {
				t.Fatal(err)
			}
			const resource = "flow_repo_import"
			config, err := tfprotov6.NewDynamicValue(tftypes.DynamicPseudoType, tftypes.NewValue(schemas.ResourceSchemas[resource].ValueType(), nil))
			if err != nil {
				t.Fatal(err)
			}
			var collected atomic.Bool
			func() {
				inContext := &[1 << 10]byte{}
				runtime.AddCleanup(inContext, func(int) { collected.Store(true) }, 0)
				ctx := context.WithValue(t.Context(), keyType{}, inContext)
				if _, err := test.server.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: resource, Config: &config}); err != nil {
					t.Fatal(err)
				}
			}()
			for end := time.Now().Add(time.Second); !collected.Load() && time.Now().Before(end); time.Sleep(time.Millisecond) {
				runtime.GC()
			}
			if collected.Load() != test.letsGo {
				t.Errorf("the context was let go: %t, want %t", collected.Load(), test.letsGo)
			}
			runtime.KeepAlive(test.server)
		})
	}
}

func TestALentContextIsTheLendersUntilItIsTakenBack(t *testing.T) {
	deadline := time.Now().Add(time.Hour)
	lender, cancel := context.WithDeadline(context.WithValue(t.Context(), keyType{}, "value"), deadline)
	defer cancel()
	kept, err := lend(lender, false, 0, func(ctx context.Context, _ int) (context.Context, error) {
		if got, ok := ctx.Deadline(); !ok || !got.Equal(deadline) {
			t.Errorf("the deadline is %v, want %v", got, deadline)
		}
		if got := ctx.Value(keyType{}); got != "value" {
			t.Errorf("the value is %v", got)
		}
		if ctx.Done() != lender.Done() || ctx.Err() != nil {
			t.Errorf("it ends by itself: %v", ctx.Err())
		}
		return ctx, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := kept.Value(keyType{}); got != nil {
		t.Errorf("it still has the value %v", got)
	}
	select {
	case <-kept.Done():
	default:
		t.Error("it is not done")
	}
	if kept.Err() == nil {
		t.Error("it has no error")
	}
	if lender.Err() != nil {
		t.Errorf("the lender ended with it: %v", lender.Err())
	}
}

// TestAnInterruptReachesWhatIsUnderWay is about contexts derived from a lent one, as all of the framework's are.
func TestAnInterruptReachesWhatIsUnderWay(t *testing.T) {
	for _, silent := range []bool{true, false} {
		lender, interrupt := context.WithCancel(context.WithValue(t.Context(), keyType{}, "value"))
		_, err := lend(lender, silent, 0, func(ctx context.Context, _ int) (int, error) {
			derived, cancel := context.WithCancel(ctx)
			defer cancel()
			if got := derived.Value(keyType{}); (got == nil) != silent {
				t.Errorf("silent %t: the value is %v", silent, got)
			}
			interrupt()
			<-derived.Done()
			return 0, derived.Err()
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("silent %t: what was under way ended with %v", silent, err)
		}
	}
}
