package adoserver

import "slices"

var (
	onDev   = []host{dev}
	onVSSPS = []host{vssps}
	onBoth  = []host{dev, vssps}

	anyToken      = []string{scopeBase}
	readProfile   = []string{scopeProfile}
	readProjects  = []string{scopeProfile, scopeProject}
	readTeams     = []string{scopeProject}
	readCode      = []string{scopeCode}
	readBuild     = []string{scopeBuild}
	readWork      = []string{scopeWork}
	readGraph     = []string{scopeGraph}
	readIdentity  = []string{scopeIdentity}
	readHooks     = []string{scopeHooks}
	writeHooks    = []string{scopeHooksWrite}
	readACLs      = []string{scopeSecurity}
	readProcesses = []string{scopeProfile, scopeWork}
)

// resources returns everything that the server has. Ids, versions and scopes are those of the REST specifications, templates
// those of the SDKs.
func resources() []resource {
	return slices.Concat(commonResources(), coreResources(), gitResources(), buildResources(),
		workResources(), hookResources(), graphResources(), identityResources())
}

func commonResources() []resource {
	return []resource{
		{
			id: "00d9565f-ed9c-4a06-9a50-00e7896ccab4", area: "Location", name: "ConnectionData", template: "_apis/{resource}",
			hosts: onBoth, version: 1, preview: true,
			operations: []operation{
				{method: "GET", path: "_apis/connectionData", scopes: anyToken, anonymous: true, handle: getConnectionData},
			},
		},
		{
			id: "e81700f7-3be2-46de-8624-2eb35882fcaa", area: "Location", name: "ResourceAreas", template: "_apis/{resource}/{areaId}",
			hosts: onBoth, version: 1, preview: true,
			operations: []operation{
				{method: "GET", path: "_apis/resourceAreas", public: true, handle: listResourceAreas},
				{method: "GET", path: "_apis/resourceAreas/{area}", public: true, handle: getResourceArea},
			},
		},
		{
			// The list of resources, which has no location itself.
			hosts: onBoth, version: 1,
			operations: []operation{
				{method: "OPTIONS", path: "_apis", public: true, handle: listLocations},
				{method: "OPTIONS", path: "_apis/{area}", public: true, handle: listLocations},
			},
		},
		{
			id: "dd3b8bd6-c7fc-4cbd-929a-933d9c011c9d", area: "Security", name: "Permissions", template: "_apis/{resource}/{securityNamespaceId}/{permissions}",
			hosts: onBoth, version: 2,
			operations: []operation{
				{method: "GET", path: "_apis/permissions/{namespace}/{bits}", scopes: anyToken, anonymous: true, handle: getPermissions},
			},
		},
		{
			id: "cf1faa59-1b63-4448-bf04-13d981a46f5d", area: "Security", name: "PermissionEvaluationBatch", template: "_apis/{area}/{resource}",
			hosts: onBoth, version: 1,
			operations: []operation{
				{method: "POST", path: "_apis/security/permissionEvaluationBatch", scopes: anyToken, anonymous: true, handle: evaluatePermissions},
			},
		},
		{
			id: "ce7b9f95-fde9-4be8-a86d-83b366f0b87a", area: "Security", name: "SecurityNamespaces", template: "_apis/{resource}/{securityNamespaceId}",
			hosts: onBoth, version: 1,
			operations: []operation{
				{method: "GET", path: "_apis/securityNamespaces/{namespace?}", scopes: anyToken, handle: getNamespaces},
			},
		},
		{
			id: "18a2ad18-7571-46ae-bec7-0c7da1495885", area: "Security", name: "AccessControlLists", template: "_apis/{resource}/{securityNamespaceId}",
			hosts: onBoth, version: 1,
			operations: []operation{
				{method: "GET", path: "_apis/accessControlLists/{namespace}", scopes: readACLs, handle: listAccessControlLists},
			},
		},
	}
}

