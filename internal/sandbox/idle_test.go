package sandbox_test

import (
	"runtime"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
)

// TestLookUpsLeaveNothingInMemory lets Flow look up an organization again and again, as a sandbox does that nobody uses. The logs
// of requests are cleared: they have a limit of their own.
func TestLookUpsLeaveNothingInMemory(t *testing.T) {
	const (
		lookUps = 300
		// perLookUp is less than one row of what a look-up finds, and more than the heap's size varies by.
		perLookUp = 200
	)
	s := start(t, sandbox.Options{})
	if _, err := s.Flow().AddIntegration(contoso(s)); err != nil {
		t.Fatal(err)
	}
	heapAfter := func(lookUps int) int64 {
		for range lookUps {
			if err := s.Flow().Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		s.Flow().Traffic().Reset()
		s.AzureDevOps().Traffic().Reset()
		runtime.GC()
		runtime.GC() // what a pool kept over the first one
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		return int64(memory.HeapAlloc)
	}
	before := heapAfter(20)
	routines := runtime.NumGoroutine()
	if grown := heapAfter(lookUps) - before; grown > lookUps*perLookUp {
		t.Errorf("%d look-ups left %d bytes in memory", lookUps, grown)
	}
	if now := runtime.NumGoroutine(); now > routines+5 {
		t.Errorf("%d goroutines became %d", routines, now)
	}
}
