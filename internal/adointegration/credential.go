package adointegration

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// token is the personal access token of a configuration, in whichever argument it was given.
type token struct {
	value    types.String
	argument path.Path
}

// tokenOf takes the token out of a configuration. A write-only value is there only: plan and state hold null.
func tokenOf(config model) token {
	if !config.PersonalAccessToken.IsNull() {
		return token{config.PersonalAccessToken, path.Root("personal_access_token")}
	}
	return token{config.PersonalAccessTokenWO, path.Root("personal_access_token_wo")}
}

func (t token) given() bool { return !t.value.IsNull() }

func (t token) known() bool { return t.given() && !t.value.IsUnknown() }

// digestKey is where private state keeps the digest of the token that was sent last.
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

// privateReader and privateWriter are what the framework offers of a resource's private state.
type privateReader interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

type privateWriter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// rememberToken keeps the digest of the token that Flow has accepted.
func rememberToken(ctx context.Context, private privateWriter, secret string) diag.Diagnostics {
	encoded, err := json.Marshal(newDigest(secret))
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("Could not remember the token's digest", err.Error())}
	}
	return private.SetKey(ctx, digestKey, encoded)
}

// rememberToken keeps the digest of a token that an update has sent. After an import, which leaves no digest, it also takes
// the token of the first update for the one that Flow has: from then on a change of it is noticed.
func (p planned) rememberToken(ctx context.Context, before privateReader, after privateWriter) diag.Diagnostics {
	secret := tokenOf(p.config)
	_, found, diagnostics := rememberedToken(ctx, before)
	if secret.known() && (p.rotation == sendToken || !found) {
		diagnostics.Append(rememberToken(ctx, after, secret.value.ValueString())...)
	}
	return diagnostics
}

// rememberedToken gives that digest; false when this resource has sent no token, as after an import.
func rememberedToken(ctx context.Context, private privateReader) (digest, bool, diag.Diagnostics) {
	encoded, diagnostics := private.GetKey(ctx, digestKey)
	var remembered digest
	if len(encoded) == 0 || json.Unmarshal(encoded, &remembered) != nil {
		return digest{}, false, diagnostics
	}
	return remembered, true, diagnostics
}

// rotation says whether an update sends the token.
type rotation int

const (
	// keepToken: Flow has this token, or cannot be known not to.
	keepToken rotation = iota
	// sendToken: the token has changed, or its version has.
	sendToken
	// decideAtApply: the token is known only then.
	decideAtApply
)

// rotationOf compares the token of a configuration with what was sent before.
//
// A version alone decides where there is one. Else the digest does. Where there is none, after an import, a write-only token
// is not sent, so that the plan after an import is empty; one that is to be in the state changes the state, and is sent.
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
	switch {
	case !found && config.PersonalAccessToken.IsNull():
		return keepToken, diagnostics
	case !configured.known():
		return decideAtApply, diagnostics
	case found && remembered.matches(configured.value.ValueString()):
		return keepToken, diagnostics
	}
	return sendToken, diagnostics
}
