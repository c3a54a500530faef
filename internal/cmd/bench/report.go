package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"text/tabwriter"
	"time"
)

// report is the result of a run.
type report struct {
	Time      time.Time `json:"time"`
	Terraform string    `json:"terraform"` // product and version
	System    string    `json:"system"`    // operating system, architecture, number of processors
	// Growth is the no-op plan by number of repositories.
	Growth       []growth      `json:"growth"`
	Measurements []measurement `json:"measurements"`
}

// growth is one row of that table.
type growth struct {
	Repositories int      `json:"repositories"`
	Import       quantity `json:"import"`  // the first apply of one flow_repo_import
	Listing      quantity `json:"listing"` // of all pages, by a plain client
	Plan         quantity `json:"plan"`    // of one flow_repo_import
	footprint
	Integration quantity `json:"integration_plan"` // of one flow_ado_integration
}

// footprint is what a no-op plan takes besides time.
type footprint struct {
	Requests quantity `json:"requests"`    // to Flow
	Peak     quantity `json:"peak_memory"` // of the provider
	State    quantity `json:"state"`       // the size of the file
}

func system() string {
	return fmt.Sprintf("%s/%s, %d processors", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
}

// held reports whether no limit was exceeded.
func (r *report) held() bool {
	for _, m := range r.Measurements {
		if !m.Held {
			return false
		}
	}
	return true
}

// print writes the report as tables.
func (r *report) print(out io.Writer) error {
	fmt.Fprintf(out, "\n%s on %s\n\n", r.Terraform, r.System)
	sizes := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(sizes, "repositories\tfirst import\tlisting\tno-op plan\trequests\tpeak memory\tstate\tflow_ado_integration alone\t")
	for _, g := range r.Growth {
		fmt.Fprintf(sizes, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", g.Repositories, g.Import, g.Listing, g.Plan, g.Requests, g.Peak, g.State, g.Integration)
	}
	if err := sizes.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "measured\tvalue\tbaseline of the same run\tvalue\tratio\tlimit\t")
	for _, m := range r.Measurements {
		limit, verdict := "", ""
		if m.AtMost != nil {
			limit, verdict = m.AtMost.String(), "held"
		}
		if !m.Held {
			verdict = "EXCEEDED"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%.2f\t%s\t%s\n", m.Name, m.Value, m.Baseline, m.BaselineValue, m.Ratio, limit, verdict)
	}
	return table.Flush()
}

// save writes the report as JSON.
func (r *report) save(path string) error {
	content, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	return os.WriteFile(path, append(content, '\n'), 0o644) //nolint:gosec // measurements are no secret
}
