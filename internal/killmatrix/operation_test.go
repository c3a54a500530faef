//go:build linux

package killmatrix_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/acctest"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// operation is what Terraform is at when it is ended.
type operation struct {
	name   string
	writes []int // those that are struck, from 0
	// before is the configuration that is applied first; "" for none.
	before string
	// config is the configuration that is applied, or destroyed.
	config   string
	destroys bool
	// byHand prepares what the configuration does not make.
	byHand func(*acctest.Sandbox) error
	// integrations and imported are the names of what Flow has in the end, the neighbor's aside.
	integrations, imported []string
}

const (
	// repositories is how many are imported, and removed.
	repositories = 60
	contoso      = "Contoso"
	renamed      = "Contoso DevOps"
	token        = "$token" // stands for the sandbox's
)

func operations() []operation {
	all := generated()
	return []operation{
		{name: "create", writes: []int{0}, config: integration(contoso, "true"), integrations: []string{contoso}},
		{
			name: "update", writes: []int{0}, before: integration(contoso, "true"),
			config: strings.ReplaceAll(integration(renamed, "true"), "webhooks = true", "webhooks = false"), integrations: []string{renamed},
		},
		{
			name: "delete", writes: []int{0}, before: integration(contoso, "false"), config: integration(contoso, "false"), destroys: true,
		},
		{
			name: "import", writes: []int{0, repositories / 2, repositories - 1}, byHand: addContoso, config: repoImport("keep"),
			integrations: []string{contoso}, imported: all,
		},
		{
			name: "remove", writes: []int{0, repositories / 2}, byHand: addContoso, before: repoImport("remove"), config: repoImport("remove"), destroys: true,
			integrations: []string{contoso},
		},
	}
}

func integration(name, protection string) string {
	return fmt.Sprintf(`
resource "flow_ado_integration" "main" {
  name                     = %q
  base_url                 = "https://dev.azure.com/contoso"
  email                    = "Svc-Flow@contoso.com"
  personal_access_token_wo = %q
  services                 = { webhooks = true }
  deletion_protection      = %s
}
`, name, token, protection)
}

func repoImport(onDestroy string) string {
	return fmt.Sprintf(`
resource "flow_repo_import" "all" {
  integration_id = "2"
  include        = ["Generated */*"]
  on_destroy     = %q
}
`, onDestroy)
}

// generated are the names of what repoImport selects.
func generated() []string {
	var names []string
	for n := range repositories {
		names = append(names, fmt.Sprintf("Generated 0001/service-%05d", n+1))
	}
	return names
}

// start starts a sandbox in which a neighbor has integration 1, which no configuration here is about.
func start(t *testing.T) *acctest.Sandbox {
	t.Helper()
	s := acctest.Start(t, sandbox.Options{Scale: scenario.Scale{Projects: 1, Repos: repositories}})
	neighbor, err := s.Flow().AddIntegration(flowserver.Integration{
		Name: "Fabrikam", URL: "https://dev.azure.com/fabrikam", Username: "Svc-Flow@fabrikam.com", Token: s.Token("fabrikam"), Services: flowserver.AllServices,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, found := range s.Flow().Objects(flowserver.Repositories, neighbor.ID) {
		if err := s.Flow().Import(flowserver.Repositories, neighbor.ID, found.Path); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func addContoso(s *acctest.Sandbox) error {
	_, err := s.Flow().AddIntegration(flowserver.Integration{
		Name: contoso, URL: "https://dev.azure.com/contoso", Username: "Svc-Flow@contoso.com", Token: s.Token("full"), Services: flowserver.AllServices,
	})
	return err
}

// neighborhood is what no operation may change.
type neighborhood struct {
	integration flowserver.Integration
	imported    []string
}

func neighborhoodOf(s *acctest.Sandbox) neighborhood {
	found, _ := s.Flow().Integration(1)
	return neighborhood{found, namesOf(s.Flow().Objects(flowserver.Repositories, 1))}
}

func namesOf(objects []flowserver.Object) []string {
	var names []string
	for _, object := range objects {
		if object.Imported {
			names = append(names, object.Path)
		}
	}
	return names
}

// wrong returns what is not as the operation should leave it, "" for nothing.
func (o operation) wrong(s *acctest.Sandbox, before neighborhood) string {
	var integrations, imported, problems []string
	for _, i := range s.Flow().Integrations() {
		if i.ID != 1 {
			integrations = append(integrations, i.Name)
			imported = append(imported, namesOf(s.Flow().Objects(flowserver.Repositories, i.ID))...)
		}
	}
	slices.Sort(imported)
	if diff := cmp.Diff(o.integrations, integrations); diff != "" {
		problems = append(problems, "integrations (-want +got):\n"+diff)
	}
	if diff := cmp.Diff(o.imported, imported); diff != "" {
		problems = append(problems, "repositories (-want +got):\n"+diff)
	}
	if diff := cmp.Diff(before, neighborhoodOf(s), cmp.AllowUnexported(neighborhood{})); diff != "" {
		problems = append(problems, "the neighbor (-before +after):\n"+diff)
	}
	return strings.Join(append(problems, o.wrongWrites(s)...), "\n")
}

// wrongWrites returns the writes that the operation should not have sent.
func (o operation) wrongWrites(s *acctest.Sandbox) []string {
	var problems []string
	for _, write := range s.Writes() {
		removes := write.Method == http.MethodDelete
		refused := write.Status >= http.StatusBadRequest && (!removes || write.Status != http.StatusNotFound)
		if removes != o.destroys || refused {
			problems = append(problems, fmt.Sprintf("Flow got %s %s, and answered %d", write.Line(), write.Body, write.Status))
		}
	}
	return problems
}
