package adoserver

import (
	"net/http"
	"slices"
	"strings"
)

// resourceArea is an area of resources and their host.
type resourceArea struct {
	id, name string
	host     host
}

// resourceAreas has the ids that SDKs use and, if they differ, those of
// https://learn.microsoft.com/azure/devops/extend/develop/work-with-urls.
var resourceAreas = []resourceArea{
	{"79134c72-4a58-4b42-976c-04e7115f32bf", "core", dev},
	{"4e080c62-fa21-4fbc-8fef-2a10a2b38049", "git", dev},
	{"965220d5-5bb9-42cf-8d67-9b146df2a5a4", "build", dev},
	{"5d6898bb-45ec-463f-95f9-54d49c71752e", "build", dev},
	{"5264459e-e5e0-4bd8-b118-0985e68a4ec5", "wit", dev},
	{"1d4f49f9-02b9-4e26-b826-2cdb6195f2a9", "work", dev},
	{"bb1e7ec9-e901-4b68-999a-de7012b920f8", "graph", vssps},
	{"4e40f190-2e3f-4d9f-8331-c7788e833080", "graph", vssps},
	{"8a3d49b8-91f0-46ef-b33d-dda338c25db3", "identity", vssps},
	{"8ccfef3d-2b87-4e99-8ccb-66e343d2daa8", "profile", vssps},
	// The sandbox has none of their resources, but a client that asks for an area that is not registered ends: so does
	// microsoft/azuredevops when it is configured.
	{"6c2b0933-3600-42ae-bf8b-93d4f7e83594", "ExtensionManagement", dev},
	{"31c84e0a-3ece-48fd-a29d-100849af99ba", "Dashboard", dev},
	{"1814ab31-2f4f-4a9f-8761-f4d77dc5a5d7", "serviceendpoint", dev},
	{"a85b8835-c1a1-4aac-ae97-1c3d0ba72dbd", "distributedtask", dev},
	{"68ddce18-2501-45f1-a17b-7931a9922690", "MEMInternal", dev},
	{"fb13a388-40dd-4a04-b530-013a739c72ef", "policy", dev},
	{"efc2f575-36ef-48e9-b672-0c6fb4a48ac5", "Release", dev},
	{"bf7d82a0-8aa5-4613-94ef-6172a5ea01f3", "wiki", dev},
	{"7ab4e64e-c4d8-4f50-ae73-5ef2e21642a5", "Packaging", dev},
	{"4a933897-0488-45af-bd82-6fd3ad33f46a", "PipelinesChecks", dev},
	{"a81a0441-de52-4000-aa15-ff0e07bfbbaa", "pipelinePermissions", dev},
}

func (a resourceArea) json(c *call) object {
	return object{"id": a.id, "name": a.name, "locationUrl": c.hostURL(a.host) + "/"}
}

func listResourceAreas(c *call) (answer, error) {
	var areas []object
	for _, area := range resourceAreas {
		areas = append(areas, area.json(c))
	}
	return list(areas)
}

func getResourceArea(c *call) (answer, error) {
	for _, area := range resourceAreas {
		if strings.EqualFold(area.id, c.params["area"]) {
			return ok(area.json(c))
		}
	}
	return ok(nil)
}

// lookUpOrganization returns the location of an organization without a credential, or null for an unknown one.
func (c *call) lookUpOrganization(areaID string) answer {
	s := c.server
	s.mu.RLock()
	defer s.mu.RUnlock()
	c.version = apiVersion{major: releasedMajor, minor: releasedMinor, preview: true, revision: 1}
	org, known := s.world.organizations[strings.ToLower(c.arg("accountName"))]
	if !known {
		return answer{body: null{}}
	}
	c.org = org
	for _, area := range resourceAreas {
		if strings.EqualFold(area.id, areaID) {
			return answer{body: area.json(c)}
		}
	}
	return answer{body: null{}}
}

// null is a body that is the JSON null, not an empty one.
type null struct{}

// MarshalJSON implements json.Marshaler.
func (null) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// listLocations answers OPTIONS, from which SDKs learn paths and versions.
func listLocations(c *call) (answer, error) {
	var locations []object
	for _, r := range c.server.routes.resources {
		area, limited := c.params["area"]
		if r.id == "" || !slices.Contains(r.hosts, c.host) || limited && !strings.EqualFold(area, r.area) {
			continue
		}
		released := "7.1"
		if r.preview {
			released = "0.0"
		}
		locations = append(locations, object{
			"id": r.id, "area": r.area, "resourceName": r.name, "routeTemplate": r.template,
			"resourceVersion": r.version, "minVersion": "1.0", "maxVersion": "7.2", "releasedVersion": released,
		})
	}
	return list(locations)
}

func getConnectionData(c *call) (answer, error) {
	user := c.authenticatedUser()
	return ok(object{
		"authenticatedUser": user,
		"authorizedUser":    user,
		"instanceId":        c.org.GUID,
		"deploymentId":      c.org.DeploymentID,
		"deploymentType":    "hosted",
		"locationServiceData": object{
			"serviceOwner":                "00025394-6065-48ca-87d9-7f5672854ef7",
			"defaultAccessMappingMoniker": "PublicAccessMapping",
			"lastChangeId":                1,
			"lastChangeId64":              1,
		},
	})
}

func (c *call) authenticatedUser() object {
	if c.who == nil {
		return object{
			"id":                  anonymousID,
			"descriptor":          "System:PublicAccess;" + anonymousID,
			"subjectDescriptor":   "pub." + strings.TrimPrefix(userDescriptor(anonymousID), "aad."),
			"providerDisplayName": anonymousName,
			"isActive":            true,
			"properties":          object{},
			"resourceVersion":     2,
			"metaTypeId":          255,
		}
	}
	return object{
		"id":                  c.who.GUID,
		"descriptor":          c.who.claims(c.org),
		"subjectDescriptor":   c.who.Descriptor,
		"providerDisplayName": c.who.DisplayName,
		"isActive":            true,
		"properties":          object{"Account": typedString(c.who.SignInName)},
		"resourceVersion":     2,
		"metaTypeId":          0,
	}
}

func typedString(value string) object {
	return object{"$type": "System.String", "$value": value}
}

// claims returns the identity descriptor, an older form of the subject descriptor.
func (a *account) claims(org *organization) string {
	return "Microsoft.IdentityModel.Claims.ClaimsIdentity;" + org.TenantID + `\` + a.SignInName
}

// getProfile returns the profile of the identity. A token cannot read others.
func getProfile(c *call) (answer, error) {
	id := c.params["profile"]
	if c.who == nil || !strings.EqualFold(id, "me") && !strings.EqualFold(id, c.who.GUID) {
		return answer{}, newError(http.StatusNotFound, commonAssembly, "ProfileDoesNotExistException",
			"VS403283: The profile %s does not exist or cannot be read.", id)
	}
	return ok(object{
		"id":           c.who.GUID,
		"publicAlias":  c.who.GUID,
		"displayName":  c.who.DisplayName,
		"emailAddress": c.who.Email,
		"coreRevision": 1,
		"revision":     1,
		"timeStamp":    "2026-01-05T08:00:00+00:00",
	})
}
