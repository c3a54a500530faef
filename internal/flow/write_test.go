package flow_test

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient/httpclienttest"
)

func TestAChangeSendsWhatChangesAndNothingElse(t *testing.T) {
	text, off, on := "new", false, true
	tests := map[string]struct {
		change flow.IntegrationChange
		want   string
	}{
		"name":         {flow.IntegrationChange{Name: &text}, `{"name":"new"}`},
		"e-mail":       {flow.IntegrationChange{Email: &text}, `{"authData":{"username":"new"}}`},
		"token":        {flow.IntegrationChange{Token: &text}, `{"authData":{"token":"new"}}`},
		"services":     {flow.IntegrationChange{Services: &flow.Services{Repos: true, Tickets: true, Webhooks: true}}, `{"enabled_services":["repo","ticket"]}`},
		"no services":  {flow.IntegrationChange{Services: &flow.Services{Webhooks: true}}, `{"enabled_services":[]}`},
		"webhooks off": {flow.IntegrationChange{Webhooks: &off}, `{"webhooks_enabled":false}`},
		"webhooks on":  {flow.IntegrationChange{Webhooks: &on}, `{"webhooks_enabled":true}`},
		"everything": {
			flow.IntegrationChange{Name: &text, Email: &text, Token: &text, Services: &flow.Services{PullRequests: true}, Webhooks: &on},
			`{"name":"new","authData":{"username":"new","token":"new"},"enabled_services":["pull_request"],"webhooks_enabled":true}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &workspace{integrations: []map[string]any{described(12, "Main")}}
				if got, err := start(t, server).UpdateIntegration(t.Context(), 12, test.change); err != nil || got.ID != 12 {
					t.Errorf("%+v, error %v", got, err)
				}
				if diff := cmp.Diff([]string{"PATCH integrations/12/"}, server.seen()); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
				assertJSON(t, server.bodies[0], test.want)
			})
		})
	}
}

func TestAChangeThatIsAnsweredWithLessThanTheIntegrationIsReadAgain(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter){
		"partial":       func(w http.ResponseWriter) { raw(w, 200, "application/json", `{"id":12,"name":"new"}`) },
		"without id":    func(w http.ResponseWriter) { raw(w, 200, "application/json", `{"detail":"OK"}`) },
		"another":       func(w http.ResponseWriter) { send(w, 200, described(13, "Other")) },
		"empty 200":     func(w http.ResponseWriter) { raw(w, 200, "application/json", "") },
		"204":           func(w http.ResponseWriter) { w.WriteHeader(204) },
		"empty object":  func(w http.ResponseWriter) { raw(w, 200, "application/json", `{}`) },
		"null for what": func(w http.ResponseWriter) { raw(w, 200, "application/json", `null`) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &workspace{integrations: []map[string]any{described(12, "Main")}}
				server.fault = func(w http.ResponseWriter, r *http.Request, act func()) bool {
					if r.Method == http.MethodPatch {
						act()
						answer(w)
					}
					return r.Method == http.MethodPatch
				}
				text := "new"
				got, err := start(t, server).UpdateIntegration(t.Context(), 12, flow.IntegrationChange{Name: &text})
				if err != nil || got.ID != 12 || got.Name != "new" || got.CreatedBy != "Jo" {
					t.Errorf("%+v, error %v", got, err)
				}
				if diff := cmp.Diff([]string{"PATCH integrations/12/", "GET integrations/12/"}, server.seen()); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestAChangeThatFailsSaysHow(t *testing.T) {
	tests := map[string]struct {
		answer func(http.ResponseWriter)
		check  func(error) bool
	}{
		"bad token":  {func(w http.ResponseWriter) { send(w, 400, []string{"Authorization denied"}) }, isConnectionRefused(true)},
		"bad e-mail": {func(w http.ResponseWriter) { send(w, 400, map[string]any{"detail": "An error has occurred"}) }, isConnectionRefused(false)},
		"403":        {func(w http.ResponseWriter) { send(w, 403, map[string]any{}) }, isWriteRefused(403)},
		"404":        {func(w http.ResponseWriter) { send(w, 404, map[string]any{}) }, isWriteRefused(404)},
		"405":        {func(w http.ResponseWriter) { send(w, 405, map[string]any{}) }, isWriteRefused(405)},
		"500":        {func(w http.ResponseWriter) { send(w, 500, map[string]any{}) }, isPlain(500)},
		"broken connection": {func(w http.ResponseWriter) { httpclienttest.Break(w) }, func(err error) bool {
			var failed *httpclient.Error
			return errors.As(err, &failed) && failed.Kind == httpclient.KindUnreachable
		}},
		"page": {func(w http.ResponseWriter) { raw(w, 200, "text/html", "<html>") }, func(err error) bool {
			var failed *httpclient.Error
			return errors.As(err, &failed) && failed.Kind == httpclient.KindForeign
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &workspace{fault: func(w http.ResponseWriter, _ *http.Request, _ func()) bool {
					test.answer(w)
					return true
				}}
				secret := token
				got, err := start(t, server).UpdateIntegration(t.Context(), 12, flow.IntegrationChange{Token: &secret})
				if !test.check(err) || !reflect.ValueOf(got).IsZero() || !strings.HasPrefix(err.Error(), "could not change integration 12: Flow ") {
					t.Errorf("%+v, error %v (%T)", got, err, err)
				}
				if len(server.seen()) != 1 {
					t.Errorf("requests %v", server.seen())
				}
				assertNoSecret(t, err)
			})
		})
	}
}

func TestADeletionEndsWithTheIntegrationGone(t *testing.T) {
	const deletion, reading = "DELETE integrations/12/", "GET integrations/12/"
	isDeletion := func(r *http.Request) bool { return r.Method == http.MethodDelete }
	refuse := func(status int) func(http.ResponseWriter, *http.Request, func()) bool {
		return func(w http.ResponseWriter, r *http.Request, _ func()) bool {
			if isDeletion(r) {
				send(w, status, map[string]any{"detail": "No."})
			}
			return isDeletion(r)
		}
	}
	lostOnce := func(lose func(http.ResponseWriter)) func(http.ResponseWriter, *http.Request, func()) bool {
		lost := false
		return func(w http.ResponseWriter, r *http.Request, act func()) bool {
			if lost || !isDeletion(r) {
				return false
			}
			lost = true
			act()
			lose(w)
			return true
		}
	}
	tests := map[string]struct {
		fault    func(http.ResponseWriter, *http.Request, func()) bool
		absent   bool
		requests []string
		check    func(error) bool
	}{
		"204":                     {nil, false, []string{deletion}, nil},
		"gone already":            {nil, true, []string{deletion, reading}, nil},
		"lost answer, reset":      {lostOnce(httpclienttest.Break), false, []string{deletion, deletion, reading}, nil},
		"lost answer, 502":        {lostOnce(func(w http.ResponseWriter) { raw(w, 502, "text/html", "") }), false, []string{deletion, deletion, reading}, nil},
		"404, but still readable": {refuse(404), false, []string{deletion, reading}, isWriteRefused(404)},
		"403":                     {refuse(403), false, []string{deletion}, isWriteRefused(403)},
		"405":                     {refuse(405), false, []string{deletion}, isWriteRefused(405)},
		"401":                     {refuse(401), false, []string{deletion}, isPlain(401)},
		"404, and reads fail": {func(w http.ResponseWriter, r *http.Request, _ func()) bool {
			send(w, map[bool]int{true: 404, false: 403}[isDeletion(r)], map[string]any{"detail": "No."})
			return true
		}, false, []string{deletion, reading}, isPlain(403)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &workspace{fault: test.fault}
				if !test.absent {
					server.integrations = []map[string]any{described(12, "Main")}
				}
				err := start(t, server).DeleteIntegration(t.Context(), 12)
				switch {
				case test.check == nil && (err != nil || len(server.integrations) != 0):
					t.Errorf("%d integrations, error %v", len(server.integrations), err)
				case test.check != nil && (!test.check(err) || len(server.integrations) != 1):
					t.Errorf("%d integrations, error %v (%T)", len(server.integrations), err, err)
				}
				if diff := cmp.Diff(test.requests, server.seen()); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
			})
		})
	}
}
