package preflight

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode"

	"github.com/flow-community/terraform-provider-flow/internal/lazyregexp"
	"github.com/flow-community/terraform-provider-flow/internal/placeholder"
)

// CheckEmail looks at the shape of an e-mail address. It returns at most one finding.
func CheckEmail(email string) []Finding {
	rule, remedy := brokenEmailRule(email)
	if rule == "" {
		return nil
	}
	return []Finding{{
		Check:    CheckEmailFormat,
		Field:    FieldEmail,
		Severity: SeverityError,
		Summary:  "E-mail is not an e-mail address",
		Detail:   fmt.Sprintf("%s: %s.", quoteValue(email), rule),
		Remedy:   remedy,
	}}
}

func brokenEmailRule(email string) (rule, remedy string) {
	remedy = "Write the address alone, exactly as in the Azure profile of the token's owner, for example Svc-Flow@contoso.com."
	if email == "" {
		return "the address is empty", remedy
	}
	if bare := strings.TrimSpace(email); bare != email {
		return "there is space around the address", suggestEmail(bare, remedy)
	}
	if bare, ok := strings.CutPrefix(email, "mailto:"); ok {
		return "this is a link", suggestEmail(bare, remedy)
	}
	if strings.ContainsAny(email, "<>") {
		if opened, ok := strings.CutSuffix(email, ">"); ok {
			_, bare, _ := strings.Cut(opened, "<")
			remedy = suggestEmail(bare, remedy)
		}
		return "there is a display name or a bracket around the address", remedy
	}
	local, domain, found := strings.Cut(email, "@")
	switch {
	case strings.ContainsFunc(email, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }):
		return "there is a space or a control character in the address", remedy
	case strings.ContainsAny(email, ",;"):
		return "there is more than one address", remedy
	case !found || local == "" || domain == "" || strings.Contains(domain, "@"):
		return "an address is a name, one @ and a domain", remedy
	}
	return "", ""
}

func suggestEmail(email, otherwise string) string {
	if rule, _ := brokenEmailRule(email); rule != "" {
		return otherwise
	}
	return "Write it as " + email
}

// Lengths of personal access tokens: those issued since July 2024, and older ones (Microsoft's documentation).
const (
	tokenLength       = 84
	legacyTokenLength = 52
	// tokenSignature is near the end of a token of the longer form.
	tokenSignature = "AZDO"
)

// CheckToken looks at the form of a token. It returns at most one finding, which never holds the token.
//
// Only what no token can be is an error, and no placeholder: Microsoft has changed the form before.
func CheckToken(token string) []Finding {
	finding := Finding{Check: CheckTokenFormat, Field: FieldToken, Severity: SeverityWarning}
	looksLike := placeholder.LooksLike(token)
	rule, remedy := brokenTokenRule(token)
	switch {
	case looksLike != "":
		// A warning, so that a module can be tested with an obvious fake: a real plan fails, because Azure DevOps refuses it.
		finding.Summary = "Token looks like a placeholder"
		finding.Detail = "The token looks like " + looksLike + "."
		finding.Remedy = "Use a token of Azure DevOps for real plans. In a test with mock_provider, nothing needs to be done."
	case rule != "":
		finding.Severity = SeverityError
		finding.Summary = "Not a personal access token"
		finding.Detail = "Flow would answer \"Authorization denied\": " + rule + "."
		finding.Remedy = remedy
	case !hasUsualForm(token):
		finding.Advisory = true
		finding.Summary = "Token of unusual form"
		finding.Detail = fmt.Sprintf("The token has %d characters. Personal access tokens of Azure DevOps have %d with %s near the end, or %d when they were issued before July 2024.",
			len(token), tokenLength, tokenSignature, legacyTokenLength)
		finding.Remedy = "Check that the token was copied whole. If Azure DevOps accepts it, nothing needs to be done."
	default:
		return nil
	}
	return []Finding{finding}
}

func brokenTokenRule(token string) (rule, remedy string) {
	const whole = "Give the token alone, as User settings > Personal access tokens in Azure DevOps shows it once, when it is created."
	switch {
	case strings.TrimSpace(token) == "":
		return "the token is empty", whole
	case strings.HasSuffix(token, "\n"):
		return "there is a line break behind the token", "Remove the line break; where the token comes from a file, trim what was read."
	case strings.ContainsFunc(token, unicode.IsSpace):
		return "there is a space or a line break in the token", whole
	case strings.ContainsFunc(token, func(r rune) bool { return r > unicode.MaxASCII || unicode.IsControl(r) }):
		return "there is a character in the token that no token has", whole
	case strings.Contains(token, ":"):
		return "there is a colon in the token, as between a user name and a token", whole
	case isEncodedCredential(token):
		return "this is a user name and a token in Base64, as in an Authorization header", whole
	}
	return "", ""
}

// isEncodedCredential recognizes "<user>:<token>" in Base64. A real token decodes to random bytes, of which some are
// always outside printable ASCII.
func isEncodedCredential(token string) bool {
	decoded, err := base64.StdEncoding.DecodeString(token)
	if err != nil || !strings.Contains(string(decoded), ":") {
		return false
	}
	for _, b := range decoded {
		if b < ' ' || b > '~' {
			return false
		}
	}
	return true
}

var (
	// jwt is an access token of Microsoft Entra, which Azure DevOps takes in a personal access token's place.
	jwt = lazyregexp.New(`^eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$`)

	alphanumeric = lazyregexp.New(`^[A-Za-z0-9]+$`)
)

func hasUsualForm(token string) bool {
	switch {
	case jwt().MatchString(token), IsPersonalAccessToken(token):
		return true
	case !alphanumeric().MatchString(token):
		return false
	}
	return len(token) == legacyTokenLength
}

// IsPersonalAccessToken reports whether a secret has the form that Azure DevOps gives tokens since July 2024.
func IsPersonalAccessToken(secret string) bool {
	return len(secret) == tokenLength && alphanumeric().MatchString(secret) && strings.Contains(secret[legacyTokenLength:], tokenSignature)
}
