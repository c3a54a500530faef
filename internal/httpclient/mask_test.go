package httpclient

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

func TestASecretIsHiddenHoweverItComesBack(t *testing.T) {
	const token = `t0ken/with+odd "characters"&more`
	encoded := base64.StdEncoding.EncodeToString
	quoted, _ := json.Marshal(token)
	m := maskOf("Basic " + encoded([]byte(":"+token)))
	for name, echo := range map[string]string{
		"itself":            token,
		"header":            "Basic " + encoded([]byte(":"+token)),
		"twice":             token + token,
		"in a query":        url.QueryEscape(token),
		"in a path":         url.PathEscape(token),
		"in JSON":           string(quoted),
		"its beginning":     token[:12],
		"its middle":        token[5:20],
		"its end":           token[len(token)-12:],
		"with a user":       encoded([]byte("u:" + token)),
		"with another user": encoded([]byte("us:" + token)),
		"with a third":      encoded([]byte("use:" + token)),
		"in URLs' Base64":   base64.URLEncoding.EncodeToString([]byte("use:" + token)),
		"cut in Base64":     encoded([]byte("user:" + token))[8:28],
	} {
		shown := m.hide("before " + echo + " after")
		if !strings.HasPrefix(shown, "before ") || !strings.HasSuffix(shown, " after") || !strings.Contains(shown, "[redacted]") {
			t.Errorf("%s: %q became %q", name, echo, shown)
		}
		rest := strings.ReplaceAll(shown, masked, "")
		for start := range len(echo) - shortestPart + 1 {
			if part := echo[start : start+shortestPart]; strings.Contains(rest, part) && !strings.HasPrefix(part, "Basic") {
				t.Errorf("%s: %q is in %q", name, part, shown)
			}
		}
	}
}

func TestOnlySecretsAreHidden(t *testing.T) {
	m := maskOf("Bearer k3y-of-the-workspace").with("short")
	for text, want := range map[string]string{
		"":                               "",
		"Not found.":                     "Not found.",
		"k3y-of-the-":                    "k3y-of-the-",
		"a short one":                    "a [redacted] one",
		"Bearer k3y-of-the-workspace":    "Bearer [redacted]",
		"k3y-of-the-workspace":           "[redacted]",
		"xk3y-of-the-workspacex":         "x[redacted]x",
		"k3y-of-the-workk3y-of-the-work": "[redacted]",
		"the-workspace, k3y-of-the-w":    "[redacted], [redacted]",
		"of-the-works" + "äöü" + "k3y-of-the-w": "[redacted]äöü[redacted]",
	} {
		if got := m.hide(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestAnAddressIsShownWithoutCredentials(t *testing.T) {
	for raw, want := range map[string]string{
		"https://host/a/b/":                              "https://host/a/b/",
		"https://u:secret@host/path":                     "…@host/path",
		"https://u:secret@host/path?token=secret#secret": "…@host/path?…",
		"https://u:sec@ret@host":                         "…@host",
		"https://u:sec?ret@host":                         "…",
		"https://host/?mail=me@host&token=secret":        "…",
		"https://host/%zz#secret":                        "https://host/%zz#…",
		"":                                               "",
	} {
		if got := WithoutCredentials(raw); got != want {
			t.Errorf("%s became %s, want %s", raw, got, want)
		}
	}
}

func FuzzMask(f *testing.F) {
	f.Add("k3y-of-the-workspace", "before ", " after")
	f.Fuzz(func(t *testing.T, secret, before, after string) {
		if len(secret) < shortestPart {
			return
		}
		shown := mask{}.with(secret).hide(before + secret + after)
		if rest := strings.ReplaceAll(shown, masked, "\x00"); strings.Contains(rest, secret) {
			t.Errorf("%q is in %q", secret, shown)
		}
	})
}

// An address is shown without what stands before its @ and after its ? or #.
func FuzzWithoutCredentials(f *testing.F) {
	for _, seed := range []string{"https://user:s3cret@host/", "s3cret", "https://host/?token=", "a@b?c@d#e", "\xff@"} {
		f.Add(seed, "s3cret-value")
	}
	f.Fuzz(func(t *testing.T, address, secret string) {
		if len(secret) < 4 || strings.ContainsAny(secret, "@?#…") || strings.Contains(address, secret) {
			return
		}
		for _, with := range []string{"https://" + secret + "@" + address, address + "?" + secret, address + "#" + secret} {
			if shown := WithoutCredentials(with); strings.Contains(shown, secret) {
				t.Errorf("%q is shown as %q", with, shown)
			}
		}
	})
}
