package adointegration

import (
	"encoding/json"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/identity"
)

// An import takes exactly the integration that its id names.
func FuzzImportID(f *testing.F) {
	for _, seed := range []string{"12", "name=Contoso", "name=", "name=name=x", "=", "NAME=x", "012", "name=12", ""} {
		f.Add(seed, int64(12), "Contoso")
	}
	f.Fuzz(func(t *testing.T, importID string, id int64, name string) {
		matches, err := importMatcher(importID)
		if err != nil {
			if _, idErr := identity.ParseID(importID); idErr == nil {
				t.Errorf("%q is refused: %v", importID, err)
			}
			return
		}
		want := importID == identity.FormatID(id) || name != "" && importID == nameImport+name
		if got := matches(flow.Integration{ID: id, Name: name}); got != want {
			t.Errorf("%q takes integration %d (%q): %t, want %t", importID, id, name, got, want)
		}
		if _, err := findOne(nil, importID, matches); err == nil {
			t.Errorf("%q finds something where there is nothing", importID)
		}
	})
}

// Private state that cannot be read is as good as none.
func FuzzPrivateState(f *testing.F) {
	whole, err := json.Marshal(newDigest("a token"))
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"", "null", "{}", `{"key":null,"sum":""}`, `["services.webhooks"]`, `{"key":"x"}`, string(whole)} {
		f.Add([]byte(seed), "a token")
	}
	f.Fuzz(func(t *testing.T, stored []byte, token string) {
		remembered, found, diagnostics := rememberedToken(t.Context(), private{digestKey: stored})
		if diagnostics.HasError() {
			t.Errorf("%q is an error: %v", stored, diagnostics)
		}
		if found && remembered.matches(token) && string(stored) != string(whole) && len(remembered.Sum) == 0 {
			t.Errorf("%q, which holds no digest, is that of %q", stored, token)
		}
		p := planned{state: &model{Services: allServices()}, plan: model{Services: allServices()}}
		if warnings := p.warnOfIgnored(t.Context(), private{ignoredKey: stored}); len(warnings) > 0 {
			t.Errorf("%q warns of what does not change: %v", stored, warnings)
		}
	})
}
