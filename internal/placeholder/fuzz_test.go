package placeholder_test

import (
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/placeholder"
)

// What a secret looks like is said without the secret.
func FuzzLooksLike(f *testing.F) {
	for _, seed := range []string{"<token>", "$(PAT)", "${{ secrets.PAT }}", "xxxx", "your-token-here", "%\xff%", "\"", "'a'", " ", "é"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, secret string) {
		said := placeholder.LooksLike(secret)
		if inner := strings.Trim(secret, "<>[](){}$#%_'\" \t\r\n"); len(inner) > 12 && strings.Contains(said, inner) {
			t.Errorf("%q is repeated: %s", secret, said)
		}
		if (said == "") != (placeholder.LooksLike(" "+secret+"\n") == "") {
			t.Errorf("%q looks like a placeholder only with or without space around it", secret)
		}
	})
}
