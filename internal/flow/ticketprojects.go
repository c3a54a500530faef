package flow

import "net/http"

// TicketProjects are the ticket projects of the workspace's integrations: in Azure DevOps, the projects with their work items.
func (c *Client) TicketProjects() *Collection { return c.ticketProjects }

// ticketProjects says how ticket projects are called for (seen in a public client).
var ticketProjects = collectionKind{
	one: "ticket project", many: "ticket projects",
	availableList: "available_ticket_projects", importedList: "ticket_projects", importCall: "import_project",
	availableFields: "id,name,owner_name,integration_id,imported,excluded,vendor_supported," + fieldTicketProjectID,
	importedFields:  "id,name,integration_id,progress_status,processing,last_fully_updated_at",
	importedOrder:   "id",
	importBody:      func(availableID int64) any { return importTicketProjectBody{ProjectID: availableID} },
	// There is no DELETE.
	removal: func(id string) (string, []string) { return http.MethodPost, []string{id, "delete_project"} },
}

// importTicketProjectBody is the body of POST ticket_projects/import_project/, whose id is a number (seen in a public client).
type importTicketProjectBody struct {
	ProjectID int64 `json:"project_id"`
}
