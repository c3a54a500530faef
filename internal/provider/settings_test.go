package provider

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

func TestAWorkspaceIsReadInTheFormsThatPeopleCopy(t *testing.T) {
	const acme = "https://acme.appfireflow.com/v3/customer/core/"
	for raw, want := range map[string]string{
		"acme":                          acme,
		"ACME":                          acme,
		"acme.appfireflow.com":          acme,
		"acme.appfireflow.com/":         acme,
		"https://acme.appfireflow.com":  acme,
		"HTTPS://Acme.AppfireFlow.com/": acme,
		"acme-2":                        "https://acme-2.appfireflow.com/v3/customer/core/",
		strings.Repeat("a", 63):         "https://" + strings.Repeat("a", 63) + ".appfireflow.com/v3/customer/core/",
	} {
		if got, err := parseWorkspace(raw); err != nil || got.String() != want {
			t.Errorf("%q became %s, %v; want %s", raw, got, err, want)
		}
	}
}

func TestWhatIsNoWorkspaceIsRefusedWithTheRule(t *testing.T) {
	for _, raw := range []string{
		"", " ", " acme", "acme ", "-acme", "acme-", "ac me", "acme.example.com", "http://acme.appfireflow.com", "https://flow.pluralsight.com/",
		"https://acme.appfireflow.com/settings", "https://user@acme.appfireflow.com", "acme.appfireflow.com:8443", "a.b.appfireflow.com", "acmé",
		"acme/../x", "acme\n", strings.Repeat("a", 64), ".appfireflow.com",
	} {
		_, err := parseWorkspace(raw)
		if err == nil {
			t.Errorf("%q is accepted", raw)
			continue
		}
		if strings.Contains(err.Error(), fmt.Sprintf("%q", raw)) {
			t.Errorf("%q may be a key, and is repeated: %v", raw, err)
		}
		for _, part := range []string{"this is not the name of a workspace", `such as "acme" for https://acme.appfireflow.com`, "base_url"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("the error on %q lacks %q: %v", raw, part, err)
			}
		}
	}
}

func FuzzWorkspace(f *testing.F) {
	for _, seed := range []string{"acme", "https://acme.appfireflow.com/", "a.b", "acme@evil.test", "acme/x", "ACME#"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		address, err := parseWorkspace(raw)
		if err != nil {
			return
		}
		// Whatever was typed, the key goes to one host of the vendor.
		again, err := url.Parse(address.String())
		if err != nil || *again != *address || again.Scheme != "https" || again.User != nil || again.Port() != "" {
			t.Fatalf("%q became %s (%v)", raw, address, err)
		}
		label, found := strings.CutSuffix(again.Hostname(), ".appfireflow.com")
		if !found || strings.Contains(label, ".") || again.Path != "/v3/customer/core/" {
			t.Errorf("%q became %s", raw, address)
		}
	})
}

func TestABaseURLIsCompleted(t *testing.T) {
	for raw, want := range map[string]string{
		"https://acme.appfireflow.com/v3/customer/core/":   "https://acme.appfireflow.com/v3/customer/core/",
		"https://acme.appfireflow.com/v3/customer/core":    "https://acme.appfireflow.com/v3/customer/core/",
		"https://acme.appfireflow.com":                     "https://acme.appfireflow.com/v3/customer/core/",
		"https://acme.appfireflow.com/":                    "https://acme.appfireflow.com/v3/customer/core/",
		"https://flow.example.com:8443/flow/customer/core": "https://flow.example.com:8443/flow/customer/core/",
		"http://127.0.0.1:8080/v3/customer/core/":          "http://127.0.0.1:8080/v3/customer/core/",
		"http://localhost:8080":                            "http://localhost:8080/v3/customer/core/",
		"http://[::1]:8080":                                "http://[::1]:8080/v3/customer/core/",
		"http://LocalHost:8080":                            "http://LocalHost:8080/v3/customer/core/",
		"HTTPS://flow.example.com":                         "https://flow.example.com/v3/customer/core/",
	} {
		if got, err := parseBaseURL(raw); err != nil || got.String() != want {
			t.Errorf("%q became %s, %v; want %s", raw, got, err, want)
		}
	}
}

