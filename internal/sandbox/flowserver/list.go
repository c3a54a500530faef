package flowserver

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// A condition reports whether a record belongs to a list.
type condition[T any] func(T) bool

// A filter reads the value of a query parameter. A problem is the sentence of the 400 for a value of the wrong form.
type filter[T any] func(value string) (is condition[T], problem string)

// A listing describes a list of the API: which parameters filter it, by which fields it can be ordered, what `search` looks
// at, and how a record is shown.
type listing[T any] struct {
	id        func(T) int64
	view      func(T) object
	filters   map[string]filter[T]
	orderings map[string]func(a, b T) int
	search    func(T) []string
	paging    paging
}

// An object is one JSON object of an answer.
type object = map[string]any

// serve answers a list request with the records that the request's parameters select. Records arrive ordered by id.
func (l listing[T]) serve(w http.ResponseWriter, r *http.Request, records []T) {
	query := r.URL.Query()
	matching, problems := l.matching(query, records)
	if len(problems) > 0 {
		writeFieldErrors(w, problems)
		return
	}
	window, ok := l.paging(r, len(matching))
	if !ok {
		writeDetail(w, http.StatusNotFound, "Invalid page.")
		return
	}
	page := l.page(matching, query.Get("ordering"), window)
	results := make([]object, 0, len(page))
	for _, record := range page {
		results = append(results, pick(l.view(record), query))
	}
	writeJSON(w, http.StatusOK, object{
		"count": len(matching), "next": window.next, "previous": window.previous, "results": results,
	})
}

// matching applies the query's filters. Other parameters are ignored, as in Django.
func (l listing[T]) matching(query map[string][]string, records []T) ([]T, fieldErrors) {
	var conditions []condition[T]
	problems := fieldErrors{}
	for name, values := range query {
		read, known := l.filters[name]
		value := values[len(values)-1] // Django takes the last of a repeated parameter
		if !known || value == "" {
			continue
		}
		is, problem := read(value)
		if problem != "" {
			problems.add(name, problem)
			continue
		}
		conditions = append(conditions, is)
	}
	if terms := query["search"]; len(terms) > 0 && l.search != nil {
		conditions = append(conditions, l.searched(terms[len(terms)-1]))
	}
	if len(conditions) == 0 || len(problems) > 0 {
		return records, problems
	}
	return slices.DeleteFunc(slices.Clone(records), func(record T) bool {
		return slices.ContainsFunc(conditions, func(is condition[T]) bool { return !is(record) })
	}), problems
}

// searched is Django REST Framework's search: every word must occur in some field, ignoring case.
func (l listing[T]) searched(terms string) condition[T] {
	words := strings.Fields(strings.ToLower(strings.ReplaceAll(terms, ",", " ")))
	return func(record T) bool {
		fields := l.search(record)
		return !slices.ContainsFunc(words, func(word string) bool {
			return !slices.ContainsFunc(fields, func(field string) bool {
				return strings.Contains(strings.ToLower(field), word)
			})
		})
	}
}

// page returns the window of the ordered records.
func (l listing[T]) page(records []T, ordering string, window window) []T {
	if compare := l.comparison(ordering); compare != nil {
		if !slices.IsSortedFunc(records, compare) { // they are, by id
			records = slices.Clone(records)
			slices.SortStableFunc(records, compare)
		}
		return records[window.start:window.end]
	}
	return l.unordered(records, window)
}

// unordered does what a database may do without ORDER BY, but repeatably: it uses another order for each page. Each page
// boundary loses a row, and the last page repeats some. Clients saw rows go missing like this.
func (l listing[T]) unordered(records []T, window window) []T {
	if len(records) == 0 {
		return nil
	}
	shuffled := slices.Clone(records)
	slices.SortFunc(shuffled, func(a, b T) int { return cmp.Compare(scatter(l.id(a)), scatter(l.id(b))) })
	shift := window.number % len(shuffled)
	rotated := slices.Concat(shuffled[shift:], shuffled[:shift])
	return rotated[window.start:window.end]
}

// scatter is a bijection of ids that separates neighbors (Knuth's multiplicative hash).
func scatter(id int64) uint32 { return uint32(id) * 2654435761 }

// comparison reads `ordering=name,-id`. Unknown fields are dropped, as in Django REST Framework. It returns nil if none is left.
func (l listing[T]) comparison(ordering string) func(a, b T) int {
	var compare []func(a, b T) int
	for field := range strings.SplitSeq(ordering, ",") {
		name, descending := strings.CutPrefix(strings.TrimSpace(field), "-")
		by, known := l.orderings[name]
		switch {
		case !known:
		case descending:
			compare = append(compare, func(a, b T) int { return by(b, a) })
		default:
			compare = append(compare, by)
		}
	}
	if len(compare) == 0 {
		return nil
	}
	return func(a, b T) int {
		for _, by := range compare {
			if order := by(a, b); order != 0 {
				return order
			}
		}
		return 0
	}
}

