package httpclient_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient/httpclienttest"
)

const apiKey = "k3y-that-nobody-may-see"

// script is a server that gives one answer after the other, the last one again and again, and notes when it was asked.
type script struct {
	answers []http.HandlerFunc

	mutex    sync.Mutex
	start    time.Time
	arrivals []time.Duration
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	s.mutex.Lock()
	s.arrivals = append(s.arrivals, time.Since(s.start))
	answer := s.answers[min(len(s.arrivals), len(s.answers))-1]
	s.mutex.Unlock()
	answer(w, r)
}

// times says when, after its start, the script was asked.
func (s *script) times() []time.Duration {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.arrivals)
}

// serve starts a script and makes a client for it.
func serve(t *testing.T, options httpclient.Options, answers ...http.HandlerFunc) (*script, *httpclient.Client) {
	t.Helper()
	server := &script{answers: answers, start: time.Now()}
	return server, clientOf(t, options, server)
}

func clientOf(t *testing.T, options httpclient.Options, handler http.Handler) *httpclient.Client {
	t.Helper()
	options.Service = "Flow"
	options.Header = http.Header{"Authorization": {"Bearer " + apiKey}}
	options.RequestID = func(header http.Header) string { return header.Get("X-Request-Id") }
	options.Transport = httpclienttest.Serve(t, handler)
	return httpclient.New(options)
}

func get() httpclient.Request {
	return httpclient.Request{Operation: "read integration 12", Method: http.MethodGet, URL: "http://flow.test/v3/integrations/12/"}
}

func post() httpclient.Request {
	return httpclient.Request{
		Operation: "create integration \"Main\"", Method: http.MethodPost, URL: "http://flow.test/v3/integrations/",
		Body: map[string]string{"name": "Main"},
	}
}

func idempotentPost() httpclient.Request {
	request := post()
	request.Idempotent = true
	return request
}

// patientPost may be sent again once the server that was not available is back.
func patientPost() httpclient.Request {
	request := post()
	request.AfterUnavailable = true
	return request
}

