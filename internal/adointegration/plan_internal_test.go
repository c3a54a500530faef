package adointegration

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/preflight"
)

// shown is a diagnostic as a user sees it.
type shown struct {
	Severity, At, Summary, Detail string
}

func show(diagnostics diag.Diagnostics) []shown {
	var all []shown
	for _, one := range diagnostics {
		at := ""
		if placed, ok := one.(diag.DiagnosticWithPath); ok {
			at = placed.Path().String()
		}
		all = append(all, shown{one.Severity().String(), at, one.Summary(), one.Detail()})
	}
	return all
}

func TestASecondIntegrationIsReported(t *testing.T) {
	const (
		taken   = "Error name: An integration of this name exists"
		managed = "Error name: This state already manages integration 7"
		doubled = "Warning base_url: Another integration connects this organization"
	)
	state := sample()
	creation := planned{plan: sample()}
	rename := planned{plan: sample(), state: &state}
	for name, test := range map[string]struct {
		p       planned
		other   flow.Integration
		held    bool
		want    string
		imports bool
	}{
		"same name":                       {creation, flow.Integration{Name: "Contoso"}, false, taken, true},
		"same name, in this state":        {creation, flow.Integration{Name: "Contoso"}, true, managed, false},
		"same name and organization":      {creation, flow.Integration{Name: "Contoso", BaseURL: "https://dev.azure.com/contoso"}, false, taken, true},
		"same name, another vendor":       {creation, flow.Integration{Name: "Contoso", VendorType: "github"}, false, taken, false},
		"name differs in case":            {creation, flow.Integration{Name: "contoso"}, false, "", false},
		"same organization":               {creation, flow.Integration{Name: "Other", BaseURL: "https://dev.azure.com/CONTOSO/"}, false, doubled, true},
		"same organization, in the state": {creation, flow.Integration{Name: "Other", BaseURL: "https://dev.azure.com/CONTOSO/"}, true, doubled, false},
		"another organization":            {creation, flow.Integration{Name: "Other", BaseURL: "https://dev.azure.com/contoso2"}, false, "", false},
		"URL not known":                   {creation, flow.Integration{Name: "Other"}, false, "", false},
		"renamed to a name that is taken": {rename, flow.Integration{Name: "Contoso"}, false, taken, true},
		"renamed to a name in the state":  {rename, flow.Integration{Name: "Contoso"}, true, managed, false},
		"renamed, same organization":      {rename, flow.Integration{Name: "Other", BaseURL: "https://dev.azure.com/contoso"}, false, "", false},
		"name unknown":                    {planned{plan: changed(func(m *model) { m.Name = types.StringUnknown() })}, flow.Integration{Name: ""}, false, "", false},
		"URL unknown":                     {planned{plan: changed(func(m *model) { m.BaseURL = types.StringUnknown() })}, flow.Integration{Name: "Other", BaseURL: "https://dev.azure.com/contoso"}, false, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			test.other.ID = 7
			existing := []flow.Integration{{ID: 1, Name: "Unrelated", BaseURL: "https://dev.azure.com/unrelated"}, test.other}
			said := show(conflictsAmong(existing, test.p, func(id string) bool { return test.held && id == "7" }))
			got, detail := "", ""
			for _, one := range said {
				got += fmt.Sprintf("%s %s: %s", one.Severity, one.At, one.Summary)
				detail += one.Detail
			}
			if got != test.want {
				t.Errorf("it says %q, want %q", got, test.want)
			}
			if imports := strings.Contains(detail, "import {\n"); imports != test.imports {
				t.Errorf("it offers an import: %t, want %t\n%s", imports, test.imports, detail)
			}
		})
	}
}

// The first way of each message is the one that does no harm.
func TestAConflictOfNamesSaysHowToFindOut(t *testing.T) {
	for held, want := range map[bool][]string{
		false: {"Flow already has integration 7 with the name \"Contoso\", on https://dev.azure.com/contoso.\n\nRun `terraform state list -id=7` first.", "lists nothing", "import {", "moved {"},
		true:  {"Do not import it here", "terraform state list -id=7", "moved {", "terraform untaint ADDRESS", "deposed", "terraform import ADDRESS 7", "terraform state mv", "terraform state rm"},
	} {
		detail := nameConflict(flow.Integration{ID: 7, Name: "Contoso", BaseURL: "https://dev.azure.com/contoso"}, held).Detail()
		from := 0
		for _, text := range want {
			at := strings.Index(detail[from:], text)
			if at < 0 {
				t.Fatalf("held %t: %q is not there, or not in this order:\n%s", held, text, detail)
			}
			from += at
		}
	}
}

