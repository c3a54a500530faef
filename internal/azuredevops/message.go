package azuredevops

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// headerServiceError repeats an error's sentence, percent-encoded; on some refusals it is the only place for it.
const headerServiceError = "X-TFS-ServiceError"

// activityID is the id by which Microsoft's support finds a request.
func activityID(header http.Header) string {
	if id := header.Get("ActivityId"); id != "" {
		return id
	}
	return header.Get("X-VSS-E2EID")
}

// genuine reports whether an answer is from Azure DevOps: one with its own headers, or its way to sign-in, which is a 203 or
// a redirect.
func genuine(response *httpclient.Response) bool {
	for name := range response.Header {
		if strings.HasPrefix(name, "X-Tfs-") || strings.HasPrefix(name, "X-Vss-") || name == "Activityid" {
			return true
		}
	}
	if target := response.Location(); target != nil {
		host := strings.ToLower(target.Hostname())
		return host == "login.microsoftonline.com" || host == "login.live.com" || strings.HasSuffix("."+host, ".visualstudio.com")
	}
	return response.Status == http.StatusNonAuthoritativeInfo
}

// rateLimited recognizes a 401 that is throttling, as bursts of requests get it.
func rateLimited(response *httpclient.Response) bool {
	if response.Status != http.StatusUnauthorized {
		return false
	}
	for name := range response.Header {
		if name == "Retry-After" || strings.HasPrefix(name, "X-Ratelimit-") {
			return true
		}
	}
	return false
}

// message finds Azure DevOps' own sentence in an error answer.
func message(response *httpclient.Response) string {
	if sentence := jsonMessage(response.Body); sentence != "" {
		return sentence
	}
	return serviceError(response.Header)
}

// jsonMessage reads both forms of an error body: {"message": …}, and the older {"value": {"Message": …}}.
func jsonMessage(body []byte) string {
	var answer struct {
		Message string          `json:"message"`
		Value   json.RawMessage `json:"value"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	if answer.Message != "" {
		return answer.Message
	}
	var inner struct {
		Message string `json:"Message"`
	}
	if json.Unmarshal(answer.Value, &inner) != nil {
		return ""
	}
	return inner.Message
}

func serviceError(header http.Header) string {
	encoded := header.Get(headerServiceError)
	sentence, err := url.PathUnescape(encoded)
	if err != nil {
		return encoded
	}
	return sentence
}
