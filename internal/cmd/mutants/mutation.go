package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// mutation is one small change to the provider that a user would feel, and the tests that have to fail because of it.
type mutation struct {
	name string
	// breaks says what a user would feel.
	breaks string
	// file is the path in the module. In it, old occurs once.
	file, old, new string
	tests          suite
}

// suite is tests of one package.
type suite struct {
	// pkg is the path of the package's folder in the module.
	pkg string
	// names are the tests, separated by spaces.
	names string
}

// pattern is the -run pattern that selects the tests.
func (s suite) pattern() string { return "^(" + strings.Join(strings.Fields(s.names), "|") + ")$" }

// mutations returns all of them, those of quick tests first.
func mutations() []mutation {
	return slices.Concat(httpMutations, flowMutations, bulkMutations, checkMutations, configurationMutations, memoryMutations,
		integrationMutations, importMutations)
}

func matching(all []mutation, name *regexp.Regexp) []mutation {
	return slices.DeleteFunc(all, func(m mutation) bool { return !name.MatchString(m.name) })
}

// apply returns the text of the file with the change.
func (m mutation) apply(text string) (string, error) {
	if n := strings.Count(text, m.old); n != 1 {
		return "", fmt.Errorf("%s: %s holds %d times, instead of once: %s", m.name, m.file, n, m.old)
	}
	return strings.Replace(text, m.old, m.new, 1), nil
}

// overlay writes the changed file and the list for `go test -overlay` into a folder, and returns the path of the list.
func (m mutation) overlay(root, folder string) (string, error) {
	original := filepath.Join(root, filepath.FromSlash(m.file))
	text, err := os.ReadFile(original)
	if err != nil {
		return "", err
	}
	changed, err := m.apply(string(text))
	if err != nil {
		return "", err
	}
	replacement := filepath.Join(folder, filepath.Base(m.file))
	if err := os.WriteFile(replacement, []byte(changed), 0o600); err != nil {
		return "", err
	}
	list, err := json.Marshal(map[string]map[string]string{"Replace": {original: replacement}})
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "overlay.json")
	return path, os.WriteFile(path, list, 0o600)
}
