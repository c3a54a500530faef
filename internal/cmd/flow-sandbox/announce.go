package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// announcement is what a user needs to know of a running sandbox.
type announcement struct {
	FlowBaseURL         string      `json:"flow_base_url"`
	AzureDevOpsEndpoint string      `json:"azure_devops_endpoint"`
	PagesURL            string      `json:"pages_url"`    // of Flow, for a browser
	ControlURLs         []string    `json:"control_urls"` // of Flow and of Azure DevOps
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
	Note    string `json:"note"` // what it can be used for
}

func describe(running *sandbox.Sandbox) announcement {
	flow, azureDevOps := running.ControlURLs()
	a := announcement{
		FlowBaseURL: running.FlowBaseURL(), AzureDevOpsEndpoint: running.AzureDevOpsEndpoint(),
		PagesURL: running.PagesURL(), ControlURLs: []string{flow, azureDevOps},
	}
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

// announce writes the announcement as the command line asks for.
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
	text := a.text(s.envFile)
	if s.tokens {
		text += a.secrets()
	}
	_, err := io.WriteString(stdout, text)
	return err
}

// environment returns the provider's settings as export lines.
func (a announcement) environment() string {
	var b strings.Builder
	fmt.Fprintf(&b, "export FLOW_BASE_URL=%s\n", a.FlowBaseURL)
	if len(a.APIKeys) > 0 {
		fmt.Fprintf(&b, "export FLOW_API_KEY=%s\n", quote(a.APIKeys[0].Key))
	}
	fmt.Fprintf(&b, "export FLOW_AZURE_DEVOPS_ENDPOINT=%s\n", a.AzureDevOpsEndpoint)
	return b.String()
}

// text returns what a person reads at the start, in at most fifteen lines.
func (a announcement) text(envFile string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Flow           %s\n", a.FlowBaseURL)
	fmt.Fprintf(&b, "Azure DevOps   %s\n", a.AzureDevOpsEndpoint)
	fmt.Fprintf(&b, "               %s\n", strings.Join(a.organizations(), ", "))
	fmt.Fprintf(&b, "Pages          %s\n", a.PagesURL)
	fmt.Fprintf(&b, "Control calls  %s\n\n", strings.Join(a.ControlURLs, " and "))
	if envFile == "" {
		fmt.Fprintf(&b, "In another terminal:\n\n%s\n", indented(a.environment()+a.tokenVariable(tokenInfo.value)+"terraform plan\n"))
		fmt.Fprint(&b, "--env-file FILE writes these settings and all tokens to a file; --tokens prints them. Stop with Ctrl-C.\n")
		return b.String()
	}
	fmt.Fprintf(&b, "Wrote %s: the provider's settings, and each token by name. In another terminal:\n\n", envFile)
	fmt.Fprintf(&b, "%s\nStop with Ctrl-C.\n", indented(". "+quote(sourced(envFile))+"\n"+a.tokenVariable(tokenInfo.reference)+"terraform plan\n"))
	return b.String()
}

// organizations returns "name is URL" for each organization with a token.
func (a announcement) organizations() []string {
	var lines []string
	for _, token := range a.Tokens {
		lines = append(lines, strings.TrimPrefix(token.BaseURL, "https://dev.azure.com/")+" is "+token.BaseURL)
	}
	return slices.Compact(lines)
}

// tokenVariable sets the variable that the examples take the token from, to the first one, or nothing without tokens.
func (a announcement) tokenVariable(value func(tokenInfo) string) string {
	if len(a.Tokens) == 0 {
		return ""
	}
	return "export TF_VAR_ado_pat=" + value(a.Tokens[0]) + "\n"
}

// secrets returns API keys and tokens for people.
func (a announcement) secrets() string {
	var b strings.Builder
	b.WriteString("\nAPI keys:\n")
	for _, key := range a.APIKeys {
		fmt.Fprintf(&b, "\n  %s: %s\n  %s\n", key.Name, key.Access, key.Key)
	}
	b.WriteString("\nPersonal access tokens:\n")
	for _, token := range a.Tokens {
		fmt.Fprintf(&b, "\n  %s: %s\n  %s\n", token.Name, token.Note, token.Token)
	}
	return b.String()
}

// variable is the token's name in the env file.
func (t tokenInfo) variable() string {
	return "FLOW_SANDBOX_TOKEN_" + strings.ToUpper(strings.ReplaceAll(t.Name, "-", "_"))
}

func (t tokenInfo) reference() string { return "$" + t.variable() }

func (t tokenInfo) value() string { return quote(t.Token) }

// writeEnvFile replaces the file with the provider's settings and each token.
func writeEnvFile(path string, a announcement) error {
	var b strings.Builder
	b.WriteString(a.environment())
	for _, token := range a.Tokens {
		fmt.Fprintf(&b, "export %s=%s\n", token.variable(), token.value())
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		return fmt.Errorf("write the settings: %w", err)
	}
	return os.Chmod(path, 0o600) // WriteFile keeps the permissions of an existing file
}

// sourced returns the path for the shell's "." command, which looks up a bare name on the PATH.
func sourced(path string) string {
	if filepath.Base(path) == path {
		return "./" + path
	}
	return path
}

func indented(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n  ") + "\n"
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
