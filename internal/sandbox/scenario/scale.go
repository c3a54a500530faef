package scenario

import (
	"fmt"
	"slices"
)

// Scale is the number of generated projects and repositories to add to a scenario.
type Scale struct {
	Projects int
	Repos    int // spread evenly over the generated projects, of which there is at least one
}

// Scaled returns a copy of the scenario with generated projects and repositories in its first organization, whose names do not
// change from call to call. The readers of the organization's first project can read them.
func (s *Scenario) Scaled(scale Scale) *Scenario {
	if scale.Repos > 0 {
		scale.Projects = max(scale.Projects, 1)
	}
	if scale.Projects <= 0 || len(s.Organizations) == 0 {
		return s
	}
	scaled := *s
	scaled.Organizations = slices.Clone(s.Organizations)
	org := &scaled.Organizations[0]
	var readers []string
	if len(org.Projects) > 0 {
		readers = org.Projects[0].Readers
	}
	org.Projects = slices.Grow(slices.Clone(org.Projects), scale.Projects)
	for p := range scale.Projects {
		org.Projects = append(org.Projects, generatedProject(p, scale, readers))
	}
	return &scaled
}

func generatedProject(p int, scale Scale, readers []string) Project {
	project := Project{
		Name:           fmt.Sprintf("Generated %04d", p+1),
		VersionControl: Git,
		Visibility:     Private,
		Readers:        readers,
	}
	for r := p; r < scale.Repos; r += scale.Projects {
		project.Repositories = append(project.Repositories, Repository{Name: fmt.Sprintf("service-%05d", r+1)})
	}
	return project
}