func coreResources() []resource {
	return []resource{
		{
			id: "603fe2ac-9723-48b9-88ad-09305aa6c6e1", area: "core", name: "projects", template: "_apis/{resource}/{*projectId}",
			hosts: onDev, version: 4,
			operations: []operation{
				{method: "GET", path: "_apis/projects", scopes: readProjects, anonymous: true, handle: listProjects},
				{method: "GET", path: "_apis/projects/{project}", scopes: readProjects, anonymous: true, handle: getProject},
			},
		},
		{
			id: "7a4d9ee9-3433-4347-b47a-7a80f1cf307e", area: "core", name: "teams", template: "_apis/{resource}",
			hosts: onDev, version: 3, preview: true,
			operations: []operation{
				{method: "GET", path: "_apis/teams", scopes: readTeams, handle: listAllTeams},
			},
		},
		{
			id: "d30a3dd1-f8ba-442a-b86a-bd0c0c383e59", area: "core", name: "teams", template: "_apis/projects/{projectId}/{resource}/{*teamId}",
			hosts: onDev, version: 3,
			operations: []operation{
				{method: "GET", path: "_apis/projects/{project}/teams", scopes: readProjects, handle: listTeams},
				{method: "GET", path: "_apis/projects/{project}/teams/{team}", scopes: readProjects, handle: getTeam},
			},
		},
		{
			id: "93878975-88c5-4e6a-8abb-7ddd77a8a7d8", area: "core", name: "processes", template: "_apis/process/{resource}/{processId}",
			hosts: onDev, version: 1,
			operations: []operation{
				{method: "GET", path: "_apis/process/processes", scopes: readProcesses, handle: listCoreProcesses},
				{method: "GET", path: "_apis/process/processes/{process}", scopes: readProcesses, handle: getCoreProcess},
			},
		},
	}
}

func gitResources() []resource {
	return []resource{
		{
			id: "225f7195-f9c7-4d14-ab28-a83f7ff77e1f", area: "git", name: "repositories", template: "{project}/_apis/{area}/{resource}/{repositoryId}",
			hosts: onDev, version: 1, next: 2,
			operations: []operation{
				{method: "GET", path: "{project?}/_apis/git/repositories", scopes: readCode, anonymous: true, handle: listRepositories},
				{method: "GET", path: "{project?}/_apis/git/repositories/{repository}", scopes: readCode, anonymous: true, handle: getRepository},
			},
		},
		{
			id: "a5d28130-9cd2-40fa-9f08-902e7daa9efb", area: "git", name: "pullRequests", template: "{project}/_apis/{area}/{resource}",
			hosts: onDev, version: 1, next: 2,
			operations: []operation{
				// The service also answers without a project, which is in no specification.
				{method: "GET", path: "{project?}/_apis/git/pullRequests", scopes: readCode, anonymous: true, handle: listPullRequests},
			},
		},
		{
			id: "01a46dea-7d46-4d40-bc84-319e7c260d99", area: "git", name: "pullRequests", template: "{project}/_apis/{area}/{resource}/{pullRequestId}",
			hosts: onDev, version: 1, next: 2,
			operations: []operation{
				{method: "GET", path: "{project?}/_apis/git/pullRequests/{pullRequest}", scopes: readCode, anonymous: true, handle: getPullRequest},
			},
		},
		{
			id: "9946fd70-0d40-406e-b686-b4744cbbcc37", area: "git", name: "pullRequests",
			template: "{project}/_apis/{area}/repositories/{repositoryId}/{resource}/{pullRequestId}",
			hosts:    onDev, version: 1, next: 2,
			operations: []operation{
				{method: "GET", path: "{project?}/_apis/git/repositories/{repository}/pullRequests", scopes: readCode, anonymous: true, handle: listPullRequests},
				{method: "GET", path: "{project?}/_apis/git/repositories/{repository}/pullRequests/{pullRequest}", scopes: readCode, anonymous: true, handle: getPullRequest},
			},
		},
		{
			id: "52823034-34a8-4576-922c-8d8b77e9e4c4", area: "git", name: "pullRequestCommits",
			template: "{project}/_apis/{area}/repositories/{repositoryId}/pullRequests/{pullRequestId}/commits",
			hosts:    onDev, version: 1, next: 2,
			operations: []operation{
				{method: "GET", path: "{project?}/_apis/git/repositories/{repository}/pullRequests/{pullRequest}/commits", scopes: readCode, anonymous: true, handle: listPullRequestCommits},
			},
		},
		{
			id: "2d874a60-a811-4f62-9c9f-963a6ea0a55b", area: "git", name: "refs", template: "{project}/_apis/{area}/repositories/{repositoryId}/{resource}",
			hosts: onDev, version: 1, next: 2,
			operations: []operation{
				{method: "GET", path: "{project?}/_apis/git/repositories/{repository}/refs", scopes: readCode, anonymous: true, handle: listRefs},
			},
		},
		{
			id: "c2570c3b-5b3f-41b8-98bf-5407bfde8d58", area: "git", name: "commits", template: "{project}/_apis/{area}/repositories/{repositoryId}/{resource}/{commitId}",
			hosts: onDev, version: 1, next: 2,
			operations: []operation{
				{method: "GET", path: "{project?}/_apis/git/repositories/{repository}/commits", scopes: readCode, anonymous: true, handle: listCommits},
				{method: "GET", path: "{project?}/_apis/git/repositories/{repository}/commits/{commit}", scopes: readCode, anonymous: true, handle: getCommit},
			},
		},
	}
}

