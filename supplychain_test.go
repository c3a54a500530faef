package main

import (
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// goOutput runs the go command.
func goOutput(t *testing.T, arguments ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", arguments...)
	command.Stderr = t.Output()
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(arguments, " "), err)
	}
	return string(out)
}

// modules returns the folders of the modules of which packages are needed, by path.
func modules(t *testing.T, arguments ...string) map[string]string {
	t.Helper()
	list := []string{"list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}"}
	found := map[string]string{}
	for line := range strings.Lines(goOutput(t, append(list, arguments...)...)) {
		if path, folder, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			found[path] = folder
		}
	}
	return found
}

// Each direct dependency has a line in CONTRIBUTING.md that says what it is for, and whether users get it.
func TestEachDependencyIsJustified(t *testing.T) {
	page, err := os.ReadFile("CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n## Dependencies\n")
	section, _, _ = strings.Cut(section, "\n## ")
	inProvider := modules(t, ".")
	justified := map[string]bool{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (yes |)\\| (.*) \\|$").FindAllStringSubmatch(section, -1) {
		module, shipped, reason := row[1], row[2] != "", row[3]
		justified[module] = true
		if len(strings.Fields(reason)) < 3 {
			t.Errorf("%s: %q is no reason", module, reason)
		}
		if _, is := inProvider[module]; is != shipped {
			t.Errorf("%s is in the provider: %t, CONTRIBUTING.md says %t", module, is, shipped)
		}
	}
	var file struct {
		Require []struct {
			Path     string `json:"Path"`
			Indirect bool   `json:"Indirect"`
		} `json:"Require"`
	}
	if err := json.Unmarshal([]byte(goOutput(t, "mod", "edit", "-json")), &file); err != nil {
		t.Fatal(err)
	}
	for _, required := range file.Require {
		if !required.Indirect && !justified[required.Path] {
			t.Errorf("CONTRIBUTING.md does not say what %s is for", required.Path)
		}
		delete(justified, required.Path)
	}
	for module := range justified {
		t.Errorf("%s, which CONTRIBUTING.md justifies, is not in go.mod", module)
	}
}

// licenses are those that may be combined with this project's, by a sentence of each.
var licenses = map[string]*regexp.Regexp{
	"Apache-2.0": regexp.MustCompile(`Apache License,? Version 2\.0, January 2004`),
	"BSD":        regexp.MustCompile(`Redistribution and use in source and binary forms, with or without modification, are permitted provided that`),
	"MIT":        regexp.MustCompile(`Permission is hereby granted, free of charge, to any person obtaining a copy of this software`),
	"MPL-2.0":    regexp.MustCompile(`Mozilla Public License,? [Vv]ersion 2\.0`),
}

// licenseOf returns the names of the licenses in a module's folder; none for an unknown one.
func licenseOf(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, entry := range entries {
		if !regexp.MustCompile(`(?i)^(licen[cs]e|copying)([.-].*)?$`).MatchString(entry.Name()) || entry.IsDir() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for name, sentence := range licenses {
			if sentence.MatchString(strings.Join(strings.Fields(string(text)), " ")) {
				found[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// Every module of which anything is compiled, for users or for tests, has a license that is known to be acceptable.
func TestEveryLicenseIsKnown(t *testing.T) {
	all := modules(t, "-test", "./...")
	if len(all) < 40 {
		t.Errorf("go list names only %d modules", len(all))
	}
	counts := map[string]int{}
	for module, folder := range all {
		names := licenseOf(t, folder)
		if len(names) == 0 {
			t.Errorf("%s has no license that is known, see %s", module, folder)
		}
		counts[strings.Join(names, " and ")]++
	}
	t.Log(counts)
}

func TestALicenseIsToldByItsText(t *testing.T) {
	for text, want := range map[string]string{
		"Mozilla Public License, version 2.0":                      "MPL-2.0",
		"Apache License\n   Version 2.0, January 2004":             "Apache-2.0",
		"Permission is hereby granted, free of charge, to sell it": "",
		"GNU AFFERO GENERAL PUBLIC LICENSE":                        "",
	} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "LICENSE.txt"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(licenseOf(t, folder), ","); got != want {
			t.Errorf("%q is taken for %q, want %q", text, got, want)
		}
	}
	if got := licenseOf(t, t.TempDir()); len(got) > 0 {
		t.Errorf("a module without a license has %v", got)
	}
}
