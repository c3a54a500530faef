package docs

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// repository is where the source is published.
const repository = "https://github.com/flow-community/terraform-provider-flow"

func TestEveryLinkIntoTheRepositoryResolves(t *testing.T) {
	all := pages(t)
	checked := 0
	for _, p := range all {
		for _, l := range p.links {
			if err := resolve(p, l.to, all); err != nil {
				t.Errorf("%s:%d: %s: %v", p.path, l.line, l.to, err)
			}
			checked++
		}
	}
	if checked < 100 {
		t.Errorf("only %d links were found", checked)
	}
}

func TestALinkThatLeadsNowhereIsFound(t *testing.T) {
	guide := page{path: "docs/guides/one.md", anchors: []string{"here"}}
	all := []page{guide, {path: "docs/index.md", anchors: []string{"versions"}}}
	for to, resolves := range map[string]bool{
		"#here": true, "#there": false,
		"../index.md": true, "../index.md#versions": true, "../index.md#version": false,
		"../none.md": false, "../../examples/complete": false, // it is not in the registry
		repository + "/tree/main/examples/complete":             true,
		repository + "/tree/main/examples/none":                 false,
		repository + "/blob/main/README.md":                     true,
		repository + "/issues/new?template=flow-disagrees.yml":  true,
		repository + "/issues/new?template=flow-agrees.yml":     false,
		repository + "/actions":                                 false,
		"https://developer.hashicorp.com/terraform":             true,
		"http://example.com":                                    false,
		"mailto:someone@example.com":                            false,
		"https://github.com/flow-community/terraform-other":     false,
		"https://github.com/terraform-linters/tflint/issues/12": true,
	} {
		if err := resolve(guide, to, all); (err == nil) != resolves {
			t.Errorf("%s: %v, want an error: %t", to, err, !resolves)
		}
	}
}

// resolve reports where a link leads to nothing. Pages of others are not asked for.
func resolve(from page, to string, all []page) error {
	address, err := url.Parse(to)
	switch {
	case err != nil:
		return err
	case strings.HasPrefix(to, repository):
		return resolvePublished(address)
	case strings.HasPrefix(to, "https://github.com/flow-community/"):
		return errors.New("this is no repository of the project")
	case address.Scheme == "https":
		return nil
	case address.Scheme != "":
		return errors.New("neither https nor in the repository")
	}
	target := from
	if address.Path != "" {
		if target, err = find(from, address.Path, all); err != nil {
			return err
		}
	}
	if address.Fragment != "" && !slices.Contains(target.anchors, address.Fragment) {
		return fmt.Errorf("%s has no heading for this anchor", target.path)
	}
	return nil
}

func find(from page, to string, all []page) (page, error) {
	target := path.Join(path.Dir(from.path), to)
	if strings.HasPrefix(from.path, "docs/") && !strings.HasPrefix(target, "docs/") {
		return page{}, errors.New("the registry shows only docs/: link to the address at GitHub")
	}
	if at := slices.IndexFunc(all, func(p page) bool { return p.path == target }); at >= 0 {
		return all[at], nil
	}
	return page{}, exists(target)
}

// resolvePublished checks an address of the project at GitHub.
func resolvePublished(address *url.URL) error {
	below := strings.TrimPrefix(address.Path, "/flow-community/terraform-provider-flow")
	if file, ok := strings.CutPrefix(below, "/tree/main/"); ok {
		return exists(file)
	}
	if file, ok := strings.CutPrefix(below, "/blob/main/"); ok {
		return exists(file)
	}
	switch below {
	case "", "/releases", "/issues", "/discussions", "/security/advisories/new":
		return nil
	case "/issues/new":
		return exists(path.Join(".github/ISSUE_TEMPLATE", address.Query().Get("template")))
	}
	return errors.New("no rule knows this part of the project's site")
}

func exists(file string) error {
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(file)))
	return err
}

func TestTheMapsLeadToEveryGuide(t *testing.T) {
	all := pages(t)
	for _, p := range all {
		guide, ok := strings.CutPrefix(p.path, "docs/guides/")
		if !ok {
			continue
		}
		for from, to := range map[string]string{"README.md": "docs/guides/" + guide, "docs/index.md": "guides/" + guide} {
			at := slices.IndexFunc(all, func(p page) bool { return p.path == from })
			if !slices.ContainsFunc(all[at].links, func(l link) bool { return l.to == to }) {
				t.Errorf("%s has no link to %s", from, to)
			}
		}
	}
}
