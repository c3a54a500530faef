package adoserver

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/store"
)

// fixture is a running server, by default with the default scenario.
type fixture struct {
	*Server
	url string
	t   *testing.T
}

func start(t *testing.T, change ...func(*Options)) *fixture {
	t.Helper()
	data, err := store.Open(filepath.Join(t.TempDir(), "data"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { data.Close() })
	return startOn(t, data, change...)
}

func startOn(t *testing.T, data *store.Store, change ...func(*Options)) *fixture {
	t.Helper()
	options := Options{Store: data}
	for _, f := range change {
		f(&options)
	}
	s, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return &fixture{Server: s, url: web.URL, t: t}
}

// secret returns the value of a token of the default scenario.
func secret(name string) string {
	if name == "fabrikam" {
		return scenario.Secret("fabrikam", name)
	}
	return scenario.Secret("contoso", name)
}

type reply struct {
	status int
	header http.Header
	body   string
}

// typeKey returns the typeKey of an error.
func (r reply) typeKey() string {
	var body struct{ TypeKey string }
	json.Unmarshal([]byte(r.body), &body)
	return body.TypeKey
}

// request is sent with the header that suppresses the sign-in page; token is
// a name of the default scenario, "" sends none.
type request struct {
	method, path, token, body string
	header                    http.Header
}

func (f *fixture) send(r request) reply {
	f.t.Helper()
	if r.method == "" {
		r.method = http.MethodGet
	}
	req, err := http.NewRequestWithContext(f.t.Context(), r.method, f.url+r.path, strings.NewReader(r.body))
	if err != nil {
		f.t.Fatal(err)
	}
	req.Header.Set("X-TFS-FedAuthRedirect", "Suppress")
	maps.Copy(req.Header, r.header)
	if r.token != "" {
		req.SetBasicAuth("whatever", secret(r.token))
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, string(body)}
}

// get expects 200 and decodes the answer.
func (f *fixture) get(token, path string, into any) http.Header {
	f.t.Helper()
	r := f.send(request{path: path, token: token})
	if r.status != http.StatusOK {
		f.t.Fatalf("GET %s: %d %s", path, r.status, r.body)
	}
	if err := json.Unmarshal([]byte(r.body), into); err != nil {
		f.t.Fatalf("GET %s: %v in %s", path, err, r.body)
	}
	return r.header
}

// names returns the name of each item of a list.
func (f *fixture) names(token, path string) []string {
	f.t.Helper()
	var page struct {
		Count int
		Value []struct{ Name, DisplayName string }
	}
	f.get(token, path, &page)
	if page.Count != len(page.Value) {
		f.t.Errorf("GET %s: count %d of %d", path, page.Count, len(page.Value))
	}
	var names []string
	for _, item := range page.Value {
		names = append(names, item.Name+item.DisplayName)
	}
	return names
}