func TestAnAddressThatWouldGiveTheCredentialAwayIsRefused(t *testing.T) {
	const plain = "is plain http, which would send the credential readable over the network"
	for raw, want := range map[string]string{
		"":                              "is not a URL",
		"acme":                          "is not a URL",
		"flow.example.com":              "is not a URL",
		"https:flow.example.com":        "is not a URL",
		"https://":                      "is not a URL",
		"https://flow.example.com/%zz":  "is not a URL",
		"https://flow\x7f.example.com":  "is not a URL",
		"https://u:p@flow.example.com":  "must not hold a user name or password",
		"https://u@flow.example.com":    "must not hold a user name or password",
		"https://flow.example.com/?a=b": `"https://flow.example.com/?…" must not have a query or fragment`,
		"https://flow.example.com/?":    "must not have a query or fragment",
		"https://:8080":                 "is not a URL",
		"https://flow.example.com/#top": "must not have a query or fragment",
		"ftp://flow.example.com":        "is not an https URL",
		"unix://socket":                 "is not an https URL",
		"http://flow.example.com":       plain,
		"http://10.0.0.1":               plain,
		"http://0.0.0.0:8080":           plain,
		"http://127.0.0.1.example.com":  plain,
		"http://localhost.example.com":  plain,
		"http://localhost.":             plain,
		"http://127.1":                  plain, // A resolver may find another machine of that name.
		"http://[::2]":                  plain,
	} {
		_, baseErr := parseBaseURL(raw)
		if baseErr == nil || !strings.Contains(baseErr.Error(), want) || !strings.HasSuffix(baseErr.Error(), `such as "https://acme.appfireflow.com/v3/customer/core/"`) {
			t.Errorf("base_url %q gave error %v, want %q and an example", raw, baseErr, want)
		}
		_, endpointErr := parseEndpoint(raw)
		if endpointErr == nil || !strings.Contains(endpointErr.Error(), want) || !strings.HasSuffix(endpointErr.Error(), `such as "http://127.0.0.1:8081"`) {
			t.Errorf("azure_devops_endpoint %q gave error %v, want %q and an example", raw, endpointErr, want)
		}
	}
}

func TestAPasswordInAnAddressIsNotRepeated(t *testing.T) {
	for _, raw := range []string{
		"https://u:pass-word@flow.example.com", "pass-word", "pass-word.of-a-token.with-dots", "https://flow.example.com?pass-word@x", "u:pass-word@flow.example.com", "https://u:pass-word@", "https://u:pass-word@flow.example.com/%zz",
		"https://u:pass-word@x@flow.example.com/%zz", "http://u:pass-word@flow.example.com", "://u:pass-word@flow.example.com",
	} {
		if _, err := parseBaseURL(raw); err == nil || strings.Contains(err.Error(), "pass-word") {
			t.Errorf("%q gave error %v", raw, err)
		}
	}
}

func TestAnEndpointHasNoSlashAtItsEnd(t *testing.T) {
	for raw, want := range map[string]string{
		"http://127.0.0.1:8081":            "http://127.0.0.1:8081",
		"http://127.0.0.1:8081/":           "http://127.0.0.1:8081",
		"https://gateway.example.com/ado/": "https://gateway.example.com/ado",
	} {
		if got, err := parseEndpoint(raw); err != nil || got != want {
			t.Errorf("%q became %q, %v; want %q", raw, got, err, want)
		}
	}
}

func FuzzServerAddress(f *testing.F) {
	for _, seed := range []string{
		"https://flow.example.com/", "http://127.0.0.1:8080", "http://[::1%25lo]:80/", "https://u:p@h/", "http://localhost", "//h", "http://127.1", "https://h//",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		address, err := parseBaseURL(raw)
		if _, endpointErr := parseEndpoint(raw); (err == nil) != (endpointErr == nil) {
			t.Errorf("%q is judged in two ways: %v and %v", raw, err, endpointErr)
		}
		if err != nil {
			return
		}
		if address.User != nil || address.RawQuery != "" || address.Fragment != "" || !strings.HasSuffix(address.Path, "/") {
			t.Errorf("%q became %s", raw, address)
		}
		if address.Scheme != "https" && (address.Scheme != "http" || !httpclient.IsLoopback(address.Hostname())) {
			t.Errorf("%q became %s", raw, address)
		}
	})
}

