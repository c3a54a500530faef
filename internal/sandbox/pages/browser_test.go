package pages_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/flow-community/terraform-provider-flow/internal/browser"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// The set-up page's own steps: a wrong token, an e-mail in the wrong case, and then both right.
func TestAddAnIntegration(t *testing.T) {
	t.Parallel()
	tab := browser.Start(t)
	s := start(t)
	tab.Open(s.PagesURL())
	tab.See("There are no integrations yet.")
	tab.Click("a[href='/integrations/new']")
	tab.See("Integration provider")
	tab.Click("a[href='/integrations/new/azure-devops']")
	tab.See("Select authentication method")
	tab.Fill("#email", "svc-flow@contoso.com")
	tab.Fill("#token", strings.Repeat("x", 52))
	tab.Fill("#url", "https://dev.azure.com/contoso")
	tab.Click("main form button")
	tab.See("Authorization denied. Verify that the access token is correct and try again.")
	tab.Fill("#token", s.Token("full"))
	tab.Click("main form button")
	tab.See("An error has occurred. Verify the email and base URL are correct and try again.")
	tab.Fill("#email", "Svc-Flow@contoso.com")
	tab.Fill("#token", s.Token("full"))
	tab.Click("main form button")
	tab.See("Successfully connected")
	tab.Click("a[href$='/services']")
	tab.See("Choose services")
	tab.Click("#service-webhooks")
	tab.Click("main form button")
	tab.See("Name the integration")
	tab.Fill("#name", "Contoso")
	tab.Click("main form button")
	tab.See("Contoso is created.")
	all := s.Flow().Integrations()
	if len(all) != 1 || all[0].Name != "Contoso" || all[0].Services != flowserver.AllServices || all[0].Webhooks {
		t.Errorf("Flow has %v", all)
	}
}

// Everything that the wizard needs can be reached and used with the keyboard.
func TestAddAnIntegrationByKeyboard(t *testing.T) {
	t.Parallel()
	tab := browser.Start(t)
	s := start(t)
	// focus presses Tab until something has the focus.
	focus := func(name string) {
		t.Helper()
		for range 20 {
			if tab.Press(kb.Tab); strings.HasPrefix(tab.Focused(), name) {
				return
			}
		}
		t.Fatalf("the Tab key does not reach %q", name)
	}
	enter := func(name string) { t.Helper(); focus(name); tab.Press(kb.Enter) }
	write := func(name, text string) { t.Helper(); focus(name); tab.Press(text) }
	tab.Open(s.PagesURL())
	tab.Press(kb.Tab)
	if first := tab.Focused(); first != "Skip to content" {
		t.Errorf("the first stop is %q", first)
	}
	enter("Add integration")
	tab.See("Integration provider")
	enter("Azure DevOps")
	tab.See("Select authentication method")
	write("Email", "Svc-Flow@contoso.com")
	write("Personal access token", s.Token("full"))
	write("Base URL", "https://dev.azure.com/contoso")
	enter("Test connection")
	tab.See("Successfully connected")
	enter("Next")
	tab.See("Choose services")
	focus("Webhooks")
	tab.Press(" ")
	enter("Next")
	tab.See("Name the integration")
	write("Integration name", "Contoso")
	tab.Press(kb.Enter)
	tab.See("Contoso is created.")
	enter("Tickets")
	tab.See("Tickets is off.")
	if all := s.Flow().Integrations(); len(all) != 1 || all[0].Services.Tickets || all[0].Webhooks {
		t.Errorf("Flow has %v", all)
	}
}

