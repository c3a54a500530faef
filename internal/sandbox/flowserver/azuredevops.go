package flowserver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/build"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/core"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/git"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/graph"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/identity"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/location"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/security"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/servicehooks"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/workitemtracking"
	"github.com/microsoft/azure-devops-go-api/azuredevops/v7/workitemtrackingprocess"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/oauthclient"
)

// Constants of Azure DevOps that its SDK lacks.
var (
	profileLocation     = uuid.MustParse("f83735dc-483f-4238-a291-d45f6080a9af")
	collectionNamespace = uuid.MustParse("3e65f728-f8bc-4ecd-8764-7e378b19bfa7")
)

const (
	collectionToken = "NAMESPACE:"
	viewInstanceBit = 1 // "View instance-level information"
	anonymousPrefix = "System:PublicAccess;"
	requestTimeout  = 30 * time.Second
	largestPage     = 1000
)

// An organization is one Azure DevOps organization, reached with one credential through Microsoft's client.
type organization struct {
	main     azuredevops.Client // dev.azure.com
	accounts azuredevops.Client // vssps.dev.azure.com
}

// organization returns the clients for the integration's organization and credential.
func (s *Server) organization(i Integration) *organization {
	base := func(host string) string { return s.options.AzureDevOpsEndpoint + "/" + host + "/" + i.Organization() }
	connection := azuredevops.NewPatConnection(base("dev.azure.com"), i.Token)
	web := s.azureDevOps
	if i.byConsent() {
		connection = azuredevops.NewAnonymousConnection(base("dev.azure.com"))
		authorized := *web
		authorized.Transport = s.oauth.Transport(i.ID, web.Transport)
		web = &authorized
	}
	connection.UserAgent = "flow-sandbox"
	client := func(host string) azuredevops.Client {
		return *azuredevops.NewClientWithOptions(connection, base(host), azuredevops.WithHTTPClient(web))
	}
	return &organization{main: client("dev.azure.com"), accounts: client("vssps.dev.azure.com")}
}

// azureDevOpsHTTP returns the HTTP client of those clients. It does not follow redirects to a sign-in page. Its time ends with
// an answer's header: Microsoft's client does not close the empty body of a 401, with which the timer of an http.Client goes on.
func azureDevOpsHTTP() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 4, ResponseHeaderTimeout: requestTimeout},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (o *organization) core() core.Client          { return &core.ClientImpl{Client: o.main} }
func (o *organization) git() git.Client            { return &git.ClientImpl{Client: o.main} }
func (o *organization) hooks() servicehooks.Client { return &servicehooks.ClientImpl{Client: o.main} }

func (o *organization) work() workitemtracking.Client {
	return &workitemtracking.ClientImpl{Client: o.main}
}

// A failure is a kind of error of Azure DevOps.
type failure int

const (
	failureOther   failure = iota // no answer, or an invalid one
	failureDenied                 // the credential is invalid, or lacks a right
	failureMissing                // not found
	failureLimited                // too many requests
)

// errAnonymous means that an organization with public projects does not know the token.
var errAnonymous = errors.New("the token was not recognized")

func failureOf(err error) failure {
	switch status := statusOf(err); {
	case errors.Is(err, errAnonymous), errors.Is(err, oauthclient.ErrRevoked), status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusFound:
		return failureDenied
	case status == http.StatusNotFound:
		return failureMissing
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		return failureLimited
	}
	return failureOther
}

// statusOf returns the HTTP status of the SDK's error, which is a value or a pointer, or 0.
func statusOf(err error) int {
	if pointer := (*azuredevops.WrappedError)(nil); errors.As(err, &pointer) && pointer.StatusCode != nil {
		return *pointer.StatusCode
	}
	if value := (azuredevops.WrappedError{}); errors.As(err, &value) && value.StatusCode != nil {
		return *value.StatusCode
	}
	return 0
}

// signIn returns the descriptor of the token's owner. An anonymous answer is an error.
func (o *organization) signIn(ctx context.Context) (string, error) {
	data, err := (&location.ClientImpl{Client: o.main}).GetConnectionData(ctx, location.GetConnectionDataArgs{})
	if err != nil {
		return "", err
	}
	user := data.AuthenticatedUser
	if user == nil || user.SubjectDescriptor == nil || (user.Descriptor != nil && strings.HasPrefix(*user.Descriptor, anonymousPrefix)) {
		return "", errAnonymous
	}
	return *user.SubjectDescriptor, nil
}

// email returns the token owner's e-mail as the profile page shows it. The SDK's model of a profile lacks it.
func (o *organization) email(ctx context.Context) (string, error) {
	answer, err := o.accounts.Send(ctx, http.MethodGet, profileLocation, "7.1-preview.3", map[string]string{"id": "me"}, nil, nil, "", "application/json", nil)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	var profile struct {
		EmailAddress string `json:"emailAddress"`
	}
	err = o.accounts.UnmarshalBody(answer, &profile)
	return profile.EmailAddress, err
}

