package adoserver

import (
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// Each repository has one build definition, and each completed pull request had one successful build.

type definitionJSON struct {
	ID          int64       `json:"id"`
	Name        string      `json:"name"`
	Path        string      `json:"path"`
	Type        string      `json:"type"`
	QueueStatus string      `json:"queueStatus"`
	Revision    int         `json:"revision"`
	CreatedDate time.Time   `json:"createdDate"`
	URI         string      `json:"uri"`
	URL         string      `json:"url"`
	Quality     string      `json:"quality"`
	Project     projectJSON `json:"project"`
}

func definitionName(r *repository) string { return r.Name + "-ci" }

func (c *call) showDefinition(r *repository) definitionJSON {
	id := strconv.FormatInt(r.ID, 10)
	return definitionJSON{
		ID: r.ID, Name: definitionName(r), Path: `\`, Type: "build", QueueStatus: "enabled", Revision: 1,
		CreatedDate: r.Created, URI: "vstfs:///Build/Definition/" + id, Quality: "definition",
		URL: c.url(r.project.GUID, "_apis/build/Definitions", id), Project: c.showProject(r.project),
	}
}

// showWholeDefinition adds what only a definition by itself has.
func (c *call) showWholeDefinition(r *repository) any {
	return struct {
		definitionJSON
		Repository object `json:"repository"`
		Process    object `json:"process"`
	}{
		c.showDefinition(r),
		object{"id": r.GUID, "type": "TfsGit", "name": r.Name, "url": c.url(r.project.Name, "_git", r.Name), "defaultBranch": mainBranch},
		object{"type": 2, "yamlFilename": "azure-pipelines.yml"},
	}
}

func listDefinitions(c *call) (answer, error) {
	var found []*repository
	for _, r := range c.project.repositories {
		if c.matchesName(definitionName(r)) {
			found = append(found, r)
		}
	}
	return paged(c, found, c.server.options.PageSize, c.showDefinition)
}

func getDefinition(c *call) (answer, error) {
	for _, r := range c.project.repositories {
		if strconv.FormatInt(r.ID, 10) == c.params["definition"] {
			return ok(c.showWholeDefinition(r))
		}
	}
	return answer{}, newError(http.StatusNotFound, buildAssembly, "DefinitionNotFoundException",
		"The requested definition %s could not be found.", c.params["definition"])
}

func getBuild(c *call) (answer, error) {
	for _, r := range c.project.repositories {
		for _, pr := range r.completed() {
			if strconv.FormatInt(pr.ID, 10) == c.params["build"] {
				return ok(c.showBuild(pr))
			}
		}
	}
	return answer{}, newError(http.StatusNotFound, buildAssembly, "BuildNotFoundException", "The requested build %s could not be found.", c.params["build"])
}

// matchesName applies the name filter, in which case does not matter and * is a wildcard.
func (c *call) matchesName(name string) bool {
	filter := c.arg("name")
	if filter == "" {
		return true
	}
	matched, err := path.Match(strings.ToLower(filter), strings.ToLower(name))
	return err == nil && matched
}

func listBuilds(c *call) (answer, error) {
	wanted := map[string]bool{}
	for id := range strings.SplitSeq(c.arg("definitions"), ",") {
		wanted[strings.TrimSpace(id)] = true
	}
	all := c.arg("definitions") == ""
	var found []*pullRequest
	for _, r := range c.project.repositories {
		if all || wanted[strconv.FormatInt(r.ID, 10)] {
			found = append(found, r.completed()...)
		}
	}
	return paged(c, found, c.server.options.PageSize, c.showBuild)
}

func (c *call) showBuild(pr *pullRequest) object {
	id := strconv.FormatInt(pr.ID, 10)
	project := pr.repository.project
	return object{
		"id": pr.ID, "buildNumber": fmt.Sprintf("%s.1", pr.Closed.Format("20060102")), "status": "completed", "result": "succeeded",
		"queueTime": pr.Closed, "startTime": pr.Closed, "finishTime": pr.Closed,
		"sourceBranch": mainBranch, "sourceVersion": pr.commit(), "reason": "individualCI", "priority": "normal",
		"uri": "vstfs:///Build/Build/" + id, "url": c.url(project.GUID, "_apis/build/Builds", id),
		"definition": c.showDefinition(pr.repository), "project": c.showProject(project),
		"repository":  object{"id": pr.repository.GUID, "type": "TfsGit", "name": pr.repository.Name},
		"requestedBy": c.identityReference(pr.Author), "requestedFor": c.identityReference(pr.Author),
	}
}

// listControllers is always empty: controllers belong to XAML builds, which were removed in 2023.
func listControllers(*call) (answer, error) { return list([]object{}) }

func getResourceUsage(*call) (answer, error) {
	return ok(object{"distributedTaskAgents": 0, "paidPrivateAgentSlots": 1, "totalUsage": 0, "xamlControllers": 0})
}
