package flowserver

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A row is the record of these tests.
type row struct {
	number int64
	word   string
}

func rowListing(paging paging) listing[row] {
	number := func(r row) int64 { return r.number }
	word := func(r row) string { return r.word }
	return listing[row]{
		id: number, paging: paging,
		view:   func(r row) object { return object{"id": r.number, "word": r.word} },
		search: func(r row) []string { return []string{r.word} },
		filters: map[string]filter[row]{
			"id": equalInt(number), "id__in": intIn(number), "word": equalString(word),
			"word__icontains": containsFold(word), "word__startswith": startsWith(word),
			"even": equalBool(func(r row) bool { return r.number%2 == 0 }),
		},
		orderings: map[string]func(a, b row) int{"id": ordered(number), "word": ordered(word)},
	}
}

var fruit = []row{{1, "pear"}, {2, "Apple"}, {3, "quince"}, {4, "apple tart"}, {5, "pear"}}

// A listAnswer is the envelope of a list.
type listAnswer struct {
	Count    int
	Next     *string
	Previous *string
	Results  []map[string]any
}

func (a listAnswer) ids() []int64 {
	ids := []int64{}
	for _, result := range a.Results {
		ids = append(ids, int64(result["id"].(float64)))
	}
	return ids
}

func get(t *testing.T, l listing[row], records []row, query string) (status int, answer listAnswer, body string) {
	t.Helper()
	w := httptest.NewRecorder()
	l.serve(w, httptest.NewRequest(http.MethodGet, "http://flow.test/things/?"+query, nil), records)
	body = w.Body.String()
	if w.Code == http.StatusOK {
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
	}
	return w.Code, answer, body
}

func TestListSelectsAndOrders(t *testing.T) {
	tests := map[string]struct {
		query string
		want  []int64
	}{
		"all in ascending order":               {"ordering=id", []int64{1, 2, 3, 4, 5}},
		"descending":                           {"ordering=-id", []int64{5, 4, 3, 2, 1}},
		"by two fields":                        {"ordering=-word,-id", []int64{3, 5, 1, 4, 2}},
		"unknown fields of an order are named": {"ordering=color,id", []int64{1, 2, 3, 4, 5}},
		"by id":                                {"ordering=id&id=3", []int64{3}},
		"by several ids":                       {"ordering=id&id__in=1,4,9", []int64{1, 4}},
		"by exact text":                        {"ordering=id&word=pear", []int64{1, 5}},
		"exact text minds the case":            {"ordering=id&word=PEAR", []int64{}},
		"by a part, case ignored":              {"ordering=id&word__icontains=aPP", []int64{2, 4}},
		"by a prefix":                          {"ordering=id&word__startswith=a", []int64{4}},
		"by a flag":                            {"ordering=id&even=true", []int64{2, 4}},
		"by the opposite flag":                 {"ordering=id&even=False", []int64{1, 3, 5}},
		"a flag that is no word is no filter":  {"ordering=id&even=perhaps", []int64{1, 2, 3, 4, 5}},
		"search wants every word":              {"ordering=id&search=APPLE+tart", []int64{4}},
		"filters add up":                       {"ordering=id&even=true&word__startswith=a", []int64{4}},
		"an empty value filters nothing":       {"ordering=id&word=", []int64{1, 2, 3, 4, 5}},
		"unknown parameters filter nothing":    {"ordering=id&color=red", []int64{1, 2, 3, 4, 5}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, answer, _ := get(t, rowListing(limitOffset), fruit, test.query)
			if diff := cmp.Diff(test.want, answer.ids()); diff != "" {
				t.Errorf("ids (-want +got):\n%s", diff)
			}
			if answer.Count != len(test.want) {
				t.Errorf("count is %d, want %d", answer.Count, len(test.want))
			}
		})
	}
}

func TestListRefusesAValueOfTheWrongForm(t *testing.T) {
	for _, query := range []string{"id=x", "id__in=1,x"} {
		status, _, body := get(t, rowListing(limitOffset), fruit, query)
		field, _, _ := strings.Cut(query, "=")
		if want := fmt.Sprintf(`{%q:["Enter a number."]}`, field); status != http.StatusBadRequest || body != want {
			t.Errorf("%s: got %d %s, want 400 %s", query, status, body, want)
		}
	}
}

