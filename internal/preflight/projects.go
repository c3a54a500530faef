package preflight

import (
	"fmt"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

// projects checks that the token's owner sees a project.
func (j *judge) projects() {
	switch projects := j.evidence.Projects; projects.Outcome {
	case OutcomeNoScope:
		// All scopes that open the list are missing, and reported.
	case OutcomeAnswered:
		if len(projects.Value.Projects) > 0 {
			return
		}
		j.add(Finding{
			Check: CheckVisibleProjects, Field: FieldToken, Severity: SeverityError,
			Summary: "Token's owner sees no project",
			Detail:  fmt.Sprintf("%s sees no project in organization %s, so Flow would find nothing to import.", j.owner(), j.evidence.Organization),
			Remedy:  "In Azure DevOps, add the account to the Readers group of the projects: Project settings > Permissions > Readers > Members.",
		})
	default:
		j.gap("the projects that the token's owner sees", projects.Err)
	}
}

// longestSample is how many names a finding lists.
const longestSample = 10

// repositories warns of projects that repositories cannot be imported from. It says nothing when that is not certain,
// because the list of projects is incomplete, or of no interest, because nothing is read from repositories.
func (j *judge) repositories() {
	if j.expectation.needOf(scopeCode) == needIdle {
		return
	}
	projects, counts := j.evidence.Projects, j.evidence.Repositories
	if projects.Outcome != OutcomeAnswered || counts.Outcome != OutcomeAnswered || !projects.Value.Complete {
		return
	}
	var without []string
	for _, project := range projects.Value.Projects {
		if counts.Value[strings.ToLower(project.ID)] == 0 {
			without = append(without, project.Name)
		}
	}
	if len(without) == 0 {
		return
	}
	j.add(Finding{
		Check: CheckGitRepositories, Field: FieldBaseURL, Severity: SeverityWarning, Advisory: true,
		Summary: "Projects without a Git repository",
		Detail: fmt.Sprintf("Flow reads only Git repositories, not TFVC. In %d of the %d projects of organization %s, the token's owner sees no Git repository: %s. "+
			"Flow will import no repository from them.", len(without), len(projects.Value.Projects), j.evidence.Organization, wording.First(without, longestSample)),
		Remedy: "Ignore this if it is expected. Otherwise, convert them with Repos > Files > Import repository in Azure DevOps, or give the account read access to their repositories.",
	})
}
