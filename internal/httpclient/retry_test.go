package httpclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
	"testing"
	"time"
)

func TestRetryAfterIsReadInBothForms(t *testing.T) {
	now := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                                   0,
		"0":                                  0,
		"1":                                  time.Second,
		"030":                                30 * time.Second,
		"86400":                              24 * time.Hour,
		"86401":                              24 * time.Hour,
		"18446744073709551615":               24 * time.Hour, // more nanoseconds than a Duration holds
		"18446744073709551616":               0,
		"-5":                                 0,
		"+5":                                 0,
		"1.5":                                0,
		"soon":                               0,
		"Sun, 01 Mar 2026 12:00:07 GMT":      7 * time.Second,
		"Sunday, 01-Mar-26 12:00:07 GMT":     7 * time.Second, // RFC 850, which RFC 9110 tells recipients to accept
		"Sun Mar  1 12:00:07 2026":           7 * time.Second, // asctime, likewise
		"Sun, 01 Mar 2026 11:59:00 GMT":      0,
		"Fri, 31 Dec 9999 23:59:59 GMT":      24 * time.Hour,
		"Sun, 01 Mar 2026 12:00:07 +0100":    0,
		"Sun, 01 Mar 2026 12:00:07 GMT, 120": 0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("Retry-After %q gave %s, want %s", value, got, want)
		}
	}
	if got := retryAfter(nil, now); got != 0 {
		t.Errorf("no header gave %s", got)
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"", "0", "30", "-1", "99999999999999999999", "Sun, 01 Mar 2026 12:00:07 GMT", "Sunday, 01-Mar-26 12:00:07 GMT"} {
		f.Add(seed, int64(1772366400))
	}
	f.Fuzz(func(t *testing.T, value string, unix int64) {
		response := &Response{Status: 429, Header: http.Header{"Retry-After": {value}}}
		if got := retryAfter(response.Header, time.Unix(unix, 0)); got < 0 || got > longestAsked {
			t.Errorf("Retry-After %q gave %s", value, got)
		}
		for retries := range maxRetries {
			shortest, longest := delay(retries, response)
			state := &attemptState{attempts: retries + 1}
			if wait, again := state.retry(t.Context(), response, nil); !again || wait < shortest || wait > longest || shortest <= 0 {
				t.Errorf("Retry-After %q gave a wait of %s, not between %s and %s", value, wait, shortest, longest)
			}
		}
	})
}

func TestWaitsGrowToALimit(t *testing.T) {
	var total time.Duration
	for retries, want := range []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 8 * time.Second} {
		shortest, longest := delay(retries, nil)
		if longest != want || shortest != want/2 {
			t.Errorf("the wait before retry %d is between %s and %s, want up to %s", retries+1, shortest, longest, want)
		}
		if retries < maxRetries {
			total += longest
		}
	}
	if total > 16*time.Second {
		t.Errorf("a server that is down is waited for during %s", total)
	}
}

func TestAWaitThatTheServerAsksForIsSpreadUpwardsOnly(t *testing.T) {
	response := &Response{Status: 429, Header: http.Header{"Retry-After": {"20"}}}
	waits := map[time.Duration]bool{}
	for range 100 {
		wait, _ := (&attemptState{}).retry(t.Context(), response, nil)
		if wait < 20*time.Second || wait > 22*time.Second {
			t.Fatalf("the wait is %s, want 20 s to 22 s", wait)
		}
		waits[wait] = true
	}
	if len(waits) < 50 {
		t.Errorf("100 clients come back at %d different times", len(waits))
	}
}

