package azuredevops

import (
	"bytes"
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

// messageWithout finds Azure DevOps' own sentence in an error answer, and takes the credential out of it, should a proxy
// on the way repeat what it received.
func messageWithout(token string) func(*httpclient.Response) string {
	clean := func(text string) string { return text }
	if token != "" {
		clean = strings.NewReplacer(authorization(token), "[redacted]", token, "[redacted]").Replace
	}
	return func(response *httpclient.Response) string { return clean(message(response)) }
}

func message(response *httpclient.Response) string {
	if sentence := jsonMessage(response.Body); sentence != "" {
		return sentence
	}
	if sentence := serviceError(response.Header); sentence != "" {
		return sentence
	}
	if strings.HasPrefix(response.Header.Get("Content-Type"), "text/plain") {
		return string(response.Body)
	}
	return ""
}

// jsonMessage reads both forms of an error body: {"message": …}, and the older {"value": {"Message": …}}.
func jsonMessage(body []byte) string {
	var answer struct {
		Message string          `json:"message"`
		Value   json.RawMessage `json:"value"`
	}
	if json.Unmarshal(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), &answer) != nil {
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
