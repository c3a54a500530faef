package preflight

import (
	"net/url"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/adourl"
)

func TestParseBaseURLAcceptsTheFormThatFlowRequires(t *testing.T) {
	for raw, want := range map[string]adourl.Organization{
		"https://dev.azure.com/contoso":                                "contoso",
		"https://dev.azure.com/contoso/":                               "contoso",
		"HTTPS://dev.azure.com/Contoso-2":                              "Contoso-2",
		"https://dev.azure.com/-old-" + strings.Repeat("name", 20):     adourl.Organization("-old-" + strings.Repeat("name", 20)),
		"https://dev.azure.com/ContosoWithAnOrganizationNameOfTheDays": "ContosoWithAnOrganizationNameOfTheDays",
	} {
		got, findings := ParseBaseURL(raw)
		if len(findings) > 0 || got != want {
			t.Errorf("%s: organization %q, findings %v", raw, got, findings)
		}
	}
}

func TestParseBaseURLRefusesAnythingElse(t *testing.T) {
	const noCorrection = "https://dev.azure.com/<organization>"
	tests := []struct{ raw, detail, remedy string }{
		{"", "is empty", noCorrection},
		{"   ", "space around", noCorrection},
		{" https://dev.azure.com/contoso", "space around", "https://dev.azure.com/contoso"},
		{"http://dev.azure.com/contoso", "scheme has to be https", "https://dev.azure.com/contoso"},
		{"dev.azure.com/contoso", "begin with https://", "https://dev.azure.com/contoso"},
		{"contoso", "begin with https://", "https://dev.azure.com/contoso"},
		{"https://dev.azure.com", "names no organization", noCorrection},
		{"https://dev.azure.com/", "names no organization", noCorrection},
		{"https:///contoso", "names no host", noCorrection},
		{"https:contoso", "names no host", noCorrection},
		{"https://dev.azure.com:443/contoso", "without a port", "https://dev.azure.com/contoso"},
		{"https://Dev.Azure.Com/contoso", "lower case", "https://dev.azure.com/contoso"},
		{"https://contoso@dev.azure.com/contoso", "user name", "https://dev.azure.com/contoso"},
		{"https://contoso@dev.azure.com/contoso/Payments/_git/api", "user name", "https://dev.azure.com/contoso"},
		{"https://dev.azure.com/contoso?a=b", "query or a fragment", "https://dev.azure.com/contoso"},
		{"https://dev.azure.com/contoso?", "query or a fragment", "https://dev.azure.com/contoso"},
		{"https://dev.azure.com/contoso#", "query or a fragment", "https://dev.azure.com/contoso"},
		{"https://dev.azure.com/contoso#top", "query or a fragment", "https://dev.azure.com/contoso"},
		{"https://dev.azure.com/contoso//", "slash too many", "https://dev.azure.com/contoso"},
		{"https://dev.azure.com//contoso", "slash too many", "https://dev.azure.com/contoso"},
		{"https://dev.azure.com/contoso/Data%20Science", "goes on behind", "https://dev.azure.com/contoso"},
		{"https://dev.azure.com/contoso/Payments/_git/api", "goes on behind", "https://dev.azure.com/contoso"},
		{"https://dev.azure.com/con%20toso", "letters, digits and hyphens", noCorrection},
		{"https://dev.azure.com/con%2Dtoso", "letters, digits and hyphens", "https://dev.azure.com/con-toso"},
		{"https://dev.azure.com/contoso%2F", "letters, digits and hyphens", "https://dev.azure.com/contoso"},
		{"https://dev.azure.com/contöso", "letters, digits and hyphens", noCorrection},
		{"https://dev.azure.com/%zz", "not a URL", noCorrection},
		{"git@ssh.dev.azure.com:v3/contoso/Payments/api", "SSH address", "https://dev.azure.com/contoso"},
		{"ssh://git@ssh.dev.azure.com/v3/contoso/Payments/api", "SSH address", "https://dev.azure.com/contoso"},
		{"ssh://git@ssh.dev.azure.com:22/v3/contoso/Payments/api", "SSH address", "https://dev.azure.com/contoso"},
		{"contoso@vs-ssh.visualstudio.com:v3/contoso/Payments/api", "SSH address", "https://dev.azure.com/contoso"},
		{"https://contoso.visualstudio.com", "dev.azure.com only", "https://dev.azure.com/contoso"},
		{"https://Contoso.VisualStudio.com/", "dev.azure.com only", "https://dev.azure.com/contoso"},
		{"http://contoso.visualstudio.com/DefaultCollection/Payments/_git/api", "dev.azure.com only", "https://dev.azure.com/contoso"},
		{"https://contoso.vssps.visualstudio.com/_apis/graph", "dev.azure.com only", "https://dev.azure.com/contoso"},
		{"https://app.vssps.visualstudio.com/_apis/profile", "dev.azure.com only", noCorrection},
		{"https://vssps.dev.azure.com/contoso", "one of Azure DevOps' services", "https://dev.azure.com/contoso"},
		{"https://pkgs.dev.azure.com/contoso/_packaging/feed", "one of Azure DevOps' services", "https://dev.azure.com/contoso"},
		{"https://tfs.contoso.com/tfs/DefaultCollection", "Azure DevOps Server is another integration", "Azure DevOps Server integration"},
		{"https://dev.azure.com.evil.example/contoso", "Azure DevOps Server is another integration", noCorrection},
		{"https://notdev.azure.com/contoso", "Azure DevOps Server is another integration", noCorrection},
		{"https://github.com/contoso", "another git host", "create its integration in Flow"},
		{"https://gitlab.com/contoso/api.git", "another git host", "create its integration in Flow"},
		{"https://dev.azure.com.mcas.ms/contoso/Payments", "Microsoft Defender for Cloud Apps", "https://dev.azure.com/contoso"},
		{"https://contoso.visualstudio.com.mcas.ms/", "Microsoft Defender for Cloud Apps", "https://dev.azure.com/contoso"},
	}
	for _, test := range tests {
		_, findings := ParseBaseURL(test.raw)
		if len(findings) != 1 {
			t.Errorf("%q: %d findings, want one", test.raw, len(findings))
			continue
		}
		finding := findings[0]
		if finding.Severity != SeverityError || finding.Field != FieldBaseURL || finding.Check != CheckBaseURLFormat {
			t.Errorf("%q: finding %+v", test.raw, finding)
		}
		if !strings.Contains(finding.Detail, test.detail) {
			t.Errorf("%q: detail %q does not say %q", test.raw, finding.Detail, test.detail)
		}
		if !strings.Contains(finding.Remedy, test.remedy) {
			t.Errorf("%q: remedy %q does not say %q", test.raw, finding.Remedy, test.remedy)
		}
	}
}

