package adointegration_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/traffic"
)

// mistake is a change of a configuration that is applied, what the plan says to do about it, and how that is done with
// what the sentence has at each …. Everything then is as it was applied.
type mistake struct {
	changes attributes
	says    string
	follow  func(told []string, config attributes)
}

// set sets an argument to what the message says.
func set(argument string) func([]string, attributes) {
	return func(told []string, config attributes) { config[argument] = quoted(told[0]) }
}

// to sets an argument to a value that the message describes and does not repeat.
func to(argument, value string) func([]string, attributes) {
	return func(_ []string, config attributes) { config[argument] = value }
}

// remove removes an argument that the message names.
func remove(argument string) func([]string, attributes) { return to(argument, "") }

// Whoever makes a mistake in an integration that is applied, and does what the message says, has a clean plan again.
func TestAMistakeIsUndoneByWhatItsMessageSays(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.WriteOnly)
	s := acctest.Start(t, sandbox.Options{Scenario: rotated()})
	token := func(name string) string { return quoted(s.Token(name)) }
	const none = "{ repos = false, pull_requests = false, tickets = false, webhooks = false }"
	const writeOnly = "personal_access_token_wo"
	full := to(writeOnly, token("full"))
	applied := attributes{
		"deletion_protection": "false", "personal_access_token_expires_on": `"2099-12-31"`, "timeouts": `{ create = "90s" }`,
	}
	w := acctest.NewWorkspace(t)
	w.Configure(integration(s, applied))
	w.MustApply()
	for name, test := range map[string]mistake{
		"an older address":       {attributes{"base_url": `"https://contoso.visualstudio.com"`}, "Write it as ….", set("base_url")},
		"no organization":        {attributes{"base_url": `"https://dev.azure.com/"`}, "Write it as https://dev.azure.com/<organization>, for example ….", set("base_url")},
		"another organization":   {attributes{"base_url": `"https://dev.azure.com/contosso"`}, "Write the base URL as https://dev.azure.com/<organization>, with the organization spelled as", to("base_url", `"https://dev.azure.com/contoso"`)},
		"no domain":              {attributes{"email": `"Svc-Flow"`}, "Write the address alone, exactly as in the Azure profile of the token's owner, for example ….", set("email")},
		"display name":           {attributes{"email": `"Flow <Svc-Flow@contoso.com>"`}, "Write it as ….", set("email")},
		"case":                   {attributes{"email": `"svc-flow@contoso.com"`}, `Set the e-mail to "…".`, set("email")},
		"another account":        {attributes{"email": `"reader@contoso.com"`}, `Set the e-mail to "…", or give a token that … created.`, set("email")},
		"a user name":            {attributes{writeOnly: quoted("flow:" + s.Token("full"))}, "Give the token alone, as User settings > Personal access tokens in Azure DevOps shows it", full},
		"a line break":           {attributes{writeOnly: quoted(s.Token("full") + "\n")}, "Remove the line break; where the token comes from a file, trim what was read.", to(writeOnly, "trimspace("+quoted(s.Token("full")+"\n")+")")},
		"a placeholder":          {attributes{writeOnly: `"<token>"`}, "Use a token of Azure DevOps for real plans.", full},
		"a character too many":   {attributes{writeOnly: quoted(s.Token("full") + "x")}, "Check that the token was copied whole.", full},
		"a revoked token":        {attributes{writeOnly: token("revoked")}, "Look the token up at ….", full},
		"a revoked token, again": {attributes{writeOnly: token("revoked")}, "If it is not there or has expired, create one for organization … with ….", full},
		"an expired token":       {attributes{writeOnly: token("expired")}, "Regenerate the token at …, and give the new value here.", full},
		"a scope is missing":     {attributes{writeOnly: token("no-work")}, "Edit the token at …, or create a new one, and add ….", full},
		"the API key":            {attributes{writeOnly: quoted(s.APIKey())}, "Set … to the service account's personal access token of Azure DevOps.", func(told []string, config attributes) { config[told[0]] = token("full") }},
		"OAuth with a token":     {attributes{"auth_method": `"oauth"`}, `Remove the token, or set … = "…".`, func(told []string, config attributes) { config[told[0]] = quoted(told[1]) }},
		"two tokens":             {attributes{"personal_access_token": token("full")}, "Remove …, which is stored in the state.", func(told []string, config attributes) { config[told[0]] = "" }},
		"the token in the state": {attributes{writeOnly: "", "personal_access_token": token("full")}, "Use … instead of …: its value is in no plan and no state.", func(told []string, config attributes) {
			config[told[0]], config[told[1]] = config[told[1]], ""
		}},
		"no token of the day":  {attributes{writeOnly: ""}, "Set … as well, or remove ….", func(told []string, config attributes) { config[told[0]] = token("full") }},
		"no day":               {attributes{"personal_access_token_expires_on": `"31.12.2099"`}, `Write year, month and day, such as "…".`, to("personal_access_token_expires_on", `"2099-12-31"`)},
		"a day in the past":    {attributes{"personal_access_token_expires_on": quoted(time.Now().AddDate(0, 0, -2).Format(time.DateOnly))}, "Create a new token under User settings > Personal access tokens in Azure DevOps, pass it in, raise personal_access_token_wo_version if it is set, and set … to its day.", func(told []string, config attributes) { config[told[0]] = `"2099-12-31"` }},
		"a time in words":      {attributes{"timeouts": `{ create = "soon" }`}, `Write a number greater than zero with its unit, such as "…", "30m" or "2h".`, func(told []string, config attributes) { config["timeouts"] = "{ create = " + quoted(told[0]) + " }" }},
		"nothing but webhooks": {attributes{"services": strings.Replace(none, "webhooks = false", "webhooks = true", 1)}, "Turn on what Flow should read, or turn webhooks off.", remove("services")},
		"all services off":     {attributes{"services": none}, "Turn on what Flow should read, or ignore this if the integration is meant to rest.", remove("services")},
	} {
		// One after the other: they share the state.
		config := maps.Clone(applied)
		maps.Copy(config, test.changes)
		w.Configure(integration(s, config))
		told := acctest.Told(t, w.MustPlan(), test.says)
		test.follow(told, config)
		w.Configure(integration(s, config))
		if plan := w.MustPlan(); plan.ExitCode != 0 || len(plan.Diagnostics) > 0 {
			t.Errorf("%s: with %v as the message says, the plan is not empty:\n%s", name, config, plan.Output)
		}
	}
	w.Configure(integration(s, applied))
	w.ExpectEmptyPlan()
}

