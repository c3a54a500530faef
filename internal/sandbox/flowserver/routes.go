package flowserver

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/sandbox/scenario"
)

// BasePath is the path of the Customer API (facts: the vendor's help pages).
const BasePath = "/v3/customer/core/"

// A request is an HTTP request that is authenticated and permitted.
type request struct {
	*http.Request
	call string // method and path as in routes, such as "PATCH integrations/{id}/"
	user string // whose API key it carries
	id   int64  // of the object in the path; 0 where the path has none
}

// An endpoint is one method of one path, and the access that it needs.
type endpoint struct {
	access scenario.Access
	serve  func(w http.ResponseWriter, r request)
}

type endpoints map[string]endpoint

func (s *Server) routes() http.Handler {
	const view, manage, remove = scenario.AccessView, scenario.AccessManage, scenario.AccessDelete
	mux := http.NewServeMux()
	add := func(path string, methods endpoints) { mux.Handle(BasePath+path+"{$}", s.handle(path, methods)) }

	add("integrations/", endpoints{"GET": {view, s.listIntegrations}})
	add("integrations/create_with_vendor/", endpoints{"POST": {manage, s.createIntegration}})
	add("integrations/manual_https_create/", endpoints{"POST": {manage, s.createManualIntegration}})
	add("integrations/{id}/", endpoints{
		"GET": {view, s.getIntegration}, "PATCH": {manage, s.patchIntegration}, "DELETE": {remove, s.deleteIntegration},
	})
	add("integrations/{id}/connection_status/", endpoints{"GET": {view, s.connectionStatus}})

	add("available_repos/", endpoints{"GET": {view, s.listAvailableRepos}})
	add("available_repos/{id}/", endpoints{"GET": {view, s.getAvailableRepo}})
	add("repos/", endpoints{"GET": {view, s.listRepos}})
	add("repos/import_repo/", endpoints{"POST": {manage, s.importRepo}})
	add("repos/{id}/", endpoints{"GET": {view, s.getRepo}, "PATCH": {manage, s.patchRepo}, "DELETE": {remove, s.deleteRepo}})
	add("repos/{id}/update_repo/", endpoints{"POST": {manage, s.updateRepo}})

	add("available_ticket_projects/", endpoints{"GET": {view, s.listAvailableTicketProjects}})
	add("available_ticket_projects/{id}/", endpoints{"GET": {view, s.getAvailableTicketProject}})
	add("ticket_projects/", endpoints{"GET": {view, s.listTicketProjects}})
	add("ticket_projects/import_project/", endpoints{"POST": {manage, s.importTicketProject}})
	add("ticket_projects/{id}/", endpoints{"GET": {view, s.getTicketProject}})
	add("ticket_projects/{id}/delete_project/", endpoints{"POST": {remove, s.deleteTicketProject}})
	mux.HandleFunc("GET "+CallbackPath+"{$}", s.callback)
	return appendSlash(mux)
}

// appendSlash is Django's APPEND_SLASH: a path that lacks only its last slash is redirected, whatever the method. A client
// that follows the redirect sends a GET instead of a POST, and its body is lost.
func appendSlash(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if known(mux, r.URL.Path) {
			mux.ServeHTTP(w, r)
			return
		}
		if known(mux, r.URL.Path+"/") {
			target := url.URL{Path: r.URL.Path + "/", RawQuery: r.URL.RawQuery}
			w.Header().Set("Location", target.String())
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(http.StatusMovedPermanently)
			return
		}
		writePage(w, http.StatusNotFound, "Not Found", "The requested resource was not found on this server.")
	})
}

// known reports whether the path is one of the API. The mux alone would clean it up first.
func known(mux *http.ServeMux, path string) bool {
	if !strings.HasSuffix(path, "/") || strings.Contains(path, "//") {
		return false
	}
	_, pattern := mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: path}})
	return pattern != ""
}

// handle checks authentication, then permission, then the method, as Django REST Framework does.
func (s *Server) handle(path string, all endpoints) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		methods := s.behavior().offered(all)
		w.Header().Set("Allow", allow(methods))
		key, problem := s.authenticate(r.Header.Get("Authorization"))
		if problem != "" {
			w.Header().Set("WWW-Authenticate", `Bearer realm="api"`)
			writeDetail(w, http.StatusUnauthorized, problem)
			return
		}
		name := r.Method
		if name == http.MethodHead {
			name = http.MethodGet
		}
		method, offered := methods[name]
		switch {
		case !permits(key.Access, r.Method, method.access):
			writeDetail(w, http.StatusForbidden, "You do not have permission to perform this action.")
		case r.Method == http.MethodOptions:
			writeJSON(w, http.StatusOK, s.metadata(path, methods, key.Access))
		case !offered:
			writeDetail(w, http.StatusMethodNotAllowed, `Method "`+r.Method+`" not allowed.`)
		default:
			s.dispatch(w, r, name+" "+path, key, method)
		}
	})
}

// dispatch runs the endpoint to its end even if the client disconnects, as a Django server does.
func (s *Server) dispatch(w http.ResponseWriter, r *http.Request, call string, key scenario.APIKey, method endpoint) {
	r = s.behavior().withQuery(call, r)
	passed := request{Request: r.WithContext(context.WithoutCancel(r.Context())), call: call, user: key.Name}
	if text := r.PathValue("id"); text != "" {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || id < 1 {
			writeNotFound(w)
			return
		}
		passed.id = id
	}
	method.serve(w, passed)
}

// allow lists the methods in Django REST Framework's order.
func allow(methods endpoints) string {
	var names []string
	for _, name := range []string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete} {
		if _, ok := methods[name]; ok {
			names = append(names, name)
		}
	}
	if _, ok := methods[http.MethodGet]; ok {
		names = append(names, http.MethodHead)
	}
	return strings.Join(append(names, http.MethodOptions), ", ")
}

// authenticate returns the API key, or the sentence of the 401.
func (s *Server) authenticate(header string) (key scenario.APIKey, problem string) {
	kind, secret, _ := strings.Cut(header, " ")
	secret = strings.TrimSpace(secret)
	switch {
	case !strings.EqualFold(kind, "Bearer"):
		return key, "Authentication credentials were not provided."
	case secret == "":
		return key, "Invalid token header. No credentials provided."
	}
	for _, key := range s.options.Scenario.Workspace.APIKeys {
		if key.Key == secret {
			return key, ""
		}
	}
	return key, "Invalid token."
}

// permits reports whether a key may call an endpoint. A method that does not exist needs View if it reads, and otherwise
// View and manage.
func permits(has scenario.Access, method string, needs scenario.Access) bool {
	if needs == "" {
		needs = scenario.AccessManage
		if slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, method) {
			needs = scenario.AccessView
		}
	}
	levels := []scenario.Access{scenario.AccessView, scenario.AccessManage, scenario.AccessDelete}
	return slices.Index(levels, has) >= slices.Index(levels, needs)
}
