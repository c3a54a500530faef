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

// kind is a kind of file that Terraform leaves.
type kind string

const (
	kindLog    kind = "log"
	kindState  kind = "state"
	kindBackup kind = "backup"
	kindPlan   kind = "plan"
	kindOutput kind = "output"
	kindOther  kind = "other" // the configuration, a crash log
)

// kinds are those of which there has to be one.
var kinds = []kind{kindLog, kindState, kindBackup, kindPlan, kindOutput}

// The names of the files in Terraform's folder and in those of its runs.
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

// leftover is a file, or an entry of one that is a zip.
type leftover struct {
	name    string
	kind    kind
	content []byte
}

// left reads all that Terraform and the provider have left.
func (s *stage) left() ([]leftover, error) {
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }() // nothing was written
	var all []leftover
	for _, folder := range searched {
		err := fs.WalkDir(root.FS(), folder, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := fs.ReadFile(root.FS(), name)
			if err != nil {
				return err
			}
			files, err := opened(leftover{name: name, kind: kindOf(name), content: content})
			all = append(all, files...)
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

// opened gives the entries of a zip, whose bytes are compressed and say nothing, and any other file as it is.
func opened(file leftover) ([]leftover, error) {
	if !bytes.HasPrefix(file.content, zipSignature) {
		return []leftover{file}, nil
	}
	archive, err := zip.NewReader(bytes.NewReader(file.content), int64(len(file.content)))
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", file.name, err)
	}
	var entries []leftover
	for _, entry := range archive.File {
		content, err := contentOf(entry)
		if err != nil {
			return nil, fmt.Errorf("opening %s in %s: %w", entry.Name, file.name, err)
		}
		entries = append(entries, leftover{name: file.name + ": " + entry.Name, kind: file.kind, content: content})
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

// sighting is a text that was found.
type sighting struct {
	text string // its name
	file string
	kind kind
}

func (s sighting) String() string { return s.text + " in " + s.file }

// search looks for texts, given by names that are safe to print, in names and contents of files. Only the first text of
// each file is reported.
func search(files []leftover, texts map[string]string) []sighting {
	names := slices.Sorted(maps.Keys(texts))
	var found []sighting
	for _, file := range files {
		for _, name := range names {
			if bytes.Contains(file.content, []byte(texts[name])) {
				found = append(found, sighting{name, file.name, file.kind})
				break
			}
		}
	}
	return found
}
