package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

const guideFile = "../../../templates/guides/sandbox.md.tmpl"

// codeBlock is a block of the guide: a configuration, commands, or what they print.
type codeBlock struct{ heading, language, content string }

// incidents returns the blocks of the guide's section on incidents, in order.
func incidents(t *testing.T) (blocks []codeBlock) {
	t.Helper()
	guide, err := os.ReadFile(guideFile)
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(guide), "\n## Rehearse an incident\n")
	section, _, ended := strings.Cut(section, "\n## ")
	if !found || !ended {
		t.Fatal("the guide has no section on incidents")
	}
	heading := ""
	for _, match := range regexp.MustCompile("(?ms)^### ([^\n]+)$|^```([a-z]+)\n(.*?)^```$").FindAllStringSubmatch(section, -1) {
		if match[1] != "" {
			heading = match[1]
			continue
		}
		blocks = append(blocks, codeBlock{heading, match[2], match[3]})
	}
	return blocks
}

// TestTheIncidentsOfTheGuide runs the guide's commands as they are printed, except for the ports, in one shell's environment.
// Each incident has to end with a plan without changes.
func TestTheIncidentsOfTheGuide(t *testing.T) {
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set")
	}
	for _, program := range []string{"bash", "curl", "sed"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	blocks := incidents(t)
	shell := newIncidentShell(t, blocks[0].content)
	output, last := "", ""
	played := 0
	for i, b := range blocks[1:] {
		if b.heading != last && last != "" {
			shell.expectNoChanges(t, last)
		}
		last = b.heading
		switch b.language {
		case "shell":
			output = shell.run(t, b.content)
			played++
		case "text":
			for line := range strings.Lines(b.content) {
				if !strings.Contains(output, strings.TrimSpace(line)) {
					t.Errorf("%s: the output lacks %q:\n%s", b.heading, strings.TrimSpace(line), output)
				}
			}
		default:
			t.Errorf("block %d in %q is neither commands nor their output: %s", i, b.heading, b.language)
		}
	}
	shell.expectNoChanges(t, last)
	if played < 10 {
		t.Errorf("the guide has only %d blocks of commands", played)
	}
}

// incidentShell runs commands in a folder with a configuration, beside a running sandbox.
type incidentShell struct {
	dir         string
	environment []string
	ports       *strings.Replacer
}

func newIncidentShell(t *testing.T, configuration string) *incidentShell {
	t.Helper()
	cli, err := terraformcli.Find(t.Context(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	dir, bin := t.TempDir(), t.TempDir()
	if err := terraformcli.Build(t.Context(), bin); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(cli.Path, filepath.Join(bin, "terraform")); err != nil {
		t.Fatal(err)
	}
	workspace, err := terraformcli.NewWorkspace(cli, dir, bin)
	if err != nil {
		t.Fatal(err)
	}
	if err := workspace.Write("main.tf", configuration); err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(dir, "sandbox.env")
	p := launch(t, build(t), "--env-file", settings, "--readd-delay", "0", "--discovery-delay", "0s", "--processing-time", "0s")
	flow, _, _ := strings.Cut(strings.TrimPrefix(p.info.FlowBaseURL, "http://"), "/")
	s := &incidentShell{
		dir:         dir,
		environment: append(terraformcli.Environment(os.Environ()), append(workspace.Env, "PATH="+bin+":"+os.Getenv("PATH"), "BASH_ENV="+filepath.Join(dir, "environment"))...),
		ports:       strings.NewReplacer("127.0.0.1:8080", flow, "127.0.0.1:8081", strings.TrimPrefix(p.info.AzureDevOpsEndpoint, "http://")),
	}
	if err := workspace.Write("environment", ". '"+settings+"'\nexport TF_VAR_ado_pat=$FLOW_SANDBOX_TOKEN_FULL TF_CLI_ARGS=-no-color\n"); err != nil {
		t.Fatal(err)
	}
	if output := s.run(t, "terraform apply -auto-approve"); !strings.Contains(output, "Resources: 1 added") {
		t.Fatalf("applying the configuration:\n%s", output)
	}
	return s
}

// run runs the commands in bash, and keeps what they export for later ones. A failure of one, such as a refused plan, is shown
// in the output.
func (s *incidentShell) run(t *testing.T, commands string) string {
	t.Helper()
	environment := filepath.Join(s.dir, "environment")
	command := exec.CommandContext(t.Context(), "bash", "-c", s.ports.Replace(commands)+"\nexport -p > '"+environment+"'\n")
	command.Dir, command.Env = s.dir, s.environment
	command.WaitDelay = time.Minute
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v:\n%s", err, output)
	}
	return string(output)
}

func (s *incidentShell) expectNoChanges(t *testing.T, incident string) {
	t.Helper()
	if output := s.run(t, "terraform plan"); !strings.Contains(output, "No changes.") || strings.Contains(output, "Warning: Azure DevOps") || strings.Contains(output, "Warning: Token") {
		t.Fatalf("%s: the plan afterwards:\n%s", incident, output)
	}
}

// startLimit is how long the program may take to its announcement. The fastest of some starts counts: other programs of the
// machine only make it slower.
const startLimit = time.Second

func TestItStartsInUnderASecond(t *testing.T) {
	binary := build(t)
	fastest := time.Hour
	for range 5 {
		began := time.Now()
		p := launch(t, binary)
		fastest = min(fastest, time.Since(began))
		_ = p.command.Process.Kill()
		_ = p.command.Wait()
	}
	if fastest > startLimit {
		t.Errorf("the fastest start took %s, want at most %s", fastest, startLimit)
	}
	t.Logf("the fastest start took %s", fastest)
}
