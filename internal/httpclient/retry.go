package httpclient

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/wait"
)

const (
	// maxRetries is how often a request is sent again at the most, apart from waits that the server has asked for while
	// there is a deadline: those continue as long as there is time. With the waits below, a server that is down is tried
	// for about 15 seconds.
	maxRetries = 5
	firstWait  = 500 * time.Millisecond
	longestOwn = 8 * time.Second
)

// attemptState is what is known of a request while it is sent, once or more often.
type attemptState struct {
	idempotent, afterUnavailable bool
	grace                        time.Duration

	mask     mask
	attempts int
	// asked counts the attempts that were answered with a time to wait.
	asked int
	// decode reads an answer as it arrives, if it is given. decoded is set if it read the last answer, and decodeErr is what
	// it returned.
	decode    func(*json.Decoder) error
	decoded   bool
	decodeErr error
	// outOfTime is set when the caller's time did not allow another attempt.
	outOfTime bool
	// proxy is the proxy that the request goes through, without credentials; "" for none.
	proxy string
	// sent is set by a callback of net/http, which may run on another goroutine.
	sent atomic.Bool
}

func (c *Client) newState(request Request) *attemptState {
	return &attemptState{
		idempotent:       request.Idempotent || idempotentMethod(request.Method),
		afterUnavailable: request.AfterUnavailable,
		grace:            request.Grace,
		mask:             c.mask.with(request.Secrets...),
	}
}

func idempotentMethod(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete:
		return true
	}
	return false
}

// retry decides whether a request is sent again, and after which pause. An answer that is final counts even when the
// context has ended while it arrived, and the last failure is kept when there is no time for another attempt: both say more
// than "too late".
func (s *attemptState) retry(ctx context.Context, response *Response, err error) (pause time.Duration, again bool) {
	if !s.repeatable(response, err) {
		return 0, false
	}
	if wait.Interrupted(ctx) {
		return 0, true // The pause ends at once, with the context's error.
	}
	if _, bounded := ctx.Deadline(); bounded && askedToWait(response) > 0 {
		s.asked++
	}
	if s.attempts-s.asked > maxRetries {
		return 0, false
	}
	shortest, longest := delay(max(s.attempts-1, 0), response)
	s.outOfTime = !affordable(ctx, longest)
	return shortest + rand.N(longest-shortest+1), !s.outOfTime
}

// repeatable reports whether a request may be sent again after an outcome. A 429 was not carried out, so it is repeated
// whatever the method. Anything else may have taken effect.
func (s *attemptState) repeatable(response *Response, err error) bool {
	if err != nil {
		return s.idempotent && !permanent(err)
	}
	switch response.Status {
	case http.StatusTooManyRequests:
		return true
	case http.StatusNotImplemented, http.StatusNetworkAuthenticationRequired:
		return false
	case http.StatusServiceUnavailable:
		return s.idempotent || s.afterUnavailable && askedToWait(response) > 0
	}
	return s.idempotent && response.Status >= http.StatusInternalServerError
}

// affordable reports whether a wait ends before the context does: a wait that would be cut off is not begun.
func affordable(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || time.Now().Add(wait).Before(deadline)
}

// delay bounds the wait before the next attempt: as long as the server asks, with up to a tenth more so that clients
// which were refused together do not come back together, else exponentially longer.
func delay(retries int, response *Response) (shortest, longest time.Duration) {
	if asked := askedToWait(response); asked > 0 {
		return asked, asked + asked/10
	}
	own := longestOwn
	if retries < maxRetries {
		own = min(firstWait<<retries, longestOwn)
	}
	return own / 2, own
}

// askedToWait returns how long the server wants to be left alone; 0 if it does not say, or did not answer.
func askedToWait(response *Response) time.Duration {
	if response == nil {
		return 0
	}
	return retryAfter(response.Header, time.Now())
}

// longestAsked bounds what is believed of a Retry-After; no run of Terraform lasts longer.
const longestAsked = 24 * time.Hour

// retryAfter reads Retry-After in both of its forms, seconds and date (RFC 9110, section 10.2.3).
// It returns 0 when the header is missing, malformed or in the past, and at most longestAsked.
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil {
		return time.Duration(min(seconds, uint64(longestAsked/time.Second))) * time.Second
	}
	if date, err := http.ParseTime(value); err == nil {
		return min(max(date.Sub(now), 0), longestAsked)
	}
	return 0
}
