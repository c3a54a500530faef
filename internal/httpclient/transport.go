package httpclient

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"sync"
	"time"
)

// Limiter bounds how many requests are in flight at once. Several clients may share one.
type Limiter struct {
	slots chan struct{}
}

// NewLimiter makes a Limiter for n requests at once; n below 1 counts as 1.
func NewLimiter(n int) *Limiter {
	return &Limiter{slots: make(chan struct{}, max(n, 1))}
}

// Size is how many requests it lets through at once.
func (l *Limiter) Size() int { return cap(l.slots) }

func (l *Limiter) acquire(ctx context.Context) error {
	if l == nil {
		return nil
	}
	select {
	case l.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *Limiter) release() {
	if l != nil {
		<-l.slots
	}
}

// gate holds all requests to a server back until the time that the server has named with Retry-After:
// a limit on the key is a limit on every worker that uses it.
type gate struct {
	mutex sync.Mutex
	until time.Time
}

func (g *gate) close(until time.Time) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if until.After(g.until) {
		g.until = until
	}
}

// closedFor is how long no request may be sent; not positive while the gate is open.
func (g *gate) closedFor() time.Duration {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	return time.Until(g.until)
}

func (g *gate) wait(ctx context.Context) error {
	for {
		wait := g.closedFor()
		if wait <= 0 {
			return ctx.Err()
		}
		if !affordable(ctx, wait) {
			return &heldBackError{wait}
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// heldBackError says that a request was not sent, because its time ends before the server wants to be asked again.
type heldBackError struct{ wait time.Duration }

func (e *heldBackError) Error() string {
	return fmt.Sprintf("no request may be sent for another %s", e.wait.Round(time.Second))
}

// transport sends one attempt: it waits for its turn, bounds the attempt's time, reads the body whole, so that an answer
// that breaks off counts as a broken connection, and logs what happened.
type transport struct {
	base      http.RoundTripper
	limiter   *Limiter
	gate      gate
	timeout   time.Duration
	logger    *slog.Logger
	requestID func(http.Header) string
}

func newTransport(options Options) *transport {
	base := options.Transport
	if base == nil {
		own := http.DefaultTransport.(*http.Transport).Clone()
		own.MaxIdleConnsPerHost = 32
		base = own
	}
	return &transport{
		base:      base,
		limiter:   options.Limiter,
		timeout:   options.Timeout,
		logger:    options.Logger,
		requestID: options.RequestID,
	}
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx := request.Context()
	if err := t.awaitTurn(ctx); err != nil {
		return nil, err
	}
	defer t.limiter.release()

	state := attemptOf(ctx)
	state.attempts++
	start := time.Now()
	response, err := t.send(request)
	t.log(ctx, request, response, time.Since(start), err)
	if err != nil {
		return nil, err
	}
	switch response.StatusCode {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		t.gate.close(time.Now().Add(retryAfter(response.Header, time.Now())))
	}
	return response, nil
}

// awaitTurn takes a slot of the limiter while the gate is open. The gate may close while a slot is waited for, and a
// slot is not held while the gate is closed.
func (t *transport) awaitTurn(ctx context.Context) error {
	for {
		if err := t.gate.wait(ctx); err != nil {
			return err
		}
		if err := t.limiter.acquire(ctx); err != nil {
			return err
		}
		if t.gate.closedFor() <= 0 {
			return nil
		}
		t.limiter.release()
	}
}

var (
	errAttemptTimeout = errors.New("no complete answer in time")
	errBodyTooLarge   = fmt.Errorf("the answer is larger than %d MiB", MaxBody>>20)
)

// bodyError says that an answer began to arrive and then broke off.
type bodyError struct{ err error }

func (e *bodyError) Error() string { return "the answer broke off: " + e.err.Error() }
func (e *bodyError) Unwrap() error { return e.err }

func (t *transport) send(request *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeoutCause(request.Context(), t.timeout, errAttemptTimeout)
	defer cancel()
	state := attemptOf(ctx)
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { state.sent.Store(true) }})
	response, err := t.base.RoundTrip(request.WithContext(ctx))
	if err != nil {
		return nil, causeOf(ctx, request.Context(), err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, MaxBody+1))
	switch {
	case err != nil:
		return nil, causeOf(ctx, request.Context(), &bodyError{err})
	case len(body) > MaxBody:
		return nil, errBodyTooLarge
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// causeOf names the attempt's own timeout, which net/http reports as the same error as the caller's deadline.
func causeOf(attempt, caller context.Context, err error) error {
	if caller.Err() == nil && errors.Is(context.Cause(attempt), errAttemptTimeout) {
		return errAttemptTimeout
	}
	return err
}

func (t *transport) log(ctx context.Context, request *http.Request, response *http.Response, took time.Duration, err error) {
	state := attemptOf(ctx)
	fields := []any{
		"method", request.Method,
		"url", request.URL.Redacted(),
		"attempt", state.attempts,
		"duration", took.Round(time.Millisecond).String(),
	}
	if err != nil {
		t.logger.WarnContext(ctx, "request failed", append(fields, "error", state.secrets.redact(err.Error()))...)
		return
	}
	t.logger.DebugContext(ctx, "request answered", append(fields,
		"status", response.StatusCode, "request_id", state.secrets.redact(t.requestID(response.Header)))...)
}
