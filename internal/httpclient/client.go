// Package httpclient is the HTTP layer that the Flow and Azure DevOps clients share: retries, limits, redaction and errors.
package httpclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/flow-community/terraform-provider-flow/internal/wait"
)

// Options configures a Client for one server.
type Options struct {
	// Service is the server's name in errors and logs, such as "Flow".
	Service string
	// UserAgent identifies this program to the server.
	UserAgent string
	// Timeout bounds one attempt, from the connection to the last byte of the body. Zero means DefaultTimeout.
	Timeout time.Duration
	// Limiter bounds the requests in flight; clients may share one. Nil means no limit.
	Limiter *Limiter
	// Logger receives one record an attempt: method, URL, status, duration and request id, never a header or a body.
	// Nil means silence.
	Logger *slog.Logger
	// Header is sent with each request. It is the only place for a credential.
	Header http.Header
	// Message finds the server's own sentence in an answer that reports an error; "" when it has none.
	Message func(*Response) string
	// Fields extracts the names of the fields that the server refuses. Nil means none.
	Fields func(*Response) []string
	// RequestID finds the id by which the server's operators can find a request again.
	RequestID func(http.Header) string
	// Genuine reports whether an answer is from the service itself, and not from a proxy or a captive portal. It is not
	// asked about JSON of a 2xx status, which is judged by its content. Nil means that every answer is.
	Genuine func(*Response) bool
	// RateLimited reports whether an answer is throttling although its status is not 429. It sees no body.
	RateLimited func(*Response) bool
	// Transport sends each attempt. Nil means net/http's own, with the proxies that the environment names.
	Transport http.RoundTripper
}

// DefaultTimeout bounds one attempt when Options.Timeout is zero.
const DefaultTimeout = 30 * time.Second

// maxBody is the number of bytes that are read of one answer. An organization of 20,000 repositories lists them in 16 MB.
const maxBody = 64 << 20

// Client sends requests to one server. It is safe for concurrent use.
type Client struct {
	options   Options
	transport *transport
	mask      mask
}

