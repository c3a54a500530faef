package adourl

import (
	"net/url"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/lazyregexp"
)

// parseWeb reads an address whose host decides where the organization is: the first segment of the path, or the host's label.
func parseWeb(host, path string) (Address, error) {
	segments, err := split(path)
	if err != nil {
		return Address{}, err
	}
	first, others, _ := strings.Cut(host, ".")
	switch depth, legacyDepth := labelsBefore(host, Host), labelsBefore(host, LegacyDomain); {
	case host == Host:
		return inOrganization("", segments)
	case depth == 1 && !withoutOrganizations[first]:
		return inOrganization(first, segments)
	case depth == 1, host == LegacyDomain, legacyDepth > 0 && isMicrosofts(first):
		return Address{}, errNoOrganization
	case legacyDepth == 1 || legacyDepth == 2:
		service := strings.TrimSuffix(strings.TrimSuffix(others, LegacyDomain), ".")
		return named(Address{Organization: Organization(first), Service: service}, withoutCollection(segments))
	}
	return Address{}, errOtherHost
}

// inOrganization reads a path that begins with the organization.
func inOrganization(service string, segments []string) (Address, error) {
	if len(segments) == 0 || strings.HasPrefix(segments[0], "_") {
		return Address{}, errNoOrganization
	}
	return named(Address{Organization: Organization(segments[0]), Service: service}, segments[1:])
}

// labelsBefore counts the labels of a host before the domain; 0 when the host is not within it.
func labelsBefore(host, domain string) int {
	before, within := strings.CutSuffix(host, "."+domain)
	if !within || before == "" {
		return 0
	}
	return strings.Count(before, ".") + 1
}

// withoutOrganizations are the labels before dev.azure.com of hosts whose paths do not begin with an organization.
var withoutOrganizations = map[string]bool{"aex": true, "ssh": true, "status": true}

// microsofts are the labels before visualstudio.com that are no organization's.
var microsofts = map[string]bool{
	"app": true, "vssps": true, "vsrm": true, "vsaex": true, "feeds": true, "pkgs": true, "www": true,
	"marketplace": true, "my": true, "go": true, "code": true, "vs-ssh": true, "status": true,
}

// scaleUnit is the name of a group of Microsoft's own servers, which show in redirects and realms.
var scaleUnit = lazyregexp.New(`^(?:tfs|sps|aex)prod[a-z]+[0-9]+$`)

func isMicrosofts(label string) bool { return microsofts[label] || scaleUnit().MatchString(label) }

// named adds the project and the repository that a path names behind the organization.
//
// Names never begin with an underscore (Microsoft's naming restrictions): what does is a page, an API, or the mark of a
// repository. One segment before it is the project, a second one the team whose page it is.
func named(address Address, segments []string) (Address, error) {
	mark := 0
	for mark < len(segments) && !strings.HasPrefix(segments[mark], "_") {
		mark++
	}
	if mark > 0 {
		address.Project = segments[0]
	}
	if mark < len(segments) && isGit(segments[mark]) {
		address.Repository = repositoryAt(segments[mark+1:])
		// The repository that a project began with has its name, and a short form of its address.
		if address.Project == "" {
			address.Project = address.Repository
		}
	}
	return address.checked()
}

func isGit(segment string) bool {
	return strings.EqualFold(segment, "_git") || strings.EqualFold(segment, "_ssh")
}

// repositoryAt takes the repository from what follows its mark. _full and _optimized choose which refs Git gets to see.
func repositoryAt(segments []string) string {
	if len(segments) > 0 && (strings.EqualFold(segments[0], "_full") || strings.EqualFold(segments[0], "_optimized")) {
		segments = segments[1:]
	}
	if len(segments) == 0 || strings.HasPrefix(segments[0], "_") {
		return ""
	}
	return segments[0]
}

// withoutCollection drops the only collection that an organization of visualstudio.com has, from paths that name it.
func withoutCollection(segments []string) []string {
	if len(segments) > 0 && strings.EqualFold(segments[0], "DefaultCollection") {
		return segments[1:]
	}
	return segments
}

// split takes a path apart into decoded segments, without empty ones.
func split(path string) ([]string, error) {
	var segments []string
	for encoded := range strings.SplitSeq(path, "/") {
		segment, err := url.PathUnescape(encoded)
		if err != nil {
			return nil, errMalformed
		}
		if segment != "" {
			segments = append(segments, segment)
		}
	}
	return segments, nil
}
