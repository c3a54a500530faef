package adoserver

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// Security namespaces
// (https://learn.microsoft.com/azure/devops/organizations/security/namespace-reference).
const (
	collectionNamespace = "3e65f728-f8bc-4ecd-8764-7e378b19bfa7"
	hooksNamespace      = "cb594ebe-87dd-4fc9-ac2c-6a10a4c92046"
	projectNamespace    = "52d39943-cb85-4d7f-8fa8-c6baac873819"
	gitNamespace        = "2e9eb7ed-3c0a-47d4-87c1-0ffdd275fd87"
	identityNamespace   = "5a27515b-ccd7-42c9-84f1-54c998f03866"
)

// Security tokens.
const (
	collectionToken = "NAMESPACE:"
	hooksToken      = "PublisherSecurity"
	projectToken    = "$PROJECT:vstfs:///Classification/TeamProject/"
	gitToken        = "repoV2"
)

// Bits of the rights that not only administrators can have.
const (
	viewInstanceBit = 1
	editInstanceBit = 2
	hooksViewBit    = 1
	hooksEditBit    = 2
	projectReadBit  = 1
	gitReadBit      = 2
	allBits         = 1<<31 - 1
)

// namespace is a security namespace. effective returns the bits that the identity has on one of its tokens.
type namespace struct {
	id, name, separator string
	actions             []action
	effective           func(c *call, token string) int
}

type action struct {
	bit               int
	name, displayName string
}

