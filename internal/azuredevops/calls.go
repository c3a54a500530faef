package azuredevops

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// Identity is a user as the location and identity services know them. A field is empty when Azure DevOps did not name it.
type Identity struct {
	ID                string
	Descriptor        string
	SubjectDescriptor string
	DisplayName       string
	// Account is the sign-in name, in the case in which it is stored.
	Account string
	Mail    string
}

// wireIdentity is an identity on the wire; its properties are wrapped as {"$type": …, "$value": …}.
type wireIdentity struct {
	ID                  string `json:"id"`
	Descriptor          string `json:"descriptor"`
	SubjectDescriptor   string `json:"subjectDescriptor"`
	ProviderDisplayName string `json:"providerDisplayName"`
	Properties          map[string]struct {
		Value any `json:"$value"`
	} `json:"properties"`
}

func (w *wireIdentity) identity() Identity {
	if w == nil {
		return Identity{}
	}
	identity := Identity{
		ID:                w.ID,
		Descriptor:        w.Descriptor,
		SubjectDescriptor: w.SubjectDescriptor,
		DisplayName:       w.ProviderDisplayName,
	}
	identity.Account, _ = w.Properties["Account"].Value.(string)
	identity.Mail, _ = w.Properties["Mail"].Value.(string)
	if identity.Account == "" {
		// A user's descriptor is "<type>;<tenant>\<account>".
		_, identity.Account, _ = strings.Cut(w.Descriptor, `\`)
	}
	return identity
}

// ConnectionData is what Azure DevOps says about a connection.
type ConnectionData struct {
	// AuthenticatedUser is the token's owner, or the anonymous identity; see JudgeCredential.
	AuthenticatedUser Identity
}

// ConnectionData asks who the token's owner is. It needs no scope. It is not in Microsoft's specifications, only in
// Microsoft's client libraries.
func (c Client) ConnectionData(ctx context.Context) (ConnectionData, error) {
	var answer struct {
		AuthenticatedUser *wireIdentity `json:"authenticatedUser"`
	}
	if _, err := c.get(ctx, "check the token", c.core+"/_apis/connectionData", "7.1-preview", nil, &answer); err != nil {
		return ConnectionData{}, err
	}
	return ConnectionData{AuthenticatedUser: answer.AuthenticatedUser.identity()}, nil
}

// Permissions are effective rights of the token's owner on the organization: nested groups, groups of Microsoft Entra
// and denials are taken into account by Azure DevOps.
type Permissions struct {
	// ViewInstance is "View instance-level information".
	ViewInstance bool
	// EditInstance is "Edit instance-level information", which by default only Project Collection Administrators have.
	EditInstance bool
	// EditHooks is to view and edit the service-hook subscriptions of all projects.
	EditHooks bool
}

// Namespaces, tokens and bits of the rights (Microsoft's security namespace reference).
const (
	collectionNamespace = "3e65f728-f8bc-4ecd-8764-7e378b19bfa7"
	collectionToken     = "NAMESPACE:"
	collectionRead      = 1
	collectionWrite     = 2

	hooksNamespace = "cb594ebe-87dd-4fc9-ac2c-6a10a4c92046"
	hooksToken     = "PublisherSecurity"
	hooksViewEdit  = 1 | 2
)

// evaluation asks whether all bits of Permissions are allowed, and holds the answer in Value.
type evaluation struct {
	SecurityNamespaceID string `json:"securityNamespaceId"`
	Token               string `json:"token"`
	Permissions         int    `json:"permissions"`
	Value               *bool  `json:"value,omitempty"`
}

// EvaluatePermissions asks for the rights of the token's owner on the organization. It needs no scope.
func (c Client) EvaluatePermissions(ctx context.Context) (Permissions, error) {
	type batch struct {
		AlwaysAllowAdministrators bool         `json:"alwaysAllowAdministrators"`
		Evaluations               []evaluation `json:"evaluations"`
	}
	request := httpclient.Request{
		Operation: "evaluate the permissions of the token's owner in " + c.organization,
		Method:    http.MethodPost,
		URL:       c.core + "/_apis/security/permissionevaluationbatch",
		Query:     url.Values{"api-version": {"7.1"}},
		Body: batch{Evaluations: []evaluation{
			{SecurityNamespaceID: collectionNamespace, Token: collectionToken, Permissions: collectionRead},
			{SecurityNamespaceID: collectionNamespace, Token: collectionToken, Permissions: collectionWrite},
			{SecurityNamespaceID: hooksNamespace, Token: hooksToken, Permissions: hooksViewEdit},
		}},
		Idempotent: true,
	}
	var answer batch
	if _, err := c.http.JSON(ctx, request, &answer); err != nil {
		return Permissions{}, err
	}
	var permissions Permissions
	for _, wanted := range []struct {
		namespace string
		bits      int
		into      *bool
	}{
		{collectionNamespace, collectionRead, &permissions.ViewInstance},
		{collectionNamespace, collectionWrite, &permissions.EditInstance},
		{hooksNamespace, hooksViewEdit, &permissions.EditHooks},
	} {
		value := valueOf(answer.Evaluations, wanted.namespace, wanted.bits)
		if value == nil {
			return Permissions{}, fmt.Errorf("could not %s: the answer lacks permission %d of namespace %s",
				request.Operation, wanted.bits, wanted.namespace)
		}
		*wanted.into = *value
	}
	return permissions, nil
}

func valueOf(evaluations []evaluation, namespace string, bits int) *bool {
	for _, one := range evaluations {
		if strings.EqualFold(one.SecurityNamespaceID, namespace) && one.Permissions == bits {
			return one.Value
		}
	}
	return nil
}

// Profile is the profile of the token's owner.
type Profile struct {
	EmailAddress string `json:"emailAddress"`
}

// Profile reads the owner's profile in the organization. Any of the scopes Code, Build and Work Items opens it. The
// organization's own address is used because the global one answers no personal access token.
func (c Client) Profile(ctx context.Context) (Profile, error) {
	var profile Profile
	_, err := c.get(ctx, "read the profile of the token's owner", c.identity+"/_apis/profile/profiles/me", "7.1", nil, &profile)
	return profile, err
}

// GraphUser is a user as the graph service knows them.
type GraphUser struct {
	MailAddress   string `json:"mailAddress"`
	PrincipalName string `json:"principalName"`
}

// GraphUser reads a user by subject descriptor. It needs the scope Graph (Read).
func (c Client) GraphUser(ctx context.Context, subjectDescriptor string) (GraphUser, error) {
	var user GraphUser
	address := c.identity + "/_apis/graph/users/" + url.PathEscape(subjectDescriptor)
	_, err := c.get(ctx, "read the token's owner as a graph user", address, "7.1-preview.1", nil, &user)
	return user, err
}

// Identity reads an identity by subject descriptor; its fields are empty when there is none. It needs the scope
// Identity (Read).
func (c Client) Identity(ctx context.Context, subjectDescriptor string) (Identity, error) {
	// Azure DevOps answers an unknown descriptor with a null entry.
	var answer struct {
		Value []*wireIdentity `json:"value"`
	}
	query := url.Values{"subjectDescriptors": {subjectDescriptor}, "queryMembership": {"None"}}
	_, err := c.get(ctx, "read the identity of the token's owner", c.identity+"/_apis/identities", "7.1", query, &answer)
	if err != nil || len(answer.Value) == 0 {
		return Identity{}, err
	}
	return answer.Value[0].identity(), nil
}

// Project is a project that the token's owner can see.
type Project struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// ProjectList is the beginning of the list of projects, or all of it.
type ProjectList struct {
	Projects []Project
	// Complete says that there are no more.
	Complete bool
}

// maxProjects is how many projects one answer may list. Azure DevOps returns 100 unless asked for more.
const maxProjects = 1000

// Projects lists the projects that the token's owner can see, up to 1,000. Any of the scopes Code, Build, Work Items and
// Project and Team opens it.
func (c Client) Projects(ctx context.Context) (ProjectList, error) {
	var answer struct {
		Value []Project `json:"value"`
	}
	query := url.Values{"$top": {fmt.Sprint(maxProjects)}}
	response, err := c.get(ctx, "list the projects", c.core+"/_apis/projects", "7.1", query, &answer)
	if err != nil {
		return ProjectList{}, err
	}
	more := response.Header.Get("x-ms-continuationtoken") != ""
	return ProjectList{Projects: answer.Value, Complete: !more && len(answer.Value) < maxProjects}, nil
}

// RepositoryCounts returns how many Git repositories the token's owner sees in each project, by project id in lower case; a
// project without any is not in the map. It needs the scope Code (Read).
//
// Azure DevOps lists all repositories in one answer, some 10 MB for ten thousand, so it is decoded as it arrives.
func (c Client) RepositoryCounts(ctx context.Context) (map[string]int, error) {
	var counts map[string]int
	request := c.request("list the Git repositories", c.core+"/_apis/git/repositories", "7.1", nil)
	_, err := c.http.Stream(ctx, request, func(decoder *json.Decoder) error {
		counts = map[string]int{}
		return eachValue(decoder, func(repository struct {
			Project struct {
				ID string `json:"id"`
			} `json:"project"`
		},
		) {
			counts[strings.ToLower(repository.Project.ID)]++
		})
	})
	if err != nil {
		return nil, err
	}
	return counts, nil
}

// eachValue decodes the elements of {"count": …, "value": […]} one by one. Fewer elements than the count are an error.
func eachValue[T any](decoder *json.Decoder, use func(T)) error {
	if err := expect(decoder, json.Delim('{')); err != nil {
		return err
	}
	count, elements := 0, 0
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		switch name {
		case "value":
			err = eachElement(decoder, func(element T) {
				elements++
				use(element)
			})
		case "count":
			err = decoder.Decode(&count)
		default:
			err = decoder.Decode(new(json.RawMessage))
		}
		if err != nil {
			return err
		}
	}
	if elements < count {
		return fmt.Errorf("the list has %d of %d elements", elements, count)
	}
	return expect(decoder, json.Delim('}'))
}

func eachElement[T any](decoder *json.Decoder, use func(T)) error {
	if err := expect(decoder, json.Delim('[')); err != nil {
		return err
	}
	for decoder.More() {
		var element T
		if err := decoder.Decode(&element); err != nil {
			return err
		}
		use(element)
	}
	return expect(decoder, json.Delim(']'))
}

func expect(decoder *json.Decoder, want json.Delim) error {
	got, err := decoder.Token()
	if err == nil && got != want {
		err = fmt.Errorf("%v instead of %v", got, want)
	}
	return err
}

// ProbePullRequests succeeds when the token has the scope Code (Read). Microsoft's specification lacks this call, which
// public clients make; should an organization not answer it (400 or 404), ProbeProjectPullRequests asks the same of a
// project.
func (c Client) ProbePullRequests(ctx context.Context) error {
	return c.probe(ctx, "list the pull requests", "/_apis/git/pullrequests", "7.1", url.Values{"$top": {"1"}})
}

// ProbeProjectPullRequests succeeds when the token has the scope Code (Read).
func (c Client) ProbeProjectPullRequests(ctx context.Context, projectID string) error {
	path := "/" + url.PathEscape(projectID) + "/_apis/git/pullrequests"
	return c.probe(ctx, "list the pull requests of project "+projectID, path, "7.1", url.Values{"$top": {"1"}})
}

// ProbeTeams succeeds when the token has the scope Project and Team (Read), which no other scope implies for this call.
func (c Client) ProbeTeams(ctx context.Context) error {
	return c.probe(ctx, "list the teams", "/_apis/teams", "7.1-preview.3", url.Values{"$top": {"1"}})
}

// ProbeProcesses succeeds when the token has the scope Work Items (Read).
func (c Client) ProbeProcesses(ctx context.Context) error {
	return c.probe(ctx, "list the work item processes", "/_apis/work/processes", "7.1", nil)
}

// ProbeBuilds succeeds when the token has the scope Build (Read). Microsoft's specification has this call; should an
// organization not answer it (400 or 404), ProbeProjectBuilds asks the same of a project.
func (c Client) ProbeBuilds(ctx context.Context) error {
	return c.probe(ctx, "read the build resource usage", "/_apis/build/resourceusage", "7.1-preview.2", nil)
}

// ProbeProjectBuilds succeeds when the token has the scope Build (Read).
func (c Client) ProbeProjectBuilds(ctx context.Context, projectID string) error {
	path := "/" + url.PathEscape(projectID) + "/_apis/build/definitions"
	return c.probe(ctx, "list the build definitions of project "+projectID, path, "7.1", url.Values{"$top": {"1"}})
}

// probe asks for a resource only to learn whether it may.
func (c Client) probe(ctx context.Context, operation, path, version string, query url.Values) error {
	var ignored json.RawMessage
	_, err := c.get(ctx, operation, c.core+path, version, query, &ignored)
	return err
}

// coreArea is the resource area of projects. Asked for it with the name of an organization, Azure DevOps answers with the
// address of that organization (Microsoft's documentation on working with URLs).
const coreArea = "79134C72-4A58-4B42-976C-04E7115F32BF"

// OrganizationExists looks the organization up. It needs no credential.
func (c Client) OrganizationExists(ctx context.Context) (bool, error) {
	var area *struct {
		LocationURL string `json:"locationUrl"`
	}
	_, err := c.http.JSON(ctx, httpclient.Request{
		Operation: "look up the organization " + c.organization,
		Method:    http.MethodGet,
		URL:       c.lookUp,
		Query:     url.Values{"accountName": {c.organization}, "api-version": {"5.0-preview.1"}},
	}, &area)
	if httpclient.StatusOf(err) == http.StatusNotFound {
		return false, nil
	}
	return area != nil && area.LocationURL != "", err
}
