package adoserver

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/core"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/dashboard"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/extensionmanagement"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/feed"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/git"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/graph"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/identity"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/memberentitlementmanagement"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/pipelinepermissions"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/pipelineschecks"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/policy"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/release"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/security"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/serviceendpoint"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/taskagent"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/wiki"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// These tests make the calls of the provider microsoft/azuredevops, in its way, with the library that it uses.

// configured fails the test unless a client of the library can be made, which looks its resource area up.
func configured[T any](t *testing.T, connection *azuredevops.Connection, client func(context.Context, *azuredevops.Connection) (T, error)) {
	t.Helper()
	if _, err := client(t.Context(), connection); err != nil {
		t.Errorf("%T: %v", client, err)
	}
}

// The provider makes its clients before anything else, and ends if one cannot be made.
func TestTheOtherProviderCanBeConfigured(t *testing.T) {
	connection := connect(start(t), "full")
	connection.BaseUrl = strings.ToLower(connection.BaseUrl)
	configured(t, connection, extensionmanagement.NewClient)
	configured(t, connection, dashboard.NewClient)
	configured(t, connection, serviceendpoint.NewClient)
	configured(t, connection, taskagent.NewClient)
	configured(t, connection, memberentitlementmanagement.NewClient)
	configured(t, connection, policy.NewClient)
	configured(t, connection, release.NewClient)
	configured(t, connection, wiki.NewClient)
	configured(t, connection, feed.NewClient)
	configured(t, connection, pipelineschecks.NewClient)
	configured(t, connection, pipelinepermissions.NewClient)
}

// Its data sources read projects, repositories, teams, users and groups.
func TestTheOtherProvidersDataSourcesAreAnswered(t *testing.T) {
	f := start(t)
	ctx, connection := t.Context(), connect(f, "full")
	projects := must[core.Client](t)(core.NewClient(ctx, connection))
	subjects := must[graph.Client](t)(graph.NewClient(ctx, connection))

	listed := must[*core.GetProjectsResponseValue](t)(projects.GetProjects(ctx, core.GetProjectsArgs{StateFilter: &core.ProjectStateValues.WellFormed}))
	payments := listed.Value[slices.IndexFunc(listed.Value, func(p core.TeamProjectReference) bool { return *p.Name == "Payments" })]
	repositories := must[*[]git.GitRepository](t)(must[git.Client](t)(git.NewClient(ctx, connection)).GetRepositories(ctx, git.GetRepositoriesArgs{Project: payments.Name, IncludeHidden: new(true)}))
	if len(*repositories) != 3 {
		t.Errorf("%d repositories", len(*repositories))
	}

	scope := *must[*graph.GraphDescriptorResult](t)(subjects.GetDescriptor(ctx, graph.GetDescriptorArgs{StorageKey: payments.Id})).Value
	if !strings.HasPrefix(scope, "scp.") {
		t.Errorf("the project has the descriptor %q", scope)
	}
	groups := must[*graph.PagedGraphGroups](t)(subjects.ListGroups(ctx, graph.ListGroupsArgs{ScopeDescriptor: &scope}))
	var names []string
	for _, group := range *groups.GraphGroups {
		names = append(names, *group.DisplayName)
		if key := must[*graph.GraphStorageKeyResult](t)(subjects.GetStorageKey(ctx, graph.GetStorageKeyArgs{SubjectDescriptor: group.Descriptor})); key.Value == nil {
			t.Errorf("%s has no storage key", *group.DisplayName)
		}
	}
	if diff := cmp.Diff([]string{"Project Administrators", "Readers", "Contributors", "Build Administrators", "Project Valid Users", "Payments Team"}, names); diff != "" {
		t.Errorf("groups of Payments (-want +got):\n%s", diff)
	}

	team := must[*core.WebApiTeam](t)(projects.GetTeam(ctx, core.GetTeamArgs{ProjectId: new(payments.Id.String()), TeamId: new("Payments Team")}))
	if found := must[*graph.GraphDescriptorResult](t)(subjects.GetDescriptor(ctx, graph.GetDescriptorArgs{StorageKey: team.Id})); !strings.HasPrefix(*found.Value, "vssgp.") {
		t.Errorf("the team has the descriptor %q", *found.Value)
	}
	users := must[*graph.PagedGraphUsers](t)(subjects.ListUsers(ctx, graph.ListUsersArgs{SubjectTypes: &[]string{"aad", "msa"}}))
	if len(*users.GraphUsers) != 3 {
		t.Errorf("%d users", len(*users.GraphUsers))
	}
	namespaces := must[*[]security.SecurityNamespaceDescription](t)(security.NewClient(ctx, connection).QuerySecurityNamespaces(ctx, security.QuerySecurityNamespacesArgs{}))
	if len(*namespaces) != 5 {
		t.Errorf("%d security namespaces", len(*namespaces))
	}
}

