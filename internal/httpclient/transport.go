package httpclient

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"time"
)

// transport sends one attempt: it waits for its turn, limits the time of the attempt, reads the whole body, so that an
// answer that breaks off counts as a broken connection, and logs the outcome.
type transport struct {
	service   string
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
		service:   options.Service,
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
		if err := t.gate.pass(ctx, t.logger, t.service); err != nil {
			return err
		}
		if err := t.limiter.acquire(ctx, t.logger); err != nil {
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
	body := &bodyReader{source: response.Body}
	whole, err := state.read(response, body)
	switch {
	case errors.Is(body.err, errBodyTooLarge):
		return nil, errBodyTooLarge
	case body.err != nil:
		return nil, causeOf(ctx, request.Context(), &bodyError{body.err})
	}
	state.decodeErr = err
	response.Body = io.NopCloser(bytes.NewReader(whole))
	return response, nil
}

// read returns the whole body, or has it decoded as it arrives if the request wants that: then it returns nothing, or the
// error of decoding. An answer that is not JSON is never decoded.
func (s *attemptState) read(response *http.Response, body *bodyReader) ([]byte, error) {
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
	if r.size += n; r.size > MaxBody {
		err = errBodyTooLarge
	}
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
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
