package httpclient

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

const (
	// maxRetries is how often a request is sent again at the most, apart from waits that the server has asked for while
	// there is a deadline: those continue as long as there is time. With the waits below, a server that is down is tried
	// for about 15 seconds.
	maxRetries = 5
	firstWait  = 500 * time.Millisecond
	longestOwn = 8 * time.Second
)

// attemptState is what the retry policy and the log know of a request: retryablehttp's policy sees no request when there
// is no answer.
type attemptState struct {
	idempotent bool
	secrets    secrets
	attempts   int
	// asked counts the attempts that were answered with a time to wait.
	asked int
	// decode reads an answer as it arrives, if it is given. decoded is set once it was called, decodeErr is what it returned.
	decode    func(*json.Decoder) error
	decoded   bool
	decodeErr error
	// outOfTime is set when the caller's time did not allow another attempt.
	outOfTime bool
	// sent is set by a callback of net/http, which may run on another goroutine.
	sent atomic.Bool
}

type attemptKey struct{}

func (c *Client) newState(request Request) *attemptState {
	return &attemptState{
		idempotent: request.Idempotent || idempotentMethod(request.Method),
		secrets:    c.secretsOf(request),
	}
}

func attemptOf(ctx context.Context) *attemptState {
	state, _ := ctx.Value(attemptKey{}).(*attemptState)
	return state
}

func idempotentMethod(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete:
		return true
	}
	return false
}

// checkRetry decides whether a request is sent again. An answer that is final counts even when the context has ended
// while it arrived, and the last failure is kept when there is no time for another attempt: both say more than "too late".
func checkRetry(ctx context.Context, response *http.Response, err error) (bool, error) {
	state := attemptOf(ctx)
	if !repeatable(state.idempotent, response, err) {
		return false, nil
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return false, ctx.Err()
	}
	if _, bounded := ctx.Deadline(); bounded && response != nil && retryAfter(response.Header, time.Now()) > 0 {
		state.asked++
	}
	if state.attempts-state.asked > maxRetries {
		return false, nil
	}
	_, longest := delay(max(state.attempts-1, 0), response)
	state.outOfTime = !affordable(ctx, longest)
	return !state.outOfTime, nil
}

// repeatable reports whether a request may be sent again after an outcome.
//
// A 429 was not carried out, and neither was a 503 that says when to come back, so those are repeated whatever the
// method. Anything else may have taken effect, and is repeated for idempotent requests only.
func repeatable(idempotent bool, response *http.Response, err error) bool {
	if err != nil {
		return idempotent && !permanent(err)
	}
	switch status := response.StatusCode; {
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable && retryAfter(response.Header, time.Now()) > 0:
		return true
	case status >= http.StatusInternalServerError && status != http.StatusNotImplemented:
		return idempotent
	}
	return false
}

// affordable reports whether a wait ends before the context does: a wait that would be cut off is not begun.
func affordable(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || time.Now().Add(wait).Before(deadline)
}

// permanent reports whether a second attempt would fail in the same way.
func permanent(err error) bool {
	var (
		certificate *tls.CertificateVerificationError
		held        *heldBackError
	)
	return errors.As(err, &certificate) || errors.As(err, &held) || errors.Is(err, errBodyTooLarge)
}

// backoff picks the wait before the next attempt.
func backoff(_, _ time.Duration, retries int, response *http.Response) time.Duration {
	shortest, longest := delay(retries, response)
	return shortest + rand.N(longest-shortest+1)
}

// delay bounds the wait before the next attempt: as long as the server asks, with up to a tenth more so that clients
// which were refused together do not come back together, else exponentially longer.
func delay(retries int, response *http.Response) (shortest, longest time.Duration) {
	if response != nil {
		if asked := retryAfter(response.Header, time.Now()); asked > 0 {
			return asked, asked + asked/10
		}
	}
	own := longestOwn
	if retries < maxRetries {
		own = min(firstWait<<retries, longestOwn)
	}
	return own / 2, own
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
