package adointegration

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/identity"
)

func connecting(vendor string, id int64, name string) flow.Integration {
	return flow.Integration{ID: id, Name: name, VendorType: vendor, AzureDevOps: vendor == "azure_devops", AuthMethod: authAccessToken}
}

func TestAnImportFindsOneIntegrationOrSaysWhyNot(t *testing.T) {
	existing := []flow.Integration{
		connecting("azure_devops", 3, "Contoso"),
		connecting("github", 5, "GitHub"),
		connecting("azure_devops", 12, "12"),
		connecting("azure_devops", 14, "Twice"),
		connecting("azure_devops", 15, "Twice"),
	}
	existing[4].AuthMethod, existing[4].BaseURL = authOAuth, "https://dev.azure.com/contoso"
	const twins = "  - 14 (\"Twice\", by access token)\n  - 15 (\"Twice\", on https://dev.azure.com/contoso, by OAuth)"
	const all = "The Azure DevOps integrations that this API key's user may see:\n  - 3 (\"Contoso\", by access token)\n  - 12 (\"12\", by access token)\n" + twins
	const unreadable = ` is neither the id of an integration, such as "12", nor a name, such as "name=Contoso Azure DevOps". ` +
		"The data source flow_ado_integrations lists the ids."
	for importID, want := range map[string]string{
		"3":                   "3",
		"name=Contoso":        "3",
		"12":                  "12",
		"name=12":             "12",
		"99":                  `Flow has no integration "99". ` + all,
		"name=contoso":        `Flow has no integration "name=contoso". Names have to match in case: did you mean "Contoso"? ` + all,
		"name= ":              `Flow has no integration "name= ". ` + all,
		"name=Twice":          "Flow has 2 integrations \"name=Twice\". Choose one by its id. The Azure DevOps integrations that this API key's user may see:\n" + twins,
		"5":                   `Flow's integration 5 ("GitHub") connects "github", not Azure DevOps Services. ` + all,
		"":                    `""` + unreadable,
		"name=":               `"name="` + unreadable,
		"Contoso":             `"Contoso"` + unreadable,
		"0":                   `"0"` + unreadable,
		"-3":                  `"-3"` + unreadable,
		"3.0":                 `"3.0"` + unreadable,
		" 3":                  `" 3"` + unreadable,
		"9223372036854775808": `"9223372036854775808"` + unreadable,
	} {
		t.Run(importID, func(t *testing.T) {
			got := ""
			matches, err := importMatcher(importID)
			if err == nil {
				var found flow.Integration
				if found, err = findOne(existing, importID, matches); err == nil {
					got = identity.FormatID(found.ID)
				}
			}
			if err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheChoiceOfIntegrationsIsShort(t *testing.T) {
	if got, want := choice([]flow.Integration{connecting("github", 5, "GitHub")}), "This workspace has no Azure DevOps integration that the API key's user may see."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	var many []flow.Integration
	for id := range int64(10) {
		many = append(many, connecting("azure_devops", id+1, fmt.Sprint("Integration ", id+1)))
	}
	if got := choice(many); strings.Contains(got, "more") || !strings.HasSuffix(got, "\n  - 10 (\"Integration 10\", by access token)") {
		t.Errorf("ten are listed as %s", got)
	}
	many = append(many, connecting("azure_devops", 11, "Integration 11"), connecting("azure_devops", 12, "Integration 12"))
	if got := choice(many); !strings.HasSuffix(got, "\n  - 10 (\"Integration 10\", by access token)\n  and 2 more") {
		t.Errorf("twelve are listed as %s", got)
	}
}
