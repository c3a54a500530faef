package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandboxprocess"
)

// anyPorts makes tests independent of the program's fixed ports.
var anyPorts = []string{"--flow-address", "127.0.0.1:0", "--azure-devops-address", "127.0.0.1:0"}

// runBriefly runs the program until it has printed its announcement.
func runBriefly(t *testing.T, args ...string) (stdout string, err error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, append(anyPorts, args...), &stopAfterWrite{writer, cancel}, io.Discard)
		_ = writer.Close()
	}()
	output, readErr := io.ReadAll(reader)
	if readErr != nil {
		t.Fatal(readErr)
	}
	return string(output), <-ended
}

// stopAfterWrite ends the program once it has printed.
type stopAfterWrite struct {
	io.Writer
	stop func()
}

func (w *stopAfterWrite) Write(p []byte) (int, error) {
	defer w.stop()
	return w.Writer.Write(p)
}

// ports are what differs from run to run.
var ports = regexp.MustCompile(`127\.0\.0\.1:\d+`)

func TestTheStartFitsOnAScreen(t *testing.T) {
	full := scenario.Secret("contoso", "full")
	const addresses = `Flow           http://127.0.0.1:PORT/v3/customer/core/
Azure DevOps   http://127.0.0.1:PORT
               contoso is https://dev.azure.com/contoso, fabrikam is https://dev.azure.com/fabrikam
Pages          http://127.0.0.1:PORT/
Control calls  http://127.0.0.1:PORT/_sandbox/ and http://127.0.0.1:PORT/_sandbox/

`
	dir := t.TempDir()
	t.Chdir(dir)
	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"without a file": {nil, `In another terminal:

  export FLOW_BASE_URL=http://127.0.0.1:PORT/v3/customer/core/
  export FLOW_API_KEY=sandbox-api-key
  export FLOW_AZURE_DEVOPS_ENDPOINT=http://127.0.0.1:PORT
  export TF_VAR_ado_pat=` + full + `
  terraform plan

--env-file FILE writes these settings and all tokens to a file; --tokens prints them. Stop with Ctrl-C.
`},
		"with a file": {[]string{"--env-file", "sandbox.env"}, `Wrote sandbox.env: the provider's settings, and each token by name. In another terminal:

  . ./sandbox.env
  export TF_VAR_ado_pat=$FLOW_SANDBOX_TOKEN_FULL
  terraform plan

Stop with Ctrl-C.
`},
		"with a file elsewhere": {[]string{"--env-file", dir + "/sandbox settings"}, `Wrote ` + dir + `/sandbox settings: the provider's settings, and each token by name. In another terminal:

  . '` + dir + `/sandbox settings'
  export TF_VAR_ado_pat=$FLOW_SANDBOX_TOKEN_FULL
  terraform plan

Stop with Ctrl-C.
`},
	} {
		t.Run(name, func(t *testing.T) {
			output, err := runBriefly(t, test.args...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(addresses+test.want, ports.ReplaceAllString(output, "127.0.0.1:PORT")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if lines := strings.Count(output, "\n"); lines > 15 {
				t.Errorf("%d lines", lines)
			}
		})
	}
}

func TestTokensArePrintedOnRequest(t *testing.T) {
	output, err := runBriefly(t, "--tokens")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"readonly: View\n  sandbox-readonly-key\n",
		"full: contoso, Svc-Flow@contoso.com, administrator; every scope that Flow needs\n  " + scenario.Secret("contoso", "full"),
		"full-2: contoso, Svc-Flow@contoso.com, administrator; every scope that Flow needs\n  " + scenario.Secret("contoso", "full-2"),
		"no-work: contoso, Svc-Flow@contoso.com, administrator; lacks the scope Work Items (Read)\n",
		"reader: contoso, reader@contoso.com, reads 5 of 5 projects; every scope that Flow needs\n",
		"outsider: contoso, outsider@contoso.com, sees no project; every scope that Flow needs\n",
		"expired: contoso, Svc-Flow@contoso.com, administrator; expired\n",
		"conditional-access: contoso, Svc-Flow@contoso.com, administrator; refused by conditional access\n",
		"fabrikam: fabrikam, Svc-Flow@fabrikam.com, administrator; every scope that Flow needs\n",
	} {
		if !strings.Contains(output, want) {
			t.Errorf("the output lacks %q:\n%s", want, output)
		}
	}
}

