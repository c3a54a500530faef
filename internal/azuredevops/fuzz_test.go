package azuredevops

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"testing"
	"unicode/utf8"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

// An error answer has Azure DevOps' own sentence or none, whatever its body and header hold.
func FuzzMessage(f *testing.F) {
	for body, header := range map[string]string{
		`{"message":"TF400813: not authorized"}`: "", `{"value":{"Message":"Not found."}}`: "x", `{"value":[1]}`: "TF400813%3A%20no", ``: "100%", `{"message":7}`: "%ff",
	} {
		f.Add([]byte(body), header)
	}
	f.Fuzz(func(t *testing.T, body []byte, header string) {
		got := message(&httpclient.Response{Status: http.StatusForbidden, Header: http.Header{http.CanonicalHeaderKey(headerServiceError): {header}}, Body: body})
		if sentence, err := url.PathUnescape(header); !json.Valid(body) && got != header && (err != nil || got != sentence) {
			t.Errorf("%q with the header %q says %q", body, header, got)
		}
		if header == "" && !json.Valid(body) && got != "" {
			t.Errorf("%q says %q", body, got)
		}
	})
}

// A list that is decoded as it arrives holds what it holds when it is decoded at once.
func FuzzStreamedList(f *testing.F) {
	for _, seed := range []string{
		`{"count":2,"value":[{"id":"a"},{"id":"b"}]}`, `{"value":[],"count":0}`, `{"x":{"value":[1]},"value":[{"id":null}]}`, `{"count":3,"value":[{}]}`, `{"value":null}`,
		`{"value":[{"id":"a"}]`, `[]`, `{"count":1.5}`,
	} {
		f.Add([]byte(seed))
	}
	type element struct {
		ID string `json:"id"`
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var streamed []element
		err := eachValue(json.NewDecoder(bytes.NewReader(body)), func(one element) { streamed = append(streamed, one) })
		if err != nil {
			return
		}
		var keys map[string]json.RawMessage
		if !json.Valid(bytes.TrimSpace(body)) || json.Unmarshal(body, &keys) != nil || bytes.Count(body, []byte(`"value"`)) > 1 {
			return // more than one document, or one list: the last one wins when it is decoded at once
		}
		var whole struct {
			Value []element `json:"value"`
		}
		if _, ok := keys["value"]; !ok {
			return // a name in another case, or with an escape
		}
		if err := json.Unmarshal(body, &whole); err == nil && len(whole.Value) != len(streamed) {
			t.Errorf("%q streams %d elements, and has %d", body, len(streamed), len(whole.Value))
		}
	})
}

// An identity of any shape is read or refused, and its account is never cut in the middle of a letter.
func FuzzIdentity(f *testing.F) {
	for _, seed := range []string{
		`{"id":"a","descriptor":"Microsoft.IdentityModel.Claims.ClaimsIdentity;t\\a@b.c","properties":{"Account":{"$value":"a@b.c"}}}`,
		`{"properties":{"Account":{"$value":7},"Mail":null}}`, `{"properties":[]}`, `null`, `{"descriptor":"\\"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var wire *wireIdentity
		if json.Unmarshal(raw, &wire) != nil {
			return
		}
		identity := wire.identity()
		if !utf8.ValidString(identity.Account) || !utf8.ValidString(identity.Mail) {
			t.Errorf("%q is read as %+v", raw, identity)
		}
		connection := ConnectionData{AuthenticatedUser: identity}
		if verdict := JudgeCredential(connection, nil); verdict == VerdictAccepted && identity.ID == "" && identity.Descriptor == "" {
			t.Errorf("%q, which names nobody, is accepted", raw)
		}
	})
}
