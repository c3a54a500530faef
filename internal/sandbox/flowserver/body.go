package flowserver

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
)

// A body is a request's JSON object. Its methods read one field each and collect errors.
type body struct {
	values object
	errors fieldErrors
}

// readBody decodes the request's object. If that fails, it answers the request and returns false.
func (s *Server) readBody(w http.ResponseWriter, r request) (*body, bool) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		writeDetail(w, http.StatusUnsupportedMediaType, fmt.Sprintf("Unsupported media type %q in request.", r.Header.Get("Content-Type")))
		return nil, false
	}
	var value any
	if err := json.NewDecoder(r.Body).Decode(&value); err != nil {
		writeDetail(w, http.StatusBadRequest, "JSON parse error - "+err.Error())
		return nil, false
	}
	values, ok := value.(object)
	if !ok {
		writeRefusal(w, refuse(fmt.Sprintf("Invalid data. Expected a dictionary, but got %s.", kindOf(value))))
		return nil, false
	}
	b := &body{values: values, errors: fieldErrors{}}
	for _, change := range s.behavior().bodies[r.call] {
		change(s, r, b)
	}
	return b, true
}

// valid reports whether the body has no errors. If it has, valid answers the request with them.
func (b *body) valid(w http.ResponseWriter) bool {
	if len(b.errors) > 0 {
		writeFieldErrors(w, b.errors)
		return false
	}
	return true
}

// given returns a field. A null is an error.
func (b *body) given(name string) (any, bool) {
	value, ok := b.values[name]
	if ok && value == nil {
		b.errors.add(name, "This field may not be null.")
		return nil, false
	}
	return value, ok
}

// text returns a string, or a number as a string, as Django REST Framework does.
func (b *body) text(name string) (string, bool) {
	value, ok := b.given(name)
	if !ok {
		return "", false
	}
	switch value := value.(type) {
	case string:
		if value == "" {
			b.errors.add(name, "This field may not be blank.")
		}
		return value, value != ""
	case float64:
		return fmt.Sprintf("%.15g", value), true
	}
	b.errors.add(name, "Not a valid string.")
	return "", false
}

// requiredText is text for a required field.
func (b *body) requiredText(name string) string {
	value, ok := b.text(name)
	if !ok && len(b.errors[name]) == 0 {
		b.errors.add(name, "This field is required.")
	}
	return value
}

func (b *body) flag(name string) (value, ok bool) {
	given, ok := b.given(name)
	if !ok {
		return false, false
	}
	if value, ok = given.(bool); !ok {
		b.errors.add(name, "Must be a valid boolean.")
	}
	return value, ok
}

// services returns the services of a list of words.
func (b *body) services(name string) (on Services, ok bool) {
	given, ok := b.given(name)
	if !ok {
		return on, false
	}
	list, ok := given.([]any)
	if !ok {
		b.errors.add(name, fmt.Sprintf("Expected a list of items but got type %q.", kindOf(given)))
		return on, false
	}
	var words []string
	for _, item := range list {
		word, ok := item.(string)
		if !ok {
			b.errors.add(name, "Not a valid string.")
			return on, false
		}
		words = append(words, word)
	}
	on, unknown := servicesFrom(words)
	if unknown != "" {
		b.errors.add(name, fmt.Sprintf("%q is not a valid choice.", unknown))
	}
	return on, unknown == ""
}

// requiredServices returns the enabled_services, which are required.
func (b *body) requiredServices() Services {
	on, _ := b.services("enabled_services")
	if _, given := b.values["enabled_services"]; !given {
		b.errors.add("enabled_services", "This field is required.")
	}
	return on
}

// inner returns a field that is an object, or the JSON text of one. Errors of its fields appear under their own names.
func (b *body) inner(name string) (*body, bool) {
	given, ok := b.given(name)
	if !ok {
		return nil, false
	}
	values, ok := objectOf(given)
	if !ok {
		b.errors.add(name, fmt.Sprintf("Expected a dictionary of items but got type %q.", kindOf(given)))
		return nil, false
	}
	return &body{values: values, errors: b.errors}, true
}

// objectOf returns the object that a value is, or that its JSON text describes.
func objectOf(value any) (object, bool) {
	if text, ok := value.(string); ok {
		_ = json.Unmarshal([]byte(text), &value) // invalid JSON is not an object
	}
	values, ok := value.(object)
	return values, ok
}

// kindOf returns the name that a JSON value's type has in Python, the language of Flow's server.
func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case float64:
		return "float"
	case string:
		return "str"
	case []any:
		return "list"
	}
	return "dict"
}
