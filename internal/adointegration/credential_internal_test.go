package adointegration

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

const (
	oldToken = "0ld-token-of-this-test"
	newToken = "n3w-token-of-this-test"
)

// private is a resource's private state.
type private map[string][]byte

func (p private) GetKey(_ context.Context, key string) ([]byte, diag.Diagnostics) { return p[key], nil }

func (p private) SetKey(_ context.Context, key string, value []byte) diag.Diagnostics {
	p[key] = value
	return nil
}

// remembering is the private state after a token was sent.
func remembering(t *testing.T, secret string) private {
	t.Helper()
	p := private{}
	if diagnostics := rememberToken(t.Context(), p, secret); len(diagnostics) > 0 {
		t.Fatal(diagnostics)
	}
	return p
}

func TestWhenATokenIsSent(t *testing.T) {
	text, number := types.StringValue, types.Int64Value
	none, old, damaged := private{}, remembering(t, oldToken), private{digestKey: []byte(`{"key":`)}
	writeOnly := func(value types.String) model { return model{PersonalAccessTokenWO: value} }
	versioned := func(value types.String, version types.Int64) model {
		return model{PersonalAccessTokenWO: value, PersonalAccessTokenWOVersion: version}
	}
	plain := func(value types.String) model { return model{PersonalAccessToken: value} }
	tests := map[string]struct {
		config, state model
		private       private
		want          rotation
	}{
		"no token":                              {model{}, model{}, old, keepToken},
		"no token any more, plain before":       {model{}, plain(text(oldToken)), old, keepToken},
		"no token, but a version":               {versioned(types.StringNull(), number(2)), model{}, old, keepToken},
		"version equal":                         {versioned(text(oldToken), number(1)), versioned(types.StringNull(), number(1)), old, keepToken},
		"version equal, other token":            {versioned(text(newToken), number(1)), versioned(types.StringNull(), number(1)), old, keepToken},
		"version equal, no digest":              {versioned(text(newToken), number(1)), versioned(types.StringNull(), number(1)), none, keepToken},
		"version equal, token unknown":          {versioned(types.StringUnknown(), number(1)), versioned(types.StringNull(), number(1)), old, keepToken},
		"version raised":                        {versioned(text(newToken), number(2)), versioned(types.StringNull(), number(1)), old, sendToken},
		"version raised, same token":            {versioned(text(oldToken), number(2)), versioned(types.StringNull(), number(1)), old, sendToken},
		"version lowered":                       {versioned(text(newToken), number(1)), versioned(types.StringNull(), number(2)), old, sendToken},
		"version raised, token unknown":         {versioned(types.StringUnknown(), number(2)), versioned(types.StringNull(), number(1)), old, sendToken},
		"version given for the first time":      {versioned(text(oldToken), number(1)), model{}, old, sendToken},
		"version given after an import":         {versioned(text(oldToken), number(1)), model{}, none, sendToken},
		"version unknown":                       {versioned(text(newToken), types.Int64Unknown()), versioned(types.StringNull(), number(1)), old, decideAtApply},
		"version given up, same token":          {writeOnly(text(oldToken)), versioned(types.StringNull(), number(1)), old, compareToken},
		"version given up, other token":         {writeOnly(text(newToken)), versioned(types.StringNull(), number(1)), old, sendChangedToken},
		"no version, same token":                {writeOnly(text(oldToken)), model{}, old, compareToken},
		"no version, other token":               {writeOnly(text(newToken)), model{}, old, sendChangedToken},
		"no version, token unknown":             {writeOnly(types.StringUnknown()), model{}, old, decideAtApply},
		"no version, after an import":           {writeOnly(text(newToken)), model{}, none, keepToken},
		"no version, after an import, unknown":  {writeOnly(types.StringUnknown()), model{}, none, keepToken},
		"no version, digest damaged":            {writeOnly(text(newToken)), model{}, damaged, keepToken},
		"plain, same token":                     {plain(text(oldToken)), plain(text(oldToken)), old, keepToken},
		"plain, other token":                    {plain(text(newToken)), plain(text(oldToken)), old, sendToken},
		"plain, unknown":                        {plain(types.StringUnknown()), plain(text(oldToken)), old, decideAtApply},
		"plain, after an import":                {plain(text(newToken)), model{}, none, sendToken},
		"plain, after an import, unknown":       {plain(types.StringUnknown()), model{}, none, decideAtApply},
		"from plain to write-only, same token":  {writeOnly(text(oldToken)), plain(text(oldToken)), old, compareToken},
		"from plain to write-only, other token": {writeOnly(text(newToken)), plain(text(oldToken)), old, sendChangedToken},
		"from plain to versioned":               {versioned(text(oldToken), number(1)), plain(text(oldToken)), old, sendToken},
		"from write-only to plain, same token":  {plain(text(oldToken)), model{}, old, keepToken},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, diagnostics := rotationOf(t.Context(), test.config, test.state, test.private)
			if got != test.want || len(diagnostics) > 0 {
				t.Errorf("%d, want %d (%v)", got, test.want, diagnostics)
			}
		})
	}
}