// refused is a creation that fails, what its message says to do about it, and how that is done with what the sentence has
// at each …. It succeeds then.
type refused struct {
	provider, changes attributes
	before            func(t *testing.T, s *acctest.Sandbox)
	says              string
	follow            func(t *testing.T, s *acctest.Sandbox, told []string, provider, config attributes)
}

// Whoever cannot create an integration, and does what the message says, creates it and has a clean plan.
func TestACreationSucceedsAfterWhatItsMessageSays(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.WriteOnly)
	const writeOnly, off = "personal_access_token_wo", `"off"`
	change := func(argument, value string) func(*testing.T, *acctest.Sandbox, []string, attributes, attributes) {
		return func(_ *testing.T, _ *acctest.Sandbox, _ []string, _, config attributes) { config[argument] = value }
	}
	member := func(group string, in bool) func(*testing.T, *acctest.Sandbox) {
		return func(t *testing.T, s *acctest.Sandbox) {
			t.Helper()
			if err := s.AzureDevOps().SetGroupMember("contoso", group, "reader@contoso.com", in); err != nil {
				t.Fatal(err)
			}
		}
	}
	join := func(group string) func(*testing.T, *acctest.Sandbox, []string, attributes, attributes) {
		return func(t *testing.T, s *acctest.Sandbox, _ []string, _, _ attributes) {
			t.Helper()
			member(group, true)(t, s)
		}
	}
	token := func(t *testing.T, s *acctest.Sandbox, _ []string, _, config attributes) {
		t.Helper()
		config[writeOnly] = quoted(s.Token("full"))
	}
	reader := func(changes attributes) attributes {
		all := attributes{writeOnly: "reader", "email": `"reader@contoso.com"`}
		maps.Copy(all, changes)
		return all
	}
	for name, test := range map[string]refused{
		"no token": {nil, attributes{writeOnly: ""}, nil, "Set personal_access_token_wo (before Terraform 1.11, personal_access_token).", token},
		"Flow denies access": {
			attributes{"preflight": off},
			attributes{writeOnly: "revoked"},
			nil,
			"Check under User settings > Personal access tokens in Azure DevOps that it is the newest token, neither expired nor revoked, and issued for this organization.", token,
		},
		"Flow refuses the e-mail": {
			attributes{"preflight": off},
			attributes{"email": `"svc-flow@contoso.com"`},
			nil,
			"Spell the e-mail as in the Azure profile, upper and lower case included.", change("email", `"Svc-Flow@contoso.com"`),
		},
		"Flow refuses the organization": {
			attributes{"preflight": off},
			attributes{"base_url": `"https://dev.azure.com/contosso"`},
			nil,
			"Set the base URL to https://dev.azure.com/<organization>.", change("base_url", `"https://dev.azure.com/contoso"`),
		},
		"the name is another vendor's": {nil, nil, func(t *testing.T, s *acctest.Sandbox) {
			t.Helper()
			if _, err := s.Flow().AddIntegration(flowserver.Integration{Name: "Contoso", Manual: true}); err != nil {
				t.Fatal(err)
			}
		}, "Choose another name.", change("name", `"Contoso Azure DevOps"`)},
		"no right to webhooks, without them": {nil, reader(nil), nil, "Or switch webhooks off, which are on by default:\n\n… = { … }", func(_ *testing.T, _ *acctest.Sandbox, told []string, _, config attributes) {
			config[told[0]] = "{ " + told[1] + " }"
		}},
		"no right to webhooks, given": {nil, reader(nil), nil, "In Azure DevOps, add the account to … in Organization settings > Permissions > Groups.", func(t *testing.T, s *acctest.Sandbox, told []string, provider, config attributes) {
			t.Helper()
			join(told[0])(t, s, told, provider, config)
		}},
		"no right at all, without webhooks": {nil, reader(nil), member("Insight", false), "Without webhooks, set … to Allow for the account.", func(t *testing.T, s *acctest.Sandbox, told []string, provider, config attributes) {
			t.Helper()
			join("Insight")(t, s, told, provider, config)
			config["services"] = "{ webhooks = false }"
		}},
		"no right to look": {
			nil, reader(attributes{"services": "{ webhooks = false }"}), member("Insight", false),
			"In Azure DevOps, set … to Allow for the account in Organization settings > Permissions > Users, or add it to a group that has it.", join("Insight"),
		},
		"Flow alone is allowed": {nil, attributes{writeOnly: "conditional-access"}, nil, `If only Flow is to be allowed, plan without these checks: set preflight = "…" in the provider block.`, func(t *testing.T, s *acctest.Sandbox, told []string, provider, config attributes) {
			t.Helper()
			provider["preflight"] = quoted(told[0])
			token(t, s, told, provider, config) // The sandbox's Flow is not elsewhere.
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := acctest.Start(t, sandbox.Options{})
			if test.before != nil {
				test.before(t, s)
			}
			provider, config := attributes{}, unprotected(test.changes)
			maps.Copy(provider, test.provider)
			if named := config[writeOnly]; named != "" {
				config[writeOnly] = quoted(s.Token(named))
			}
			w := acctest.NewWorkspace(t)
			configure := func() {
				var arguments []string
				for name, value := range provider {
					arguments = append(arguments, name+" = "+value)
				}
				w.Configure(s.ProviderConfig(arguments...), resourceBlock(s, "main", config))
			}
			configure()
			told := acctest.Told(t, w.FailedApply(), test.says)
			test.follow(t, s, told, provider, config)
			configure()
			w.MustApply()
			w.ExpectEmptyPlan()
		})
	}
}