var namespaces = []namespace{
	{collectionNamespace, "Collection", ":", []action{
		{viewInstanceBit, "GENERIC_READ", "View instance-level information"},
		{editInstanceBit, "GENERIC_WRITE", "Edit instance-level information"},
		{4, "CREATE_PROJECTS", "Create new projects"},
		{16, "TRIGGER_EVENT", "Trigger events"},
	}, (*call).collectionBits},
	{hooksNamespace, "ServiceHooks", "/", []action{
		{hooksViewBit, "ViewSubscriptions", "View Subscriptions"},
		{hooksEditBit, "EditSubscriptions", "Edit Subscription"},
		{4, "DeleteSubscriptions", "Delete Subscriptions"},
		{8, "PublishEvents", "Publish Events"},
	}, (*call).hooksBits},
	{projectNamespace, "Project", ":", []action{
		{projectReadBit, "GENERIC_READ", "View project-level information"},
		{2, "GENERIC_WRITE", "Edit project-level information"},
	}, (*call).projectBits},
	{gitNamespace, "Git Repositories", "/", []action{
		{1, "Administer", "Administer"},
		{gitReadBit, "GenericRead", "Read"},
		{4, "GenericContribute", "Contribute"},
	}, (*call).gitBits},
	{identityNamespace, "Identity", `\`, []action{
		{1, "Read", "View identity information"},
		{2, "Write", "Edit identity information"},
		{4, "Delete", "Delete identity information"},
		{8, "ManageMembership", "Manage group membership"},
		{16, "CreateScope", "Create identity scopes"},
	}, (*call).identityBits},
}

// groupsOf returns all groups that a subject is in, directly or through other groups.
func (o *organization) groupsOf(descriptor string) map[string]*groupRow {
	found := map[string]*groupRow{}
	for pending := []string{descriptor}; len(pending) > 0; {
		next := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		for _, group := range o.containers[next] {
			if found[group.Descriptor] == nil {
				found[group.Descriptor] = group
				pending = append(pending, group.Descriptor)
			}
		}
	}
	return found
}

// groups returns the groups of the identity. Anonymous is in none.
func (c *call) groups() map[string]*groupRow {
	if c.who == nil {
		return nil
	}
	if c.memberOf == nil {
		c.memberOf = c.org.groupsOf(c.who.Descriptor)
	}
	return c.memberOf
}

func (c *call) isAdministrator() bool {
	for _, group := range c.groups() {
		if group.Administers && group.Project == "" {
			return true
		}
	}
	return false
}

func (c *call) inGroup(group *groupRow) bool {
	return group != nil && c.groups()[group.Descriptor] != nil
}

// canRead reports whether the identity may read a project.
func (c *call) canRead(p *project) bool {
	return p.Public || c.inGroup(p.readers) || c.inGroup(p.managers) || c.isAdministrator()
}

// granted returns the bits that the identity's groups allow. A group's denial overrides other groups' permissions.
func (c *call) granted(bits map[scenario.Permission]int) int {
	allowed, denied := 0, 0
	for _, group := range c.groups() {
		for _, permission := range group.Allow {
			allowed |= bits[permission]
		}
		for _, permission := range group.Deny {
			denied |= bits[permission]
		}
	}
	return allowed &^ denied
}

func (c *call) collectionBits(token string) int {
	switch {
	case !strings.EqualFold(strings.TrimSuffix(token, ":"), strings.TrimSuffix(collectionToken, ":")):
		return 0
	case c.isAdministrator():
		return allBits
	}
	return c.granted(map[scenario.Permission]int{
		scenario.ViewInstance: viewInstanceBit,
		scenario.EditInstance: editInstanceBit,
	})
}

// hooksBits returns the rights to service hooks. Projects inherit them from the organization, and the administrators of a
// project have them in that project.
func (c *call) hooksBits(token string) int {
	root, projectID, _ := strings.Cut(token, "/")
	if !strings.EqualFold(root, hooksToken) {
		return 0
	}
	if c.isAdministrator() {
		return allBits
	}
	bits := c.granted(map[scenario.Permission]int{
		scenario.ViewSubscriptions: hooksViewBit,
		scenario.EditSubscriptions: hooksEditBit,
	})
	if p, known := c.org.projectsByKey[strings.ToLower(projectID)]; known && c.inGroup(p.managers) {
		bits = allBits
	}
	return bits
}

func (c *call) projectBits(token string) int {
	if len(token) < len(projectToken) || !strings.EqualFold(token[:len(projectToken)], projectToken) {
		return 0
	}
	return c.readBits(strings.TrimSuffix(token[len(projectToken):], ":"), projectReadBit)
}

func (c *call) gitBits(token string) int {
	parts := strings.Split(token, "/")
	if !strings.EqualFold(parts[0], gitToken) {
		return 0
	}
	if len(parts) == 1 {
		if c.isAdministrator() {
			return allBits
		}
		return 0
	}
	return c.readBits(parts[1], gitReadBit)
}

// identityBits returns the rights to groups and teams: everybody may see them.
func (c *call) identityBits(string) int {
	if c.isAdministrator() {
		return allBits
	}
	return 1
}

// listAccessControlLists is empty for every token: rights come from groups here, and nobody has any of their own.
func listAccessControlLists(c *call) (answer, error) {
	if _, err := findNamespace(c.params["namespace"]); err != nil {
		return answer{}, err
	}
	return list([]object{})
}

func (c *call) readBits(projectID string, read int) int {
	p, known := c.org.projectsByKey[strings.ToLower(projectID)]
	switch {
	case !known:
		return 0
	case c.isAdministrator() || c.inGroup(p.managers):
		return allBits
	case c.canRead(p):
		return read
	}
	return 0
}

// hasPermission reports whether the identity has all of the bits.
func (c *call) hasPermission(namespaceID, token string, bits int) (bool, error) {
	ns, err := findNamespace(namespaceID)
	if err != nil {
		return false, err
	}
	return ns.effective(c, token)&bits == bits, nil
}

func findNamespace(id string) (*namespace, error) {
	for i := range namespaces {
		if strings.EqualFold(namespaces[i].id, id) {
			return &namespaces[i], nil
		}
	}
	return nil, newError(http.StatusNotFound, frameworkAssembly, "InvalidSecurityNamespaceException",
		"TF10158: The security namespace with the id %s could not be found.", id)
}

// getPermissions evaluates a list of security tokens.
func getPermissions(c *call) (answer, error) {
	bits, err := strconv.Atoi(c.params["bits"])
	if err != nil {
		return answer{}, badRequest("The permissions must be a number of bits.")
	}
	delimiter := c.arg("delimiter")
	if delimiter == "" {
		delimiter = ","
	}
	var values []bool
	for token := range strings.SplitSeq(c.arg("tokens"), delimiter) {
		value, err := c.hasPermission(c.params["namespace"], cmp.Or(token, collectionToken), bits)
		if err != nil {
			return answer{}, err
		}
		values = append(values, value)
	}
	return list(values)
}

type permissionEvaluation struct {
	SecurityNamespaceID string `json:"securityNamespaceId"`
	Token               string `json:"token"`
	Permissions         int    `json:"permissions"`
	Value               bool   `json:"value"`
}

// evaluatePermissions evaluates a batch, and answers with the request and its values.
func evaluatePermissions(c *call) (answer, error) {
	var batch struct {
		AlwaysAllowAdministrators bool                   `json:"alwaysAllowAdministrators"`
		Evaluations               []permissionEvaluation `json:"evaluations"`
	}
	if err := c.decode(&batch); err != nil {
		return answer{}, err
	}
	for i := range batch.Evaluations {
		e := &batch.Evaluations[i]
		value, err := c.hasPermission(e.SecurityNamespaceID, e.Token, e.Permissions)
		if err != nil {
			return answer{}, err
		}
		e.Value = value
	}
	return ok(batch)
}

// getNamespaces returns one namespace, or all for the empty GUID.
func getNamespaces(c *call) (answer, error) {
	id := c.params["namespace"]
	all := id == "" || strings.Trim(id, "0-") == ""
	var found []object
	for _, ns := range namespaces {
		if !all && !strings.EqualFold(ns.id, id) {
			continue
		}
		actions := []object{}
		for _, a := range ns.actions {
			actions = append(actions, object{"bit": a.bit, "name": a.name, "displayName": a.displayName, "namespaceId": ns.id})
		}
		found = append(found, object{
			"namespaceId": ns.id, "name": ns.name, "displayName": ns.name, "separatorValue": ns.separator,
			"elementLength": -1, "writePermission": 2, "readPermission": 1, "dataspaceCategory": "Default",
			"actions": actions, "structureValue": 1, "isRemotable": false, "useTokenTranslator": false,
		})
	}
	return list(found)
}
