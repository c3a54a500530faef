package httpclient_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// cancelingHandler calls a function with each record.
type cancelingHandler struct {
	slog.Handler
	cancel func()
}

func (h cancelingHandler) Enabled(context.Context, slog.Level) bool { return true }

func (h cancelingHandler) Handle(context.Context, slog.Record) error {
	h.cancel()
	return nil
}

func cancelingLogger(cancel func()) *slog.Logger {
	return slog.New(cancelingHandler{slog.DiscardHandler, cancel})
}

// plainLog writes a line a record, without what differs from run to run.
func plainLog(log *bytes.Buffer) *slog.Logger {
	return slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{
		Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, attribute slog.Attr) slog.Attr {
			if attribute.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return attribute
		},
	}))
}

func TestEachAttemptIsLoggedWithoutHeadersAndBodies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		_, client := serve(t, httpclient.Options{Logger: plainLog(&log)}, breaks, answer(200, `{"body":1}`, "X-Request-Id", "r-7", "X-Header", "x"))
		request := idempotentPost()
		request.Query = map[string][]string{"limit": {"1"}}
		if _, err := client.Do(t.Context(), request); err != nil {
			t.Fatal(err)
		}
		want := `level=WARN msg="request failed" method=POST url="http://flow.test/v3/integrations/?limit=1" attempt=1 duration=0s error=EOF
level=DEBUG msg="request answered" method=POST url="http://flow.test/v3/integrations/?limit=1" attempt=2 duration=0s status=200 request_id=r-7
`
		if diff := cmp.Diff(want, log.String()); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
	})
}

func TestALongWaitIsLoggedWithWhatItIsFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		hangs := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
		_, client := serve(t, httpclient.Options{Logger: plainLog(&log), Timeout: 15 * time.Second}, answer(503, "", "Retry-After", "11"), hangs, works)
		if _, err := client.Do(t.Context(), get()); err != nil {
			t.Fatal(err)
		}
		want := `level=DEBUG msg="request answered" method=GET url=http://flow.test/v3/integrations/12/ attempt=1 duration=0s status=503 request_id=""
level=INFO msg="still waiting" for="the next attempt to read integration 12" waited=10s
level=INFO msg="still waiting" for="Flow's answer to GET /v3/integrations/12/" waited=10s
level=WARN msg="request failed" method=GET url=http://flow.test/v3/integrations/12/ attempt=2 duration=15s error="no complete answer in time"
level=DEBUG msg="request answered" method=GET url=http://flow.test/v3/integrations/12/ attempt=3 duration=0s status=200 request_id=""
`
		if diff := cmp.Diff(want, log.String()); diff != "" {
			t.Errorf("log (-want +got):\n%s", diff)
		}
	})
}

func TestNoCredentialIsInErrorsAndLogs(t *testing.T) {
	const token = "t0ken-in-the-body"
	// A server, or a proxy before it, that repeats all that it got in all that can come into an error.
	echo := func(status int, contentType string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			said := r.Header.Get("Authorization") + " " + string(body)
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("X-Request-Id", said)
			w.Header().Set("Location", "http://other.test/?"+apiKey)
			w.WriteHeader(status)
			_, _ = io.WriteString(w, said)
		}
	}
	for name, handler := range map[string]http.HandlerFunc{
		"refusal":   echo(400, "application/json"),
		"plain":     echo(400, "text/plain; charset=utf-8"),
		"failure":   echo(500, "text/plain"),
		"throttled": echo(429, "text/plain"),
		"redirect":  echo(302, "text/html"),
		"page":      echo(200, "text/html"),
		"bad JSON":  echo(200, "application/json"),
		"broken":    breaks,
		"bad redirect": func(w http.ResponseWriter, r *http.Request) {
			answer(301, "", "Location", "http://%zz/"+r.Header.Get("Authorization"))(w, r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				client := clientOf(t, httpclient.Options{
					Logger:  plainLog(&log),
					Message: func(response *httpclient.Response) string { return "Flow said " + string(response.Body) },
				}, handler)
				request := post()
				request.Body = map[string]string{"token": token}
				request.Secrets = []string{token, ""}
				var into map[string]any
				_, err := client.JSON(t.Context(), request, &into)
				if err == nil {
					t.Fatal("no error")
				}
				printed := log.String() + fmt.Sprintf("%v\n%+v\n%s\n%q\n", err, err, err, err)
				slog.New(slog.NewJSONHandler(&log, nil)).Error("failed", "error", err)
				for _, secret := range []string{apiKey, token, "Authorization"} {
					if strings.Contains(printed, secret) || strings.Contains(log.String(), secret) {
						t.Errorf("%s is in\n%s", secret, printed)
					}
				}
				if strings.Contains(printed, "Flow said ") && !strings.Contains(printed, `Flow said Bearer [redacted] {"token":"[redacted]"}`) {
					t.Errorf("the rest of the sentence is lost:\n%s", printed)
				}
			})
		})
	}
}

// repeating is a transport that fails with the credential in its error, as one with a proxy may.
type repeating struct{}

func (repeating) RoundTrip(r *http.Request) (*http.Response, error) {
	return nil, fmt.Errorf("the proxy refused %s", r.Header.Get("Authorization"))
}

func TestNoCredentialOfAFailedConnectionIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		client := httpclient.New(httpclient.Options{
			Service: "Flow", Logger: plainLog(&log), Transport: repeating{}, Header: http.Header{"Authorization": {"Bearer " + apiKey}},
		})
		_, err := client.Do(t.Context(), post())
		if err == nil || !strings.Contains(log.String(), "the proxy refused Bearer [redacted]") || strings.Contains(log.String()+err.Error(), apiKey) {
			t.Errorf("error %v, log\n%s", err, log.String())
		}
	})
}
