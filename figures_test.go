package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestTheReadmeCountsTheFuzzTargets(t *testing.T) {
	targets := 0
	err := filepath.WalkDir("internal", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		targets += len(regexp.MustCompile(`(?m)^func Fuzz\w*\(`).FindAll(text, -1))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	if figure := fmt.Sprintf("| %d fuzz targets, 0 failures |", targets); !strings.Contains(string(readme), figure) {
		t.Errorf("README.md does not say %q", figure)
	}
}
