package flowserver

import (
	"net/http"
	"net/url"
	"strconv"
)

const (
	defaultPageSize = 100  // without a size in the request; the vendor does not document the number
	maxPageSize     = 1000 // larger sizes are reduced to it silently, as public clients found
)

// A window is one page of a list: its rows, its number from 0, and the addresses of the next and the previous page, or nil.
type window struct {
	start, end int
	number     int
	next       *string
	previous   *string
}

// A paging returns the window of a list of count rows that a request asks for, or false if there is no such page.
type paging func(r *http.Request, count int) (window, bool)

// limitOffset is the paging of most lists, by `limit` and `offset`. A window past the end is empty.
func limitOffset(r *http.Request, count int) (window, bool) {
	query := r.URL.Query()
	limit := size(query.Get("limit"))
	offset := max(0, number(query.Get("offset"), 0))
	w := window{start: min(offset, count), number: offset / limit}
	w.end = min(w.start+limit, count)
	if offset < count-limit {
		w.next = neighbor(r, map[string]int{"limit": limit, "offset": offset + limit})
	}
	if offset > 0 {
		w.previous = neighbor(r, map[string]int{"limit": limit, "offset": max(0, offset-limit)})
	}
	return w, true
}

// pageNumber is the paging of the available_* lists, by `page_size` and `page`, which is a number from 1 or the word "last".
// A page past the end does not exist, but the first one always does.
func pageNumber(r *http.Request, count int) (window, bool) {
	query := r.URL.Query()
	rows := size(query.Get("page_size"))
	last := max(1, (count+rows-1)/rows)
	page := 1
	switch wanted := query.Get("page"); wanted {
	case "":
	case "last":
		page = last
	default:
		page = number(wanted, 0)
	}
	if page < 1 || page > last {
		return window{}, false
	}
	w := window{start: (page - 1) * rows, end: min(page*rows, count), number: page - 1}
	if page < last {
		w.next = neighbor(r, map[string]int{"page": page + 1})
	}
	if page > 1 {
		w.previous = neighbor(r, map[string]int{"page": page - 1})
	}
	return w, true
}

// size reads a page size. It returns the default for 0 and for anything invalid, and at most the maximum.
func size(value string) int {
	n := number(value, defaultPageSize)
	if n < 1 {
		return defaultPageSize
	}
	return min(n, maxPageSize)
}

func number(value string, otherwise int) int {
	n, err := strconv.Atoi(value)
	if err != nil {
		return otherwise
	}
	return n
}

// neighbor returns the request's own address with some parameters changed, on the scheme and host that the client used.
func neighbor(r *http.Request, changed map[string]int) *string {
	asked := r.URL
	if sent, err := url.ParseRequestURI(r.RequestURI); err == nil {
		asked = sent // a dialect may have hidden parameters from the handlers
	}
	query := asked.Query()
	for name, value := range changed {
		query.Set(name, strconv.Itoa(value))
		if (name == "offset" && value == 0) || (name == "page" && value == 1) {
			query.Del(name) // as Django REST Framework does
		}
	}
	address := url.URL{Scheme: scheme(r), Host: r.Host, Path: r.URL.Path, RawQuery: query.Encode()}
	text := address.String()
	return &text
}

func scheme(r *http.Request) string {
	if r.TLS != nil {
		return "https"
	}
	return "http"
}
