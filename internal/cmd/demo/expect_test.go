package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2/hclparse"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

type object = map[string]any

func TestDifferences(t *testing.T) {
	for name, c := range map[string]struct {
		change tfjson.Change
		want   map[string]string
	}{
		"none":      {tfjson.Change{Before: object{"a": "x", "b": nil}, After: object{"a": "x"}}, map[string]string{}},
		"in object": {tfjson.Change{Before: object{"a": object{"b": true, "c": 1}}, After: object{"a": object{"b": false, "c": 1}}}, map[string]string{"a.b": "true → false"}},
		"unknown":   {tfjson.Change{Before: object{"a": "x"}, After: object{}, AfterUnknown: object{"a": true}}, map[string]string{"a": `"x" → (known after apply)`}},
		"set":       {tfjson.Change{Before: object{}, After: object{"a": "x"}}, map[string]string{"a": `null → "x"`}},
		"removed":   {tfjson.Change{Before: object{"a": "x"}, After: object{"a": nil}}, map[string]string{"a": `"x" → null`}},
	} {
		if diff := cmp.Diff(c.want, differencesOf(&c.change)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestARefusalIsOneErrorInItsPlace(t *testing.T) {
	want := refusal{summary: "Wrong", on: "email", says: []string{"right"}}
	wrong := tfjson.Diagnostic{
		Severity: tfjson.DiagnosticSeverityError, Summary: "Wrong", Detail: "This is right.",
		Snippet: &tfjson.DiagnosticSnippet{Code: `  email = "x"`},
	}
	altered := func(change func(*tfjson.Diagnostic)) tfjson.Diagnostic {
		d := wrong
		change(&d)
		return d
	}
	for name, c := range map[string]struct {
		result terraformcli.Result
		ok     bool
	}{
		"as expected":     {terraformcli.Result{ExitCode: 1, Diagnostics: []tfjson.Diagnostic{wrong}}, true},
		"none":            {terraformcli.Result{ExitCode: 1}, false},
		"two":             {terraformcli.Result{ExitCode: 1, Diagnostics: []tfjson.Diagnostic{wrong, wrong}}, false},
		"no failure":      {terraformcli.Result{Diagnostics: []tfjson.Diagnostic{wrong}}, false},
		"another summary": {terraformcli.Result{ExitCode: 1, Diagnostics: []tfjson.Diagnostic{altered(func(d *tfjson.Diagnostic) { d.Summary = "Bad" })}}, false},
		"another detail":  {terraformcli.Result{ExitCode: 1, Diagnostics: []tfjson.Diagnostic{altered(func(d *tfjson.Diagnostic) { d.Detail = "No." })}}, false},
		"another place":   {terraformcli.Result{ExitCode: 1, Diagnostics: []tfjson.Diagnostic{altered(func(d *tfjson.Diagnostic) { d.Snippet = nil })}}, false},
	} {
		if _, err := want.in(c.result); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestConfigurationsAreHCL(t *testing.T) {
	for _, c := range []configuration{
		standard, rotated, adopted,
		changed(func(c *configuration) { c.Import, c.Unprotected = "import {\n  id = \"1\"\n}", true }),
	} {
		if _, diagnostics := hclparse.NewParser().ParseHCL([]byte(c.hcl()), "main.tf"); diagnostics.HasErrors() {
			t.Errorf("%v\n%s", diagnostics, c.hcl())
		}
	}
}
