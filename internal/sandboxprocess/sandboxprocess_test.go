package sandboxprocess_test

import (
	"context"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandboxprocess"
)

// program builds flow-sandbox.
func program(t *testing.T) string {
	t.Helper()
	path, err := sandboxprocess.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// answers reports whether something listens at the address of the sandbox's Flow.
func answers(t *testing.T, p *sandboxprocess.Process) bool {
	t.Helper()
	address, err := url.Parse(p.FlowBaseURL)
	if err != nil {
		t.Fatal(err)
	}
	connection, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", address.Host)
	if err == nil {
		err = connection.Close()
	}
	return err == nil
}

func TestTheProgramRunsUntilItIsEnded(t *testing.T) {
	path := program(t)
	for name, end := range map[string]func(*sandboxprocess.Process) error{
		"end": (*sandboxprocess.Process).End, "kill": (*sandboxprocess.Process).Kill,
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			p, err := sandboxprocess.Start(ctx, path, t.Output(), "--projects=1", "--repos=1")
			if err != nil {
				t.Fatal(err)
			}
			cancel()
			if !answers(t, p) {
				t.Error("it ended with the context that it was started in")
			}
			token, err := p.Token("full")
			if err != nil || len(token) != 84 || p.APIKey() != "sandbox-api-key" {
				t.Errorf("the token is %q (%v), the API key %q", token, err, p.APIKey())
			}
			if secrets := strings.Join(p.Secrets(), " "); !strings.Contains(secrets, token) || !strings.Contains(secrets, p.APIKey()) {
				t.Errorf("the secrets are %s", secrets)
			}
			if _, err := p.Token("nobody"); err == nil {
				t.Error("a token that does not exist has a value")
			}
			if err := end(p); err != nil {
				t.Error(err)
			}
			if answers(t, p) {
				t.Error("it still answers")
			}
		})
	}
}

func TestAProgramThatDoesNotStartIsAnError(t *testing.T) {
	var stderr strings.Builder
	if _, err := sandboxprocess.Start(t.Context(), program(t), &stderr, "--scenario=missing.hcl"); err == nil || !strings.Contains(stderr.String(), "missing.hcl") {
		t.Errorf("error %v, stderr %q", err, stderr.String())
	}
	if _, err := sandboxprocess.Start(t.Context(), filepath.Join(t.TempDir(), "missing"), &stderr); err == nil {
		t.Error("a missing program starts")
	}
}