// answer returns a status, a body of JSON and headers as "Name", "value", ….
func answer(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for at := 0; at < len(header); at += 2 {
			w.Header().Set(header[at], header[at+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func breaks(w http.ResponseWriter, _ *http.Request) { httpclienttest.Break(w) }

var works = answer(http.StatusOK, `{"id":12}`)

// errorOf is the *httpclient.Error in err, of the kind wanted.
func errorOf(t *testing.T, err error, kind httpclient.Kind) *httpclient.Error {
	t.Helper()
	var failed *httpclient.Error
	if !errors.As(err, &failed) {
		t.Fatalf("the error is %v (%T), want an *httpclient.Error", err, err)
	}
	if failed.Kind != kind {
		t.Fatalf("the error is of kind %d, want %d: %v", failed.Kind, kind, err)
	}
	return failed
}

func TestTemporaryFailuresAreRepeatedWhereThatIsHarmless(t *testing.T) {
	inSeconds := answer(http.StatusTooManyRequests, `{}`, "Retry-After", "30")
	onDate := func(w http.ResponseWriter, r *http.Request) {
		answer(http.StatusServiceUnavailable, `{}`, "Retry-After", time.Now().Add(30*time.Second).UTC().Format(http.TimeFormat))(w, r)
	}
	asked := []time.Duration{30 * time.Second, 33 * time.Second}
	own := []time.Duration{250 * time.Millisecond, 500 * time.Millisecond}
	tests := map[string]struct {
		request httpclient.Request
		first   http.HandlerFunc
		// wait bounds the time until the second request; nil: there is none.
		wait []time.Duration
	}{
		"GET, 429, seconds":              {get(), inSeconds, asked},
		"GET, 503, date":                 {get(), onDate, asked},
		"POST, 429, seconds":             {post(), inSeconds, asked},
		"POST, 503, date":                {post(), onDate, nil},
		"POST that waits, 503, date":     {patientPost(), onDate, asked},
		"POST that waits, 503":           {patientPost(), answer(503, `{}`), nil},
		"POST, 429 without a time":       {post(), answer(429, `{}`), own},
		"GET, 503 without a time":        {get(), answer(503, `{}`), own},
		"GET, 500":                       {get(), answer(500, `{}`), own},
		"GET, 502 HTML":                  {get(), answer(502, `<html>`, "Content-Type", "text/html"), own},
		"GET, broken connection":         {get(), breaks, own},
		"marked POST, 500":               {idempotentPost(), answer(500, `{}`), own},
		"marked POST, broken connection": {idempotentPost(), breaks, own},
		"POST, 503 without a time":       {post(), answer(503, `{}`), nil},
		"POST, 500":                      {post(), answer(500, `{}`), nil},
		"POST, broken connection":        {post(), breaks, nil},
		"GET, 501":                       {get(), answer(501, `{}`), nil},
		"GET, 404":                       {get(), answer(404, `{}`), nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, client := serve(t, httpclient.Options{}, test.first, works)
				_, err := client.Do(t.Context(), test.request)
				if test.wait == nil {
					if err == nil || len(server.times()) != 1 {
						t.Fatalf("%d requests, error %v; want one request and an error", len(server.times()), err)
					}
					return
				}
				if err != nil || len(server.times()) != 2 {
					t.Fatalf("%d requests, error %v; want two requests and no error", len(server.times()), err)
				}
				if second := server.times()[1]; second < test.wait[0] || second > test.wait[1] {
					t.Errorf("the second request came after %s, want %s to %s", second, test.wait[0], test.wait[1])
				}
			})
		})
	}
}

func TestARepeatedPostCarriesItsBodyAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var bodies []string
		client := clientOf(t, httpclient.Options{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			bodies = append(bodies, r.Method+" "+r.Header.Get("Content-Type")+" "+string(body))
			if len(bodies) < 3 {
				answer(http.StatusTooManyRequests, "")(w, r)
				return
			}
			works(w, r)
		}))
		if _, err := client.Do(t.Context(), post()); err != nil {
			t.Fatal(err)
		}
		one := `POST application/json {"name":"Main"}`
		if diff := cmp.Diff([]string{one, one, one}, bodies); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestARequestIsGivenUpAfterSixAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client := serve(t, httpclient.Options{}, answer(500, `{}`, "X-Request-Id", "r-7"))
		_, err := client.Do(t.Context(), get())
		failed := errorOf(t, err, httpclient.KindStatus)
		want := "could not read integration 12: Flow answered HTTP 500 Internal Server Error (after 6 attempts) " +
			"(GET http://flow.test/v3/integrations/12/) [request id r-7]"
		if failed.Error() != want || failed.Attempts != 6 || len(server.times()) != 6 {
			t.Errorf("%d requests, %d attempts, error:\n%s\nwant 6 and:\n%s", len(server.times()), failed.Attempts, failed, want)
		}
		if took := time.Since(server.start); took < 7*time.Second || took > 16*time.Second {
			t.Errorf("that took %s", took)
		}
		if !failed.Temporary() {
			t.Error("the failure is not called temporary")
		}
	})
}

func TestAWaitThatCannotEndWellIsNotBegun(t *testing.T) {
	tests := map[string]struct {
		answer http.HandlerFunc
		want   string
		after  time.Duration
	}{
		"429": {
			answer(429, `{}`, "Retry-After", "600"), "Flow answered HTTP 429 Too Many Requests", 10 * time.Minute,
		},
		"503": {
			answer(503, `{}`, "Retry-After", "19"), "Flow answered HTTP 503 Service Unavailable", 19 * time.Second,
		},
		"500 with Retry-After": {
			answer(500, `{}`, "Retry-After", "600"), "Flow answered HTTP 500 Internal Server Error", 10 * time.Minute,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, client := serve(t, httpclient.Options{}, test.answer)
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				_, err := client.Do(ctx, get())
				failed := errorOf(t, err, httpclient.KindStatus)
				want := "could not read integration 12: " + test.want + " (GET http://flow.test/v3/integrations/12/)"
				if failed.Error() != want || failed.RetryAfter != test.after {
					t.Errorf("error %q with Retry-After %s, want %q with %s", failed, failed.RetryAfter, want, test.after)
				}
				if took := time.Since(server.start); took != 0 {
					t.Errorf("it took %s to give up", took)
				}
			})
		})
	}
}

func TestTheLastAnswerIsReportedWhenTheTimeIsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client := serve(t, httpclient.Options{}, answer(502, `{}`))
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		_, err := client.Do(ctx, get())
		if failed := errorOf(t, err, httpclient.KindStatus); failed.Status != 502 || failed.Attempts < 2 || ctx.Err() != nil {
			t.Errorf("status %d after %d attempts, context %v; want the 502, several attempts and time left", failed.Status, failed.Attempts, ctx.Err())
		}
	})
}

