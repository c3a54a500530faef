package adoserver

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// wiqlQuery is a query of the Work Item Query Language
// (https://learn.microsoft.com/azure/devops/boards/queries/wiql-syntax). It supports flat lists of work items and comparisons of
// fields.
type wiqlQuery struct {
	columns []string
	where   wiqlCondition // nil: all
	order   []wiqlOrder
}

type wiqlCondition func(*workItem) bool

type wiqlOrder struct {
	field      string
	descending bool
}

// wiqlFields return the fields of a work item as a string, an int64 or a time.
var wiqlFields = map[string]func(*workItem) any{
	"system.id":           func(w *workItem) any { return w.ID },
	"system.teamproject":  func(w *workItem) any { return w.project.Name },
	"system.workitemtype": func(w *workItem) any { return w.Type },
	"system.title":        func(w *workItem) any { return w.Title },
	"system.state":        func(w *workItem) any { return w.State },
	"system.createddate":  func(w *workItem) any { return w.Created },
	"system.changeddate":  func(w *workItem) any { return w.Changed },
}

// maxWIQLLength is the documented limit of a query.
const maxWIQLLength = 32_000

var (
	wiqlToken     = regexp.MustCompile(`(?s)^\s*(?:('(?:[^']|'')*')|("(?:[^"]|"")*")|(\[[^\[\]]+\])|(@?[A-Za-z_][A-Za-z0-9_.]*)|(-?\d+)|(<>|<=|>=|[=<>(),+-]))`)
	wiqlOperators = []string{"=", "<>", "<", "<=", ">", ">="}
)

// wiqlParser reads tokens from left to right. It keeps the first error, after which the query is at its end.
type wiqlParser struct {
	tokens  []string
	project string // the value of @project
	today   time.Time
	err     error
}

// parseWIQL parses a query. The project is the value of @project, and now determines @today.
func parseWIQL(text, project string, now time.Time) (*wiqlQuery, error) {
	if len(text) > maxWIQLLength {
		return nil, wiqlError("it is longer than %d characters", maxWIQLLength)
	}
	p := &wiqlParser{project: project, today: now.UTC().Truncate(day)}
	for strings.TrimSpace(text) != "" {
		token := wiqlToken.FindString(text)
		if token == "" {
			return nil, wiqlError("unexpected characters at '%.20s'", strings.TrimSpace(text))
		}
		p.tokens = append(p.tokens, strings.TrimSpace(token))
		text = text[len(token):]
	}
	query := p.query()
	if p.err == nil && len(p.tokens) > 0 {
		p.failf("unexpected '%s'", p.peek())
	}
	return query, p.err
}

func wiqlError(format string, args ...any) error {
	return newError(400, witAssembly, "SyntaxException", "TF51006: The query statement is not valid: "+format+".", args...)
}

func (p *wiqlParser) failf(format string, args ...any) {
	if p.err == nil {
		p.err = wiqlError(format, args...)
	}
	p.tokens = nil
}

func (p *wiqlParser) peek() string {
	if len(p.tokens) == 0 {
		return ""
	}
	return p.tokens[0]
}

func (p *wiqlParser) next() string {
	token := p.peek()
	if token != "" {
		p.tokens = p.tokens[1:]
	}
	return token
}

// accept consumes the next token if it is that word.
func (p *wiqlParser) accept(word string) bool {
	if !strings.EqualFold(p.peek(), word) || word == "" {
		return false
	}
	p.next()
	return true
}

func (p *wiqlParser) expect(word string) {
	if !p.accept(word) {
		p.failf("'%s' is expected before '%s'", word, p.peek())
	}
}

func (p *wiqlParser) query() *wiqlQuery {
	q := &wiqlQuery{}
	p.expect("SELECT")
	for {
		q.columns = append(q.columns, p.field())
		if !p.accept(",") {
			break
		}
	}
	p.expect("FROM")
	p.expect("WorkItems")
	if p.accept("WHERE") {
		q.where = p.or()
	}
	if p.accept("ORDER") {
		p.expect("BY")
		for {
			order := wiqlOrder{field: p.field()}
			order.descending = p.accept("DESC")
			if !order.descending {
				p.accept("ASC")
			}
			q.order = append(q.order, order)
			if !p.accept(",") {
				break
			}
		}
	}
	return q
}

func (p *wiqlParser) field() string {
	name := strings.Trim(p.next(), "[]")
	if wiqlFields[strings.ToLower(name)] == nil {
		if p.err == nil {
			p.err = newError(400, witAssembly, "SyntaxException", "TF51005: The query references a field that does not exist: %s.", name)
		}
		p.tokens = nil
	}
	return name
}

