package pages_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/flow-community/terraform-provider-flow/internal/browser"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
)

// waiting starts a sandbox with an integration by OAuth, whose id is 1, and returns where to consent.
func waiting(t testing.TB) (s *sandbox.Sandbox, address string) {
	t.Helper()
	s = start(t)
	i, err := s.Flow().AddIntegration(flowserver.Integration{
		Name: "Contoso", URL: "https://dev.azure.com/contoso", AuthType: flowserver.AuthOAuth, Services: flowserver.AllServices,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, s.Flow().AuthorizationURL(i)
}

func choose(account string) string { return fmt.Sprintf("input[value='%s']", account) }

// A person opens the address that Terraform shows: refuses first, then consents, and comes back to the integration each time.
func TestConsentInABrowser(t *testing.T) {
	t.Parallel()
	tab := browser.Start(t)
	s, address := waiting(t)
	tab.Open(address)
	tab.See("Sign in")
	tab.Click(choose("reader@contoso.com"))
	tab.Click("form[method=get] button")
	tab.See("Choose an organization")
	tab.Click("form[method=get] button")
	tab.See("Consent to Flow")
	tab.See("Work items (read)")
	tab.Click("button[value=deny]")
	tab.See("Pending authorization")
	tab.See("The consent was refused (access_denied).")
	tab.Click("a.button[href*='/oauth2/authorize']")
	tab.See("Sign in")
	tab.Click(choose("Svc-Flow@contoso.com"))
	tab.Click("form[method=get] button")
	tab.See("You are signed in as Svc-Flow@contoso.com. Flow gets access to one organization.")
	tab.Click("form[method=get] button")
	tab.See("https://dev.azure.com/contoso, with your rights there")
	tab.Click("button[value=accept]")
	tab.See("Healthy")
	tab.See("Svc-Flow@contoso.com")
	if i, _ := s.Flow().Integration(1); i.Username != "Svc-Flow@contoso.com" || i.FirstLookup.IsZero() {
		t.Errorf("Flow has %v", i)
	}
	if strings.Contains(tab.Text(), "Connect to Azure DevOps") {
		t.Error("the page still asks for consent")
	}
}

// The set-up page's own steps: consent comes before creation.
func TestAddAnIntegrationByOAuth(t *testing.T) {
	t.Parallel()
	tab := browser.Start(t)
	s := start(t)
	tab.Open(s.PagesURL() + "integrations/new/azure-devops?method=oauth")
	consent := func(account string) {
		t.Helper()
		tab.Click("form[action$='/connect'] button")
		tab.See("Sign in")
		tab.Click(choose(account))
		tab.Click("form[method=get] button")
		tab.See("Choose an organization")
		tab.Click("form[method=get] button")
		tab.See("Consent to Flow")
		tab.Click("button[value=accept]")
	}
	consent("Svc-Flow@fabrikam.com")
	tab.See("A person has consented to https://dev.azure.com/fabrikam.")
	tab.Fill("#url", "https://dev.azure.com/contoso")
	tab.Click("form[action$='azure-devops'] button")
	tab.See("The consent is for https://dev.azure.com/fabrikam, but the integration is for https://dev.azure.com/contoso.")
	consent("Svc-Flow@contoso.com")
	tab.See("A person has consented to https://dev.azure.com/contoso.")
	tab.Fill("#url", "https://dev.azure.com/contoso")
	tab.Click("form[action$='azure-devops'] button")
	tab.See("Successfully connected")
	tab.Click("a[href$='/services']")
	tab.See("Choose services")
	tab.Click("main form button")
	tab.See("Name the integration")
	tab.Fill("#name", "Contoso")
	tab.Click("main form button")
	tab.See("Contoso is created.")
	tab.See("Healthy")
	all := s.Flow().Integrations()
	if len(all) != 1 || all[0].AuthType != flowserver.AuthOAuth || all[0].Username != "Svc-Flow@contoso.com" || len(all[0].Hooks) == 0 {
		t.Errorf("Flow has %v", all)
	}
}

func TestARefusalOnTheSetUpPage(t *testing.T) {
	t.Parallel()
	tab := browser.Start(t)
	s := start(t)
	tab.Open(s.PagesURL() + "integrations/new/azure-devops?method=oauth")
	tab.Click("form[action$='/connect'] button")
	tab.See("Sign in")
	tab.Click("button[value=deny]")
	tab.See("The consent was refused (access_denied).")
	tab.See("Base URL")
}

func TestConsentByKeyboard(t *testing.T) {
	t.Parallel()
	tab := browser.Start(t)
	_, address := waiting(t)
	tab.Open(address)
	tab.See("Sign in")
	reach := func(name string) {
		t.Helper()
		for range 20 {
			if tab.Press(kb.Tab); strings.HasPrefix(tab.Focused(), name) {
				return
			}
		}
		t.Fatalf("the Tab key does not reach %q", name)
	}
	reach("Svc-Flow@contoso.com")
	reach("Sign in")
	tab.Press(kb.Enter)
	tab.See("Choose an organization")
	reach("Organization")
	reach("Next")
	tab.Press(kb.Enter)
	tab.See("Consent to Flow")
	reach("Accept")
	tab.Press(kb.Enter)
	tab.See("Healthy")
}

func TestARevokedConsentIsSeen(t *testing.T) {
	t.Parallel()
	tab := browser.Start(t)
	s, _ := waiting(t)
	if err := s.Flow().Consent(t.Context(), 1, "", ""); err != nil {
		t.Fatal(err)
	}
	tab.Open(s.PagesURL() + "backstage")
	tab.Click("button[aria-label^='Revoke the consent']")
	tab.See("The consent is revoked.")
	tab.Open(s.PagesURL() + "integrations/1")
	tab.See("Failed integration")
	tab.See("The consent was revoked in Azure DevOps.")
	tab.See("Connect to Azure DevOps")
}

// No page on the way to a consent has a serious or critical finding of axe-core.
func TestConsentPagesAreAccessible(t *testing.T) {
	inEachMode(t, func(t *testing.T, tab *browser.Tab, mode string) {
		t.Helper()
		_, address := waiting(t)
		for name, page := range map[string]string{
			"account": address, "unknown-account": address + "&account=nobody", "organization": address + "&account=Svc-Flow@contoso.com",
			"consent":     address + "&account=Svc-Flow@contoso.com&organization=contoso",
			"unknown-app": strings.Replace(address, "client_id=", "client_id=not-", 1),
		} {
			tab.Open(page)
			examine(t, tab, "consent-"+name+"-"+mode)
		}
	})
}
