package leakhunt_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/leakhunt"
)

// odd are secrets whose encodings differ from themselves.
var odd = map[string]string{
	"newline":   "first-line-9fK2\nsecond-line-Qx7L",
	"percent":   "100%25-off-w8Rt%0A-and-%zz-3Vb",
	"quotes":    `say-"hush"-and-'hush'-J5nP0qLm`,
	"backslash": `C;\new\table\u0041-hY6gT4fR`,
	"8-bit":     "schl\u00fcssel-\u00e9t\u00e9-\xff\xfe-M2kD9s",
	"HTML":      "<b>&amp;</b>-plus+slash/equals=-Zr8C",
	"template":  "${var.x}-%{if}-$$-7UjN3eW",
	"very long": "L" + strings.Repeat("0123456789abcdefghijKLMNOPQRST", 200),
	"short":     "a%b\"c\\d",
}

// A search that cannot find proves nothing.
func TestEveryFormOfASecretIsFound(t *testing.T) {
	t.Parallel()
	basic := func(user, secret string) string {
		r := &http.Request{Header: http.Header{}}
		r.SetBasicAuth(user, secret)
		return r.Header.Get("Authorization")
	}
	asJSON := func(value any) string {
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return string(encoded)
	}
	for name, secret := range odd {
		hunt := leakhunt.New(leakhunt.Secret{Name: name, Value: secret})
		planted := map[string]string{
			"clear":                   secret,
			"in a query":              "https://flow.test/?" + url.Values{"key": {secret}}.Encode(),
			"in a path":               "https://flow.test/" + url.PathEscape(secret) + "/x",
			"quoted":                  fmt.Sprintf("key=%q", secret),
			"quoted in ASCII":         fmt.Sprintf("key=%+q", secret),
			"printed as bytes":        fmt.Sprintf("%v", []byte(secret)),
			"in hexadecimal":          hex.EncodeToString([]byte(secret)),
			"in a stack trace":        fmt.Sprintf("main.f(%#v)", []byte(secret)),
			"in a log as JSON":        asJSON(map[string]string{"key": secret}),
			"in JSON as text in JSON": asJSON(map[string]string{"body": asJSON(secret)}),
		}
		for _, user := range []string{"", "u", "us", "svc@contoso.com"} {
			if len(secret) >= 18 { // Less leaves no part of twelve that depends on the secret alone.
				planted["as Basic of "+user] = basic(user, secret)
				planted["as Base64 for URLs of "+user] = base64.URLEncoding.EncodeToString([]byte(user + ":" + secret))
			}
		}
		if len(secret) >= 24 {
			planted["its beginning"], planted["its middle"], planted["its end"] = secret[:12], secret[7:19], secret[len(secret)-12:]
		}
		for form, text := range planted {
			if name == "8-bit" && strings.Contains(form, "JSON") {
				continue // JSON replaces what is no UTF-8, and the rest is found by the test of its parts.
			}
			if found := hunt.Search("log", []byte("before "+text+" after")); len(found) == 0 {
				t.Errorf("%s %s is not found in %q", name, form, text)
			}
		}
	}
}

func TestASecretIsFoundInAnArchive(t *testing.T) {
	t.Parallel()
	var archive bytes.Buffer
	writer := zip.NewWriter(&archive)
	file, err := writer.Create("tfplan")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = file.Write([]byte("the plan: " + odd["percent"]))
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	hunt := leakhunt.New(leakhunt.Secret{Name: "a token", Value: odd["percent"]})
	if found := hunt.Search("saved", archive.Bytes()); len(found) != 1 || found[0].Where != "saved/tfplan" || found[0].Secret != "a token" {
		t.Errorf("found %v", found)
	}
}

// Private state is JSON in Base64, in which bytes are Base64 again.
func TestASecretIsFoundInWhatIsEncodedTwice(t *testing.T) {
	t.Parallel()
	inner, err := json.Marshal(map[string][]byte{"key": []byte(odd["percent"])})
	if err != nil {
		t.Fatal(err)
	}
	outer, err := json.Marshal(map[string]any{"private": inner, "digest": "bm90aGluZyBvZiBpbnRlcmVzdCBoZXJl"})
	if err != nil {
		t.Fatal(err)
	}
	hunt := leakhunt.New(leakhunt.Secret{Name: "a token", Value: odd["percent"]})
	if found := hunt.Search("state", outer); len(found) == 0 {
		t.Errorf("nothing is found in %s", outer)
	}
}

func TestWordsOfMemoryAreFound(t *testing.T) {
	t.Parallel()
	hunt := leakhunt.New(leakhunt.Secret{Name: "a token", Value: "zyxwvutsABCDEFGH"})
	// As a stack trace prints the argument of a function that takes an array of two words.
	if found := hunt.Search("panic", []byte("main.f(0x6162636465666768, 0x0)")); len(found) != 0 {
		t.Errorf("found what is not there: %v", found)
	}
	if found := hunt.Search("panic", []byte("main.f(0x737475767778797a, 0x0)")); len(found) != 1 {
		t.Errorf("found %v", found)
	}
}

func TestWhatIsNoSecretIsNotFound(t *testing.T) {
	t.Parallel()
	var secrets []leakhunt.Secret
	for name, value := range odd {
		secrets = append(secrets, leakhunt.Secret{Name: name, Value: value})
	}
	text := "POST /v3/customer/core/integrations/ answered with 201; Authorization: [redacted]; first-line says nothing, and C:\\new is a path"
	if found := leakhunt.New(secrets...).Search("log", []byte(text)); len(found) != 0 {
		t.Errorf("found %v", found)
	}
}