// pick returns the fields that `fields` names, without those that `omit` names.
func pick(shown object, query map[string][]string) object {
	if wanted := names(query["fields"]); len(wanted) > 0 {
		picked := object{}
		for _, name := range wanted {
			if value, ok := shown[name]; ok {
				picked[name] = value
			}
		}
		shown = picked
	}
	for _, name := range names(query["omit"]) {
		delete(shown, name)
	}
	return shown
}

func names(values []string) []string {
	var all []string
	for _, value := range values {
		for name := range strings.SplitSeq(value, ",") {
			if name = strings.TrimSpace(name); name != "" {
				all = append(all, name)
			}
		}
	}
	return all
}

func ordered[T any, V cmp.Ordered](get func(T) V) func(a, b T) int {
	return func(a, b T) int { return cmp.Compare(get(a), get(b)) }
}

// alike is the order by a field that is the same in all records.
func alike[T any](_, _ T) int { return 0 }

// allOf combines sets of filters.
func allOf[T any](sets ...map[string]filter[T]) map[string]filter[T] {
	all := map[string]filter[T]{}
	for _, set := range sets {
		maps.Copy(all, set)
	}
	return all
}

// ids returns the filters of an id.
func ids[T any](name string, get func(T) int64) map[string]filter[T] {
	return map[string]filter[T]{name: equalInt(get), name + "__in": intIn(get)}
}

// texts returns the filters of a text.
func texts[T any](name string, get func(T) string) map[string]filter[T] {
	return map[string]filter[T]{
		name: equalString(get), name + "__in": stringIn(get),
		name + "__icontains": containsFold(get), name + "__startswith": startsWith(get),
	}
}

// flag returns the filter of a boolean.
func flag[T any](name string, get func(T) bool) map[string]filter[T] {
	return map[string]filter[T]{name: equalBool(get)}
}

// byIntegration returns the filter of an integration's id.
func byIntegration[T any](s *Server, get func(T) int64) map[string]filter[T] {
	const name = "integration"
	byID := equalInt(get)
	if !s.behavior().refusesUnknownIntegration {
		return map[string]filter[T]{name: byID}
	}
	return map[string]filter[T]{name: func(value string) (condition[T], string) {
		id, _ := strconv.ParseInt(value, 10, 64) // 0 is nobody's id
		if _, exists := s.integrations.Get(id); !exists {
			return nil, "Select a valid choice. That choice is not one of the available choices."
		}
		return byID(value)
	}}
}

func equalInt[T any](get func(T) int64) filter[T] {
	return func(value string) (condition[T], string) {
		want, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return nil, "Enter a number."
		}
		return func(record T) bool { return get(record) == want }, ""
	}
}

func intIn[T any](get func(T) int64) filter[T] {
	return func(value string) (condition[T], string) {
		wanted := map[int64]bool{}
		for name := range strings.SplitSeq(value, ",") {
			number, err := strconv.ParseInt(strings.TrimSpace(name), 10, 64)
			if err != nil {
				return nil, "Enter a number."
			}
			wanted[number] = true
		}
		return func(record T) bool { return wanted[get(record)] }, ""
	}
}

func equalString[T any](get func(T) string) filter[T] {
	return func(value string) (condition[T], string) {
		return func(record T) bool { return get(record) == value }, ""
	}
}

func stringIn[T any](get func(T) string) filter[T] {
	return func(value string) (condition[T], string) {
		wanted := names([]string{value})
		return func(record T) bool { return slices.Contains(wanted, get(record)) }, ""
	}
}

func containsFold[T any](get func(T) string) filter[T] {
	return func(value string) (condition[T], string) {
		value = strings.ToLower(value)
		return func(record T) bool { return strings.Contains(strings.ToLower(get(record)), value) }, ""
	}
}

func startsWith[T any](get func(T) string) filter[T] {
	return func(value string) (condition[T], string) {
		return func(record T) bool { return strings.HasPrefix(get(record), value) }, ""
	}
}

// equalBool accepts the words that Django's boolean filter accepts. Any other word filters nothing.
func equalBool[T any](get func(T) bool) filter[T] {
	return func(value string) (condition[T], string) {
		switch strings.ToLower(value) {
		case "true", "1":
			return func(record T) bool { return get(record) }, ""
		case "false", "0":
			return func(record T) bool { return !get(record) }, ""
		}
		return func(T) bool { return true }, ""
	}
}

func containsWord[T any](get func(T) []string) filter[T] {
	return func(value string) (condition[T], string) {
		return func(record T) bool {
			return !slices.ContainsFunc(names([]string{value}), func(word string) bool {
				return !slices.ContainsFunc(get(record), func(has string) bool { return strings.EqualFold(has, word) })
			})
		}, ""
	}
}
