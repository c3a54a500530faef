package adofunction_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/adofunction"
)

// calls is a configuration with one output for each of the expressions.
func calls(expressions map[string]string) string {
	config := acctest.Source
	for name, expression := range expressions {
		config += fmt.Sprintf("output %q {\n  value = %s\n}\n", name, expression)
	}
	return config
}

func TestAccFunctionsReadAddresses(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.Functions)
	repository := func(project, name, url string) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"kind": knownvalue.StringExact("repository"), "organization": knownvalue.StringExact("contoso"),
			"project": knownvalue.StringExact(project), "repository": knownvalue.StringExact(name),
			"base_url": knownvalue.StringExact("https://dev.azure.com/contoso"), "url": knownvalue.StringExact(url),
			"service": knownvalue.Null(),
		})
	}
	organization := func(service knownvalue.Check) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"kind": knownvalue.StringExact("organization"), "organization": knownvalue.StringExact("contoso"),
			"project": knownvalue.Null(), "repository": knownvalue.Null(),
			"base_url": knownvalue.StringExact("https://dev.azure.com/contoso"), "url": knownvalue.StringExact("https://dev.azure.com/contoso"),
			"service": service,
		})
	}
	baseURL := knownvalue.StringExact("https://dev.azure.com/contoso")
	tests := map[string]struct {
		expression string
		want       knownvalue.Check
	}{
		"base":        {`provider::flow::ado_base_url("https://dev.azure.com/contoso/")`, baseURL},
		"base_legacy": {`provider::flow::ado_base_url("https://contoso.visualstudio.com/DefaultCollection")`, baseURL},
		"base_ssh":    {`provider::flow::ado_base_url("git@ssh.dev.azure.com:v3/contoso/Payments/api")`, baseURL},
		"base_many":   {`distinct([for host in ["vssps", "vsrm", "vsaex", "feeds", "pkgs"] : provider::flow::ado_base_url("https://${host}.dev.azure.com/contoso/_apis")])`, knownvalue.TupleExact([]knownvalue.Check{baseURL})},
		"clone": {
			`provider::flow::parse_ado_url("https://contoso@dev.azure.com/contoso/Data%20Science/_git/notebooks?version=GBmain")`,
			repository("Data Science", "notebooks", "https://dev.azure.com/contoso/Data%20Science/_git/notebooks"),
		},
		"short":        {`provider::flow::parse_ado_url("https://dev.azure.com/contoso/_git/Payments")`, repository("Payments", "Payments", "https://dev.azure.com/contoso/Payments/_git/Payments")},
		"ssh":          {`provider::flow::parse_ado_url("contoso@vs-ssh.visualstudio.com:v3/contoso/Payments/api")`, repository("Payments", "api", "https://dev.azure.com/contoso/Payments/_git/api")},
		"organization": {`provider::flow::parse_ado_url("https://contoso.visualstudio.com")`, organization(knownvalue.Null())},
		"service":      {`provider::flow::parse_ado_url("https://contoso.pkgs.visualstudio.com/_packaging/feed")`, organization(knownvalue.StringExact("pkgs"))},
		"project":      {`provider::flow::parse_ado_url("https://dev.azure.com/contoso/Z%C3%BCrich/_build").project`, knownvalue.StringExact("Zürich")},
	}
	expressions := map[string]string{}
	var checks []statecheck.StateCheck
	for name, test := range tests {
		expressions[name] = test.expression
		checks = append(checks, statecheck.ExpectKnownOutputValue(name, test.want))
	}
	acctest.Run(t, resource.TestCase{
		Steps: []resource.TestStep{{Config: calls(expressions), ConfigStateChecks: checks}},
	})
}

func TestAccFunctionsWaitForUnknownAddresses(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.Functions)
	acctest.Run(t, resource.TestCase{
		Steps: []resource.TestStep{{
			Config: calls(map[string]string{
				"base":   "provider::flow::ado_base_url(terraform_data.url.output)",
				"parsed": "provider::flow::parse_ado_url(terraform_data.url.output)",
			}) + "resource \"terraform_data\" \"url\" {\n  input = \"https://contoso.visualstudio.com\"\n}\n",
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownOutputValue("base"), plancheck.ExpectUnknownOutputValue("parsed"),
			}},
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("base", knownvalue.StringExact("https://dev.azure.com/contoso"))},
		}},
	})
}

func TestAccFunctionsRefuseOtherAddressesOnTheArgument(t *testing.T) {
	t.Parallel()
	acctest.Needs(t, acctest.Functions)
	for expression, want := range map[string]string{
		`provider::flow::ado_base_url("https://github.com/contoso")`:                    "the host is not one of Azure DevOps Services",
		`provider::flow::ado_base_url("https://tfs.contoso.com/tfs/DefaultCollection")`: "the host is not one of Azure DevOps Services",
		`provider::flow::ado_base_url("")`:                                              "the URL is empty",
		`provider::flow::parse_ado_url("https://dev.azure.com/")`:                       "the URL names no organization",
		`provider::flow::parse_ado_url("https://dev.azure.com/contoso/100%")`:           "this is not a URL",
	} {
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			acctest.Run(t, resource.TestCase{
				Steps: []resource.TestStep{{
					Config:      calls(map[string]string{"refused": expression}),
					PlanOnly:    true,
					ExpectError: says(`Invalid value for "url" parameter: `+want, "Accepted is any address in Azure DevOps Services"),
				}},
			})
		})
	}
}

// says matches an error that holds these texts in their order, however Terraform breaks its lines.
func says(texts ...string) *regexp.Regexp {
	for i, text := range texts {
		texts[i] = strings.Join(strings.Fields(regexp.QuoteMeta(text)), `\s+`)
	}
	return regexp.MustCompile(`(?s)` + strings.Join(texts, `.*`))
}

func TestErrorsAreOnTheArgumentAndDoNotRepeatIt(t *testing.T) {
	const secret = "s3cr3t"
	for _, made := range []function.Function{adofunction.NewBaseURL(), adofunction.NewParseURL()} {
		response := function.RunResponse{}
		made.Run(t.Context(), function.RunRequest{
			Arguments: function.NewArgumentsData([]attr.Value{types.StringValue("https://me:" + secret + "@github.com/contoso")}),
		}, &response)
		want := function.NewArgumentFuncError(0, "the host is not one of Azure DevOps Services, which are at dev.azure.com and visualstudio.com. "+
			"Accepted is any address in Azure DevOps Services, of an organization, a project or a repository, by https or SSH: "+
			"for example https://dev.azure.com/contoso, https://contoso.visualstudio.com/Payments/_git/api or git@ssh.dev.azure.com:v3/contoso/Payments/api")
		if diff := cmp.Diff(want, response.Error); diff != "" {
			t.Errorf("%T (-want +got):\n%s", made, diff)
		}
	}
}