func TestAnAttemptIsBoundedWithItsBody(t *testing.T) {
	silent := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	drips := func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = io.WriteString(w, " ")
			_ = http.NewResponseController(w).Flush()
			select {
			case <-time.After(time.Second):
			case <-r.Context().Done():
			}
		}
	}
	for name, slow := range map[string]http.HandlerFunc{"silent": silent, "dripping": drips} {
		t.Run(name+", GET", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, client := serve(t, httpclient.Options{Timeout: 10 * time.Second}, slow, works)
				if _, err := client.Do(t.Context(), get()); err != nil || len(server.times()) != 2 {
					t.Errorf("%d requests, error %v; want a second request that succeeds", len(server.times()), err)
				}
			})
		})
		t.Run(name+", POST", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, client := serve(t, httpclient.Options{Timeout: 10 * time.Second}, slow)
				_, err := client.Do(t.Context(), post())
				failed := errorOf(t, err, httpclient.KindTimeout)
				want := "could not create integration \"Main\": Flow gave no complete answer in time (POST http://flow.test/v3/integrations/)"
				if failed.Error() != want || !failed.Sent || len(server.times()) != 1 {
					t.Errorf("sent %t, %d requests, error %q; want it sent once and %q", failed.Sent, len(server.times()), failed, want)
				}
				if took := time.Since(server.start); took != 10*time.Second {
					t.Errorf("it took %s", took)
				}
			})
		})
		t.Run(name+", caller's deadline", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, client := serve(t, httpclient.Options{Timeout: 10 * time.Second}, slow)
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
				defer cancel()
				_, err := client.Do(ctx, get())
				failed := errorOf(t, err, httpclient.KindTimeout)
				if took := time.Since(server.start); took != 3*time.Second || failed.Attempts != 1 || !failed.Sent || !failed.Temporary() {
					t.Errorf("%+v after %s", failed, took)
				}
			})
		})
		t.Run(name+", interrupt", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, client := serve(t, httpclient.Options{Timeout: 10 * time.Second}, slow)
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(3*time.Second, cancel)
				_, err := client.Do(ctx, get())
				failed := errorOf(t, err, httpclient.KindCanceled)
				want := "could not read integration 12: the request to Flow was interrupted (GET http://flow.test/v3/integrations/12/)"
				if took := time.Since(server.start); took != 3*time.Second || failed.Error() != want || !failed.Sent || failed.Temporary() {
					t.Errorf("%+v after %s, want %q", failed, took, want)
				}
			})
		})
	}
}

// deaf never answers, and reports the end of a context in the words of HTTP/2: without its cause.
type deaf struct{}

func (deaf) RoundTrip(request *http.Request) (*http.Response, error) {
	<-request.Context().Done()
	return nil, request.Context().Err()
}

func TestTheEndOfAnAttemptIsToldFromTheCallersDeadlineWhateverTheTransportSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := httpclient.New(httpclient.Options{Service: "Flow", Timeout: 10 * time.Second, Transport: deaf{}})
		_, err := client.Do(t.Context(), post())
		errorOf(t, err, httpclient.KindTimeout)
		ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second)
		defer cancel()
		_, err = client.Do(ctx, get())
		if failed := errorOf(t, err, httpclient.KindTimeout); failed.Attempts != 3 {
			t.Errorf("%d attempts in 25 s of 10 s each", failed.Attempts)
		}
	})
}

func TestAnInterruptEndsAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client := serve(t, httpclient.Options{}, answer(429, `{}`, "Retry-After", "600"))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		_, err := client.Do(ctx, get())
		errorOf(t, err, httpclient.KindCanceled)
		if took := time.Since(server.start); took != 3*time.Second {
			t.Errorf("it took %s", took)
		}
	})
}

func TestAnAnswerThatArrivedCountsAlthoughTheCallerHasGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		_, client := serve(t, httpclient.Options{
			// The log's record is written when an answer is there and before anything is decided on it.
			Logger: cancelingLogger(cancel),
		}, answer(http.StatusCreated, `{"id":12}`))
		response, err := client.Do(ctx, post())
		if err != nil || response.Status != http.StatusCreated || ctx.Err() == nil {
			t.Errorf("answer %v, error %v, context %v", response, err, ctx.Err())
		}
	})
}

