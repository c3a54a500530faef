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

// leave makes a stage in which each kind of file holds a text.
func leave(t *testing.T, text string) *stage {
	t.Helper()
	s := &stage{dir: t.TempDir()}
	for name, content := range map[string][]byte{
		filepath.Join(logs, "terraform.log"):                         []byte("[TRACE] " + text + "\n"),
		filepath.Join(workspace, stateFile):                          []byte(`{"token":"` + text + `"}`),
		filepath.Join(workspace, backupFile):                         []byte(`{"token":"` + text + `"}`),
		filepath.Join(workspace, "terraform.tfstate.1700000.backup"): []byte(text),
		filepath.Join(workspace, "main.tf"):                          []byte(text),
		filepath.Join(leftovers, "01-plan", terraformcli.PlanFile):   zipped(t, text),
		filepath.Join(leftovers, "01-plan", outputFile):              []byte("one\n" + text),
		filepath.Join(sandboxData, "sandbox.db"):                     []byte(text), // Flow has to keep it
	} {
		path := s.path(name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var file bytes.Buffer
	archive := zip.NewWriter(&file)
	entry, err := archive.Create("tfstate")
	if err != nil {
		t.Fatal(err)
	}
	// Repeated, so that it is compressed and not to be found in the file's own bytes.
	if _, err := entry.Write([]byte(strings.Repeat("padding ", 100) + text)); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func TestASecretIsFoundInEachKindOfFile(t *testing.T) {
	want := []sighting{
		{"secret 0", "terraform/main.tf", kindOther},
		{"secret 0", "terraform/terraform.tfstate", kindState},
		{"secret 0", "terraform/terraform.tfstate.1700000.backup", kindBackup},
		{"secret 0", "terraform/terraform.tfstate.backup", kindBackup},
		{"secret 0", "runs/01-plan/output.txt", kindOutput},
		{"secret 0", "runs/01-plan/tfplan: tfstate", kindPlan},
		{"secret 0", "logs/terraform.log", kindLog},
	}
	files, err := leave(t, planted).left()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, search(files, forms([]string{planted})), cmp.AllowUnexported(sighting{})); diff != "" {
		t.Error(diff)
	}
	if found := search(files, forms([]string{"another-secret"})); len(found) > 0 {
		t.Errorf("found what is not there: %v", found)
	}
}

func TestASecretIsFoundInABasicAuthorization(t *testing.T) {
	header := base64.StdEncoding.EncodeToString([]byte(":" + planted))
	found := search([]leftover{{name: "log", content: []byte("Authorization: Basic " + header)}}, forms([]string{planted}))
	if len(found) != 1 || strings.Contains(found[0].String(), planted) {
		t.Errorf("got %v", found)
	}
}

func TestAPlanThatIsNoZipIsAnError(t *testing.T) {
	if _, err := opened(leftover{name: "tfplan", content: append([]byte(nil), zipSignature...)}); err == nil {
		t.Error("a broken zip was taken for one without entries")
	}
}
