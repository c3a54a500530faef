package httpclient_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

func TestLoopbackIsKnownInEverySpelling(t *testing.T) {
	for host, want := range map[string]bool{
		"localhost": true, "LocalHost": true, "LOCALHOST": true,
		"127.0.0.1": true, "127.8.9.10": true, "::1": true, "0:0:0:0:0:0:0:1": true, "::ffff:127.0.0.1": true,
		"": false, "127.1": false, "0.0.0.0": false, "::": false, "localhost.": false, "localhost.example.com": false,
		"127.0.0.1.example.com": false, "my-localhost": false, "10.0.0.1": false, "dev.azure.com": false,
	} {
		if got := httpclient.IsLoopback(host); got != want {
			t.Errorf("%q: %t, want %t", host, got, want)
		}
	}
}

func TestLoopbackIsReachedWithoutAProxy(t *testing.T) {
	var proxied atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { proxied.Add(1) }))
	defer proxy.Close()
	server := httptest.NewServer(works)
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	transport := httpclient.OwnTransport(http.ProxyURL(mustParse(t, proxy.URL)))
	for _, host := range []string{"127.0.0.1", "localhost", "LocalHost", "LOCALHOST"} {
		request := get()
		request.URL = "http://" + host + ":" + port + "/"
		client := httpclient.New(httpclient.Options{Service: "Flow", Transport: transport})
		if _, err := client.Do(t.Context(), request); err != nil || proxied.Load() > 0 {
			t.Errorf("%s: %d requests went to the proxy, error %v", host, proxied.Load(), err)
		}
	}
}

func mustParse(t *testing.T, raw string) *url.URL {
	t.Helper()
	parsed, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// listen answers each connection with a text, and nothing else.
func listen(t *testing.T, text string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = bufio.NewReader(connection).ReadString('\n')
			_, _ = io.WriteString(connection, text)
			_ = connection.Close()
		}
	}()
	return listener.Addr().String()
}

