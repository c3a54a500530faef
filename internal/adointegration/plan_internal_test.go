package adointegration

import (
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
	const block = "import {\n  to = flow_ado_integration.main # this resource's address\n  id = \"7\"\n}"
	sameName := func(where string) []shown {
		return []shown{{
			"Error", "name", "An integration of this name exists",
			"Flow has integration 7 of the name \"Contoso\" already" + where + ". To manage that one, import it:\n\n" + block +
				"\n\nTo have another one beside it, choose another name.",
		}}
	}
	sameOrganization := []shown{{
		"Warning", "base_url", "Another integration connects this organization",
		"Integration 7 (\"Other\") connects https://dev.azure.com/CONTOSO/ already. Flow counts the commits of both once, but their pull requests twice. " +
			"To manage that one instead, import it:\n\n" + block,
	}}
	state := sample()
	creation := planned{plan: sample()}
	rename := planned{plan: changed(func(m *model) { m.Name = types.StringValue("Contoso") }), state: &state}
	tests := map[string]struct {
		p     planned
		other flow.Integration
		want  []shown
	}{
		"same name":                       {creation, flow.Integration{ID: 7, Name: "Contoso"}, sameName("")},
		"same name, URL told":             {creation, flow.Integration{ID: 7, Name: "Contoso", BaseURL: "https://dev.azure.com/x"}, sameName(", on https://dev.azure.com/x")},
		"same name and organization":      {creation, flow.Integration{ID: 7, Name: "Contoso", BaseURL: "https://dev.azure.com/contoso"}, sameName(", on https://dev.azure.com/contoso")},
		"same name, another vendor":       {creation, flow.Integration{ID: 7, Name: "Contoso", VendorType: "github"}, sameName("")},
		"name differs in case":            {creation, flow.Integration{ID: 7, Name: "contoso"}, nil},
		"same organization":               {creation, flow.Integration{ID: 7, Name: "Other", BaseURL: "https://dev.azure.com/CONTOSO/"}, sameOrganization},
		"another organization":            {creation, flow.Integration{ID: 7, Name: "Other", BaseURL: "https://dev.azure.com/contoso2"}, nil},
		"URL not told":                    {creation, flow.Integration{ID: 7, Name: "Other"}, nil},
		"renamed to a name that is taken": {rename, flow.Integration{ID: 7, Name: "Contoso"}, sameName("")},
		"renamed, same organization":      {rename, flow.Integration{ID: 7, Name: "Other", BaseURL: "https://dev.azure.com/contoso"}, nil},
		"name unknown":                    {planned{plan: changed(func(m *model) { m.Name = types.StringUnknown() })}, flow.Integration{ID: 7, Name: ""}, nil},
		"URL unknown":                     {planned{plan: changed(func(m *model) { m.BaseURL = types.StringUnknown() })}, flow.Integration{ID: 7, Name: "Other", BaseURL: "https://dev.azure.com/contoso"}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			existing := []flow.Integration{{ID: 1, Name: "Unrelated", BaseURL: "https://dev.azure.com/unrelated"}, test.other}
			if diff := cmp.Diff(test.want, show(conflictsAmong(existing, test.p))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAProtectedIntegrationIsNotDeleted(t *testing.T) {
	const forget = "To stop managing it without deleting it, use a removed block with destroy = false."
	for doing, keep := range map[string]string{
		destroying: forget,
		deleting:   forget,
		replacing:  "To keep it, undo the change: another organization in base_url, and another auth_method, make another integration of it.",
	} {
		want := []shown{{
			"Error", "deletion_protection", "Integration is protected against deletion",
			doing + " integration 12 (\"Contoso\") deletes all of its data in Flow, and Flow does not take its organization back for 24 hours or more; " +
				"users may have to be merged again.\n\n" + keep + " To delete it after all, set deletion_protection = false, apply, and try again.",
		}}
		if diff := cmp.Diff(want, show(refuseDeletion(sample(), doing))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", doing, diff)
		}
		unprotected := changed(func(m *model) { m.DeletionProtection = types.BoolValue(false) })
		if got := show(refuseDeletion(unprotected, doing)); got != nil {
			t.Errorf("%s without protection: %v", doing, got)
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
