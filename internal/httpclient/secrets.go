package httpclient

import (
	"errors"
	"slices"
	"strings"
)

// secrets are texts that a server, or a proxy before it, may repeat, and that must not get into an error or a log.
type secrets []string

// secretsOf returns the credentials that go out with a request.
func (c *Client) secretsOf(request Request) secrets {
	all := slices.Clone(request.Secrets)
	for _, value := range c.options.Header["Authorization"] {
		_, credential, _ := strings.Cut(value, " ")
		all = append(all, value, credential)
	}
	return slices.DeleteFunc(all, func(secret string) bool { return secret == "" })
}

func (s secrets) redact(text string) string {
	for _, secret := range s {
		text = strings.ReplaceAll(text, secret, "[redacted]")
	}
	return text
}

// redactError returns the error itself unless its text holds a secret.
func (s secrets) redactError(err error) error {
	if err == nil || s.redact(err.Error()) == err.Error() {
		return err
	}
	return errors.New(s.redact(err.Error()))
}
