// Package repoimport is flow_repo_import, which keeps repositories imported into Flow, the data source flow_repos, and the
// action flow_update_repos.
package repoimport

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/importresource"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

// place is where a person finds the same in Flow (the vendor's set-up page).
const place = "Settings > Integrations > the integration's name > Repos"

// describeSelectors says what a selector of repositories is.
const describeSelectors = "A selector is `<Azure DevOps project>/<repository>`, such as `Payments/*` or `Platform/terraform`. " +
	"`*` stands for any characters within a name, `?` for one, and upper and lower case are the same, as in Azure DevOps."

// NewResource makes the resource for the provider's registration.
func NewResource() resource.Resource { return importresource.New(kind) }

// NewListResource makes the list resource for the provider's registration.
func NewListResource() list.ListResource { return importresource.NewList(kind) }

var kind = importresource.Kind{
	TypeName:       "repo_import",
	One:            "repository",
	Many:           "repositories",
	CountAttribute: "repository_count",
	Selectors:      selector.RepositoryPaths,
	Description: "Keeps the repositories of an integration that selectors match imported into Flow.\n\n" +
		"A repository that appears in Azure DevOps later, or that somebody removed from Flow, is shown as `pending` by the next plan, and the next apply imports it. " +
		"Repositories that no selector matches are left alone. The state holds the selectors and not the repositories, so that ten thousand of them cost " +
		"Terraform as little as ten.",
	IncludeDescription: "Selectors of the repositories to import. " + describeSelectors + " A selector that matches nothing is an error.",
	Service:            "repos",
	Enabled:            func(services flow.Services) bool { return services.Repos },
	DataSource:         "flow_repos",
	Place:              place,
	Importer:           (*providerdata.Data).Repositories,
	Explain:            explain,
}

// explain says that Flow does not support TFVC, if the project that a selector names is there and has no repository: Flow
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
		return "" // This is only a hint: without it, the error says all the same that nothing matches.
	case tickets.Empty() && len(catalog.Nearest(pattern, 1)) == 0:
		return fmt.Sprintf("Flow has discovered no repository in a project %q. If that keeps its code in TFVC: Flow does not support TFVC, so it cannot be "+
			"imported.", project)
	case len(tickets.Select(projects).Unmatched) > 0:
		return ""
	}
	return fmt.Sprintf("Flow has found the project %q and no Git repository in it. Flow does not support TFVC: if the project keeps its code there, "+
		"it cannot be imported. Remove the selector, or import the project's tickets with flow_ticket_project_import.", project)
}
