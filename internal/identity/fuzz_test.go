package identity_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/identity"
)

// One integration has one id: an id that is accepted in two spellings would be two identities of it.
func FuzzParseID(f *testing.F) {
	for _, seed := range []string{"12", "0", "-1", "+12", "012", " 12", "1_2", "9223372036854775808", "１２", ""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := identity.ParseID(text)
		switch {
		case err == nil && (id < 1 || identity.FormatID(id) != text):
			t.Errorf("%q is read as %d", text, id)
		case err != nil && id != 0:
			t.Errorf("%q is refused, and read as %d", text, id)
		}
	})
}

// A workspace has one name, however its address is spelled.
func FuzzWorkspaceAt(f *testing.F) {
	for _, seed := range []string{"https://acme.appfireflow.com/v3/customer/core/", "https://ACME.appfireflow.com.", "https://a.b.appfireflow.com", "http://127.0.0.1:8080", "http://[::1]:1/", "https://.appfireflow.com"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		address, err := url.Parse(raw)
		if err != nil {
			return
		}
		workspace := identity.WorkspaceAt(address)
		shouted := *address
		shouted.Host = strings.ToUpper(address.Host)
		if isASCII(address.Host) && identity.WorkspaceAt(&shouted) != workspace {
			t.Errorf("%q is %q, and in capitals %q", raw, workspace, identity.WorkspaceAt(&shouted))
		}
		if label, _, _ := strings.Cut(address.Hostname(), "."); label != "" && workspace == "" {
			t.Errorf("%q is no workspace", raw)
		}
	})
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r > 0x7f })
}
