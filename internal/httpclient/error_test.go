package httpclient_test

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"unicode"
	"unicode/utf8"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient/httpclienttest"
)

func TestErrorsSayWhatWasAttemptedAndWhatCameBack(t *testing.T) {
	const (
		read    = "could not read integration 12: "
		request = " (GET http://flow.test/v3/integrations/12/)"
	)
	tests := map[string]struct {
		answer http.HandlerFunc
		kind   httpclient.Kind
		want   string
	}{
		"server's own sentence": {
			answer(403, `{"detail":"You do not have permission to perform this action."}`, "X-Request-Id", "r-7"), httpclient.KindStatus,
			read + "Flow answered HTTP 403 Forbidden" + request + `: sentence of {"detail":"You do not have permission to perform this action."} [request id r-7]`,
		},
		"plain text": {
			answer(404, "no\nsuch\tthing", "Content-Type", "text/plain; charset=utf-8"), httpclient.KindStatus,
			read + "Flow answered HTTP 404 Not Found" + request + ": no such thing",
		},
		"page": {
			answer(404, "<html>no such thing", "Content-Type", "text/html"), httpclient.KindStatus,
			read + "Flow answered HTTP 404 Not Found" + request,
		},
		"status without a name": {
			answer(499, ""), httpclient.KindStatus,
			read + "Flow answered HTTP 499" + request,
		},
		"redirect": {
			answer(301, "", "Location", "https://login.test/signin?next=x"), httpclient.KindRedirect,
			read + "Flow answered HTTP 301 Moved Permanently, a redirect to login.test, which is not followed" + request,
		},
		"redirect within the host": {
			answer(302, "", "Location", "/signin"), httpclient.KindRedirect,
			read + "Flow answered HTTP 302 Found, a redirect to another address, which is not followed" + request,
		},
		"redirect to nowhere": {
			answer(307, ""), httpclient.KindRedirect,
			read + "Flow answered HTTP 307 Temporary Redirect, a redirect to another address, which is not followed" + request,
		},
		"success that is a page": {
			answer(200, "<!DOCTYPE html>", "Content-Type", "text/html; charset=utf-8"), httpclient.KindNotJSON,
			read + "Flow answered HTTP 200 OK with an HTML page instead of JSON" + request,
		},
		"203": {
			answer(203, "<!DOCTYPE html>", "Content-Type", "text/html"), httpclient.KindNotJSON,
			read + "Flow answered HTTP 203 Non-Authoritative Information with an HTML page instead of JSON" + request,
		},
		"braces in a page": {
			answer(200, "{{ title }}", "Content-Type", "text/html"), httpclient.KindNotJSON,
			read + "Flow answered HTTP 200 OK with an HTML page instead of JSON" + request,
		},
		"text": {
			answer(200, "hello", "Content-Type", "text/plain"), httpclient.KindNotJSON,
			read + "Flow answered HTTP 200 OK with text/plain instead of JSON" + request,
		},
		"204": {
			func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, httpclient.KindEmpty,
			read + "Flow answered HTTP 204 No Content with an empty body" + request,
		},
		"empty": {
			answer(200, " \n"), httpclient.KindEmpty,
			read + "Flow answered HTTP 200 OK with an empty body" + request,
		},
		"JSON that breaks off": {
			answer(200, `{"id":1`), httpclient.KindTruncated,
			read + "Flow's answer broke off before its end" + request,
		},
		"JSON of another shape": {
			answer(200, `["id"]`, "X-Request-Id", "r-7"), httpclient.KindMalformed,
			read + "Flow answered HTTP 200 OK with something that could not be understood: json: cannot unmarshal array into Go value of type " +
				"struct { ID int } " + request[1:] + " [request id r-7]",
		},
		"no JSON at all": {
			answer(200, `Sorry!`), httpclient.KindMalformed,
			read + "Flow answered HTTP 200 OK with something that could not be understood: invalid character 'S' looking for beginning of value" + request,
		},
		"body shorter than announced": {
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "100")
				httpclienttest.BreakOff(w, 200, "application/json", `{"id":1}`)
			}, httpclient.KindTruncated,
			read + "Flow's answer broke off before its end (after 6 attempts)" + request,
		},
		"chunks without an end": {
			func(w http.ResponseWriter, _ *http.Request) {
				httpclienttest.BreakOff(w, 200, "application/json", `{"id":1}`)
			}, httpclient.KindTruncated,
			read + "Flow's answer broke off before its end (after 6 attempts)" + request,
		},
		"no answer": {
			breaks, httpclient.KindUnreachable,
			read + "Flow could not be reached (after 6 attempts): EOF" + request,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, client := serve(t, httpclient.Options{Message: func(response *httpclient.Response) string {
					if strings.HasPrefix(string(response.Body), "{\"detail") {
						return "sentence of " + string(response.Body)
					}
					return ""
				}}, test.answer)
				var into struct{ ID int }
				_, err := client.JSON(t.Context(), get(), &into)
				failed := errorOf(t, err, test.kind)
				if failed.Error() != test.want {
					t.Errorf("error\n%s\nwant\n%s", failed, test.want)
				}
				if !failed.Sent {
					t.Error("it is not called sent")
				}
			})
		})
	}
}

