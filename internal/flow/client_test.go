package flow_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

const (
	listing  = "GET integrations/"
	creation = "POST integrations/create_with_vendor/"
)

func TestAListIsReadToItsEndAndOnlyFromItsHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &workspace{}
		for id := range 2500 {
			server.integrations = append(server.integrations, described(id+1, fmt.Sprint("Integration ", id+1)))
		}
		client := start(t, server)
		all, err := client.Integrations(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(all) != 2500 || all[0].ID != 1 || all[2499].ID != 2500 {
			t.Errorf("%d integrations", len(all))
		}
		want := []string{
			"GET integrations/?limit=1000&offset=0&ordering=id",
			"GET integrations/?limit=1000&offset=1000&ordering=id",
			"GET integrations/?limit=1000&offset=2000&ordering=id",
		}
		if diff := cmp.Diff(want, server.requests); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"flow.test", "flow.test", "flow.test"}, server.hosts); diff != "" {
			t.Errorf("hosts (-want +got):\n%s", diff)
		}
	})
}

func TestAnAnswerThatIsNoListNamesTheRequest(t *testing.T) {
	for body, want := range map[string]string{
		`{}`: "could not list the integrations: Flow answered HTTP 200 OK with something that could not be understood: it has no list of results " +
			"(GET http://flow.test/v3/customer/core/integrations/)",
		`{"count":0,"next":null,"results":null}`: "it has no list of results",
		`null`:                                   "it has no list of results",
		`[]`:                                     "cannot unmarshal array",
		`{"results":[{"id":"x"}]}`:               `"x" is not an id`,
	} {
		synctest.Test(t, func(t *testing.T) {
			client := start(t, &workspace{fault: func(w http.ResponseWriter, _ *http.Request, _ func()) bool {
				raw(w, 200, "application/json", body)
				return true
			}})
			_, err := client.Integrations(t.Context())
			var failed *httpclient.Error
			if !errors.As(err, &failed) || failed.Kind != httpclient.KindMalformed || !strings.Contains(err.Error(), want) {
				t.Errorf("%s gave error %v, want %s", body, err, want)
			}
		})
	}
}

func TestOneListServesAllReadersUntilSomethingIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &workspace{
			integrations: []map[string]any{described(1, "One"), described(2, "Two")},
			fault: func(_ http.ResponseWriter, r *http.Request, _ func()) bool {
				time.Sleep(time.Second)
				return false
			},
		}
		client := start(t, server)
		read := func() {
			var readers sync.WaitGroup
			for n := range 100 {
				readers.Go(func() {
					if got, err := client.Integration(t.Context(), int64(n%2+1)); err != nil || got.ID != int64(n%2+1) {
						t.Errorf("integration %+v, error %v", got, err)
					}
				})
			}
			readers.Wait()
		}
		read()
		read()
		if diff := cmp.Diff([]string{listing}, server.seen()); diff != "" {
			t.Errorf("200 reads (-want +got):\n%s", diff)
		}
		name := "Renamed"
		if _, err := client.UpdateIntegration(t.Context(), 2, flow.IntegrationChange{Name: &name}); err != nil {
			t.Fatal(err)
		}
		read()
		if got, err := client.Integration(t.Context(), 2); err != nil || got.Name != "Renamed" {
			t.Errorf("after the write: %+v, error %v", got, err)
		}
		if diff := cmp.Diff([]string{listing, "PATCH integrations/2/", listing}, server.seen()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

func TestAListThatBeganBeforeAWriteDoesNotAnswerReadersAfterIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		old := make(chan struct{})
		server := &workspace{integrations: []map[string]any{described(1, "Before")}}
		lists := 0
		server.fault = func(w http.ResponseWriter, r *http.Request, _ func()) bool {
			if r.Method != http.MethodGet {
				return false
			}
			if lists++; lists > 1 {
				return false
			}
			<-old
			send(w, 200, map[string]any{"count": 1, "next": nil, "results": []any{described(1, "Before")}})
			return true
		}
		client := start(t, server)
		done := make(chan string)
		go func() {
			got, _ := client.Integration(t.Context(), 1)
			done <- got.Name
		}()
		synctest.Wait()
		name := "After"
		if _, err := client.UpdateIntegration(t.Context(), 1, flow.IntegrationChange{Name: &name}); err != nil {
			t.Fatal(err)
		}
		if got, err := client.Integration(t.Context(), 1); err != nil || got.Name != "After" {
			t.Errorf("the reader after the write got %q, error %v", got.Name, err)
		}
		close(old)
		if got := <-done; got != "Before" {
			t.Errorf("the reader before the write got %q", got)
		}
		if got, err := client.Integration(t.Context(), 1); err != nil || got.Name != "After" {
			t.Errorf("the old list has replaced the new one: %q, error %v", got.Name, err)
		}
	})
}