func TestListShowsTheFieldsAskedFor(t *testing.T) {
	for query, want := range map[string]map[string]any{
		"id=3&fields=word":         {"word": "quince"},
		"id=3&fields=word,nothing": {"word": "quince"},
		"id=3&omit=word":           {"id": 3.0},
		"id=3&fields=id&omit=id":   {},
	} {
		_, answer, _ := get(t, rowListing(limitOffset), fruit, query)
		if diff := cmp.Diff([]map[string]any{want}, answer.Results); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
}

func TestPagesHaveNeighboursOnTheAddressThatWasAsked(t *testing.T) {
	const base = "http://flow.test/things/?"
	tests := map[string]struct {
		paging         paging
		query          string
		want           []int64
		next, previous string // "" for none
	}{
		"first window":            {limitOffset, "limit=2&ordering=id", []int64{1, 2}, base + "limit=2&offset=2&ordering=id", ""},
		"middle window":           {limitOffset, "limit=2&offset=2&ordering=id", []int64{3, 4}, base + "limit=2&offset=4&ordering=id", base + "limit=2&ordering=id"},
		"last window":             {limitOffset, "limit=2&offset=4&ordering=id", []int64{5}, "", base + "limit=2&offset=2&ordering=id"},
		"window past the end":     {limitOffset, "limit=2&offset=9&ordering=id", []int64{}, "", base + "limit=2&offset=7&ordering=id"},
		"nonsense for a window":   {limitOffset, "limit=x&offset=-4&ordering=id", []int64{1, 2, 3, 4, 5}, "", ""},
		"limit 0 is the default":  {limitOffset, "limit=0&ordering=id", []int64{1, 2, 3, 4, 5}, "", ""},
		"first page":              {pageNumber, "page_size=2&ordering=id", []int64{1, 2}, base + "ordering=id&page=2&page_size=2", ""},
		"second page":             {pageNumber, "page=2&page_size=2&ordering=id", []int64{3, 4}, base + "ordering=id&page=3&page_size=2", base + "ordering=id&page_size=2"},
		"last page by its word":   {pageNumber, "page=last&page_size=2&ordering=id", []int64{5}, "", base + "ordering=id&page=2&page_size=2"},
		"an empty page by number": {pageNumber, "page=1&word=plum&ordering=id", []int64{}, "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, answer, _ := get(t, rowListing(test.paging), fruit, test.query)
			if diff := cmp.Diff(test.want, answer.ids()); diff != "" {
				t.Errorf("ids (-want +got):\n%s", diff)
			}
			if got := orEmpty(answer.Next); got != test.next {
				t.Errorf("next is %q, want %q", got, test.next)
			}
			if got := orEmpty(answer.Previous); got != test.previous {
				t.Errorf("previous is %q, want %q", got, test.previous)
			}
		})
	}
}

func orEmpty(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func TestPagesThatDoNotExistAreNotFound(t *testing.T) {
	for _, page := range []string{"0", "-1", "4", "x"} {
		status, _, body := get(t, rowListing(pageNumber), fruit, "page_size=2&page="+page)
		if status != http.StatusNotFound || body != `{"detail":"Invalid page."}` {
			t.Errorf("page %s: got %d %s", page, status, body)
		}
	}
}

func TestPagesHoldAtMostAThousand(t *testing.T) {
	many := make([]row, 1500)
	for i := range many {
		many[i].number = int64(i + 1)
	}
	for _, test := range []struct {
		paging paging
		query  string
		want   int
	}{
		{limitOffset, "", 100},
		{limitOffset, "limit=5000", 1000},
		{pageNumber, "", 100},
		{pageNumber, "page_size=5000", 1000},
	} {
		if _, answer, _ := get(t, rowListing(test.paging), many, test.query); len(answer.Results) != test.want {
			t.Errorf("%q gives %d rows, want %d", test.query, len(answer.Results), test.want)
		}
	}
}

func TestPagesWithoutAnOrderLoseRows(t *testing.T) {
	many := make([]row, 95)
	for i := range many {
		many[i].number = int64(i + 1)
	}
	collect := func(ordering string) (ids []int64, distinct int) {
		seen := map[int64]bool{}
		for offset := 0; offset < len(many); offset += 10 {
			_, answer, _ := get(t, rowListing(limitOffset), many, fmt.Sprintf("limit=10&offset=%d%s", offset, ordering))
			for _, id := range answer.ids() {
				ids = append(ids, id)
				seen[id] = true
			}
		}
		return ids, len(seen)
	}
	ids, distinct := collect("")
	if len(ids) != len(many) || distinct >= len(many) {
		t.Errorf("without an order: %d rows, %d distinct; want %d rows and some of them lost", len(ids), distinct, len(many))
	}
	if again, _ := collect(""); !cmp.Equal(ids, again) {
		t.Error("without an order, the same requests give other rows the second time")
	}
	if _, distinct := collect("&ordering=id"); distinct != len(many) {
		t.Errorf("in order: %d distinct rows, want %d", distinct, len(many))
	}
}

func TestOnePageWithoutAnOrderHoldsEveryRow(t *testing.T) {
	_, answer, _ := get(t, rowListing(limitOffset), fruit, "")
	seen := map[int64]bool{}
	for _, id := range answer.ids() {
		seen[id] = true
	}
	if len(seen) != len(fruit) {
		t.Errorf("%d of %d rows", len(seen), len(fruit))
	}
}

func FuzzListNeverFails(f *testing.F) {
	f.Add("limit=2&offset=2&ordering=-id,word&fields=id&omit=word&search=a")
	f.Add("page=last&page_size=9999999999999999999")
	f.Add("offset=9223372036854775807&limit=1000")
	f.Fuzz(func(t *testing.T, query string) {
		for _, paging := range []paging{limitOffset, pageNumber} {
			r := httptest.NewRequest(http.MethodGet, "http://flow.test/things/", nil)
			r.URL.RawQuery = query
			w := httptest.NewRecorder()
			rowListing(paging).serve(w, r, fruit)
			if !json.Valid(w.Body.Bytes()) {
				t.Errorf("%q is answered with %q", query, w.Body)
			}
		}
	})
}
