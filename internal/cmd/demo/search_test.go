package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

const planted = "planted-secret-0123456789"

// leave returns an environment in which each kind of file holds a text.
func leave(t *testing.T, text string) *environment {
	t.Helper()
	e := &environment{dir: t.TempDir()}
	for name, content := range map[string][]byte{
		filepath.Join(logs, "terraform.log"):                         []byte("[TRACE] " + text + "\n"),
		filepath.Join(workspace, stateFile):                          []byte(`{"token":"` + text + `"}`),
		filepath.Join(workspace, backupFile):                         []byte(`{"token":"` + text + `"}`),
		filepath.Join(workspace, "terraform.tfstate.1700000.backup"): []byte(text),
		filepath.Join(workspace, "main.tf"):                          []byte(text),
		filepath.Join(runs, "01-plan", terraformcli.PlanFile):        zipped(t, text),
		filepath.Join(runs, "01-plan", outputFile):                   []byte("one\n" + text),
		filepath.Join(sandboxData, "sandbox.db"):                     []byte(text), // Flow needs it
	} {
		path := e.path(name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var file bytes.Buffer
	archive := zip.NewWriter(&file)
	entry, err := archive.Create("tfstate")
	if err != nil {
		t.Fatal(err)
	}
	// Repetition makes it compressed, so the file's own bytes do not have the text.
	if _, err := entry.Write([]byte(strings.Repeat("padding ", 100) + text)); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestASecretIsFoundInEachKindOfFile(t *testing.T) {
	want := []match{
		{"secret 0", "terraform/main.tf", kindOther},
		{"secret 0", "terraform/terraform.tfstate", kindState},
		{"secret 0", "terraform/terraform.tfstate.1700000.backup", kindBackup},
		{"secret 0", "terraform/terraform.tfstate.backup", kindBackup},
		{"secret 0", "runs/01-plan/output.txt", kindOutput},
		{"secret 0", "runs/01-plan/tfplan: tfstate", kindPlan},
		{"secret 0", "logs/terraform.log", kindLog},
	}
	files, err := leave(t, planted).leftovers()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, search(files, forms([]string{planted})), cmp.AllowUnexported(match{})); diff != "" {
		t.Error(diff)
	}
	if found := search(files, forms([]string{"another-secret"})); len(found) > 0 {
		t.Errorf("found another secret: %v", found)
	}
}

func TestASecretIsFoundInBasicAuthorization(t *testing.T) {
	header := base64.StdEncoding.EncodeToString([]byte(":" + planted))
	found := search([]file{{name: "log", content: []byte("Authorization: Basic " + header)}}, forms([]string{planted}))
	if len(found) != 1 || strings.Contains(found[0].String(), planted) {
		t.Errorf("got %v", found)
	}
}

func TestABrokenZipFileIsAnError(t *testing.T) {
	if _, err := opened(file{name: "tfplan", content: append([]byte(nil), zipSignature...)}); err == nil {
		t.Error("it counts as one without entries")
	}
}