func (p *wiqlParser) or() wiqlCondition {
	left := p.and()
	for p.accept("OR") {
		a, b := left, p.and()
		left = func(w *workItem) bool { return a(w) || b(w) }
	}
	return left
}

func (p *wiqlParser) and() wiqlCondition {
	left := p.term()
	for p.accept("AND") {
		a, b := left, p.term()
		left = func(w *workItem) bool { return a(w) && b(w) }
	}
	return left
}

func (p *wiqlParser) term() wiqlCondition {
	switch {
	case p.accept("NOT"):
		inner := p.term()
		return func(w *workItem) bool { return !inner(w) }
	case p.accept("("):
		inner := p.or()
		p.expect(")")
		return inner
	}
	return p.comparison()
}

func (p *wiqlParser) comparison() wiqlCondition {
	name := p.field()
	get := wiqlFields[strings.ToLower(name)]
	negated := p.accept("NOT")
	switch operator := p.next(); {
	case strings.EqualFold(operator, "IN"):
		values := p.list()
		return func(w *workItem) bool {
			return negated != slices.ContainsFunc(values, func(v any) bool { return compareWIQL(get(w), v) == 0 })
		}
	case strings.EqualFold(operator, "CONTAINS"):
		text := strings.ToLower(fmt.Sprint(p.value()))
		return func(w *workItem) bool {
			return negated != strings.Contains(strings.ToLower(fmt.Sprint(get(w))), text)
		}
	case !negated && slices.Contains(wiqlOperators, operator):
		value := p.value()
		return func(w *workItem) bool { return holds(operator, compareWIQL(get(w), value)) }
	default:
		p.failf("the operator '%s' after [%s] is not supported", operator, name)
		return func(*workItem) bool { return false }
	}
}

func holds(operator string, order int) bool {
	switch operator {
	case "=":
		return order == 0
	case "<>":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order >= 0
}

func (p *wiqlParser) list() []any {
	p.expect("(")
	values := []any{p.value()}
	for p.accept(",") {
		values = append(values, p.value())
	}
	p.expect(")")
	return values
}

func (p *wiqlParser) value() any {
	token := p.next()
	switch {
	case strings.EqualFold(token, "@project"):
		return p.project
	case strings.EqualFold(token, "@today"):
		return p.today.AddDate(0, 0, p.offset())
	case len(token) >= 2 && (token[0] == '\'' || token[0] == '"'):
		quote := token[:1]
		return strings.ReplaceAll(token[1:len(token)-1], quote+quote, quote)
	}
	n, err := strconv.ParseInt(token, 10, 64)
	if err != nil {
		p.failf("a value is expected instead of '%s'", token)
	}
	return n
}

// offset reads the days after @today, as in "- 30" or "-30".
func (p *wiqlParser) offset() int {
	sign := 1
	switch {
	case p.accept("-"):
		sign = -1
	case p.accept("+"):
	case !strings.HasPrefix(p.peek(), "-"):
		return 0
	}
	n, err := strconv.Atoi(p.next())
	if err != nil {
		p.failf("@today takes a number of days")
	}
	return sign * n
}

// compareWIQL compares a field with a value of the query. The case of text does not matter.
func compareWIQL(field, value any) int {
	switch f := field.(type) {
	case int64:
		if n, err := strconv.ParseInt(fmt.Sprint(value), 10, 64); err == nil {
			return cmp.Compare(f, n)
		}
		return 1
	case time.Time:
		if when, isTime := value.(time.Time); isTime {
			return f.Compare(when)
		}
		if when, valid := parseDate(fmt.Sprint(value)); valid {
			return f.Compare(when)
		}
		return 1
	}
	return strings.Compare(strings.ToLower(fmt.Sprint(field)), strings.ToLower(fmt.Sprint(value)))
}

// run returns the matching work items, by number unless the query orders them.
func (q *wiqlQuery) run(items []*workItem) []*workItem {
	var found []*workItem
	for _, item := range items {
		if q.where == nil || q.where(item) {
			found = append(found, item)
		}
	}
	slices.SortFunc(found, func(a, b *workItem) int { return int(a.ID - b.ID) })
	slices.SortStableFunc(found, func(a, b *workItem) int {
		for _, order := range q.order {
			get := wiqlFields[strings.ToLower(order.field)]
			if n := compareWIQL(get(a), get(b)); n != 0 {
				if order.descending {
					return -n
				}
				return n
			}
		}
		return 0
	})
	return found
}
