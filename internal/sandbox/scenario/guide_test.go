package scenario

import (
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const guideFile = "../../../templates/guides/sandbox-scenario.md.tmpl"

func readGuide(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile(guideFile)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// fields returns each field of the blocks below a type, as "block field".
func fields(block string, typ reflect.Type) (all []string) {
	for field := range typ.Fields() {
		name, kind, _ := strings.Cut(field.Tag.Get("hcl"), ",")
		inner := field.Type
		if inner.Kind() == reflect.Slice {
			inner = inner.Elem()
		}
		switch kind {
		case "block":
			all = append(all, fields(name, inner)...)
		case "label":
			all = append(all, block+" label")
		case "def_range":
		default:
			all = append(all, block+" "+name)
		}
	}
	return all
}

func TestTheGuideListsEveryField(t *testing.T) {
	var documented []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z_]+)` \\| `?([a-z_]+)`? \\|").FindAllStringSubmatch(readGuide(t), -1) {
		documented = append(documented, row[1]+" "+row[2])
	}
	known := fields("", reflect.TypeFor[Scenario]())
	slices.Sort(known)
	slices.Sort(documented)
	if diff := cmp.Diff(known, documented); diff != "" {
		t.Errorf("fields (-file +guide):\n%s", diff)
	}
}

// The example is complete: it sets every field.
func TestTheGuidesExampleIsAScenario(t *testing.T) {
	_, rest, found := strings.Cut(readGuide(t), "```hcl\n")
	example, _, _ := strings.Cut(rest, "```")
	if !found {
		t.Fatal("the guide has no example")
	}
	s, err := Parse(guideFile, []byte(example))
	if err != nil {
		t.Fatal(err)
	}
	if s.Organizations[0].Projects[0].Repositories[0].PullRequests[0].ClosedDays == nil {
		t.Errorf("got %+v", s)
	}
	for _, field := range fields("", reflect.TypeFor[Scenario]()) {
		block, name, _ := strings.Cut(field, " ")
		pattern := `(?m)^\s*` + name + `\s+=`
		if name == "label" {
			pattern = `(?m)^\s*` + block + ` "`
		}
		if !regexp.MustCompile(pattern).MatchString(example) {
			t.Errorf("the example lacks %s", field)
		}
	}
}
