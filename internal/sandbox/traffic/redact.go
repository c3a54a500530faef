package traffic

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

const redacted = "<redacted>"

// named returns "<name>" for a known secret.
func (r *Recorder) named(secret string) (string, bool) {
	if secret == "" {
		return "", false
	}
	name, ok := r.names(secret)
	return "<" + name + ">", ok
}

func (r *Recorder) redactAuthorization(header string) string {
	if header == "" {
		return ""
	}
	scheme, value, _ := strings.Cut(header, " ")
	secret := strings.TrimSpace(value)
	if strings.EqualFold(scheme, "Basic") {
		pair, err := base64.StdEncoding.DecodeString(secret)
		if err != nil {
			return redacted
		}
		_, secret, _ = strings.Cut(string(pair), ":")
	}
	if name, ok := r.named(secret); ok {
		return name
	}
	return redacted
}

func (r *Recorder) redactQuery(query url.Values) url.Values {
	for _, values := range query {
		for i, value := range values {
			if name, ok := r.named(value); ok {
				values[i] = name
			}
		}
	}
	return query
}

func (r *Recorder) redactBody(body []byte) string {
	if len(bytes.TrimSpace(body)) == 0 {
		return ""
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil || decoder.More() {
		return fmt.Sprintf("<%d bytes that are not JSON>", len(body))
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(r.redactValue("", value)); err != nil {
		return redacted
	}
	return strings.TrimSuffix(text.String(), "\n")
}

// redactValue redacts a JSON value; key is the name of the field that holds it.
func (r *Recorder) redactValue(key string, value any) any {
	switch value := value.(type) {
	case map[string]any:
		for k, v := range value {
			value[k] = r.redactValue(k, v)
		}
	case []any:
		for i, v := range value {
			value[i] = r.redactValue(key, v)
		}
	case string:
		if text, ok := r.redactText(value); ok {
			return text
		}
		if name, ok := r.named(value); ok {
			return name
		}
		if value != "" && secretKey(key) {
			return redacted
		}
	}
	return value
}

// redactText redacts a text that is a JSON object, such as an authData. It reports whether the text is one.
func (r *Recorder) redactText(text string) (string, bool) {
	var inner map[string]any
	if json.Unmarshal([]byte(text), &inner) != nil || inner == nil {
		return "", false
	}
	return r.redactBody([]byte(text)), true
}

// secretKey reports whether the values of a field are secret even if the server does not know them, such as those of "token",
// "password" and "basicAuthPassword".
func secretKey(key string) bool {
	key = strings.ToLower(key)
	return key == "token" || strings.HasSuffix(key, "password")
}