func TestWhatIsRepeated(t *testing.T) {
	answer := func(status int, retryAfter string) *Response {
		response := &Response{Status: status, Header: http.Header{}}
		if retryAfter != "" {
			response.Header.Set("Retry-After", retryAfter)
		}
		return response
	}
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	closed := func(address string) error {
		return &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.ParseIP(address), Port: 1}, Err: syscall.ECONNREFUSED}
	}
	proxied := func(err error) error { return &net.OpError{Op: "proxyconnect", Net: "tcp", Err: err} }
	tests := map[string]struct {
		response *Response
		err      error
		// Whether any request is repeated, one that is marked AfterUnavailable, an idempotent one.
		always, marked, harmless bool
	}{
		"200":                               {response: answer(200, "")},
		"301":                               {response: answer(301, "")},
		"400":                               {response: answer(400, "")},
		"401":                               {response: answer(401, "5")},
		"404":                               {response: answer(404, "")},
		"408":                               {response: answer(408, "")},
		"429":                               {response: answer(429, ""), always: true, marked: true, harmless: true},
		"429 with Retry-After":              {response: answer(429, "5"), always: true, marked: true, harmless: true},
		"500":                               {response: answer(500, ""), harmless: true},
		"500 with Retry-After":              {response: answer(500, "5"), harmless: true},
		"501":                               {response: answer(501, "")},
		"502":                               {response: answer(502, ""), harmless: true},
		"503":                               {response: answer(503, ""), harmless: true},
		"503 with Retry-After":              {response: answer(503, "5"), marked: true, harmless: true},
		"503 with Retry-After 0":            {response: answer(503, "0"), harmless: true},
		"504":                               {response: answer(504, ""), harmless: true},
		"511":                               {response: answer(511, "")},
		"broken connection":                 {err: errors.New("connection reset by peer"), harmless: true},
		"answer that broke off":             {err: &bodyError{errors.New("unexpected EOF")}, harmless: true},
		"attempt that took too long":        {err: errAttemptTimeout, harmless: true},
		"name server that fails":            {err: dial(&net.DNSError{IsTemporary: true}), harmless: true},
		"name that is not known":            {err: dial(&net.DNSError{IsNotFound: true})},
		"proxy whose name is not known":     {err: proxied(dial(&net.DNSError{IsNotFound: true}))},
		"closed port elsewhere":             {err: closed("192.0.2.1"), harmless: true},
		"closed port here":                  {err: closed("127.0.0.1")},
		"closed port of a proxy elsewhere":  {err: proxied(closed("192.0.2.1")), harmless: true},
		"closed port of a proxy here":       {err: proxied(closed("::1"))},
		"proxy that wants a password":       {err: &connectError{407}},
		"proxy that refuses":                {err: &connectError{403}},
		"proxy that cannot connect":         {err: &connectError{502}, harmless: true},
		"proxy that is none":                {err: errProxySetting},
		"plain HTTP":                        {err: tls.RecordHeaderError{Msg: "HTTP"}},
		"certificate that is not trusted":   {err: fmt.Errorf("proxy: %w", &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}})},
		"answer that is too large":          {err: errBodyTooLarge},
		"request held back past its finish": {err: &heldBackError{time.Hour}},
	}
	for name, test := range tests {
		for state, want := range map[*attemptState]bool{{}: test.always, {afterUnavailable: true}: test.marked, {idempotent: true}: test.harmless} {
			if got := state.repeatable(test.response, test.err); got != want {
				t.Errorf("%s: %+v is repeated: %t, want %t", name, state, got, want)
			}
		}
	}
}

// TestPatienceIsTheServersToAskFor: while there is a time limit, which bounds it.
func TestPatienceIsTheServersToAskFor(t *testing.T) {
	throttled := &Response{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"1"}}}
	busy := &Response{Status: http.StatusTooManyRequests}
	for name, test := range map[string]struct {
		limit   time.Duration
		answers func(attempt int) *Response
		want    int // attempts, of 100 at the most
	}{
		"asked, with a limit":     {time.Hour, func(int) *Response { return throttled }, 100},
		"asked, without one":      {0, func(int) *Response { return throttled }, 1 + maxRetries},
		"not asked":               {time.Hour, func(int) *Response { return busy }, 1 + maxRetries},
		"now and then, by itself": {time.Hour, func(attempt int) *Response { return []*Response{busy, throttled}[attempt%2] }, 2 * (1 + maxRetries)},
		"too little time":         {time.Second, func(int) *Response { return throttled }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			state := &attemptState{}
			ctx := t.Context()
			if test.limit > 0 {
				limited, cancel := context.WithTimeout(ctx, test.limit)
				defer cancel()
				ctx = limited
			}
			for again := true; again && state.attempts < 100; {
				state.attempts++
				_, again = state.retry(ctx, test.answers(state.attempts), nil)
			}
			if state.attempts != test.want {
				t.Errorf("%d attempts, want %d", state.attempts, test.want)
			}
		})
	}
}

func TestOnlyMethodsThatMayBeRepeatedAreCalledIdempotent(t *testing.T) {
	for method, want := range map[string]bool{
		http.MethodGet: true, http.MethodHead: true, http.MethodOptions: true, http.MethodPut: true, http.MethodDelete: true,
		http.MethodPost: false, http.MethodPatch: false, http.MethodConnect: false, "get": false,
	} {
		if got := idempotentMethod(method); got != want {
			t.Errorf("%s: %t, want %t", method, got, want)
		}
	}
}
