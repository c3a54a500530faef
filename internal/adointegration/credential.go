package adointegration

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// token is the personal access token of a configuration, with the argument that it is in.
type token struct {
	value    types.String
	argument path.Path
}

// tokenOf returns the token of a configuration. Plan and state hold null for a write-only value.
func tokenOf(config model) token {
	if !config.PersonalAccessToken.IsNull() {
		return token{config.PersonalAccessToken, path.Root("personal_access_token")}
	}
	return token{config.PersonalAccessTokenWO, path.Root("personal_access_token_wo")}
}

func (t token) given() bool { return !t.value.IsNull() }

func (t token) known() bool { return t.given() && !t.value.IsUnknown() }

// digestKey is the key of private state with the digest of the token that was sent last.
const digestKey = "token_digest"

// digest recognizes a token without holding it: an HMAC under a key of its own, so that the same token in two
// states cannot be told by comparing them. A token is too long and random to be guessed from it.
type digest struct {
	Key []byte `json:"key"`
	Sum []byte `json:"sum"`
}

func newDigest(secret string) digest {
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // It never fails (crypto/rand).
	return digest{Key: key, Sum: sum(key, secret)}
}

func (d digest) matches(secret string) bool { return hmac.Equal(d.Sum, sum(d.Key, secret)) }

func sum(key []byte, secret string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(secret))
	return mac.Sum(nil)
}

// privateReader and privateWriter are the framework's access to private state, whose type is internal.
type privateReader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

type privateWriter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// rememberToken stores the digest of the token that Flow has accepted.
func rememberToken(ctx context.Context, private privateWriter, secret string) diag.Diagnostics {
	encoded, err := json.Marshal(newDigest(secret))
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Could not store the token's digest", err.Error())}
	}
	return private.SetKey(ctx, digestKey, encoded)
}

// rememberToken stores the digest of a token that an update has sent. After an import, which leaves no digest, it also
// stores that of the first update, as the token that Flow has: from then on a change of it is noticed.
func (p planned) rememberToken(ctx context.Context, before privateReader, after privateWriter) diag.Diagnostics {
	secret := tokenOf(p.config)
	_, found, diagnostics := rememberedToken(ctx, before)
	if secret.known() && (p.rotation.sends() || !found) {
		diagnostics.Append(rememberToken(ctx, after, secret.value.ValueString())...)
	}
	return diagnostics
}

// rememberedToken returns that digest. It reports false if this resource has sent no token, as after an import.
func rememberedToken(ctx context.Context, private privateReader) (digest, bool, diag.Diagnostics) {
	encoded, diagnostics := private.GetKey(ctx, digestKey)
	var remembered digest
	if len(encoded) == 0 || json.Unmarshal(encoded, &remembered) != nil {
		return digest{}, false, diagnostics
	}
	return remembered, true, diagnostics
}

// rotation is what an update does about the token.
type rotation int

const (
	// keepToken: nothing is sent, whatever the token is.
	keepToken rotation = iota
	// sendToken: the token is sent, whatever it is.
	sendToken
	// compareToken: the write-only token is the one that was sent last. When the plan is applied, it may be another one.
	compareToken
	// sendChangedToken: the write-only token is not the one that was sent last. When the plan is applied, it may be.
	sendChangedToken
	// decideAtApply: the token or its version is known only after apply.
	decideAtApply
)

// sends reports whether an update sends the token.
func (r rotation) sends() bool { return r == sendToken || r == sendChangedToken }

// keeps reports whether an update sends no token.
func (r rotation) keeps() bool { return r == keepToken || r == compareToken }

// rotationOf compares the token of a configuration with what was sent before.
//
// A version alone decides where there is one. Otherwise the digest does. Without a digest, after an import, a write-only
// token is not sent, so that the plan after an import is empty; one in the state changes the state, and is sent.
func rotationOf(ctx context.Context, config, state model, private privateReader) (rotation, diag.Diagnostics) {
	configured := tokenOf(config)
	versioned := !config.PersonalAccessTokenWOVersion.IsNull()
	switch {
	case !configured.given():
		return keepToken, nil
	case versioned && config.PersonalAccessTokenWOVersion.IsUnknown():
		return decideAtApply, nil
	case versioned && config.PersonalAccessTokenWOVersion.Equal(state.PersonalAccessTokenWOVersion):
		return keepToken, nil
	case versioned:
		return sendToken, nil
	}
	remembered, found, diagnostics := rememberedToken(ctx, private)
	inState := !config.PersonalAccessToken.IsNull()
	switch {
	case !found && !inState:
		return keepToken, diagnostics
	case !configured.known():
		return decideAtApply, diagnostics
	}
	same := found && remembered.matches(configured.value.ValueString())
	switch {
	case same && inState:
		return keepToken, diagnostics
	case same:
		return compareToken, diagnostics
	case inState:
		return sendToken, diagnostics
	}
	return sendChangedToken, diagnostics
}

// warnOfUnsentToken warns of a token that differs from the one that was sent last, while its version is the same: it is not
// sent, and Flow keeps the old one.
func (p planned) warnOfUnsentToken(ctx context.Context, private privateReader) diag.Diagnostics {
	token, version := tokenOf(p.config), p.config.PersonalAccessTokenWOVersion
	if p.rotation != keepToken || !token.known() || version.IsNull() {
		return nil
	}
	remembered, found, diagnostics := rememberedToken(ctx, private)
	if found && !remembered.matches(token.value.ValueString()) {
		diagnostics.AddAttributeWarning(path.Root("personal_access_token_wo_version"), "Token changed, but its version did not",
			fmt.Sprintf("The token differs from the one that was sent to Flow last, and its version is still %d, so Flow keeps the old token.\n\n"+
				"To send the new one, set personal_access_token_wo_version = %d.", version.ValueInt64(), version.ValueInt64()+1))
	}
	return diagnostics
}
