package adoserver

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// host is the first segment of a path, the host that the request is for.
type host string

const (
	dev   host = "dev.azure.com"
	vssps host = "vssps.dev.azure.com"
)

// resource is a kind of object in the REST API. SDKs find it by its id. All operations on it have the same versions.
type resource struct {
	id         string // location id, the same in every organization
	hosts      []host
	area, name string
	template   string // from which SDKs build its path
	version    int    // newest revision
	next       int    // newest revision in the preview of 7.2, where it is another
	preview    bool   // never released
	operations []operation
}

// operation is one method on one path of a resource.
type operation struct {
	method string
	// path follows the organization. "{x}" matches one segment, "{x?}" also none. The case of other segments does not matter.
	path      string
	scopes    []string // one of them is enough
	anonymous bool     // open to Anonymous in an organization with public projects
	public    bool     // open without a credential
	handle    func(*call) (answer, error)
}

func (r *resource) newest() apiVersion {
	return apiVersion{major: releasedMajor, minor: releasedMinor, preview: r.preview, revision: r.version}
}

type route struct {
	segments  []string
	resource  *resource
	operation *operation
}

// router finds operations by path. It tries one route after the other, which is fast enough for a few dozen.
type router struct {
	resources []resource
	byHost    map[host][]route
}

func newRouter(resources []resource) *router {
	r := &router{resources: resources, byHost: map[host][]route{}}
	for i := range resources {
		res := &resources[i]
		for j := range res.operations {
			op := &res.operations[j]
			for _, path := range variants(op.path) {
				for _, h := range res.hosts {
					r.byHost[h] = append(r.byHost[h], route{strings.Split(path, "/"), res, op})
				}
			}
		}
	}
	return r
}

// variants returns a path with and without its optional segments.
func variants(path string) []string {
	start := strings.Index(path, "?}")
	if start < 0 {
		return []string{path}
	}
	open := strings.LastIndex(path[:start], "{")
	with := path[:start] + path[start+1:]
	without := strings.TrimSuffix(path[:open]+strings.TrimPrefix(path[start+2:], "/"), "/")
	return append(variants(with), variants(without)...)
}

// find returns the route of a method and path or, if the path lacks that method, the methods that it has.
func (r *router) find(h host, method string, segments []string) (found *route, params map[string]string, allowed []string) {
	for i := range r.byHost[h] {
		candidate := &r.byHost[h][i]
		params, ok := candidate.match(segments)
		if !ok {
			continue
		}
		if candidate.operation.method == method {
			return candidate, params, nil
		}
		allowed = append(allowed, candidate.operation.method)
	}
	return nil, nil, allowed
}

func (r *route) match(segments []string) (map[string]string, bool) {
	if len(segments) != len(r.segments) {
		return nil, false
	}
	params := map[string]string{}
	for i, wanted := range r.segments {
		switch {
		case strings.HasPrefix(wanted, "{"):
			if segments[i] == "" || strings.EqualFold(segments[i], "_apis") {
				return nil, false
			}
			params[strings.Trim(wanted, "{}")] = segments[i]
		case !strings.EqualFold(wanted, segments[i]):
			return nil, false
		}
	}
	return params, true
}

// answerWithoutOrganization answers the few paths that belong to no organization.
func (c *call) answerWithoutOrganization() (answer, bool) {
	segments := strings.Split(strings.Trim(c.request.URL.EscapedPath(), "/"), "/")
	for i, segment := range segments {
		if plain, err := url.PathUnescape(segment); err == nil {
			segments[i] = plain
		}
	}
	c.host = host(strings.ToLower(segments[0]))
	c.segments = segments[1:]
	if len(c.segments) == 0 {
		return answer{}, false
	}
	switch {
	case strings.EqualFold(c.segments[0], "_signin"):
		return answer{body: signInPage}, true
	case c.host == dev && len(c.segments) == 3 && c.request.Method == http.MethodGet &&
		strings.EqualFold(c.segments[0], "_apis") && strings.EqualFold(c.segments[1], "resourceAreas"):
		return c.lookUpOrganization(c.segments[2]), true
	}
	return answer{}, false
}

func (c *call) findOrganization() error {
	if c.host != dev && c.host != vssps || len(c.segments) == 0 {
		return c.organizationNotFound()
	}
	org, known := c.server.world.organizations[strings.ToLower(c.segments[0])]
	if !known {
		return c.organizationNotFound()
	}
	c.org, c.segments = org, c.segments[1:]
	return nil
}

// findOperation finds the operation before the credential is checked, because some operations need none. checkOperation
// reports a missing one.
func (c *call) findOperation() error {
	route, params, _ := c.server.routes.find(c.host, c.request.Method, c.segments)
	if route != nil {
		c.resource, c.operation, c.params = route.resource, route.operation, params
	}
	return nil
}

// checkOperation reports a path or method that does not exist.
func (c *call) checkOperation() error {
	if c.operation != nil {
		return nil
	}
	_, _, allowed := c.server.routes.find(c.host, c.request.Method, c.segments)
	switch {
	case len(allowed) == 0:
		return pageNotFound()
	case c.token != nil && c.request.Method != http.MethodHead && !granted(c.token.Scopes, []string{scopeFull}):
		return c.emptyUnauthorized() // Every write that is missing here needs a scope beyond those that Flow asks for.
	}
	message := fmt.Sprintf("The requested resource does not support http method '%s'.", c.request.Method)
	return &rawError{
		status:      http.StatusMethodNotAllowed,
		contentType: "application/json; charset=utf-8",
		body:        fmt.Sprintf(`{"count":1,"value":{"Message":%q}}`, message),
		header:      http.Header{"Allow": {strings.Join(allowed, ", ")}},
	}
}

// findProject finds the project of the path. A project that the identity may not read does not exist for it.
func (c *call) findProject() error {
	name, given := c.params["project"]
	if !given {
		return nil
	}
	project, known := c.org.projectsByKey[strings.ToLower(name)]
	if !known || !c.canRead(project) {
		return projectNotFound(name)
	}
	c.project = project
	return nil
}
