package preflight

import (
	"encoding/base64"
	"strings"
	"testing"
)

// A token of the present form, its letters all the same so that it cannot be mistaken for a real one.
var (
	wholeToken  = strings.Repeat("a", 51) + "b" + strings.Repeat("9", 24) + "AZDO" + "abcd"
	legacyToken = strings.Repeat("a", 51) + "2"
)

func TestCheckEmailAcceptsAddresses(t *testing.T) {
	for _, email := range []string{
		"Svc-Flow@contoso.com", "user_contoso.com#EXT#@fabrikam.onmicrosoft.com", "o'neil+flow@sub.contoso.com", "jürgen@münchen.example", "a@b",
	} {
		if findings := CheckEmail(email); len(findings) > 0 {
			t.Errorf("%s: %v", email, findings)
		}
	}
}

func TestCheckEmailRefusesOtherShapes(t *testing.T) {
	tests := []struct{ email, detail, remedy string }{
		{"", "is empty", "Svc-Flow@contoso.com"},
		{" a@contoso.com", "space around", "Write it as a@contoso.com"},
		{"a@contoso.com\n", "space around", "Write it as a@contoso.com"},
		{"mailto:a@contoso.com", "this is a link", "Write it as a@contoso.com"},
		{"Flow Service <a@contoso.com>", "display name", "Write it as a@contoso.com"},
		{"<a@contoso.com>", "bracket", "Write it as a@contoso.com"},
		{"<a@contoso.com", "bracket", "Svc-Flow@contoso.com"},
		{"a @contoso.com", "a space or a control character", "Svc-Flow@contoso.com"},
		{"a\u200b@contoso.com", "a space or a control character", "Svc-Flow@contoso.com"},
		{"a@contoso.com,b@contoso.com", "more than one address", "Svc-Flow@contoso.com"},
		{"a@contoso.com;b@contoso.com", "more than one address", "Svc-Flow@contoso.com"},
		{"contoso", "one @ and a domain", "Svc-Flow@contoso.com"},
		{"@contoso.com", "one @ and a domain", "Svc-Flow@contoso.com"},
		{"a@", "one @ and a domain", "Svc-Flow@contoso.com"},
		{"a@b@contoso.com", "one @ and a domain", "Svc-Flow@contoso.com"},
		{`CONTOSO\svc-flow`, "one @ and a domain", "Svc-Flow@contoso.com"},
	}
	for _, test := range tests {
		findings := CheckEmail(test.email)
		if len(findings) != 1 {
			t.Errorf("%q: %d findings, want one", test.email, len(findings))
			continue
		}
		finding := findings[0]
		if finding.Severity != SeverityError || finding.Field != FieldEmail || finding.Check != CheckEmailFormat {
			t.Errorf("%q: finding %+v", test.email, finding)
		}
		if !strings.Contains(finding.Detail, test.detail) || !strings.Contains(finding.Remedy, test.remedy) {
			t.Errorf("%q: %s %s", test.email, finding.Detail, finding.Remedy)
		}
	}
}

func TestCheckEmailDoesNotRepeatATokenGivenInItsPlace(t *testing.T) {
	for _, token := range []string{wholeToken, legacyToken, "eyJ" + strings.Repeat("a", 20) + ".b.c"} {
		findings := CheckEmail(token)
		if len(findings) != 1 || strings.Contains(findings[0].Detail+findings[0].Remedy, token) {
			t.Errorf("findings %v", findings)
		}
	}
}

func TestCheckTokenAcceptsTheFormsThatAreIssued(t *testing.T) {
	for name, token := range map[string]string{
		"84 characters":                    wholeToken,
		"84, signature one place earlier":  strings.Repeat("a", 75) + "AZDO" + "abcde",
		"52 characters":                    legacyToken,
		"an access token of Entra":         "eyJhbGciOiJub25lIn0.eyJhdWQiOiJ0ZXN0In0.c2ln_-",
		"an access token without an equal": "eyJ0.eyJ1.x",
	} {
		if findings := CheckToken(token); len(findings) > 0 {
			t.Errorf("%s: %v", name, findings)
		}
	}
}