// A token in a variable, as the message writes it, leaves the plan clean without a warning.
func TestATokenMovesIntoTheVariableOfTheMessage(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.WriteOnly)
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(integration(s, unprotected(nil)))
	w.MustApply()
	warned, err := w.Validate(t.Context()) // MustValidate would leave this warning out.
	if err != nil {
		t.Fatal(err)
	}
	acctest.Told(t, warned, "Revoke the token if it was committed, and pass a new one in a variable:")
	told := acctest.Told(t, warned, "Then write … = var.ado_pat.")
	w.Configure(integration(s, unprotected(attributes{told[0]: "var.ado_pat"})), acctest.ToldBlock(t, warned, "variable"))
	w.Env = append(w.Env, "TF_VAR_ado_pat="+s.Token("full"))
	if plan, err := w.Plan(t.Context()); err != nil || plan.ExitCode != 0 || len(plan.Diagnostics) > 0 {
		t.Errorf("the plan is not clean: %v\n%s", err, plan.Output)
	}
	w.ExpectEmptyPlan()
}

// A creation of which Flow's answer was lost, and which could not be looked for, is found and adopted by the next plan.
func TestALostCreationIsAdoptedWithTheBlockOfTheMessage(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(integration(s, nil))
	s.Flow().Traffic().Inject(traffic.Fault{Method: "POST", Path: createPath, Reset: traffic.ResetAfter, Times: 1})
	go func() {
		acctest.Eventually(t, "the creation", func() bool { return len(s.Writes()) > 0 })
		s.Flow().Traffic().Inject(traffic.Fault{Method: "GET", Path: listPath, Status: 403, ContentType: "application/json", Body: `{"detail":"No."}`})
	}()
	failed := w.FailedApply()
	acctest.Told(t, failed, "Run `terraform plan` again. If it says that the integration exists, import it:")
	s.Flow().Traffic().ClearFaults()
	s.Integration(t)
	said := w.MustPlan()
	told := acctest.Told(t, said, "Run `terraform state list -id=…` first. If it lists nothing, import the integration, or choose another name:")
	if listed, err := w.Run(t.Context(), "state", "list", "-id="+told[0]); err != nil || listed.Output != "" {
		t.Errorf("for %s it lists %q: %v", told[0], listed.Output, err)
	}
	w.Configure(integration(s, nil), acctest.ToldBlock(t, failed, "import"))
	w.MustApply()
	expectKept(t, s, w)
}

// An address of an organization that only the apply knows is applied first, or the integration protected.
func TestABaseURLThatIsNotKnownIsAppliedFirst(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	w.Configure(integration(s, unprotected(nil)))
	w.MustApply()
	unknown := func(protection string) string {
		return integration(s, attributes{"base_url": "terraform_data.url.output", "deletion_protection": protection}) + late("url", `"https://dev.azure.com/contoso"`)
	}
	w.Configure(unknown("false"))
	told := acctest.Told(t, w.MustPlan(), "Apply what it depends on first with -target, or set … = … and apply that, which rules a replacement out.")
	w.Configure(integration(s, attributes{told[0]: told[1]}))
	w.MustApply()
	w.Configure(unknown(told[1]))
	w.MustApply("-target=terraform_data.url")
	expectKept(t, s, w)
}
