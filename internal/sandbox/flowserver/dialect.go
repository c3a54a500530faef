package flowserver

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Dialect is one way in which Flow may differ from this server's default. Nobody has published what Flow does, so each is
// possible.
type Dialect struct {
	Name    string   // with "vendor:<slug>" or "words:<form>" for one that takes a value
	Values  []string // the names with each value in place, or with an example; nil for a dialect that takes none
	Purpose string   // what Flow does then, to follow "Flow"

	prefix string // of a name with a value, such as "vendor:"; "" for a dialect that takes none
	accept *regexp.Regexp
	speak  func(b *behavior, value string)
}

// plain returns a dialect that takes no value.
func plain(name, purpose string, speak func(*behavior)) Dialect {
	return Dialect{Name: name, Purpose: purpose, speak: func(b *behavior, _ string) { speak(b) }}
}

// valued returns a dialect with a value after a colon, which must match the pattern.
func valued(name, placeholder, pattern, purpose string, examples []string, speak func(*behavior, string)) Dialect {
	d := Dialect{
		Name: name + ":<" + placeholder + ">", Purpose: purpose,
		prefix: name + ":", accept: regexp.MustCompile("^(?:" + pattern + ")$"), speak: speak,
	}
	for _, example := range examples {
		d.Values = append(d.Values, d.prefix+example)
	}
	return d
}

// reads reports whether the name is this dialect's, and returns the value after the colon.
func (d Dialect) reads(name string) (value string, ok bool) {
	if d.prefix == "" {
		return "", name == d.Name
	}
	value, ok = strings.CutPrefix(name, d.prefix)
	return value, ok && d.accept.MatchString(value)
}

// Dialects returns all dialects in the order in which the documentation lists them.
func Dialects() []Dialect { return slices.Clone(dialects) }

// DialectNames returns a name for every dialect, and for every value of those that take one.
func DialectNames() []string {
	var names []string
	for _, d := range dialects {
		if d.prefix == "" {
			names = append(names, d.Name)
		}
		names = append(names, d.Values...)
	}
	return names
}

// CheckDialects returns an error for a name that no dialect has, or for two values of one dialect.
func CheckDialects(names []string) error {
	_, err := behaviorOf(names)
	return err
}

// behaviorOf combines dialects. The order of the names does not matter.
func behaviorOf(names []string) (*behavior, error) {
	b := newBehavior()
	left := slices.Clone(names)
	for _, d := range dialects {
		var spoken []string
		left = slices.DeleteFunc(left, func(name string) bool {
			value, ok := d.reads(name)
			if ok && !slices.Contains(spoken, name) {
				spoken = append(spoken, name)
				d.speak(b, value)
			}
			return ok
		})
		if len(spoken) > 1 {
			return nil, fmt.Errorf("%s contradict each other", strings.Join(spoken, " and "))
		}
		b.names = append(b.names, spoken...)
	}
	if len(left) > 0 {
		return nil, fmt.Errorf("there is no dialect %q; the dialects are %s", left[0], strings.Join(documentedNames(), ", "))
	}
	return b, nil
}

// documentedNames returns the names with placeholders for values.
func documentedNames() []string {
	names := make([]string, len(dialects))
	for i, d := range dialects {
		names[i] = d.Name
	}
	return names
}
