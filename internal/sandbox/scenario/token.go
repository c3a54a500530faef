package scenario

import (
	"crypto/sha512"
	"fmt"
)

const (
	tokenLength    = 84
	tokenSignature = "AZDO"
	signatureAt    = 76
	tokenAlphabet  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

// Secret returns the value of a token: 84 letters and digits with the signature "AZDO" at offset 76, the format of Azure DevOps
// since July 2024
// (https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate).
//
// It is computed from the two names alone, so it is the same after a restart and on every machine.
func Secret(organization, token string) string {
	secret := make([]byte, 0, tokenLength)
	for block := 0; len(secret) < tokenLength; block++ {
		sum := sha512.Sum512(fmt.Appendf(nil, "sandbox token %d of %q in %q", block, token, organization))
		for _, b := range sum {
			secret = append(secret, tokenAlphabet[int(b)%len(tokenAlphabet)])
		}
	}
	secret = secret[:tokenLength]
	copy(secret[signatureAt:], tokenSignature)
	return string(secret)
}