func TestAProtectedIntegrationIsNotDeleted(t *testing.T) {
	const unprotect = "\nTo delete it, set deletion_protection = false, apply, and try again."
	const forget = "To stop managing it without deleting it, use a removed block with destroy = false, or `terraform state rm` for one instance of count or for_each." +
		unprotect + " If it is no longer in the configuration, put it back for that."
	for doing, remedy := range map[string]string{
		destroying: forget,
		deleting:   forget,
	} {
		want := []shown{{
			"Error", "deletion_protection", "Integration is protected against deletion",
			doing + " integration 12 (\"Contoso\") deletes all of its data in Flow, and Flow does not accept its organization again for 24 hours or more; " +
				"users may have to be merged again.\n\n" + remedy,
		}}
		if diff := cmp.Diff(want, show(refuseDeletion(sample(), doing))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", doing, diff)
		}
		unprotected := changed(func(m *model) { m.DeletionProtection = types.BoolValue(false) })
		if got := show(refuseDeletion(unprotected, doing)); got != nil {
			t.Errorf("%s without protection: %v", doing, got)
		}
	}
	for keep, change := range map[string]func(*model){
		`base_url = "https://dev.azure.com/contoso", since another organization makes it another integration`: func(m *model) { m.BaseURL = types.StringValue("https://dev.azure.com/fabrikam") },
		`auth_method = "access_token", as Flow has it: another method makes it another integration`:           func(m *model) { m.AuthMethod = types.StringValue(authOAuth) },
	} {
		state := sample()
		got := show(planned{plan: changed(change), state: &state}.refuseReplacement())
		if len(got) != 1 || !strings.HasSuffix(got[0].Detail, "\n\nTo keep it, set "+keep+"."+unprotect) || !strings.HasPrefix(got[0].Detail, "Replacing integration 12") {
			t.Errorf("it says %v, want to keep it by %s", got, keep)
		}
	}
}

