package flowserver

// Toggle is a switch of an integration: one of its services, or webhooks.
type Toggle struct {
	Name  string // as the provider's argument services has it
	Label string // as people read it
	Of    func(*Integration) *bool
}

// Toggles returns the switches of every integration.
func Toggles() []Toggle {
	return []Toggle{
		{"repos", "Repos", func(i *Integration) *bool { return &i.Services.Repos }},
		{"pull_requests", "Pull requests", func(i *Integration) *bool { return &i.Services.PullRequests }},
		{"tickets", "Tickets", func(i *Integration) *bool { return &i.Services.Tickets }},
		{"webhooks", "Webhooks", func(i *Integration) *bool { return &i.Webhooks }},
	}
}
