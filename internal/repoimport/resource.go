// Package repoimport implements flow_repo_import, which keeps repositories imported into Flow, the data source flow_repos,
// and the action flow_update_repos.
package repoimport

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/importresource"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

// place is where a person does the same in Flow (the vendor's set-up page).
const place = "Settings > Integrations > the integration's name > Repos"

// describeSelectors describes a selector of repositories.
const describeSelectors = "A selector is `<Azure DevOps project>/<repository>`, such as `Payments/*` or `Platform/terraform`. " +
	"`*` matches any characters within a name, `?` any one. Case is ignored, as in Azure DevOps."

// NewResource makes the resource for the provider's registration.
func NewResource() resource.Resource { return importresource.New(kind) }

// NewListResource makes the list resource for the provider's registration.
func NewListResource() list.ListResource { return importresource.NewList(kind) }

// model is flow_repo_import as Terraform holds it.
type model struct {
	importresource.Common
	RepositoryCount types.Int64 `tfsdk:"repository_count"`
}

// Counted implements importresource.Model.
func (m *model) Counted() *types.Int64 { return &m.RepositoryCount }

var kind = importresource.Kind{
	TypeName:       "repo_import",
	One:            "repository",
	Many:           "repositories",
	CountAttribute: "repository_count",
	NewModel:       func() importresource.Model { return &model{} },
	Selectors:      selector.RepositoryPaths,
	Description: "Imports into Flow the repositories of an integration that selectors match, and keeps them imported.\n\n" +
		"The next plan shows a repository as `pending` that appears in Azure DevOps later, or that somebody removes from Flow, and the next apply imports it. " +
		"Repositories that no selector matches are left alone. The state holds the selectors and not the repositories, so ten thousand of them cost " +
		"Terraform as little as ten.",
	IncludeDescription: "Selectors of the repositories to import. " + describeSelectors + " A selector that matches nothing is an error.",
	Service:            "repos",
	Enabled:            func(services flow.Services) bool { return services.Repos || services.PullRequests },
	DataSource:         "flow_repos",
	Place:              place,
	Importer:           (*providerdata.Data).Repositories,
	Explain:            explain,
}

// explain returns that Flow does not support TFVC, if the project that a selector names exists and has no repository. Flow
// has a ticket project for each project, whatever its version control.
func explain(ctx context.Context, data *providerdata.Data, integration int64, catalog *bulkimport.Catalog, pattern selector.Pattern) string {
	project := pattern.Project()
	repositories, err := selector.NewSet(selector.RepositoryPaths, []string{project.String() + "/*"}, nil)
	if err != nil || len(catalog.Select(repositories).Unmatched) == 0 {
		return ""
	}
	projects, err := selector.NewSet(selector.ProjectNames, []string{project.String()}, nil)
	if err != nil {
		return ""
	}
	importer, diagnostics := data.TicketProjects()
	if diagnostics.HasError() {
		return ""
	}
	tickets, err := importer.Catalog(ctx, integration)
	switch {
	case err != nil:
		return "" // This is only a hint: the error says without it that nothing matches.
	case tickets.Empty() && len(catalog.Nearest(pattern, 1)) == 0:
		return fmt.Sprintf("Flow has discovered no repository in a project %q. If its code is in TFVC, it cannot be imported: Flow does not support TFVC.", project)
	case len(tickets.Select(projects).Unmatched) > 0:
		return ""
	}
	return fmt.Sprintf("Flow has found the project %q, but no Git repository in it. If its code is in TFVC, it cannot be imported: Flow does not support TFVC. "+
		"The project's tickets can be imported with flow_ticket_project_import.", project)
}
