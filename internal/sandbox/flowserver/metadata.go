package flowserver

import (
	"net/http"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// A choice is one of the values that a field accepts.
type choice struct{ value, shown string }

// vendors lists the vendors that an integration can be created for. The sandbox connects to Azure DevOps Services alone.
func (s *Server) vendors() []choice {
	return []choice{
		{"github", "GitHub"}, {s.vendor(), "Azure DevOps Services"}, {"azure_devops_server", "Azure DevOps Server"}, {"jira", "Jira"},
	}
}

// metadata returns what Django REST Framework answers to OPTIONS: about the view, and the fields of a POST for those who may
// make one.
func (s *Server) metadata(path string, methods endpoints, access scenario.Access) object {
	about := object{
		"name": viewName(path), "description": "",
		"renders": []string{"application/json"}, "parses": []string{"application/json"},
	}
	if post, ok := methods[http.MethodPost]; ok && permits(access, http.MethodPost, post.access) {
		about["actions"] = object{http.MethodPost: s.fields(path)}
	}
	return about
}

// viewName returns a title such as "Integration List" or "Import Repo".
func viewName(path string) string {
	segments := strings.Split(strings.TrimSuffix(path, "/"), "/")
	last := segments[len(segments)-1]
	noun := strings.TrimSuffix(segments[0], "s")
	switch {
	case last == "{id}":
		return title(noun) + " Instance"
	case len(segments) == 1:
		return title(noun) + " List"
	}
	return title(last)
}

func title(words string) string {
	var text []string
	for word := range strings.SplitSeq(words, "_") {
		text = append(text, strings.ToUpper(word[:1])+word[1:])
	}
	return strings.Join(text, " ")
}

// fields describes the body of a POST.
func (s *Server) fields(path string) object {
	services := []choice{}
	for _, service := range switches {
		services = append(services, choice{service.word, service.shown})
	}
	switch path {
	case "integrations/create_with_vendor/":
		return s.behavior().show(viewCreateFields, object{
			"name": field("string", "Name", true), "vendor": field("choice", "Vendor", true, s.vendors()...),
			"auth_type": field("choice", "Auth type", true,
				choice{AuthAccessToken, "Access token"}, choice{AuthOAuth, "OAuth"}, choice{AuthPassword, "Username and password"}),
			"enabled_services": field("multiple choice", "Enabled services", true, services...),
			"webhooks_enabled": field("boolean", "Webhooks enabled", false),
			"url":              field("string", "Url", false), "username": field("string", "Username", false),
			"password": field("string", "Password", false), "token": field("string", "Token", false),
		})
	case "integrations/manual_https_create/":
		return object{
			"name":             field("string", "Name", true),
			"enabled_services": field("multiple choice", "Enabled services", true, services...),
			"url":              field("string", "Url", false), "username": field("string", "Username", false),
			"password": field("string", "Password", false),
		}
	case "repos/import_repo/":
		return object{"available_repo_id": field("string", "Available repo id", true)}
	case "ticket_projects/import_project/":
		return object{"project_id": field("integer", "Project id", true)}
	}
	return object{}
}

func field(kind, label string, required bool, choices ...choice) object {
	described := object{"type": kind, "required": required, "read_only": false, "label": label}
	if len(choices) == 0 {
		return described
	}
	shown := make([]object, len(choices))
	for i, c := range choices {
		shown[i] = object{"value": c.value, "display_name": c.shown}
	}
	described["choices"] = shown
	return described
}
