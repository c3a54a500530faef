package main

import (
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../../.."

// A mutation whose place in the code has changed would otherwise be noticed at night.
func TestEachMutationFitsTheCode(t *testing.T) {
	for _, m := range mutations() {
		text, err := os.ReadFile(filepath.Join(root, m.file))
		if err != nil {
			t.Error(err)
			continue
		}
		changed, err := m.apply(string(text))
		if err != nil {
			t.Error(err)
			continue
		}
		if _, err := format.Source([]byte(changed)); err != nil {
			t.Errorf("%s makes %s unreadable: %v", m.name, m.file, err)
		}
		if changed == string(text) {
			t.Errorf("%s changes nothing", m.name)
		}
	}
}

func TestEachMutationHasTestsThatExist(t *testing.T) {
	declared := map[string]string{}
	for _, m := range mutations() {
		if declared[m.tests.pkg] == "" {
			declared[m.tests.pkg] = testsOf(t, m.tests.pkg)
		}
		names := strings.Fields(m.tests.names)
		if len(names) == 0 {
			t.Errorf("%s has no tests", m.name)
		}
		for _, name := range names {
			if !strings.Contains(declared[m.tests.pkg], "func "+name+"(") {
				t.Errorf("%s: there is no %s in %s", m.name, name, m.tests.pkg)
			}
		}
	}
}

// testsOf returns the text of a package's tests.
func testsOf(t *testing.T, pkg string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, pkg, "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("the tests of %s: %v, %v", pkg, files, err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// Every package whose mistakes a user would feel is changed somewhere.
func TestTheMutationsAreManyAndEverywhere(t *testing.T) {
	all := mutations()
	if len(all) < 60 {
		t.Errorf("%d mutations, want 60 or more", len(all))
	}
	names, packages := map[string]bool{}, map[string]int{}
	for _, m := range all {
		if names[m.name] {
			t.Errorf("two are called %s", m.name)
		}
		names[m.name] = true
		packages[filepath.ToSlash(filepath.Dir(m.file))]++
		if m.breaks == "" {
			t.Errorf("%s does not say what it breaks", m.name)
		}
	}
	for pkg, least := range map[string]int{
		"internal/httpclient": 10, "internal/flow": 15, "internal/bulkimport": 6, "internal/selector": 3, "internal/preflight": 8,
		"internal/azuredevops": 5, "internal/provider": 4, "internal/providerdata": 2, "internal/planmemory": 3, "internal/identity": 1,
		"internal/adointegration": 20, "internal/importresource": 12, "internal/repoimport": 2, "internal/ticketproject": 1,
		"internal/flowerror": 1, "internal/singlecall": 1, "internal/listresult": 1,
	} {
		if packages[pkg] < least {
			t.Errorf("%d mutations of %s, want %d or more", packages[pkg], pkg, least)
		}
	}
}

func TestOnlyChoosesByName(t *testing.T) {
	all := []mutation{{name: "retried-post"}, {name: "logged-header"}}
	chosen := matching(all, regexp.MustCompile("^retried"))
	if len(chosen) != 1 || chosen[0].name != "retried-post" {
		t.Errorf("chosen are %v", chosen)
	}
}

func TestTheReadmeCountsTheMutations(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if figure := fmt.Sprintf("| %d mutations, none of which may survive |", len(mutations())); !strings.Contains(string(readme), figure) {
		t.Errorf("README.md does not say %q", figure)
	}
}
