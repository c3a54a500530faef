package httpclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Kind says in which way a request failed.
type Kind int

// The kinds of failure, from "nothing arrived" to "something else than expected arrived".
const (
	// KindUnreachable is a server that could not be reached, or a connection that broke before any answer.
	KindUnreachable Kind = iota
	// KindTimeout is an answer that did not arrive in time.
	KindTimeout
	// KindCanceled is a request that its caller gave up, as Terraform does on an interrupt.
	KindCanceled
	// KindStatus is an answer of status 4xx or 5xx.
	KindStatus
	// KindRedirect is an answer of status 3xx; none is followed, because the credential would go along.
	KindRedirect
	// KindNotJSON is a page where JSON was expected.
	KindNotJSON
	// KindEmpty is an answer without a body where one was expected.
	KindEmpty
	// KindTruncated is an answer that broke off.
	KindTruncated
	// KindMalformed is JSON of another shape than expected, or a request that cannot be built.
	KindMalformed
)

// Error says which request failed and how. It holds no credential.
type Error struct {
	Service   string
	Operation string
	Method    string
	// URL is without user info and query.
	URL    string
	Kind   Kind
	Status int
	// Message is the server's own sentence.
	Message string
	// Fields are the names of the fields that the server refuses.
	Fields     []string
	RequestID  string
	RetryAfter time.Duration
	Header     http.Header
	// Attempts counts how often sending the request was tried.
	Attempts int
	// Sent is set if the server may have received the request: if any attempt wrote its headers.
	Sent bool
	Err  error

	outOfTime bool
}

// Error says what was attempted, by which request, and what came back.
func (e *Error) Error() string { return fmt.Sprintf("could not %s: %s", e.Operation, e.Answer()) }

// Answer says by which request it was attempted, and what came back.
func (e *Error) Answer() string {
	var text strings.Builder
	text.WriteString(e.outcome())
	if e.Method != "" {
		fmt.Fprintf(&text, " (%s %s)", e.Method, e.URL)
	}
	if e.Message != "" {
		fmt.Fprintf(&text, ": %s", e.Message)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&text, " [request id %s]", e.RequestID)
	}
	return text.String()
}

// Unwrap returns the cause, if there is one.
func (e *Error) Unwrap() error { return e.Err }

// outcome says in one clause what came back, naming the server.
func (e *Error) outcome() string {
	switch e.Kind {
	case KindUnreachable:
		return fmt.Sprintf("%s could not be reached%s: %s", e.Service, e.tries(), describeCause(e.Err))
	case KindTimeout:
		return e.timeout()
	case KindCanceled:
		return fmt.Sprintf("the request to %s was interrupted", e.Service)
	case KindRedirect:
		return fmt.Sprintf("%s answered HTTP %s, a redirect to %s, which is not followed", e.Service, e.status(), redirectHost(e.Header))
	case KindNotJSON:
		return fmt.Sprintf("%s answered HTTP %s with %s instead of JSON", e.Service, e.status(), contentType(e.Header))
	case KindEmpty:
		return fmt.Sprintf("%s answered HTTP %s with an empty body", e.Service, e.status())
	case KindTruncated:
		return fmt.Sprintf("%s's answer broke off before its end%s", e.Service, e.tries())
	case KindMalformed:
		return e.malformed()
	default:
		return fmt.Sprintf("%s answered HTTP %s%s", e.Service, e.status(), e.tries())
	}
}

func (e *Error) timeout() string {
	var held *heldBackError
	switch {
	case errors.As(e.Err, &held):
		return fmt.Sprintf("%s asked for no further requests in the next %s, and there is not that much time", e.Service, e.RetryAfter)
	case e.Attempts == 0:
		return fmt.Sprintf("timed out while this request to %s waited for its turn", e.Service)
	}
	return fmt.Sprintf("%s gave no complete answer in time%s", e.Service, e.tries())
}

func (e *Error) malformed() string {
	if !e.Sent {
		return fmt.Sprintf("the request to %s could not be made: %s", e.Service, describeCause(e.Err))
	}
	status := ""
	if e.Status != 0 {
		status = " HTTP " + e.status()
	}
	return fmt.Sprintf("%s answered%s with something that could not be understood: %s", e.Service, status, describeCause(e.Err))
}

func (e *Error) status() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, http.StatusText(e.Status)))
}

func (e *Error) tries() string {
	if e.Attempts < 2 {
		return ""
	}
	return fmt.Sprintf(" (after %d attempts)", e.Attempts)
}

// Temporary reports whether the failure may disappear by itself: no connection, no answer in time, 429 and 5xx.
func (e *Error) Temporary() bool {
	switch e.Kind {
	case KindUnreachable, KindTimeout, KindTruncated:
		return true
	case KindStatus:
		return e.Status == http.StatusTooManyRequests || e.Status >= http.StatusInternalServerError
	}
	return false
}

