package flowserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/adoserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/oauthserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/store"
)

const (
	adminKey    = "sandbox-api-key"
	readonlyKey = "sandbox-readonly-key"
	contosoURL  = "https://dev.azure.com/contoso"
	flowEmail   = "Svc-Flow@contoso.com"
)

// A world is a workspace and its Azure DevOps, both served.
type world struct {
	t    testing.TB
	flow *Server
	ado  *adoserver.Server
	url  string // of the workspace, without the base path
	file string
	now  func() time.Time // of Azure DevOps; nil: time.Now
	stop func()
}

// start serves the default scenario without delays; change may set other options.
func start(t testing.TB, change func(*Options)) *world {
	t.Helper()
	w := &world{t: t, file: filepath.Join(t.TempDir(), "sandbox.db")}
	w.open(change)
	t.Cleanup(func() { w.stop() })
	return w
}

func (w *world) open(change func(*Options)) {
	w.t.Helper()
	file, err := store.Open(w.file)
	if err != nil {
		w.t.Fatal(err)
	}
	options := Options{Scenario: scenario.Default(), Store: file}
	if change != nil {
		change(&options)
	}
	flow := httptest.NewUnstartedServer(nil)
	options.Address, options.ClientSecret = "http://"+flow.Listener.Addr().String(), "secret of the app"
	app := oauthserver.App{ID: AppID, Secret: options.ClientSecret, Name: "Flow", RedirectURL: options.Address + CallbackPath}
	adoOptions := adoserver.Options{Scenario: options.Scenario, Store: file, Apps: []oauthserver.App{app}, Now: w.now}
	if w.ado, err = adoserver.New(adoOptions); err != nil {
		w.t.Fatal(err)
	}
	ado := httptest.NewServer(w.ado)
	options.AzureDevOpsEndpoint = ado.URL
	options.Names = w.ado.TokenName
	if w.flow, err = New(options); err != nil {
		w.t.Fatal(err)
	}
	flow.Config.Handler = w.flow
	flow.Start()
	w.url = flow.URL
	w.stop = func() {
		flow.Close()
		w.flow.Close()
		ado.Close()
		if err := file.Close(); err != nil {
			w.t.Error(err)
		}
	}
}

func token(name string) string {
	for _, organization := range scenario.Default().Organizations {
		for _, token := range organization.Tokens {
			if token.Name == name {
				return scenario.Secret(organization.Name, name)
			}
		}
	}
	panic("no token " + name)
}

// An answer is what came back: the body as decoded JSON, or as text.
type answer struct {
	status int
	header http.Header
	body   any
	text   string
}

// call sends a request under the base path, or to a path that starts with a slash; a body that is a string goes out as it is.
func (w *world) call(method, path, key string, body any) answer {
	w.t.Helper()
	var content io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		content = bytes.NewReader([]byte(body))
	default:
		data, err := json.Marshal(body)
		if err != nil {
			w.t.Fatal(err)
		}
		content = bytes.NewReader(data)
	}
	address := w.url + BasePath + path
	if strings.HasPrefix(path, "/") {
		address = w.url + path
	}
	r, err := http.NewRequest(method, address, content)
	if err != nil {
		w.t.Fatal(err)
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	if content != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	return w.send(r)
}

func (w *world) send(r *http.Request) answer {
	w.t.Helper()
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer response.Body.Close()
	data, err := io.ReadAll(response.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	a := answer{status: response.StatusCode, header: response.Header, text: string(data)}
	if json.Unmarshal(data, &a.body) != nil {
		a.body = a.text
	}
	return a
}

// must sends a request with the admin key and gives the object of the answer, whose status has to be this.
func (w *world) must(status int, method, path string, body any) object {
	w.t.Helper()
	a := w.call(method, path, adminKey, body)
	if a.status != status {
		w.t.Fatalf("%s %s: got %d %s, want %d", method, path, a.status, a.text, status)
	}
	result, _ := a.body.(object)
	return result
}

func newIntegration(changes ...func(object)) object {
	body := object{
		"name": "Contoso", "vendor": "azure_devops", "auth_type": "access_token",
		"enabled_services": []string{"repo", "ticket", "pull_request"},
		"url":              contosoURL, "username": flowEmail, "token": token("full"),
	}
	for _, change := range changes {
		change(body)
	}
	return body
}

func with(field string, value any) func(object) { return func(o object) { o[field] = value } }
func without(field string) func(object)         { return func(o object) { delete(o, field) } }

// connect makes the integration with contoso and gives its path.
func (w *world) connect(changes ...func(object)) string {
	w.t.Helper()
	created := w.must(http.StatusCreated, "POST", "integrations/create_with_vendor/", newIntegration(changes...))
	return fmt.Sprintf("integrations/%v/", created["id"])
}

// rows gives all results of a list in order.
func (w *world) rows(path string) []object {
	w.t.Helper()
	var rows []object
	for _, row := range w.must(http.StatusOK, "GET", path, nil)["results"].([]any) {
		rows = append(rows, row.(object))
	}
	return rows
}

// importRepo imports a repository by its name and gives its path.
func (w *world) importRepo(name string) string {
	w.t.Helper()
	rows := w.rows("available_repos/?ordering=id&name=" + name)
	if len(rows) != 1 {
		w.t.Fatalf("%d repositories are called %s", len(rows), name)
	}
	imported := w.must(http.StatusCreated, "POST", "repos/import_repo/", object{"available_repo_id": fmt.Sprint(rows[0]["id"])})
	return fmt.Sprintf("repos/%v/", imported["id"])
}
