package main

import (
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const modulePath = "github.com/flow-community/terraform-provider-flow"

// picture is the graph in ARCHITECTURE.md.
type picture struct {
	boxes  map[string]string // box by package, such as "shared" by "identity"
	arrows []string          // such as "objects --> shared"
}

func readPicture(t *testing.T) picture {
	t.Helper()
	page, err := os.ReadFile("ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, graph, _ := strings.Cut(string(page), "```mermaid\n")
	graph, _, _ = strings.Cut(graph, "```")
	p := picture{boxes: map[string]string{}}
	for _, box := range regexp.MustCompile(`(?m)^  (\w+)\["(.*)"\]$`).FindAllStringSubmatch(graph, -1) {
		for name := range strings.SplitSeq(box[2], " · ") {
			p.boxes[name] = box[1]
		}
	}
	for _, arrow := range regexp.MustCompile(`(?m)^  (\w+ --> \w+)$`).FindAllStringSubmatch(graph, -1) {
		p.arrows = append(p.arrows, arrow[1])
	}
	slices.Sort(p.arrows)
	return p
}

// shortName returns the name of a package in the picture: its first folder below internal. It is "" for other modules' packages.
func shortName(path string) string {
	if path == modulePath {
		return "main"
	}
	below, found := strings.CutPrefix(path, modulePath+"/internal/")
	if !found {
		return ""
	}
	name, _, _ := strings.Cut(below, "/")
	return name
}

func TestThePictureShowsTheImports(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	p := readPicture(t)
	imports, found := map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(string(out)) {
		paths := strings.Fields(line)
		name := shortName(paths[0])
		from := p.boxes[name]
		found[name] = true
		if from == "" {
			t.Errorf("%s is in no box", paths[0])
		}
		for _, path := range paths[1:] {
			to := p.boxes[shortName(path)]
			if to == "" || to == from || (to == "basics" && from != "basics") {
				continue
			}
			imports[from+" --> "+to] = true
		}
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(imports)), p.arrows); diff != "" {
		t.Errorf("arrows (-imports +picture):\n%s", diff)
	}
	for name := range p.boxes {
		if !found[name] {
			t.Errorf("there is no package %s", name)
		}
	}
}