// OutOfTime reports whether the caller's own time was too short for a better answer, or the caller was interrupted: a
// caller with more time may fare better.
func (e *Error) OutOfTime() bool { return e.outOfTime || e.Kind == KindCanceled }

// Ended is the error of a request that its caller's context ended before it was sent.
func Ended(ctx context.Context, service, operation string) *Error {
	return &Error{Service: service, Operation: operation, Kind: kindOf(ctx, ctx.Err()), Err: ctx.Err(), outOfTime: true}
}

// HeaderOf returns the header of the answer that an error describes; nil if there was none.
func HeaderOf(err error) http.Header {
	if failed, ok := errors.AsType[*Error](err); ok {
		return failed.Header
	}
	return nil
}

// StatusOf returns the HTTP status that err reports, 0 if it reports none.
func StatusOf(err error) int {
	var failed *Error
	if errors.As(err, &failed) && failed.Kind == KindStatus {
		return failed.Status
	}
	return 0
}

func (c *Client) fail(request Request, state *attemptState, response *Response, kind Kind, cause error) *Error {
	failed := &Error{
		Service:   c.options.Service,
		Operation: request.Operation,
		Method:    request.Method,
		URL:       bareURL(request.URL),
		Kind:      kind,
		Attempts:  state.attempts,
		Sent:      state.sent.Load(),
		Err:       state.secrets.redactError(cause),
	}
	failed.outOfTime = state.outOfTime || errors.Is(cause, context.DeadlineExceeded)
	if held, ok := errors.AsType[*heldBackError](cause); ok {
		failed.outOfTime = true
		failed.RetryAfter = held.wait.Round(time.Second)
	}
	if response != nil {
		failed.Status = response.Status
		failed.Header = response.Header
		failed.Message = OneLine(state.secrets.redact(c.message(response)))
		if c.options.Fields != nil && response.Status >= http.StatusBadRequest {
			failed.Fields = c.options.Fields(response)
		}
		failed.RequestID = OneLine(state.secrets.redact(c.options.RequestID(response.Header)))
		failed.RetryAfter = retryAfter(response.Header, time.Now())
	}
	return failed
}

// answered is the error for an answer that arrived whole and is not what was wanted.
func (c *Client) answered(request Request, response *Response, kind Kind, cause error) *Error {
	state := c.newState(request)
	state.sent.Store(true)
	return c.fail(request, state, response, kind, cause)
}

// message is the server's own sentence, or the beginning of a plain-text answer.
func (c *Client) message(response *Response) string {
	if response.Status < 300 {
		return ""
	}
	message := c.options.Message(response)
	if message == "" && strings.HasPrefix(response.Header.Get("Content-Type"), "text/plain") {
		message = string(response.Body)
	}
	return message
}

// longestMessage bounds how much of a server's text goes into an error.
const longestMessage = 500

// OneLine makes a server's text fit for an error: valid, printable, on one line, not longer than 500 bytes.
func OneLine(text string) string {
	clean := strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	clean = strings.Join(strings.Fields(clean), " ")
	if len(clean) <= longestMessage {
		return clean
	}
	cut := longestMessage
	for !utf8.RuneStart(clean[cut]) {
		cut--
	}
	return clean[:cut] + "…"
}

// kindOf classifies what came back in an answer's place. The context is the caller's.
func kindOf(ctx context.Context, err error) Kind {
	var (
		broken *bodyError
		held   *heldBackError
	)
	switch {
	case errors.Is(err, context.Canceled) || errors.Is(ctx.Err(), context.Canceled):
		return KindCanceled
	case errors.Is(err, errAttemptTimeout), errors.As(err, &held):
		return KindTimeout
	// A connection that could not be made in time is DeadlineExceeded as well, without any context's deadline.
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil:
		return KindTimeout
	case errors.As(err, &broken):
		return KindTruncated
	case errors.Is(err, errBodyTooLarge):
		return KindMalformed
	}
	return KindUnreachable
}

// describeCause drops what net/http puts before a cause: the method and URL, which the error names anyway.
func describeCause(err error) string {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if err == nil {
		return "unknown cause"
	}
	return OneLine(err.Error())
}

func bareURL(raw string) string {
	parsed, err := url.Parse(raw)
	if err != nil {
		return "(an unusable URL)"
	}
	parsed.User, parsed.RawQuery, parsed.Fragment = nil, "", ""
	return parsed.String()
}

func redirectHost(header http.Header) string {
	if target, err := url.Parse(header.Get("Location")); err == nil && target.Host != "" {
		return target.Host
	}
	return "another address"
}

func contentType(header http.Header) string {
	kind, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	switch kind = strings.TrimSpace(kind); {
	case kind == "":
		return "an unnamed type"
	case strings.Contains(kind, "html"):
		return "an HTML page"
	default:
		return kind
	}
}
