//go:build linux

package killmatrix_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// victim is a process that is ended.
type victim string

const (
	provider  victim = "provider"
	terraform victim = "Terraform"
)

// patience is how long a request is held for its client to end. A provider that survives is answered then.
const patience = 3 * time.Second

// strike ends a process at one moment of one write.
type strike struct {
	cell
	folder string // Terraform's, which is that of its providers too

	seen    atomic.Int32
	write   atomic.Pointer[http.Request]
	victims []int          // processes; those of the write
	struck  chan time.Time // gets the time
}

// watch is for traffic.Recorder.Watch. What the client does not wait for any more has no effect if it had none yet.
func (s *strike) watch(req *http.Request, at traffic.Moment) bool {
	if at == traffic.BeforeEffect {
		s.choose(req)
	}
	if at != s.moment || s.write.Load() != req {
		return true
	}
	for _, id := range s.victims {
		_ = syscall.Kill(id, s.signal) // It may have ended by itself.
	}
	s.struck <- time.Now()
	if at == traffic.AfterAnswer {
		return true
	}
	select {
	case <-req.Context().Done():
		return false
	case <-time.After(patience):
		return true
	}
}

// choose takes down the write, and whom it is about to strike: after the answer there is no time for a search.
func (s *strike) choose(req *http.Request) {
	if req.Method == http.MethodGet || req.Method == http.MethodOptions || int(s.seen.Add(1))-1 != s.cell.write {
		return
	}
	for _, process := range processesIn(s.folder) {
		if process.is(s.victim) {
			s.victims = append(s.victims, process.id)
		}
	}
	s.write.Store(req)
}

// process is one that runs.
type process struct {
	id      int
	program string
}

func (p process) is(v victim) bool {
	return (p.program == terraformcli.ProviderProgram) == (v == provider)
}

// processesIn returns those whose working directory it is.
func processesIn(folder string) []process {
	var all []process
	links, _ := filepath.Glob("/proc/[0-9]*/cwd") // the pattern is right
	for _, link := range links {
		if at, err := os.Readlink(link); err != nil || at != folder {
			continue // another one, or one that has ended
		}
		program, err := os.Readlink(filepath.Join(filepath.Dir(link), "exe"))
		id, notNumber := strconv.Atoi(filepath.Base(filepath.Dir(link)))
		if err == nil && notNumber == nil {
			all = append(all, process{id, filepath.Base(program)})
		}
	}
	return all
}