func TestAReaderWhoGivesUpDoesNotFailTheOthers(t *testing.T) {
	ends := map[string]func(context.Context) (context.Context, context.CancelFunc){
		"interrupt": func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(time.Second, cancel)
			return ctx, cancel
		},
		"deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Second)
		},
	}
	kinds := map[string]httpclient.Kind{"interrupt": httpclient.KindCanceled, "deadline": httpclient.KindTimeout}
	for name, end := range ends {
		for _, who := range []string{"the one who fetches", "one who waits"} {
			t.Run(name+" of "+who, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server := &workspace{
						integrations: []map[string]any{described(1, "One")},
						fault: func(_ http.ResponseWriter, r *http.Request, _ func()) bool {
							select {
							case <-time.After(5 * time.Second):
							case <-r.Context().Done():
							}
							return false
						},
					}
					client := start(t, server)
					var readers sync.WaitGroup
					patient := func() {
						if got, err := client.Integrations(t.Context()); err != nil || len(got) != 1 {
							t.Errorf("the patient reader got %v, error %v", got, err)
						}
					}
					begin := time.Now()
					impatient := func() {
						ctx, cancel := end(t.Context())
						defer cancel()
						_, err := client.Integrations(ctx)
						var failed *httpclient.Error
						if !errors.As(err, &failed) || failed.Kind != kinds[name] || time.Since(begin) != time.Second {
							t.Errorf("the impatient reader got %v after %s", err, time.Since(begin))
						}
					}
					first, second, requests := impatient, patient, 2
					if who == "one who waits" {
						first, second, requests = patient, impatient, 1
					}
					readers.Go(first)
					synctest.Wait()
					readers.Go(second)
					readers.Go(patient)
					readers.Wait()
					if got := server.count(listing); got != requests {
						t.Errorf("%d lists were asked for, want %d", got, requests)
					}
				})
			})
		}
	}
}

func TestAFailedListIsNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		fail := true
		client := start(t, &workspace{fault: func(w http.ResponseWriter, _ *http.Request, _ func()) bool {
			if fail {
				send(w, 403, map[string]any{"detail": "You do not have permission to perform this action."})
			}
			return fail
		}})
		_, err := client.Integrations(t.Context())
		want := "could not list the integrations: Flow answered HTTP 403 Forbidden (GET http://flow.test/v3/customer/core/integrations/): " +
			"You do not have permission to perform this action. [request id r-7]"
		if err == nil || err.Error() != want {
			t.Errorf("error\n%v\nwant\n%s", err, want)
		}
		fail = false
		if all, err := client.Integrations(t.Context()); err != nil || len(all) != 0 {
			t.Errorf("integrations %v, error %v", all, err)
		}
	})
}