func TestCheckTokenWarnsOfPlaceholders(t *testing.T) {
	for _, token := range []string{"<your token>", "$(ADO_PAT)", "dummy", strings.Repeat("x", 84), `"` + wholeToken + `"`} {
		findings := CheckToken(token)
		if len(findings) != 1 || findings[0].Severity != SeverityWarning || findings[0].Advisory || findings[0].Summary != "Token looks like a placeholder" {
			t.Errorf("%s: %+v", token, findings)
		}
	}
}

func TestCheckTokenRefusesWhatNoTokenCanBe(t *testing.T) {
	encoded := base64.StdEncoding.EncodeToString([]byte(":" + legacyToken))
	tests := map[string]struct{ token, detail string }{
		"empty":                    {"", "is empty"},
		"blank":                    {" \n", "is empty"},
		"space before":             {" " + wholeToken, "a space or a line break"},
		"space behind":             {wholeToken + " ", "a space or a line break"},
		"line break behind":        {wholeToken + "\n", "a line break behind"},
		"space inside":             {"Basic " + encoded, "a space or a line break"},
		"no-break space":           {wholeToken + "\u00a0", "a space or a line break"},
		"control character":        {wholeToken[:83] + "\x00", "a character in the token that no token has"},
		"byte order mark":          {"\ufeff" + wholeToken, "a character in the token that no token has"},
		"typographic dash":         {wholeToken[:80] + "–", "a character in the token that no token has"},
		"user name before":         {"svc:" + wholeToken, "a colon"},
		"colon before":             {":" + wholeToken, "a colon"},
		"authorization in Base64":  {encoded, "Base64"},
		"user and token in Base64": {base64.StdEncoding.EncodeToString([]byte("svc@contoso.com:" + wholeToken)), "Base64"},
	}
	for name, test := range tests {
		findings := CheckToken(test.token)
		if len(findings) != 1 {
			t.Errorf("%s: %d findings, want one", name, len(findings))
			continue
		}
		finding := findings[0]
		if finding.Severity != SeverityError || finding.Field != FieldToken || finding.Check != CheckTokenFormat || !strings.Contains(finding.Detail, test.detail) {
			t.Errorf("%s: finding %+v, want a detail with %q", name, finding, test.detail)
		}
	}
}

func TestCheckTokenWarnsOfAnUnusualForm(t *testing.T) {
	for name, token := range map[string]string{
		"cut":                      wholeToken[:60],
		"84 without the signature": strings.Repeat("ab", 42),
		"signature in front":       "AZDO" + strings.Repeat("ab", 40),
		"52 with a hyphen":         legacyToken[:51] + "-",
	} {
		findings := CheckToken(token)
		if len(findings) != 1 || findings[0].Severity != SeverityWarning || !findings[0].Advisory {
			t.Errorf("%s: %v, want one advisory warning", name, findings)
		}
	}
}

func FuzzCheckEmail(f *testing.F) {
	for _, seed := range []string{"a@b.c", " A <a@b.c> ", "mailto:mailto:a@b", "a@b\x00", "", "\xff@\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, email string) {
		findings := CheckEmail(email)
		if len(findings) == 0 {
			if strings.TrimSpace(email) != email || strings.Count(email, "@") != 1 {
				t.Errorf("%q was accepted", email)
			}
			return
		}
		if suggestion, ok := strings.CutPrefix(findings[0].Remedy, "Write it as "); ok {
			if again := CheckEmail(suggestion); len(again) > 0 && !strings.HasPrefix(suggestion, "the address") {
				t.Errorf("the correction of %q, %q, is itself refused: %v", email, suggestion, again)
			}
		}
	})
}

func FuzzCheckToken(f *testing.F) {
	for _, seed := range []string{wholeToken, legacyToken, "<token>", "a:b", "\xff", "xx", "OmFiYw=="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		findings := CheckToken(token)
		if strings.ContainsAny(token, " \t\r\n:") && (len(findings) != 1 || findings[0].Severity != SeverityError) {
			t.Errorf("%q: findings %v, want an error", token, findings)
		}
		// What is shorter may be a word of the message itself.
		if len(token) < 20 {
			return
		}
		for _, finding := range findings {
			if strings.Contains(finding.Summary+finding.Detail+finding.Remedy, token) {
				t.Errorf("the token is in %+v", finding)
			}
		}
	})
}
