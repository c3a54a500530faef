package adointegration_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
)

func TestMain(m *testing.M) { acctest.Main(m) }

// address is the resource of most tests.
const address = "flow_ado_integration.main"

// quoted returns a text as HCL.
func quoted(text string) string { return fmt.Sprintf("%q", text) }

// attributes are a resource's arguments as HCL expressions; "" leaves one out.
type attributes map[string]string

// integration is a working configuration of the sandbox's contoso organization, changed by what a test is about.
func integration(s *acctest.Sandbox, changes attributes) string {
	return s.ProviderConfig() + resourceBlock(s, "main", changes)
}

func resourceBlock(s *acctest.Sandbox, label string, changes attributes) string {
	return block(label, attributes{
		"name":                     `"Contoso"`,
		"base_url":                 `"https://dev.azure.com/contoso"`,
		"email":                    `"Svc-Flow@contoso.com"`,
		"personal_access_token_wo": quoted(s.Token("full")),
	}, changes)
}

// block is a resource with these arguments, changed.
func block(label string, arguments, changes attributes) string {
	arguments = maps.Clone(arguments)
	maps.Copy(arguments, changes)
	var block strings.Builder
	fmt.Fprintf(&block, "resource \"flow_ado_integration\" %q {\n", label)
	for _, name := range slices.Sorted(maps.Keys(arguments)) {
		if arguments[name] != "" {
			fmt.Fprintf(&block, "  %s = %s\n", name, arguments[name])
		}
	}
	block.WriteString("}\n")
	return block.String()
}

// unprotected lets a test end with destroying what it made.
func unprotected(changes attributes) attributes {
	all := attributes{"deletion_protection": "false"}
	maps.Copy(all, changes)
	return all
}

// says matches an error that holds these texts in their order, however Terraform folds its lines.
func says(texts ...string) *regexp.Regexp {
	patterns := make([]string, len(texts))
	for i, text := range texts {
		words := strings.Fields(text)
		for n, word := range words {
			words[n] = regexp.QuoteMeta(word)
		}
		patterns[i] = strings.Join(words, `[\s│]+`)
	}
	return regexp.MustCompile(`(?s)` + strings.Join(patterns, `.*`))
}
