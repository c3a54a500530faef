package adoserver

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	defaultPullRequests = 101 // of one answer without $top
	maxPullRequests     = 1000
)

type pullRequestJSON struct {
	PullRequestID         int64      `json:"pullRequestId"`
	CodeReviewID          int64      `json:"codeReviewId"`
	Status                string     `json:"status"`
	Title                 string     `json:"title"`
	CreatedBy             object     `json:"createdBy"`
	CreationDate          time.Time  `json:"creationDate"`
	ClosedDate            *time.Time `json:"closedDate,omitempty"`
	SourceRefName         string     `json:"sourceRefName"`
	TargetRefName         string     `json:"targetRefName"`
	MergeStatus           string     `json:"mergeStatus"`
	IsDraft               bool       `json:"isDraft"`
	Repository            object     `json:"repository"`
	Reviewers             []object   `json:"reviewers"`
	LastMergeSourceCommit object     `json:"lastMergeSourceCommit"`
	URL                   string     `json:"url"`
}

func (pr *pullRequest) sourceBranch() string { return fmt.Sprintf("refs/heads/change-%d", pr.ID) }

func (c *call) showPullRequest(pr *pullRequest) pullRequestJSON {
	shown := pullRequestJSON{
		PullRequestID: pr.ID, CodeReviewID: pr.ID, Status: pr.Status, Title: pr.Title,
		CreatedBy: c.identityReference(pr.Author), CreationDate: pr.Created,
		SourceRefName: pr.sourceBranch(), TargetRefName: mainBranch, MergeStatus: "succeeded",
		Repository: c.repositoryReference(pr.repository), Reviewers: []object{},
		LastMergeSourceCommit: object{"commitId": pr.commit()},
		URL:                   c.url(pr.repository.project.GUID, "_apis/git/repositories", pr.repository.GUID, "pullRequests", strconv.FormatInt(pr.ID, 10)),
	}
	if closed := pr.Closed; !closed.IsZero() {
		shown.ClosedDate = &closed
	}
	return shown
}

// identityReference returns an account as other objects have it.
func (c *call) identityReference(guid string) object {
	a := c.org.account(guid)
	if a == nil {
		return object{"id": guid, "displayName": anonymousName}
	}
	image := c.url("_apis/GraphProfile/MemberAvatars", a.Descriptor)
	return object{
		"displayName": a.DisplayName, "id": a.GUID, "uniqueName": a.SignInName, "descriptor": a.Descriptor,
		"url": c.identityURL(a.GUID), "imageUrl": image, "_links": object{"avatar": href(image)},
	}
}

// account returns the account with that GUID.
func (o *organization) account(guid string) *account {
	a, _ := o.subjects[guid].(*account)
	return a
}

// pullRequestFilter is the filter of searchCriteria.
type pullRequestFilter struct {
	status, creator, target, source string
	byClosing                       bool
	from, to                        time.Time
}

func (c *call) pullRequestFilter() (pullRequestFilter, error) {
	f := pullRequestFilter{
		status:    c.enumeration("searchCriteria.status", pullRequestStates),
		creator:   c.arg("searchCriteria.creatorId"),
		source:    c.arg("searchCriteria.sourceRefName"),
		target:    c.arg("searchCriteria.targetRefName"),
		byClosing: c.enumeration("searchCriteria.queryTimeRangeType", timeRangeTypes) == "closed",
	}
	if f.status == "" || f.status == "notset" {
		f.status = "active"
	}
	if !slices.Contains([]string{"active", "abandoned", "completed", "all"}, f.status) {
		return f, badRequest("The value '" + f.status + "' is not valid for the parameter 'searchCriteria.status'.")
	}
	var err error
	if f.from, err = c.date("searchCriteria.minTime"); err != nil {
		return f, err
	}
	f.to, err = c.date("searchCriteria.maxTime")
	return f, err
}

func (f pullRequestFilter) matches(pr *pullRequest) bool {
	when := pr.Created
	if f.byClosing {
		when = pr.Closed
	}
	switch {
	case f.status != "all" && pr.Status != f.status,
		f.creator != "" && !strings.EqualFold(pr.Author, f.creator),
		f.source != "" && f.source != pr.sourceBranch(),
		f.target != "" && f.target != mainBranch,
		f.byClosing && when.IsZero(),
		!f.from.IsZero() && when.Before(f.from),
		!f.to.IsZero() && when.After(f.to):
		return false
	}
	return true
}

// listPullRequests lists the pull requests of the organization, a project or a repository, newest first.
func listPullRequests(c *call) (answer, error) {
	filter, err := c.pullRequestFilter()
	if err != nil {
		return answer{}, err
	}
	repositories, err := c.searchedRepositories()
	if err != nil {
		return answer{}, err
	}
	var found []*pullRequest
	for _, r := range repositories {
		for _, pr := range r.pullRequests {
			if filter.matches(pr) {
				found = append(found, pr)
			}
		}
	}
	slices.SortFunc(found, func(a, b *pullRequest) int { return int(b.ID - a.ID) })
	shown, err := skipTop(c, found, defaultPullRequests, maxPullRequests)
	if err != nil {
		return answer{}, err
	}
	return list(each(shown, c.showPullRequest))
}

func (c *call) searchedRepositories() ([]*repository, error) {
	if wanted := c.arg("searchCriteria.repositoryId"); wanted != "" && c.params["repository"] == "" {
		c.params["repository"] = wanted
	}
	if c.params["repository"] != "" {
		r, err := c.findRepository()
		if err != nil {
			return nil, err
		}
		return []*repository{r}, nil
	}
	var all []*repository
	for _, p := range c.scope() {
		all = append(all, p.repositories...)
	}
	return all, nil
}

func getPullRequest(c *call) (answer, error) {
	pr, err := c.findPullRequest()
	if err != nil {
		return answer{}, err
	}
	return ok(c.showPullRequest(pr))
}

func (c *call) findPullRequest() (*pullRequest, error) {
	if c.params["repository"] != "" {
		if _, err := c.findRepository(); err != nil {
			return nil, err
		}
	}
	number := c.params["pullRequest"]
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return nil, badRequest("The pull request id must be a number.")
	}
	pr := c.org.pullRequests[id]
	if pr == nil || !c.canRead(pr.repository.project) || c.project != nil && pr.repository.project != c.project {
		return nil, newError(http.StatusNotFound, gitAssembly, "GitPullRequestNotFoundException",
			"TF401180: The requested pull request was not found.")
	}
	return pr, nil
}