func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// TestWhatBarsTheWayIsNamedOnceWithWhatToDo: each of these lasts until somebody corrects something, so there is one attempt.
func TestWhatBarsTheWayIsNamedOnceWithWhatToDo(t *testing.T) {
	quiet := func(server *httptest.Server) *httptest.Server {
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		t.Cleanup(server.Close)
		return server
	}
	secure := quiet(httptest.NewUnstartedServer(works))
	secure.StartTLS()
	plain := quiet(httptest.NewServer(works))
	closed := closedPort(t)
	login := listen(t, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
	refusing := listen(t, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
	const spelling = true
	for name, test := range map[string]struct {
		url, proxy string
		dial       func(context.Context, string, string) (net.Conn, error)
		want       string
		advice     string
		spelling   bool
	}{
		"a proxy that wants a password": {
			url: "https://dev.azure.com/contoso", proxy: "http://user:s3cr3t@" + login,
			want:   "Flow could not be reached through the proxy http://" + login + ": the proxy answered HTTP 407 Proxy Authentication Required (GET https://dev.azure.com/contoso)",
			advice: "Put the name and password for the proxy into HTTPS_PROXY (http://<name>:<password>@<host>:<port>), or list dev.azure.com in NO_PROXY if it can be reached without the proxy.",
		},
		"a proxy that refuses": {
			url: "https://dev.azure.com/contoso", proxy: "http://user:s3cr3t@" + refusing,
			want:   "Flow could not be reached through the proxy http://" + refusing + ": the proxy answered HTTP 403 Forbidden (GET https://dev.azure.com/contoso)",
			advice: "Ask whoever runs the proxy http://" + refusing + " to allow dev.azure.com, or list it in NO_PROXY if it can be reached without the proxy.",
		},
		"a proxy that does not run": {
			url: "https://dev.azure.com/contoso", proxy: "http://user:s3cr3t@" + closed,
			want:   "Flow could not be reached through the proxy http://" + closed + ": proxyconnect tcp: dial tcp " + closed + ": connect: connection refused (GET https://dev.azure.com/contoso)",
			advice: "Check HTTPS_PROXY: the proxy http://" + closed + " cannot be reached.",
		},
		"a proxy that is not known": {
			url: "https://dev.azure.com/contoso", proxy: "http://proxy.invalid:3128", dial: unknownName,
			want:   "Flow could not be reached through the proxy http://proxy.invalid:3128: proxyconnect tcp: dial tcp: lookup proxy.invalid: no such host (GET https://dev.azure.com/contoso)",
			advice: "Check HTTPS_PROXY: the proxy http://proxy.invalid:3128 cannot be reached.",
		},
		"a name that is not known": {
			url: "https://acme.invalid/v3/", dial: unknownName, spelling: spelling,
			want:   "Flow could not be reached: dial tcp: lookup acme.invalid: no such host (GET https://acme.invalid/v3/)",
			advice: "Set HTTPS_PROXY if this machine reaches acme.invalid only through a proxy, or check its DNS: the name is not known here.",
		},
		"an unknown authority": {
			url:  secure.URL,
			want: "Flow could not be reached: tls: failed to verify certificate: x509: certificate signed by unknown authority (GET " + secure.URL + ")",
			advice: "Name in SSL_CERT_FILE a file that holds the certificate of the authority that inspects TLS here and the public authorities as well: it replaces the system's. " +
				"On Windows and macOS, add the certificate to the system's instead.",
		},
		"plain HTTP": {
			url: "https://" + plain.Listener.Addr().String(), spelling: spelling,
			want:   "Flow could not be reached: it does not speak TLS (GET https://" + plain.Listener.Addr().String() + ")",
			advice: "Check the port, and whether a proxy or sign-in page is in between: plain HTTP came from " + plain.Listener.Addr().String() + " where https was expected.",
		},
		"nothing on loopback": {
			url:    "http://" + closed,
			want:   "Flow could not be reached: dial tcp " + closed + ": connect: connection refused (GET http://" + closed + ")",
			advice: "Is the sandbox running? Start it, or correct the address: nothing listens at " + closed + ".",
		},
	} {
		t.Run(name, func(t *testing.T) {
			choose := func(*http.Request) (*url.URL, error) { return nil, nil }
			if test.proxy != "" {
				choose = http.ProxyURL(mustParse(t, test.proxy))
			}
			transport := httpclient.OwnTransport(choose)
			if test.dial != nil {
				transport.DialContext = test.dial
			}
			request := get()
			request.URL = test.url
			_, err := httpclient.New(httpclient.Options{Service: "Flow", Transport: transport}).Do(t.Context(), request)
			failed := errorOf(t, err, httpclient.KindUnreachable)
			if want := "could not read integration 12: " + test.want; failed.Error() != want {
				t.Errorf("error\n%s\nwant\n%s", failed, want)
			}
			if failed.Advice() != test.advice || failed.MayBeWrongAddress() != test.spelling {
				t.Errorf("address in doubt: %t; advice\n%s\nwant\n%s", failed.MayBeWrongAddress(), failed.Advice(), test.advice)
			}
			if failed.Attempts != 1 || failed.Sent {
				t.Errorf("%d attempts, sent %t", failed.Attempts, failed.Sent)
			}
		})
	}
}

func unknownName(_ context.Context, _, address string) (net.Conn, error) {
	host, _, _ := net.SplitHostPort(address)
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}}
}

func TestAProxySettingThatIsNoURLIsNotRepeated(t *testing.T) {
	for name, choose := range map[string]func(*http.Request) (*url.URL, error){
		"said": func(*http.Request) (*url.URL, error) {
			return nil, errors.New(`invalid proxy address "http://user:s3cr3t@:x"`)
		},
		// What net/http makes of http://user:s3cr3t@proxy.example.com:x.
		"guessed": http.ProxyURL(mustParse(t, "http://http://user:s3cr3t@proxy.example.com:x")),
	} {
		transport := httpclient.OwnTransport(choose)
		request := get()
		request.URL = "https://dev.azure.com/contoso"
		_, err := httpclient.New(httpclient.Options{Service: "Flow", Transport: transport}).Do(t.Context(), request)
		failed := errorOf(t, err, httpclient.KindUnreachable)
		want := "could not read integration 12: Flow could not be reached: the proxy that the environment names is not a URL (GET https://dev.azure.com/contoso)"
		if failed.Error() != want || !strings.HasPrefix(failed.Advice(), "Correct HTTPS_PROXY (or HTTP_PROXY)") || failed.Attempts != 1 {
			t.Errorf("%s: error\n%s\nwant\n%s\nadvice %s", name, failed, want, failed.Advice())
		}
	}
}

