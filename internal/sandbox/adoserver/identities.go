package adoserver

import (
	"iter"
	"slices"
	"strings"
)

const groupClaims = "Microsoft.TeamFoundation.Identity;"

// identityDescriptor returns the older form of a descriptor, type;identifier.
func (c *call) identityDescriptor(s subject) string {
	if g, isGroup := s.(*groupRow); isGroup {
		return groupClaims + g.SID
	}
	return s.(*account).claims(c.org)
}

// readIdentities takes one of four selectors. The answer has null for an unknown key, and nothing for a search without a result.
func readIdentities(c *call) (answer, error) {
	var found []subject
	switch {
	case c.arg("subjectDescriptors") != "":
		for key := range keys(c.arg("subjectDescriptors")) {
			s, _ := c.findSubject(key)
			found = append(found, s)
		}
	case c.arg("identityIds") != "":
		for key := range keys(c.arg("identityIds")) {
			found = append(found, c.org.subjects[strings.ToLower(key)])
		}
	case c.arg("descriptors") != "":
		for key := range keys(c.arg("descriptors")) {
			found = append(found, c.byIdentityDescriptor(key))
		}
	case c.arg("searchFilter") != "":
		matches, err := c.searchIdentities(c.arg("searchFilter"), c.arg("filterValue"))
		if err != nil {
			return answer{}, err
		}
		found = matches
	default:
		return answer{}, badRequest("The request must name identities by descriptors, identityIds, subjectDescriptors or searchFilter.")
	}
	return list(each(found, c.showIdentity))
}

// keys returns the elements of a list that are not empty: clients put a comma behind the last one, too.
func keys(list string) iter.Seq[string] {
	return strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' })
}

func (c *call) byIdentityDescriptor(descriptor string) subject {
	for _, s := range c.allSubjects() {
		if strings.EqualFold(c.identityDescriptor(s), descriptor) {
			return s
		}
	}
	return nil
}

// allSubjects returns accounts and groups by number.
func (c *call) allSubjects() []subject {
	var all []subject
	for _, a := range c.org.accounts {
		all = append(all, a)
	}
	for _, g := range c.org.groups {
		all = append(all, g)
	}
	return all
}

func (c *call) searchIdentities(filter, value string) ([]subject, error) {
	var names func(s subject) []string
	switch strings.ToLower(filter) {
	case "general":
		names = func(s subject) []string {
			if a, isUser := s.(*account); isUser {
				return []string{a.SignInName, a.Email, a.DisplayName}
			}
			return []string{s.(*groupRow).Name, c.principalName(s.(*groupRow))}
		}
	case "mailaddress":
		names = accountNames(func(a *account) string { return a.Email })
	case "accountname":
		names = accountNames(func(a *account) string { return a.SignInName })
	case "displayname":
		names = accountNames(func(a *account) string { return a.DisplayName })
	case "localgroupname":
		names = func(s subject) []string {
			if g, isGroup := s.(*groupRow); isGroup {
				return []string{g.Name}
			}
			return nil
		}
	default:
		return nil, badRequest("The value '" + filter + "' is not valid for the parameter 'searchFilter'.")
	}
	var found []subject
	for _, s := range c.allSubjects() {
		if slices.ContainsFunc(names(s), func(name string) bool { return strings.EqualFold(name, value) }) {
			found = append(found, s)
		}
	}
	return found, nil
}

func accountNames(name func(*account) string) func(subject) []string {
	return func(s subject) []string {
		if a, isUser := s.(*account); isUser {
			return []string{name(a)}
		}
		return nil
	}
}

func getIdentity(c *call) (answer, error) {
	s, known := c.org.subjects[strings.ToLower(c.params["identity"])]
	if !known {
		return ok(null{})
	}
	return ok(c.showIdentity(s))
}

// listIdentityMembers lists the members of a group as identity descriptors, those of groups in it only if they are asked for.
func listIdentityMembers(c *call) (answer, error) {
	s, known := c.org.subjects[strings.ToLower(c.params["identity"])]
	if !known {
		return list([]string{})
	}
	return list(each(c.org.membersOf(s, strings.HasPrefix(c.enumeration("queryMembership", membershipQueries), "expanded")), c.identityDescriptor))
}