func TestImportTwoHundredRepositories(t *testing.T) {
	t.Parallel()
	tab := browser.Start(t)
	s, err := sandbox.Start(t.Context(), sandbox.Options{Scale: scenario.Scale{Projects: 1, Repos: 200}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	_, err = s.Flow().AddIntegration(flowserver.Integration{
		Name: "Contoso", URL: "https://dev.azure.com/contoso", Username: "Svc-Flow@contoso.com", Token: s.Token("full"), Services: flowserver.AllServices,
	})
	if err != nil {
		t.Fatal(err)
	}
	tab.Open(s.PagesURL() + "integrations/1/repo-import")
	tab.See("more. Search to see them.")
	tab.Click("button[name=all]")
	tab.See("repositories are imported.")
	if n := len(s.Flow().Imported(flowserver.Repositories)); n < 200 {
		t.Errorf("%d repositories are imported, want all", n)
	}
}

func TestAnExpiredTokenIsSeen(t *testing.T) {
	t.Parallel()
	tab := browser.Start(t)
	s := connected(t, "Contoso")
	tab.Open(s.PagesURL())
	tab.See("Healthy")
	tab.Open(s.PagesURL() + "backstage")
	tab.Click("button[aria-label='Make full expired']")
	tab.See("Token full is expired.")
	tab.Open(s.PagesURL() + "integrations/1")
	tab.See("Failed integration")
	tab.See("Authorization denied")
}

// pagePaths are all pages of a workspace with an integration.
var pagePaths = map[string]string{
	"integrations": "integrations", "integration": "integrations/1", "repos": "integrations/1/repos", "repo-import": "integrations/1/repo-import",
	"ticket-projects": "integrations/1/ticket-projects", "provider": "integrations/new", "access-token": "integrations/new/azure-devops",
	"oauth": "integrations/new/azure-devops?method=oauth", "backstage": "backstage", "requests": "backstage/requests", "not-found": "nothing",
}

// inEachMode runs a test with a tab in light and in dark colors, and with one of the size of a phone.
func inEachMode(t *testing.T, test func(t *testing.T, tab *browser.Tab, mode string)) {
	t.Helper()
	t.Parallel()
	for mode, options := range map[string][]chromedp.ExecAllocatorOption{
		"light": nil, "dark": {chromedp.Flag("blink-settings", "preferredColorScheme=0")}, "phone": nil,
	} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			tab := browser.Start(t, options...)
			if mode == "phone" {
				tab.Size(390, 844)
			}
			test(t, tab, mode)
		})
	}
}

// examine takes a picture of a page, and fails the test if axe-core finds something serious or critical on it.
func examine(t *testing.T, tab *browser.Tab, name string) {
	t.Helper()
	tab.Screenshot(name)
	for _, found := range tab.Violations() {
		if found.Impact == "serious" || found.Impact == "critical" {
			t.Errorf("%s: %s (%s): %v", name, found.Help, found.Impact, found.Nodes)
		}
	}
}

// No page has a serious or critical finding of axe-core, in light, dark, or on a phone. The pictures are for people to look at.
func TestPagesAreAccessible(t *testing.T) {
	inEachMode(t, func(t *testing.T, tab *browser.Tab, mode string) {
		t.Helper()
		s := connected(t, "Contoso Azure DevOps")
		v := visit(t, s)
		v.submit("/integrations/1/repo-import", "/integrations/1/repo-import", map[string][]string{"path": {"Payments/api", "Payments/web"}})
		v.submit("/backstage", "/backstage/faults", map[string][]string{"server": {"Azure DevOps"}, "kind": {"slow"}, "path": {"/nowhere"}, "times": {"1"}})
		for name, path := range pagePaths {
			tab.Open(s.PagesURL() + path)
			examine(t, tab, name+"-"+mode)
		}
		tab.Open(s.PagesURL() + pagePaths["access-token"])
		tab.Fill("#email", "Svc-Flow@contoso.com")
		tab.Fill("#token", s.Token("full"))
		tab.Fill("#url", "https://dev.azure.com/contoso")
		tab.Click("main form button")
		tab.See("Successfully connected")
		examine(t, tab, "connected-"+mode)
		tab.Click("a[href$='/services']")
		tab.See("Choose services")
		examine(t, tab, "services-"+mode)
		tab.Click("main form button")
		tab.See("Name the integration")
		examine(t, tab, "name-"+mode)
	})
}
