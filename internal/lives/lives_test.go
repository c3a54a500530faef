// Package lives_test lives the lives of random workspaces: configurations, changes by hand, faults and dialects, and after
// each apply checks that Flow, the state and the next plan agree. A life that fails is shortened to a script.
package lives_test

import (
	"cmp"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	// variableMinutes is how long lives are lived; without it, some seconds.
	variableMinutes = "FLOW_TEST_MINUTES"
	// variableSeed is that of the first life. The others follow.
	variableSeed = "FLOW_TEST_SEED"
	// variableScript is the script of the only life.
	variableScript = "FLOW_TEST_SCRIPT"

	sampleTime    = 20 * time.Second
	lifeLength    = 30 // steps
	livesTogether = 4
	warmUpRounds  = 1
)

// TestRandomLives lives one life after the other until the time is over.
func TestRandomLives(t *testing.T) {
	if text := os.Getenv(variableScript); text != "" {
		steps, err := parseScript(text)
		if err != nil {
			t.Fatal(err)
		}
		if story, wrong := live(t.Context(), steps); wrong != "" {
			t.Fatalf("%s\n\n%s", strings.Join(story, "\n"), wrong)
		}
		return
	}
	seed, until := seedAndEnd(t)
	var first, last usage
	rounds, begin := uint64(0), time.Now()
	for ; rounds == 0 || time.Now().Before(until); rounds++ {
		together(t, seed+rounds*livesTogether)
		last = use()
		if rounds == warmUpRounds {
			first = last
		}
	}
	t.Logf("%d lives of %d steps in %s, from seed %d; %s at first, %s at last",
		rounds*livesTogether, lifeLength, time.Since(begin).Round(time.Second), seed, first, last)
	if rounds > warmUpRounds {
		last.expectFlat(t, first)
	}
}

// together lives the lives of some seeds at the same time. Most of a life is waiting.
func together(t *testing.T, seed uint64) {
	t.Helper()
	var lives sync.WaitGroup
	failed := make([]string, livesTogether)
	for i := range failed {
		lives.Go(func() {
			if story, wrong := live(t.Context(), stepsOf(seed+uint64(i), lifeLength)); wrong != "" {
				failed[i] = strings.Join(story, "\n") + "\n\n" + wrong
			}
		})
	}
	lives.Wait()
	if i := slices.IndexFunc(failed, func(how string) bool { return how != "" }); i >= 0 {
		fail(t, seed+uint64(i), stepsOf(seed+uint64(i), lifeLength), failed[i])
	}
}

func seedAndEnd(t *testing.T) (uint64, time.Time) {
	t.Helper()
	seed, err := strconv.ParseUint(cmp.Or(os.Getenv(variableSeed), strconv.FormatInt(time.Now().Unix(), 10)), 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", variableSeed, err)
	}
	span := sampleTime
	if text := os.Getenv(variableMinutes); text != "" {
		minutes, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatalf("%s: %v", variableMinutes, err)
		}
		span = time.Duration(minutes * float64(time.Minute))
	}
	return seed, time.Now().Add(span)
}

// fail shortens a failed life, and fails the test with its story. The first failure is printed where there is no second one.
func fail(t *testing.T, seed uint64, steps []step, first string) {
	t.Helper()
	steps, story, wrong := shrink(t.Context(), steps)
	if wrong == "" {
		t.Fatalf("the life of seed %d failed once, and not a second time: it depends on timing\n%s='%s'\n%s", seed, variableScript, script(steps), first)
	}
	t.Fatalf("seed %d, shortened to %d steps. Repeat with %s='%s'\n%s\n\n%s", seed, len(steps), variableScript, script(steps), strings.Join(story, "\n"), wrong)
}

// usage is what a process holds.
type usage struct {
	heap, goroutines, files int
}

// use measures when nothing is under way.
func use() usage {
	var memory runtime.MemStats
	var now usage
	for range 20 { // Connections that were closed take their time.
		runtime.GC()
		runtime.ReadMemStats(&memory)
		files, _ := os.ReadDir("/proc/self/fd") // none where there is no /proc
		next := usage{heap: int(memory.HeapAlloc >> 10), goroutines: runtime.NumGoroutine(), files: len(files)}
		if next.goroutines == now.goroutines && next.files == now.files {
			return next
		}
		now = next
		time.Sleep(20 * time.Millisecond)
	}
	return now
}

// String formats it for people.
func (u usage) String() string {
	return strconv.Itoa(u.heap) + " kB, " + strconv.Itoa(u.goroutines) + " goroutines, " + strconv.Itoa(u.files) + " files"
}

// The most by which usage may differ between the first lives and the last.
const (
	moreHeap       = 16 << 10 // kB
	moreGoroutines = 5
	moreFiles      = 5
)

func (u usage) expectFlat(t *testing.T, first usage) {
	t.Helper()
	if u.heap > first.heap+moreHeap || u.goroutines > first.goroutines+moreGoroutines || u.files > first.files+moreFiles {
		buffer := make([]byte, 1<<16)
		t.Errorf("it grew from %s to %s:\n%s", first, u, buffer[:runtime.Stack(buffer, true)])
	}
}