func TestJSONIsReadAsServersSendIt(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"byte order mark":  answer(200, "\xef\xbb\xbf{\"id\":12}"),
		"vendor's type":    answer(200, `{"id":12}`, "Content-Type", "application/hal+json; charset=utf-8"),
		"text/plain":       answer(200, ` {"id":12}`, "Content-Type", "text/plain"),
		"octets":           answer(201, "\n{\"id\":12}\n", "Content-Type", "application/octet-stream"),
		"without any type": answer(200, `{"id":12}`, "Content-Type", ""),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, client := serve(t, httpclient.Options{}, handler)
				var into struct{ ID int }
				if _, err := client.JSON(t.Context(), get(), &into); err != nil || into.ID != 12 {
					t.Errorf("id %d, error %v", into.ID, err)
				}
			})
		})
	}
}

func TestABrokenAnswerToAPostIsNotAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, client := serve(t, httpclient.Options{}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			httpclienttest.BreakOff(w, 201, "application/json", `{"id":1}`)
		})
		_, err := client.Do(t.Context(), post())
		if failed := errorOf(t, err, httpclient.KindTruncated); !failed.Sent || failed.Attempts != 1 || len(server.times()) != 1 {
			t.Errorf("sent %t, %d attempts, %d requests", failed.Sent, failed.Attempts, len(server.times()))
		}
	})
}

func TestARedirectIsNotFollowedAndTheCredentialStaysAtHome(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		for _, request := range []httpclient.Request{get(), post()} {
			synctest.Test(t, func(t *testing.T) {
				var hosts []string
				client := clientOf(t, httpclient.Options{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					hosts = append(hosts, r.Host)
					if r.Host == "flow.test" && len(hosts) == 1 {
						answer(status, "", "Location", "http://elsewhere.test/")(w, r)
						return
					}
					works(w, r)
				}))
				_, err := client.Do(t.Context(), request)
				if failed := errorOf(t, err, httpclient.KindRedirect); failed.Status != status || failed.Temporary() {
					t.Errorf("%+v", failed)
				}
				if len(hosts) != 1 {
					t.Errorf("%s answered with %d: the hosts asked are %v", request.Method, status, hosts)
				}
			})
		}
	}
}

func TestARefusedConnectionIsCalledUnsent(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	request := post()
	request.URL = "http://" + listener.Addr().String() + "/"
	_ = listener.Close()
	_, err = httpclient.New(httpclient.Options{Service: "Flow"}).Do(t.Context(), request)
	failed := errorOf(t, err, httpclient.KindUnreachable)
	if failed.Sent || !failed.Temporary() || !strings.Contains(failed.Error(), "Flow could not be reached: dial tcp 127.0.0.1:") {
		t.Errorf("sent %t, error %v", failed.Sent, failed)
	}
}

func TestAResetAfterTheRequestIsCalledSent(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		connection, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = connection.(*net.TCPConn).SetLinger(0) // Close sends a reset.
		_ = connection.Close()
	}))
	defer server.Close()
	request := post()
	request.URL = server.URL
	_, err := httpclient.New(httpclient.Options{Service: "Flow"}).Do(t.Context(), request)
	if failed := errorOf(t, err, httpclient.KindUnreachable); !failed.Sent || failed.Attempts != 1 {
		t.Errorf("sent %t, %d attempts: %v", failed.Sent, failed.Attempts, failed)
	}
}

func TestAnUntrustedCertificateIsMetOnce(t *testing.T) {
	server := httptest.NewUnstartedServer(answer(200, "{}"))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	request := get()
	request.URL = server.URL
	_, err := httpclient.New(httpclient.Options{Service: "Flow"}).Do(t.Context(), request)
	failed := errorOf(t, err, httpclient.KindUnreachable)
	if failed.Attempts != 1 || failed.Sent || !strings.Contains(failed.Error(), "certificate") {
		t.Errorf("sent %t, %d attempts: %v", failed.Sent, failed.Attempts, failed)
	}
}

// endless answers with a body that does not end, and breaks off if far more of it is read than the limit.
type endless struct{ attempts, read int }

func (e *endless) RoundTrip(*http.Request) (*http.Response, error) {
	e.attempts++
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(e)}, nil
}

func (e *endless) Read(p []byte) (int, error) {
	if e.read += len(p); e.read > 256<<20 {
		return 0, io.ErrUnexpectedEOF
	}
	return len(p), nil
}

func TestAnAnswerWithoutEndIsRefused(t *testing.T) {
	var server endless
	_, err := httpclient.New(httpclient.Options{Service: "Flow", Transport: &server}).Do(t.Context(), get())
	failed := errorOf(t, err, httpclient.KindMalformed)
	if server.attempts != 1 || !strings.Contains(failed.Error(), "the answer is larger than 64 MiB (GET") {
		t.Errorf("%d attempts: %v", server.attempts, failed)
	}
}