// listIdentityGroups lists the groups of an identity as identity descriptors.
func listIdentityGroups(c *call) (answer, error) {
	s, known := c.org.subjects[strings.ToLower(c.params["identity"])]
	if !known {
		return list([]string{})
	}
	groups := c.org.containers[s.descriptor()]
	if strings.HasPrefix(c.enumeration("queryMembership", membershipQueries), "expanded") {
		groups = sortedGroups(c.org.groupsOf(s.descriptor()))
	}
	return list(each(groups, func(g *groupRow) string { return c.identityDescriptor(g) }))
}

// listGroupsOfScopes lists the groups of the organization, or of the projects whose ids scopeIds has.
func listGroupsOfScopes(c *call) (answer, error) {
	scopes := strings.ToLower(c.arg("scopeIds"))
	var groups []subject
	for _, g := range c.org.groups {
		if scopes == "" && g.Project == "" || g.Project != "" && slices.Contains(strings.Split(scopes, ","), g.Project) {
			groups = append(groups, g)
		}
	}
	return list(each(groups, c.showIdentity))
}

// showIdentity returns nil, which is null in JSON, for an unknown subject.
func (c *call) showIdentity(s subject) object {
	if s == nil {
		return nil
	}
	shown := object{
		"id": s.guid(), "descriptor": c.identityDescriptor(s), "subjectDescriptor": s.descriptor(),
		"isActive": true, "members": []string{}, "memberOf": []string{}, "memberIds": []string{},
		"resourceVersion": 2, "metaTypeId": 0,
	}
	switch s := s.(type) {
	case *account:
		shown["providerDisplayName"] = s.DisplayName
		shown["properties"] = object{
			"SchemaClassName": typedString("User"), "Domain": typedString(c.org.TenantID),
			"Account": typedString(s.SignInName), "Mail": typedString(s.Email), "SpecialType": typedString("Generic"),
		}
	case *groupRow:
		shown["providerDisplayName"] = c.principalName(s)
		shown["isContainer"] = true
		shown["properties"] = object{
			"SchemaClassName": typedString("Group"), "Domain": typedString(c.groupDomain(s)),
			"Account": typedString(s.Name), "Description": typedString(s.Description), "SpecialType": typedString("Generic"),
		}
	}
	c.addMembership(shown, s)
	return shown
}

// addMembership adds the memberships that queryMembership asks for: direct ones, or all in one or both directions.
func (c *call) addMembership(shown object, s subject) {
	mode := c.enumeration("queryMembership", membershipQueries)
	if mode == "" || mode == "none" {
		return
	}
	if mode != "expandeddown" {
		up := c.org.containers[s.descriptor()]
		if mode != "direct" {
			up = sortedGroups(c.org.groupsOf(s.descriptor()))
		}
		shown["memberOf"] = each(up, func(g *groupRow) string { return c.identityDescriptor(g) })
	}
	if mode != "expandedup" {
		down := c.org.membersOf(s, mode != "direct")
		shown["members"] = each(down, c.identityDescriptor)
		shown["memberIds"] = each(down, subject.guid)
	}
}

func sortedGroups(groups map[string]*groupRow) []*groupRow {
	sorted := make([]*groupRow, 0, len(groups))
	for _, g := range groups {
		sorted = append(sorted, g)
	}
	slices.SortFunc(sorted, func(a, b *groupRow) int { return int(a.ID - b.ID) })
	return sorted
}

// membersOf returns the members of a group, with deep also those of groups in it.
func (o *organization) membersOf(s subject, deep bool) []subject {
	var found []subject
	seen := map[string]bool{s.descriptor(): true}
	for pending := []subject{s}; len(pending) > 0; {
		g, isGroup := pending[0].(*groupRow)
		pending = pending[1:]
		if !isGroup {
			continue
		}
		for _, descriptor := range g.Members {
			if member := o.subjects[descriptor]; member != nil && !seen[descriptor] {
				seen[descriptor] = true
				found = append(found, member)
				if deep {
					pending = append(pending, member)
				}
			}
		}
	}
	return found
}
