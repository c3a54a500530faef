package traffic

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const secret = "s3cret-value"

func knownSecrets(s string) (string, bool) { return "token full", s == secret }

// server counts what reaches the handler behind the recorder.
func server(t *testing.T) (*Recorder, *httptest.Server, *atomic.Int32) {
	t.Helper()
	var reached atomic.Int32
	recorder := NewRecorder(knownSecrets)
	s := httptest.NewServer(recorder.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached.Add(1)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, `{"answer":"of the server"}`)
	})))
	t.Cleanup(s.Close)
	return recorder, s, &reached
}

func send(t *testing.T, method, url, body string, header http.Header) (*http.Response, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	return res, string(answer), err
}

func TestTheLogForgetsTheOldestRequests(t *testing.T) {
	recorder := NewRecorder(nil)
	handler := recorder.Handler(http.NotFoundHandler())
	for i := range maxRequests + 1 {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/"+strconv.Itoa(i), http.NoBody))
	}
	log := recorder.Requests()
	if first, last := log[0].Path, log[len(log)-1].Path; len(log) > maxRequests || first == "/0" || last != "/"+strconv.Itoa(maxRequests) {
		t.Errorf("%d requests are kept, from %s to %s", len(log), first, last)
	}
}

func TestRequestsAreRecordedWithoutSecrets(t *testing.T) {
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("user:"+secret))
	tests := map[string]struct {
		body, authorization string
		wantBody, wantAuth  string
	}{
		"known token in a basic password":  {authorization: basic, wantAuth: "<token full>"},
		"known bearer token":               {authorization: "Bearer " + secret, wantAuth: "<token full>"},
		"unknown bearer token":             {authorization: "Bearer other", wantAuth: "<redacted>"},
		"basic that is no base64":          {authorization: "Basic %%%", wantAuth: "<redacted>"},
		"scheme without a value":           {authorization: "Basic", wantAuth: "<redacted>"},
		"known secret of any field":        {body: `{"x":["` + secret + `"],"n":12345678901234567}`, wantBody: `{"n":12345678901234567,"x":["<token full>"]}`},
		"unknown secret of a secret field": {body: `{"authData":{"Token":"t","password":"p","username":"u"}}`, wantBody: `{"authData":{"Token":"<redacted>","password":"<redacted>","username":"u"}}`},
		"nested confidential input":        {body: `{"consumerInputs":{"basicAuthPassword":"p"}}`, wantBody: `{"consumerInputs":{"basicAuthPassword":"<redacted>"}}`},
		"absent secret stays absent":       {body: `{"token":null,"password":""}`, wantBody: `{"password":"","token":null}`},
		"a body that is not JSON":          {body: `token=` + secret, wantBody: "<18 bytes that are not JSON>"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			recorder, s, _ := server(t)
			header := http.Header{}
			if test.authorization != "" {
				header.Set("Authorization", test.authorization)
			}
			if _, _, err := send(t, "POST", s.URL+"/things/?a=1&key="+secret, test.body, header); err != nil {
				t.Fatal(err)
			}
			want := []Request{{
				Method: "POST", Path: "/things/", Query: map[string][]string{"a": {"1"}, "key": {"<token full>"}},
				Body: test.wantBody, Status: http.StatusCreated, Credential: test.wantAuth,
			}}
			if diff := cmp.Diff(want, recorder.Requests(), cmpopts.IgnoreFields(Request{}, "Time")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestResetEmptiesTheLog(t *testing.T) {
	recorder, s, _ := server(t)
	send(t, "GET", s.URL, "", nil)
	recorder.Reset()
	if got := recorder.Requests(); len(got) != 0 {
		t.Errorf("still holds %v", got)
	}
}

func TestFaultAnswersInsteadOfTheServer(t *testing.T) {
	recorder, s, reached := server(t)
	recorder.Inject(Fault{Method: "GET", Path: "/a/*/c", Times: 1, Status: 429, RetryAfter: "7", ContentType: "text/html", Body: "<html>"})

	res, body, err := send(t, "GET", s.URL+"/A/b/c", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != 429 || res.Header.Get("Retry-After") != "7" || res.Header.Get("Content-Type") != "text/html" || body != "<html>" {
		t.Errorf("got %d %v %q", res.StatusCode, res.Header, body)
	}
	if reached.Load() != 0 {
		t.Error("the server was reached")
	}
	if got := recorder.Requests(); !got[0].Faulted || got[0].Status != 429 {
		t.Errorf("recorded as %+v", got[0])
	}
	if res, _, _ := send(t, "GET", s.URL+"/a/b/c", "", nil); res.StatusCode != http.StatusCreated {
		t.Errorf("it matches a second request: %d", res.StatusCode)
	}
}

// TestFaultIsForAClient: what the sandbox's Flow asks meanwhile is not its business.
func TestFaultIsForAClient(t *testing.T) {
	recorder, s, _ := server(t)
	recorder.Inject(Fault{Client: "Terraform-Provider-Flow/", Status: http.StatusTeapot})
	for agent, want := range map[string]int{
		"terraform-provider-flow/1.0 (terraform/1.11.4)": http.StatusTeapot, "flow-sandbox": http.StatusCreated, "": http.StatusCreated,
	} {
		if res, _, err := send(t, http.MethodGet, s.URL, "", http.Header{"User-Agent": {agent}}); err != nil || res.StatusCode != want {
			t.Errorf("%q: status %d, error %v", agent, res.StatusCode, err)
		}
	}
}

func TestFaultIsRemoved(t *testing.T) {
	recorder, s, reached := server(t)
	remove := recorder.Inject(Fault{Status: 503})
	remove()
	send(t, "GET", s.URL, "", nil)
	if reached.Load() != 1 {
		t.Error("the removed fault still answers")
	}
}

func TestATruncatedAnswerEndsInsideItsBody(t *testing.T) {
	recorder, s, reached := server(t)
	recorder.Inject(Fault{Truncate: true})
	res, body, err := send(t, "GET", s.URL, "", nil)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got error %v, body %q", err, body)
	}
	if res.StatusCode != http.StatusCreated || body == "" || json.Valid([]byte(body)) {
		t.Errorf("got %d %q", res.StatusCode, body)
	}
	if reached.Load() != 1 {
		t.Error("the server was not reached")
	}
}

func TestResetBreaksTheConnectionBeforeOrAfterTheEffect(t *testing.T) {
	for name, test := range map[string]struct {
		phase   ResetPhase
		reached int32
	}{"before": {ResetBefore, 0}, "after": {ResetAfter, 1}} {
		t.Run(name, func(t *testing.T) {
			recorder, s, reached := server(t)
			recorder.Inject(Fault{Reset: test.phase})
			if _, _, err := send(t, "POST", s.URL, "{}", nil); err == nil {
				t.Error("got an answer")
			}
			if reached.Load() != test.reached {
				t.Errorf("reached %d times, want %d", reached.Load(), test.reached)
			}
			if got := recorder.Requests(); len(got) != 1 || got[0].Status != 0 || !got[0].Faulted {
				t.Errorf("recorded as %+v", got)
			}
		})
	}
}

func TestLatencyDelaysTheRealAnswer(t *testing.T) {
	recorder, s, _ := server(t)
	recorder.Inject(Fault{Latency: 30 * time.Millisecond})
	start := time.Now()
	res, _, err := send(t, "GET", s.URL, "", nil)
	if err != nil || res.StatusCode != http.StatusCreated {
		t.Fatal(res, err)
	}
	if took := time.Since(start); took < 30*time.Millisecond {
		t.Errorf("answered after %v", took)
	}
}

func TestMatchPath(t *testing.T) {
	tests := []struct {
		pattern, path string
		want          bool
	}{
		{"/a/b", "/a/b", true},
		{"/a/b", "/a/b/", false},
		{"/a/*", "/a/b", true},
		{"/a/*", "/a/b/c", false},
		{"/a/**", "/a/b/c", true},
		{"/a/**", "/a/", true},
		{"/a/**", "/a", true},
		{"/a/**", "/ab", false},
		{"/*/_apis/**", "/contoso/_apis/git/repositories", true},
		{"/**", "/", true},
		{"**", "/any/thing", true},
	}
	for _, test := range tests {
		if got := matchPath(test.pattern, test.path); got != test.want {
			t.Errorf("matchPath(%q, %q) = %v", test.pattern, test.path, got)
		}
	}
}

func TestInjectPanicsOnAFaultThatCannotWork(t *testing.T) {
	for _, fault := range []Fault{{Path: "/[a"}, {Status: 99}, {Times: -1}, {Latency: -1}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%+v was accepted", fault)
				}
			}()
			NewRecorder(nil).Inject(fault)
		}()
	}
}