func buildResources() []resource {
	return []resource{
		{
			id: "dbeaf647-6167-421a-bda9-c9327b25e2e6", area: "build", name: "definitions", template: "{project}/_apis/{area}/{resource}/{definitionId}",
			hosts: onDev, version: 7,
			operations: []operation{
				{method: "GET", path: "{project}/_apis/build/definitions", scopes: readBuild, handle: listDefinitions},
				{method: "GET", path: "{project}/_apis/build/definitions/{definition}", scopes: readBuild, handle: getDefinition},
			},
		},
		{
			id: "0cd358e1-9217-4d94-8269-1c1ee6f93dcf", area: "build", name: "builds", template: "{project}/_apis/{area}/{resource}/{buildId}",
			hosts: onDev, version: 7, next: 8,
			operations: []operation{
				{method: "GET", path: "{project}/_apis/build/builds", scopes: readBuild, handle: listBuilds},
				{method: "GET", path: "{project}/_apis/build/builds/{build}", scopes: readBuild, handle: getBuild},
			},
		},
		{
			id: "fcac1932-2ee1-437f-9b6f-7f696be858f6", area: "build", name: "Controllers", template: "_apis/{area}/{resource}/{controllerId}",
			hosts: onDev, version: 2,
			operations: []operation{
				{method: "GET", path: "_apis/build/controllers", scopes: readBuild, handle: listControllers},
			},
		},
		{
			id: "3813d06c-9e36-4ea1-aac3-61a485d60e3d", area: "build", name: "ResourceUsage", template: "_apis/{area}/{resource}",
			hosts: onDev, version: 2, preview: true,
			operations: []operation{
				{method: "GET", path: "_apis/build/resourceUsage", scopes: readBuild, handle: getResourceUsage},
			},
		},
	}
}

