package flow

import (
	"context"
	"net/http"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// Repos are the repositories of the workspace's integrations.
func (c *Client) Repos() *Collection { return c.repos }

// repos says how repositories are called for (seen in a public client; the list of imported ones is documented).
var repos = collectionKind{
	one: "repository", many: "repositories",
	availableList: "available_repos", importedList: "repos", importCall: "import_repo",
	availableFields: "id,name,owner_name,integration_id,imported,excluded," + fieldRepoID,
	importedFields: "id,project_id,name,owner_name,integration_id,progress_status,processing,blocked,last_fully_updated_at," +
		"last_fetch_failure_reason,fetches_failing_since",
	// There is no ordering by id (seen in a public client).
	importedOrder: "project_id",
	importBody:    func(availableID int64) any { return importRepoBody{AvailableRepoID: formatID(availableID)} },
	removal:       func(id string) (string, []string) { return http.MethodDelete, []string{id} },
}

// importRepoBody is the body of POST repos/import_repo/, whose id is a text (seen in a public client).
type importRepoBody struct {
	AvailableRepoID string `json:"available_repo_id"`
}

// UpdateRepo queues an imported repository, by its id as such, to be read again: what was blocked is tried anew.
func (c *Client) UpdateRepo(ctx context.Context, id int64) error {
	_, err := c.http.Do(ctx, httpclient.Request{
		Operation:  "queue an update of repository " + formatID(id),
		Method:     http.MethodPost,
		URL:        c.endpoint("repos", formatID(id), "update_repo"),
		Idempotent: true, // queued twice, it is read again all the same
	})
	return refusal(err)
}
