package flow_test

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/flow"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// paged answers a list that pages by number. Each page holds size rows whatever was asked for; edit changes the answer.
func paged(total, size int, edit func(page int, answer map[string]any)) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		results := []map[string]any{}
		for id := (page-1)*size + 1; id <= min(page*size, total); id++ {
			results = append(results, map[string]any{"id": id, "name": fmt.Sprint("r", id), "owner_name": "P", "integration_id": r.URL.Query().Get("integration")})
		}
		answer := map[string]any{"count": total, "next": nil, "results": results}
		if page*size < total {
			answer["next"] = "http://flow.test/?page=" + strconv.Itoa(page+1)
		}
		if edit != nil {
			edit(page, answer)
		}
		send(w, http.StatusOK, answer)
	}
}

func TestEveryListEnds(t *testing.T) {
	first := paged(300, 100, nil)
	for name, test := range map[string]struct {
		answer   func(http.ResponseWriter, *http.Request)
		rows     int
		requests int
		want     error
	}{
		"by its count":                      {answer: paged(2500, 1000, nil), rows: 2500, requests: 3},
		"with smaller pages than asked for": {answer: paged(250, 100, nil), rows: 250, requests: 3},
		"without rows":                      {answer: paged(0, 1000, nil), requests: 1},
		"whatever next says once the count is reached": {
			answer: paged(250, 100, func(_ int, answer map[string]any) { answer["next"] = "http://flow.test/?page=1" }), rows: 250, requests: 3,
		},
		"without a count, at the last page": {
			answer: paged(250, 100, func(_ int, answer map[string]any) { delete(answer, "count") }), rows: 250, requests: 3,
		},
		"without a count, at a page that brings nothing new": {
			answer: func(w http.ResponseWriter, r *http.Request) {
				r.URL.RawQuery = "page=1&integration=12"
				paged(300, 100, func(_ int, answer map[string]any) { delete(answer, "count") })(w, r)
			},
			rows: 100, requests: 2,
		},
		"as incomplete, if every page is the first": {
			answer: func(w http.ResponseWriter, r *http.Request) { r.URL.RawQuery = "page=1&integration=12"; first(w, r) }, want: flow.ErrIncompleteList, requests: 3,
		},
		"as incomplete, if a page is empty": {
			answer: paged(300, 100, func(page int, answer map[string]any) {
				if page == 2 {
					answer["results"] = []any{}
				}
			}), want: flow.ErrIncompleteList, requests: 3,
		},
		"as incomplete, if the first page is empty": {
			answer: paged(300, 100, func(_ int, answer map[string]any) { answer["results"] = []any{} }), want: flow.ErrIncompleteList, requests: 1,
		},
		"as too long": {
			answer: paged(100, 100, func(_ int, answer map[string]any) { answer["count"] = 300_000 }), want: flow.ErrListTooLong, requests: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := always(test.answer)
				got, err := start(t, server).Repos().Available(t.Context(), 12)
				if len(got) != test.rows || !errors.Is(err, test.want) {
					t.Errorf("%d rows, error %v; want %d and %v", len(got), err, test.rows, test.want)
				}
				if failed, ok := errors.AsType[*httpclient.Error](err); test.want != nil && (!ok || failed.Operation != "list the repositories that integration 12 offers") {
					t.Errorf("the error does not name the request: %v", err)
				}
				if sent := len(server.seen()); sent != test.requests {
					t.Errorf("%d requests, want %d", sent, test.requests)
				}
			})
		})
	}
}

// A list that shrinks while its pages are read loses rows at the borders of pages, so it is read again.
func TestAListThatShrinksIsReadAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var reads atomic.Int64
		server := always(func(w http.ResponseWriter, r *http.Request) {
			paged(250, 100, func(page int, answer map[string]any) {
				if page == 1 {
					reads.Add(1)
				}
				if page == 3 && reads.Load() == 1 {
					answer["count"], answer["results"] = 240, []any{}
				}
			})(w, r)
		})
		if got, err := start(t, server).Repos().Available(t.Context(), 12); err != nil || len(got) != 250 || reads.Load() != 2 {
			t.Errorf("%d rows after %d reads, error %v", len(got), reads.Load(), err)
		}
	})
}

// At 200 ms a page, ten pages take three round trips with eight requests at once.
func TestPagesAfterTheFirstAreReadConcurrently(t *testing.T) {
	for name, test := range map[string]struct {
		edit func(int, map[string]any)
		want time.Duration
	}{
		"with a count":    {nil, 600 * time.Millisecond},
		"without a count": {func(_ int, answer map[string]any) { delete(answer, "count") }, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := always(func(w http.ResponseWriter, r *http.Request) {
					time.Sleep(200 * time.Millisecond)
					paged(10_000, 1000, test.edit)(w, r)
				})
				begin := time.Now()
				got, err := startWithin(t, server, httpclient.NewLimiter(8)).Repos().Available(t.Context(), 12)
				if took := time.Since(begin); err != nil || len(got) != 10_000 || took != test.want {
					t.Errorf("%d rows after %s, error %v; want %s", len(got), took, err, test.want)
				}
			})
		})
	}
}
