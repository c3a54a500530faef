package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// refusal is the only error that a run of Terraform must end with.
type refusal struct {
	summary string
	on      string   // the argument that it points at; "": none
	says    []string // parts of the detail
}

// in checks a run's diagnostics and returns the message as a user reads it.
func (r refusal) in(result terraformcli.Result) (string, error) {
	errors := result.Errors()
	if len(errors) != 1 || result.ExitCode != 1 {
		return "", unexpected(result, "want one error and exit status 1, got %d and %d", len(errors), result.ExitCode)
	}
	got := errors[0]
	if got.Summary != r.summary || terraformcli.Argument(got) != r.on {
		return "", unexpected(result, "want the error %q on %q, got %q on %q", r.summary, r.on, got.Summary, terraformcli.Argument(got))
	}
	for _, part := range r.says {
		if !strings.Contains(got.Detail, part) {
			return "", unexpected(result, "the error does not say %q", part)
		}
	}
	return message(got), nil
}

// message formats a diagnostic much as Terraform does for people.
func message(d tfjson.Diagnostic) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s\n", strings.ToUpper(string(d.Severity[:1]))+string(d.Severity[1:]), d.Summary)
	if d.Range != nil && d.Snippet != nil {
		fmt.Fprintf(&text, "  on %s line %d: %s\n", d.Range.Filename, d.Range.Start.Line, strings.TrimSpace(d.Snippet.Code))
	}
	return text.String() + wrap(d.Detail, lineWidth)
}

// unexpected returns an error with what Terraform printed.
func unexpected(result terraformcli.Result, format string, arguments ...any) error {
	text := []string{fmt.Sprintf(format, arguments...)}
	for _, said := range result.Diagnostics {
		text = append(text, message(said))
	}
	if len(result.Diagnostics) == 0 {
		text = append(text, result.Output)
	}
	return fmt.Errorf("%s", strings.Join(text, "\n"))
}

// silent checks that a run had no diagnostics.
func silent(result terraformcli.Result) error {
	if len(result.Diagnostics) > 0 {
		return unexpected(result, "want no errors and no warnings")
	}
	return nil
}

// emptyPlan checks that a plan has no changes and no diagnostics.
func emptyPlan(ctx context.Context, e *environment) (string, error) {
	result, err := e.terraform.Plan(ctx)
	if err != nil {
		return "", err
	}
	if result.ExitCode != 0 {
		return "", unexpected(result, "want an empty plan, got exit status %d", result.ExitCode)
	}
	return "", silent(result)
}

// onlyTFVCWarning checks that a run had no diagnostics except the warning about the organization's project that has only
// TFVC, which comes whenever the connection is created or changed. It returns the warning as a user reads it.
func onlyTFVCWarning(result terraformcli.Result) (string, error) {
	warning := ""
	for _, said := range result.Diagnostics {
		if said.Severity != tfjson.DiagnosticSeverityWarning || said.Summary != "Projects without a Git repository" {
			return "", unexpected(result, "want no errors, and no warnings except about projects with only TFVC")
		}
		warning = message(said) // An apply has it twice, because Terraform plans each change again before making it.
	}
	return warning, nil
}

// apply applies and returns the warning about TFVC, if there is one.
func apply(ctx context.Context, e *environment) (warning string, err error) {
	result, err := e.terraform.Apply(ctx)
	if err != nil {
		return "", err
	}
	if result.ExitCode != 0 {
		return "", unexpected(result, "the apply failed with exit status %d", result.ExitCode)
	}
	return onlyTFVCWarning(result)
}

// updateOf checks that a plan updates exactly those attributes of the resource in place. It returns the changes as lines.
func updateOf(ctx context.Context, e *environment, attributes ...string) (string, error) {
	change, err := plannedChange(ctx, e)
	if err != nil {
		return "", err
	}
	differences := differencesOf(change)
	got := slices.Sorted(maps.Keys(differences))
	if !change.Actions.Update() || !slices.Equal(got, slices.Sorted(slices.Values(attributes))) {
		return "", fmt.Errorf("want an update of %v, got %v of %v", attributes, change.Actions, got)
	}
	lines := []string{"~ " + address}
	for _, attribute := range got {
		lines = append(lines, fmt.Sprintf("    %s = %s", attribute, differences[attribute]))
	}
	return strings.Join(lines, "\n"), nil
}

// plannedChange plans and returns the change of the only resource.
func plannedChange(ctx context.Context, e *environment) (*tfjson.Change, error) {
	result, err := e.terraform.Plan(ctx)
	if err != nil {
		return nil, err
	}
	if result.ExitCode != 2 {
		return nil, unexpected(result, "want a plan with changes, got exit status %d", result.ExitCode)
	}
	if _, err := onlyTFVCWarning(result); err != nil {
		return nil, err
	}
	plan, err := e.terraform.ShowPlan(ctx)
	if err != nil {
		return nil, err
	}
	if len(plan.ResourceChanges) != 1 || plan.ResourceChanges[0].Address != address {
		return nil, unexpected(result, "want a plan of %s alone", address)
	}
	return plan.ResourceChanges[0].Change, nil
}

// differencesOf returns "before → after" for each attribute that changes, by its path.
func differencesOf(change *tfjson.Change) map[string]string {
	before, after, unknown := leaves(change.Before), leaves(change.After), leaves(change.AfterUnknown)
	differences := map[string]string{}
	for path := range unknown {
		if unknown[path] == "true" {
			after[path] = "(known after apply)"
		}
	}
	for _, side := range []map[string]string{before, after} {
		for path := range side {
			from, to := cmp.Or(before[path], "null"), cmp.Or(after[path], "null")
			if from != to {
				differences[path] = from + " → " + to
			}
		}
	}
	return differences
}

// leaves returns the values inside objects as JSON, by their paths.
func leaves(value any) map[string]string {
	found := map[string]string{}
	collect("", value, found)
	return found
}

func collect(path string, value any, found map[string]string) {
	object, ok := value.(map[string]any)
	if !ok {
		text, _ := json.Marshal(value) // It came from JSON.
		found[path] = string(text)
		return
	}
	for name, inner := range object {
		collect(strings.TrimPrefix(path+"."+name, "."), inner, found)
	}
}

// sentPrefix precedes a write request in the output.
const sentPrefix = "Sent to Flow: "

// wrote checks the write requests since Flow's log was cleared, each as "METHOD body".
func wrote(ctx context.Context, e *environment, want ...string) (string, error) {
	writes, err := e.flow.writes(ctx)
	if err != nil {
		return "", err
	}
	got := make([]string, len(writes))
	for i, write := range writes {
		got[i] = strings.TrimSpace(write.Method + " " + write.Body)
	}
	if !slices.Equal(got, want) {
		return "", fmt.Errorf("Flow got the write requests %v, want %q", writes, want)
	}
	lines := make([]string, len(writes))
	for i, write := range writes {
		lines[i] = wrap(sentPrefix+write.String(), lineWidth)
	}
	return strings.Join(lines, "\n"), nil
}
