package flowserver

import (
	"context"
	"errors"
	"fmt"
)

// uiUser is the user of changes through the methods of Server, which stand for a person in the user interface.
const uiUser = "admin"

// AddIntegration creates an integration as if in the user interface, without a request in the log. The connection is not
// tested, so it may be one that stopped working; an empty AuthType means AuthAccessToken. Webhooks need their usual rights.
func (s *Server) AddIntegration(i Integration) (Integration, error) {
	if i.AuthType == "" {
		i.AuthType = AuthAccessToken
	}
	return s.create(context.Background(), i, uiUser, nil)
}

// ChangeIntegration changes name, URL, credentials, services or webhooks as if in the user interface, without a test of the connection.
func (s *Server) ChangeIntegration(id int64, change func(*Integration)) error {
	_, err := s.change(context.Background(), id, uiUser, nil, change)
	return withID(id, err)
}

// RemoveIntegration deletes an integration as if in the user interface, with all its data.
func (s *Server) RemoveIntegration(id int64) error {
	return withID(id, s.remove(context.Background(), id))
}

func withID(id int64, err error) error {
	if errors.Is(err, errNotFound) {
		return fmt.Errorf("integration %d: %w", id, err)
	}
	return err
}

// Integrations returns all integrations by id, credentials included.
func (s *Server) Integrations() []Integration { return s.integrations.List() }

// RepositoryIngestion counts what Flow has read of one imported repository.
type RepositoryIngestion struct {
	IntegrationID       int64  `json:"integration_id"`
	RepositoryID        int64  `json:"repository_id"`
	Project             string `json:"project"`
	Repository          string `json:"repository"`
	PullRequests        int    `json:"pull_requests"`
	PullRequestsLeftOut int    `json:"pull_requests_left_out"` // because of the six-month rule
}

// TicketIngestion counts what Flow has read of one imported ticket project.
type TicketIngestion struct {
	IntegrationID   int64  `json:"integration_id"`
	TicketProjectID int64  `json:"ticket_project_id"`
	Project         string `json:"project"`
	Tickets         int    `json:"tickets"`
}

// Ingestion counts all that Flow has read, by id.
type Ingestion struct {
	Repositories   []RepositoryIngestion `json:"repositories"`
	TicketProjects []TicketIngestion     `json:"ticket_projects"`
}

// Ingestion returns what Flow has read so far.
func (s *Server) Ingestion() Ingestion {
	all := Ingestion{Repositories: []RepositoryIngestion{}, TicketProjects: []TicketIngestion{}}
	for _, p := range s.repos.imported.List() {
		all.Repositories = append(all.Repositories, RepositoryIngestion{p.IntegrationID, p.ID, p.OwnerName, p.Name, p.Ingested, p.LeftOut})
	}
	for _, p := range s.tickets.imported.List() {
		all.TicketProjects = append(all.TicketProjects, TicketIngestion{p.IntegrationID, p.ID, p.Name, p.Ingested})
	}
	return all
}
