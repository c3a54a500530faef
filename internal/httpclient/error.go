package httpclient

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/flow-community/terraform-provider-flow/internal/lazyregexp"
	"github.com/flow-community/terraform-provider-flow/internal/wait"
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
	// KindForeign is an answer that is not the service's own, such as a proxy's page, whatever its status.
	KindForeign
)

// Error says which request failed and how. It holds no credential.
type Error struct {
	Service   string
	Operation string
	Method    string
	// URL is without user info and query.
	URL string
	// Proxy is the proxy that the request went through, without credentials; "" for none.
	Proxy  string
	Kind   Kind
	Status int
	// Message is the server's own sentence.
	Message string
	// Fields are the names of the fields that the server refuses.
	Fields     []string
	RequestID  string
	RetryAfter time.Duration
	// Header is that of the answer, with secrets hidden.
	Header http.Header
	// Attempts counts how often sending the request was tried.
	Attempts int
	// Sent is set if the server may have received the request: if any attempt wrote its headers.
	Sent bool
	Err  error

	// fault is why the service could not be reached, and title that of the page which came from elsewhere.
	fault     *fault
	title     string
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
		return fmt.Sprintf("%s could not be reached%s%s: %s", e.Service, e.throughProxy(), e.tries(), describeCause(e.Err))
	case KindForeign:
		return fmt.Sprintf("%s could not be asked: %s%s answered HTTP %s with %s that is not from the %s API",
			e.Service, e.host(), e.throughProxy(), statusText(e.Status), e.foreignAnswer(), e.Service)
	case KindTimeout:
		return e.timeout()
	case KindCanceled:
		return fmt.Sprintf("the request to %s was interrupted", e.Service)
	case KindRedirect:
		return fmt.Sprintf("%s answered HTTP %s, a redirect to %s, which is not followed", e.Service, statusText(e.Status), redirectHost(e.Header))
	case KindNotJSON:
		return fmt.Sprintf("%s answered HTTP %s with %s instead of JSON", e.Service, statusText(e.Status), contentType(e.Header))
	case KindEmpty:
		return fmt.Sprintf("%s answered HTTP %s with an empty body", e.Service, statusText(e.Status))
	case KindTruncated:
		return fmt.Sprintf("%s's answer broke off before its end%s", e.Service, e.tries())
	case KindMalformed:
		return e.malformed()
	default:
		return fmt.Sprintf("%s answered HTTP %s%s", e.Service, statusText(e.Status), e.tries())
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
		status = " HTTP " + statusText(e.Status)
	}
	return fmt.Sprintf("%s answered%s with something that could not be understood: %s", e.Service, status, describeCause(e.Err))
}

// foreignAnswer names what came in the place of the service's answer.
func (e *Error) foreignAnswer() string {
	switch {
	case e.Status >= 300 && e.Status <= 399:
		return "a redirect to " + redirectHost(e.Header)
	case e.title != "":
		return fmt.Sprintf("a page titled %q", e.title)
	case contentType(e.Header) == htmlPage:
		return "a page"
	}
	return "an answer"
}

func (e *Error) throughProxy() string {
	if e.Proxy == "" {
		return ""
	}
	return " through the proxy " + e.Proxy
}

func (e *Error) host() string {
	parsed, err := url.Parse(e.URL)
	if err != nil {
		return e.Service
	}
	return parsed.Host
}

// hostname is the host without its port.
func (e *Error) hostname() string { return (&url.URL{Host: e.host()}).Hostname() }

func statusText(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
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
		URL:       WithoutCredentials(request.URL),
		Proxy:     state.proxy,
		Kind:      kind,
		Attempts:  state.attempts,
		Sent:      state.sent.Load(),
		Err:       state.mask.hideError(cause),
	}
	if kind == KindUnreachable {
		failed.fault = faultOf(cause)
	}
	failed.outOfTime = state.outOfTime || errors.Is(cause, context.DeadlineExceeded)
	if held, ok := errors.AsType[*heldBackError](cause); ok {
		failed.outOfTime = true
		failed.RetryAfter = held.wait.Round(time.Second)
	}
	if response != nil {
		failed.Status = response.Status
		failed.Header = state.mask.hideHeader(response.Header)
		failed.RequestID = oneLine(state.mask.hide(c.options.RequestID(response.Header)))
		if kind == KindForeign {
			failed.title = oneLine(state.mask.hide(title(response)))
		} else {
			failed.Message = oneLine(state.mask.hide(c.message(response)))
			if c.options.Fields != nil && response.Status >= http.StatusBadRequest {
				failed.Fields = c.options.Fields(response)
			}
		}
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

// message is the server's own sentence, the beginning of a plain-text answer, or the title of a page.
func (c *Client) message(response *Response) string {
	if response.Status < 300 {
		return ""
	}
	message := c.options.Message(response)
	switch {
	case message != "":
		return message
	case strings.HasPrefix(response.Header.Get("Content-Type"), "text/plain"):
		return string(response.Body)
	case response.Status < http.StatusBadRequest:
		return ""
	}
	return title(response)
}

var titleElement = lazyregexp.New(`(?is)<title[^>]*>(.{1,200}?)</title>`)

// title returns the title of a page; "" if it has none.
func title(response *Response) string {
	found := titleElement().FindSubmatch(response.Body[:min(len(response.Body), 64<<10)])
	if found == nil || response.IsJSON() {
		return ""
	}
	return html.UnescapeString(string(found[1]))
}

// longestMessage bounds how much of a server's text goes into an error.
const longestMessage = 500

// oneLine makes a server's text fit for an error: valid, printable, on one line, not longer than 500 bytes.
func oneLine(text string) string {
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
	case errors.Is(err, context.Canceled) || wait.Interrupted(ctx):
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

func describeCause(err error) string {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	var record tls.RecordHeaderError
	switch {
	case err == nil:
		return "unknown cause"
	case errors.As(err, &record):
		return "it does not speak TLS"
	}
	return oneLine(err.Error())
}

func redirectHost(header http.Header) string {
	if target, err := url.Parse(header.Get("Location")); err == nil && target.Host != "" {
		return target.Host
	}
	return "another address"
}

const htmlPage = "an HTML page"

func contentType(header http.Header) string {
	kind, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	switch kind = strings.TrimSpace(kind); {
	case kind == "":
		return "an unnamed type"
	case strings.Contains(kind, "html"):
		return htmlPage
	default:
		return kind
	}
}
