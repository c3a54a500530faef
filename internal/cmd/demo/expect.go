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

// refusal is an error that Terraform is expected to end with, and no other.
type refusal struct {
	summary string
	on      string   // the argument it points at; "" if it points at none
	says    []string // parts of the detail
}

// in checks a run's diagnostics, and gives the message as a user reads it.
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

// message is a diagnostic much as Terraform prints it for people.
func message(d tfjson.Diagnostic) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s\n", strings.ToUpper(string(d.Severity[:1]))+string(d.Severity[1:]), d.Summary)
	if d.Range != nil && d.Snippet != nil {
		fmt.Fprintf(&text, "  on %s line %d: %s\n", d.Range.Filename, d.Range.Start.Line, strings.TrimSpace(d.Snippet.Code))
	}
	return text.String() + wrap(d.Detail, lineWidth)
}

// unexpected is the error that a run did something else. It holds what Terraform said.
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

// silent checks that a run said nothing that a user has to read.
func silent(result terraformcli.Result) error {
	if len(result.Diagnostics) > 0 {
		return unexpected(result, "want no errors and no warnings")
	}
	return nil
}

// emptyPlan plans and checks that there is nothing to do and nothing to say.
func emptyPlan(ctx context.Context, s *stage) (string, error) {
	result, err := s.terraform.Plan(ctx)
	if err != nil {
		return "", err
	}
	if result.ExitCode != 0 {
		return "", unexpected(result, "want an empty plan, got exit status %d", result.ExitCode)
	}
	return "", silent(result)
}

// advised checks that a run said nothing but what is true of the sandbox's organization: one of its projects has TFVC
// alone. That is said, as advice, whenever the connection is made or changed. It gives the advice as a user reads it.
func advised(result terraformcli.Result) (string, error) {
	advice := ""
	for _, said := range result.Diagnostics {
		if said.Severity != tfjson.DiagnosticSeverityWarning || said.Summary != "Projects without a Git repository" {
			return "", unexpected(result, "want no errors, and no warnings but about projects with TFVC alone")
		}
		advice = message(said) // An apply says it twice: Terraform plans a change again just before it makes it.
	}
	return advice, nil
}

// apply applies, and gives the advice that came with it.
func apply(ctx context.Context, s *stage) (advice string, err error) {
	result, err := s.terraform.Apply(ctx)
	if err != nil {
		return "", err
	}
	if result.ExitCode != 0 {
		return "", unexpected(result, "the apply failed with exit status %d", result.ExitCode)
	}
	return advised(result)
}

// updateOf plans, and checks that the plan changes the resource in place, exactly in those attributes. It gives the
// changes as lines.
func updateOf(ctx context.Context, s *stage, attributes ...string) (string, error) {
	change, err := plannedChange(ctx, s)
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

// plannedChange plans, and gives what is planned for the one resource that there is.
func plannedChange(ctx context.Context, s *stage) (*tfjson.Change, error) {
	result, err := s.terraform.Plan(ctx)
	if err != nil {
		return nil, err
	}
	if result.ExitCode != 2 {
		return nil, unexpected(result, "want a plan with changes, got exit status %d", result.ExitCode)
	}
	if _, err := advised(result); err != nil {
		return nil, err
	}
	plan, err := s.terraform.ShowPlan(ctx)
	if err != nil {
		return nil, err
	}
	if len(plan.ResourceChanges) != 1 || plan.ResourceChanges[0].Address != address {
		return nil, unexpected(result, "the plan is not about %s alone", address)
	}
	return plan.ResourceChanges[0].Change, nil
}

// differencesOf gives "before → after" for each attribute that a change touches, by its path.
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

// leaves are the values inside objects, as JSON, by their paths.
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

// wrote checks which changes Flow was asked for since its log was emptied, each as "METHOD body".
func wrote(ctx context.Context, s *stage, want ...string) (string, error) {
	writes, err := s.flow.writes(ctx)
	if err != nil {
		return "", err
	}
	got := make([]string, len(writes))
	for i, write := range writes {
		got[i] = strings.TrimSpace(write.Method + " " + write.Body)
	}
	if !slices.Equal(got, want) {
		return "", fmt.Errorf("Flow was sent %v, want %q", writes, want)
	}
	lines := make([]string, len(writes))
	for i, write := range writes {
		lines[i] = wrap("Flow got: "+write.String(), lineWidth)
	}
	return strings.Join(lines, "\n"), nil
}
