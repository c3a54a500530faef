package httpclient

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

const (
	masked = "[redacted]"
	// shortestPart is the length from which a part of a secret is hidden as well.
	shortestPart = 12
)

// mask hides secrets in texts that a server, or a proxy before it, may have taken from a request: as they are, encoded, and
// in parts.
type mask struct {
	// parts are all parts of shortestPart bytes, short the secrets that have none.
	parts map[string]bool
	short []string
}

// maskOf makes the mask of the values of Authorization.
func maskOf(authorizations ...string) mask {
	var m mask
	for _, value := range authorizations {
		_, credential, _ := strings.Cut(value, " ")
		m = m.with(credential)
		if pair, err := base64.StdEncoding.DecodeString(credential); err == nil {
			_, token, _ := strings.Cut(string(pair), ":")
			m = m.with(token)
		}
	}
	return m
}

// with returns a mask that hides other secrets as well.
func (m mask) with(secrets ...string) mask {
	if len(secrets) == 0 {
		return m
	}
	extended := mask{parts: map[string]bool{}, short: append([]string(nil), m.short...)}
	for part := range m.parts {
		extended.parts[part] = true
	}
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		for _, form := range forms(secret) {
			if len(form) < shortestPart {
				extended.short = append(extended.short, form)
			}
			for start := 0; start+shortestPart <= len(form); start++ {
				extended.parts[form[start:start+shortestPart]] = true
			}
		}
	}
	return extended
}

// forms returns a secret and its encodings. Base64 has three, since what precedes the secret, such as a user name, shifts it;
// the characters at the ends that depend on its neighbors are left out.
func forms(secret string) []string {
	quoted, _ := json.Marshal(secret)
	all := []string{secret, url.QueryEscape(secret), url.PathEscape(secret), string(quoted[1 : len(quoted)-1])}
	if len(secret) < shortestPart {
		return all
	}
	for shift := range 3 {
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + secret))
		encoded = encoded[(shift*8+5)/6 : (shift+len(secret))*8/6]
		all = append(all, encoded, strings.NewReplacer("+", "-", "/", "_").Replace(encoded))
	}
	return all
}

// hide replaces the secrets in a text, and every part of them that is long enough to be of use.
func (m mask) hide(text string) string {
	for _, secret := range m.short {
		text = strings.ReplaceAll(text, secret, masked)
	}
	var shown strings.Builder
	end := 0 // of what is written or hidden
	for start := 0; start+shortestPart <= len(text); start++ {
		if !m.parts[text[start:start+shortestPart]] {
			continue
		}
		if start > end || end == 0 {
			shown.WriteString(text[end:start] + masked)
		}
		end = start + shortestPart
	}
	return shown.String() + text[end:]
}

func (m mask) hideHeader(header http.Header) http.Header {
	hidden := make(http.Header, len(header))
	for name, values := range header {
		for _, value := range values {
			hidden.Add(name, m.hide(value))
		}
	}
	return hidden
}

// hideError returns the error itself unless its text holds a secret.
func (m mask) hideError(err error) error {
	if err == nil || m.hide(err.Error()) == err.Error() {
		return err
	}
	return errors.New(m.hide(err.Error()))
}

// WithoutCredentials returns an address for a message: … stands for what may be a secret, which is what precedes an @ and
// what follows a ? or #. The address may be malformed.
func WithoutCredentials(address string) string {
	at, query := strings.LastIndex(address, "@"), strings.IndexAny(address, "?#")
	switch {
	case query >= 0 && query < at:
		return "…"
	case query >= 0:
		address = address[:query+1] + "…"
	}
	if at >= 0 {
		address = "…" + address[at:]
	}
	return address
}
