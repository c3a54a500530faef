//go:build linux

package killmatrix_test

import (
	"fmt"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

const (
	// politeEnd is how long Terraform may take to end after a signal that asks for it: five seconds, and one for a busy machine.
	politeEnd = 6 * time.Second
	// orphanEnd is how long a provider may outlive its Terraform.
	orphanEnd = 5 * time.Second
	// maxApplies is how many applies it may take until all is good.
	maxApplies = 3
)

// trial is a cell that is being tried.
type trial struct {
	cell
	t *testing.T
	s *acctest.Sandbox
	w *acctest.Workspace
}

// try strikes once, applies until all is good, and returns what came of it.
func (c cell) try(t *testing.T) outcome {
	t.Helper()
	r := trial{cell: c, t: t, s: start(t), w: acctest.NewWorkspace(t)}
	got := outcome{Operation: c.operation.name, Cell: c.String()}
	r.prepare()
	neighbors := neighborhoodOf(r.s)
	struck, took, problem := r.strike()
	got.Bad = problem
	if c.asksTerraform() {
		got.EndedIn = max(took, 0).Seconds() // It may have ended before.
	}
	if got.Bad == "" {
		got.Applies, got.Pasted, got.Bad = r.recover(struck)
	}
	if got.Bad == "" {
		got.Bad = c.operation.wrong(r.s, neighbors)
	}
	return got
}

// asksTerraform reports whether it is Terraform that is asked to end, which takes it a while.
func (c cell) asksTerraform() bool { return c.victim == terraform && c.signal != syscall.SIGKILL }

func (r trial) configure(config string) {
	r.t.Helper()
	r.w.Configure(r.s.ProviderConfig(), strings.ReplaceAll(config, token, r.s.Token("full")))
}

func (r trial) prepare() {
	r.t.Helper()
	if r.operation.byHand != nil {
		if err := r.operation.byHand(r.s); err != nil {
			r.t.Fatal(err)
		}
	}
	if r.operation.before != "" {
		r.configure(r.operation.before)
		r.w.MustApply()
	}
	r.configure(r.operation.config)
	r.s.Flow().Traffic().Reset()
}

// run applies, or destroys.
func (r trial) run() terraformcli.Result {
	r.t.Helper()
	apply := r.w.Apply
	if r.operation.destroys {
		apply = r.w.Destroy
	}
	result, err := apply(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return result
}

// strike runs the operation, and ends the victim in the middle of it.
func (r trial) strike() (result terraformcli.Result, took time.Duration, problem string) {
	r.t.Helper()
	blow := &strike{cell: r.cell, folder: r.w.Dir, struck: make(chan time.Time, 1)}
	remove := r.s.Flow().Traffic().Watch(blow.watch)
	defer remove()
	r.w.LeavesProviders = true
	result = r.run()
	ended := time.Now()
	select {
	case at := <-blow.struck:
		took = ended.Sub(at)
	case <-time.After(patience):
		return result, 0, "the write did not come:\n" + result.Output
	}
	for time.Since(ended) < orphanEnd && len(processesIn(r.w.Dir)) > 0 {
		time.Sleep(50 * time.Millisecond)
	}
	switch left := processesIn(r.w.Dir); {
	case len(blow.victims) == 0:
		problem = "there was nothing to strike"
	case len(left) > 0:
		problem = fmt.Sprintf("%v still runs", left)
	case r.asksTerraform() && took > politeEnd:
		problem = fmt.Sprintf("Terraform took %s to end:\n%s", took, result.Output)
	}
	return result, took, problem
}

// recover applies as a person would who reads the messages: a block that one offers is pasted.
func (r trial) recover(struck terraformcli.Result) (applies int, pasted bool, problem string) {
	r.t.Helper()
	r.w.LeavesProviders = false
	var last terraformcli.Result
	for block := r.useful(struck); applies < maxApplies; block = blockIn(last) {
		if block != "" {
			pasted = true
			if err := r.w.Write("import.tf", block); err != nil {
				r.t.Fatal(err)
			}
		} else if applies > 0 {
			return applies, pasted, "an error without a block to paste:\n" + last.Output
		}
		last = r.run()
		applies++
		if last.ExitCode == 0 {
			return applies, pasted, r.notEmpty()
		}
	}
	return applies, pasted, "it does not converge:\n" + last.Output
}

// useful returns the block of the run that was ended, if there is something to import: the message says to plan first.
func (r trial) useful(struck terraformcli.Result) string {
	if len(r.s.Flow().Integrations()) < 2 {
		return ""
	}
	return blockIn(struck)
}

var importBlock = regexp.MustCompile(`(?s)import \{.*?\n\}`)

// blockIn returns the import block in the errors, "" if there is none.
func blockIn(result terraformcli.Result) string {
	for _, said := range result.Diagnostics {
		if said.Severity == tfjson.DiagnosticSeverityError {
			if block := importBlock.FindString(said.Detail); block != "" {
				return block + "\n"
			}
		}
	}
	return ""
}

// notEmpty returns what the plan would still do.
func (r trial) notEmpty() string {
	r.t.Helper()
	var arguments []string
	if r.operation.destroys {
		arguments = []string{"-destroy"}
	}
	plan := r.w.MustPlan(arguments...)
	if plan.ExitCode != 0 || len(plan.Errors()) > 0 {
		return "the plan afterwards is not empty:\n" + plan.Output
	}
	return ""
}
