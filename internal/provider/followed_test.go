package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
)

// settings are the provider's arguments as HCL expressions; "" leaves one out.
type settings map[string]string

// applied is a workspace with an integration that was applied with the sandbox's settings, and a function that configures
// the provider with changes of these. The API key and the addresses may be taken from the environment as well.
func applied(t *testing.T) (*acctest.Sandbox, *acctest.Workspace, func(settings)) {
	t.Helper()
	s := acctest.Start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	configure := func(changes settings) {
		arguments := ""
		for name, value := range map[string]string{
			"base_url": fmt.Sprintf("%q", s.FlowBaseURL()), "api_key": fmt.Sprintf("%q", s.APIKey()),
			"azure_devops_endpoint": fmt.Sprintf("%q", s.AzureDevOpsEndpoint()), "workspace": "",
		} {
			if changed, found := changes[name]; found {
				value = changed
			}
			if value != "" {
				arguments += "  " + name + " = " + value + "\n"
			}
		}
		w.Configure(acctest.Source, "provider \"flow\" {\n"+arguments+"}\n", fmt.Sprintf(integration, s.Token("full")))
	}
	configure(nil)
	w.MustApply()
	return s, w, configure
}

// Whoever makes a mistake in the provider's configuration or environment, and does what the message says, has a clean plan.
func TestAMistakeOfTheProvidersIsUndoneByWhatItsMessageSays(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.WriteOnly)
	s, w, configure := applied(t)
	token := strings.Repeat("s", 76) + "AZDO" + "abcd"
	plain := slices.Clone(w.Env)
	address, key := fmt.Sprintf("%q", s.FlowBaseURL()), fmt.Sprintf("%q", s.APIKey())
	environment := func(pairs ...string) []string { return append(slices.Clone(plain), pairs...) }
	for _, test := range []struct {
		broken      settings
		environment []string
		says        string
		follow      func(told []string) (settings, []string)
	}{
		{settings{"base_url": ""}, nil, "Set the provider's argument workspace (or …), or the environment variable FLOW_WORKSPACE (or …).", func(told []string) (settings, []string) {
			return settings{told[0]: address}, nil
		}},
		{settings{"base_url": ""}, nil, "Set the provider's argument workspace (or base_url), or the environment variable FLOW_WORKSPACE (or …).", func(told []string) (settings, []string) {
			return settings{"base_url": ""}, []string{told[0] + "=" + s.FlowBaseURL()}
		}},
		{settings{"api_key": ""}, nil, "Set the provider's argument api_key, or the environment variable ….", func(told []string) (settings, []string) {
			return settings{"api_key": ""}, []string{told[0] + "=" + s.APIKey()}
		}},
		{settings{"api_key": ""}, []string{"FLOW_API_KEY=$(FLOW_API_KEY)"}, "Set … to the key that Flow showed when it was made.", func(told []string) (settings, []string) {
			return settings{"api_key": ""}, []string{told[0] + "=" + s.APIKey()}
		}},
		{settings{"api_key": ""}, []string{"FLOW_API_KEY=" + token}, "Set … to Flow's API key.", func(told []string) (settings, []string) {
			return settings{"api_key": ""}, []string{told[0] + "=" + s.APIKey()}
		}},
		{settings{"base_url": `"http://127.0.0.1:1"`}, []string{"FLOW_WORKSPACE=acme"}, "Remove … from the provider block to use the variable, or unset the variable.", func([]string) (settings, []string) {
			return nil, nil
		}},
		{settings{"base_url": "", "workspace": `"acme"`}, []string{"FLOW_BASE_URL=" + s.FlowBaseURL(), "HTTPS_PROXY=http://127.0.0.1:1"}, "Remove … from the provider block to use the variable, or unset the variable.", func(told []string) (settings, []string) {
			return settings{"base_url": "", told[0]: ""}, []string{"FLOW_BASE_URL=" + s.FlowBaseURL()}
		}},
		{settings{"azure_devops_endpoint": address}, nil, "Set … to the address of Azure DevOps, or remove it to use dev.azure.com.", func(told []string) (settings, []string) {
			return settings{told[0]: fmt.Sprintf("%q", s.AzureDevOpsEndpoint())}, nil
		}},
		{settings{"api_key": `"Bearer ` + s.APIKey() + `"`}, nil, `the API key begins with "Bearer", which the provider adds itself: give the key alone.`, func([]string) (settings, []string) {
			return settings{"api_key": key}, nil
		}},
		{settings{"api_key": `" ` + s.APIKey() + `"`}, nil, "the API key begins or ends with white space, as copied text often does: remove it.", func([]string) (settings, []string) {
			return settings{"api_key": key}, nil
		}},
		{settings{"api_key": `"sandbox api-key"`}, nil, "the API key holds white space, a control character or a character outside ASCII: copy it anew from Flow.", func([]string) (settings, []string) {
			return settings{"api_key": key}, nil
		}},
		{
			settings{"azure_devops_endpoint": fmt.Sprintf("%q", strings.Replace(s.AzureDevOpsEndpoint(), "http:", "https:", 1))},
			nil,
			"Check the port, and whether a proxy or sign-in page is in between: plain HTTP came from … where https was expected.", func(told []string) (settings, []string) {
				return settings{"azure_devops_endpoint": fmt.Sprintf("%q", "http://"+told[0])}, nil
			},
		},
		{settings{"base_url": `"http://flow.example.com"`}, nil, "use https (http is for loopback addresses only)", func([]string) (settings, []string) {
			return settings{"base_url": address}, nil
		}},
	} {
		// One after the other: they share the state.
		configure(test.broken)
		w.Env = environment(test.environment...)
		told := acctest.Told(t, w.MustPlan(), test.says)
		changes, variables := test.follow(told)
		configure(changes)
		w.Env = environment(variables...)
		if plan := w.MustPlan(); plan.ExitCode != 0 || len(plan.Diagnostics) > 0 {
			t.Errorf("%q: with %v and %v, the plan is not empty:\n%s", test.says, changes, variables, plan.Output)
		}
	}
	configure(nil)
	w.Env = plain
	w.ExpectEmptyPlan()
}
