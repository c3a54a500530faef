package adoserver

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The history of a repository is a first commit and one for each completed pull request. There are no files.

type commitJSON struct {
	CommitID     string         `json:"commitId"`
	Author       signatureJSON  `json:"author"`
	Committer    signatureJSON  `json:"committer"`
	Comment      string         `json:"comment"`
	ChangeCounts map[string]int `json:"changeCounts"`
	URL          string         `json:"url"`
	RemoteURL    string         `json:"remoteUrl"`
}

type signatureJSON struct {
	Name  string    `json:"name"`
	Email string    `json:"email"`
	Date  time.Time `json:"date"`
}

func hash(parts ...any) string {
	sum := sha1.Sum([]byte(fmt.Sprintln(parts...)))
	return hex.EncodeToString(sum[:])
}

func (r *repository) firstCommit() string { return hash("first commit", r.GUID) }

// head returns the newest commit of the main branch.
func (r *repository) head() string {
	if completed := r.completed(); len(completed) > 0 {
		return completed[0].commit()
	}
	return r.firstCommit()
}

// completed returns the merged pull requests, newest first.
func (r *repository) completed() []*pullRequest {
	var merged []*pullRequest
	for _, pr := range r.pullRequests {
		if pr.Status == "completed" {
			merged = append(merged, pr)
		}
	}
	slices.SortStableFunc(merged, func(a, b *pullRequest) int { return b.Closed.Compare(a.Closed) })
	return merged
}

func (pr *pullRequest) commit() string { return hash("pull request", pr.repository.GUID, pr.ID) }

func (c *call) showCommit(r *repository, id, comment string, author *account, date time.Time) commitJSON {
	signature := signatureJSON{Name: "Azure DevOps", Email: "azuredevops@" + c.org.Name + ".com", Date: date}
	if author != nil {
		signature.Name, signature.Email = author.DisplayName, author.Email
	}
	return commitJSON{
		CommitID: id, Author: signature, Committer: signature, Comment: comment,
		ChangeCounts: map[string]int{"Add": 0, "Edit": 1, "Delete": 0},
		URL:          c.url(r.project.GUID, "_apis/git/repositories", r.GUID, "commits", id),
		RemoteURL:    c.url(r.project.Name, "_git", r.Name, "commit", id),
	}
}

// history returns the commits of the main branch, newest first.
func (c *call) history(r *repository) []commitJSON {
	var commits []commitJSON
	for _, pr := range r.completed() {
		commits = append(commits, c.showCommit(r, pr.commit(), fmt.Sprintf("Merged PR %d: %s", pr.ID, pr.Title), c.org.account(pr.Author), pr.Closed))
	}
	return append(commits, c.showCommit(r, r.firstCommit(), "Initial commit", nil, r.Created))
}

func getCommit(c *call) (answer, error) {
	r, err := c.findRepository()
	if err != nil {
		return answer{}, err
	}
	for _, commit := range c.history(r) {
		if strings.EqualFold(commit.CommitID, c.params["commit"]) {
			return ok(commit)
		}
	}
	return answer{}, newError(http.StatusNotFound, gitAssembly, "GitCommitDoesNotExistException",
		"TF401175: The version descriptor <Commit: %s> could not be resolved to a version in the repository %s", c.params["commit"], r.Name)
}

func listCommits(c *call) (answer, error) {
	r, err := c.findRepository()
	if err != nil {
		return answer{}, err
	}
	commits := c.history(r)
	from, err := c.date("searchCriteria.fromDate")
	if err != nil {
		return answer{}, err
	}
	to, err := c.date("searchCriteria.toDate")
	if err != nil {
		return answer{}, err
	}
	commits = slices.DeleteFunc(commits, func(commit commitJSON) bool {
		date := commit.Author.Date
		return !from.IsZero() && date.Before(from) || !to.IsZero() && date.After(to)
	})
	// This list also has its own parameters for paging.
	for _, name := range []string{"$top", "$skip"} {
		if value := c.arg("searchCriteria." + name); value != "" {
			c.query.Set(name, value)
		}
	}
	shown, err := skipTop(c, commits, 100, len(commits))
	if err != nil {
		return answer{}, err
	}
	return list(shown)
}

func listPullRequestCommits(c *call) (answer, error) {
	pr, err := c.findPullRequest()
	if err != nil {
		return answer{}, err
	}
	return list([]commitJSON{c.showCommit(pr.repository, pr.commit(), pr.Title, c.org.account(pr.Author), pr.Created)})
}

// date returns a query parameter that is a time, or the zero time if it is absent.
func (c *call) date(name string) (time.Time, error) {
	text := c.arg(name)
	if text == "" {
		return time.Time{}, nil
	}
	when, ok := parseDate(text)
	if !ok {
		return time.Time{}, badRequest(fmt.Sprintf("The value '%s' is not valid for the parameter '%s'.", text, name))
	}
	return when, nil
}

func parseDate(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02"} {
		if when, err := time.Parse(layout, text); err == nil {
			return when, true
		}
	}
	return time.Time{}, false
}