func TestJSONCanBeParsed(t *testing.T) {
	output, err := runBriefly(t, "--json")
	if err != nil {
		t.Fatal(err)
	}
	var a announcement
	decoder := json.NewDecoder(strings.NewReader(output))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&a); err != nil || decoder.More() {
		t.Fatalf("%v in %s", err, output)
	}
	if len(a.APIKeys) != 2 || len(a.Tokens) != 14 || len(a.ControlURLs) != 2 || !strings.HasSuffix(a.FlowBaseURL, "/v3/customer/core/") {
		t.Errorf("got %+v", a)
	}
	want := tokenInfo{
		Name: "full", BaseURL: "https://dev.azure.com/contoso", Email: "Svc-Flow@contoso.com", Token: scenario.Secret("contoso", "full"),
		Note: "contoso, Svc-Flow@contoso.com, administrator; every scope that Flow needs",
	}
	if diff := cmp.Diff(want, a.Tokens[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOnlyItsOwnerCanReadTheEnvironmentFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sandbox.env")
	if err := os.WriteFile(file, []byte("something longer than nothing"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := runBriefly(t, "--env-file", file); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v (%v)", info.Mode(), err)
	}
	output, err := exec.Command("sh", "-c", ". "+quote(file)+` && printf '%s %s' "$FLOW_API_KEY" "$FLOW_SANDBOX_TOKEN_NO_CODE"`).CombinedOutput()
	if want := "sandbox-api-key " + scenario.Secret("contoso", "no-code"); err != nil || string(output) != want {
		t.Errorf("a shell reads %q (%v), want %q", output, err, want)
	}
}

// TestAnEarlierEnvironmentFileIsRemoved: a script that waits for the file must not continue with the addresses of an earlier
// run, especially if this one does not start.
func TestAnEarlierEnvironmentFileIsRemoved(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sandbox.env")
	if err := os.WriteFile(file, []byte("export FLOW_BASE_URL=http://127.0.0.1:1/\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := runBriefly(t, "--env-file", file, "--flow-address", "0.0.0.0:0"); err == nil {
		t.Fatal("the sandbox has started on all networks")
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the file of an earlier run is still there (%v)", err)
	}
}

func TestQuoteMakesOneShellWord(t *testing.T) {
	for text, want := range map[string]string{
		"plain-1.2:/x_y": "plain-1.2:/x_y", "": "''", "two words": "'two words'", "it's": `'it'\''s'`, "$HOME": "'$HOME'",
	} {
		if got := quote(text); got != want {
			t.Errorf("quote(%q) is %s, want %s", text, got, want)
		}
	}
}

func TestMistakesOnTheCommandLineAreExplained(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	broken := filepath.Join(t.TempDir(), "broken.hcl")
	if err := os.WriteFile(broken, []byte("workspace {"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		args []string
		want string
	}{
		"an argument":        {[]string{"start"}, `unexpected argument "start"`},
		"an unknown flag":    {[]string{"--port", "1"}, "flag provided but not defined: -port"},
		"a negative number":  {[]string{"--repos", "-1"}, "--repos must not be negative"},
		"a negative time":    {[]string{"--readd-delay", "-1h"}, "--readd-delay must not be negative"},
		"an unknown dialect": {[]string{"--dialect", "klingon"}, `there is no dialect "klingon"; the dialects are`},
		"two vendors":        {[]string{"--dialect", "vendor:a,vendor:b"}, "vendor:a and vendor:b contradict each other"},
		"no such scenario":   {[]string{"--scenario", broken + "x"}, "no such file"},
		"a broken scenario":  {[]string{"--scenario", broken}, "broken.hcl:1"},
		"every network":      {[]string{"--flow-address", "0.0.0.0:0"}, "must be on loopback"},
		"a port that's used": {[]string{"--flow-address", taken.Addr().String()}, "choose another port with --flow-address"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := run(t.Context(), append(anyPorts, test.args...), io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// process is the running program.
type process struct {
	command *exec.Cmd
	info    announcement
	stderr  *bytes.Buffer
}

func build(t *testing.T) string {
	t.Helper()
	binary, err := sandboxprocess.Build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

func launch(t *testing.T, binary string, args ...string) *process {
	t.Helper()
	p := &process{command: exec.Command(binary, append(append([]string{"--json"}, anyPorts...), args...)...), stderr: &bytes.Buffer{}}
	p.command.Stderr = p.stderr
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.command.Process.Kill(); _ = p.command.Wait() })
	if err := json.NewDecoder(stdout).Decode(&p.info); err != nil {
		_ = p.command.Wait()
		t.Fatalf("%v: %s", err, p.stderr)
	}
	return p
}

func (p *process) call(t *testing.T, method, path string, body any) (status int, answer map[string]any) {
	t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequest(method, p.info.FlowBaseURL+path, bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+p.info.APIKeys[0].Key)
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, answer
}

func TestDataSurvivesAKill(t *testing.T) {
	binary := build(t)
	args := []string{"--data", filepath.Join(t.TempDir(), "sandbox.db"), "--discovery-delay", "0s", "--processing-time", "0s"}
	first := launch(t, binary, args...)
	status, created := first.call(t, "POST", "integrations/create_with_vendor/", map[string]any{
		"name": "Contoso", "vendor": "azure_devops", "auth_type": "access_token",
		"enabled_services": []string{"repo", "pull_request"}, "webhooks_enabled": true,
		"url": "https://dev.azure.com/contoso", "username": "Svc-Flow@contoso.com", "token": first.info.Tokens[0].Token,
	})
	if status != http.StatusCreated {
		t.Fatalf("got %d %v", status, created)
	}
	_, available := first.call(t, "GET", "available_repos/?ordering=id", nil)
	id := available["results"].([]any)[0].(map[string]any)["id"]
	if status, imported := first.call(t, "POST", "repos/import_repo/", map[string]any{"available_repo_id": fmt.Sprint(id)}); status != http.StatusCreated {
		t.Fatalf("got %d %v", status, imported)
	}
	lists := []string{"integrations/?ordering=id&omit=updated_at", "repos/?ordering=id", "available_repos/?ordering=id", "available_ticket_projects/?ordering=id"}
	read := func(p *process) (all []any) {
		for _, list := range lists {
			_, answer := p.call(t, "GET", list, nil)
			all = append(all, answer["results"])
		}
		return all
	}
	before := read(first)
	if err := first.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = first.command.Wait()
	if diff := cmp.Diff(before, read(launch(t, binary, args...))); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

func TestLatencyDelaysBothServers(t *testing.T) {
	const latency = 50 * time.Millisecond
	p := launch(t, build(t), "--latency", latency.String())
	for _, address := range []string{p.info.FlowBaseURL, p.info.AzureDevOpsEndpoint} {
		began := time.Now()
		response, err := http.Get(address)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if took := time.Since(began); took < latency {
			t.Errorf("%s answers after %s", address, took)
		}
	}
}

func TestHelpNamesEveryFlag(t *testing.T) {
	var help strings.Builder
	if err := run(t.Context(), []string{"-help"}, io.Discard, &help); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("got %v", err)
	}
	for _, name := range []string{
		"flow-address", "azure-devops-address", "data", "scenario", "projects", "repos", "discovery-delay", "processing-time",
		"sync-interval", "readd-delay", "json", "tokens", "env-file", "latency", "hide-url", "dialect",
	} {
		if !strings.Contains(help.String(), "  -"+name+" ") && !strings.Contains(help.String(), "  -"+name+"\n") {
			t.Errorf("the help lacks --%s", name)
		}
	}
	for _, d := range flowserver.Dialects() {
		if !strings.Contains(help.String(), "\n  "+d.Name+" ") {
			t.Errorf("the help lacks the dialect %s", d.Name)
		}
	}
}

func TestTheGuideListsEveryDialect(t *testing.T) {
	guide, err := os.ReadFile("../../../templates/guides/sandbox.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	want := "| Dialect | Flow |\n|---|---|\n"
	for _, d := range flowserver.Dialects() {
		want += "| `" + d.Name + "` | " + d.Purpose + " |\n"
	}
	if !strings.Contains(string(guide), want+"\n") {
		t.Errorf("the guide's table is not this one:\n%s", want)
	}
}

func TestDialectsAreChosenOnTheCommandLine(t *testing.T) {
	p := launch(t, build(t), "--dialect", "vendor:vsts,page-cap", "--dialect", "words:display", "--discovery-delay", "0s")
	spoken := func() string {
		response, err := http.Get(p.info.ControlURLs[0] + "dialects")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		content, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	const want = `["vendor:vsts","words:display","page-cap"]`
	if got := spoken(); got != want {
		t.Errorf("Flow speaks %s, want %s", got, want)
	}
	body := map[string]any{
		"name": "Contoso", "vendor": "vsts", "auth_type": "access_token", "enabled_services": []string{"repo"},
		"url": "https://dev.azure.com/contoso", "username": "Svc-Flow@contoso.com", "token": p.info.Tokens[0].Token,
	}
	if status, created := p.call(t, "POST", "integrations/create_with_vendor/", body); status != http.StatusCreated || created["vendor_type"] != "vsts" {
		t.Errorf("got %d %v", status, created)
	}
	// A reset returns to the dialects of the start.
	for _, request := range [][2]string{{"DELETE", "dialects"}, {"POST", "reset"}} {
		r, err := http.NewRequest(request[0], p.info.ControlURLs[0]+request[1], nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
	}
	if got := spoken(); got != want {
		t.Errorf("after a reset, Flow speaks %s, want %s", got, want)
	}
}

func TestASignalEndsItWithStatusZero(t *testing.T) {
	binary := build(t)
	for name, test := range map[string]struct {
		signal  os.Signal
		prepare func(*testing.T, *process)
	}{
		"SIGTERM":               {syscall.SIGTERM, func(*testing.T, *process) {}},
		"Ctrl-C":                {os.Interrupt, func(*testing.T, *process) {}},
		"Ctrl-C while it waits": {os.Interrupt, leaveWaiting},
	} {
		t.Run(name, func(t *testing.T) {
			p := launch(t, binary, "--latency", "1h")
			test.prepare(t, p)
			if err := p.command.Process.Signal(test.signal); err != nil {
				t.Fatal(err)
			}
			if err := p.command.Wait(); err != nil || p.stderr.Len() > 0 {
				t.Errorf("%v %s", err, p.stderr)
			}
		})
	}
}

// leaveWaiting sends a request that the sandbox has not answered when it returns.
func leaveWaiting(t *testing.T, p *process) {
	t.Helper()
	go func() {
		if response, err := http.Get(p.info.FlowBaseURL); err == nil {
			_ = response.Body.Close()
		}
	}()
	for log := ""; !strings.Contains(log, "none"); {
		response, err := http.Get(p.info.ControlURLs[0] + "requests")
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		log = string(content)
	}
}