func TestARequestThatCannotBeMadeSaysSo(t *testing.T) {
	client := httpclient.New(httpclient.Options{Service: "Flow", Transport: &endless{}})
	unusable, unencodable := get(), post()
	unusable.URL = "http://flow.test/%zz?token=secret"
	unencodable.Body = func() {}
	for want, request := range map[string]httpclient.Request{
		`could not read integration 12: the request to Flow could not be made: invalid URL escape "%zz" (GET http://flow.test/%zz?…)`: unusable,
		`could not create integration "Main": the request to Flow could not be made: encoding the request's body: json: ` +
			`unsupported type: func() (POST http://flow.test/v3/integrations/)`: unencodable,
	} {
		_, err := client.Do(t.Context(), request)
		if failed := errorOf(t, err, httpclient.KindMalformed); failed.Error() != want || failed.Sent {
			t.Errorf("sent %t, error\n%s\nwant\n%s", failed.Sent, failed, want)
		}
	}
}

func TestAnAnswerCanBeCalledMalformedAfterwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, client := serve(t, httpclient.Options{}, answer(201, `{}`, "X-Request-Id", "r-7"))
		response, err := client.Do(t.Context(), post())
		if err != nil {
			t.Fatal(err)
		}
		err = client.Malformed(post(), response, errors.New("it has no id"))
		want := "could not create integration \"Main\": Flow answered HTTP 201 Created with something that could not be understood: " +
			"it has no id (POST http://flow.test/v3/integrations/) [request id r-7]"
		if failed := errorOf(t, err, httpclient.KindMalformed); failed.Error() != want || !failed.Sent || failed.Status != 201 {
			t.Errorf("error\n%s\nwant\n%s", failed, want)
		}
	})
}

func TestStatusOfLooksThroughWrapping(t *testing.T) {
	failed := &httpclient.Error{Kind: httpclient.KindStatus, Status: 404}
	for err, want := range map[error]int{
		nil: 0, errors.New("404"): 0, failed: 404, fmt.Errorf("in a list: %w", failed): 404,
		&httpclient.Error{Kind: httpclient.KindRedirect, Status: 301}: 0,
	} {
		if got := httpclient.StatusOf(err); got != want {
			t.Errorf("StatusOf(%v) is %d, want %d", err, got, want)
		}
	}
}

func TestOnlyWhatMayPassIsCalledTemporary(t *testing.T) {
	for kind, want := range map[httpclient.Kind]bool{
		httpclient.KindUnreachable: true, httpclient.KindTimeout: true, httpclient.KindTruncated: true,
		httpclient.KindCanceled: false, httpclient.KindRedirect: false, httpclient.KindNotJSON: false, httpclient.KindEmpty: false, httpclient.KindMalformed: false,
	} {
		if got := (&httpclient.Error{Kind: kind}).Temporary(); got != want {
			t.Errorf("kind %d: %t, want %t", kind, got, want)
		}
	}
	for status, want := range map[int]bool{400: false, 401: false, 404: false, 429: true, 500: true, 503: true} {
		if got := (&httpclient.Error{Kind: httpclient.KindStatus, Status: status}).Temporary(); got != want {
			t.Errorf("status %d: %t, want %t", status, got, want)
		}
	}
}

func TestAServersTextIsMadeFitForAnError(t *testing.T) {
	for text, want := range map[string]string{
		"":                                "",
		"Not found.":                      "Not found.",
		" two\r\nlines\t\u2028apart ":     "two lines apart",
		"bell \a, escape \x1b[31mred":     "bell , escape [31mred",
		"bad \xff bytes":                  "bad bytes",
		"Zugriff für Jürgen verweigert ✓": "Zugriff für Jürgen verweigert ✓",
		"right\u202eto left":              "right to left",
		strings.Repeat("a", 500):          strings.Repeat("a", 500),
		strings.Repeat("a", 501):          strings.Repeat("a", 500) + "…",
		strings.Repeat("ü", 251):          strings.Repeat("ü", 250) + "…",
		"a" + strings.Repeat("ü", 250):    "a" + strings.Repeat("ü", 249) + "…",
	} {
		if got := httpclient.OneLine(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func FuzzOneLine(f *testing.F) {
	for _, seed := range []string{"", "Not found.", "a\nb", "\xff\xfe", strings.Repeat("ü", 400), "\u2028\u202e\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		line := httpclient.OneLine(text)
		if !utf8.ValidString(line) || len(line) > 500+len("…") {
			t.Errorf("%q became %q", text, line)
		}
		if strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) || strings.TrimSpace(line) != line {
			t.Errorf("%q became %q", text, line)
		}
		if again := httpclient.OneLine(line); len(line) <= 500 && again != line {
			t.Errorf("%q became %q, and then %q", text, line, again)
		}
	})
}
