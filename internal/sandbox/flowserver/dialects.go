package flowserver

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	slowImport = 2 * time.Second
	cappedPage = 100
)

// dialects lists every dialect. They are applied in this order.
var dialects = []Dialect{
	plain("patch-drops-unknown", "answers a PATCH of `enabled_services` or `webhooks_enabled` with 200, and changes nothing", func(b *behavior) {
		b.onBody(callPatch, dropped("enabled_services", "webhooks_enabled"))
	}),
	plain("patch-needs-authdata", "refuses a PATCH without `authData`", func(b *behavior) { b.onBody(callPatch, needsAuthData) }),
	plain("authdata-text", "takes `authData` only as JSON text", func(b *behavior) { b.onBody(callPatch, needsTextualAuthData) }),
	plain("authdata-whole", "refuses `authData` without `username`, `token` and `url`", func(b *behavior) {
		b.onBody(callPatch, needsWholeAuthData)
	}),
	plain("create-rejects-unknown", "refuses `webhooks_enabled` on creation", func(b *behavior) {
		b.onBody(callCreate, refusesWebhooks)
		b.onView(viewCreateFields, hidden("webhooks_enabled"))
	}),
	plain("create-drops-unknown", "ignores `webhooks_enabled` on creation", func(b *behavior) {
		b.onBody(callCreate, dropped("webhooks_enabled"))
		b.onView(viewCreateFields, hidden("webhooks_enabled"))
	}),
	plain("unique-names", "refuses a second integration of the same name", func(b *behavior) {
		b.onBody(callCreate, needsUniqueName)
		b.onBody(callPatch, needsUniqueName)
	}),
	valued("vendor", "slug", "[a-z0-9_-]+", "calls Azure DevOps Services by another slug than `azure_devops`, and refuses that one", []string{"vsts"},
		func(b *behavior, slug string) { b.vendor = slug }),
	plain("oauth-no-url", "answers the creation of an OAuth integration without an address to consent at", func(b *behavior) {
		b.onView(viewIntegration, hidden("authorization_url"))
	}),
	plain("oauth-url-once", "shows the address to consent at only in the answer of the creation", func(b *behavior) {
		b.onView(viewStoredIntegration, hidden("authorization_url"))
	}),
	plain("oauth-refused", "refuses to create an OAuth integration", func(b *behavior) {
		b.onBody(callCreate, refusesOAuth)
		b.onView(viewCreateFields, func(fields object) {
			fields["auth_type"] = field("choice", "Auth type", true, choice{AuthAccessToken, "Access token"}, choice{AuthPassword, "Username and password"})
		})
	}),
	plain("read-only", "answers every write with 405", func(b *behavior) { b.readOnly = true }),

	valued("words", "form", strings.Join(wordForms, "|"), "shows `enabled_source_types` in another form: "+strings.Join(wordForms, ", "), wordForms,
		func(b *behavior, form string) {
			b.onView(viewIntegration, func(shown object) { reword(shown, form) })
		}),
	plain("nested-processing", "shows the status of repositories and ticket projects in an object `processing`", func(b *behavior) {
		b.onView(viewRepo, nestProcessing)
		b.onView(viewTicketProject, nestProcessing)
	}),
	plain("no-imported-id", "shows no `project_id` or `ticket_project_id` in available rows, and answers an import without `id`", func(b *behavior) {
		b.onView(viewAvailableRepo, hidden("project_id"))
		b.onView(viewAvailableTicketProject, hidden("ticket_project_id"))
		b.onView(viewImport, hidden("id", "project_id")) // repos-no-id shows the latter
	}),
	plain("repos-no-id", "shows `project_id` instead of `id` in repositories", func(b *behavior) { b.onView(viewRepo, showProjectID) }),
	plain("status-shape", "answers `connection_status` with an object for each service", func(b *behavior) { b.status = statusByService }),
	plain("status-word", "answers `connection_status` with a bare word", func(b *behavior) { b.status = statusWord }),
	plain("slow-import", "shows a row as not imported for two seconds after its import", func(b *behavior) { b.importLag = slowImport }),

	plain("repos-by-id", "orders and filters repositories by `id`, not only by `project_id`", func(b *behavior) {
		b.onQuery(callRepos, renamed)
	}),
	plain("tickets-integration-filter", "filters ticket projects by `integration`", func(b *behavior) { b.filtersTickets = true }),
	plain("available-no-integration-filter", "ignores `integration` for available repositories and ticket projects", func(b *behavior) {
		b.onQuery(callAvailableRepos, ignored("integration"))
		b.onQuery(callAvailableTicketProjects, ignored("integration"))
	}),
	plain("unknown-integration-400", "refuses `integration` with the id of no integration", func(b *behavior) { b.refusesUnknownIntegration = true }),
	plain("page-cap", "returns at most 100 rows a page, and ignores `fields`", func(b *behavior) {
		b.onQuery(anyCall, ignored("fields"))
		b.onQuery(anyCall, capPage)
	}),
	plain("page-stuck", "returns the first page for every page, and always a `next`", func(b *behavior) { b.pagings = append(b.pagings, stuck) }),
}

