package adoserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

const byteOrderMark = "\xef\xbb\xbf"

// object is a JSON object of an answer.
type object = map[string]any

// call is one request. Each check fills in what it finds.
type call struct {
	server  *Server
	request *http.Request
	id      string // ActivityId
	query   url.Values
	base    string // scheme and address that the client used, such as http://127.0.0.1:8081

	host     host
	segments []string // of the path, after the organization
	org      *organization

	who      *account // nil: anonymous
	userData string   // X-VSS-UserData
	memberOf map[string]*groupRow
	token    *tokenRow
	params   map[string]string

	resource  *resource
	operation *operation
	version   apiVersion

	project *project // of the path, nil without one
	body    []byte
}

// answer is a successful result. A nil body sends none.
type answer struct {
	status       int // 0: 200
	body         any
	continuation string // token of the next page
}

func ok(body any) (answer, error) { return answer{body: body}, nil }

// collection is the wrapper of every list.
type collection struct {
	Count int `json:"count"`
	Value any `json:"value"`
}

func list[T any](items []T) (answer, error) {
	if items == nil {
		items = []T{}
	}
	return ok(collection{Count: len(items), Value: items})
}

// serve answers a request. The checks come in the order of the real service: organization, credential, conditional access,
// version, scope, rights, object. Throttling is a fault of the traffic recorder.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	c := &call{server: s, request: r, id: uuid.NewString(), query: lowerNames(r.URL.Query()), base: "http://" + r.Host}
	result, err := c.run()
	c.setHeaders(w.Header())
	if err != nil {
		c.refuse(w, err)
		return
	}
	c.send(w, result)
}

func (c *call) run() (answer, error) {
	s := c.server
	body, err := io.ReadAll(c.request.Body)
	if err != nil {
		return answer{}, badRequest("The request body could not be read.")
	}
	c.body = body
	if result, done := c.answerWithoutOrganization(); done {
		return result, nil
	}
	// Only requests that may change the world lock it for writing.
	if c.request.Method == http.MethodGet || c.request.Method == http.MethodHead || c.request.Method == http.MethodOptions {
		s.mu.RLock()
		defer s.mu.RUnlock()
	} else {
		s.mu.Lock()
		defer s.mu.Unlock()
	}
	for _, check := range []func() error{
		c.findOrganization, c.findOperation, c.authenticate, c.checkOperation, c.negotiateVersion, c.checkScope, c.checkContentType, c.findProject,
	} {
		if err := check(); err != nil {
			return answer{}, err
		}
	}
	return c.operation.handle(c)
}

// checkContentType refuses a write that says that it is no JSON. curl calls each body a form unless it is told otherwise.
func (c *call) checkContentType() error {
	declared := c.request.Header.Get("Content-Type")
	kind, _, err := mime.ParseMediaType(declared)
	if declared == "" || c.request.Method == http.MethodGet || err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json")) {
		return nil
	}
	return newError(http.StatusUnsupportedMediaType, webAPIAssembly, "VssRequestContentTypeNotSupportedException",
		"The request indicated a Content-Type of %q for method type %q which is not supported. Valid content types for this method are: application/json, application/json-patch+json.",
		declared, c.request.Method)
}

func lowerNames(query url.Values) url.Values {
	lower := make(url.Values, len(query))
	for name, values := range query {
		name = strings.ToLower(name)
		lower[name] = append(lower[name], values...)
	}
	return lower
}

// arg returns a query parameter; the case of its name does not matter.
func (c *call) arg(name string) string { return c.query.Get(strings.ToLower(name)) }

// number returns a query parameter that is a number of at least zero, or the fallback if it is absent.
func (c *call) number(name string, fallback int) (int, error) {
	text := c.arg(name)
	if text == "" {
		return fallback, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, badRequest(fmt.Sprintf("The value '%s' is not valid for the parameter '%s'.", text, name))
	}
	return n, nil
}

// decode decodes the request body; the case of JSON names does not matter.
func (c *call) decode(into any) error {
	if err := json.Unmarshal(bytes.TrimPrefix(c.body, []byte(byteOrderMark)), into); err != nil {
		return badRequest("The request is invalid. " + err.Error())
	}
	return nil
}

// url returns a URL of this organization on dev.azure.com. Parts are escaped.
func (c *call) url(parts ...string) string { return c.hostURL(dev, parts...) }

func (c *call) hostURL(h host, parts ...string) string {
	var b strings.Builder
	b.WriteString(c.base + "/" + string(h) + "/" + url.PathEscape(c.org.Name))
	for _, part := range parts {
		for segment := range strings.SplitSeq(part, "/") {
			b.WriteString("/" + url.PathEscape(segment))
		}
	}
	return b.String()
}

func href(address string) object { return object{"href": address} }

func (c *call) setHeaders(header http.Header) {
	header.Set("ActivityId", c.id)
	header.Set("X-VSS-E2EID", c.id)
	header.Set("X-TFS-ProcessId", c.server.process)
	session := c.request.Header.Get("X-TFS-Session")
	if _, err := uuid.Parse(session); err != nil {
		session = uuid.NewString()
	}
	header.Set("X-TFS-Session", session)
	header.Set("Cache-Control", "no-cache, no-store, must-revalidate")
	if c.org != nil {
		header.Set("X-VSS-ResourceTenant", c.org.TenantID)
	}
	if c.userData != "" {
		header.Set("X-VSS-UserData", c.userData)
	}
	if c.server.options.Throttled {
		c.setRateLimit(header)
	}
}

// setRateLimit sets the headers of a request that was delayed
// (https://learn.microsoft.com/azure/devops/integrate/concepts/rate-limits).
func (c *call) setRateLimit(header http.Header) {
	header.Set("Retry-After", "1")
	header.Set("X-RateLimit-Resource", "Core")
	header.Set("X-RateLimit-Delay", "1.000")
	header.Set("X-RateLimit-Limit", "200")
	header.Set("X-RateLimit-Remaining", "0")
	header.Set("X-RateLimit-Reset", strconv.FormatInt(c.server.options.Now().Add(time.Second).Unix(), 10))
}

func (c *call) send(w http.ResponseWriter, result answer) {
	if result.continuation != "" {
		w.Header().Set("X-MS-ContinuationToken", result.continuation)
	}
	if result.status == 0 {
		result.status = http.StatusOK
	}
	if page, isPage := result.body.(htmlPage); isPage {
		writeText(w, result.status, "text/html; charset=utf-8", string(page))
		return
	}
	if result.body == nil {
		w.WriteHeader(result.status)
		return
	}
	c.writeJSON(w, result.status, result.body)
}

func (c *call) writeJSON(w http.ResponseWriter, status int, body any) {
	var text bytes.Buffer
	if c.server.options.ByteOrderMark {
		text.WriteString(byteOrderMark)
	}
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	contentType := "application/json; charset=utf-8"
	if c.version.major > 0 {
		contentType += "; api-version=" + c.version.String()
	}
	writeText(w, status, contentType, text.String())
}

func writeText(w http.ResponseWriter, status int, contentType, text string) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // a client that is gone needs no answer
}