func TestAReplacementThatKeepsTheNameWarns(t *testing.T) {
	state := changed(func(m *model) { m.DeletionProtection = types.BoolValue(false) })
	protected := sample()
	elsewhere := func(m *model) { m.BaseURL = types.StringValue("https://dev.azure.com/fabrikam") }
	renamed := func(m *model) { elsewhere(m); m.Name = types.StringValue("Fabrikam") }
	for name, test := range map[string]struct {
		p    planned
		want int
	}{
		"keeps the name":   {planned{state: &state, plan: changed(elsewhere)}, 1},
		"changes the name": {planned{state: &state, plan: changed(renamed)}, 0},
		"is refused":       {planned{state: &protected, plan: changed(elsewhere)}, 0},
		"no replacement":   {planned{state: &state, plan: sample()}, 0},
		"creation":         {planned{plan: sample()}, 0},
	} {
		if got := show(test.p.warnOfKeptName()); len(got) != test.want || test.want > 0 && !strings.Contains(got[0].Detail, "create_before_destroy") {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestWhatReplacesAnIntegration(t *testing.T) {
	text := types.StringValue
	for name, test := range map[string]struct {
		before, after types.String
		want          bool
	}{
		"the same":             {text("https://dev.azure.com/contoso"), text("https://dev.azure.com/contoso"), false},
		"another spelling":     {text("https://dev.azure.com/contoso"), text("https://dev.azure.com/Contoso/"), false},
		"another organization": {text("https://dev.azure.com/contoso"), text("https://dev.azure.com/fabrikam"), true},
		"not known before":     {types.StringNull(), text("https://dev.azure.com/fabrikam"), false},
		"not known after":      {text("https://dev.azure.com/contoso"), types.StringUnknown(), false},
	} {
		state := changed(func(m *model) { m.BaseURL = test.before })
		p := planned{state: &state, plan: changed(func(m *model) { m.BaseURL = test.after })}
		if p.replaces() != test.want {
			t.Errorf("%s: %t, want %t", name, p.replaces(), test.want)
		}
	}
	state := sample()
	if p := (planned{state: &state, plan: changed(func(m *model) { m.AuthMethod = types.StringValue(authOAuth) })}); !p.replaces() {
		t.Error("another way to sign in does not replace the integration")
	}
	if (planned{plan: sample()}).replaces() {
		t.Error("a creation replaces something")
	}
}

func TestWhatTheOnlineChecksAreAbout(t *testing.T) {
	state := sample()
	for name, test := range map[string]struct {
		change   func(*model)
		rotation rotation
		want     bool
	}{
		"nothing":        {func(*model) {}, keepToken, false},
		"name":           {func(m *model) { m.Name = types.StringValue("New") }, keepToken, false},
		"protection":     {func(m *model) { m.DeletionProtection = types.BoolValue(false) }, keepToken, false},
		"token":          {func(*model) {}, sendToken, true},
		"token, perhaps": {func(*model) {}, decideAtApply, true},
		"changed token":  {func(*model) {}, sendChangedToken, true},
		"same token":     {func(*model) {}, compareToken, false},
		"e-mail":         {func(m *model) { m.Email = types.StringValue("x@contoso.com") }, keepToken, true},
		"base URL":       {func(m *model) { m.BaseURL = types.StringValue("https://dev.azure.com/x") }, keepToken, true},
		"services":       {func(m *model) { m.Services = servicesObject(flow.Services{Repos: true}) }, keepToken, true},
	} {
		if got := (planned{state: &state, plan: changed(test.change), rotation: test.rotation}).connectionChanges(); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
	}
	if !(planned{plan: sample()}).connectionChanges() {
		t.Error("a creation is not about the connection")
	}
}

func TestFindingsAreShownOnTheArgumentThatIsWrong(t *testing.T) {
	finding := func(field preflight.Field, severity preflight.Severity) preflight.Finding {
		return preflight.Finding{Field: field, Severity: severity, Summary: "Summary", Detail: "Detail.", Remedy: "Remedy."}
	}
	const text = "Detail.\n\nRemedy."
	for _, argument := range []string{"personal_access_token", "personal_access_token_wo"} {
		got := show(diagnosticsOf([]preflight.Finding{
			finding(preflight.FieldBaseURL, preflight.SeverityError),
			finding(preflight.FieldToken, preflight.SeverityWarning),
			finding(preflight.FieldEmail, preflight.SeverityError),
			finding(preflight.FieldWebhooks, preflight.SeverityWarning),
		}, path.Root(argument)))
		want := []shown{
			{"Error", "base_url", "Summary", text},
			{"Warning", argument, "Summary", text},
			{"Error", "email", "Summary", text},
			{"Warning", "services", "Summary", text},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if got := diagnosticsOf(nil, path.Root("x")); got != nil {
		t.Errorf("no finding gave %v", got)
	}
}

// A field without a path would be shown on the token.
func TestEveryFieldOfAFindingHasAnArgument(t *testing.T) {
	for _, field := range preflight.Fields {
		if _, ok := fieldPaths[field]; !ok && field != preflight.FieldToken {
			t.Errorf("the field %s has no argument", field)
		}
	}
}

func TestOnAnUnchangedConnectionFindingsAreReminders(t *testing.T) {
	findings := []preflight.Finding{
		{Summary: "expired", Severity: preflight.SeverityError},
		{Summary: "chosen so", Severity: preflight.SeverityWarning, Advisory: true},
		{Summary: "unreachable", Severity: preflight.SeverityWarning},
	}
	want := []preflight.Finding{
		{Summary: "expired", Severity: preflight.SeverityWarning},
		{Summary: "unreachable", Severity: preflight.SeverityWarning},
	}
	if diff := cmp.Diff(want, asReminders(findings)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if findings[0].Severity != preflight.SeverityError {
		t.Error("the findings themselves were changed; they are shared by all resources of this credential")
	}
}
