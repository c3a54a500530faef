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
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
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
	// Transport sends each attempt. Nil means net/http's own, with the proxies that the environment names.
	Transport http.RoundTripper
}

// DefaultTimeout bounds one attempt when Options.Timeout is zero.
const DefaultTimeout = 30 * time.Second

// MaxBody is the number of bytes that are read of one answer. An organization of 20,000 repositories lists them in 16 MB.
const MaxBody = 64 << 20

// Client sends requests to one server. It is safe for concurrent use.
type Client struct {
	options Options
	http    *retryablehttp.Client
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
	return &Client{
		options: options,
		http: &retryablehttp.Client{
			HTTPClient: &http.Client{
				Transport: newTransport(options),
				// A redirect would carry the credential to wherever the answer says.
				CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			},
			RetryMax:     math.MaxInt, // checkRetry counts
			CheckRetry:   checkRetry,
			Backoff:      backoff,
			ErrorHandler: retryablehttp.PassthroughErrorHandler,
		},
	}
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
}

// Response is an answer whose body has arrived whole.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do sends the request and returns the answer of a 2xx status. Any other outcome is an *Error.
func (c *Client) Do(ctx context.Context, request Request) (*Response, error) {
	return c.do(ctx, request, c.newState(request))
}

func (c *Client) do(ctx context.Context, request Request, state *attemptState) (*Response, error) {
	httpRequest, err := c.build(context.WithValue(ctx, attemptKey{}, state), request)
	if err != nil {
		return nil, c.fail(request, state, nil, KindMalformed, err)
	}
	httpResponse, err := c.http.Do(httpRequest)
	if err != nil {
		return nil, c.fail(request, state, nil, kindOf(ctx, err), err)
	}
	defer func() { _ = httpResponse.Body.Close() }()
	// The transport has already read the body into memory.
	body, err := io.ReadAll(httpResponse.Body)
	if err != nil {
		return nil, c.fail(request, state, nil, KindTruncated, err)
	}
	response := &Response{Status: httpResponse.StatusCode, Header: httpResponse.Header, Body: body}
	switch {
	case response.Status >= 200 && response.Status <= 299:
		return response, nil
	case response.Status >= 300 && response.Status <= 399:
		return nil, c.fail(request, state, response, KindRedirect, nil)
	default:
		return nil, c.fail(request, state, response, KindStatus, nil)
	}
}

// JSON sends the request and decodes the answer's JSON into the value that into points at.
func (c *Client) JSON(ctx context.Context, request Request, into any) (*Response, error) {
	response, err := c.Do(ctx, request)
	if err != nil {
		return nil, err
	}
	body := bytes.TrimSpace(bytes.TrimPrefix(response.Body, []byte(byteOrderMark)))
	if err := c.undecodable(request, response, body); err != nil {
		return response, err
	}
	return response, c.decoding(request, response, json.NewDecoder(bytes.NewReader(body)).Decode(into))
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
		return response, c.undecodable(request, response, bytes.TrimSpace(response.Body))
	}
	return response, c.decoding(request, response, state.decodeErr)
}

// byteOrderMark begins some of Azure DevOps' answers.
const byteOrderMark = "\xef\xbb\xbf"

// undecodable returns the error for an answer that is not JSON.
func (c *Client) undecodable(request Request, response *Response, body []byte) error {
	switch {
	case len(body) == 0:
		return c.answered(request, response, KindEmpty, nil)
	case !isJSON(response.Header.Get("Content-Type"), body):
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

func (c *Client) build(ctx context.Context, request Request) (*retryablehttp.Request, error) {
	target, err := url.Parse(request.URL)
	if err != nil {
		return nil, err
	}
	if len(request.Query) > 0 {
		target.RawQuery = request.Query.Encode()
	}
	var body any
	if request.Body != nil {
		encoded, err := json.Marshal(request.Body)
		if err != nil {
			return nil, fmt.Errorf("encoding the request's body: %w", err)
		}
		body = encoded
	}
	httpRequest, err := retryablehttp.NewRequestWithContext(ctx, request.Method, target.String(), body)
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

// isJSON reports whether an answer is JSON and not a page: by its declared type, and where that is missing or vague by its
// first byte.
func isJSON(contentType string, body []byte) bool {
	if strings.Contains(contentType, "json") {
		return true
	}
	return !strings.Contains(contentType, "html") && (body[0] == '{' || body[0] == '[')
}