func workResources() []resource {
	return []resource{
		{
			id: "02cc6a73-5cfb-427d-8c8e-b49fb086e8af", area: "processes", name: "processes", template: "_apis/work/{resource}/{processTypeId}",
			hosts: onDev, version: 2,
			operations: []operation{
				{method: "GET", path: "_apis/work/processes", scopes: readWork, handle: listWorkProcesses},
			},
		},
		{
			id: "f5d33bc9-5b49-4a3c-a9bd-f3cd46dd2165", area: "wit", name: "workItemRelationTypes", template: "_apis/{area}/{resource}/{relation}",
			hosts: onDev, version: 2,
			operations: []operation{
				{method: "GET", path: "_apis/wit/workItemRelationTypes", scopes: readWork, handle: listRelationTypes},
			},
		},
		{
			id: "7c8d7a76-4a09-43e8-b5df-bd792f4ac6aa", area: "wit", name: "workItemTypes", template: "{project}/_apis/{area}/{resource}/{type}",
			hosts: onDev, version: 2,
			operations: []operation{
				{method: "GET", path: "{project}/_apis/wit/workItemTypes", scopes: readWork, handle: listWorkItemTypes},
			},
		},
		{
			id: "b51fd764-e5c2-4b9b-aaf7-3395cf4bdd94", area: "wit", name: "fields", template: "{project}/_apis/{area}/{resource}/{fieldNameOrRefName}",
			hosts: onDev, version: 3,
			operations: []operation{
				{method: "GET", path: "{project?}/_apis/wit/fields", scopes: readWork, handle: listFields},
			},
		},
		{
			id: "1a9c53f7-f243-4447-b110-35ef023636e4", area: "wit", name: "wiql", template: "{project}/{team}/_apis/{area}/{resource}/{id}",
			hosts: onDev, version: 2,
			operations: []operation{
				{method: "POST", path: "{project?}/_apis/wit/wiql", scopes: readWork, handle: queryWorkItems},
				{method: "POST", path: "{project}/{team}/_apis/wit/wiql", scopes: readWork, handle: queryWorkItems},
			},
		},
		{
			id: "72c7ddf8-2cdc-4f60-90cd-ab71c14a399b", area: "wit", name: "workItems", template: "{project}/_apis/{area}/{resource}/{id}",
			hosts: onDev, version: 3,
			operations: []operation{
				{method: "GET", path: "{project?}/_apis/wit/workItems", scopes: readWork, handle: listWorkItems},
				{method: "GET", path: "{project?}/_apis/wit/workItems/{id}", scopes: readWork, handle: getWorkItem},
			},
		},
		{
			id: "908509b6-4248-4475-a1cd-829139ba419f", area: "wit", name: "workItemsBatch", template: "{project}/_apis/{area}/{resource}",
			hosts: onDev, version: 1,
			operations: []operation{
				{method: "POST", path: "{project?}/_apis/wit/workItemsBatch", scopes: readWork, handle: batchWorkItems},
			},
		},
	}
}

