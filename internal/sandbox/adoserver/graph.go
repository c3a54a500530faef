package adoserver

import (
	"net/http"
	"slices"
	"strings"
)

func (c *call) graphURL(kind, descriptor string) string {
	return c.hostURL(vssps, "_apis/Graph", kind, descriptor)
}

func (c *call) subjectLinks(kind, descriptor string) object {
	return object{
		"self":            href(c.graphURL(kind, descriptor)),
		"memberships":     href(c.graphURL("Memberships", descriptor)),
		"membershipState": href(c.graphURL("MembershipStates", descriptor)),
		"storageKey":      href(c.graphURL("StorageKeys", descriptor)),
	}
}

func (c *call) showUser(a *account) object {
	links := c.subjectLinks("Users", a.Descriptor)
	links["avatar"] = href(c.url("_apis/GraphProfile/MemberAvatars", a.Descriptor))
	alias, _, _ := strings.Cut(a.SignInName, "@")
	return object{
		"subjectKind": "user", "metaType": "member", "directoryAlias": alias, "domain": c.org.TenantID,
		"principalName": a.SignInName, "mailAddress": a.Email, "origin": "aad", "originId": a.OriginID,
		"displayName": a.DisplayName, "descriptor": a.Descriptor,
		"url": c.graphURL("Users", a.Descriptor), "_links": links,
	}
}

