package terraformcli

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	tfjson "github.com/hashicorp/terraform-json"
)

// workspaceOf returns a workspace whose CLI is a shell script.
func workspaceOf(t *testing.T, body string) *Workspace {
	t.Helper()
	path := filepath.Join(t.TempDir(), "terraform")
	script(t, path, body)
	w, err := NewWorkspace(CLI{Path: path, Product: Terraform}, t.TempDir(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestEachRunIsReported(t *testing.T) {
	w := workspaceOf(t, "echo said; exit 3")
	var reported []string
	w.Ran = func(arguments []string, result Result) {
		reported = append(reported, strings.Join(arguments, " ")+": "+strings.TrimSpace(result.Output))
	}
	result, err := w.Run(t.Context(), "state", "list")
	if err != nil || result.ExitCode != 3 {
		t.Errorf("got exit status %d, %v", result.ExitCode, err)
	}
	if diff := cmp.Diff([]string{"state list: said"}, reported); diff != "" {
		t.Error(diff)
	}
}

func TestARunIsInterruptedAndNotKilled(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	result, err := workspaceOf(t, `trap 'kill $!; echo ending; exit 7' INT
/bin/sleep 60 >/dev/null 2>&1 &
wait`).Run(ctx, "apply")
	if err != nil || result.ExitCode != 7 || !strings.Contains(result.Output, "ending") {
		t.Errorf("got exit status %d, %q, %v", result.ExitCode, result.Output, err)
	}
}

func TestArgument(t *testing.T) {
	for code, want := range map[string]string{
		`  email    = "x@example.com"`:          "email",
		`resource "flow_ado_integration" "a" {`: "",
	} {
		if got := Argument(tfjson.Diagnostic{Snippet: &tfjson.DiagnosticSnippet{Code: code}}); got != want {
			t.Errorf("%s: got %q, want %q", code, got, want)
		}
	}
	if got := Argument(tfjson.Diagnostic{}); got != "" {
		t.Errorf("without a snippet: %q", got)
	}
}
