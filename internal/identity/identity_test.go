package identity_test

import (
	"net/url"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/identity"
)

func TestWorkspaceOutlivesAChangeOfHowItIsReached(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://acme.appfireflow.com/v3/customer/core/":      "acme",
		"https://ACME.AppfireFlow.com":                        "acme",
		"https://acme.appfireflow.com.:443/":                  "acme",
		"https://a.b.appfireflow.com/":                        "a.b.appfireflow.com",
		"https://appfireflow.com/":                            "appfireflow.com",
		"https://acme.appfireflow.com.example.com/":           "acme.appfireflow.com.example.com",
		"https://Flow.Example.com:8443/gw/v3/customer/core/":  "flow.example.com",
		"http://127.0.0.1:8080/v3/customer/core/":             "127.0.0.1",
		"http://127.0.0.1:40000/v3/customer/core/":            "127.0.0.1",
		"http://[::1]:8080/v3/customer/core/":                 "::1",
		"https://flow.example.com/acme.appfireflow.com/core/": "flow.example.com",
	} {
		parsed, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := identity.WorkspaceAt(parsed); string(got) != want {
			t.Errorf("%s is the workspace %q, want %q", address, got, want)
		}
	}
	if got := identity.WorkspaceAt(nil); got != "" {
		t.Errorf("without an address the workspace is %q", got)
	}
}