func TestWhatCannotBeAnAPIKeyIsRefusedWithoutRepeatingIt(t *testing.T) {
	for key, want := range map[string]string{
		"k3y":                        "",
		"sandbox-api-key":            "",
		"!#$%&'*+-.^_`|~":            "",
		" k3y":                       "begins or ends with white space",
		"k3y\n":                      "begins or ends with white space",
		"k3y\u00a0":                  "begins or ends with white space",
		"k3y and-more":               "holds white space, a control character",
		"k3y\tand-more":              "holds white space, a control character",
		"k3y\x00":                    "holds white space, a control character",
		"k3y\u200b":                  "a character outside ASCII",
		"k3yé":                       "a character outside ASCII",
		"k3y\xff":                    "a character outside ASCII",
		"Bearer k3y":                 `begins with "Bearer", which the provider adds itself`,
		"BearerK3y":                  `begins with "Bearer", which the provider adds itself`,
		"bearer:" + "k3y":            `begins with "Bearer", which the provider adds itself`,
		"k3y" + "\x1b[31m":           "holds white space, a control character",
		"\u2028" + "k3y" + "\u2028":  "begins or ends with white space",
		strings.Repeat("k3y", 10000): "",
	} {
		_, err := parseAPIKey(key)
		switch {
		case want == "" && err != nil:
			t.Errorf("%q gave error %v", key, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q gave error %v, want %q", key, err, want)
		case want != "" && strings.Contains(strings.ToLower(err.Error()), "k3y"):
			t.Errorf("the key is in the error: %v", err)
		}
	}
}

func FuzzAPIKey(f *testing.F) {
	for _, seed := range []string{"k3y", "Bearer k3y", " k3y", "k3y\r\nX-Other: y", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, key string) {
		_, err := parseAPIKey(key)
		if err == nil {
			// It stands in a header: nothing may end that header.
			for _, b := range []byte(key) {
				if b <= ' ' || b >= 0x7f {
					t.Errorf("%q is accepted", key)
				}
			}
			return
		}
		if _, other := parseAPIKey(key); other.Error() != err.Error() || len(err.Error()) > 120 {
			t.Errorf("%q gave %v and %v", key, err, other)
		}
	})
}

func TestATimeoutIsBetweenASecondAndAnHour(t *testing.T) {
	for raw, want := range map[string]time.Duration{
		"1s": time.Second, "30s": 30 * time.Second, "2m": 2 * time.Minute, "1h": time.Hour, "1500ms": 1500 * time.Millisecond,
		"": 0, "30": 0, "0s": 0, "-30s": 0, "999ms": 0, "1h1s": 0, "soon": 0, "30 s": 0, "1d": 0,
	} {
		got, err := parseTimeout(raw)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q became %s, %v; want %s", raw, got, err, want)
		}
		if err != nil && !strings.HasSuffix(err.Error(), `is not a time between 1s and 1h, such as "30s" or "2m"`) {
			t.Errorf("%q gave error %v", raw, err)
		}
	}
}

func FuzzTimeout(f *testing.F) {
	for _, seed := range []string{"30s", "1h", "2m3.5s", "-1s", "9223372036854775807ns", "1e9s"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		if limit, err := parseTimeout(raw); err == nil && (limit < time.Second || limit > time.Hour) || err != nil && limit != 0 {
			t.Errorf("%q became %s, %v", raw, limit, err)
		}
	})
}

// errorsOf returns the errors as "summary: detail".
func errorsOf(diagnostics diag.Diagnostics) []string {
	var texts []string
	for _, one := range diagnostics.Errors() {
		texts = append(texts, one.Summary()+": "+one.Detail())
	}
	return texts
}