func needsAuthData(_ *Server, _ request, b *body) {
	if _, given := b.values["authData"]; !given {
		b.errors.add("authData", "This field is required.")
	}
}

func needsTextualAuthData(_ *Server, _ request, b *body) {
	if _, isObject := b.values["authData"].(object); isObject {
		b.errors.add("authData", "Not a valid string.")
	}
}

func needsWholeAuthData(_ *Server, _ request, b *body) {
	authData, ok := objectOf(b.values["authData"])
	if ok && slices.ContainsFunc([]string{"username", "token", "url"}, func(field string) bool { return authData[field] == nil }) {
		b.errors.add("authData", "username, token and url are required.")
	}
}

func refusesWebhooks(_ *Server, _ request, b *body) {
	if _, given := b.values["webhooks_enabled"]; given {
		b.errors.add("webhooks_enabled", "Unknown field.")
	}
}

func refusesOAuth(_ *Server, _ request, b *body) {
	if b.values["auth_type"] == AuthOAuth {
		b.errors.add("auth_type", "Authorize the connection before you create the integration.")
	}
}

// needsUniqueName refuses a name that another integration has.
func needsUniqueName(s *Server, r request, b *body) {
	taken := func(i Integration) bool { return i.ID != r.id && i.Name == b.values["name"] }
	if slices.ContainsFunc(s.integrations.List(), taken) {
		b.errors.add("name", "integration with this name already exists.")
	}
}

var wordForms = []string{"display", "text", "objects", "numbers", "unknown", "null", "missing"}

// reword shows an integration's services in one of the forms.
func reword(shown object, form string) {
	const field = "enabled_source_types"
	words, _ := shown[field].([]string)
	each := func(show func(i int) any) []any {
		list := []any{}
		for _, word := range words {
			list = append(list, show(slices.IndexFunc(switches, func(s service) bool { return s.word == word })))
		}
		return list
	}
	switch form {
	case "display":
		shown[field] = each(func(i int) any { return []string{"Repo", "PRs", "Tickets"}[i] })
	case "text":
		shown[field] = strings.Join(words, ",")
	case "objects":
		shown[field] = each(func(i int) any { return object{"id": i + 1, "name": switches[i].word} })
	case "numbers":
		shown[field] = each(func(i int) any { return i + 1 })
	case "unknown":
		shown[field] = each(func(i int) any { return []string{"code", "review", "issue"}[i] })
	case "null":
		shown[field] = nil
	case "missing":
		delete(shown, field)
	}
}

// nestProcessing moves the status to a related object, which the orderings of ticket projects hint at.
func nestProcessing(shown object) {
	progress, _ := shown["progress_status"].(string)
	known := []string{progressProcessing, progressHealthy, progressRateLimited, progressFailed}
	shown["processing"] = object{
		"updated_at":        shown["updated_at"],
		"processing_status": object{"id": slices.Index(known, progress) + 1, "name": progress},
	}
	hidden("progress_status", "last_fully_updated_at", "last_processing_success_at", "last_fetch_failure_reason", "fetches_failing_since")(shown)
}

func showProjectID(shown object) {
	shown["project_id"] = shown["id"]
	delete(shown, "id")
}

func statusWord(_ Integration, status, _ string) any { return status }

// statusByService shows a failure of one service on that service, and any other status on all.
func statusByService(i Integration, status, detail string) any {
	failures := map[string]string{"repo": statusFailedRepo, "pull_request": statusFailedPullRequest, "ticket": statusFailedTicket}
	services := object{}
	for _, word := range i.Services.words() {
		services[word] = object{"status": statusHealthy, "detail": ""}
	}
	for word, failure := range failures {
		if status == failure {
			services[word] = object{"status": status, "detail": detail}
			return services
		}
	}
	for word := range services {
		services[word] = object{"status": status, "detail": detail}
	}
	return services
}

// renamed makes parameters for the id of a repository those for project_id, which is the same.
func renamed(query url.Values) {
	for _, filter := range []string{"id", "id__in"} {
		if query.Has(filter) {
			query.Set("project_"+filter, query.Get(filter))
		}
	}
	fields := strings.Split(query.Get("ordering"), ",")
	for i, field := range fields {
		if name, descending := strings.CutPrefix(field, "-"); name == "id" {
			fields[i] = "project_id"
			if descending {
				fields[i] = "-project_id"
			}
		}
	}
	query.Set("ordering", strings.Join(fields, ","))
}

func capPage(query url.Values) {
	for _, name := range []string{"limit", "page_size"} {
		if query.Has(name) {
			query.Set(name, strconv.Itoa(min(size(query.Get(name)), cappedPage)))
		}
	}
}

// stuck pages without regard to the page that was asked for.
func stuck(p paging) paging {
	return func(r *http.Request, count int) (window, bool) {
		query, first := r.URL.Query(), *r
		deleteAll(query, []string{"page", "offset"})
		first.URL = &url.URL{Path: r.URL.Path, RawQuery: query.Encode()}
		w, ok := p(&first, count)
		w.next = cmp.Or(w.next, neighbor(r, nil))
		return w, ok
	}
}
