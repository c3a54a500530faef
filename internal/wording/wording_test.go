package wording_test

import (
	"testing"

	"github.com/flow-community/terraform-provider-flow/internal/wording"
)

func TestNamesAreJoined(t *testing.T) {
	for _, test := range []struct {
		names             []string
		enumerated, asked string
	}{
		{nil, "", ""},
		{[]string{"a"}, "a", "a"},
		{[]string{"a", "b"}, "a and b", "a or b"},
		{[]string{"a", "b", "c"}, "a, b and c", "a, b or c"},
		{wording.Quoted([]string{"a b", `c"`}), `"a b" and "c\""`, `"a b" or "c\""`},
	} {
		if got := wording.Enumerate(test.names); got != test.enumerated {
			t.Errorf("enumerated %q, want %q", got, test.enumerated)
		}
		if got := wording.Alternatives(test.names); got != test.asked {
			t.Errorf("alternatives %q, want %q", got, test.asked)
		}
	}
}

func TestOfManyNamesOnlyTheFirstAreEnumerated(t *testing.T) {
	for most, want := range map[int]string{1: `"a", and 2 more`, 2: `"a", "b", and 1 more`, 3: `"a", "b" and "c"`} {
		if got := wording.First([]string{"a", "b", "c"}, most); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestBulletsAreBounded(t *testing.T) {
	for _, test := range []struct {
		names []string
		want  string
	}{
		{nil, ""},
		{[]string{"a", "b"}, "  - a\n  - b"},
		{[]string{"a", "b", "c", "d"}, "  - a\n  - b\n  and 2 more"},
	} {
		if got := wording.Bullets(test.names, 2); got != test.want {
			t.Errorf("%v: %q, want %q", test.names, got, test.want)
		}
	}
}

func TestSentence(t *testing.T) {
	for raw, want := range map[string]string{
		"":                          "",
		".":                         "",
		"could not read":            "Could not read.",
		"Already a sentence.":       "Already a sentence.",
		"écran introuvable":         "Écran introuvable.",
		"日本 is a name":              "日本 is a name.",
		"\xff is no letter":         "\uFFFD is no letter.",
		`"Main" is not an id`:       `"Main" is not an id.`,
		"ends with several dots...": "Ends with several dots.",
	} {
		if got := wording.Sentence(raw); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}
