// Package pages shows the sandbox to people: what Flow's own pages are for, and, marked as such, what Flow does not have,
// such as tokens to expire. All pages are rendered here; nothing needs a script.
package pages

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"embed"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/adoserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/flowserver"
	"github.com/flow-community/terraform-provider-flow/internal/sandbox/webpage"
)

// ResetPath starts the sandbox over. The server that Reset replaces must not be locked while it is answered.
const ResetPath = "/backstage/reset"

//go:embed templates
var files embed.FS

// Options says what the pages show.
type Options struct {
	Flow        *flowserver.Server
	AzureDevOps *adoserver.Server
	// Reset starts the sandbox over, after which these pages must not be used any more.
	Reset func() error
}

// Pages is an http.Handler for the pages of one sandbox.
type Pages struct {
	Options
	mux    *http.ServeMux
	views  map[string]*template.Template
	drafts drafts
	// token is in each form: what comes from another site cannot know it.
	token string
}

// New returns the pages.
func New(o Options) *Pages {
	p := &Pages{Options: o, mux: http.NewServeMux(), views: views(), token: rand.Text()}
	p.mux.HandleFunc("GET /style.css", webpage.Style)
	p.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/integrations", http.StatusSeeOther)
	})
	p.mux.HandleFunc("GET /", func(w http.ResponseWriter, r *http.Request) { p.notFound(w, "There is no page "+r.URL.Path+".") })
	p.addIntegrations()
	p.addWizard()
	p.addObjects()
	p.addBackstage()
	return p
}

// ServeHTTP implements http.Handler.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if webpage.Admit(w, r) {
		p.mux.ServeHTTP(w, r)
	}
}

// page is what a template gets.
type page struct {
	Title  string
	Notice string // what the last action did
	Error  string // why it did not
	Token  string
	Area   string // of the navigation: "integrations" or "backstage"
	Data   any
}

// noticeCookie carries a notice to the page that follows an action.
const noticeCookie = "notice"

// show renders a template into the layout.
func (p *Pages) show(w http.ResponseWriter, r *http.Request, status int, name string, shown page) {
	if cookie, err := r.Cookie(noticeCookie); err == nil {
		shown.Notice, _ = url.QueryUnescape(cookie.Value)
		http.SetCookie(w, noticeFor("", -1))
	}
	shown.Token = p.token
	var body bytes.Buffer
	if err := p.views[name].ExecuteTemplate(&body, "layout.html", shown); err != nil {
		slog.Error("a page cannot be rendered", "page", name, "error", err)
		http.Error(w, "The page cannot be rendered: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // A client that is gone needs no answer.
}

func (p *Pages) notFound(w http.ResponseWriter, sentence string) {
	p.show(w, &http.Request{}, http.StatusNotFound, "message.html", page{Title: "Not found", Error: sentence, Data: "/"})
}

// do adds an action: a form of one of these pages. The action returns where to go next and what to say there. Its error is
// shown on a page of its own, which leads there as well.
func (p *Pages) do(pattern string, action func(r *http.Request) (next, notice string, err error)) {
	p.mux.HandleFunc("POST "+pattern, p.sameOrigin(func(w http.ResponseWriter, r *http.Request) {
		next, notice, err := action(r)
		if err != nil {
			p.show(w, r, http.StatusUnprocessableEntity, "message.html", page{Title: "That did not work", Error: sentence(err), Data: cmp.Or(next, "/")})
			return
		}
		p.goTo(w, r, next, notice)
	}))
}

// sameOrigin refuses a form that is not from these pages.
func (p *Pages) sameOrigin(handler http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("origin") != p.token {
			p.show(w, r, http.StatusForbidden, "message.html", page{
				Title: "The form is out of date", Error: "The sandbox was started again, or the form is from another site. Open the page again.", Data: "/",
			})
			return
		}
		handler(w, r)
	}
}

func (p *Pages) goTo(w http.ResponseWriter, r *http.Request, next, notice string) {
	if notice != "" {
		http.SetCookie(w, noticeFor(notice, 0))
	}
	http.Redirect(w, r, next, http.StatusSeeOther)
}

func noticeFor(notice string, maxAge int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Not Secure: the pages are plain http, on loopback.
		Name: noticeCookie, Value: url.QueryEscape(notice), Path: "/", MaxAge: maxAge, HttpOnly: true, SameSite: http.SameSiteStrictMode,
	}
}

// sentence returns an error as a sentence.
func sentence(err error) string {
	text := []rune(err.Error())
	if len(text) > 0 && text[0] >= 'a' && text[0] <= 'z' {
		text[0] += 'A' - 'a'
	}
	if last := text[len(text)-1]; last != '.' {
		text = append(text, '.')
	}
	return string(text)
}

// views parses each template together with the layout.
func views() map[string]*template.Template {
	functions := template.FuncMap{
		"when": func(t time.Time) string {
			if t.IsZero() {
				return "Never"
			}
			return t.UTC().Format("2006-01-02 15:04") + " UTC"
		},
		"plural": plural,
	}
	entries, err := files.ReadDir("templates")
	if err != nil {
		panic(err) // The files are part of the program.
	}
	parsed := map[string]*template.Template{}
	for _, entry := range entries {
		parsed[entry.Name()] = template.Must(template.New(entry.Name()).Funcs(functions).ParseFS(files, "templates/layout.html", "templates/"+entry.Name()))
	}
	return parsed
}

// plural returns a number with its noun.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
