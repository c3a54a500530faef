package httpclient_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
	"github.com/flow-community/terraform-provider-flow/internal/httpclient/httpclienttest"
)

func TestAnAnswerIsDecodedAsItArrives(t *testing.T) {
	send := func(contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			_, _ = io.WriteString(w, body)
		}
	}
	cutOff := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, `["a","b"`)
		httpclienttest.Break(w)
	}
	for name, test := range map[string]struct {
		answers []http.HandlerFunc
		want    int // elements
		kind    httpclient.Kind
		fails   bool
		asked   int
	}{
		"whole":                   {[]http.HandlerFunc{send("application/json", `["a","b","c"]`)}, 3, 0, false, 1},
		"with a byte order mark":  {[]http.HandlerFunc{send("application/json", "\xef\xbb\xbf[]")}, 0, 0, false, 1},
		"broken off, then whole":  {[]http.HandlerFunc{cutOff, send("application/json", `["a"]`)}, 1, 0, false, 2},
		"JSON that ends too soon": {[]http.HandlerFunc{send("application/json", `["a"`)}, 0, httpclient.KindTruncated, true, 1},
		"of another shape":        {[]http.HandlerFunc{send("application/json", `{"a":1}`)}, 0, httpclient.KindMalformed, true, 1},
		"a page":                  {[]http.HandlerFunc{send("text/html", `<html>`)}, 0, httpclient.KindNotJSON, true, 1},
		"JSON declared as a page": {[]http.HandlerFunc{send("text/html", `["a","b"]`)}, 2, 0, false, 1},
		"empty":                   {[]http.HandlerFunc{send("application/json", ``)}, 0, httpclient.KindEmpty, true, 1},
		"an error": {[]http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusForbidden)
		}}, 0, httpclient.KindStatus, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, client := serve(t, httpclient.Options{}, test.answers...)
				var elements []string
				_, err := client.Stream(t.Context(), httpclient.Request{Method: http.MethodGet, URL: "http://flow.test/list"}, func(decoder *json.Decoder) error {
					elements = nil
					return decoder.Decode(&elements)
				})
				failed, _ := errors.AsType[*httpclient.Error](err)
				if (err != nil) != test.fails || test.fails && failed.Kind != test.kind {
					t.Errorf("error %v", err)
				}
				if !test.fails && len(elements) != test.want {
					t.Errorf("decoded %v, want %d elements", elements, test.want)
				}
				if asked := len(server.times()); asked != test.asked {
					t.Errorf("asked %d times, want %d", asked, test.asked)
				}
			})
		})
	}
}
