package adoserver

import "strings"

// Enumerations in parameters have the numbers of the .NET types, which Microsoft's node client sends; the service takes both.
var (
	pullRequestStates   = map[string]string{"0": "notset", "1": "active", "2": "abandoned", "3": "completed", "4": "all"}
	timeRangeTypes      = map[string]string{"1": "created", "2": "closed"}
	projectStates       = map[string]string{"-2": "unchanged", "-1": "all", "0": "new", "1": "wellformed", "2": "deleting", "3": "createpending", "4": "deleted"}
	membershipQueries   = map[string]string{"0": "none", "1": "direct", "2": "expanded", "3": "expandedup", "4": "expandeddown"}
	traversalDirections = map[string]string{"0": "", "unknown": "", "1": "down", "2": "up"}
)

// enumeration returns a parameter that names a value of an enumeration, in lower case, whether it is given by name or number.
func (c *call) enumeration(name string, names map[string]string) string {
	value := strings.ToLower(c.arg(name))
	if named, isNumber := names[value]; isNumber {
		return named
	}
	return value
}