// seesInstance reports whether the token's owner may "View instance-level information".
func (o *organization) seesInstance(ctx context.Context) (bool, error) {
	batch, err := (&security.ClientImpl{Client: o.main}).HasPermissionsBatch(ctx, security.HasPermissionsBatchArgs{
		EvalBatch: &security.PermissionEvaluationBatch{Evaluations: &[]security.PermissionEvaluation{{
			SecurityNamespaceId: &collectionNamespace, Token: new(collectionToken), Permissions: new(viewInstanceBit),
		}}},
	})
	if err != nil {
		return false, err
	}
	evaluations := *batch.Evaluations
	return len(evaluations) == 1 && evaluations[0].Value != nil && *evaluations[0].Value, nil
}

// readsDirectory needs the scopes Graph, Identity, and Project and Team.
func (o *organization) readsDirectory(ctx context.Context, descriptor string) error {
	_, err := (&graph.ClientImpl{Client: o.accounts}).GetUser(ctx, graph.GetUserArgs{UserDescriptor: &descriptor})
	if err != nil {
		return err
	}
	_, err = (&identity.ClientImpl{Client: o.accounts}).ReadIdentities(ctx, identity.ReadIdentitiesArgs{SubjectDescriptors: &descriptor})
	if err != nil {
		return err
	}
	_, err = o.core().GetAllTeams(ctx, core.GetAllTeamsArgs{Top: new(1)})
	return err
}

// readsCode needs the scopes Code and Build. If the owner sees no project, there is nothing to read.
func (o *organization) readsCode(ctx context.Context) error {
	projects, err := o.core().GetProjects(ctx, core.GetProjectsArgs{Top: new(1)})
	if err != nil || len(projects.Value) == 0 {
		return err
	}
	project := projects.Value[0].Id.String()
	_, err = o.git().GetPullRequestsByProject(ctx, git.GetPullRequestsByProjectArgs{
		Project: &project, SearchCriteria: &git.GitPullRequestSearchCriteria{}, Top: new(1),
	})
	if err != nil {
		return err
	}
	_, err = (&build.ClientImpl{Client: o.main}).GetDefinitions(ctx, build.GetDefinitionsArgs{Project: &project, Top: new(1)})
	return err
}

// readsWork needs the scope Work Items.
func (o *organization) readsWork(ctx context.Context) error {
	_, err := (&workitemtrackingprocess.ClientImpl{Client: o.main}).GetListOfProcesses(ctx, workitemtrackingprocess.GetListOfProcessesArgs{})
	return err
}

// projects returns all projects that the token's owner sees.
func (o *organization) projects(ctx context.Context) ([]core.TeamProjectReference, error) {
	var all []core.TeamProjectReference
	args := core.GetProjectsArgs{Top: new(largestPage)}
	for {
		page, err := o.core().GetProjects(ctx, args)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Value...)
		if page.ContinuationToken == "" {
			return all, nil
		}
		next, err := strconv.Atoi(page.ContinuationToken)
		if err != nil {
			return nil, fmt.Errorf("read the projects' continuation token: %w", err)
		}
		args.ContinuationToken = &next
	}
}

// repositories returns all repositories of all projects that the token's owner sees, with one request.
func (o *organization) repositories(ctx context.Context) ([]git.GitRepository, error) {
	all, err := o.git().GetRepositories(ctx, git.GetRepositoriesArgs{})
	if err != nil {
		return nil, err
	}
	return *all, nil
}

// pullRequests returns all pull requests of a repository in any state.
func (o *organization) pullRequests(ctx context.Context, repository string) ([]git.GitPullRequest, error) {
	return everyPage(func(skip int) (*[]git.GitPullRequest, error) {
		return o.git().GetPullRequests(ctx, git.GetPullRequestsArgs{
			RepositoryId: &repository, SearchCriteria: anyState(), Skip: &skip, Top: new(largestPage),
		})
	})
}

// projectPullRequests returns all pull requests of a project in any state.
func (o *organization) projectPullRequests(ctx context.Context, project string) ([]git.GitPullRequest, error) {
	return everyPage(func(skip int) (*[]git.GitPullRequest, error) {
		return o.git().GetPullRequestsByProject(ctx, git.GetPullRequestsByProjectArgs{
			Project: &project, SearchCriteria: anyState(), Skip: &skip, Top: new(largestPage),
		})
	})
}

func anyState() *git.GitPullRequestSearchCriteria {
	return &git.GitPullRequestSearchCriteria{Status: &git.PullRequestStatusValues.All}
}

func everyPage(page func(skip int) (*[]git.GitPullRequest, error)) ([]git.GitPullRequest, error) {
	var all []git.GitPullRequest
	for {
		next, err := page(len(all))
		if err != nil {
			return nil, err
		}
		all = append(all, *next...)
		if len(*next) < largestPage {
			return all, nil
		}
	}
}

// workItems returns the number of work items of a project.
func (o *organization) workItems(ctx context.Context, project string) (int, error) {
	result, err := o.work().QueryByWiql(ctx, workitemtracking.QueryByWiqlArgs{
		Project: &project,
		Wiql:    &workitemtracking.Wiql{Query: new("SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project")},
	})
	if err != nil || result.WorkItems == nil {
		return 0, err
	}
	return len(*result.WorkItems), nil
}
