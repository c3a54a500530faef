package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// announcement is what a user needs to know of a running sandbox.
type announcement struct {
	FlowBaseURL         string      `json:"flow_base_url"`
	AzureDevOpsEndpoint string      `json:"azure_devops_endpoint"`
	APIKeys             []keyInfo   `json:"api_keys"`
	Tokens              []tokenInfo `json:"tokens"`
}

type keyInfo struct {
	Name   string          `json:"name"`
	Key    string          `json:"key"`
	Access scenario.Access `json:"access"`
}

type tokenInfo struct {
	Name    string `json:"name"`
	BaseURL string `json:"base_url"` // of the organization that issued it
	Email   string `json:"email"`    // of its owner
	Token   string `json:"token"`
	Note    string `json:"note"` // what it is good for
}

func describe(running *sandbox.Sandbox) announcement {
	a := announcement{FlowBaseURL: running.FlowBaseURL(), AzureDevOpsEndpoint: running.AzureDevOpsEndpoint()}
	world := running.Scenario()
	for _, key := range world.Workspace.APIKeys {
		a.APIKeys = append(a.APIKeys, keyInfo{key.Name, key.Key, key.Access})
	}
	for _, organization := range world.Organizations {
		for _, token := range organization.Tokens {
			a.Tokens = append(a.Tokens, tokenInfo{
				Name: token.Name, BaseURL: "https://dev.azure.com/" + organization.Name, Email: token.Owner,
				Token: scenario.Secret(organization.Name, token.Name), Note: note(organization, token),
			})
		}
	}
	return a
}

// announce tells the settings the way the command line asks for.
func announce(s settings, a announcement, stdout io.Writer) error {
	if s.envFile != "" {
		if err := writeEnvFile(s.envFile, a); err != nil {
			return err
		}
	}
	if s.json {
		encoder := json.NewEncoder(stdout)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(a)
	}
	_, err := io.WriteString(stdout, a.text())
	return err
}

// environment gives the provider's settings as export lines.
func (a announcement) environment() string {
	var b strings.Builder
	fmt.Fprintf(&b, "export FLOW_BASE_URL=%s\n", a.FlowBaseURL)
	if len(a.APIKeys) > 0 {
		fmt.Fprintf(&b, "export FLOW_API_KEY=%s\n", quote(a.APIKeys[0].Key))
	}
	fmt.Fprintf(&b, "export FLOW_AZURE_DEVOPS_ENDPOINT=%s\n", a.AzureDevOpsEndpoint)
	return b.String()
}

func (a announcement) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Flow          %s\nAzure DevOps  %s\n\n", a.FlowBaseURL, a.AzureDevOpsEndpoint)
	fmt.Fprintf(&b, "For the provider:\n\n%s\n", a.environment())
	fmt.Fprintln(&b, "API keys of the workspace:")
	for _, key := range a.APIKeys {
		fmt.Fprintf(&b, "\n  %s: %s\n  %s\n", key.Name, key.Access, key.Key)
	}
	fmt.Fprintln(&b, "\nPersonal access tokens:")
	for _, token := range a.Tokens {
		fmt.Fprintf(&b, "\n  %s: %s\n  %s\n", token.Name, token.Note, token.Token)
	}
	fmt.Fprintln(&b, "\nBoth servers show their log of requests at /_sandbox/requests and take faults at /_sandbox/faults.\nStop with Ctrl-C.")
	return b.String()
}

// writeEnvFile replaces the file. Beside the provider's settings it holds each token, as FLOW_SANDBOX_TOKEN_<NAME>.
func writeEnvFile(path string, a announcement) error {
	var b strings.Builder
	b.WriteString(a.environment())
	for _, token := range a.Tokens {
		name := strings.ToUpper(strings.ReplaceAll(token.Name, "-", "_"))
		fmt.Fprintf(&b, "export FLOW_SANDBOX_TOKEN_%s=%s\n", name, quote(token.Token))
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		return fmt.Errorf("write the settings: %w", err)
	}
	return os.Chmod(path, 0o600) // WriteFile keeps the rights of a file that was there
}

// quote makes a word of a POSIX shell; plain ones stay as they are.
func quote(text string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:", r)
	}
	if text != "" && strings.TrimFunc(text, plain) == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