// principalName returns a group's name with its domain: [organization]\name or [project]\name.
func (c *call) principalName(g *groupRow) string {
	domain := c.org.Name
	if p, found := c.org.projectsByKey[g.Project]; found {
		domain = p.Name
	}
	return "[" + domain + `]\` + g.Name
}

func (c *call) groupDomain(g *groupRow) string {
	if g.Project != "" {
		return "vstfs:///Classification/TeamProject/" + g.Project
	}
	return "vstfs:///Framework/IdentityDomain/" + c.org.GUID
}

func (c *call) showGroup(g *groupRow) object {
	return object{
		"subjectKind": "group", "description": g.Description, "domain": c.groupDomain(g),
		"principalName": c.principalName(g), "mailAddress": nil, "origin": "vsts", "originId": g.GUID,
		"displayName": g.Name, "descriptor": g.Descriptor,
		"url": c.graphURL("Groups", g.Descriptor), "_links": c.subjectLinks("Groups", g.Descriptor),
	}
}

func (c *call) showSubject(s subject) object {
	if g, isGroup := s.(*groupRow); isGroup {
		return c.showGroup(g)
	}
	return c.showUser(s.(*account))
}

// subjectTypes reports whether the query asks for subjects of that type.
func (c *call) subjectTypes(kind string) bool {
	wanted := c.arg("subjectTypes")
	return wanted == "" || slices.Contains(strings.Split(strings.ToLower(wanted), ","), kind)
}

func listUsers(c *call) (answer, error) {
	var users []*account
	if c.subjectTypes("aad") {
		users = c.org.accounts
	}
	return paged(c, users, c.server.options.PageSize, c.showUser)
}

// listGroups lists the groups of the organization and its projects, or of the project of scopeDescriptor.
func listGroups(c *call) (answer, error) {
	scope := c.arg("scopeDescriptor")
	var groups []*groupRow
	for _, g := range c.org.groups {
		if c.subjectTypes("vssgp") && (scope == "" || g.Project != "" && scope == scopeDescriptor(g.Project)) {
			groups = append(groups, g)
		}
	}
	return paged(c, groups, c.server.options.PageSize, c.showGroup)
}

// scopeDescriptor returns the subject descriptor of a project.
func scopeDescriptor(projectID string) string {
	return "scp." + strings.TrimPrefix(userDescriptor(projectID), "aad.")
}

func (c *call) findSubject(descriptor string) (subject, error) {
	if s, known := c.org.subjects[descriptor]; known && s.descriptor() == descriptor {
		return s, nil
	}
	return nil, subjectNotFound(descriptor)
}

func getUser(c *call) (answer, error) {
	s, err := c.findSubject(c.params["descriptor"])
	if err != nil {
		return answer{}, err
	}
	a, isUser := s.(*account)
	if !isUser {
		return answer{}, subjectNotFound(c.params["descriptor"])
	}
	return ok(c.showUser(a))
}

func getGroup(c *call) (answer, error) {
	s, err := c.findSubject(c.params["descriptor"])
	if err != nil {
		return answer{}, err
	}
	g, isGroup := s.(*groupRow)
	if !isGroup {
		return answer{}, subjectNotFound(c.params["descriptor"])
	}
	return ok(c.showGroup(g))
}

func (c *call) showMembership(member, container string) object {
	return object{
		"memberDescriptor": member, "containerDescriptor": container,
		"_links": object{
			"self":      href(c.hostURL(vssps, "_apis/Graph/Memberships", member, container)),
			"member":    href(c.hostURL(vssps, "_apis/Graph/Subjects", member)),
			"container": href(c.hostURL(vssps, "_apis/Graph/Subjects", container)),
		},
	}
}

// listMemberships lists direct memberships only, as the service does.
func listMemberships(c *call) (answer, error) {
	s, err := c.findSubject(c.params["descriptor"])
	if err != nil {
		return answer{}, err
	}
	var edges []object
	switch c.enumeration("direction", traversalDirections) {
	case "", "up":
		for _, g := range c.org.containers[s.descriptor()] {
			edges = append(edges, c.showMembership(s.descriptor(), g.Descriptor))
		}
	case "down":
		if g, isGroup := s.(*groupRow); isGroup {
			for _, member := range g.Members {
				edges = append(edges, c.showMembership(member, g.Descriptor))
			}
		}
	default:
		return answer{}, badRequest("The value '" + c.arg("direction") + "' is not valid for the parameter 'direction'.")
	}
	return list(edges)
}

func (c *call) isDirectMember() bool {
	g, isGroup := c.org.subjects[c.params["container"]].(*groupRow)
	return isGroup && slices.Contains(g.Members, c.params["descriptor"])
}

func getMembership(c *call) (answer, error) {
	if !c.isDirectMember() {
		return answer{}, newError(http.StatusNotFound, graphAssembly, "GraphMembershipNotFoundException",
			"VS860019: The subject '%s' is not a direct member of '%s'.", c.params["descriptor"], c.params["container"])
	}
	return ok(c.showMembership(c.params["descriptor"], c.params["container"]))
}

// headMembership answers with a status alone.
func headMembership(c *call) (answer, error) {
	if !c.isDirectMember() {
		return answer{status: http.StatusNotFound}, nil
	}
	return answer{}, nil
}

func getMembershipState(c *call) (answer, error) {
	s, err := c.findSubject(c.params["descriptor"])
	if err != nil {
		return answer{}, err
	}
	return ok(object{"active": true, "_links": object{"self": href(c.graphURL("MembershipStates", s.descriptor()))}})
}

func getDescriptor(c *call) (answer, error) {
	key := strings.ToLower(c.params["storageKey"])
	var descriptor string
	if s, known := c.org.subjects[key]; known {
		descriptor = s.descriptor()
	} else if p, isProject := c.org.projectsByKey[key]; isProject && p.GUID == key && c.canRead(p) {
		descriptor = scopeDescriptor(p.GUID)
	} else {
		return answer{}, newError(http.StatusNotFound, graphAssembly, "StorageKeyNotFoundException",
			"VS860020: The storage key '%s' could not be found.", key)
	}
	return ok(object{"value": descriptor, "_links": object{
		"self":    href(c.graphURL("Descriptors", key)),
		"subject": href(c.graphURL("Subjects", descriptor)),
	}})
}

func getStorageKey(c *call) (answer, error) {
	s, err := c.findSubject(c.params["descriptor"])
	if err != nil {
		return answer{}, err
	}
	return ok(object{"value": s.guid(), "_links": object{
		"self":       href(c.graphURL("StorageKeys", s.descriptor())),
		"descriptor": href(c.graphURL("Descriptors", s.guid())),
	}})
}

// lookUpSubjects answers with a map without unknown descriptors. The specification shows the bare map; the SDK expects it in
// the wrapper of collections.
func lookUpSubjects(c *call) (answer, error) {
	var lookup struct {
		LookupKeys []struct{ Descriptor string }
	}
	if err := c.decode(&lookup); err != nil {
		return answer{}, err
	}
	found := object{}
	for _, key := range lookup.LookupKeys {
		if s, err := c.findSubject(key.Descriptor); err == nil {
			found[key.Descriptor] = c.showSubject(s)
		}
	}
	return ok(collection{Count: len(found), Value: found})
}