// New makes a Client. It sends nothing.
func New(options Options) *Client {
	if options.Timeout == 0 {
		options.Timeout = DefaultTimeout
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	if options.Message == nil {
		options.Message = func(*Response) string { return "" }
	}
	if options.RequestID == nil {
		options.RequestID = func(http.Header) string { return "" }
	}
	if options.Genuine == nil {
		options.Genuine = func(*Response) bool { return true }
	}
	if options.RateLimited == nil {
		options.RateLimited = func(*Response) bool { return false }
	}
	return &Client{options: options, transport: newTransport(options), mask: maskOf(options.Header["Authorization"]...)}
}

// Request is one call of a server.
type Request struct {
	// Operation says what is attempted on which object, as a verb phrase: "read integration 12".
	Operation string
	Method    string
	URL       string
	Query     url.Values
	Header    http.Header
	// Body is sent as JSON; nil sends none.
	Body any
	// Secrets are parts of the body that must not come back in an error, should the server repeat what it was sent.
	Secrets []string
	// Idempotent marks a POST or PATCH that may be sent again without harm. The methods that HTTP itself calls
	// idempotent (RFC 9110, section 9.2.2) need no mark.
	Idempotent bool
	// AfterUnavailable marks a POST or PATCH that may be sent again after a 503 with Retry-After, although not after
	// every failure.
	AfterUnavailable bool
	// Grace is how long an attempt that was sent may still be answered after an interrupt. Zero gives it up at once.
	Grace time.Duration
}

// Response is an answer whose body has arrived whole.
type Response struct {
	Status int
	Header http.Header
	// Body is without the byte order mark of some of Azure DevOps' answers.
	Body []byte
}

// IsJSON reports whether the body is JSON and not a page: by its declared type, and where that is missing or vague by its
// first byte. What is declared to be a page is one, unless all of it is JSON.
func (r *Response) IsJSON() bool {
	return len(r.Body) > 0 && isJSON(r.Header.Get("Content-Type"), r.Body)
}

// Location returns the target of a redirect, or nil.
func (r *Response) Location() *url.URL {
	if target, err := url.Parse(r.Header.Get("Location")); err == nil && r.Status >= 300 && r.Status <= 399 && target.Host != "" {
		return target
	}
	return nil
}

// Do sends the request and returns the answer of a 2xx status. Any other outcome is an *Error.
func (c *Client) Do(ctx context.Context, request Request) (*Response, error) {
	return c.do(ctx, request, c.newState(request))
}

func (c *Client) do(ctx context.Context, request Request, state *attemptState) (*Response, error) {
	for {
		httpRequest, err := c.build(ctx, request)
		if err != nil {
			return nil, c.fail(request, state, nil, KindMalformed, err)
		}
		response, err := c.transport.attempt(httpRequest, state)
		pause, again := state.retry(ctx, response, err)
		if again {
			err = wait.For(ctx, c.options.Logger, pause, "the next attempt to "+request.Operation)
		}
		switch {
		case again && err == nil:
		case err != nil:
			return nil, c.fail(request, state, nil, kindOf(ctx, err), err)
		default:
			return c.answer(request, state, response)
		}
	}
}

// answer returns a response of a 2xx status, and an error for any other.
func (c *Client) answer(request Request, state *attemptState, response *Response) (*Response, error) {
	switch {
	case c.foreign(response):
		return nil, c.fail(request, state, response, KindForeign, nil)
	case response.Status >= 200 && response.Status <= 299:
		return response, nil
	case response.Status >= 300 && response.Status <= 399:
		return nil, c.fail(request, state, response, KindRedirect, nil)
	}
	return nil, c.fail(request, state, response, KindStatus, nil)
}

// foreign reports whether an answer is not the service's own. What may pass by itself is no such answer, whoever sent it.
func (c *Client) foreign(response *Response) bool {
	switch status := response.Status; {
	case status == http.StatusNetworkAuthenticationRequired, status == http.StatusProxyAuthRequired:
		return true
	case status == http.StatusTooManyRequests, status >= http.StatusInternalServerError:
		return false
	case status < http.StatusMultipleChoices && (len(response.Body) == 0 || response.IsJSON()):
		return false
	}
	return !c.options.Genuine(response)
}

// JSON sends the request and decodes the answer's JSON into the value that into points at.
func (c *Client) JSON(ctx context.Context, request Request, into any) (*Response, error) {
	response, err := c.Do(ctx, request)
	if err != nil {
		return nil, err
	}
	if err := c.undecodable(request, response); err != nil {
		return response, err
	}
	return response, c.decoding(request, response, json.NewDecoder(bytes.NewReader(response.Body)).Decode(into))
}

// Stream sends the request and decodes the answer's JSON as it arrives, for answers that are too large to keep. The
// function is called again if the answer breaks off and the request is sent again, so it has to begin anew each time.
func (c *Client) Stream(ctx context.Context, request Request, decode func(*json.Decoder) error) (*Response, error) {
	state := c.newState(request)
	state.decode = decode
	response, err := c.do(ctx, request, state)
	if err != nil {
		return nil, err
	}
	if !state.decoded {
		if err := c.undecodable(request, response); err != nil {
			return response, err
		}
		return response, c.decoding(request, response, decode(json.NewDecoder(bytes.NewReader(response.Body))))
	}
	return response, c.decoding(request, response, state.decodeErr)
}

// undecodable returns the error for an answer that is not JSON.
func (c *Client) undecodable(request Request, response *Response) error {
	switch {
	case len(response.Body) == 0:
		return c.answered(request, response, KindEmpty, nil)
	case !response.IsJSON():
		return c.answered(request, response, KindNotJSON, nil)
	}
	return nil
}

// decoding returns the error for the error of a decoder.
func (c *Client) decoding(request Request, response *Response, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return c.answered(request, response, KindTruncated, err)
	}
	return c.answered(request, response, KindMalformed, err)
}

// Malformed is the error for an answer that was decoded and turned out not to be what the request asked for.
func (c *Client) Malformed(request Request, response *Response, cause error) error {
	return c.answered(request, response, KindMalformed, cause)
}

func (c *Client) build(ctx context.Context, request Request) (*http.Request, error) {
	target, err := url.Parse(request.URL)
	if err != nil {
		return nil, err
	}
	if len(request.Query) > 0 {
		target.RawQuery = request.Query.Encode()
	}
	var body io.Reader
	if request.Body != nil {
		encoded, err := json.Marshal(request.Body)
		if err != nil {
			return nil, fmt.Errorf("encoding the request's body: %w", err)
		}
		body = bytes.NewReader(encoded)
	}
	httpRequest, err := http.NewRequestWithContext(ctx, request.Method, target.String(), body)
	if err != nil {
		return nil, err
	}
	httpRequest.Header.Set("Accept", "application/json")
	httpRequest.Header.Set("User-Agent", c.options.UserAgent)
	if body != nil {
		httpRequest.Header.Set("Content-Type", "application/json")
	}
	for _, header := range []http.Header{c.options.Header, request.Header} {
		maps.Copy(httpRequest.Header, header)
	}
	return httpRequest, nil
}

func isJSON(contentType string, body []byte) bool {
	switch {
	case strings.Contains(contentType, "json"):
		return true
	case strings.Contains(contentType, "html"):
		return json.Valid(body)
	}
	return body[0] == '{' || body[0] == '['
}
