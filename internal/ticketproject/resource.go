// Package ticketproject is flow_ticket_project_import, which keeps ticket projects imported into Flow, and the data source
// flow_ticket_projects.
package ticketproject

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/flow-community/terraform-provider-flow/internal/bulkimport"
	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/importresource"
	"github.com/flow-community/terraform-provider-flow/internal/providerdata"
	"github.com/flow-community/terraform-provider-flow/internal/selector"
)

// place is where a person finds the same in Flow (the vendor's set-up page).
const place = "Settings > Integrations > the integration's name > Ticket projects"

// describeSelectors says what a selector of ticket projects is.
const describeSelectors = "A selector is the name of an Azure DevOps project, such as `Payments` or `Data*`. " +
	"`*` stands for any characters, `?` for one, and upper and lower case are the same, as in Azure DevOps."

// NewResource makes the resource for the provider's registration.
func NewResource() resource.Resource { return importresource.New(kind) }

// NewListResource makes the list resource for the provider's registration.
func NewListResource() list.ListResource { return importresource.NewList(kind) }

var kind = importresource.Kind{
	TypeName:       "ticket_project_import",
	One:            "ticket project",
	Many:           "ticket projects",
	CountAttribute: "ticket_project_count",
	Selectors:      selector.ProjectNames,
	Description: "Keeps the ticket projects of an integration that selectors match imported into Flow: the Azure DevOps projects whose work items Flow reads as tickets.\n\n" +
		"A project that appears in Azure DevOps later, or that somebody removed from Flow, is shown as `pending` by the next plan, and the next apply imports it. " +
		"Projects that no selector matches are left alone, and so are those that Flow shows as \"Vendor not supported\".",
	IncludeDescription: "Selectors of the ticket projects to import. " + describeSelectors + " A selector that matches nothing is an error.",
	Service:            "tickets",
	Enabled:            func(services flow.Services) bool { return services.Tickets },
	DataSource:         "flow_ticket_projects",
	Place:              place,
	Importer:           (*providerdata.Data).TicketProjects,
	Explain: func(context.Context, *providerdata.Data, int64, *bulkimport.Catalog, selector.Pattern) string {
		return ""
	},
}