// A plan promises no revision that the apply may not keep: the token may be another one by then.
func TestTheRevisionShowsWhetherATokenIsSent(t *testing.T) {
	state := sample() // at revision 3
	changing := changed(func(m *model) { m.Name = types.StringValue("New") })
	three, four, unknown := types.Int64Value(3), types.Int64Value(4), types.Int64Unknown()
	for name, test := range map[string]struct {
		p              planned
		planned, after types.Int64
	}{
		"creation":                              {planned{plan: changing, rotation: sendToken}, types.Int64Value(1), types.Int64Value(1)},
		"nothing changes":                       {planned{state: &state, plan: sample(), rotation: keepToken}, three, three},
		"something else changes":                {planned{state: &state, plan: changing, rotation: keepToken}, three, three},
		"nothing changes, by the digest":        {planned{state: &state, plan: sample(), rotation: compareToken}, three, three},
		"something else changes, by the digest": {planned{state: &state, plan: changing, rotation: compareToken}, unknown, three},
		"the version":                           {planned{state: &state, plan: changing, rotation: sendToken}, four, four},
		"the token, by the digest":              {planned{state: &state, plan: sample(), rotation: sendChangedToken}, unknown, four},
		"the token, which is not known":         {planned{state: &state, plan: sample(), rotation: decideAtApply}, unknown, three},
	} {
		if got := test.p.plannedRevision(); !got.Equal(test.planned) {
			t.Errorf("%s: planned %s, want %s", name, got, test.planned)
		}
		if got := test.p.revision(); !got.Equal(test.after) {
			t.Errorf("%s: %s afterwards, want %s", name, got, test.after)
		}
	}
}

func TestADigestRecognizesATokenWithoutHoldingIt(t *testing.T) {
	one, two := remembering(t, oldToken)[digestKey], remembering(t, oldToken)[digestKey]
	if bytes.Equal(one, two) {
		t.Error("two digests of one token are equal, so states can be compared")
	}
	for _, form := range []string{oldToken, base64.StdEncoding.EncodeToString([]byte(oldToken)), hex.EncodeToString([]byte(oldToken))} {
		if strings.Contains(string(one), form) {
			t.Errorf("the token is in %s", one)
		}
	}
	// Private state has to be JSON.
	if !json.Valid(one) {
		t.Errorf("%s is no JSON", one)
	}
	for _, encoded := range [][]byte{one, two} {
		remembered, found, diagnostics := rememberedToken(t.Context(), private{digestKey: encoded})
		if !found || len(diagnostics) > 0 || !remembered.matches(oldToken) {
			t.Errorf("the token is not recognized: %v", diagnostics)
		}
		for _, other := range []string{"", newToken, oldToken + "x", oldToken[1:], strings.ToUpper(oldToken)} {
			if remembered.matches(other) {
				t.Errorf("%q is taken for the token", other)
			}
		}
	}
}

func TestATokenIsFoundInEitherArgument(t *testing.T) {
	secret := types.StringValue(oldToken)
	for name, test := range map[string]struct {
		config       model
		argument     string
		given, known bool
	}{
		"none":                {model{}, "personal_access_token_wo", false, false},
		"write-only":          {model{PersonalAccessTokenWO: secret}, "personal_access_token_wo", true, true},
		"write-only, unknown": {model{PersonalAccessTokenWO: types.StringUnknown()}, "personal_access_token_wo", true, false},
		"plain":               {model{PersonalAccessToken: secret}, "personal_access_token", true, true},
		"plain, unknown":      {model{PersonalAccessToken: types.StringUnknown()}, "personal_access_token", true, false},
	} {
		got := tokenOf(test.config)
		if !got.argument.Equal(path.Root(test.argument)) || got.given() != test.given || got.known() != test.known {
			t.Errorf("%s: on %s, given %t, known %t", name, got.argument, got.given(), got.known())
		}
	}
}