func TestParseBaseURLShowsTheValueButNoSecret(t *testing.T) {
	const secret = "s3cr3t"
	jwtToken := "eyJ" + strings.Repeat("a", 30) + "." + secret + ".x"
	for raw, shown := range map[string]string{
		"https://contoso.visualstudio.com":                    "https://contoso.visualstudio.com",
		"https://me:s3cr3t@dev.azure.com/contoso":             "…@dev.azure.com/contoso",
		"https://me:s3cr3t?@dev.azure.com/contoso":            "…",
		"https://me:s3cr3t@x@dev.azure.com/contoso":           "…@dev.azure.com/contoso",
		"https://dev.azure.com/contoso?pat=s3cr3t":            "https://dev.azure.com/contoso?…",
		secret + strings.Repeat("a", tokenLength-len(secret)): "of 84 characters",
		jwtToken: "The value of",
	} {
		_, findings := ParseBaseURL(raw)
		if len(findings) != 1 {
			t.Fatalf("%q: %d findings, want one", raw, len(findings))
		}
		text := findings[0].Summary + findings[0].Detail + findings[0].Remedy
		if strings.Contains(text, secret) || !strings.Contains(text, shown) {
			t.Errorf("%q: %s", raw, text)
		}
	}
}

func FuzzParseBaseURL(f *testing.F) {
	for _, seed := range []string{
		"https://dev.azure.com/contoso/", "https://contoso.visualstudio.com/x", "git@ssh.dev.azure.com:v3/contoso/p/r",
		"contoso", "https://a@dev.azure.com:1/b?c#d", " https://dev.azure.com//x%20y/ ", "https://[::1]/", "::", "http://%",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		organization, findings := ParseBaseURL(raw)
		if len(findings) == 0 {
			if again, findings := ParseBaseURL(organization.BaseURL()); len(findings) > 0 || again != organization {
				t.Errorf("%q gives %q, which gives %q %v", raw, organization, again, findings)
			}
			parsed, err := url.Parse(raw)
			if err != nil || parsed.Scheme != "https" || parsed.Host != "dev.azure.com" || strings.Trim(parsed.Path, "/") != string(organization) {
				t.Errorf("%q was accepted as %q", raw, organization)
			}
			return
		}
		if organization != "" || len(findings) != 1 {
			t.Errorf("%q: organization %q with %d findings", raw, organization, len(findings))
		}
		if corrected, ok := organizationIn(raw); ok {
			if again, findings := ParseBaseURL(corrected.BaseURL()); len(findings) > 0 || again != corrected {
				t.Errorf("the correction of %q, %q, is itself refused", raw, corrected.BaseURL())
			}
		}
	})
}