func hookResources() []resource {
	return []resource{
		{
			id: "1e83a210-5b53-43bc-90f0-d476a4e5d731", area: "hooks", name: "publishers", template: "_apis/{area}/{resource}/{publisherId}",
			hosts: onDev, version: 1,
			operations: []operation{
				{method: "GET", path: "_apis/hooks/publishers", scopes: readHooks, handle: listPublishers},
				{method: "GET", path: "_apis/hooks/publishers/{publisher}", scopes: readHooks, handle: getPublisher},
			},
		},
		{
			id: "db4777cd-8e08-4a84-8ba3-c974ea033718", area: "hooks", name: "eventTypes", template: "_apis/{area}/publishers/{publisherId}/{resource}/{eventTypeId}",
			hosts: onDev, version: 1,
			operations: []operation{
				{method: "GET", path: "_apis/hooks/publishers/{publisher}/eventTypes", scopes: readHooks, handle: listEventTypes},
				{method: "GET", path: "_apis/hooks/publishers/{publisher}/eventTypes/{event}", scopes: readHooks, handle: getEventType},
			},
		},
		{
			id: "4301c514-5f34-4f5d-a145-f0ea7b5b7d19", area: "hooks", name: "consumers", template: "_apis/{area}/{resource}/{consumerId}",
			hosts: onDev, version: 1,
			operations: []operation{
				{method: "GET", path: "_apis/hooks/consumers", scopes: readHooks, handle: listConsumers},
				{method: "GET", path: "_apis/hooks/consumers/{consumer}", scopes: readHooks, handle: getConsumer},
			},
		},
		{
			id: "c3428e90-7a69-4194-8ed8-0f153185ee0d", area: "hooks", name: "actions", template: "_apis/{area}/consumers/{consumerId}/{resource}/{consumerActionId}",
			hosts: onDev, version: 1,
			operations: []operation{
				{method: "GET", path: "_apis/hooks/consumers/{consumer}/actions", scopes: readHooks, handle: listConsumerActions},
				{method: "GET", path: "_apis/hooks/consumers/{consumer}/actions/{action}", scopes: readHooks, handle: getConsumerAction},
			},
		},
		{
			id: "fc50d02a-849f-41fb-8af1-0a5216103269", area: "hooks", name: "subscriptions", template: "_apis/{area}/{resource}/{subscriptionId}",
			hosts: onDev, version: 1,
			operations: []operation{
				{method: "GET", path: "_apis/hooks/subscriptions", scopes: readHooks, handle: listSubscriptions},
				{method: "POST", path: "_apis/hooks/subscriptions", scopes: writeHooks, handle: createSubscription},
				{method: "GET", path: "_apis/hooks/subscriptions/{subscription}", scopes: readHooks, handle: getSubscription},
				{method: "PUT", path: "_apis/hooks/subscriptions/{subscription}", scopes: writeHooks, handle: replaceSubscription},
				{method: "DELETE", path: "_apis/hooks/subscriptions/{subscription}", scopes: writeHooks, handle: deleteSubscription},
			},
		},
		{
			id: "c7c3c1cf-9e05-4c0d-a425-a0f922c2c6ed", area: "hooks", name: "subscriptionsQuery", template: "_apis/{area}/{resource}",
			hosts: onDev, version: 1,
			operations: []operation{
				{method: "POST", path: "_apis/hooks/subscriptionsQuery", scopes: readHooks, handle: querySubscriptions},
			},
		},
	}
}

func graphResources() []resource {
	return []resource{
		{
			id: "005e26ec-6b77-4e4f-a986-b3827bf241f5", area: "Graph", name: "Users", template: "_apis/{area}/{resource}/{userDescriptor}",
			hosts: onVSSPS, version: 1, preview: true,
			operations: []operation{
				{method: "GET", path: "_apis/graph/users", scopes: readGraph, handle: listUsers},
				{method: "GET", path: "_apis/graph/users/{descriptor}", scopes: readGraph, handle: getUser},
			},
		},
		{
			id: "ebbe6af8-0b91-4c13-8cf1-777c14858188", area: "Graph", name: "Groups", template: "_apis/{area}/{resource}/{groupDescriptor}",
			hosts: onVSSPS, version: 1, preview: true,
			operations: []operation{
				{method: "GET", path: "_apis/graph/groups", scopes: readGraph, handle: listGroups},
				{method: "GET", path: "_apis/graph/groups/{descriptor}", scopes: readGraph, handle: getGroup},
			},
		},
		{
			id: "e34b6394-6b30-4435-94a9-409a5eef3e31", area: "Graph", name: "MembershipsBatch", template: "_apis/{area}/Memberships/{subjectDescriptor}",
			hosts: onVSSPS, version: 1, preview: true,
			operations: []operation{
				{method: "GET", path: "_apis/graph/memberships/{descriptor}", scopes: readGraph, handle: listMemberships},
			},
		},
		{
			id: "3fd2e6ca-fb30-443a-b579-95b19ed0934c", area: "Graph", name: "Memberships", template: "_apis/{area}/{resource}/{subjectDescriptor}/{containerDescriptor}",
			hosts: onVSSPS, version: 1, preview: true,
			operations: []operation{
				{method: "GET", path: "_apis/graph/memberships/{descriptor}/{container}", scopes: readGraph, handle: getMembership},
				{method: "HEAD", path: "_apis/graph/memberships/{descriptor}/{container}", scopes: readGraph, handle: headMembership},
			},
		},
		{
			id: "1ffe5c94-1144-4191-907b-d0211cad36a8", area: "Graph", name: "MembershipStates", template: "_apis/{area}/{resource}/{subjectDescriptor}",
			hosts: onVSSPS, version: 1, preview: true,
			operations: []operation{
				{method: "GET", path: "_apis/graph/membershipStates/{descriptor}", scopes: readGraph, handle: getMembershipState},
			},
		},
		{
			id: "048aee0a-7072-4cde-ab73-7af77b1e0b4e", area: "Graph", name: "Descriptors", template: "_apis/{area}/{resource}/{storageKey}",
			hosts: onVSSPS, version: 1,
			operations: []operation{
				{method: "GET", path: "_apis/graph/descriptors/{storageKey}", scopes: readGraph, handle: getDescriptor},
			},
		},
		{
			id: "eb85f8cc-f0f6-4264-a5b1-ffe2e4d4801f", area: "Graph", name: "StorageKeys", template: "_apis/{area}/{resource}/{subjectDescriptor}",
			hosts: onVSSPS, version: 1,
			operations: []operation{
				{method: "GET", path: "_apis/graph/storageKeys/{descriptor}", scopes: readGraph, handle: getStorageKey},
			},
		},
		{
			id: "4dd4d168-11f2-48c4-83e8-756fa0de027c", area: "Graph", name: "SubjectLookup", template: "_apis/{area}/{resource}",
			hosts: onVSSPS, version: 1, preview: true,
			operations: []operation{
				{method: "POST", path: "_apis/graph/subjectLookup", scopes: readGraph, handle: lookUpSubjects},
			},
		},
	}
}

