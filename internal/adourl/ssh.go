package adourl

import (
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/lazyregexp"
)

// sshAddress has the forms of Git's: with a scheme, or as scp has it, with a colon before the path. Copies with a mixture of
// both are common.
var sshAddress = lazyregexp.New(`(?is)^(?:(?:ssh|https?)://)?(?:([^@/]*)@)?(?:ssh\.dev\.azure\.com|vs-ssh\.visualstudio\.com)(?::\d+)?[:/]+(.*)$`)

// IsSSH reports whether this is an address at one of the two hosts that serve repositories by SSH.
func IsSSH(raw string) bool { return sshAddress().MatchString(raw) }

// cutSSH takes the user name and the path out of an SSH address.
func cutSSH(raw string) (user, path string, ok bool) {
	match := sshAddress().FindStringSubmatch(raw)
	if match == nil {
		return "", "", false
	}
	path, _, _ = strings.Cut(match[2], "?")
	path, _, _ = strings.Cut(path, "#")
	return match[1], path, true
}

// parseSSH reads v3/<organization>/<project>/<repository>, the form of both hosts now, or the path after the older one, in
// which the user is the organization: [DefaultCollection/][<project>/]_ssh/<repository>.
func parseSSH(user, path string) (Address, error) {
	segments, err := split(path)
	if err != nil {
		return Address{}, err
	}
	if len(segments) == 0 || !strings.EqualFold(segments[0], "v3") {
		organization, _, _ := strings.Cut(user, ":")
		if organization == "" || organization == "git" {
			return Address{}, errNoOrganization
		}
		return named(Address{Organization: Organization(organization)}, withoutCollection(segments))
	}
	var names [3]string
	copy(names[:], segments[1:])
	if names[0] == "" {
		return Address{}, errNoOrganization
	}
	return Address{Organization: Organization(names[0]), Project: names[1], Repository: names[2]}.checked()
}