// Identities have members and are members, and the groups of a project are listed as identities too.
func TestIdentitiesOfGroups(t *testing.T) {
	f := start(t)
	ctx := t.Context()
	client := must[identity.Client](t)(identity.NewClient(ctx, connect(f, "full")))
	found := must[*[]identity.Identity](t)(client.ListGroups(ctx, identity.ListGroupsArgs{ScopeIds: new(guid("project", "contoso", "Payments"))}))
	if len(*found) != 6 {
		t.Errorf("Payments has %d groups", len(*found))
	}
	ids := ""
	for _, group := range *found {
		ids += group.Id.String() + "," // The other provider puts one behind the last, too.
	}
	if read := must[*[]identity.Identity](t)(client.ReadIdentities(ctx, identity.ReadIdentitiesArgs{IdentityIds: &ids})); len(*read) != 6 {
		t.Errorf("%d identities are read, want 6", len(*read))
	}
	everywhere := must[*[]identity.Identity](t)(client.ListGroups(ctx, identity.ListGroupsArgs{}))
	for _, group := range []string{"Project Collection Service Accounts", "Security Service Group", "Project Collection Build Administrators"} {
		if !slices.ContainsFunc(*everywhere, func(i identity.Identity) bool { return *i.ProviderDisplayName == `[contoso]\`+group }) {
			t.Errorf("the organization has no %s", group)
		}
	}
	administrators := guid("group", "contoso", "Project Collection Administrators")
	for membership, want := range map[string]int{"direct": 1, "1": 1, "expandedDown": 2, "4": 2} {
		var members struct{ Value []string }
		f.get("full", "/vssps.dev.azure.com/contoso/_apis/identities/"+administrators+"/members?queryMembership="+membership, &members)
		if len(members.Value) != want {
			t.Errorf("the administrators have the %s members %v, want %d", membership, members.Value, want)
		}
	}
	var groups struct{ Value []string }
	f.get("full", "/vssps.dev.azure.com/contoso/_apis/identities/"+guid("group", "contoso", "Integration Services")+"/membersOf?queryMembership=expanded", &groups)
	if !slices.Contains(groups.Value, groupClaims+domainSID(guid("organization", "contoso"))+administratorsRID) {
		t.Errorf("Integration Services is in %v", groups.Value)
	}
}

// The team's administrators are read from access control lists, which a token with the scopes that Flow asks for may not see.
func TestAccessControlListsNeedAScopeOfTheirOwn(t *testing.T) {
	f := start(t)
	if _, err := f.IssueToken("contoso", scenario.Token{Name: "security", Owner: "Svc-Flow@contoso.com", Scopes: []string{scopeSecurity}}); err != nil {
		t.Fatal(err)
	}
	const path = "/dev.azure.com/contoso/_apis/accesscontrollists/"
	for token, want := range map[string]int{"full": http.StatusUnauthorized, "security": http.StatusOK} {
		if r := f.send(request{path: path + identityNamespace + "?token=x", token: token}); r.status != want {
			t.Errorf("with %s they are answered with %d %s", token, r.status, r.body)
		}
	}
	if r := f.send(request{path: path + guid("no", "namespace"), token: "security"}); r.status != http.StatusNotFound {
		t.Errorf("those of no namespace are answered with %d", r.status)
	}
}

// A single object has an address of its own, where OPTIONS says so.
func TestSingleObjects(t *testing.T) {
	f := start(t)
	for list, one := range map[string]string{
		"Payments/_apis/build/definitions":            "Payments/_apis/build/definitions/",
		"Payments/_apis/build/builds":                 "Payments/_apis/build/builds/",
		"Payments/_apis/git/repositories/web/commits": "Payments/_apis/git/repositories/web/commits/",
	} {
		var listed struct {
			Value []struct {
				ID       int64  `json:"id"`
				CommitID string `json:"commitId"`
			}
		}
		f.get("full", "/dev.azure.com/contoso/"+list, &listed)
		id := listed.Value[0].CommitID
		if id == "" {
			id = strconv.FormatInt(listed.Value[0].ID, 10)
		}
		var found struct {
			ID       int64  `json:"id"`
			CommitID string `json:"commitId"`
		}
		f.get("full", "/dev.azure.com/contoso/"+one+id, &found)
		if found.ID != listed.Value[0].ID || found.CommitID != listed.Value[0].CommitID {
			t.Errorf("%s%s is %+v", one, id, found)
		}
		if r := f.send(request{path: "/dev.azure.com/contoso/" + one + "9999", token: "full"}); r.status != http.StatusNotFound {
			t.Errorf("%s9999 is answered with %d", one, r.status)
		}
	}
}

// Microsoft's node client sends enumerations as numbers.
func TestEnumerationsAreTakenAsNumbers(t *testing.T) {
	f := start(t)
	const contoso = "/dev.azure.com/contoso/"
	for numbered, named := range map[string]string{
		"_apis/projects?stateFilter=1":                            "_apis/projects?stateFilter=wellFormed",
		"_apis/projects?stateFilter=4":                            "_apis/projects?stateFilter=deleted",
		"Payments/_apis/git/pullRequests?searchCriteria.status=4": "Payments/_apis/git/pullRequests?searchCriteria.status=all",
		"Payments/_apis/git/pullRequests?searchCriteria.status=3": "Payments/_apis/git/pullRequests?searchCriteria.status=completed",
	} {
		byNumber, byName := f.send(request{path: contoso + numbered, token: "full"}), f.send(request{path: contoso + named, token: "full"})
		if byNumber.status != http.StatusOK || byNumber.body != byName.body {
			t.Errorf("%s: %d %s\n%s: %d %s", numbered, byNumber.status, byNumber.body, named, byName.status, byName.body)
		}
	}
	if r := f.send(request{path: contoso + "_apis/projects?stateFilter=9", token: "full"}); r.status != http.StatusBadRequest {
		t.Errorf("a number of nothing is answered with %d", r.status)
	}
}

// A write that calls its body something else than JSON is refused, as curl's are without a header.
func TestABodyOfAnotherTypeIsRefused(t *testing.T) {
	f := start(t)
	for declared, want := range map[string]int{
		"application/x-www-form-urlencoded": http.StatusUnsupportedMediaType, "text/plain": http.StatusUnsupportedMediaType,
		"application/json; charset=utf-8": http.StatusOK, "application/json-patch+json": http.StatusOK,
	} {
		r := f.send(request{
			method: http.MethodPost, path: "/dev.azure.com/contoso/_apis/wit/wiql?api-version=7.1", token: "full",
			body: `{"query":"SELECT [System.Id] FROM workitems"}`, header: http.Header{"Content-Type": {declared}},
		})
		if r.status != want {
			t.Errorf("%s is answered with %d %s", declared, r.status, r.body)
		}
	}
}

// A write that the sandbox lacks is the empty 401 of a missing scope, unless the token has them all.
func TestAWriteThatTheSandboxLacks(t *testing.T) {
	f := start(t)
	if _, err := f.IssueToken("contoso", scenario.Token{Name: "everything", Owner: "Svc-Flow@contoso.com", Scopes: []string{scopeFull}}); err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]int{"full": http.StatusUnauthorized, "everything": http.StatusMethodNotAllowed} {
		r := f.send(request{method: http.MethodPost, path: "/dev.azure.com/contoso/_apis/projects?api-version=7.1", token: token, body: "{}"})
		if r.status != want || want == http.StatusUnauthorized && r.body != "" {
			t.Errorf("with %s it is answered with %d %q", token, r.status, r.body)
		}
	}
}
