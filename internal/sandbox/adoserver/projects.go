package adoserver

import (
	"net/http"
	"strings"
	"time"
)

// projectJSON is a project in lists and in other objects.
type projectJSON struct {
	ID             string    `json:"id"`
	Name           string    `json:"name"`
	Description    string    `json:"description,omitempty"`
	URL            string    `json:"url"`
	State          string    `json:"state"`
	Revision       int       `json:"revision"`
	Visibility     string    `json:"visibility"`
	LastUpdateTime time.Time `json:"lastUpdateTime"`
}

func (c *call) showProject(p *project) projectJSON {
	visibility := "private"
	if p.Public {
		visibility = "public"
	}
	return projectJSON{
		ID: p.GUID, Name: p.Name, Description: p.Description, URL: c.url("_apis/projects", p.GUID),
		State: "wellFormed", Revision: p.Revision, Visibility: visibility, LastUpdateTime: p.Updated,
	}
}

// visibleProjects returns the projects that the identity may read.
func (c *call) visibleProjects() []*project {
	visible := make([]*project, 0, len(c.org.projects))
	administrator := c.isAdministrator()
	for _, p := range c.org.projects {
		if administrator || c.canRead(p) {
			visible = append(visible, p)
		}
	}
	return visible
}

// scope returns the project of the path, or all visible ones.
func (c *call) scope() []*project {
	if c.project != nil {
		return []*project{c.project}
	}
	return c.visibleProjects()
}

func listProjects(c *call) (answer, error) {
	projects := c.visibleProjects()
	switch c.enumeration("stateFilter", projectStates) {
	case "", "wellformed", "all", "unchanged":
	case "deleting", "new", "createpending", "deleted":
		projects = nil
	default:
		return answer{}, badRequest("The value '" + c.arg("stateFilter") + "' is not valid for the parameter 'stateFilter'.")
	}
	return paged(c, projects, c.server.options.PageSize, c.showProject)
}

func getProject(c *call) (answer, error) {
	type details struct {
		projectJSON
		Links        object `json:"_links"`
		Capabilities object `json:"capabilities,omitempty"`
		DefaultTeam  object `json:"defaultTeam"`
	}
	p := c.project
	shown := details{
		projectJSON: c.showProject(p),
		Links: object{
			"self":       href(c.url("_apis/projects", p.GUID)),
			"collection": href(c.url("_apis/projectCollections", c.org.GUID)),
			"web":        href(c.url(p.Name)),
		},
		DefaultTeam: object{"id": teamID(p.GUID), "name": teamName(p.Name), "url": c.teamURL(p)},
	}
	if strings.EqualFold(c.arg("includeCapabilities"), "true") {
		shown.Capabilities = object{
			"processTemplate": object{"templateName": agile.name, "templateTypeId": agile.id},
			"versioncontrol": object{
				"sourceControlType": p.SourceControl,
				"gitEnabled":        wireBool(p.SourceControl == "Git" || len(p.repositories) > 0),
				"tfvcEnabled":       wireBool(p.SourceControl == "Tfvc"),
			},
		}
	}
	return ok(shown)
}

// wireBool returns a bool as capabilities have it.
func wireBool(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

// Every project has one team, which is created with it.

func teamID(project string) string   { return guid("team", project) }
func teamName(project string) string { return project + " Team" }
func (c *call) teamURL(p *project) string {
	return c.url("_apis/projects", p.GUID, "teams", teamID(p.GUID))
}
func (c *call) identityURL(key string) string { return c.hostURL(vssps, "_apis/Identities", key) }

func (c *call) showTeam(p *project) object {
	return object{
		"id": teamID(p.GUID), "name": teamName(p.Name), "url": c.teamURL(p),
		"description": "The default project team.", "identityUrl": c.identityURL(teamID(p.GUID)),
		"projectName": p.Name, "projectId": p.GUID,
	}
}

func listAllTeams(c *call) (answer, error) { return c.teams(c.visibleProjects()) }

func listTeams(c *call) (answer, error) { return c.teams([]*project{c.project}) }

func (c *call) teams(projects []*project) (answer, error) {
	shown, err := skipTop(c, projects, c.server.options.PageSize, 1<<31-1)
	if err != nil {
		return answer{}, err
	}
	return list(each(shown, c.showTeam))
}

func getTeam(c *call) (answer, error) {
	key := c.params["team"]
	if !strings.EqualFold(key, teamID(c.project.GUID)) && !strings.EqualFold(key, teamName(c.project.Name)) {
		return answer{}, newError(http.StatusNotFound, coreAssembly, "TeamNotFoundException",
			"TF10019: The team with id '%s' does not exist or you do not have permission to access it.", key)
	}
	return ok(c.showTeam(c.project))
}

// process is a process template.
type process struct{ id, name, description string }

var (
	agile     = process{"adcc42ab-9882-485e-a3ed-7678f01f66bc", "Agile", "This template is flexible and will work great for most teams using Agile planning methods."}
	processes = []process{
		agile,
		{"6b724908-ef14-45cf-84f8-768b5384da45", "Scrum", "This template is for teams who follow the Scrum framework."},
		{"27450541-8e31-4150-9947-dc59f998fc01", "CMMI", "This template is for more formal projects requiring a framework for process improvement and an auditable record of decisions."},
		{"b8a3a935-7e91-48b8-a94c-606d37c3e9f2", "Basic", "This template is flexible for any process and great for teams getting started with Azure DevOps."},
	}
)

func (c *call) showCoreProcess(p process) object {
	return object{
		"id": p.id, "name": p.name, "description": p.description, "type": "system",
		"isDefault": p == agile, "url": c.url("_apis/process/processes", p.id),
	}
}

func listCoreProcesses(c *call) (answer, error) { return list(each(processes, c.showCoreProcess)) }

func getCoreProcess(c *call) (answer, error) {
	for _, p := range processes {
		if strings.EqualFold(p.id, c.params["process"]) {
			return ok(c.showCoreProcess(p))
		}
	}
	return answer{}, newError(http.StatusNotFound, coreAssembly, "ProcessNotFoundException",
		"VS402362: The process with id %s does not exist.", c.params["process"])
}

func listWorkProcesses(*call) (answer, error) {
	return list(each(processes, func(p process) object {
		return object{
			"typeId": p.id, "name": p.name, "referenceName": nil, "description": p.description,
			"parentProcessTypeId": "00000000-0000-0000-0000-000000000000",
			"isEnabled":           true, "isDefault": p == agile, "customizationType": "system",
		}
	}))
}