// TestWhatIsNotFromTheServiceIsNamed: a page is not asked for again, and what it is shows in the error.
func TestWhatIsNotFromTheServiceIsNamed(t *testing.T) {
	const page = "<html><head><title>\n Website &amp; more  blocked</title></head>"
	html := []string{"Content-Type", "text/html; charset=utf-8"}
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   string
		advice string
	}{
		"200":                 {answer(200, page, html...), `HTTP 200 OK with a page titled "Website & more blocked"`, ""},
		"200 without a title": {answer(200, "<html>", html...), "HTTP 200 OK with a page", ""},
		"200, text":           {answer(200, "blocked", "Content-Type", "text/plain"), "HTTP 200 OK with an answer", ""},
		"307":                 {answer(307, "", "Location", "https://gateway.corp-proxy.example/block?user=x"), "HTTP 307 Temporary Redirect with a redirect to gateway.corp-proxy.example", ""},
		"401":                 {answer(401, page, html...), `HTTP 401 Unauthorized with a page titled "Website & more blocked"`, ""},
		"403":                 {answer(403, page, html...), `HTTP 403 Forbidden with a page titled "Website & more blocked"`, ""},
		"404":                 {answer(404, page, html...), `HTTP 404 Not Found with a page titled "Website & more blocked"`, ""},
		"407":                 {answer(407, "{}"), "HTTP 407 Proxy Authentication Required with an answer", ""},
		"511":                 {answer(511, page, html...), `HTTP 511 Network Authentication Required with a page titled "Website & more blocked"`, "Sign in to this network in a browser first."},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(test.answer)
			defer server.Close()
			transport := httpclient.OwnTransport(func(*http.Request) (*url.URL, error) { return nil, nil })
			transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
			}
			asked := 0
			client := httpclient.New(httpclient.Options{Service: "Flow", Transport: transport, Genuine: func(*httpclient.Response) bool {
				asked++
				return false
			}})
			_, err := client.Do(t.Context(), get())
			failed := errorOf(t, err, httpclient.KindForeign)
			want := "could not read integration 12: Flow could not be asked: flow.test answered " + test.want + " that is not from the Flow API (GET http://flow.test/v3/integrations/12/)"
			if failed.Error() != want || failed.Attempts != 1 || failed.Temporary() || asked > 1 {
				t.Errorf("%d attempts, error\n%s\nwant\n%s", failed.Attempts, failed, want)
			}
			if test.advice == "" {
				test.advice = "Set HTTPS_PROXY if flow.test is reached through a proxy, or ask whoever runs the network to allow it, if something on the way answered in its place."
			}
			if failed.Advice() != test.advice || httpclient.StatusOf(err) != 0 {
				t.Errorf("advice\n%s\nwant\n%s", failed.Advice(), test.advice)
			}
		})
	}
}

func TestWhatIsNotFromTheServiceOnLoopbackIsAnotherServer(t *testing.T) {
	server := httptest.NewServer(answer(404, "<html>", "Content-Type", "text/html"))
	defer server.Close()
	request := get()
	request.URL = server.URL
	client := httpclient.New(httpclient.Options{Service: "Flow", Genuine: func(*httpclient.Response) bool { return false }})
	_, err := client.Do(t.Context(), request)
	if got, want := errorOf(t, err, httpclient.KindForeign).Advice(), "Check which server listens at "+server.Listener.Addr().String()+"."; got != want {
		t.Errorf("advice %q, want %q", got, want)
	}
}

func TestTheTitleOfAPageOfTheServiceIsItsMessage(t *testing.T) {
	server := httptest.NewServer(answer(404, "<html><title>Page not found</title>", "Content-Type", "text/html"))
	defer server.Close()
	request := get()
	request.URL = server.URL
	_, err := httpclient.New(httpclient.Options{Service: "Flow"}).Do(t.Context(), request)
	if failed := errorOf(t, err, httpclient.KindStatus); failed.Message != "Page not found" {
		t.Errorf("message %q", failed.Message)
	}
}

func TestThrottlingInAnotherStatusIsA429(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 {
			answer(401, "", "Retry-After", "1")(w, r)
			return
		}
		works(w, r)
	}))
	defer server.Close()
	request := get()
	request.URL = server.URL
	client := httpclient.New(httpclient.Options{Service: "Flow", RateLimited: func(response *httpclient.Response) bool { return response.Status == 401 }})
	if _, err := client.Do(t.Context(), request); err != nil || asked.Load() != 2 {
		t.Errorf("%d requests, error %v", asked.Load(), err)
	}
}
