package flow

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"

	"golang.org/x/sync/errgroup"

	"github.com/flow-community/terraform-provider-flow/internal/httpclient"
)

const (
	// pageSize is the largest page that Flow returns (seen in a public client). A workspace may return smaller ones.
	pageSize = 1000
	// maxRows is more than any list of a workspace is expected to hold.
	maxRows = 200_000
	// maxReads is how often a list is read that loses rows while its pages are read.
	maxReads = 3
)

// ErrIncompleteList is a list whose pages do not hold as many different rows as its count says.
var ErrIncompleteList = errors.New("the list is incomplete")

// ErrListTooLong is a list of more rows than the client reads.
var ErrListTooLong = fmt.Errorf("the list has more than %d rows", maxRows)

// listCall is the request for a list.
type listCall struct {
	operation string
	object    string
	query     url.Values
	// paging adds the page to a query: the one that begins after so many rows, and is that of this number, from 0.
	paging func(query url.Values, rows, number int)
}

// byOffset is how most lists page.
func byOffset(query url.Values, rows, _ int) {
	query.Set("limit", strconv.Itoa(pageSize))
	query.Set("offset", strconv.Itoa(rows))
}

// byNumber is how the available_* lists page (seen in a public client).
func byNumber(query url.Values, _, number int) {
	query.Set("page_size", strconv.Itoa(pageSize))
	query.Set("page", strconv.Itoa(number+1))
}

// page is the envelope of every list (documented by the vendor).
type page[Row row] struct {
	Count   *number `json:"count"`
	Next    *string `json:"next"`
	Results []Row   `json:"results"`

	// malformed makes an error of what is wrong with the page.
	malformed func(error) error
}

// fetchAll reads all pages of a list: after the first, several at once. It computes where each page begins and does not
// follow the answer's "next", so that the API key can only go to the configured host.
func fetchAll[Row row](ctx context.Context, c *Client, call listCall) ([]Row, error) {
	for read := 1; ; read++ {
		rows, shrank, err := fetchOnce[Row](ctx, c, call)
		if !shrank || read == maxReads {
			return rows, err
		}
	}
}

// fetchOnce reads all pages once. It reports whether rows were lost because the list shrank meanwhile.
func fetchOnce[Row row](ctx context.Context, c *Client, call listCall) (rows []Row, shrank bool, err error) {
	first, err := fetchPage[Row](ctx, c, call, 0, 0)
	if err != nil {
		return nil, false, err
	}
	if first.Count == nil {
		rows, err := fetchUncounted(ctx, c, call, first)
		return rows, false, err
	}
	count := int(*first.Count)
	if count > maxRows {
		return nil, false, first.malformed(ErrListTooLong)
	}
	pages := []page[Row]{first}
	if size := len(first.Results); size > 0 && count > size {
		pages = append(pages, make([]page[Row], (count-1)/size)...)
		workers, ctx := errgroup.WithContext(ctx)
		workers.SetLimit(c.workers)
		for number := 1; number < len(pages); number++ {
			workers.Go(func() (err error) {
				pages[number], err = fetchPage[Row](ctx, c, call, number*size, number)
				return err
			})
		}
		if err := workers.Wait(); err != nil {
			return nil, false, err
		}
	}
	rows = distinct(pages)
	if len(rows) >= count {
		return rows, false, nil
	}
	for _, one := range pages {
		shrank = shrank || one.Count != nil && int(*one.Count) < count
	}
	return nil, shrank, first.malformed(fmt.Errorf("%w: its count is %d, and its pages hold %d different rows", ErrIncompleteList, count, len(rows)))
}

// fetchUncounted reads on after the first page of a list without a count, until a page is the last, or brings nothing new.
func fetchUncounted[Row row](ctx context.Context, c *Client, call listCall, first page[Row]) ([]Row, error) {
	pages := []page[Row]{first}
	rows := distinct(pages)
	for last := first; last.Next != nil; {
		var err error
		if last, err = fetchPage[Row](ctx, c, call, len(rows), len(pages)); err != nil {
			return nil, err
		}
		pages = append(pages, last)
		before := len(rows)
		if rows = distinct(pages); len(rows) == before {
			break
		}
		if len(rows) > maxRows {
			return nil, last.malformed(ErrListTooLong)
		}
	}
	return rows, nil
}

func fetchPage[Row row](ctx context.Context, c *Client, call listCall, rows, number int) (page[Row], error) {
	query := maps.Clone(call.query)
	call.paging(query, rows, number)
	request := httpclient.Request{Operation: call.operation, Method: http.MethodGet, URL: c.endpoint(call.object), Query: query}
	var fetched page[Row]
	response, err := c.http.JSON(ctx, request, &fetched)
	if err != nil {
		return page[Row]{}, err
	}
	fetched.malformed = func(cause error) error { return c.http.Malformed(request, response, cause) }
	if fetched.Results == nil {
		return page[Row]{}, fetched.malformed(errors.New("it has no list of results"))
	}
	return fetched, nil
}

// distinct returns the rows of pages in their order, each once. Rows without an id are all different.
func distinct[Row row](pages []page[Row]) []Row {
	rows := []Row{}
	seen := map[int64]bool{}
	for _, one := range pages {
		for _, row := range one.Results {
			if id := row.rowID(); id == 0 || !seen[id] {
				seen[id] = true
				rows = append(rows, row)
			}
		}
	}
	return rows
}
