package repoimport_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
)

// listed returns the names that the data source lists with these arguments.
func listed(t *testing.T, s *acctest.Sandbox, arguments string) []string {
	t.Helper()
	names := []string{}
	for _, repo := range repos(t, s, arguments) {
		names = append(names, repo["project"].(string)+"/"+repo["name"].(string))
	}
	return names
}

func repos(t *testing.T, s *acctest.Sandbox, arguments string) []map[string]any {
	t.Helper()
	w := acctest.NewWorkspace(t)
	w.Configure(s.ProviderConfig() + "data \"flow_repos\" \"these\" {\n  integration_id = 1\n  " + arguments + "\n}\n")
	acctest.Expect(t, w.MustApply())
	var repos []map[string]any
	for _, repo := range w.Attributes("data.flow_repos.these")["repos"].([]any) {
		repos = append(repos, repo.(map[string]any))
	}
	return repos
}

func TestDataSourceListsWhatItsFiltersSelect(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	byHand(t,
		s.Flow().Import(flowserver.Repositories, 1, "Payments/web"), s.Flow().Import(flowserver.Repositories, 1, "Platform/docs"),
		s.Flow().Exclude(flowserver.Repositories, 1, "Payments/ledger", true))
	for arguments, want := range map[string][]string{
		"":                                    everything,
		`include = ["payments/*"]`:            {"Payments/api", "Payments/ledger", "Payments/web"},
		`include = ["Nothing/*"]`:             {},
		`exclude = ["P*/*", "archive/attic"]`: {"Data Science/notebooks"},
		`imported = true`:                     {"Payments/web", "Platform/docs"},
		"imported = false\n  include = [\"Payments/*\", \"Platform/docs\"]": {"Payments/api", "Payments/ledger"},
	} {
		t.Run(arguments, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(want, listed(t, s, arguments)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDataSourceTellsHowFarFlowIs(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	byHand(t,
		s.Flow().Import(flowserver.Repositories, 1, "Payments/web"), s.Flow().Import(flowserver.Repositories, 1, "Payments/ledger"),
		s.AzureDevOps().DisableRepository("contoso", "Payments", "web", true), s.Flow().Exclude(flowserver.Repositories, 1, "Payments/api", true),
		s.Flow().Sync(t.Context()))
	got := repos(t, s, `include = ["Payments/*"]`)
	for _, repo := range got {
		for _, time := range []string{"last_updated", "failing_since"} {
			if repo[time] != nil {
				repo[time] = "some time"
			}
		}
	}
	want := []map[string]any{
		{
			"id": nil, "project": "Payments", "name": "api", "imported": false, "excluded": true,
			"status": nil, "blocked": nil, "last_updated": nil, "last_failure": nil, "failing_since": nil,
		},
		{
			"id": "2", "project": "Payments", "name": "ledger", "imported": true, "excluded": false,
			"status": "Healthy", "blocked": false, "last_updated": "some time", "last_failure": nil, "failing_since": nil,
		},
		{
			"id": "1", "project": "Payments", "name": "web", "imported": true, "excluded": false,
			"status": "Failed", "blocked": true, "last_updated": "some time", "last_failure": "Disabled in Azure DevOps.", "failing_since": "some time",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestDataSourceSeesWhatTheSameApplyHasImported: with the id, without which it could not show Flow's progress.
func TestDataSourceSeesWhatTheSameApplyHasImported(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{ProcessingTime: time.Hour})
	w := acctest.NewWorkspace(t)
	w.Configure(repoImport(s, attributes{"include": `["Payments/api"]`}), `
		data "flow_repos" "before" {
			integration_id = 1
			include        = ["Payments/api"]
		}
		data "flow_repos" "after" {
			integration_id = flow_repo_import.all.id
			include        = ["Payments/api"]
			depends_on     = [flow_repo_import.all]
		}`)
	w.MustApply()
	repo := w.Attributes("data.flow_repos.after")["repos"].([]any)[0].(map[string]any)
	if repo["imported"] != true || repo["id"] != "1" || repo["status"] != "Processing" {
		t.Errorf("after the import, it lists %v", repo)
	}
}

func TestDataSourceSaysWhenFlowHasNotLookedYet(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{DiscoveryDelay: time.Hour})
	w := acctest.NewWorkspace(t)
	w.Configure(s.ProviderConfig() + `data "flow_repos" "all" { integration_id = "1" }`)
	acctest.Expect(t, w.MustPlan(), acctest.Said{
		Severity: warning, Summary: "Flow has discovered no repositories of integration 1", Attribute: acctest.Anywhere,
		Detail: []string{"takes minutes", "add depends_on with a flow_repo_import"},
	})
}

func TestDataSourceSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Options{})
	w := acctest.NewWorkspace(t)
	for arguments, want := range map[string]acctest.Said{
		"integration_id = 7":                         {Severity: failure, Summary: "Flow has no integration 7", Attribute: "integration_id"},
		"integration_id = 1\n include = [\"a\"]":     {Severity: failure, Summary: `Invalid selector "a"`, Attribute: "include"},
		"integration_id = 1\n exclude = [\"a/b/c\"]": {Severity: failure, Summary: `Invalid selector "a/b/c"`, Attribute: "exclude"},
	} {
		w.Configure(s.ProviderConfig() + "data \"flow_repos\" \"these\" {\n" + arguments + "\n}\n")
		acctest.Expect(t, w.MustPlan(), want)
	}
}
