// Package ticketproject implements flow_ticket_project_import, which keeps ticket projects imported into Flow, and the data
// source flow_ticket_projects.
package ticketproject

import (
	"context"

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
const place = "Settings > Integrations > the integration's name > Ticket projects"

// describeSelectors describes a selector of ticket projects.
const describeSelectors = "A selector is the name of an Azure DevOps project, such as `Payments` or `Data*`. " +
	"`*` matches any characters, `?` any one. Case is ignored, as in Azure DevOps."

// NewResource makes the resource for the provider's registration.
func NewResource() resource.Resource { return importresource.New(kind) }

// NewListResource makes the list resource for the provider's registration.
func NewListResource() list.ListResource { return importresource.NewList(kind) }

// model is flow_ticket_project_import as Terraform holds it.
type model struct {
	importresource.Common
	TicketProjectCount types.Int64 `tfsdk:"ticket_project_count"`
}

// Counted implements importresource.Model.
func (m *model) Counted() *types.Int64 { return &m.TicketProjectCount }

var kind = importresource.Kind{
	TypeName:       "ticket_project_import",
	One:            "ticket project",
	Many:           "ticket projects",
	CountAttribute: "ticket_project_count",
	NewModel:       func() importresource.Model { return &model{} },
	Selectors:      selector.ProjectNames,
	Description: "Imports into Flow the ticket projects of an integration that selectors match, and keeps them imported: the Azure DevOps projects whose work items Flow reads as tickets.\n\n" +
		"The next plan shows a project as `pending` that appears in Azure DevOps later, or that somebody removes from Flow, and the next apply imports it. " +
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