func TestControlAPI(t *testing.T) {
	_, s, reached := server(t)
	control := s.URL + "/_sandbox/"
	faults := `[{"method":"GET","path":"/x","times":2,"latency":"1ms","status":503,"retry_after":"1"},{"path":"/y","client":"someone","reset":"after"}]`
	if res, body, _ := send(t, "PUT", control+"faults", faults, nil); res.StatusCode != http.StatusNoContent {
		t.Fatal(res.StatusCode, body)
	}
	if res, _, _ := send(t, "GET", s.URL+"/x", "", nil); res.StatusCode != 503 {
		t.Errorf("the fault has no effect: %d", res.StatusCode)
	}
	_, listed, _ := send(t, "GET", control+"faults", "", nil)
	if diff := cmp.Diff(compact(t, strings.Replace(faults, `"times":2`, `"times":1`, 1)), compact(t, listed)); diff != "" {
		t.Error(diff)
	}
	send(t, "DELETE", control+"faults", "", nil)
	send(t, "GET", s.URL+"/x", "", nil)
	if reached.Load() != 1 {
		t.Error("cleared faults still answer")
	}

	asJSON := http.Header{"Accept": {"application/json"}}
	var requests []Request
	_, body, _ := send(t, "GET", control+"requests", "", asJSON)
	if err := json.Unmarshal([]byte(body), &requests); err != nil || len(requests) != 2 || requests[0].Status != 503 {
		t.Errorf("got %v %s", err, body)
	}
	send(t, "DELETE", control+"requests", "", nil)
	if _, body, _ := send(t, "GET", control+"requests", "", asJSON); strings.TrimSpace(body) != "[]" {
		t.Errorf("after DELETE: %s", body)
	}
	_, index, _ := send(t, "GET", control, "", nil)
	for _, call := range []string{"GET     /_sandbox/requests", "DELETE  /_sandbox/requests", "GET     /_sandbox/faults", "PUT     /_sandbox/faults", "DELETE  /_sandbox/faults"} {
		if !strings.Contains(index, call) {
			t.Errorf("the index lacks %q:\n%s", call, index)
		}
	}
}

