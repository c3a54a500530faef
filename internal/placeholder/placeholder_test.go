package placeholder_test

import (
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/placeholder"
)

func TestPlaceholdersAreRecognized(t *testing.T) {
	for secret, want := range map[string]string{
		"<your token>":                    "angle brackets",
		"[token]":                         "in brackets",
		"${ADO_TOKEN}":                    "${...}",
		"${{ secrets.ADO_TOKEN }}":        "GitHub Actions",
		"{{token}}":                       "{{...}}",
		"$(FLOW_API_KEY)":                 "Azure Pipelines",
		"#{FLOW_API_KEY}#":                "#{...}#",
		"__FLOW_API_KEY__":                "__...__",
		"%FLOW_API_KEY%":                  "Windows",
		`"sandbox-api-key"`:               "quotation marks",
		"'sandbox-api-key'":               "quotation marks",
		"your-personal-access-token-here": "a word",
		"changeme":                        "a word",
		"PAT":                             "a word",
		"dummy":                           "a word",
		"your_api_key":                    "a word",
		" dummy\n":                        "a word",
		strings.Repeat("x", 84):           "repeated",
		"********":                        "repeated",
	} {
		if got := placeholder.LooksLike(secret); !strings.Contains(got, want) || want == "" {
			t.Errorf("%q looks like %q, want %q", secret, got, want)
		}
	}
}

func TestSecretsAreNoPlaceholders(t *testing.T) {
	for _, secret := range []string{
		"", " ", "sandbox-api-key", strings.Repeat("ab", 42), "testing123", "keystone", "a<b>",
	} {
		if got := placeholder.LooksLike(secret); got != "" {
			t.Errorf("%q looks like %q", secret, got)
		}
	}
}