func TestNothingIsSentAfterAnInterrupt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client := serve(t, httpclient.Options{Limiter: httpclient.NewLimiter(1)}, works)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for range 50 {
			_, err := client.Do(ctx, get())
			if failed := errorOf(t, err, httpclient.KindCanceled); failed.Sent || failed.Attempts != 0 {
				t.Fatalf("sent %t after %d attempts", failed.Sent, failed.Attempts)
			}
		}
		if len(server.times()) != 0 {
			t.Errorf("%d requests arrived", len(server.times()))
		}
	})
}

// TestAGraceIsForWhatWasSent: an answer that is under way at the interrupt is waited for, and no connection.
func TestAGraceIsForWhatWasSent(t *testing.T) {
	patient := post()
	patient.Grace = 2 * time.Second
	for name, test := range map[string]struct {
		interrupt, deadline, answer, took time.Duration
		kind                              httpclient.Kind
	}{
		"answered in the grace": {interrupt: 3 * time.Second, answer: 4 * time.Second, took: 4 * time.Second, kind: -1},
		"answered too late":     {interrupt: 3 * time.Second, answer: 6 * time.Second, took: 5 * time.Second, kind: httpclient.KindCanceled},
		"the attempt's time":    {interrupt: 9 * time.Second, answer: time.Minute, took: 10 * time.Second, kind: httpclient.KindCanceled},
		"the caller's deadline": {deadline: 3 * time.Second, answer: 4 * time.Second, took: 3 * time.Second, kind: httpclient.KindTimeout},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, client := serve(t, httpclient.Options{Timeout: 10 * time.Second}, func(w http.ResponseWriter, r *http.Request) {
					select {
					case <-time.After(test.answer):
						works(w, r)
					case <-r.Context().Done():
					}
				})
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if test.interrupt > 0 {
					time.AfterFunc(test.interrupt, cancel)
				}
				if test.deadline > 0 {
					ctx, cancel = context.WithTimeout(ctx, test.deadline)
					defer cancel()
				}
				_, err := client.Do(ctx, patient)
				if test.kind >= 0 {
					errorOf(t, err, test.kind)
				} else if err != nil {
					t.Error(err)
				}
				if took := time.Since(server.start); took != test.took {
					t.Errorf("it took %s, want %s", took, test.took)
				}
			})
		})
	}
	t.Run("not sent yet", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			client := httpclient.New(httpclient.Options{Service: "Flow", Timeout: 10 * time.Second, Transport: deaf{}})
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(3*time.Second, cancel)
			begin := time.Now()
			_, err := client.Do(ctx, patient)
			if failed := errorOf(t, err, httpclient.KindCanceled); failed.Sent || time.Since(begin) != 3*time.Second {
				t.Errorf("%+v after %s", failed, time.Since(begin))
			}
		})
	})
}

func TestASuccessWithoutABodyIsASuccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client := serve(t, httpclient.Options{}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
		response, err := client.Do(t.Context(), httpclient.Request{Operation: "delete", Method: http.MethodDelete, URL: "http://flow.test/"})
		if err != nil || response.Status != http.StatusNoContent || len(response.Body) != 0 {
			t.Errorf("answer %v, error %v", response, err)
		}
	})
}

func TestARequestSaysWhoAsksForWhat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen *http.Request
		client := clientOf(t, httpclient.Options{UserAgent: "provider/1.2"}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			seen = r
			works(w, r)
		}))
		request := get()
		request.Query = map[string][]string{"limit": {"1000"}, "name": {"a&b"}}
		request.Header = http.Header{"Accept": {"application/json;api-version=7.1"}}
		if _, err := client.Do(t.Context(), request); err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprint(seen.Method, " ", seen.Host, seen.RequestURI, " ", seen.ContentLength)
		if want := "GET flow.test/v3/integrations/12/?limit=1000&name=a%26b 0"; got != want {
			t.Errorf("request %q, want %q", got, want)
		}
		for name, want := range map[string]string{
			"Authorization": "Bearer " + apiKey, "User-Agent": "provider/1.2", "Accept": "application/json;api-version=7.1", "Content-Type": "",
		} {
			if got := seen.Header.Get(name); got != want {
				t.Errorf("header %s is %q, want %q", name, got, want)
			}
		}
	})
}
