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

	seen   atomic.Int32
	struck atomic.Pointer[time.Time]
}

// watch is for traffic.Recorder.Watch. What the client does not wait for any more has no effect if it had none yet.
func (s *strike) watch(req *http.Request, at traffic.Moment) bool {
	if req.Method == http.MethodGet || req.Method == http.MethodOptions || at != s.moment || int(s.seen.Add(1))-1 != s.write {
		return true
	}
	now := time.Now()
	for _, process := range processesIn(s.folder) {
		if process.is(s.victim) {
			_ = syscall.Kill(process.id, s.signal) // It may have ended by itself.
		}
	}
	s.struck.Store(&now)
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