func identityResources() []resource {
	return []resource{
		{
			id: "28010c54-d0c0-4c89-a5b0-1c9e188b9fb7", area: "IMS", name: "Identities", template: "_apis/{resource}/{identityId}",
			hosts: onVSSPS, version: 1,
			operations: []operation{
				{method: "GET", path: "_apis/identities", scopes: readIdentity, handle: readIdentities},
				{method: "GET", path: "_apis/identities/{identity}", scopes: readIdentity, handle: getIdentity},
			},
		},
		{
			id: "8ba35978-138e-41f8-8963-7b1ea2c5f775", area: "IMS", name: "Members", template: "_apis/Identities/{containerId}/{resource}/{memberId}",
			hosts: onVSSPS, version: 1, preview: true,
			operations: []operation{
				{method: "GET", path: "_apis/identities/{identity}/members", scopes: readIdentity, handle: listIdentityMembers},
			},
		},
		{
			id: "22865b02-9e4a-479e-9e18-e35b8803b8a0", area: "IMS", name: "MembersOf", template: "_apis/Identities/{memberId}/{resource}/{containerId}",
			hosts: onVSSPS, version: 1, preview: true,
			operations: []operation{
				{method: "GET", path: "_apis/identities/{identity}/membersOf", scopes: readIdentity, handle: listIdentityGroups},
			},
		},
		{
			id: "5966283b-4196-4d57-9211-1b68f41ec1c2", area: "IMS", name: "Groups", template: "_apis/{resource}/{groupId}",
			hosts: onVSSPS, version: 1, preview: true,
			operations: []operation{
				{method: "GET", path: "_apis/groups", scopes: readIdentity, handle: listGroupsOfScopes},
			},
		},
		{
			id: "f83735dc-483f-4238-a291-d45f6080a9af", area: "Profile", name: "Profiles", template: "_apis/{area}/{resource}/{id}",
			hosts: onVSSPS, version: 3,
			operations: []operation{
				{method: "GET", path: "_apis/profile/profiles/{profile}", scopes: readProfile, handle: getProfile},
			},
		},
	}
}
