package adoserver

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/build"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/core"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/git"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/graph"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/identity"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/location"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/profile"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/security"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/servicehooks"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/workitemtracking"
)

// These tests use Microsoft's own Go SDK.

func connect(f *fixture, token string) *azuredevops.Connection {
	return azuredevops.NewPatConnection(f.url+"/dev.azure.com/contoso", secret(token))
}

func must[T any](t *testing.T) func(value T, err error) T {
	t.Helper()
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func TestSDKCore(t *testing.T) {
	f := start(t, func(o *Options) { o.PageSize = 2 })
	ctx := t.Context()
	client := must[core.Client](t)(core.NewClient(ctx, connect(f, "full")))

	var names []string
	args := core.GetProjectsArgs{}
	for {
		page := must[*core.GetProjectsResponseValue](t)(client.GetProjects(ctx, args))
		for _, p := range page.Value {
			names = append(names, *p.Name)
		}
		if page.ContinuationToken == "" {
			break
		}
		args.ContinuationToken = new(must[int](t)(strconv.Atoi(page.ContinuationToken)))
	}
	if diff := cmp.Diff([]string{"Payments", "Platform", "Data Science", "Legacy", "Archive"}, names); diff != "" {
		t.Error(diff)
	}

	for name, want := range map[string]map[string]string{
		"Data Science": {"sourceControlType": "Git", "gitEnabled": "True", "tfvcEnabled": "False"},
		"Legacy":       {"sourceControlType": "Tfvc", "gitEnabled": "False", "tfvcEnabled": "True"},
		"Archive":      {"sourceControlType": "Tfvc", "gitEnabled": "True", "tfvcEnabled": "True"},
	} {
		p := must[*core.TeamProject](t)(client.GetProject(ctx, core.GetProjectArgs{ProjectId: &name, IncludeCapabilities: new(true)}))
		if diff := cmp.Diff(want, (*p.Capabilities)["versioncontrol"]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}

	all := must[*[]core.WebApiTeam](t)(client.GetAllTeams(ctx, core.GetAllTeamsArgs{Top: new(10)}))
	if len(*all) != 5 || *(*all)[0].Name != "Payments Team" {
		t.Errorf("teams: %+v", *all)
	}
	teams := must[*[]core.WebApiTeam](t)(client.GetTeams(ctx, core.GetTeamsArgs{ProjectId: new("Payments")}))
	if len(*teams) != 1 || *(*teams)[0].Id != *(*all)[0].Id {
		t.Errorf("teams of Payments: %+v", *teams)
	}
}

func TestSDKGit(t *testing.T) {
	f := start(t)
	ctx := t.Context()
	client := must[git.Client](t)(git.NewClient(ctx, connect(f, "full")))

	everywhere := must[*[]git.GitRepository](t)(client.GetRepositories(ctx, git.GetRepositoriesArgs{}))
	if len(*everywhere) != 8 {
		t.Errorf("%d repositories in the organization", len(*everywhere))
	}
	var names []string
	for _, r := range *must[*[]git.GitRepository](t)(client.GetRepositories(ctx, git.GetRepositoriesArgs{Project: new("payments")})) {
		names = append(names, *r.Name)
		if !strings.HasPrefix(*r.Url, f.url) || !strings.HasPrefix(*r.WebUrl, f.url) {
			t.Errorf("addresses outside of the sandbox: %s, %s", *r.Url, *r.WebUrl)
		}
	}
	if diff := cmp.Diff([]string{"api", "web", "ledger"}, names); diff != "" {
		t.Error(diff)
	}
	web := must[*git.GitRepository](t)(client.GetRepository(ctx, git.GetRepositoryArgs{Project: new("Payments"), RepositoryId: new("WEB")}))

	for status, want := range map[git.PullRequestStatus]int{
		git.PullRequestStatusValues.Active: 1, git.PullRequestStatusValues.Abandoned: 1,
		git.PullRequestStatusValues.Completed: 0, git.PullRequestStatusValues.All: 2,
	} {
		found := must[*[]git.GitPullRequest](t)(client.GetPullRequests(ctx, git.GetPullRequestsArgs{
			RepositoryId: new(web.Id.String()), SearchCriteria: &git.GitPullRequestSearchCriteria{Status: &status},
		}))
		if len(*found) != want {
			t.Errorf("%d %s pull requests, want %d", len(*found), status, want)
		}
	}
	ofProject := must[*[]git.GitPullRequest](t)(client.GetPullRequestsByProject(ctx, git.GetPullRequestsByProjectArgs{
		Project: new("Payments"), SearchCriteria: &git.GitPullRequestSearchCriteria{Status: &git.PullRequestStatusValues.All},
	}))
	if len(*ofProject) != 6 {
		t.Errorf("%d pull requests in the project", len(*ofProject))
	}
	one := must[*git.GitPullRequest](t)(client.GetPullRequestById(ctx, git.GetPullRequestByIdArgs{PullRequestId: (*ofProject)[0].PullRequestId}))
	if *one.Title != *(*ofProject)[0].Title || *one.CreatedBy.UniqueName == "" {
		t.Errorf("got %+v", one)
	}

	refs := must[*git.GetRefsResponseValue](t)(client.GetRefs(ctx, git.GetRefsArgs{RepositoryId: new(web.Id.String()), Filter: new("heads/main")}))
	commits := must[*[]git.GitCommitRef](t)(client.GetCommits(ctx, git.GetCommitsArgs{
		RepositoryId: new(web.Id.String()), SearchCriteria: &git.GitQueryCommitsCriteria{Top: new(1)},
	}))
	if len(refs.Value) != 1 || len(*commits) != 1 || *refs.Value[0].ObjectId != *(*commits)[0].CommitId {
		t.Errorf("the main branch %+v is not at the newest commit %+v", refs.Value, *commits)
	}

	_, err := client.GetRepository(ctx, git.GetRepositoryArgs{Project: new("Payments"), RepositoryId: new("nope")})
	var wrapped azuredevops.WrappedError
	if !errors.As(err, &wrapped) || *wrapped.TypeKey != "GitRepositoryNotFoundException" || *wrapped.StatusCode != 404 {
		t.Errorf("got %v", err)
	}
}

func TestSDKReportsAMissingScope(t *testing.T) {
	f := start(t)
	client := must[git.Client](t)(git.NewClient(t.Context(), connect(f, "no-code")))
	_, err := client.GetRepositories(t.Context(), git.GetRepositoriesArgs{})
	if err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("got %v", err)
	}
}

func TestSDKGraph(t *testing.T) {
	f := start(t, func(o *Options) { o.PageSize = 2 })
	ctx := t.Context()
	client := must[graph.Client](t)(graph.NewClient(ctx, connect(f, "full")))

	var users []graph.GraphUser
	args := graph.ListUsersArgs{}
	for {
		page := must[*graph.PagedGraphUsers](t)(client.ListUsers(ctx, args))
		users = append(users, *page.GraphUsers...)
		token := (*page.ContinuationToken)[0]
		if token == "" {
			break
		}
		args.ContinuationToken = &token
	}
	if len(users) != 3 || *users[0].MailAddress != "Svc-Flow@contoso.com" {
		t.Fatalf("users: %+v", users)
	}
	me := *users[0].Descriptor

	// Only the direct edge shows; the administrators are two steps away.
	up := must[*[]graph.GraphMembership](t)(client.ListMemberships(ctx, graph.ListMembershipsArgs{SubjectDescriptor: &me}))
	keys := []graph.GraphSubjectLookupKey{}
	for _, edge := range *up {
		keys = append(keys, graph.GraphSubjectLookupKey{Descriptor: edge.ContainerDescriptor})
	}
	subjects := must[*map[string]graph.GraphSubject](t)(client.LookupSubjects(ctx, graph.LookupSubjectsArgs{
		SubjectLookup: &graph.GraphSubjectLookup{LookupKeys: &keys},
	}))
	got := map[string]bool{}
	for _, subject := range *subjects {
		got[*subject.DisplayName] = true
	}
	if diff := cmp.Diff(map[string]bool{"Integration Services": true, validUsersGroup: true}, got); diff != "" {
		t.Error(diff)
	}

	administrators := groupDescriptor(domainSID(f.world.organization("contoso").GUID) + administratorsRID)
	group := must[*graph.GraphGroup](t)(client.GetGroup(ctx, graph.GetGroupArgs{GroupDescriptor: &administrators}))
	if *group.PrincipalName != `[contoso]\Project Collection Administrators` {
		t.Errorf("got %q", *group.PrincipalName)
	}
	inner := *(*up)[0].ContainerDescriptor
	if err := client.CheckMembershipExistence(ctx, graph.CheckMembershipExistenceArgs{SubjectDescriptor: &inner, ContainerDescriptor: &administrators}); err != nil {
		t.Errorf("the group within: %v", err)
	}
	if err := client.CheckMembershipExistence(ctx, graph.CheckMembershipExistenceArgs{SubjectDescriptor: &me, ContainerDescriptor: &administrators}); err == nil {
		t.Error("a nested member counts as a direct one")
	}

	key := must[*graph.GraphStorageKeyResult](t)(client.GetStorageKey(ctx, graph.GetStorageKeyArgs{SubjectDescriptor: &me}))
	descriptor := must[*graph.GraphDescriptorResult](t)(client.GetDescriptor(ctx, graph.GetDescriptorArgs{StorageKey: key.Value}))
	if *descriptor.Value != me {
		t.Errorf("%s came back as %s", me, *descriptor.Value)
	}
	if _, err := client.GetUser(ctx, graph.GetUserArgs{UserDescriptor: new("aad.nobody")}); err == nil {
		t.Error("an unknown user is found")
	}
}

func TestSDKIdentityLocationAndProfile(t *testing.T) {
	f := start(t)
	ctx := t.Context()
	connection := connect(f, "full")

	data := must[*location.ConnectionData](t)(location.NewClient(ctx, connection).GetConnectionData(ctx, location.GetConnectionDataArgs{}))
	me := data.AuthenticatedUser
	if *data.DeploymentType != "hosted" || *me.ProviderDisplayName != "Flow Service" {
		t.Errorf("got %+v", data)
	}

	identities := must[identity.Client](t)(identity.NewClient(ctx, connection))
	found := must[*[]identity.Identity](t)(identities.ReadIdentities(ctx, identity.ReadIdentitiesArgs{
		SubjectDescriptors: me.SubjectDescriptor, QueryMembership: &identity.QueryMembershipValues.ExpandedUp,
	}))
	if len(*found) != 1 || *(*found)[0].Id != *me.Id {
		t.Fatalf("got %+v", *found)
	}
	administrators := groupClaims + domainSID(data.InstanceId.String()) + administratorsRID
	if memberOf := strings.Join(*(*found)[0].MemberOf, " "); !strings.Contains(memberOf, administrators) {
		t.Errorf("%s is not among %s", administrators, memberOf)
	}
	byMail := must[*[]identity.Identity](t)(identities.ReadIdentities(ctx, identity.ReadIdentitiesArgs{
		SearchFilter: new("MailAddress"), FilterValue: new("svc-flow@CONTOSO.com"),
	}))
	if len(*byMail) != 1 || *(*byMail)[0].Id != *me.Id {
		t.Errorf("by mail: %+v", *byMail)
	}

	profiles := must[profile.Client](t)(profile.NewClient(ctx, connection))
	own := must[*profile.Profile](t)(profiles.GetProfile(ctx, profile.GetProfileArgs{Id: new("me")}))
	if *own.Id != *me.Id {
		t.Errorf("profile %s, identity %s", own.Id, me.Id)
	}
}

func TestSDKSecurity(t *testing.T) {
	f := start(t)
	client := security.NewClient(t.Context(), connect(f, "reader"))
	got := must[*[]bool](t)(client.HasPermissions(t.Context(), security.HasPermissionsArgs{
		SecurityNamespaceId: new(uuid.MustParse(collectionNamespace)), Permissions: new(1), Tokens: new(collectionToken + ",other"),
	}))
	if diff := cmp.Diff([]bool{true, false}, *got); diff != "" {
		t.Error(diff)
	}
}

func TestSDKBuild(t *testing.T) {
	f := start(t)
	ctx := t.Context()
	client := must[build.Client](t)(build.NewClient(ctx, connect(f, "full")))
	definitions := must[*build.GetDefinitionsResponseValue](t)(client.GetDefinitions(ctx, build.GetDefinitionsArgs{Project: new("Payments"), Name: new("A*")}))
	if len(definitions.Value) != 1 || *definitions.Value[0].Name != "api-ci" {
		t.Errorf("got %+v", definitions.Value)
	}
	builds := must[*build.GetBuildsResponseValue](t)(client.GetBuilds(ctx, build.GetBuildsArgs{Project: new("Payments"), Definitions: &[]int{*definitions.Value[0].Id}}))
	if len(builds.Value) != 2 || *builds.Value[0].Result != build.BuildResultValues.Succeeded {
		t.Errorf("got %+v", builds.Value)
	}
	must[*build.BuildResourceUsage](t)(client.GetResourceUsage(ctx, build.GetResourceUsageArgs{}))
	must[*[]build.BuildController](t)(client.GetBuildControllers(ctx, build.GetBuildControllersArgs{}))
}

func TestSDKWorkItems(t *testing.T) {
	f := start(t)
	ctx := t.Context()
	client := must[workitemtracking.Client](t)(workitemtracking.NewClient(ctx, connect(f, "full")))
	result := must[*workitemtracking.WorkItemQueryResult](t)(client.QueryByWiql(ctx, workitemtracking.QueryByWiqlArgs{
		Project: new("Payments"),
		Wiql:    &workitemtracking.Wiql{Query: new("SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project AND [System.WorkItemType] = 'Bug'")},
	}))
	if len(*result.WorkItems) != 1 {
		t.Fatalf("got %+v", *result.WorkItems)
	}
	ids := []int{*(*result.WorkItems)[0].Id}
	items := must[*[]workitemtracking.WorkItem](t)(client.GetWorkItems(ctx, workitemtracking.GetWorkItemsArgs{Ids: &ids}))
	batch := must[*[]workitemtracking.WorkItem](t)(client.GetWorkItemsBatch(ctx, workitemtracking.GetWorkItemsBatchArgs{
		WorkItemGetRequest: &workitemtracking.WorkItemBatchGetRequest{Ids: &ids, Fields: &[]string{"System.Title"}},
	}))
	want := "Rounding differs between basket and invoice"
	if got := (*(*items)[0].Fields)["System.Title"]; got != want {
		t.Errorf("got %v", got)
	}
	if diff := cmp.Diff(map[string]any{"System.Title": want}, *(*batch)[0].Fields); diff != "" {
		t.Error(diff)
	}
	if types := must[*[]workitemtracking.WorkItemRelationType](t)(client.GetRelationTypes(ctx, workitemtracking.GetRelationTypesArgs{})); len(*types) == 0 {
		t.Error("no relation types")
	}
	if types := must[*[]workitemtracking.WorkItemType](t)(client.GetWorkItemTypes(ctx, workitemtracking.GetWorkItemTypesArgs{Project: new("Legacy")})); len(*types) == 0 {
		t.Error("no work item types")
	}
}

func TestSDKServiceHooks(t *testing.T) {
	f := start(t)
	ctx := t.Context()
	client := servicehooks.NewClient(ctx, connect(f, "full"))
	events := must[*[]servicehooks.EventTypeDescriptor](t)(client.ListEventTypes(ctx, servicehooks.ListEventTypesArgs{PublisherId: new("tfs")}))
	if len(*events) < 5 {
		t.Errorf("%d event types", len(*events))
	}
	created := must[*servicehooks.Subscription](t)(client.CreateSubscription(ctx, servicehooks.CreateSubscriptionArgs{Subscription: &servicehooks.Subscription{
		PublisherId: new("tfs"), EventType: new("git.push"), ResourceVersion: new("1.0"),
		ConsumerId: new("webHooks"), ConsumerActionId: new("httpRequest"),
		PublisherInputs: &map[string]string{"projectId": f.world.organization("contoso").projects[0].GUID},
		ConsumerInputs:  &map[string]string{"url": "https://hooks.example.com/ado", "basicAuthPassword": "hidden"},
	}}))
	if (*created.ConsumerInputs)["basicAuthPassword"] != masked || *created.Status != servicehooks.SubscriptionStatusValues.Enabled {
		t.Errorf("got %+v", created)
	}
	listed := must[*[]servicehooks.Subscription](t)(client.ListSubscriptions(ctx, servicehooks.ListSubscriptionsArgs{EventType: new("git.push")}))
	if len(*listed) != 1 || *(*listed)[0].Id != *created.Id {
		t.Errorf("listed %+v", *listed)
	}
	queried := must[*servicehooks.SubscriptionsQuery](t)(client.CreateSubscriptionsQuery(ctx, servicehooks.CreateSubscriptionsQueryArgs{
		Query: &servicehooks.SubscriptionsQuery{PublisherId: new("tfs"), ConsumerId: new("other")},
	}))
	if len(*queried.Results) != 0 {
		t.Errorf("query: %+v", *queried.Results)
	}
	if err := client.DeleteSubscription(ctx, servicehooks.DeleteSubscriptionArgs{SubscriptionId: created.Id}); err != nil {
		t.Fatal(err)
	}
	if left := f.Subscriptions("contoso"); len(left) != 0 {
		t.Errorf("left over: %+v", left)
	}
}
