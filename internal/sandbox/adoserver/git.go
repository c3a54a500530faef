package adoserver

import (
	"net/url"
	"strings"
)

const mainBranch = "refs/heads/main"

type repositoryJSON struct {
	ID              string      `json:"id"`
	Name            string      `json:"name"`
	URL             string      `json:"url"`
	Project         projectJSON `json:"project"`
	DefaultBranch   string      `json:"defaultBranch"`
	Size            int         `json:"size"`
	RemoteURL       string      `json:"remoteUrl"`
	SSHURL          string      `json:"sshUrl"`
	WebURL          string      `json:"webUrl"`
	IsDisabled      bool        `json:"isDisabled"`
	IsInMaintenance bool        `json:"isInMaintenance"`
}

func (c *call) showRepository(r *repository) repositoryJSON {
	web := c.url(r.project.Name, "_git", r.Name)
	return repositoryJSON{
		ID: r.GUID, Name: r.Name, URL: c.url(r.project.GUID, "_apis/git/repositories", r.GUID),
		Project: c.showProject(r.project), DefaultBranch: mainBranch, Size: 728 * (1 + len(r.pullRequests)),
		RemoteURL: strings.Replace(web, "http://", "http://"+url.PathEscape(c.org.Name)+"@", 1),
		SSHURL:    "git@ssh.dev.azure.com:v3/" + url.PathEscape(c.org.Name) + "/" + url.PathEscape(r.project.Name) + "/" + url.PathEscape(r.Name),
		WebURL:    web, IsDisabled: r.Disabled,
	}
}

func listRepositories(c *call) (answer, error) {
	var shown []repositoryJSON
	for _, p := range c.scope() {
		for _, r := range p.repositories {
			shown = append(shown, c.showRepository(r))
		}
	}
	return list(shown)
}

func getRepository(c *call) (answer, error) {
	r, err := c.findRepository()
	if err != nil {
		return answer{}, err
	}
	return ok(c.showRepository(r))
}

// findRepository finds the repository of the path by GUID, or by name if the path has a project.
func (c *call) findRepository() (*repository, error) {
	key := c.params["repository"]
	if r := c.org.repositories[strings.ToLower(key)]; r != nil && c.canRead(r.project) && (c.project == nil || r.project == c.project) {
		return r, nil
	}
	if c.project != nil {
		if r := c.project.repository(key); r != nil {
			return r, nil
		}
	}
	return nil, repositoryNotFound(key)
}

// repositoryReference returns a repository as other objects have it.
func (c *call) repositoryReference(r *repository) object {
	return object{
		"id": r.GUID, "name": r.Name, "url": c.url(r.project.GUID, "_apis/git/repositories", r.GUID),
		"project": object{"id": r.project.GUID, "name": r.project.Name, "state": "unchanged", "visibility": "unchanged"},
	}
}

type refJSON struct {
	Name     string `json:"name"`
	ObjectID string `json:"objectId"`
	Creator  object `json:"creator,omitempty"`
	URL      string `json:"url"`
}

// listRefs lists the main branch and the source branch of each open pull request.
func listRefs(c *call) (answer, error) {
	r, err := c.findRepository()
	if err != nil {
		return answer{}, err
	}
	names := map[string]string{mainBranch: r.head()}
	order := []string{mainBranch}
	for _, pr := range r.pullRequests {
		if pr.Status == "active" {
			names[pr.sourceBranch()] = pr.commit()
			order = append(order, pr.sourceBranch())
		}
	}
	var refs []refJSON
	for _, name := range order {
		short := strings.TrimPrefix(name, "refs/")
		if !strings.HasPrefix(short, c.arg("filter")) || !strings.Contains(short, c.arg("filterContains")) {
			continue
		}
		refs = append(refs, refJSON{
			Name: name, ObjectID: names[name],
			URL: c.url(r.project.GUID, "_apis/git/repositories", r.GUID, "refs") + "?filter=" + url.QueryEscape(short),
		})
	}
	size := len(refs)
	if c.arg("continuationToken") != "" {
		size = c.server.options.PageSize
	}
	return paged(c, refs, size, func(ref refJSON) refJSON { return ref })
}
