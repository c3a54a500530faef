// Package leakhunt looks for secrets in what programs leave behind: as they are, in every encoding in which they could have
// been written, and in parts.
package leakhunt

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Secret is a text that must not be found.
type Secret struct{ Name, Value string }

// Find is a secret, or a part of one, that was found.
type Find struct {
	Secret, Form string
	// Where is the name of what holds it, and Around the text around it.
	Where, Around string
}

func (f Find) String() string {
	return fmt.Sprintf("%s (%s) is in %s: %q", f.Secret, f.Form, f.Where, f.Around)
}

// partLength is the length of the parts that are searched for: what is shorter is of no use to anybody.
const partLength = 12

// Hunt searches for some secrets.
type Hunt struct {
	// parts are all parts of all forms, and what they are parts of.
	parts map[string]part
	// whole are the forms that are shorter than a part.
	whole map[string]part
}

type part struct{ secret, form string }

// New prepares a search.
func New(secrets ...Secret) *Hunt {
	h := &Hunt{parts: map[string]part{}, whole: map[string]part{}}
	for _, secret := range secrets {
		for _, form := range forms(secret.Value) {
			h.add(part{secret.Name, form.name}, form.text)
		}
	}
	return h
}

func (h *Hunt) add(of part, text string) {
	if len(text) < partLength {
		h.whole[text] = of
		return
	}
	for at := 0; at+partLength <= len(text); at++ {
		if _, known := h.parts[text[at:at+partLength]]; !known {
			h.parts[text[at:at+partLength]] = of
		}
	}
}

// around is how much is shown on both sides of what was found.
const around = 60

// Search returns what is found in a content of that name: each secret once in each form. Zip archives, such as saved plans, and
// what is encoded in Base64, such as private state, are searched inside as well.
func (h *Hunt) Search(name string, content []byte) []Find {
	found := slices.Concat(h.search(name, content), h.decode(name, content))
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return found
	}
	for _, file := range archive.File {
		reader, err := file.Open()
		if err != nil {
			continue
		}
		inside, _ := io.ReadAll(reader)
		_ = reader.Close()
		found = append(found, h.Search(name+"/"+file.Name, inside)...)
	}
	return found
}

// encoded is what may be something in Base64: it is long enough to hold a part of a secret.
var encoded = regexp.MustCompile(`[A-Za-z0-9+/]{16,}={0,2}`)

// decode searches what is encoded, and what is encoded in that.
func (h *Hunt) decode(name string, content []byte) []Find {
	var found []Find
	for _, text := range encoded.FindAll(content, -1) {
		text = bytes.TrimRight(text, "=")
		decoded := make([]byte, base64.RawStdEncoding.DecodedLen(len(text)))
		if n, err := base64.RawStdEncoding.Decode(decoded, text); err == nil {
			inside := name + ", decoded"
			found = slices.Concat(found, h.search(inside, decoded[:n]), h.decode(inside, decoded[:n]))
		}
	}
	return found
}

func (h *Hunt) search(name string, content []byte) []Find {
	var found []Find
	text, seen := string(content), map[part]bool{}
	report := func(of part, at int) {
		if !seen[of] {
			seen[of] = true
			found = append(found, Find{of.secret, of.form, name, text[max(0, at-around):min(len(text), at+around)]})
		}
	}
	for at := 0; at+partLength <= len(text); at++ {
		if of, is := h.parts[text[at:at+partLength]]; is {
			report(of, at)
		}
	}
	for whole, of := range h.whole {
		if at := strings.Index(text, whole); whole != "" && at >= 0 {
			report(of, at)
		}
	}
	return found
}

// form is a secret in one encoding.
type form struct{ name, text string }

// forms returns a secret in all encodings.
func forms(secret string) []form {
	all := []form{
		{"clear", secret},
		{"URL query", url.QueryEscape(secret)},
		{"URL path", url.PathEscape(secret)},
		{"JSON", jsonText(secret, true)},
		{"JSON without HTML escapes", jsonText(secret, false)},
		{"JSON in JSON", jsonText(jsonText(secret, false), false)},
		{"quoted", unquoted(strconv.Quote(secret))},
		{"quoted ASCII", unquoted(strconv.QuoteToASCII(secret))},
		{"hexadecimal", hex.EncodeToString([]byte(secret))},
		{"hexadecimal, upper case", strings.ToUpper(hex.EncodeToString([]byte(secret)))},
		{"bytes of a stack trace", byteList(secret, "0x%x")},
		{"list of bytes", byteList(secret, "%d")},
	}
	for shift := range 3 {
		encoded := shiftedBase64(secret, shift)
		all = append(all, form{"Base64", encoded}, form{"Base64 of URLs", strings.NewReplacer("+", "-", "/", "_").Replace(encoded)})
	}
	for start := range 8 {
		all = append(all, words(secret, start)...)
	}
	return slices.DeleteFunc(all, func(f form) bool { return f.text == "" })
}

func jsonText(text string, escapeHTML bool) string {
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(escapeHTML)
	_ = encoder.Encode(text) // A string can always be encoded.
	return unquoted(strings.TrimSuffix(encoded.String(), "\n"))
}

func unquoted(text string) string { return text[1 : len(text)-1] }

func byteList(text, format string) string {
	list := make([]string, len(text))
	for i := range len(text) {
		list[i] = fmt.Sprintf(format, text[i])
	}
	separator := ", "
	if format == "%d" {
		separator = " "
	}
	return strings.Join(list, separator)
}

// shiftedBase64 returns the part of an encoding that depends on the secret alone, if so many bytes, such as those of a user
// name with its colon, precede it.
func shiftedBase64(secret string, shift int) string {
	encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + secret))
	first, last := (shift*8+5)/6, (shift+len(secret))*8/6
	return encoded[min(first, last):last]
}

// wordLength is the length of a word of memory, which a stack trace prints as a number.
const wordLength = 8

// words returns the words of memory that a secret fills from a position on.
func words(secret string, start int) []form {
	var all []form
	for ; start+wordLength <= len(secret); start += wordLength {
		var word uint64
		for i := wordLength - 1; i >= 0; i-- {
			word = word<<8 | uint64(secret[start+i])
		}
		all = append(all, form{"word of memory", fmt.Sprintf("0x%x", word)})
	}
	return all
}