func TestAnIntegrationThatIsNotListedIsAskedForByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &workspace{integrations: []map[string]any{described(1, "One"), described(2, "Two")}}
		server.fault = func(w http.ResponseWriter, r *http.Request, _ func()) bool {
			if r.URL.Path != api+"integrations/" {
				return false
			}
			send(w, 200, map[string]any{"count": 1, "next": nil, "results": []any{described(1, "One")}})
			return true
		}
		client := start(t, server)
		if got, err := client.Integration(t.Context(), 2); err != nil || got.Name != "Two" {
			t.Errorf("integration %+v, error %v", got, err)
		}
		_, err := client.Integration(t.Context(), 3)
		if !flow.IsNotFound(err) || !strings.Contains(err.Error(), "could not read integration 3: Flow answered HTTP 404 Not Found") {
			t.Errorf("error %v", err)
		}
		if diff := cmp.Diff([]string{listing, "GET integrations/2/", "GET integrations/3/"}, server.seen()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

func TestAMissingListDoesNotMakeEachIntegrationMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// As behind a wrong base_url: taken for a missing object, it would drop every integration from the state.
		server := &workspace{fault: func(w http.ResponseWriter, r *http.Request, _ func()) bool {
			send(w, 404, map[string]any{"detail": "Not found."})
			return true
		}}
		_, err := start(t, server).Integration(t.Context(), 12)
		if flow.IsNotFound(err) || httpclient.StatusOf(err) != 404 {
			t.Errorf("error %v", err)
		}
		if diff := cmp.Diff([]string{listing}, server.seen()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

func TestAnAnswerAboutSomethingElseIsNotTakenForTheIntegration(t *testing.T) {
	for _, body := range []string{`{}`, `null`, `{"id":7,"name":"Other","vendor_type":"azure_devops"}`, `{"detail":"Not found."}`} {
		synctest.Test(t, func(t *testing.T) {
			client := start(t, &workspace{fault: func(w http.ResponseWriter, r *http.Request, _ func()) bool {
				if r.URL.Path != api+"integrations/12/" {
					return false
				}
				raw(w, 200, "application/json", body)
				return true
			}})
			got, err := client.Integration(t.Context(), 12)
			var failed *httpclient.Error
			if !errors.As(err, &failed) || failed.Kind != httpclient.KindMalformed || !reflect.ValueOf(got).IsZero() {
				t.Errorf("%s was read as %+v, error %v", body, got, err)
			}
		})
	}
}

func TestMissingRightsAndBadKeysAreNotCalledMissingObjects(t *testing.T) {
	for _, status := range []int{401, 403} {
		for _, refused := range []string{"integrations/", "integrations/12/"} {
			synctest.Test(t, func(t *testing.T) {
				client := start(t, &workspace{fault: func(w http.ResponseWriter, r *http.Request, _ func()) bool {
					if r.URL.Path != api+refused {
						return false
					}
					send(w, status, map[string]any{"detail": "No."})
					return true
				}})
				if _, err := client.Integration(t.Context(), 12); err == nil || flow.IsNotFound(err) || httpclient.StatusOf(err) != status {
					t.Errorf("%d of %s gave error %v", status, refused, err)
				}
			})
		}
	}
}

func TestTheConnectionsStatusIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &workspace{fault: func(w http.ResponseWriter, _ *http.Request, _ func()) bool {
			raw(w, 200, "application/json", `{"status":"failed_repo","detail":null,"checked_at":"2024-10-08T17:49:34.204286"}`)
			return true
		}}
		got, err := start(t, server).ConnectionStatus(t.Context(), 12)
		if want := (flow.ConnectionStatus{Status: "failed_repo", CheckedAt: "2024-10-08T17:49:34.204286"}); err != nil || got != want {
			t.Errorf("%+v, error %v", got, err)
		}
		if diff := cmp.Diff([]string{"GET integrations/12/connection_status/"}, server.seen()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

func TestAnotherHostNeverGetsTheKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &workspace{}
		server.fault = func(w http.ResponseWriter, r *http.Request, _ func()) bool {
			w.Header().Set("Location", "http://elsewhere.test"+r.URL.Path)
			w.WriteHeader(http.StatusPermanentRedirect)
			return true
		}
		client := start(t, server)
		_, readErr := client.Integrations(t.Context())
		deleteErr := client.DeleteIntegration(t.Context(), 1)
		for _, err := range []error{readErr, deleteErr} {
			if err == nil || !strings.Contains(err.Error(), "a redirect to elsewhere.test that is not from the Flow API") {
				t.Errorf("error %v", err)
			}
		}
		if diff := cmp.Diff([]string{"flow.test", "flow.test"}, server.hosts); diff != "" {
			t.Errorf("hosts (-want +got):\n%s", diff)
		}
	})
}

// TestWhatIsNotFromFlowIsNotItsWord: a proxy's page or redirect is no 404 of Flow's, and no missing permission.
func TestWhatIsNotFromFlowIsNotItsWord(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter){
		"page, 200":        func(w http.ResponseWriter) { raw(w, 200, "text/html", "<html><title>Website blocked</title>") },
		"page, 401":        func(w http.ResponseWriter) { raw(w, 401, "text/html", "<html>") },
		"page, 403":        func(w http.ResponseWriter) { raw(w, 403, "text/html", "<html>") },
		"page, 404":        func(w http.ResponseWriter) { raw(w, 404, "text/html", "<html>") },
		"text, 404":        func(w http.ResponseWriter) { raw(w, 404, "text/plain", "404 page not found") },
		"redirect, 307":    func(w http.ResponseWriter) { w.Header().Set("Location", "https://gateway.test/"); w.WriteHeader(307) },
		"proxy login, 407": func(w http.ResponseWriter) { send(w, 407, map[string]any{}) },
		"portal, 511":      func(w http.ResponseWriter) { raw(w, 511, "text/html", "<html>") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &workspace{fault: func(w http.ResponseWriter, _ *http.Request, _ func()) bool {
					answer(w)
					return true
				}}
				client, name := start(t, server), "x"
				_, readErr := client.ConnectionStatus(t.Context(), 1)
				_, changeErr := client.UpdateIntegration(t.Context(), 1, flow.IntegrationChange{Name: &name})
				deleteErr := client.DeleteIntegration(t.Context(), 1)
				importErr := client.Repos().Import(t.Context(), 1, flow.Available{ID: 1, Name: "api"})
				for _, err := range []error{readErr, changeErr, deleteErr, importErr} {
					failed, _ := err.(*httpclient.Error) //nolint:errorlint // That it is not wrapped is the point.
					if failed == nil || failed.Kind != httpclient.KindForeign || httpclient.StatusOf(err) != 0 || flow.MayRepeat(err) {
						t.Errorf("error %v (%T)", err, err)
					}
				}
				if len(server.seen()) != 4 {
					t.Errorf("requests %v", server.seen())
				}
			})
		})
	}
}
