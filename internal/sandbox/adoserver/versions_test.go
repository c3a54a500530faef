package adoserver

import (
	"net/http"
	"strings"
	"testing"
)

func TestVersionRules(t *testing.T) {
	f := start(t)
	const (
		released = "/dev.azure.com/contoso/_apis/projects"
		preview  = "/dev.azure.com/contoso/_apis/teams"
		batch    = "/dev.azure.com/contoso/_apis/security/permissionevaluationbatch"
	)
	tests := []struct {
		name, method, path, accept string
		status                     int
		typeKey, echo              string
	}{
		{"GET without a version", "", released, "", 200, "", "7.1"},
		{"GET of a preview without a version", "", preview, "", 200, "", "7.1-preview.3"},
		{"POST without a version", "POST", batch, "", 400, "VssVersionNotSpecifiedException", ""},
		{"POST with a version", "POST", batch + "?api-version=7.1", "", 200, "", "7.1"},
		{"older version", "", released + "?api-version=6.0", "", 200, "", "6.0"},
		{"preview of a released resource", "", released + "?api-version=7.1-preview.4", "", 200, "", "7.1-preview.4"},
		{"plain version of a preview", "", preview + "?api-version=7.1", "", 400, "VssInvalidPreviewVersionException", ""},
		{"preview without a revision", "", preview + "?api-version=7.1-preview", "", 200, "", "7.1-preview.3"},
		{"too high a revision", "", preview + "?api-version=7.1-preview.9", "", 400, "VssVersionOutOfRangeException", ""},
		{"too high", "", released + "?api-version=99.0", "", 400, "VssVersionOutOfRangeException", ""},
		{"next version is a preview", "", released + "?api-version=7.2", "", 400, "VssInvalidPreviewVersionException", ""},
		{"preview of the next version", "", "/dev.azure.com/contoso/_apis/git/repositories?api-version=7.2-preview.2", "", 200, "", "7.2-preview.2"},
		{"preview of the next version without a revision", "", "/dev.azure.com/contoso/Payments/_apis/build/builds?api-version=7.2-preview", "", 200, "", "7.2-preview.8"},
		{"a revision that only the next version has", "", "/dev.azure.com/contoso/_apis/git/repositories?api-version=7.1-preview.2", "", 400, "VssVersionOutOfRangeException", ""},
		{"too high a revision of the next version", "", released + "?api-version=7.2-preview.5", "", 400, "VssVersionOutOfRangeException", ""},
		{"no version at all", "", released + "?api-version=latest", "", 400, "VssInvalidApiVersionException", ""},
		{"version in the Accept header", "", preview, "application/json;api-version=7.1-preview.1", 200, "", "7.1-preview.1"},
		{"name in another case", "", released + "?API-Version=6.0", "", 200, "", "6.0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			header := http.Header{}
			if test.accept != "" {
				header.Set("Accept", test.accept)
			}
			r := f.send(request{method: test.method, path: test.path, token: "full", header: header, body: `{}`})
			if r.status != test.status || r.typeKey() != test.typeKey {
				t.Errorf("got %d %q %s", r.status, r.typeKey(), r.body)
			}
			want := "application/json; charset=utf-8"
			if test.echo != "" {
				want += "; api-version=" + test.echo
			}
			if got := r.header.Get("Content-Type"); got != want {
				t.Errorf("Content-Type %q, want %q", got, want)
			}
		})
	}
}

func FuzzParseAPIVersion(f *testing.F) {
	for _, seed := range []string{"7.1", "7.1-preview", "7.1-preview.3", "", "99.0"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, ok := parseAPIVersion(text)
		if !ok {
			return
		}
		again, ok := parseAPIVersion(v.String())
		if !ok || again != v {
			t.Errorf("%q is %v, and that is %v", text, v, again)
		}
		if strings.Contains(text, "-preview") != v.preview {
			t.Errorf("%q is %v", text, v)
		}
	})
}
