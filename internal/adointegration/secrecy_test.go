package adointegration_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
)

// TestNoSecretIsWrittenDown goes through a refused plan, a creation, a rotation and a saved plan with every log on, and
// then looks for the API key and the tokens in every file that is left.
func TestNoSecretIsWrittenDown(t *testing.T) {
	t.Parallel()
	s := acctest.Start(t, sandbox.Options{Scenario: rotated()})
	w := acctest.NewWorkspace(t)
	w.Env = append(w.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+filepath.Join(w.Dir, "trace.log"), "TF_VAR_api_key="+s.APIKey())
	// Terraform writes the values of ordinary variables into saved plans, so secrets come by ephemeral ones.
	variables := `
		variable "api_key" {
		  type      = string
		  ephemeral = true
		}
		variable "token" {
		  type      = string
		  ephemeral = true
		}
		`
	provider := acctest.Source + fmt.Sprintf("provider \"flow\" {\n  base_url = %q\n  api_key = var.api_key\n  azure_devops_endpoint = %q\n}\n", s.FlowBaseURL(), s.AzureDevOpsEndpoint())
	w.Configure(provider, variables, resourceBlock(s, "main", unprotected(attributes{"personal_access_token_wo": "var.token"})))
	var said strings.Builder
	environment := w.Env
	for _, token := range []string{"revoked", "no-work", "full", "rotated"} {
		// Not by -var: Terraform logs its command line.
		w.Env = append(slices.Clone(environment), "TF_VAR_token="+s.Token(token))
		plan := w.MustPlan()
		said.WriteString(plan.Output)
		if plan.ExitCode != 2 {
			continue
		}
		apply, err := w.Run(t.Context(), "apply", "-json", "-auto-approve", "tfplan")
		if err != nil || apply.ExitCode != 0 {
			t.Fatalf("applying the saved plan: %v\n%s", err, apply.Output)
		}
		said.WriteString(apply.Output)
	}
	if s.Integration(t).Token != s.Token("rotated") {
		t.Fatal("the run did not come as far as rotating the token")
	}
	if err := os.WriteFile(filepath.Join(w.Dir, "output"), []byte(said.String()), 0o600); err != nil {
		t.Fatal(err)
	}

	secrets := map[string]string{"the API key": s.APIKey()}
	for _, token := range []string{"full", "no-work", "revoked", "rotated"} {
		secrets["token "+token] = s.Token(token)
	}
	searched := map[string]bool{}
	for name, content := range files(t, w.Dir) {
		searched[name] = true
		for secret, value := range secrets {
			if bytes.Contains(content, []byte(value)) {
				t.Errorf("%s is in %s", secret, name)
			}
		}
	}
	for _, name := range []string{"trace.log", "terraform.tfstate", "tfplan/tfplan", "tfplan/tfstate", "output"} {
		if !searched[name] {
			t.Errorf("%s was not searched, only %v", name, searched)
		}
	}
}

// files reads the files of a folder, and what is in those that are zip archives, as saved plans are.
func files(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	contents := map[string][]byte{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if entry.IsDir() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		contents[entry.Name()] = content
		archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil {
			continue
		}
		for _, file := range archive.File {
			reader, err := file.Open()
			if err != nil {
				t.Fatal(err)
			}
			if contents[entry.Name()+"/"+file.Name], err = io.ReadAll(reader); err != nil {
				t.Fatal(err)
			}
			_ = reader.Close()
		}
	}
	return contents
}
