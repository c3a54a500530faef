package httpclient

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/wait"
)

// transport sends one attempt: it waits for its turn, limits the time of the attempt, reads the whole body, so that an
// answer that breaks off counts as a broken connection, and logs the outcome. It follows no redirect: that would carry the
// credential to wherever the answer says.
type transport struct {
	Options
	base http.RoundTripper
	gate gate
}

func newTransport(options Options) *transport {
	base := options.Transport
	if base == nil {
		base = ownTransport(http.ProxyFromEnvironment)
	}
	return &transport{Options: options, base: base}
}

func ownTransport(proxy proxyChoice) *http.Transport {
	own := http.DefaultTransport.(*http.Transport).Clone()
	own.MaxIdleConnsPerHost = 32
	own.Proxy = exceptLoopback(proxy)
	own.OnProxyConnectResponse = proxyRefusal
	return own
}

func (t *transport) attempt(request *http.Request, state *attemptState) (*Response, error) {
	ctx := request.Context()
	if err := t.awaitTurn(ctx); err != nil {
		return nil, err
	}
	defer t.Limiter.release()

	state.attempts++
	start := time.Now()
	answered := wait.Announce(ctx, t.Logger, t.Service+"'s answer to "+request.Method+" "+request.URL.Path)
	response, err := t.send(request, state)
	answered()
	t.log(request, state, response, time.Since(start), err)
	if err != nil {
		return nil, err
	}
	if t.RateLimited(response) {
		response.Status = http.StatusTooManyRequests
	}
	switch response.Status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		t.gate.close(time.Now().Add(askedToWait(response)))
	}
	return response, nil
}

// awaitTurn takes a slot of the limiter while the gate is open. The gate may close while a slot is waited for, and a
// slot is not held while the gate is closed.
func (t *transport) awaitTurn(ctx context.Context) error {
	for {
		if err := t.gate.pass(ctx, t.Logger, t.Service); err != nil {
			return err
		}
		if err := t.Limiter.acquire(ctx, t.Logger); err != nil {
			return err
		}
		if t.gate.closedFor() <= 0 {
			return nil
		}
		t.Limiter.release()
	}
}

var (
	errAttemptTimeout = errors.New("no complete answer in time")
	errBodyTooLarge   = fmt.Errorf("the answer is larger than %d MiB", maxBody>>20)
)

// bodyError says that an answer began to arrive and then broke off.
type bodyError struct{ err error }

func (e *bodyError) Error() string { return "the answer broke off: " + e.err.Error() }
func (e *bodyError) Unwrap() error { return e.err }

func (t *transport) send(request *http.Request, state *attemptState) (*Response, error) {
	ctx, cancel := t.bounded(request.Context(), state)
	defer cancel()
	if own, ok := t.base.(*http.Transport); ok && own.Proxy != nil {
		proxy, err := own.Proxy(request)
		if err != nil {
			return nil, errProxySetting // The cause repeats the setting, which may hold a password.
		}
		state.proxy = withoutUser(proxy)
	}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { state.sent.Store(true) }})
	response, err := t.base.RoundTrip(request.WithContext(ctx))
	if err != nil {
		return nil, causeOf(ctx, request.Context(), err)
	}
	defer func() { _ = response.Body.Close() }()
	body := &bodyReader{source: response.Body}
	whole, err := state.read(response, body)
	switch {
	case errors.Is(body.err, errBodyTooLarge):
		return nil, errBodyTooLarge
	case body.err != nil:
		return nil, causeOf(ctx, request.Context(), &bodyError{body.err})
	}
	state.decodeErr = err
	return &Response{Status: response.StatusCode, Header: response.Header, Body: bytes.TrimSpace(bytes.TrimPrefix(whole, []byte(byteOrderMark)))}, nil
}

// bounded returns the context of one attempt. It ends with the attempt's time or the caller's context; if that is interrupted
// after the request was sent, with the request's grace.
func (t *transport) bounded(caller context.Context, state *attemptState) (context.Context, context.CancelFunc) {
	outlasting, release := wait.Outlast(caller, func() time.Duration {
		if wait.Interrupted(caller) && state.sent.Load() {
			return state.grace
		}
		return 0
	})
	ctx, cancel := context.WithTimeoutCause(outlasting, t.Timeout, errAttemptTimeout)
	return ctx, func() {
		cancel()
		release()
	}
}

// byteOrderMark begins some of Azure DevOps' answers.
const byteOrderMark = "\xef\xbb\xbf"

// read returns the whole body, or has it decoded as it arrives if the request wants that: then it returns nothing, or the
// error of decoding. An answer that is not JSON is never decoded.
func (s *attemptState) read(response *http.Response, body *bodyReader) ([]byte, error) {
	s.decoded = false
	if s.decode == nil || response.StatusCode < 200 || response.StatusCode > 299 {
		whole, _ := io.ReadAll(body)
		return whole, nil
	}
	buffered := bufio.NewReader(body)
	if start, _ := buffered.Peek(len(byteOrderMark)); string(start) == byteOrderMark {
		_, _ = buffered.Discard(len(byteOrderMark))
	}
	if start, _ := buffered.Peek(1); len(start) == 0 || !isJSON(response.Header.Get("Content-Type"), start) {
		whole, _ := io.ReadAll(buffered)
		return whole, nil
	}
	s.decoded = true
	err := s.decode(json.NewDecoder(buffered))
	_, _ = io.Copy(io.Discard, buffered)
	return nil, err
}

// bodyReader reads a body up to its limit, and remembers why it could not be read to its end.
type bodyReader struct {
	source io.Reader
	size   int
	err    error
}

// Read implements io.Reader.
func (r *bodyReader) Read(p []byte) (int, error) {
	n, err := r.source.Read(p)
	if r.size += n; r.size > maxBody {
		err = errBodyTooLarge
	}
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

// causeOf names the attempt's own timeout, which net/http reports as the same error as a deadline, and the caller's deadline,
// at which the attempt is canceled.
func causeOf(attempt, caller context.Context, err error) error {
	switch {
	case caller.Err() == nil && errors.Is(context.Cause(attempt), errAttemptTimeout):
		return errAttemptTimeout
	case errors.Is(err, context.Canceled) && caller.Err() != nil:
		return caller.Err()
	}
	return err
}

func (t *transport) log(request *http.Request, state *attemptState, response *Response, took time.Duration, err error) {
	fields := []any{
		"method", request.Method,
		"url", request.URL.Redacted(),
		"attempt", state.attempts,
		"duration", took.Round(time.Millisecond).String(),
	}
	if err != nil {
		t.Logger.WarnContext(request.Context(), "request failed", append(fields, "error", state.mask.hide(err.Error()))...)
		return
	}
	t.Logger.DebugContext(request.Context(), "request answered", append(fields,
		"status", response.Status, "request_id", state.mask.hide(t.RequestID(response.Header)))...)
}
