package planmemory_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/planmemory"
)

func TestWhicheverComesLastSeesThatAnIntegrationIsKeptAndDestroyed(t *testing.T) {
	var integrations planmemory.Integrations
	if integrations.Held("1") {
		t.Error("it is held before anybody has registered it")
	}
	integrations.Hold("1")
	if !integrations.Held("1") || integrations.Held("2") {
		t.Error("not exactly integration 1 is held")
	}
	if integrations.Keep("1") {
		t.Error("what is kept is called destroyed")
	}
	if !integrations.Destroy("1") {
		t.Error("the destruction does not see that it is kept")
	}
	if integrations.Destroy("2") {
		t.Error("what is destroyed is called kept")
	}
	if !integrations.Keep("2") || !integrations.Held("2") {
		t.Error("keeping does not see that it is destroyed")
	}
}

func TestWhatIsReadALittleLaterIsHeldWithin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var integrations planmemory.Integrations
		start := time.Now()
		time.AfterFunc(290*time.Millisecond, func() { integrations.Hold("1") })
		if !integrations.HeldWithin(t.Context(), "1", time.Second) || time.Since(start) > 310*time.Millisecond {
			t.Errorf("integration 1 was not held as soon as it was registered, after %s", time.Since(start))
		}
		if integrations.HeldWithin(t.Context(), "2", time.Second) || time.Since(start) > 1400*time.Millisecond {
			t.Errorf("integration 2 is held, or it took %s", time.Since(start))
		}
	})
}