func TestTheRequestLogIsReadableByPeople(t *testing.T) {
	at := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	var out strings.Builder
	printRequests(&out, []Request{
		{Time: at, Method: "GET", Path: "/v3/integrations/", Query: url.Values{"fields": {"id,name"}, "limit": {"1000"}}, Status: 200, Credential: "<api key admin>"},
		{Time: at.Add(1500 * time.Millisecond), Method: "POST", Path: "/v3/integrations/", Status: 429, Faulted: true, Body: `{"name":"Contoso"}`},
		{Time: at.Add(time.Minute), Method: "GET", Path: "/data science"},
	})
	const want = `TIME          STATUS       CREDENTIAL       REQUEST
12:00:00.000  200          <api key admin>  GET /v3/integrations/?fields=id,name&limit=1000
12:00:01.500  429 (fault)                   POST /v3/integrations/
                                              {"name":"Contoso"}
12:01:00.000  none                          GET /data science
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, s, _ := server(t)
	if res, body, _ := send(t, "GET", s.URL+"/_sandbox/requests", "", nil); body != "No requests.\n" || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/plain") {
		t.Errorf("an empty log: %v %q", res.Header, body)
	}
}

func compact(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(text)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestControlAPIRefusesBadFaults(t *testing.T) {
	_, s, _ := server(t)
	for _, faults := range []string{`{}`, `[{"reset":"during"}]`, `[{"latency":"soon"}]`, `[{"path":"/[a"}]`, `[{"color":"red"}]`} {
		if res, body, _ := send(t, "PUT", s.URL+"/_sandbox/faults", faults, nil); res.StatusCode != http.StatusBadRequest || body == "" {
			t.Errorf("%s: %d %q", faults, res.StatusCode, body)
		}
	}
}

func FuzzRedactBody(f *testing.F) {
	f.Add(`{"token":"` + secret + `"}`)
	f.Add(`["` + secret + `"]`)
	f.Add(`"s3cret\u002dvalue"`)
	f.Fuzz(func(t *testing.T, body string) {
		var value any
		got := NewRecorder(knownSecrets).redactBody([]byte(body))
		if json.Unmarshal([]byte(body), &value) == nil && value == secret && got != `"<token full>"` {
			t.Errorf("%q became %q", body, got)
		}
	})
}

func TestAWatchStopsARequestAtEachMoment(t *testing.T) {
	for name, test := range map[string]struct {
		stop           Moment
		calls, reached int32
		answered       bool
	}{
		"before its effect": {BeforeEffect, 1, 0, false},
		"before its answer": {BeforeAnswer, 2, 1, false},
		"after its answer":  {AfterAnswer, 3, 1, true},
		"never":             {-1, 3, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			recorder, s, reached := server(t)
			called := make(chan Moment, 10)
			remove := recorder.Watch(func(_ *http.Request, at Moment) bool {
				called <- at
				return at != test.stop
			})
			once := http.Header{"Connection": {"close"}} // The watch may break it after the client has its answer.
			_, body, err := send(t, http.MethodPost, s.URL, "{}", once)
			if answered := err == nil && body == `{"answer":"of the server"}`; answered != test.answered || reached.Load() != test.reached {
				t.Errorf("answer %q, error %v, reached %d times", body, err, reached.Load())
			}
			for range test.calls {
				<-called
			}
			remove()
			if _, _, err := send(t, http.MethodPost, s.URL, "{}", once); err != nil || len(called) > 0 {
				t.Errorf("after it was removed: %v, called %d times", err, len(called))
			}
		})
	}
}
