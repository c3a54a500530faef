package flowserver

import (
	"fmt"
	"net/http"
	"slices"
)

func (s *Server) listIntegrations(w http.ResponseWriter, r request) {
	listing[Integration]{
		id:     func(i Integration) int64 { return i.ID },
		view:   s.storedIntegrationView,
		paging: s.behavior().page(limitOffset),
		search: func(i Integration) []string { return []string{i.Name, s.ShownURL(i), i.Username} },
		filters: allOf(
			ids("id", Integration.id), texts("name", Integration.name),
			texts("vendor_type", s.vendorOf), texts("integration_type", s.vendorOf),
			texts("audit_created_by", Integration.creator),
			map[string]filter[Integration]{
				"enabled_source_types": containsWord(func(i Integration) []string { return i.Services.words() }),
			},
		),
		orderings: map[string]func(a, b Integration) int{
			"id": ordered(Integration.id), "name": ordered(Integration.name),
			"vendor_type": ordered(s.vendorOf), "audit_created_by__name": ordered(Integration.creator),
		},
	}.serve(w, r.Request, s.integrations.List())
}

func (i Integration) id() int64       { return i.ID }
func (i Integration) name() string    { return i.Name }
func (i Integration) creator() string { return i.CreatedBy }

// vendorOf returns the slug of an integration's vendor.
func (s *Server) vendorOf(i Integration) string {
	if i.Manual {
		return vendorManual
	}
	return s.vendor()
}

func (s *Server) getIntegration(w http.ResponseWriter, r request) {
	getFrom(w, r, s.integrations, s.storedIntegrationView)
}

func (s *Server) createIntegration(w http.ResponseWriter, r request) {
	b, ok := s.readBody(w, r)
	if !ok {
		return
	}
	vendor := b.requiredText("vendor")
	if vendor != "" && !slices.ContainsFunc(s.vendors(), func(known choice) bool { return known.value == vendor }) {
		b.errors.add("vendor", fmt.Sprintf("%q is not a valid choice.", vendor))
	}
	wanted := b.newIntegration()
	if !b.valid(w) {
		return
	}
	if vendor != s.vendor() { // the sandbox has no such host to connect to
		writeRefusal(w, refuse(messageFailed))
		return
	}
	s.createAndShow(w, r, wanted, s.test)
}

// createManualIntegration creates an integration of a Git host that Flow has no connection for.
func (s *Server) createManualIntegration(w http.ResponseWriter, r request) {
	b, ok := s.readBody(w, r)
	if !ok {
		return
	}
	wanted := Integration{Manual: true, AuthType: AuthPassword, Name: b.requiredText("name"), Services: b.requiredServices()}
	wanted.URL, _ = b.text("url")
	wanted.Username, _ = b.text("username")
	if b.valid(w) {
		s.createAndShow(w, r, wanted, nil)
	}
}

func (s *Server) createAndShow(w http.ResponseWriter, r request, wanted Integration, check check) {
	created, err := s.create(r.Context(), wanted, r.user, check)
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusCreated, s.integrationView(created))
}

// newIntegration reads the body of create_with_vendor, except for the vendor.
func (b *body) newIntegration() Integration {
	i := Integration{Name: b.requiredText("name"), Services: b.requiredServices()}
	i.Webhooks, _ = b.flag("webhooks_enabled")
	i.URL = b.requiredText("url")
	switch i.AuthType = b.requiredText("auth_type"); i.AuthType {
	case AuthAccessToken:
		i.Username, i.Token = b.requiredText("username"), b.requiredText("token")
	case AuthOAuth:
		i.Username, _ = b.text("username") // until somebody has consented
	case "":
	default: // "userpass" too: Azure DevOps Services no longer has passwords
		b.errors.add("auth_type", fmt.Sprintf("%q is not a valid choice.", i.AuthType))
	}
	return i
}

func (s *Server) patchIntegration(w http.ResponseWriter, r request) {
	before, ok := s.integrations.Get(r.id)
	if !ok {
		writeNotFound(w)
		return
	}
	b, ok := s.readBody(w, r)
	if !ok {
		return
	}
	change, credentials := b.integrationChange()
	if before.Manual && credentials {
		b.errors.add("authData", "Only the name of a manual integration can be changed.")
	}
	if !b.valid(w) {
		return
	}
	check := s.test
	if !credentials {
		check = nil
	}
	changed, err := s.change(r.Context(), r.id, r.user, check, change)
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, s.storedIntegrationView(changed))
}

// integrationChange reads the body of a PATCH. It returns the change, and whether that includes the connection. Omitted
// fields keep their values, inside authData too.
func (b *body) integrationChange() (change func(*Integration), credentials bool) {
	var changes []func(*Integration)
	set := func(in *body, name string, field func(*Integration) *string) {
		if value, ok := in.text(name); ok {
			changes = append(changes, func(i *Integration) { *field(i) = value })
		}
	}
	set(b, "name", func(i *Integration) *string { return &i.Name })
	authData, credentials := b.inner("authData")
	if credentials {
		set(authData, "username", func(i *Integration) *string { return &i.Username })
		set(authData, "token", func(i *Integration) *string { return &i.Token })
		set(authData, "url", func(i *Integration) *string { return &i.URL })
	}
	if services, ok := b.services("enabled_services"); ok {
		changes = append(changes, func(i *Integration) { i.Services = services })
	}
	if webhooks, ok := b.flag("webhooks_enabled"); ok {
		changes = append(changes, func(i *Integration) { i.Webhooks = webhooks })
	}
	return func(i *Integration) {
		for _, change := range changes {
			change(i)
		}
	}, credentials
}

func (s *Server) deleteIntegration(w http.ResponseWriter, r request) {
	if err := s.remove(r.Context(), r.id); err != nil {
		writeError(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
