package adoserver

import "maps"

// Subscription is a service hook subscription for tests, without confidential inputs.
type Subscription struct {
	ID              string
	EventType       string
	Project         string // name; "" for all projects
	URL             string
	PublisherInputs map[string]string
	CreatedBy       string // e-mail of the account
}

// Subscriptions returns the service hook subscriptions of an organization, oldest first.
func (s *Server) Subscriptions(org string) []Subscription {
	s.mu.RLock()
	defer s.mu.RUnlock()
	o := s.world.organization(org)
	if o == nil {
		return nil
	}
	var all []Subscription
	for _, row := range o.subscriptions {
		shown := Subscription{
			ID: row.GUID, EventType: row.EventType, URL: row.ConsumerInputs["url"],
			PublisherInputs: maps.Clone(row.PublisherInputs),
		}
		if p := o.projectsByKey[row.PublisherInputs["projectId"]]; p != nil {
			shown.Project = p.Name
		}
		if a := o.account(row.CreatedBy); a != nil {
			shown.CreatedBy = a.Email
		}
		all = append(all, shown)
	}
	return all
}
