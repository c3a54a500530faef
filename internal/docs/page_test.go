package docs

import (
	"bytes"
	"io/fs"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
)

// root is the repository.
const root = "../.."

// page is a Markdown file.
type page struct {
	path    string // in the repository, with slashes
	anchors []string
	links   []link
	blocks  []block
	spans   []span
}

// span is code within a sentence.
type span struct {
	text string
	line int
}

type link struct {
	to   string
	line int
}

// block is a code block. Its language is "" if the fence names none; its section is the number of the heading of second level.
type block struct {
	language, text string
	line, section  int
}

// pages returns every Markdown file of the repository.
func pages(t *testing.T) []page {
	t.Helper()
	var all []page
	for path, source := range files(t, ".md") {
		all = append(all, parse(path, []byte(source)))
	}
	return all
}

// files returns the repository's files with such an ending, in order.
func files(t *testing.T, ending string) iter.Seq2[string, string] {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{".git", ".cache", "bin", "dist"}, path):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ending):
			return nil
		}
		source, err := os.ReadFile(filepath.Join(root, path))
		found[path] = string(source)
		return err
	})
	if err != nil || len(found) < 10 {
		t.Fatalf("found %d files: %v", len(found), err)
	}
	return func(yield func(string, string) bool) {
		for _, path := range slices.Sorted(maps.Keys(found)) {
			if !yield(path, found[path]) {
				return
			}
		}
	}
}

// frontMatter is what the registry reads, and Markdown does not know.
var frontMatter = regexp.MustCompile(`(?s)\A---\n.*?\n---\n`)

func parse(path string, source []byte) page {
	// Blank lines instead of it keep the numbers of the lines.
	source = frontMatter.ReplaceAllFunc(source, func(matter []byte) []byte { return bytes.Repeat([]byte("\n"), bytes.Count(matter, []byte("\n"))) })
	p := page{path: path, anchors: explicitAnchors(source)}
	document := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	line := 0 // that of the last block: a link has none of its own
	section := 0
	_ = ast.Walk(document, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		if node.Type() == ast.TypeBlock && node.Lines().Len() > 0 {
			line = 1 + bytes.Count(source[:node.Lines().At(0).Start], []byte("\n"))
		}
		switch n := node.(type) {
		case *ast.Heading:
			p.addHeading(words(n, source))
			if n.Level <= 2 {
				section++
			}
		case *ast.Link:
			p.links = append(p.links, link{string(n.Destination), line})
		case *ast.Image:
			p.links = append(p.links, link{string(n.Destination), line})
		case *ast.AutoLink:
			p.links = append(p.links, link{string(n.URL(source)), line})
		case *ast.CodeSpan:
			p.spans = append(p.spans, span{words(n, source), line})
		case *ast.FencedCodeBlock:
			p.blocks = append(p.blocks, block{string(n.Language(source)), string(n.Lines().Value(source)), line, section})
		case *ast.CodeBlock:
			p.blocks = append(p.blocks, block{"indented", string(n.Lines().Value(source)), line, section})
		}
		return ast.WalkContinue, nil
	})
	return p
}

// explicitAnchors returns those that tfplugindocs writes.
func explicitAnchors(source []byte) []string {
	var anchors []string
	for _, match := range regexp.MustCompile(`<a (?:id|name)="([^"]+)"`).FindAllSubmatch(source, -1) {
		anchors = append(anchors, string(match[1]))
	}
	return anchors
}

// words returns the text of a node without its markup.
func words(node ast.Node, source []byte) string {
	var all strings.Builder
	_ = ast.Walk(node, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if leaf, ok := n.(*ast.Text); ok && entering {
			all.Write(leaf.Value(source))
		}
		return ast.WalkContinue, nil
	})
	return all.String()
}

// addHeading adds the anchor that GitHub and the registry make of a heading.
func (p *page) addHeading(heading string) {
	anchor := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
			return unicode.ToLower(r)
		case r == ' ':
			return '-'
		}
		return -1
	}, heading)
	unique := anchor
	for n := 1; slices.Contains(p.anchors, unique); n++ {
		unique = anchor + "-" + strconv.Itoa(n)
	}
	p.anchors = append(p.anchors, unique)
}
