package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"

	"github.com/flow-community/terraform-provider-flow/internal/terraformcli"
)

// kind is a kind of file that a run of Terraform leaves.
type kind string

const (
	kindLog    kind = "log"
	kindState  kind = "state"
	kindBackup kind = "backup"
	kindPlan   kind = "plan"
	kindOutput kind = "output"
	kindOther  kind = "other" // the configuration, a crash log
)

// kinds are the kinds of which there must be a file.
var kinds = []kind{kindLog, kindState, kindBackup, kindPlan, kindOutput}

// Names of files in the folders of Terraform and its runs.
const (
	stateFile  = "terraform.tfstate"
	backupFile = stateFile + ".backup"
	outputFile = "output.txt"
)

func kindOf(name string) kind {
	switch base := path.Base(name); {
	case base == stateFile:
		return kindState
	case base == terraformcli.PlanFile:
		return kindPlan
	case base == outputFile:
		return kindOutput
	case path.Ext(base) == ".backup":
		return kindBackup
	case path.Ext(base) == ".log":
		return kindLog
	}
	return kindOther
}

// file is a file that Terraform left, or an entry of a zip file.
type file struct {
	name    string
	kind    kind
	content []byte
}

// leftovers reads all files that Terraform and the provider have left.
func (e *environment) leftovers() ([]file, error) {
	root, err := os.OpenRoot(e.dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // nothing was written
	var all []file
	for _, folder := range searched {
		err := fs.WalkDir(root.FS(), folder, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := fs.ReadFile(root.FS(), name)
			if err != nil {
				return err
			}
			entries, err := opened(file{name: name, kind: kindOf(name), content: content})
			all = append(all, entries...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// zipSignature begins a zip file (APPNOTE.TXT 4.3.7).
var zipSignature = []byte("PK\x03\x04")

// opened returns the entries of a zip file, whose own bytes are compressed, and any other file as it is.
func opened(f file) ([]file, error) {
	if !bytes.HasPrefix(f.content, zipSignature) {
		return []file{f}, nil
	}
	archive, err := zip.NewReader(bytes.NewReader(f.content), int64(len(f.content)))
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", f.name, err)
	}
	var entries []file
	for _, entry := range archive.File {
		content, err := contentOf(entry)
		if err != nil {
			return nil, fmt.Errorf("opening %s in %s: %w", entry.Name, f.name, err)
		}
		entries = append(entries, file{name: f.name + ": " + entry.Name, kind: f.kind, content: content})
	}
	return entries, nil
}

func contentOf(entry *zip.File) ([]byte, error) {
	reader, err := entry.Open()
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	return io.ReadAll(reader)
}

// match is a text that was found.
type match struct {
	text string // its name
	file string
	kind kind
}

func (m match) String() string { return m.text + " in " + m.file }

// search looks in each file for the texts, which have names that are safe to print, and returns the first match of each.
func search(files []file, texts map[string]string) []match {
	names := slices.Sorted(maps.Keys(texts))
	var found []match
	for _, f := range files {
		for _, name := range names {
			if bytes.Contains(f.content, []byte(texts[name])) {
				found = append(found, match{name, f.name, f.kind})
				break
			}
		}
	}
	return found
}
